package ui

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"gabarit/engine"
)

func TestADroppedPhotoShowsItsFacesAndMatches(t *testing.T) {
	r := searchedRig(t)
	if got := r.svc.searches; len(got) != 1 || got[0].Purpose != "mine" || !slices.Equal(got[0].Faces, []int{0}) {
		t.Errorf("searches %+v", got)
	}
	for _, want := range []string{"distance 0.31", "distance 0.42", "site.example", "Press", "Searched 100 faces in 60 photos."} {
		if !r.has(want) {
			t.Errorf("the window does not say %q", want)
		}
	}
	if r.has("distance 0.66") {
		t.Error("a match beyond the slider is shown")
	}
	if !strings.Contains(strings.Join(r.words(), " "), "children") {
		t.Error("the known weakness is not said beside the results")
	}
}

func TestThePurposeIsRememberedForTheNextPhoto(t *testing.T) {
	r := searchedRig(t)
	r.shell.OnDropped(photoFile(t, "again.jpg"))
	r.until("the second search", func() bool { defer r.svc.lock()(); return len(r.svc.searches) == 2 })
	if r.svc.searches[1].Purpose != "mine" {
		t.Errorf("purpose %q", r.svc.searches[1].Purpose)
	}
}

func TestSeveralFacesWaitForAChoice(t *testing.T) {
	r := openRig(t, &fakeService{faces: 3, result: threeMatches()})
	r.shell.OnDropped(photoFile(t, "group.jpg"))
	r.until("the faces", func() bool { return r.has("3 faces found. 0 chosen.") })
	test.Tap(r.button("All faces"))
	if !r.has("3 faces found. 3 chosen.") {
		t.Errorf("all faces: %v", r.words())
	}
	if !r.button("Start the search").Disabled() {
		t.Error("a search without a purpose can be started")
	}
}

func TestAPhotoWithoutAFaceSaysSo(t *testing.T) {
	r := openRig(t, &fakeService{})
	r.shell.OnDropped(photoFile(t, "tree.jpg"))
	r.until("the message", func() bool { return r.has("No face was found in this photo.") })
}

func TestNoReliableMatchHidesTheNearestBehindAButton(t *testing.T) {
	res := threeMatches()
	for i := range res.Probes[0].Matches {
		res.Probes[0].Matches[i].Band = engine.BandPossible
	}
	r := openRig(t, &fakeService{faces: 1, result: res})
	r.shell.search.OpenPhoto("/x.jpg")
	r.until("the face", func() bool { return r.has("1 face found, chosen.") })
	r.typed('x')
	r.press(fyne.KeyReturn)
	r.until("the message", func() bool { return r.has("No reliable match") })
	if r.has("distance 0.31") {
		t.Error("unreliable matches are shown unasked")
	}
	test.Tap(r.button("Show the nearest ones"))
	if !r.has("distance 0.31") {
		t.Error("the nearest ones did not appear")
	}
}

func TestAnEmptyIndexLeadsToTheLibrary(t *testing.T) {
	svc := &fakeService{state: engine.VaultOpen}
	r := newRig(t, svc)
	r.until("the message", func() bool {
		return r.has("The index is empty: there is nothing to search yet. Add a folder of photos first.")
	})
	test.Tap(r.button("Open the library"))
	r.until("the library", func() bool { return r.has("No collection yet") })
}

