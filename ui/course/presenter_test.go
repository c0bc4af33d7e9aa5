package course_test

import (
	"slices"
	"testing"
	"time"

	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/engine/rights/procedure"
	"gabarit/ui/course"
)

// clock is the simulated time of these tests.
type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func (c *clock) set(s string) { c.t = at(s) }

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, time.Local)
	if err != nil {
		panic(err)
	}
	return t
}

func day(s string) matter.Day {
	d, err := matter.ParseDay(s)
	if err != nil {
		panic(err)
	}
	return d
}

// follow gives a case with events, as the application derives it at a time.
func follow(t *testing.T, id string, now time.Time, events ...matter.Event) matter.CaseView {
	t.Helper()
	c := matter.Course{Regime: matter.RegimeEU, To: matter.Addressee{Country: "FR"}}
	for _, e := range events {
		var err error
		if c, _, err = procedure.Record(c, e, nil, at("2029-01-01 12:00")); err != nil {
			t.Fatal(err)
		}
	}
	return matter.CaseView{Case: engine.Case{ID: engine.CaseID(id), Ref: "2026-ERA-" + id, State: engine.CaseExported}, Course: c, Standing: procedure.Stand(c, nil, now)}
}

func sent(on string) matter.Event {
	return matter.Event{Kind: matter.EventSent, Right: "access", Day: day(on), Channel: matter.ChannelEmail}
}

func TestTheBarFollowsTheDays(t *testing.T) {
	c := &clock{}
	for _, x := range []struct {
		now  string
		want course.Duty
	}{
		{"2026-11-10 12:00", course.Duty{}},
		{"2026-11-25 12:00", course.Duty{Soon: 1}},
		{"2026-12-02 12:00", course.Duty{Soon: 1}}, // the last day: not overdue yet
		{"2026-12-03 12:00", course.Duty{Overdue: 1}},
	} {
		c.set(x.now)
		p := course.NewPresenter(c.now)
		done := follow(t, "2", c.t, sent("2026-10-01"), matter.Event{Kind: matter.EventClosed, Day: day("2026-11-01")})
		p.SetViews([]matter.CaseView{follow(t, "1", c.t, sent("2026-11-02")), done, follow(t, "3", c.t)})
		if got := p.Duty(); got != x.want {
			t.Errorf("%s: %+v, want %+v", x.now, got, x.want)
		}
	}
	c.set("2026-12-10 12:00")
	p := course.NewPresenter(c.now)
	p.SetViews([]matter.CaseView{follow(t, "1", c.t, sent("2026-11-02"), matter.Event{Kind: matter.EventAnswered, Day: day("2026-12-09"), Answer: matter.AnswerRefused, Ground: matter.RefusalCap})})
	if got := p.Duty(); got != (course.Duty{ToDo: 1}) {
		t.Errorf("a refusal that can be contested: %+v", got)
	}
}

func TestWhatIsShownStaysShownWhenTheListIsReadAnew(t *testing.T) {
	c := &clock{at("2026-11-10 12:00")}
	p := course.NewPresenter(c.now)
	if _, ok := p.Current(); ok || p.Selected() != -1 {
		t.Error("an empty list shows a case")
	}
	a, b := follow(t, "1", c.t, sent("2026-11-02")), follow(t, "2", c.t, sent("2026-11-05"))
	p.SetViews([]matter.CaseView{a, b})
	p.Select(1)
	p.SetViews([]matter.CaseView{b, a})
	if v, _ := p.Current(); v.Case.ID != "2" || p.Selected() != 0 {
		t.Errorf("shown is %s at %d", v.Case.ID, p.Selected())
	}
	p.SetViews([]matter.CaseView{a})
	if v, _ := p.Current(); v.Case.ID != "1" {
		t.Errorf("shown is %s", v.Case.ID)
	}
	p.Select(7)
	if p.Selected() != 0 {
		t.Error("a row that is not there was chosen")
	}
}

