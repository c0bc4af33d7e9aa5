package app_test

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// The acceptance cases of the operator's side, by their numbers.

func TestB01DataOfFiveYearsAgoAreInTheAnswer(t *testing.T) {
	d := newDesk(t)
	r := d.request(matter.RightAccess)
	d.reviewed(r.Ref, annas()...)
	rec := d.access(r.Ref)
	data, err := os.ReadFile(filepath.Join(rec.Folder, "data", "records.csv"))
	must(t, err)
	if !strings.Contains(string(data), "old.png") || !strings.Contains(string(data), clock().AddDate(-5, 0, 0).Format(time.DateOnly)) {
		t.Errorf("the photo of five years ago is not told: %s", data)
	}
	if rec.Counts[matter.StorePhotos] != 4 || rec.Counts[matter.StoreTemplates] != 4 {
		t.Errorf("counts %v", rec.Counts)
	}
}

func TestB02EveryStoreOfThePackageHasWhatAFullScanFinds(t *testing.T) {
	d := newDesk(t)
	d.finds(card(anna, 0, 0), .7) // somebody searched for her
	items, err := d.CaseItems(t.Context(), []engine.FaceID{d.faceOn("alone.png")}, d.now())
	must(t, err)
	_, err = d.OpenCases(t.Context(), items)
	must(t, err)
	r := d.request(matter.RightAccess)
	d.reviewed(r.Ref, annas()...)
	rec := d.access(r.Ref)
	want := matter.StoreCounts{matter.StorePhotos: 4, matter.StoreFinds: 4, matter.StoreThumbnails: 4, matter.StoreFaces: 4, matter.StoreCrops: 4, matter.StoreTemplates: 4,
		matter.StoreCases: 1, matter.StoreChecks: 0, matter.StoreDecisions: 0, matter.StoreRequests: 1, matter.StoreSuppressions: 0}
	for _, s := range matter.Stores() {
		if rec.Counts[s] != rec.Scan[s] {
			t.Errorf("%s: %d in the package, %d found by the scan", s, rec.Counts[s], rec.Scan[s])
		}
		if n, ok := want[s]; ok && rec.Counts[s] != n {
			t.Errorf("%s: %d, want %d", s, rec.Counts[s], n)
		}
		if s == matter.StoreLog && rec.Counts[s] < 3 || s == matter.StoreGroups && rec.Counts[s] == 0 {
			t.Errorf("%s: %d", s, rec.Counts[s])
		}
	}
	check, err := d.VerifyPackage(t.Context(), rec.Folder, matter.PackageKey{})
	must(t, err)
	if !check.Sound() || check.Manifest.Counts[matter.StoreTemplates] != 4 {
		t.Errorf("the package is not sound: %+v", check.Problems)
	}
}

// faceOn gives the first face of a photo, whoever it is.
func (d *deskRig) faceOn(name string) engine.FaceID {
	d.t.Helper()
	for _, who := range []uint8{anna, bert, clara} {
		res, err := d.Search(d.t.Context(), engine.SearchRequest{Purpose: "tests", Probe: probe(d.t, d.App, d.portrait(card(who, 0, 0))), Within: .7, Max: 100})
		must(d.t, err)
		for _, m := range res.Probes[0].Matches {
			if filepath.Base(m.Source.File) == name {
				return m.Face
			}
		}
	}
	d.t.Fatalf("no face on %s", name)
	return ""
}

func TestB03TheThirdRequestInAYearIsTakenLikeTheFirst(t *testing.T) {
	d := newDesk(t)
	for i := range 3 {
		r := d.request(matter.RightAccess)
		if r.Due.IsZero() || r.Stage() != matter.StageRegistered || r.Overdue(d.now()) {
			t.Errorf("request %d: %+v", i+1, r)
		}
		d.reviewed(r.Ref, annas()...)
		d.access(r.Ref)
		_, err := d.CloseRequest(t.Context(), r.Ref)
		must(t, err)
		d.turn(d.now().AddDate(0, 1, 0))
	}
	r := d.request(matter.RightAccess)
	good := matter.RequestRefusal{Ground: matter.RefusedExcessive, Reasons: "reasons", Evidence: "evidence", By: "A", Second: "B"}
	for name, spoil := range map[string]func(*matter.RequestRefusal){
		"without a ground":             func(f *matter.RequestRefusal) { f.Ground = "" },
		"because it is the fourth":     func(f *matter.RequestRefusal) { f.Ground = "twice-a-year" },
		"without reasons":              func(f *matter.RequestRefusal) { f.Reasons = " " },
		"without evidence":             func(f *matter.RequestRefusal) { f.Evidence = "" },
		"without a second person":      func(f *matter.RequestRefusal) { f.Second = "" },
		"with the same person twice":   func(f *matter.RequestRefusal) { f.Second = " a " },
		"without whoever is to answer": func(f *matter.RequestRefusal) { f.By = "" },
	} {
		f := good
		spoil(&f)
		if _, _, err := d.RefuseRequest(t.Context(), r.Ref, f); engine.CodeOf(err) != engine.CodeInvalid {
			t.Errorf("refused %s: %v", name, err)
		}
	}
	refused, text, err := d.RefuseRequest(t.Context(), r.Ref, good)
	must(t, err)
	if refused.Stage() != matter.StageRefused || !strings.Contains(text, "article 77") || !strings.Contains(text, "article 79") || !strings.Contains(text, "reasons") {
		t.Errorf("%s: %s", refused.Stage(), text)
	}
}

