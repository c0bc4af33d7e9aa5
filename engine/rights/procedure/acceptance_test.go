package procedure_test

import (
	"os"
	"slices"
	"testing"
	"time"

	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/engine/rights/procedure"
)

// The acceptance cases on time (T) and on authorities. "make rights" prints their table.

func course(r matter.Regime, country string) matter.Course {
	return matter.Course{Regime: r, To: matter.Addressee{Name: "Example Ltd", Country: country}}
}

func sent(right engine.Right, on string, by matter.Channel) matter.Event {
	return matter.Event{Kind: matter.EventSent, Right: right, Day: day(on), Channel: by}
}

func at(kind matter.EventKind, on string) matter.Event { return matter.Event{Kind: kind, Day: day(on)} }

// instant is a time in UTC.
func instant(t *testing.T, s string) time.Time {
	t.Helper()
	x, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// record adds events long after they happened.
func record(t *testing.T, c matter.Course, events ...matter.Event) matter.Course {
	t.Helper()
	for _, e := range events {
		var err error
		if c, _, err = procedure.Record(c, e, nil, instant(t, "2029-01-01 00:00")); err != nil {
			t.Fatalf("%s on %s: %v", e.Kind, e.Day, err)
		}
	}
	return c
}

func standing(t *testing.T, c matter.Course, now string, events ...matter.Event) matter.Standing {
	t.Helper()
	return procedure.Stand(record(t, c, events...), nil, instant(t, now))
}

func hasDoubt(t matter.Thread, d matter.Doubt) bool { return slices.Contains(t.Doubts, d) }

func offers(s matter.Standing, k matter.StepKind) bool {
	return slices.ContainsFunc(s.Steps, func(x matter.Step) bool { return x.Kind == k })
}

func want(t *testing.T, what string, got, want matter.Day) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %s, want %s", what, got, want)
	}
}

func TestT01TheDayOfReceiptIsTheLocalOneOfParis(t *testing.T) {
	received := matter.DayOf(instant(t, "2026-11-30 23:30"), zone(t, "Europe/Paris"))
	want(t, "received", received, day("2026-12-01"))
	want(t, "due", procedure.Due(received, 1, "FR"), day("2027-01-04"))
	to := matter.Addressee{Country: "FR"}
	if z, known := procedure.Zone(to); !known || matter.DayOf(instant(t, "2026-11-30 23:30"), z) != received {
		t.Errorf("a French controller's zone is %s", z)
	}
}

func TestT02TheSameInstantIsTheDayBeforeInNewYork(t *testing.T) {
	z, known := procedure.Zone(matter.Addressee{Country: "US", Zone: "America/New_York"})
	received := matter.DayOf(instant(t, "2026-11-30 23:30"), z)
	if !known {
		t.Error("the zone is not known")
	}
	want(t, "received", received, day("2026-11-30"))
	want(t, "raw", procedure.Raw(received, 1), day("2026-12-30"))
}

func TestT03AQuestionAboutIdentityGivesBothDatesAndTheLatestCounts(t *testing.T) {
	c := record(t, course(matter.RegimeEU, "FR"), sent("access", "2026-11-05", "email"), at(matter.EventIdentityAsked, "2026-11-10"))
	open := procedure.Stand(c, nil, instant(t, "2027-03-01 12:00"))
	if th := open.Threads[0]; !th.Asked || !th.End.IsZero() || open.State == matter.CourseOverdue || offers(open, matter.StepComplain) || open.Next().Kind != matter.StepIdentity {
		t.Errorf("while the question is open: %s, %v, ends %s", open.State, open.Steps, th.End)
	}
	c = record(t, c, at(matter.EventIdentityGiven, "2026-11-20"))
	s := procedure.Stand(c, nil, instant(t, "2026-12-21 12:00"))
	th := s.Threads[0]
	for _, x := range []struct {
		what     string
		r        matter.Reading
		raw, due string
	}{{"running", th.Running, "2026-12-05", "2026-12-07"}, {"restart", th.Restart, "2026-12-20", "2026-12-21"}, {"paused", th.Paused, "2026-12-15", "2026-12-15"}} {
		want(t, x.what+" raw", x.r.Raw, day(x.raw))
		want(t, x.what, x.r.Due, day(x.due))
	}
	want(t, "the last day", th.End, day("2026-12-21"))
	if !hasDoubt(th, matter.DoubtIdentity) || offers(s, matter.StepComplain) || offers(s, matter.StepRemind) {
		t.Errorf("on the latest date: %v %v", s.Steps, th.Doubts)
	}
	if s := procedure.Stand(c, nil, instant(t, "2026-12-22 12:00")); !offers(s, matter.StepComplain) {
		t.Errorf("after the latest date: %v", s.Steps)
	}
}