func TestAFormGivesOnlyWhatItsKindHas(t *testing.T) {
	c := &clock{at("2026-12-09 12:00")}
	p := course.NewPresenter(c.now)
	f := p.NewForm(matter.EventAnswered, "access")
	f.SetMissing("c", true)
	f.SetMissing("templates", true)
	f.SetMissing("c", false)
	f.Reasons, f.Proof, f.Authority = "x", "y", "FR" // left from another kind
	e, err := f.Event()
	if err != nil || e.Day != day("2026-12-09") || e.Answer != matter.AnswerPartial || !slices.Equal(e.Missing, []matter.AnswerPart{"templates"}) || e.Reasons+e.Proof+e.Authority != "" || e.Ground != "" {
		t.Errorf("%+v %v", e, err)
	}
	f.Answer, f.Ground = matter.AnswerRefused, matter.RefusalCap
	if e, err = f.Event(); err != nil || len(e.Missing) != 0 || e.Ground != matter.RefusalCap {
		t.Errorf("a refusal: %+v %v", e, err)
	}
	f.Date = "9 December"
	if _, err := f.Event(); engine.CodeOf(err) != engine.CodeInvalid {
		t.Errorf("a day that is none: %v", err)
	}
}

func TestACorrectionBeginsWithWhatWasNoted(t *testing.T) {
	was := matter.Event{No: 4, Kind: matter.EventAnswered, Right: "access", Day: day("2026-12-01"), Answer: matter.AnswerPartial, Missing: []matter.AnswerPart{"g"}, Note: "n"}
	e, err := course.NewCorrection(was).Event()
	if err != nil || e.Corrects != 4 || e.Day != was.Day || !slices.Equal(e.Missing, was.Missing) || e.Note != "n" || e.Void {
		t.Errorf("%+v %v", e, err)
	}
}

func TestWhatCanBeNotedFollowsTheCase(t *testing.T) {
	now := at("2026-11-10 12:00")
	draft := follow(t, "1", now)
	if got := course.Recordable(draft); !slices.Equal(got, []matter.EventKind{matter.EventSent, matter.EventAbandoned}) {
		t.Errorf("a draft: %v", got)
	}
	if got := course.RightsFor(draft, matter.EventSent); !slices.Contains(got, "access") || !slices.Contains(got, "erasure") {
		t.Errorf("letters to send: %v", got)
	}
	open := follow(t, "1", now, sent("2026-11-02"))
	for _, k := range course.Recordable(open) {
		if k == matter.EventToController || k == matter.EventAuthority || k == matter.EventReopened {
			t.Errorf("%s can be noted of an open case under the GDPR without a complaint", k)
		}
	}
	if got := course.RightsFor(open, matter.EventAnswered); !slices.Equal(got, []engine.Right{"access"}) {
		t.Errorf("an answer is about %v", got)
	}
	if got := course.RightsFor(open, matter.EventSent); slices.Contains(got, "access") {
		t.Errorf("access can be sent twice: %v", got)
	}
	closed := follow(t, "1", now, sent("2026-11-02"), matter.Event{Kind: matter.EventClosed, Day: day("2026-11-03")})
	if got := course.Recordable(closed); !slices.Equal(got, []matter.EventKind{matter.EventReopened}) {
		t.Errorf("a closed case: %v", got)
	}
}

func TestEveryStepLeadsToAnEvent(t *testing.T) {
	for _, k := range []matter.StepKind{matter.StepSend, matter.StepReceipt, matter.StepWait, matter.StepIdentity, matter.StepRemind, matter.StepToController, matter.StepComplain,
		matter.StepWaitAuthority, matter.StepCourt, matter.StepClose} {
		if e := course.StepEvent(k); !slices.Contains(matter.EventKinds(), e) {
			t.Errorf("%s leads to %q", k, e)
		}
	}
}
