package desk_test

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/ui/desk"
)

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, time.UTC)
	if err != nil {
		panic(err)
	}
	return t
}

func access(id string, due string) matter.Request {
	return matter.Request{ID: matter.RequestID(id), Ref: id, Rights: []engine.Right{matter.RightAccess}, Due: at(due + " 23:59")}
}

func TestRequestsAreListedByTheirLastDay(t *testing.T) {
	answered, closed := access("answered", "2026-01-01"), access("closed", "2026-01-01")
	answered.AnsweredAt, closed.ClosedAt = at("2026-01-01 10:00"), at("2026-01-01 10:00")
	extended := access("extended", "2026-11-01")
	extended.Extension = &matter.ExtensionNotice{Until: at("2027-01-01 23:59")}
	var r desk.Requests
	r.Set([]matter.Request{closed, answered, extended, access("later", "2026-12-05"), access("late", "2026-11-27"), access("today", "2026-11-28")})
	ids := func() string {
		var out []string
		for _, q := range r.Rows() {
			out = append(out, q.Ref)
		}
		return strings.Join(out, " ")
	}
	if got := ids(); got != "late today later extended answered" {
		t.Errorf("rows: %s", got)
	}
	r.Closed = true
	if got := ids(); got != "late today later extended answered closed" {
		t.Errorf("with closed ones: %s", got)
	}
	if n := r.Late(at("2026-11-28 23:00")); n != 1 {
		t.Errorf("%d late: on the last day nothing is overdue", n)
	}
	r.Choose(1)
	changed := access("today", "2026-11-28")
	changed.Channel = "letter"
	r.Replace(changed)
	if q, i, ok := r.Chosen(); !ok || i != 1 || q.Channel != "letter" {
		t.Errorf("chosen: %+v at %d", q, i)
	}
}