func TestT04ALateNoticeOfExtensionIsFlaggedAndAReminderOffered(t *testing.T) {
	late := matter.Event{Kind: matter.EventExtended, Day: day("2026-12-31"), Reasons: "many requests"}
	s := standing(t, course(matter.RegimeEU, "FR"), "2026-12-31 12:00", sent("access", "2026-11-30", "email"), late)
	th := s.Threads[0]
	want(t, "the last day for the notice", th.Base, day("2026-12-30"))
	if !th.Extended.Late || th.Extended.Valid() || th.End != th.Base || s.Next().Kind != matter.StepRemind {
		t.Errorf("%+v, next %v", th.Extended, s.Next())
	}
}

func TestT05AnExtensionWithoutReasonsIsOnlyClaimed(t *testing.T) {
	s := standing(t, course(matter.RegimeEU, "FR"), "2026-12-20 12:00", sent("access", "2026-11-30", "email"), at(matter.EventExtended, "2026-12-15"))
	th := s.Threads[0]
	if th.Extended.Late || !th.Extended.NoReasons || th.Extended.Valid() {
		t.Errorf("%+v", th.Extended)
	}
	want(t, "claimed", th.Extended.Claimed, day("2027-03-01"))
	want(t, "the last day", th.End, day("2026-12-30"))
	if offers(s, matter.StepComplain) {
		t.Error("a complaint is offered before the claimed date")
	}
	valid := matter.Event{Kind: matter.EventExtended, Day: day("2026-12-15"), Reasons: "complexity"}
	s = standing(t, course(matter.RegimeEU, "FR"), "2026-12-20 12:00", sent("access", "2026-11-30", "email"), valid)
	want(t, "with reasons", s.Threads[0].End, day("2027-03-01"))
}

func TestT06ACorrectedReceiptRecalculatesAndKeepsTheOldValue(t *testing.T) {
	received := matter.Event{Kind: matter.EventReceived, Day: day("2026-11-25")}
	c := record(t, course(matter.RegimeEU, "FR"), sent("access", "2026-11-24", "tracked"), received)
	want(t, "before", procedure.Stand(c, nil, instant(t, "2026-12-01 12:00")).Due, day("2026-12-28"))
	c = record(t, c, matter.Event{Corrects: 2, Day: day("2026-11-30")})
	want(t, "after", procedure.Stand(c, nil, instant(t, "2026-12-01 12:00")).Due, day("2026-12-30"))
	if len(c.Events) != 3 || c.Events[1].Day != day("2026-11-25") || c.Events[2].Kind != matter.EventReceived {
		t.Errorf("the log is %+v", c.Events)
	}
	c = record(t, c, matter.Event{Corrects: 3, Void: true})
	if s := procedure.Stand(c, nil, instant(t, "2026-12-01 12:00")); !s.Threads[0].Estimated || len(c.Events) != 4 {
		t.Error("a receipt that never was still counts")
	}
}

func TestT07OverdueOnlyAfterTheDayHasPassedAtTheController(t *testing.T) {
	c := record(t, course(matter.RegimeEU, "FR"), sent("access", "2026-11-02", "email"))
	for _, x := range []struct {
		now  string // UTC
		want matter.CourseState
	}{{"2026-12-01 23:30", matter.CourseSent}, {"2026-12-02 12:00", matter.CourseSent}, {"2026-12-02 22:59", matter.CourseSent}, {"2026-12-02 23:00", matter.CourseOverdue}, {"2026-12-03 12:00", matter.CourseOverdue}} {
		if s := procedure.Stand(c, nil, instant(t, x.now)); s.State != x.want {
			t.Errorf("%s UTC: %s, want %s (due %s)", x.now, s.State, x.want, s.Due)
		}
	}
	unknown := record(t, course(matter.RegimeEU, ""), sent("access", "2026-11-02", "email"))
	if s := procedure.Stand(unknown, nil, instant(t, "2026-12-03 11:59")); s.State != matter.CourseSent || !hasDoubt(s.Threads[0], matter.DoubtZone) {
		t.Errorf("a day that has not passed everywhere: %s %v", s.State, s.Threads[0].Doubts)
	}
}

func TestT08CaliforniaConfirmsInBusinessDaysAndAnswersInCalendarDays(t *testing.T) {
	confirm, withHolidays, answer, extended := procedure.California(day("2026-11-05"))
	want(t, "confirm", confirm, day("2026-11-19"))
	want(t, "confirm, 11 November no business day", withHolidays, day("2026-11-20"))
	want(t, "answer", answer, day("2026-12-20"))
	want(t, "extended", extended, day("2027-02-03"))
	s := standing(t, course(matter.RegimeCalifornia, "US"), "2026-11-06 12:00", sent("access", "2026-11-05", "email"))
	want(t, "no roll-over", s.Due, day("2026-12-20"))
}

func TestT09SwitzerlandCountsThirtyDays(t *testing.T) {
	s := standing(t, course(matter.RegimeCH, "CH"), "2026-11-21 12:00", sent("access", "2026-11-20", "email"))
	th := s.Threads[0]
	want(t, "raw", th.Running.Raw, day("2026-12-20"))
	want(t, "due", th.End, day("2026-12-21"))
	if !hasDoubt(th, matter.DoubtSwissRoll) {
		t.Error("the roll-over is not marked")
	}
}