func TestB04AnAnswerInPartKeepsTheRequestOpen(t *testing.T) {
	d := newDesk(t)
	r := d.request(matter.RightAccess)
	_, err := d.CloseRequest(t.Context(), r.Ref)
	wantCode(t, err, engine.CodeConflict)
	d.reviewed(r.Ref, annas()...)
	rec, err := d.WriteAccess(t.Context(), r.Ref, matter.AccessOrder{Dir: t.TempDir()})
	must(t, err)
	var open []string
	for _, g := range rec.Gaps {
		if !g.Explained() {
			open = append(open, g.Key)
		}
	}
	if want := []string{"15(1)(c)", "15(1)(f)", "14(1)"}; !slices.Equal(open, want) {
		t.Errorf("points without a word are %v, want %v", open, want)
	}
	_, err = d.RecordAnswer(t.Context(), r.Ref, time.Time{})
	wantCode(t, err, engine.CodeConflict)
	_, err = d.CloseRequest(t.Context(), r.Ref)
	wantCode(t, err, engine.CodeConflict)
	_, err = d.StateReason(t.Context(), r.Ref, "15(1)(z)", "x")
	wantCode(t, err, engine.CodeInvalid)
	d.access(r.Ref)
	closed, err := d.CloseRequest(t.Context(), r.Ref)
	must(t, err)
	if closed.Stage() != matter.StageClosed || len(closed.Portraits) != 0 || closed.PortraitsDeleted.IsZero() {
		t.Errorf("%+v", closed)
	}
	_, err = d.SearchSubject(t.Context(), r.Ref, 0, nil)
	wantCode(t, err, engine.CodeConflict)
}

func TestB06ErasureWaitsForAccessAndNobodyFindsTheFacesMeanwhile(t *testing.T) {
	d := newDesk(t)
	r := d.request(matter.RightErasure, matter.RightAccess)
	d.reviewed(r.Ref, annas()...)
	before := d.finds(card(bert, 0, 0), .7)
	if got := d.finds(card(anna, 0, 0), .7); len(got) != 5 {
		t.Fatalf("anna is found on %v", got)
	}
	plan, err := d.PlanSubjectErasure(t.Context(), r.Ref, matter.ErasureChoice{})
	must(t, err)
	if plan.Blocked == "" || !plan.Plan.Empty() {
		t.Fatalf("the erasure is not blocked: %+v", plan)
	}
	_, err = d.EraseSubject(t.Context(), r.Ref, plan, nil)
	wantCode(t, err, engine.CodeConflict)
	hidden := func(when string) {
		t.Helper()
		if got := d.finds(card(anna, 0, 0), .7); !slices.Equal(got, []string{"like-anna.png"}) {
			t.Errorf("%s anna is found on %v", when, got)
		}
		if got := d.finds(card(bert, 0, 0), .7); !slices.Equal(got, before) {
			t.Errorf("%s bert is found on %v, before on %v", when, got, before)
		}
		if n := totals(t, d.App); n.Hidden != 4 || n.Searchable() != n.Faces-4 {
			t.Errorf("%s the totals are %+v", when, n)
		}
	}
	hidden("at once")
	groups := grouped(t, d.App, engine.GroupQuery{})
	if groups.Faces != totals(t, d.App).Searchable() {
		t.Errorf("%d faces are grouped", groups.Faces)
	}
	d.reopen()
	hidden("after the vault was opened again")
	must(t, d.Lock())
	must(t, d.Unlock(t.Context(), secret))
	hidden("after it was locked and unlocked, from the saved index,")
	// a second request, about erasure only, waits for the first one's answer
	second := d.request(matter.RightErasure)
	d.reviewed(second.Ref, annas()...) // hidden faces are candidates all the same
	plan, err = d.PlanSubjectErasure(t.Context(), second.Ref, matter.ErasureChoice{})
	must(t, err)
	if !strings.Contains(plan.Blocked, "another subject request") {
		t.Errorf("blocked by %q", plan.Blocked)
	}
	d.access(r.Ref)
	plan, err = d.PlanSubjectErasure(t.Context(), r.Ref, matter.ErasureChoice{})
	must(t, err)
	if plan.Blocked != "" || len(plan.Plan.Faces()) != 4 {
		t.Errorf("after the answer: %q, %v", plan.Blocked, plan.Plan.Faces())
	}
}

