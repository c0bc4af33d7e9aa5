package ui

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"gabarit/engine"
	"gabarit/engine/matter"
)

func TestTheLibraryTellsOfDatesAndSources(t *testing.T) {
	at := time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
	kept := matter.Upkeep{CheckedAt: at, Sources: matter.SourceCounts{Checked: 60, Same: 55, Gone: 3, Closed: 1, Unreachable: 1, Hidden: 4}, RetainedAt: at, ErasedAt: at, Erased: map[string]int{"expired": 2}}
	source := engine.Provenance{PageURL: "https://fair.city-archive.org/day.html", PageTitle: "The day"}
	svc := &fakeService{}
	svc.upkeep = map[engine.CollectionID]matter.Upkeep{"C": kept}
	svc.view = matter.UpkeepView{Upkeep: kept, Photos: 60, Addressed: 60, Due: 7, Unreachable: 1, Refused: 5, Contact: "archive@city-museum.org",
		Soon: []matter.Ends{{Why: "expired", N: 9, First: at.AddDate(0, 0, 10)}},
		Troubles: []matter.Trouble{{Photo: "A", Why: matter.HoldSource, Finding: "gone", Reason: "the page or image is not there any more", Since: at, Goes: at.AddDate(0, 0, 29), Source: source},
			{Photo: "B", Why: matter.HoldRestriction, Since: at, Source: source}, {Photo: "C", Finding: "unreachable", Since: at, Source: source}}}
	svc.answers = matter.SourceCounts{Checked: 7, Same: 6, Closed: 1, Hidden: 1}
	r := openRig(t, svc)
	r.shell.goTo(screenLibrary)
	r.until("what was done last", func() bool {
		return r.said("Sources asked 2026-11-02 12:00: 4 not as collected") && r.said("erased 2026-11-02: 2 photos")
	})
	test.Tap(r.button("Dates and sources…"))
	r.until("the dialog", func() bool { return r.said("7 are due now of 60 with an address.") })
	for _, want := range []string{"60 photos asked about · 55 still there · 3 gone", "9 photos go soon, from 2026-11-12 on: kept as long as the collection says",
		"5 items of this vault were refused", "fair.city-archive.org · The day", "Hidden, since 2026-11-02: gone", "Erased on 2026-12-01 unless it is back.",
		"Hidden, as a person asked for it", "no answer on three days", "is not erased for that", "archive@city-museum.org"} {
		if !r.said(want) {
			t.Errorf("the dialog does not say %q", want)
		}
	}
	test.Tap(r.button("Ask the sources now"))
	r.until("the answers", func() bool {
		return r.said("7 photos asked about · 6 still there · 1 closed to the public · 1 hidden from searches since.")
	})
	if want := []string{"Press", "archive@city-museum.org"}; !slices.Equal(svc.asked, want) {
		t.Errorf("asked %v", svc.asked)
	}
	svc.askErr = engine.E(engine.CodeInvalid, "fake", "the contact must be an e-mail address or a web page", nil)
	test.Tap(r.button("Ask the sources now"))
	r.until("the error", func() bool { return r.said("contact must be") })
	if r.button("Ask the sources now").Disabled() {
		t.Error("it can't be tried again")
	}
	r.shell.env.CloseModal()
	r.shell.forget()
	for _, s := range r.personal() {
		t.Errorf("after locking the window still says %q", s)
	}
}

func TestACollectionWithoutAddressesOffersNoAsking(t *testing.T) {
	svc := &fakeService{}
	svc.view = matter.UpkeepView{Photos: 60}
	r := openRig(t, svc)
	r.shell.goTo(screenLibrary)
	r.until("nothing was done", func() bool { return r.said("Sources not asked yet · dates not looked at yet") })
	test.Tap(r.button("Dates and sources…"))
	r.until("the dialog", func() bool { return r.said("No photo has an address on the web that could be asked.") })
	if !r.said("Nothing is hidden, and every source answers.") || findButton(r.shell.win.Canvas().Overlays().Top(), "Ask the sources now") != nil && r.button("Ask the sources now").Visible() {
		t.Errorf("the dialog says %v", r.words())
	}
}
