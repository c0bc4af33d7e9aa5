package ui

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/ui/cases"
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

// beside gives the text of the field at the right of a label in the newest dialog.
func (r *rig) beside(label string) string {
	r.t.Helper()
	driver := fyne.CurrentApp().Driver()
	var at *fyne.Position
	for _, l := range labels(r.shell.win.Canvas().Overlays().Top()) {
		if l.Text == label {
			p := driver.AbsolutePositionForObject(l)
			at = &p
		}
	}
	if at == nil {
		r.t.Fatalf("no label %q", label)
	}
	for _, e := range r.entries() {
		if p := driver.AbsolutePositionForObject(e); p.X > at.X && p.Y > at.Y-12 && p.Y < at.Y+12 {
			return e.Text
		}
	}
	return "no field"
}

// labels lists the visible texts of a dialog, those of forms too.
func labels(o fyne.CanvasObject) (out []*canvas.Text) {
	if !o.Visible() {
		return nil
	}
	var inner []fyne.CanvasObject
	switch w := o.(type) {
	case *canvas.Text:
		return []*canvas.Text{w}
	case *fyne.Container:
		inner = w.Objects
	case fyne.Widget:
		inner = test.WidgetRenderer(w).Objects()
	}
	for _, child := range inner {
		out = append(out, labels(child)...)
	}
	return out
}

func TestFieldsOfALetterStandBesideTheirLabelsWhateverIsAskedFor(t *testing.T) {
	svc := &fakeService{faces: 1, result: threeMatches(), fakeVault: fakeVault{candidates: []matter.Candidate{{Controller: archive(), Why: "its own website"}}}}
	r := openRig(t, svc)
	view := overdueCase()
	view.Course.To = matter.Addressee{Name: "Late Ltd", Address: "1 Street", Email: "dpo@late.example"}
	d := cases.OpenCase(r.shell.env, svc, view, engine.RightErasure, r.shell.now(), cases.Exits{})
	r.until("the candidates", func() bool { return r.says("Nothing is chosen for you") })
	check := func(when string) {
		t.Helper()
		for label, want := range map[string]string{"Addressee": "Late Ltd", "Addressee’s address": "1 Street", "Addressee’s e-mail": "dpo@late.example", "Date": r.shell.now().Format(time.DateOnly)} {
			if got := r.beside(label); got != want {
				t.Errorf("%s: beside %q stands %q, want %q", when, label, got, want)
			}
		}
	}
	check("with somebody found")
	for i := range cases.Choices() {
		d.Ask(i)
		check("asking for " + fmt.Sprint(cases.Choices()[i]))
	}
}

func TestEachFindOfALetterIsAYesANoOrUnsure(t *testing.T) {
	r := searchedRig(t)
	r.press(fyne.KeySpace)
	r.ctrl(fyne.KeyE)
	r.until("the letter", func() bool { return r.has("Finds: 1 of 1…") })
	test.Tap(r.button("Finds: 1 of 1…"))
	if !r.says("1. ticked") || r.has("Addressee") {
		t.Errorf("the find is not shown: %v", r.words())
	}
	test.Tap(r.button("Unsure"))
	r.until("the verdict", func() bool {
		return r.says("1. unsure: it does not enter the letter") && r.says("a find that you confirm, or leave the list out")
	})
	if len(r.svc.cases) != 0 || len(r.svc.confirmed) != 0 {
		t.Error("looking at finds opened a case")
	}
	test.Tap(r.button("It is me"))
	r.until("the verdict", func() bool { return r.says("1. yes, it is me") && !r.says("a find that you confirm") })
	test.Tap(r.button("Back to the fields"))
	r.until("the fields", func() bool { return r.has("Finds: 1 of 1…") && len(r.entries()) > 5 })
}

func TestWhatIsSaidOfAFindOfACaseIsKeptWithTheCase(t *testing.T) {
	svc := &fakeService{faces: 1, result: threeMatches()}
	r := openRig(t, svc)
	view := overdueCase()
	view.Case.Items = []engine.CaseItem{{Face: "F-0", Source: engine.Provenance{PageTitle: "One"}}, {Face: "F-1", Source: engine.Provenance{PageTitle: "Two"}}}
	cases.OpenCase(r.shell.env, svc, view, engine.RightErasure, r.shell.now(), cases.Exits{})
	r.until("the letter", func() bool { return r.has("Finds: 2 of 2…") })
	test.Tap(r.button("Finds: 2 of 2…"))
	test.Tap(r.button("Somebody else"))
	r.until("the next find", func() bool { return r.says("1. no: it does not enter the letter · One") })
	test.Tap(r.button("It is me")) // of the next one
	r.until("the verdict", func() bool { return r.says("2. yes, it is me · Two") })
	if got := svc.confirmed; !slices.Equal(got, []string{"1 no", "2 yes"}) {
		t.Errorf("noted: %v", got)
	}
}

func TestTheAddresseeOfALetterIsTakenFromTheAddressBook(t *testing.T) {
	svc := &fakeService{faces: 1, result: threeMatches(), fakeVault: fakeVault{contacts: []matter.Controller{archive()}}}
	r := openRig(t, svc)
	r.shell.askErasure([]engine.CaseItem{{Face: "F-0", Source: engine.Provenance{PageURL: "https://site.example/1"}}})
	r.until("the letter", func() bool { return r.has("Address book…") && r.says("Dear the operator of site.example") })
	test.Tap(r.button("Address book…"))
	r.until("the book", func() bool { return r.has("Archive Ltd") })
	r.press(fyne.KeyReturn)
	r.press(fyne.KeySpace)
	test.Tap(r.button("Take this entry"))
	r.until("the letter", func() bool { return r.says("Dear Archive Ltd") && r.has("E-mail draft…") })
	for label, want := range map[string]string{"Addressee": "Archive Ltd", "Addressee’s address": "1 Street", "Addressee’s e-mail": "privacy@archive.example"} {
		if got := r.beside(label); got != want {
			t.Errorf("beside %q stands %q, want %q", label, got, want)
		}
	}
	if !r.says("Address from dir.zip") || !r.says("Check the address before you send anything: it is from a directory.") {
		t.Errorf("the window does not say where the address is from: %v", r.words())
	}
}