func TestARestrictionIsLiftedWithWordsOnly(t *testing.T) {
	d := newDesk(t)
	r := d.request(matter.RightRestriction)
	d.reviewed(r.Ref, annas()...)
	all := d.finds(card(anna, 0, 0), .7)
	_, err := d.RestrictSubject(t.Context(), r.Ref, true, "")
	must(t, err)
	if got := d.finds(card(anna, 0, 0), .7); len(got) != 1 {
		t.Errorf("found on %v", got)
	}
	_, err = d.RestrictSubject(t.Context(), r.Ref, false, "")
	wantCode(t, err, engine.CodeInvalid)
	_, err = d.RestrictSubject(t.Context(), r.Ref, false, "told by letter of today")
	must(t, err)
	if got := d.finds(card(anna, 0, 0), .7); !slices.Equal(got, all) {
		t.Errorf("found on %v, before on %v", got, all)
	}
	d.reopen()
	if got := d.finds(card(anna, 0, 0), .7); !slices.Equal(got, all) {
		t.Errorf("opened again: found on %v, before on %v", got, all)
	}
}

func TestB07NoLimitInTimeOrNumberCanBeSet(t *testing.T) {
	for _, v := range []any{matter.Request{}, matter.NewRequest{}, matter.AccessOrder{}, matter.SubjectSearch{}, matter.ErasureChoice{}} {
		typ := reflect.TypeOf(v)
		for i := range typ.NumField() {
			name := strings.ToLower(typ.Field(i).Name)
			for _, word := range []string{"since", "until", "months", "peryear", "quota", "maxrequests", "nationality", "citizenship", "age", "birth", "residence", "ethnic"} {
				if name == word {
					t.Errorf("%s has a field %s", typ, typ.Field(i).Name)
				}
			}
		}
	}
	// no rule of the access path reads a filter by date
	for _, dir := range []string{"subjects", filepath.Join("..", "engine", "rights", "subject")} {
		sources, err := filepath.Glob(filepath.Join(dir, "*.go"))
		must(t, err)
		if len(sources) < 5 {
			t.Fatalf("%s: %v", dir, sources)
		}
		for _, f := range sources {
			data, err := os.ReadFile(f)
			must(t, err)
			for _, banned := range []string{"engine.Filter", "CollectedAt.Before", "CollectedAt.After", "twelve months"} {
				if strings.Contains(string(data), banned) {
					t.Errorf("%s uses %s", f, banned)
				}
			}
		}
	}
}

func TestB12ASearchWithoutPurposeIsRefusedAndLogged(t *testing.T) {
	d := newDesk(t)
	_, err := d.Search(t.Context(), engine.SearchRequest{Purpose: " ", Probe: probe(t, d.App, d.portrait(card(anna, 0, 0)))})
	wantCode(t, err, engine.CodeInvalid)
	log, err := d.Audit(t.Context())
	must(t, err)
	if last := log[len(log)-1]; last.Action != engine.ActionSearchRefused || len(last.Returned) != 0 {
		t.Errorf("the last entry is %+v", last)
	}
}

