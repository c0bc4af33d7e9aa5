package ui

import (
	"testing"
	"time"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// overdueCase is a case whose answer was due a month ago.
func overdueCase() matter.CaseView {
	day := func(ago int) matter.Day { return matter.DayOf(time.Now().AddDate(0, 0, -ago), time.Local) }
	due := day(30)
	thread := matter.Thread{Right: "access", Sent: day(61), Channel: matter.ChannelEmail, Received: day(61), Base: due, End: due, RemindOn: day(29), Complain: day(29),
		Running: matter.Reading{Raw: due, Due: due}}
	return matter.CaseView{Case: engine.Case{ID: "K9", Ref: "2026-ERA-0009", Site: "late.example", State: engine.CaseExported, Items: make([]engine.CaseItem, 1)},
		Course: matter.Course{Regime: matter.RegimeEU, To: matter.Addressee{Name: "Late Ltd", Country: "FR"}, Events: []matter.Event{{No: 1, Kind: matter.EventSent, Right: "access",
			Day: day(61), Channel: matter.ChannelEmail, Note: "by the form of the site"}}},
		Standing: matter.Standing{State: matter.CourseOverdue, Due: due, Threads: []matter.Thread{thread},
			Steps: []matter.Step{{Kind: matter.StepRemind, Right: "access"}, {Kind: matter.StepComplain, Right: "access"}}}}
}

func TestTheBarLeadsToAnOverdueCaseAndItsNextStep(t *testing.T) {
	svc := &fakeService{fakeVault: fakeVault{views: []matter.CaseView{overdueCase()}}}
	r := openRig(t, svc)
	r.until("the bar", func() bool { return r.has("1 case is overdue.") })
	r.button("Show cases").OnTapped()
	r.until("the case", func() bool { return r.shell.pages[screenCases].Visible() && r.has("2026-ERA-0009 · late.example") })
	for _, words := range []string{"overdue", "Late Ltd", "FR", "Access (art. 15)", "letter sent · e-mail · by the form of the site", "Last day to answer"} {
		if !r.has(words) {
			t.Errorf("the case does not say %q: %q", words, r.words())
		}
	}
	r.button("Complain to the authority…")
	r.button("Send a reminder…").OnTapped()
	r.until("the letter", func() bool { return r.says("Dear Late Ltd") && r.has("Write the files…") })
	r.shell.env.CloseModal()
	r.button("Note what happened…").OnTapped()
	r.until("the dialog", func() bool { return r.has("Note it") })
	r.button("Note it").OnTapped()
	r.until("the event", func() bool { return len(svc.recorded) == 1 })
	if e := svc.recorded[0]; e.Kind != matter.EventReceived || e.Right != "access" || e.Day != matter.DayOf(time.Now(), time.Local) {
		t.Errorf("noted: %+v", e)
	}
}

func TestNothingOfACaseStaysInALockedWindow(t *testing.T) {
	svc := &fakeService{fakeVault: fakeVault{views: []matter.CaseView{overdueCase()}}}
	r := openRig(t, svc)
	r.until("the bar", func() bool { return r.has("1 case is overdue.") })
	r.shell.forget()
	texts, _ := r.everything()
	for _, text := range texts {
		if text == "1 case is overdue." && r.shell.duty.Object().Visible() || text == "Late Ltd" || text == "late.example" {
			t.Errorf("the locked window still holds %q", text)
		}
	}
}
