package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"gabarit/engine/matter"
)

func archive() matter.Controller {
	return matter.Controller{Slug: "archive", Name: "Archive Ltd", Email: "privacy@archive.example", Address: "1 Street", Origin: matter.OriginImported, Source: "dir.zip"}
}

func TestTheAddressBookIsThereWithoutACaseAndTakesAnEntryOfOnesOwn(t *testing.T) {
	svc := &fakeService{fakeVault: fakeVault{directory: matter.DirectoryReport{Controllers: 1, Source: "dir.zip"}, contacts: []matter.Controller{archive()}}}
	r := openRig(t, svc)
	r.ctrl(fyne.Key3)
	test.Tap(r.button("Address book…"))
	r.until("the book", func() bool { return r.says("Archive Ltd") && r.says("Directory: 1 controllers, dir.zip") })
	if r.says("Take this entry") || !r.button("Change…").Disabled() || !r.button("Remove…").Disabled() {
		t.Error("without a choice something can be done with an entry")
	}
	test.Tap(r.button("New entry…"))
	r.until("the form", func() bool { return r.has("Entry of the address book") })
	r.shell.win.Canvas().Focus(r.entries()[0])
	for _, c := range "Zeta" {
		r.typed(c)
	}
	test.Tap(r.button("Save"))
	r.until("the entry", func() bool { return r.has("Stored: Zeta") && r.says("1 entry of your own") })
	if r.button("Remove…").Disabled() {
		t.Error("the entry that was stored is not the chosen one")
	}
	test.Tap(r.button("Remove…"))
	r.until("the question", func() bool { return r.says("“Zeta” is erased from your address book") })
	test.Tap(r.button("Remove"))
	r.until("the entry to go", func() bool { return r.has("Removed: Zeta") && r.says("0 entries of your own") })
	if len(svc.contacts) != 1 {
		t.Errorf("contacts %+v", svc.contacts)
	}
}

func TestAControllerOfTheBookIsChosenForACase(t *testing.T) {
	svc := &fakeService{fakeVault: fakeVault{views: []matter.CaseView{overdueCase()}, contacts: []matter.Controller{{ID: "1", Name: "Zeta", Origin: matter.OriginOwn}, archive()},
		candidates: []matter.Candidate{{Controller: archive(), Why: "its own website"}}}}
	r := openRig(t, svc)
	r.ctrl(fyne.Key3)
	r.until("the case", func() bool { return r.has("2026-ERA-0009 · late.example") })
	test.Tap(r.button("Change…"))
	test.Tap(r.button("From the address book…"))
	r.until("who may answer", func() bool { return r.says("1 may answer for this site") && r.says("Its own website") })
	if !r.button("Take this entry").Disabled() {
		t.Error("an entry can be taken that nobody chose")
	}
	r.press(fyne.KeyReturn) // from the search to the list
	r.press(fyne.KeySpace)
	test.Tap(r.button("Take this entry"))
	r.until("the address", func() bool { return r.has("privacy@archive.example") && r.says("fill in the country") })
	test.Tap(r.button("Save"))
	r.until("the change", func() bool { defer svc.lock()(); return len(svc.set) == 1 })
	to := svc.set[0].To
	if to.Name != "Archive Ltd" || to.Address != "1 Street" || to.Source != "dir.zip" || to.Country != "" {
		t.Errorf("addressed to %+v", to)
	}
}