func TestB14ALookAlikeIsNotSentAndTheDecisionIsKept(t *testing.T) {
	d := newDesk(t)
	r := d.request(matter.RightAccess)
	r = d.reviewed(r.Ref, annas()...)
	var like matter.SubjectCandidate
	views, err := d.CandidatesOf(t.Context(), r.Ref)
	must(t, err)
	for _, v := range views {
		if d.name(v) == "like-anna.png" {
			like = v.SubjectCandidate
		}
	}
	if !like.Compared || like.Distance < .4 || like.Verdict() != matter.VerdictNo {
		t.Fatalf("the look-alike: %+v", like)
	}
	rec := d.access(r.Ref)
	err = filepath.WalkDir(rec.Folder, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if strings.Contains(string(data), string(like.Photo)) || strings.Contains(path, string(like.Photo)) || strings.Contains(string(data), "like-anna") {
			t.Errorf("%s tells of the look-alike", filepath.Base(path))
		}
		return err
	})
	must(t, err)
	log, err := d.Audit(t.Context())
	must(t, err)
	if !slices.ContainsFunc(log, func(e engine.AuditEntry) bool {
		return e.Action == engine.ActionRequestReviewed && e.Detail["decision"] == "no" && slices.Contains(e.Returned, like.Face)
	}) {
		t.Error("the decision is not in the log")
	}
	for _, e := range log {
		if strings.Contains(e.Purpose+strings.Join(e.Objects, " "), "reviewer") {
			t.Errorf("the log names a reviewer: %+v", e)
		}
	}
}

func TestB15AnyChannelAndLanguageStartsTheClock(t *testing.T) {
	d := newDesk(t)
	received := time.Date(2026, 11, 10, 23, 30, 0, 0, time.UTC)
	r, problems, err := d.RegisterRequest(t.Context(), matter.NewRequest{Rights: []engine.Right{matter.RightAccess}, Received: received, Zone: "Europe/Paris", Channel: "list odręczny",
		Note: "Proszę o kopię moich zdjęć", Photos: []string{filepath.Join(t.TempDir(), "gone.png"), d.portrait(card(0, 0, 0))}})
	must(t, err)
	if want := time.Date(2026, 12, 11, 22, 59, 59, 0, time.UTC); !r.Due.Equal(want) { // the 11th in Paris, where the 10th had ended
		t.Errorf("due %v, want %v", r.Due, want)
	}
	if len(problems) != 2 || engine.CodeOf(problems[0].Err) != engine.CodeNotFound || engine.CodeOf(problems[1].Err) != engine.CodeNoFace {
		t.Errorf("problems %v", problems)
	}
	if r.Overdue(r.Due) || !r.Overdue(r.Due.Add(time.Second)) {
		t.Error("overdue on the day itself, or not after it")
	}
	text, err := d.Acknowledgement(t.Context(), r.Ref)
	must(t, err)
	if !strings.Contains(text, "11 December 2026") || !strings.Contains(text, r.Ref) {
		t.Errorf("acknowledged: %s", text)
	}
	_, _, err = d.RegisterRequest(t.Context(), matter.NewRequest{Rights: []engine.Right{"portability"}})
	wantCode(t, err, engine.CodeInvalid)
}

func TestB17NationalityAndResidenceChangeNothingAndAreNotStored(t *testing.T) {
	d := newDesk(t)
	r := d.request(matter.RightAccess)
	far, _, err := d.RegisterRequest(t.Context(), matter.NewRequest{Rights: []engine.Right{matter.RightAccess}, Zone: "America/New_York", Photos: []string{d.portrait(card(anna, 9, 0))}})
	must(t, err)
	a, b := d.reviewed(r.Ref, annas()...), d.reviewed(far.Ref, annas()...)
	if !slices.Equal(a.ConfirmedFaces(), b.ConfirmedFaces()) || a.Search.Compared != b.Search.Compared {
		t.Errorf("%v and %v", a.Search, b.Search)
	}
}

func TestTheTimeIsExtendedOnceInTimeAndWithReasons(t *testing.T) {
	d := newDesk(t)
	r := d.request(matter.RightAccess)
	_, _, err := d.ExtendRequest(t.Context(), r.Ref, "")
	wantCode(t, err, engine.CodeInvalid)
	late := d.now()
	d.turn(r.Due.Add(time.Second))
	_, _, err = d.ExtendRequest(t.Context(), r.Ref, "many photos")
	wantCode(t, err, engine.CodeConflict)
	d.turn(late)
	r, text, err := d.ExtendRequest(t.Context(), r.Ref, "many photos")
	must(t, err)
	if want := time.Date(2027, 2, 23, 23, 59, 59, 0, time.UTC); !r.Until().Equal(want) || !strings.Contains(text, "many photos") {
		t.Errorf("until %v: %s", r.Until(), text)
	}
	_, _, err = d.ExtendRequest(t.Context(), r.Ref, "more photos")
	wantCode(t, err, engine.CodeConflict)
}

