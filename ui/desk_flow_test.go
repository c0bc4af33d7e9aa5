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