func TestStepsFollowTheStateOfARequest(t *testing.T) {
	yes := matter.SubjectCandidate{Face: "f", Photo: "p", Compared: true, Distance: .3, Reviews: []matter.Review{{By: "A", Decision: matter.DecidedYes}}}
	open := matter.SubjectCandidate{Face: "g", Photo: "q", Compared: true, Distance: .6}
	both := []engine.Right{matter.RightAccess, matter.RightErasure}
	for name, c := range map[string]struct {
		r    matter.Request
		want desk.Can
	}{
		"registered":         {matter.Request{Rights: both}, desk.Can{Search: true, Extend: true, Refuse: true, Doubts: true, Close: true}},
		"searched":           {matter.Request{Rights: both, Search: &matter.SubjectSearch{}, Candidates: []matter.SubjectCandidate{yes, open}}, desk.Can{Search: true, Review: true, Restrict: true, Erase: true, Extend: true, Refuse: true, Doubts: true, Close: true}},
		"reviewed":           {matter.Request{Rights: both, Search: &matter.SubjectSearch{}, Candidates: []matter.SubjectCandidate{yes}}, desk.Can{Search: true, Review: true, Access: true, Restrict: true, Erase: true, Extend: true, Refuse: true, Doubts: true, Close: true}},
		"nothing found":      {matter.Request{Rights: both[:1], Search: &matter.SubjectSearch{}}, desk.Can{Search: true, Access: true, Nothing: true, Extend: true, Refuse: true, Doubts: true, Close: true}},
		"erased":             {matter.Request{Rights: both[1:], Search: &matter.SubjectSearch{}, Candidates: []matter.SubjectCandidate{yes}, Erasure: &matter.SubjectErasure{}}, desk.Can{Review: true, Certificate: true, Close: true}},
		"recipients":         {matter.Request{Rights: both[1:], ClosedAt: at("2026-01-01 10:00"), Erasure: &matter.SubjectErasure{Notices: []matter.Notice{{}}}}, desk.Can{Certificate: true, Notices: true}},
		"restricted, asked":  {matter.Request{Rights: []engine.Right{matter.RightRestriction}, ClosedAt: at("2026-01-01 10:00"), FrozenAt: at("2026-01-01 09:00")}, desk.Can{Notices: true}},
		"refused":            {matter.Request{Rights: both, Refusal: &matter.RequestRefusal{}}, desk.Can{Close: true}},
		"closed":             {matter.Request{Rights: both, ClosedAt: at("2026-01-01 10:00")}, desk.Can{}},
		"frozen, to decide":  {matter.Request{Rights: []engine.Right{matter.RightObjection}, Frozen: []engine.FaceID{"f"}}, desk.Can{Search: true, Lift: true, Extend: true, Refuse: true, Decide: true, Doubts: true, Close: true}},
		"extended, answered": {matter.Request{Rights: both[:1], Extension: &matter.ExtensionNotice{}, AnsweredAt: at("2026-01-01 10:00"), Packages: []matter.PackageRecord{{}}}, desk.Can{Search: true, Close: true}},
	} {
		if got := desk.WhatCan(c.r); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

// Case B-15: a letter in another language, without a form, address or portrait, is registered, and its clock runs from the day it was received.
func TestB15NothingButARightIsRequired(t *testing.T) {
	now := at("2026-11-28 09:00")
	f := desk.NewRegisterForm("fr", nil)
	n, err := f.Request(now, "Europe/Paris")
	if err != nil || !n.Received.Equal(now) || !slices.Equal(n.Rights, []engine.Right{matter.RightAccess}) || n.Lang != "fr" {
		t.Errorf("request %+v, %v", n, err)
	}
	for typed, want := range map[string]string{"2026-11-02": "2026-11-02 12:00", "2026-11-02 23:30": "2026-11-02 23:30", "2026-11-28": "2026-11-28 09:00"} {
		f.Received = typed
		if n, err := f.Request(now, ""); err != nil || !n.Received.Equal(at(want)) {
			t.Errorf("received %q: %v %v", typed, n.Received, err)
		}
	}
	for _, typed := range []string{"yesterday", "2026-11-29", "2027-01-01 10:00"} {
		f.Received = typed
		if _, err := f.Request(now, ""); engine.CodeOf(err) != engine.CodeInvalid {
			t.Errorf("received %q: %v", typed, err)
		}
	}
	f.Received, f.Rights[matter.RightAccess] = "", false
	if _, err := f.Request(now, ""); engine.CodeOf(err) != engine.CodeInvalid {
		t.Errorf("no right: %v", err)
	}
}

// Case B-17: the form has no field for nationality, residence or age, so that none can be stored.
func TestB17TheFormAsksNoNationality(t *testing.T) {
	forbidden := regexp.MustCompile(`(?i)national|citizen|country|residen|ethnic|birth|age$`)
	for _, v := range []any{desk.RegisterForm{}, matter.NewRequest{}, matter.Request{}} {
		typ := reflect.TypeOf(v)
		for i := range typ.NumField() {
			if forbidden.MatchString(typ.Field(i).Name) {
				t.Errorf("%T has a field %s", v, typ.Field(i).Name)
			}
		}
	}
}

func TestADecisionIsSignedAndLeadsToTheNextCandidate(t *testing.T) {
	view := func(face string) matter.CandidateView {
		return matter.CandidateView{SubjectCandidate: matter.SubjectCandidate{Face: engine.FaceID(face), Photo: "p", Compared: true, Distance: .45}}
	}
	r := desk.NewReview([]matter.CandidateView{view("a"), view("b"), view("c")}, "")
	if _, err := r.Decide(matter.DecidedYes); engine.CodeOf(err) != engine.CodeInvalid {
		t.Errorf("an unsigned decision: %v", err)
	}
	r.By, r.Reason = " Ada ", "same scar"
	d, err := r.Decide(matter.DecidedYes)
	if err != nil || d.By != "Ada" || !slices.Equal(d.Keys, []string{"a"}) || d.Decision != matter.DecidedYes {
		t.Errorf("decision %+v, %v", d, err)
	}
	said := view("a").SubjectCandidate
	said.Reviews = []matter.Review{{By: "Ada", Decision: matter.DecidedYes}}
	r.Decided(matter.Request{Candidates: []matter.SubjectCandidate{said}})
	if v, i, _ := r.Current(); i != 1 || v.Face != "b" || r.Left() != 2 {
		t.Errorf("now at %d (%s), %d left", i, v.Face, r.Left())
	}
	r.Step(5)
	r.Step(-1)
	r.Step(-9)
	if _, i, ok := r.Current(); i != 0 || !ok {
		t.Errorf("stepped to %d", i)
	}
	if _, _, ok := desk.NewReview(nil, "Ada").Current(); ok {
		t.Error("a candidate where there is none")
	}
}

// A candidate that waits for a second reviewer is offered to that one, not again to the first.
func TestACandidateThatNeedsASecondReviewerIsLeftToThem(t *testing.T) {
	far := matter.CandidateView{SubjectCandidate: matter.SubjectCandidate{Face: "far", Compared: true, Distance: .6, Reviews: []matter.Review{{By: "Ada", Decision: matter.DecidedYes}}}}
	near := matter.CandidateView{SubjectCandidate: matter.SubjectCandidate{Face: "near", Compared: true, Distance: .45}}
	views := []matter.CandidateView{far, near}
	if !far.WaitsForSecond() {
		t.Fatal("the far candidate does not wait for a second reviewer")
	}
	if v, _, _ := desk.NewReview(views, "Ada").Current(); v.Face != "near" {
		t.Errorf("Ada is shown %s", v.Face)
	}
	if v, _, _ := desk.NewReview(views, "Bea").Current(); v.Face != "far" {
		t.Errorf("Bea is shown %s", v.Face)
	}
}

func TestARefusalDemandsEverything(t *testing.T) {
	whole := desk.RefusalForm{Ground: 1, Reasons: "r", Evidence: "e", By: "Ada", Second: "Bea", Sure: true}
	got, err := whole.Refusal()
	if err != nil || got.Ground != matter.RefusedExcessive || got.By != "Ada" || got.Second != "Bea" {
		t.Errorf("refusal %+v, %v", got, err)
	}
	for name, spoil := range map[string]func(*desk.RefusalForm){
		"no ground":           func(f *desk.RefusalForm) { f.Ground = -1 },
		"a third ground":      func(f *desk.RefusalForm) { f.Ground = 2 },
		"no reasons":          func(f *desk.RefusalForm) { f.Reasons = " " },
		"no evidence":         func(f *desk.RefusalForm) { f.Evidence = "" },
		"one person":          func(f *desk.RefusalForm) { f.Second = " Ada " },
		"nobody who confirms": func(f *desk.RefusalForm) { f.Second = "" },
		"not confirmed":       func(f *desk.RefusalForm) { f.Sure = false },
	} {
		f := whole
		spoil(&f)
		if _, err := f.Refusal(); engine.CodeOf(err) != engine.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheDayOnWhichARecipientWasToldIsReadAndIsNeverToCome(t *testing.T) {
	now := at("2026-11-28 09:00")
	for typed, want := range map[string]string{"": "2026-11-28 09:00", " 2026-11-28 ": "2026-11-28 09:00", "2026-11-20": "2026-11-20 00:00"} {
		if got, err := desk.SentDay(typed, now); err != nil || !got.Equal(at(want)) {
			t.Errorf("%q: %v, %v", typed, got, err)
		}
	}
	for _, typed := range []string{"2026-11-29", "yesterday", "2026-02-30"} {
		if got, err := desk.SentDay(typed, now); engine.CodeOf(err) != engine.CodeInvalid {
			t.Errorf("%q: %v, %v", typed, got, err)
		}
	}
}