func TestDroppedFoldersManifestsAndSeveralFilesGoToTheLibrary(t *testing.T) {
	dir := t.TempDir()
	manifest := filepath.Join(dir, "list.csv")
	if err := os.WriteFile(manifest, []byte("file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, paths := range map[string][]string{"a folder": {dir}, "a manifest": {manifest}, "several files": {photoFile(t, "a.jpg"), photoFile(t, "b.jpg")}} {
		t.Run(name, func(t *testing.T) {
			r := openRig(t, &fakeService{faces: 1})
			r.shell.OnDropped(paths...)
			r.until("the form", func() bool { return r.has("Add to the library") })
			if !r.has(strings.Join(paths, "\n")) || r.shell.current != screenLibrary {
				t.Errorf("the form does not name what was dropped: %v", r.words())
			}
			test.Tap(r.button("Collect"))
			r.until("the job", func() bool { defer r.svc.lock()(); return len(r.svc.collects) == 1 })
			if got := r.svc.collects[0]; got.Collection != "Press" || !slices.Equal(got.Sources, paths) {
				t.Errorf("collects %+v", got)
			}
		})
	}
}

func TestInTheLibraryAPhotoIsAddedNotSearched(t *testing.T) {
	r := openRig(t, &fakeService{faces: 1})
	r.ctrl(fyne.Key2)
	r.shell.OnDropped(photoFile(t, "a.jpg"))
	r.until("the form", func() bool { return r.has("Add to the library") })
	if len(r.svc.opened) != 0 {
		t.Error("the photo was searched with")
	}
}

func TestADropThatCantBeReadSaysSo(t *testing.T) {
	r := openRig(t, &fakeService{})
	r.shell.OnDropped(filepath.Join(t.TempDir(), "gone.jpg"))
	r.until("the message", func() bool { return r.has("What was dropped can't be read.") })
}

func TestADropDuringADialogIsNotLostSilently(t *testing.T) {
	r := openRig(t, &fakeService{faces: 1})
	r.press(fyne.KeyF1)
	r.shell.OnDropped(photoFile(t, "a.jpg"))
	if !r.has("Close the dialog first, then drop again.") {
		t.Errorf("the window says: %v", r.words())
	}
}

func TestTheVaultGate(t *testing.T) {
	t.Run("a missing vault is created with a passphrase typed twice", func(t *testing.T) {
		r := newRig(t, &fakeService{state: engine.VaultMissing})
		r.until("the form", func() bool { return r.has("A place for your index") })
		test.Tap(r.button("Create the vault"))
		if !r.has("Type a passphrase, or continue without one.") {
			t.Error("an empty passphrase passed")
		}
		for _, c := range "correct horse" {
			r.typed(c)
		}
		r.press(fyne.KeyReturn)
		r.typed('x')
		r.press(fyne.KeyReturn)
		if !r.has("The two passphrases differ.") {
			t.Error("two passphrases that differ passed")
		}
		r.press(fyne.KeyBackspace)
		for _, c := range "correct horse" {
			r.typed(c)
		}
		r.press(fyne.KeyReturn)
		r.until("the window", func() bool { return r.shell.open && r.has("Vault open, sealed with a passphrase") })
		if r.svc.pass != "correct horse" || r.shell.win.Title() != "Gabarit" {
			t.Errorf("passphrase %q, title %q", r.svc.pass, r.shell.win.Title())
		}
	})
	t.Run("a vault without passphrase says so in the title", func(t *testing.T) {
		r := newRig(t, &fakeService{state: engine.VaultMissing})
		r.until("the form", func() bool { return r.has("A place for your index") })
		test.Tap(r.button("Continue without a passphrase"))
		r.until("the title", func() bool { return r.shell.win.Title() == "Gabarit – no passphrase" })
		if !r.has("Vault open, no passphrase") {
			t.Errorf("the status bar says: %v", r.words())
		}
	})
	t.Run("a wrong passphrase can be typed again", func(t *testing.T) {
		svc := &fakeService{state: engine.VaultSealed, open: engine.E(engine.CodeBadKey, "x", "", nil)}
		r := newRig(t, svc)
		r.until("the form", func() bool { return r.has("Unlock the vault") })
		r.typed('x')
		r.press(fyne.KeyReturn)
		r.until("the message", func() bool { return strings.Contains(strings.Join(r.words(), " "), "The passphrase is wrong.") })
		svc.open = nil
		r.typed('y')
		r.press(fyne.KeyReturn)
		r.until("the window", func() bool { return r.shell.open })
	})
	t.Run("a vault without passphrase opens at once", func(t *testing.T) {
		r := newRig(t, &fakeService{state: engine.VaultClosed})
		r.until("the window", func() bool { return r.shell.open })
	})
	t.Run("a vault in use can be retried", func(t *testing.T) {
		svc := &fakeService{state: engine.VaultClosed, open: engine.E(engine.CodeLocked, "x", "", errHeld)}
		r := newRig(t, svc)
		r.until("the message", func() bool { return r.has("The vault is in use") && r.has("pid 4711") })
		svc.open = nil
		r.press(fyne.KeyReturn)
		r.until("the window", func() bool { return r.shell.open })
	})
	t.Run("a missing model names the file and the way to get it", func(t *testing.T) {
		svc := &fakeService{state: engine.VaultClosed, models: engine.E(engine.CodeNoModel, "x", "", errHeld)}
		r := newRig(t, svc)
		r.until("the message", func() bool { return r.has("A model file is needed") && r.has("pid 4711") })
		if !strings.Contains(strings.Join(r.words(), " "), "make setup") {
			t.Error("the way to get it is not said")
		}
		svc.models = nil
		test.Tap(r.button("Retry"))
		r.until("the window", func() bool { return r.shell.open })
	})
}

// write types into what has the keyboard.
func (r *rig) write(text string) {
	for _, c := range text {
		r.typed(c)
	}
}

func TestANewCollectionNeedsPurposeBasisAndRetention(t *testing.T) {
	r := newRig(t, &fakeService{state: engine.VaultOpen})
	r.until("the window", func() bool { return r.shell.open })
	r.shell.OnDropped(t.TempDir())
	r.until("the form", func() bool { return r.has("Add to the library") })
	if r.has("A collection needs a name, without spaces around it.") || !r.has("Step 1 of 4") || r.has("Collect") {
		t.Errorf("the first step: %v", r.words())
	}
	test.Tap(r.button("Continue"))
	if !r.has("What is it for?") || !r.has("A collection needs a name, without spaces around it.") || !r.button("Continue").Disabled() {
		t.Errorf("an empty form can be sent: %v", r.words())
	}
	r.write("Press")
	if !r.has("A collection needs a purpose.") {
		t.Errorf("the form says: %v", r.words())
	}
	test.Tap(r.button("Back"))
	if !r.has("What is read, and into which collection?") {
		t.Errorf("back: %v", r.words())
	}
}

func TestASiteIsAddedByItsAddress(t *testing.T) {
	r := openRig(t, &fakeService{faces: 1})
	r.ctrl(fyne.Key2)
	r.until("the library", func() bool { return r.has("Press") })
	test.Tap(r.button("Add site…"))
	r.until("the form", func() bool { return r.has("Which site?") })
	if !r.has("Type the address of a page of the site, as https://press.example/.") || !r.button("Continue").Disabled() {
		t.Errorf("without an address: %v", r.words())
	}
	r.write("press.example")
	if !r.has("Collecting from sites needs a contact for their owners: your e-mail address, or the address of a page about you.") {
		t.Errorf("without a contact: %v", r.words())
	}
	r.shell.win.Canvas().FocusNext()
	r.write("me@city-museum.org")
	test.Tap(r.button("Continue"))
	test.Tap(r.button("Continue"))
	r.write("Site")
	r.shell.win.Canvas().FocusNext()
	r.write("find my photos")
	test.Tap(r.button("Continue"))
	if !r.has("On what legal basis?") || !r.button("Continue").Disabled() {
		t.Errorf("without a legal basis: %v", r.words())
	}
}

func TestWhatWasBrokenOffIsGoneOnWith(t *testing.T) {
	req := engine.CollectRequest{Collection: "Press", Sources: []string{"https://press.example/"}, Resume: true, Web: engine.WebOptions{Contact: "me@city-museum.org"}}
	r := openRig(t, &fakeService{faces: 1, broken: []engine.CollectRequest{req}})
	r.ctrl(fyne.Key2)
	r.until("the row", func() bool { return r.has("Press ← https://press.example/") })
	test.Tap(r.button("Resume"))
	r.until("the job", func() bool { defer r.svc.lock()(); return len(r.svc.collects) == 1 })
	if got := r.svc.collects[0]; got.Collection != "Press" || !got.Resume || got.Web != req.Web {
		t.Errorf("collects %+v", got)
	}
	r.shell.status.read()
	r.until("the network is named", func() bool { return r.has("Network: a site is collected") })
}

func TestTheLetterNamesWhatIsMissingAndIsExportedOnce(t *testing.T) {
	r := searchedRig(t)
	r.press(fyne.KeySpace)
	r.ctrl(fyne.KeyE)
	r.until("the letter", func() bool { return r.has("site.example") && r.has("Preview") && r.has("1 item") })
	if !r.button("Export this letter…").Disabled() {
		t.Error("a letter without a sender can be exported")
	}
	missing := "Before exporting, fill in: your name, your address or e-mail, place."
	if !r.has(missing) {
		t.Errorf("the dialog does not say %q: %v", missing, r.words())
	}
	r.until("the preview", func() bool { return r.has("Dear the operator of site.example, I am [your name]") })
	if len(r.svc.cases) != 0 {
		t.Error("a preview opened a case")
	}
	r.press(fyne.KeyEscape)
	if r.shell.env.Busy() {
		t.Error("Escape did not close the letter")
	}
}
