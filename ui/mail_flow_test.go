package ui

import (
	"net/url"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"gabarit/engine/matter"
	"gabarit/ui/kit"
)

// mailRig shows the reminder of an overdue case, complete; opened gets what the system is asked to open.
func mailRig(t *testing.T, svc *fakeService) (r *rig, opened *[]string) {
	t.Helper()
	svc.views = []matter.CaseView{overdueCase()}
	r = openRig(t, svc)
	opened = &[]string{}
	r.shell.env.OpenURL = func(u *url.URL) error {
		*opened = append(*opened, u.String())
		return nil
	}
	r.ctrl(fyne.Key3)
	r.until("the case", func() bool { return r.has("2026-ERA-0009 · late.example") })
	test.Tap(r.button("Send a reminder…"))
	r.until("the letter", func() bool { return r.says("Dear Late Ltd") })
	return r, opened
}

// fillReminder types who writes, where an answer goes and where it is written.
func (r *rig) fillReminder() {
	r.t.Helper()
	entries := r.entries()
	if len(entries) < 3 {
		r.t.Fatalf("%d fields", len(entries))
	}
	for _, e := range entries[:3] {
		r.shell.win.Canvas().Focus(e)
		for _, c := range "Ada" {
			r.typed(c)
		}
	}
	r.until("the name in the letter", func() bool { return r.says("I am Ada") })
}

// entries lists the visible text fields of the newest dialog, in their order.
func (r *rig) entries() []*kit.Entry {
	var find func(o fyne.CanvasObject) []*kit.Entry
	find = func(o fyne.CanvasObject) (out []*kit.Entry) {
		if !o.Visible() {
			return nil
		}
		var inner []fyne.CanvasObject
		switch w := o.(type) {
		case *kit.Entry:
			return []*kit.Entry{w}
		case *fyne.Container:
			inner = w.Objects
		case fyne.Widget:
			inner = test.WidgetRenderer(w).Objects()
		}
		for _, child := range inner {
			out = append(out, find(child)...)
		}
		return out
	}
	return find(r.shell.win.Canvas().Overlays().Top())
}

func TestAReminderOpensInTheMailProgramWhereAMailAddressIsKnown(t *testing.T) {
	r, opened := mailRig(t, &fakeService{fakeVault: fakeVault{mailbox: "dpo@late.example"}})
	r.until("the button", func() bool { return r.has("E-mail draft…") })
	if !r.button("E-mail draft…").Disabled() {
		t.Error("a letter without a sender can be mailed")
	}
	r.fillReminder()
	test.Tap(r.button("E-mail draft…"))
	r.until("the draft", func() bool { return r.says("The draft is in your mail program.") })
	if len(*opened) != 1 || !strings.HasPrefix((*opened)[0], "mailto:dpo@late.example?subject=") {
		t.Errorf("opened %v", *opened)
	}
	if len(r.svc.mailed) != 1 || r.svc.mailed[0].Fields.SenderName != "Ada" {
		t.Errorf("mailed %+v", r.svc.mailed)
	}
	if !r.has("Note that it was sent…") || !r.says("the program sends nothing") {
		t.Errorf("the window does not lead on: %v", r.words())
	}
}

func TestALetterTooLongForALinkIsOfferedAsADraftInAFile(t *testing.T) {
	r, opened := mailRig(t, &fakeService{tooLong: true, fakeVault: fakeVault{mailbox: "dpo@late.example"}})
	r.fillReminder()
	test.Tap(r.button("E-mail draft…"))
	r.until("the folder", func() bool { return r.says("Choose the folder for the draft of the e-mail") })
	if len(*opened) != 0 || len(r.svc.mailed) != 0 {
		t.Errorf("opened %v, mailed %v", *opened, r.svc.mailed)
	}
}

func TestWithoutAMailAddressThereIsNoMailButton(t *testing.T) {
	r, _ := mailRig(t, &fakeService{})
	r.fillReminder()
	if r.has("E-mail draft…") {
		t.Error("a draft is offered although no mail address is known")
	}
}