func TestT10ComplaintsToControllersInTheUKAreAcknowledgedInThirtyDays(t *testing.T) {
	shown, other := procedure.Acknowledgement(day("2026-11-02"))
	want(t, "shown", shown, day("2026-12-01"))
	want(t, "the other reading", other, day("2026-12-02"))
	c := record(t, course(matter.RegimeUK, "GB"), sent("access", "2026-09-01", "email"))
	if s := procedure.Stand(c, nil, instant(t, "2026-11-02 12:00")); !offers(s, matter.StepToController) || offers(s, matter.StepComplain) {
		t.Errorf("the ICO comes before the controller: %v", s.Steps)
	}
	c = record(t, c, at(matter.EventToController, "2026-11-02"))
	s := procedure.Stand(c, nil, instant(t, "2026-11-03 12:00"))
	want(t, "acknowledge", s.Complaint.Acknowledge, shown)
	if !offers(s, matter.StepComplain) {
		t.Errorf("steps %v", s.Steps)
	}
}

func TestT11ABreachIsNotifiedWithinSeventyTwoHours(t *testing.T) {
	got := procedure.BreachNotice(time.Date(2026, 11, 20, 17, 0, 0, 0, zone(t, "Europe/Paris")))
	if !got.Equal(time.Date(2026, 11, 23, 17, 0, 0, 0, zone(t, "Europe/Paris"))) {
		t.Errorf("%s", got)
	}
}

func TestT12PeopleAreInformedWithinAMonthOrAtTheFirstDisclosure(t *testing.T) {
	want(t, "a month", procedure.Inform(day("2026-11-02"), matter.Day{}, "FR"), day("2026-12-02"))
	want(t, "first disclosure", procedure.Inform(day("2026-11-02"), day("2026-11-10"), "FR"), day("2026-11-10"))
	want(t, "a later disclosure", procedure.Inform(day("2026-11-02"), day("2027-01-10"), "FR"), day("2026-12-02"))
}

func authorities(t *testing.T) procedure.Authorities {
	t.Helper()
	a, err := procedure.ReadAuthorities(os.DirFS("../../../assets"))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestA09TheAuthorityOfTheResidenceIsProposedAndThatOfTheControllerOffered(t *testing.T) {
	table := authorities(t)
	c := course(matter.RegimeEU, "DE")
	c.Residence = "FR"
	got := table.Choose(c)
	if got.Default.ID != "FR" || !got.AskLand || len(got.Others) != 0 {
		t.Errorf("without a Land: %s, ask %v, others %v", got.Default.ID, got.AskLand, got.Others)
	}
	c.Land = "BE"
	if got = table.Choose(c); got.Default.ID != "FR" || len(got.Others) != 1 || got.Others[0].ID != "DE-BE" {
		t.Errorf("with a Land: %s, others %v", got.Default.ID, got.Others)
	}
	if n := len(table.Lands()); n != 16 {
		t.Errorf("%d Länder", n)
	}
	uk := table.Choose(matter.Course{Regime: matter.RegimeUK, Residence: "FR", To: matter.Addressee{Country: "DE"}})
	if uk.Default.ID != "GB" || len(uk.Others) != 0 || uk.AskLand {
		t.Errorf("regimes mix: %+v", uk)
	}
	if eu := table.Choose(matter.Course{Regime: matter.RegimeEU, Residence: "GB", To: matter.Addressee{Country: "CH"}}); eu.Default.ID != "" || len(eu.Others) != 0 {
		t.Errorf("regimes mix: %+v", eu)
	}
}

func TestA10DenmarkTakesNoArchiveButSeparateFiles(t *testing.T) {
	dk, err := authorities(t).Get("DK")
	if err != nil {
		t.Fatal(err)
	}
	f := matter.Filing{Lang: "da", Address: true, PriorRequest: day("2026-11-02"), Proof: true}
	for name, stops := range map[string]bool{"annexes.zip": true, "ANNEXES.RAR": true, "clip.mp4": true, "call.mp3": true, "tool.exe": true, "1-request.pdf": false, "2-proof.pdf": false} {
		f.Files = []matter.FilingFile{{Name: name, Size: 1000}}
		found := slices.ContainsFunc(procedure.Preflight(dk, f), func(x matter.Finding) bool { return x.Stops && x.Detail == name })
		if found != stops {
			t.Errorf("%s: stopped %v, want %v", name, found, stops)
		}
	}
	f.Files, f.Anonymous = []matter.FilingFile{{Name: "1-request.pdf", Size: 1}, {Name: "2-proof.pdf", Size: 1}}, true
	if got := procedure.Preflight(dk, f); len(got) == 0 || !got[0].Stops {
		t.Errorf("an anonymous complaint passes: %+v", got)
	}
}
