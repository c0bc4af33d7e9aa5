package ui

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"gabarit/engine"
	"gabarit/engine/matter"
)

func TestAPortraitDroppedOnTheDeskBecomesARequest(t *testing.T) {
	r := openRig(t, &fakeService{})
	r.ctrl(fyne.Key4)
	portrait := photoFile(t, "me.jpg")
	r.shell.OnDropped(portrait)
	r.until("the form", func() bool { return r.says("Everybody has the same rights") })
	another := photoFile(t, "again.jpg")
	r.shell.OnDropped(another) // into the form that is open
	if !r.has("me.jpg, again.jpg") {
		t.Errorf("the second photo is not in the form: %v", r.words())
	}
	if !r.has("The program gives no legal advice.") {
		t.Error("the line on legal advice is missing")
	}
	test.Tap(r.button("Register"))
	r.until("the request", func() bool { return r.says("2026-REQ-0001") })
	got := r.svc.registered
	if len(got) != 1 || !slices.Equal(got[0].Photos, []string{portrait, another}) || !slices.Equal(got[0].Rights, []engine.Right{matter.RightAccess}) {
		t.Errorf("registered: %+v", got)
	}
}

func TestTheDeskShowsWhatIsLate(t *testing.T) {
	late := time.Now().AddDate(0, -2, 0)
	svc := &fakeService{}
	svc.requests = []matter.Request{{ID: "R1", Ref: "2026-REQ-0001", Rights: []engine.Right{matter.RightAccess}, Received: late, Due: late.AddDate(0, 1, 0)}}
	r := openRig(t, svc)
	r.ctrl(fyne.Key4)
	r.until("the request", func() bool { return r.says("overdue") })
	test.Tap(r.button("Papers"))
	r.until("the papers", func() bool { return r.says("No representative in the Union is designated") })
	if !r.says("CNIL") || !r.says("overdue for") {
		t.Errorf("the order is not shown as overdue: %v", r.words())
	}
	r.shell.lock()
	r.until("the gate", func() bool { return !r.shell.open })
	if r.says("2026-REQ-0001") {
		t.Error("a request is shown after the vault was locked")
	}
}

func TestRecipientsAreToldOneByOne(t *testing.T) {
	now := time.Now()
	svc := &fakeService{}
	svc.requests = []matter.Request{{ID: "R1", Ref: "2026-REQ-0001", Rights: []engine.Right{matter.RightErasure}, Received: now, Due: now.AddDate(0, 1, 0),
		Erasure: &matter.SubjectErasure{At: now, Finished: true, Notices: []matter.Notice{{Recipient: "A", Name: "Clerk Ltd"}, {Recipient: "B", Name: "Court"}}}}}
	r := openRig(t, svc)
	r.ctrl(fyne.Key4)
	r.until("the request", func() bool { return r.says("Recipients (art. 19): told: 0 of 2") })
	test.Tap(r.button("Tell recipients…"))
	r.until("the notices", func() bool { return r.has("Notice to Clerk Ltd") && r.has("Court") })
	r.press(fyne.KeyDown)
	r.press(fyne.KeySpace)
	r.until("the other notice", func() bool { return r.has("Notice to Court") })
	test.Tap(r.button("It was sent…"))
	r.until("the question", func() bool { return r.has("Told: Court") })
	if got := r.entries(); len(got) != 1 || got[0].Text != now.Format(time.DateOnly) {
		t.Fatalf("the day proposed: %v", got)
	}
	r.entries()[0].SetText(now.AddDate(0, 0, 1).Format(time.DateOnly))
	test.Tap(r.button("Record"))
	if !r.says("This day is still to come.") || !svc.requests[0].Erasure.Notices[1].Sent.IsZero() {
		t.Errorf("a day to come was recorded: %v", r.words())
	}
	r.entries()[0].SetText(now.Format(time.DateOnly))
	test.Tap(r.button("Record"))
	r.until("the record", func() bool {
		return r.has("1 recipient is still to be told.") && r.has("told on "+now.Format(time.DateOnly)) && r.has("Correct the day…")
	})
	if n := svc.requests[0].Erasure.Notices; !n[0].Sent.IsZero() || n[1].Sent.IsZero() {
		t.Errorf("notices %+v", n)
	}
	r.press(fyne.KeyUp)
	r.press(fyne.KeySpace)
	r.until("the first notice", func() bool { return r.has("Notice to Clerk Ltd") })
	test.Tap(r.button("Not told…"))
	r.until("the question", func() bool { return r.has("Not told: Clerk Ltd") })
	r.entries()[0].SetText("it got other data only")
	test.Tap(r.button("Record"))
	r.until("the record", func() bool {
		return r.has("No recipient is left to be told.") && r.has("not told: it got other data only")
	})
	r.press(fyne.KeyEscape)
	r.until("the request", func() bool { return r.says("told: 1 of 2, not told for a reason: 1") })
}

func TestDoubtsAboutWhoAsksAreNotedShownAndTakenBack(t *testing.T) {
	now := time.Now()
	svc := &fakeService{}
	svc.requests = []matter.Request{{ID: "R1", Ref: "2026-REQ-0001", Rights: []engine.Right{matter.RightAccess}, Received: now, Due: now.AddDate(0, 1, 0)}}
	r := openRig(t, svc)
	r.ctrl(fyne.Key4)
	r.until("the request", func() bool { return r.has("Doubts about who asks…") })
	for _, x := range []struct{ typed, shown string }{{"two names sign", "Doubts about who asks: two names sign"}, {"", ""}} {
		test.Tap(r.button("Doubts about who asks…"))
		r.until("the form", func() bool { return r.says("as a rule no identity document") })
		r.entries()[0].SetText(x.typed)
		test.Tap(r.button("Store"))
		r.until("the request", func() bool { return r.says("Stored.") && !r.says("as a rule no identity document") })
		if svc.requests[0].Doubts != x.typed || !r.says(x.shown) || x.shown == "" && r.says("two names sign") {
			t.Errorf("doubts %q, the window says %v", svc.requests[0].Doubts, r.words())
		}
	}
}

func TestARestrictionThatNobodyHasToBeToldOfSaysSo(t *testing.T) {
	now := time.Now()
	svc := &fakeService{}
	svc.requests = []matter.Request{{ID: "R1", Ref: "2026-REQ-0001", Rights: []engine.Right{matter.RightRestriction}, Received: now, Due: now.AddDate(0, 1, 0), FrozenAt: now}}
	r := openRig(t, svc)
	r.ctrl(fyne.Key4)
	r.until("the request", func() bool { return r.has("Tell recipients…") })
	test.Tap(r.button("Tell recipients…"))
	r.until("the answer", func() bool { return r.has("No recipient is left to be told.") })
}