func TestNothingFoundSaysWhatWasSearchedAndHow(t *testing.T) {
	d := newDesk(t)
	r, _, err := d.RegisterRequest(t.Context(), matter.NewRequest{Rights: []engine.Right{matter.RightAccess}, Lang: "fr", Photos: []string{d.portrait(card(200, 9, 0))}, URLs: []string{"https://example.org/x"}})
	must(t, err)
	_, err = d.NothingFound(t.Context(), r.Ref)
	wantCode(t, err, engine.CodeConflict)
	r, err = d.SearchSubject(t.Context(), r.Ref, 0, nil)
	must(t, err)
	if len(r.Candidates) != 0 || r.Search.Compared != 8 || r.Search.Held != 8 || r.Search.Collections != 1 || r.Search.Nearest < 1 {
		t.Fatalf("%+v", r.Search)
	}
	text, err := d.NothingFound(t.Context(), r.Ref)
	must(t, err)
	text = strings.Join(strings.Fields(text), " ")
	for _, want := range []string{"tous les visages (8) de toutes les photos (7)", "jusqu’à une distance de 0,62", "23 novembre 2026", "1 adresse que", "test"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not said: %s", want, text)
		}
	}
	d.access(r.Ref)
	_, err = d.CloseRequest(t.Context(), r.Ref)
	must(t, err)
}

func TestADecisionAgainstTheDistanceTakesTwoPeople(t *testing.T) {
	d := newDesk(t)
	r := d.request(matter.RightAccess)
	_, err := d.SearchSubject(t.Context(), r.Ref, 0, nil)
	must(t, err)
	views, err := d.CandidatesOf(t.Context(), r.Ref)
	must(t, err)
	by := map[string]string{}
	for _, v := range views {
		by[d.name(v)] = v.Key()
	}
	decide := func(who, photo string, x matter.Decision) matter.Verdict {
		t.Helper()
		r, err := d.ReviewCandidates(t.Context(), r.Ref, matter.Decide{Keys: []string{by[photo]}, By: who, Decision: x, Reason: "seen"})
		must(t, err)
		i := slices.IndexFunc(r.Candidates, func(c matter.SubjectCandidate) bool { return c.Key() == by[photo] })
		return r.Candidates[i].Verdict()
	}
	for _, step := range []struct {
		what, who, photo string
		decision         matter.Decision
		want             matter.Verdict
	}{
		{"near and yes: one is enough", "A", "alone.png", matter.DecidedYes, matter.VerdictYes},
		{"far and yes: one is not", "A", "far.png", matter.DecidedYes, matter.VerdictOpen},
		{"the same one again is still one", "A", "far.png", matter.DecidedYes, matter.VerdictOpen},
		{"two who differ decide nothing", "B", "far.png", matter.DecidedNo, matter.VerdictOpen},
		{"the second comes round", "B", "far.png", matter.DecidedYes, matter.VerdictYes},
		{"near and no: one is not enough", "A", "old.png", matter.DecidedNo, matter.VerdictOpen},
		{"two are", "B", "old.png", matter.DecidedNo, matter.VerdictNo},
		{"unsure stands by itself", "A", "like-anna.png", matter.DecidedUnsure, matter.VerdictUnsure},
	} {
		if got := decide(step.who, step.photo, step.decision); got != step.want {
			t.Errorf("%s: %s, want %s", step.what, got, step.want)
		}
	}
	for name, bad := range map[string]matter.Decide{
		"nobody signs":   {Keys: []string{by["old.png"]}, Decision: matter.DecidedNo, Reason: "x"},
		"no reason":      {Keys: []string{by["old.png"]}, By: "A", Decision: matter.DecidedNo},
		"no decision":    {Keys: []string{by["old.png"]}, By: "A", Decision: "perhaps", Reason: "x"},
		"nothing to say": {By: "A", Decision: matter.DecidedNo, Reason: "x"},
	} {
		if _, err := d.ReviewCandidates(t.Context(), r.Ref, bad); engine.CodeOf(err) != engine.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err = d.ReviewCandidates(t.Context(), r.Ref, matter.Decide{Keys: []string{"x"}, By: "A", Decision: matter.DecidedNo, Reason: "x"})
	wantCode(t, err, engine.CodeNotFound)
	_, err = d.WriteAccess(t.Context(), r.Ref, matter.AccessOrder{Dir: t.TempDir()}) // pair.png is undecided
	wantCode(t, err, engine.CodeConflict)
}
