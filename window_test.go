package main_test

import (
	"encoding/json"
	"image"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"gabarit/app"
	"gabarit/engine"
)

func TestMain(m *testing.M) {
	if code, worker := app.RunWorker(os.Args); worker {
		os.Exit(code)
	}
	os.Exit(m.Run())
}

const purpose = "Find where photos of me are published"

// TestWindow drives the real window: a photo is dropped on it by a real X11 drag source, its matches appear, their
// source link opens, and the search is on record. The pictures it takes are in build/screens.
func TestWindow(t *testing.T) {
	if testing.Short() {
		t.Skip("the real window is not driven in a short run")
	}
	d := newDesk(t)
	probe := d.fillVault()

	w := d.open("light", "en")
	w.wait("search.empty", "Drop a photo")
	w.wait("status.index", "faces")
	w.screen("empty")

	w.drop(probe)
	w.wait("search.faces", "1 face found, chosen.")
	w.wait("search.message", "Say why you search")
	before := w.screen("faces")

	w.typeText(purpose)
	w.key("Return")
	w.wait("search.card.0", "")
	w.waitCrop()
	after := w.screen("results")
	face := w.box("search.card.0")
	checkPictures(t, before, after, face)
	index := w.wait("search.index", "Searched ").Text

	w.slider()
	w.span()
	w.link()

	w.key("ctrl+f", "Return")
	w.wait("compare.count", "1 of ")
	w.waitCrop()
	w.screen("compare")
	w.key("Escape")
	w.wait("search.card.0", "")

	w.key("ctrl+f", "space", "ctrl+e")
	w.wait("letter.preview", "")
	w.wait("letter.missing", "your name")
	w.waitCrop()
	w.screen("letter")
	w.key("Escape")

	w.library(d.folder)
	w.people()
	w.form()
	w.erase()
	w.faces(probe)
	w.log()
	w.passphrase("correct horse")
	w.lock(purpose)
	w.quit()

	d.checkRecord(index)
	d.checkLog()
	d.checkThumbnail(probe, after, face)

	turned, _, _ := d.upsideDown(probe)
	for _, other := range []struct{ look, lang, found, drawn, name string }{
		{"dark", "en", "1 face found, chosen.", "1 drawn by hand.", "dark"}, {"light", "fr", "1 visage trouvé et choisi.", "1 tracé à la main.", "french"}} {
		w := d.open(other.look, other.lang)
		w.unlock()
		w.drawing(turned, other.name, other.drawn)
		w.drop(probe)
		w.wait("search.faces", other.found)
		w.typeText(purpose)
		w.key("Return")
		w.wait("search.card.0", "")
		w.waitCrop()
		w.screen(other.name)
		w.tour(other.name)
		w.quit()
	}
}

// slider moves the slider to its left end and back: the matches follow without a new search.
func (w *window) slider() {
	w.t.Helper()
	all := w.box("search.count").Text
	w.click("search.slider", .03)
	w.until("fewer matches", func() bool { return w.box("search.count").Text != all })
	w.click("search.slider", .76)
	w.until("the matches again", func() bool { return strings.Split(w.box("search.count").Text, " ")[0] != "0" })
}

// span filters by date: what can't be read is said not to be in force, what can narrows the matches without a new search.
func (w *window) span() {
	w.t.Helper()
	all := w.box("search.count").Text
	w.click("search.since", .5)
	w.enter("2999-01-0")
	w.wait("search.span", "not in force yet")
	if got := w.box("search.count").Text; got != all {
		w.t.Errorf("a date that can't be read changed the matches: %q, before %q", got, all)
	}
	w.enter("1")
	w.wait("search.message", "No match passes the filters")
	w.screen("filtered")
	w.key("ctrl+a", "Delete")
	w.until("the matches again", func() bool { return w.box("search.count").Text == all })
}

// link opens the page of the nearest match in the browser, whose place a script takes.
func (w *window) link() {
	w.t.Helper()
	w.key("ctrl+f", "Home")
	w.wait("evidence.page", "")
	w.click("evidence.page", .2)
	w.until("the browser", func() bool {
		data, err := os.ReadFile(w.opened)
		return err == nil && strings.HasPrefix(string(data), "https://press.example/")
	})
}

// library drops a folder and follows the collection to its end.
func (w *window) library(folder string) {
	w.t.Helper()
	w.key("ctrl+2")
	w.wait("library.detail", "faces")
	w.drop(folder)
	w.wait("form.start", "Collect")
	w.waitCrop()
	w.screen("collect")
	w.click("form.start", .5)
	w.wait("library.job.state", "per second")
	w.screen("library-running")
	w.wait("library.job.state", "Finished")
	w.wait("library.detail", "1 failed")
	w.screen("library")
}

// form fills in the form of a new collection as far as it takes to see what it says.
func (w *window) form() {
	w.t.Helper()
	w.click("library.new", .5)
	w.wait("form.hint", "needs a name")
	w.enter("Archive")
	w.key("Tab")
	w.enter("research")
	w.key("Return")
	w.wait("form.hint", "legal basis")
	w.key("space", "Down", "Return") // the first of the list: consent, which brings its condition
	w.until("a complete form", func() bool { return w.box("form.hint").Text == "" })
	w.waitCrop()
	w.screen("form")
	w.key("Escape")
	w.wait("library.detail", "")
	w.click("library.remove", .5)
	w.wait("erase.plan", "The collection itself")
	w.waitCrop()
	w.screen("collection-plan")
	w.key("Escape")
}

// erase erases the farthest of the matches: its plan is shown before, its proof after, and its card goes.
func (w *window) erase() {
	w.t.Helper()
	w.key("ctrl+1", "ctrl+f", "End")
	before := w.wait("search.count", "shown").Text
	w.click("evidence.erase", .5)
	w.wait("erase.plan", "photo")
	w.waitCrop()
	w.screen("erase-plan")
	w.click("erase.ok", .5)
	w.wait("erase.report", "nothing is left")
	w.waitCrop()
	w.screen("erase-report")
	w.key("Escape")
	w.until("one match less", func() bool {
		after := w.box("search.count").Text
		return after != "" && after != before
	})
	w.waitCrop()
	w.screen("erased")
}

// log looks at an entry and checks the log.
func (w *window) log() {
	w.t.Helper()
	w.key("ctrl+5")
	w.wait("log.count", "shown")
	w.waitCrop()
	w.click("log.list", .5)
	w.wait("log.detail", "No.: ")
	w.waitCrop()
	w.screen("log")
	w.click("log.verify", .5)
	w.wait("verify.numbers", "Entries: ")
	w.waitCrop()
	w.screen("log-verify")
	w.key("Escape")
}

// passphrase sets one on a vault that had none.
func (w *window) passphrase(pass string) {
	w.t.Helper()
	w.key("ctrl+6")
	w.wait("settings.passphrase", "Set a passphrase")
	w.waitCrop()
	w.screen("settings")
	w.click("settings.passphrase", .5)
	w.wait("pass.1", "")
	w.enter(pass)
	w.key("Return")
	w.enter(pass)
	w.waitCrop()
	w.screen("settings-passphrase")
	w.key("Return")
	w.wait("settings.remember", "")
	w.waitCrop()
	w.screen("settings-sealed")
	w.pass = pass
}

// lock locks the vault while matches are shown, and opens it again: nothing of them comes back.
func (w *window) lock(purpose string) {
	w.t.Helper()
	w.key("ctrl+1")
	face := w.wait("search.card.0", "")
	if text := w.box("search.purpose").Text; text != purpose {
		w.t.Errorf("the purpose before the lock is %q", text)
	}
	w.key("ctrl+l")
	w.wait("gate.passphrase", "")
	w.waitCrop()
	locked := w.screen("locked")
	if n := colours(locked, face.rect()); n > 40 {
		w.t.Errorf("where a face was, the locked window shows %d colours", n)
	}
	w.enter("wrong passphrase")
	w.key("Return")
	w.wait("gate.error", "rong passphrase")
	w.screen("locked-wrong")
	w.unlock()
	if text := w.box("search.purpose").Text; text != "" {
		w.t.Errorf("after the lock the purpose is %q", text)
	}
}

// unlock types the passphrase.
func (w *window) unlock() {
	w.t.Helper()
	w.wait("gate.passphrase", "")
	w.enter(w.pass)
	w.key("Return")
	w.wait("search.empty", "")
}

// tour takes pictures of what the other window did not show in this look and language.
func (w *window) tour(name string) {
	w.t.Helper()
	w.click("evidence.erase", .5)
	w.until("the plan", func() bool { return len(w.box("erase.plan").Text) > 40 })
	w.waitCrop()
	w.screen(name + "-erase")
	w.key("Escape", "ctrl+5")
	w.wait("log.count", "")
	w.waitCrop()
	w.click("log.list", .5)
	w.wait("log.detail", "")
	w.waitCrop()
	w.screen(name + "-log")
	w.key("ctrl+6")
	w.wait("settings.passphrase", "")
	w.waitCrop()
	w.screen(name + "-settings")
	w.key("ctrl+p")
	w.wait("people.tile.0", "")
	w.waitCrop()
	w.screen(name + "-people")
	w.key("Return")
	w.wait("group.tile.0", "")
	w.waitCrop()
	w.screen(name + "-group")
	w.key("Escape")
	w.click("library.collections", .5)
	w.drop(w.folder)
	w.wait("form.start", "")
	w.waitCrop()
	w.screen(name + "-collect")
	w.key("Escape", "F1")
	w.waitCrop()
	w.screen(name + "-keys")
	w.key("Escape")
}

// checkPictures proves that something was drawn where the first card's face is, where nothing was before.
func checkPictures(t *testing.T, before, after image.Image, face dumpBox) {
	t.Helper()
	at := face.rect().Inset(4)
	if n := colours(before, at); n > 40 {
		t.Errorf("the place of the first match shows %d colours before the search", n)
	}
	if n := colours(after, at); n < 300 {
		t.Errorf("the place of the first match shows only %d colours: no face", n)
	}
}

// checkRecord reads the audit log with the batch program: the search is there with what the window showed.
func (d *desk) checkRecord(shown string) {
	d.t.Helper()
	var log struct {
		Entries []struct {
			Action, Purpose string
			Counts          map[string]int
		}
	}
	if err := json.Unmarshal(d.cli("audit", "list", "--json"), &log); err != nil {
		d.t.Fatal(err)
	}
	for _, e := range log.Entries {
		if e.Action != "search" {
			continue
		}
		if e.Purpose != purpose || e.Counts["probe_faces"] != 1 || e.Counts["matches"] < 2 || e.Counts["strong"] < 1 {
			d.t.Errorf("recorded search: %+v", e)
		}
		if !strings.Contains(shown, strconv.Itoa(e.Counts["searched"])+" faces") {
			d.t.Errorf("the window said %q, the record %d faces", shown, e.Counts["searched"])
		}
		return
	}
	d.t.Error("no search is on record")
}

// checkLog proves that what was done in the window is in the log, and that the log is intact.
func (d *desk) checkLog() {
	d.t.Helper()
	var log struct{ Entries []struct{ Action string } }
	if err := json.Unmarshal(d.cli("audit", "list", "--json"), &log); err != nil {
		d.t.Fatal(err)
	}
	seen := map[string]int{}
	for _, e := range log.Entries {
		seen[e.Action]++
	}
	for _, action := range []engine.AuditAction{engine.ActionUnlocked, engine.ActionViewed, engine.ActionErased, engine.ActionErasureChecked, engine.ActionPassphrase} {
		if seen[string(action)] == 0 {
			d.t.Errorf("no %q in the log: %v", action, seen)
		}
	}
	d.cli("audit", "verify")
	d.cli("vault", "verify", "--erased")
}

// checkThumbnail proves that the picture on the first card is the crop of the nearest match: it looks like that
// crop, and less like that of the farthest.
func (d *desk) checkThumbnail(probe string, screen image.Image, face dumpBox) {
	d.t.Helper()
	var res struct {
		Probes []struct{ Matches []struct{ Face string } }
	}
	if err := json.Unmarshal(d.cli("search", probe, "--purpose", "check the window", "--json"), &res); err != nil {
		d.t.Fatal(err)
	}
	matches := res.Probes[0].Matches
	near := difference(screen, face.rect(), d.crop(matches[0].Face))
	far := difference(screen, face.rect(), d.crop(matches[len(matches)-1].Face))
	if near > 12 || near >= far {
		d.t.Errorf("the first card differs from the nearest match's crop by %.1f of 255, from the farthest's by %.1f", near, far)
	}
}

// crop reads a stored crop through the application.
func (d *desk) crop(id string) image.Image {
	d.t.Helper()
	a := app.New(app.Config{VaultDir: d.vault, ModelsDir: d.models})
	defer func() {
		if err := a.Close(); err != nil {
			d.t.Error(err)
		}
	}()
	if err := a.Unlock(d.t.Context(), d.pass); err != nil {
		d.t.Fatal(err)
	}
	data, err := a.Crop(d.t.Context(), engine.FaceID(id))
	if err != nil {
		d.t.Fatal(err)
	}
	return decode(d.t, data)
}

// waitCrop waits until the window stands still: pictures are loaded and drawn.
func (w *window) waitCrop() {
	w.t.Helper()
	last := w.capture()
	w.until("a still window", func() bool {
		time.Sleep(300 * time.Millisecond)
		next := w.capture()
		still := same(last, next)
		last = next
		return still
	})
}

func screensDir(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("build", "screens"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		t.Fatal(err)
	}
	return dir
}

// people looks at the faces grouped by person: two groups are put together and taken apart again, and a face is taken out of one.
func (w *window) people() {
	w.t.Helper()
	w.key("ctrl+p")
	w.wait("people.tile.0", "")
	groups := w.wait("people.count", " groups").Text
	w.waitCrop()
	w.screen("people")
	w.key("space", "Right", "space")
	w.wait("people.count", "2 ticked")
	w.click("people.merge", .5)
	w.wait("people.notice", "one person from now on")
	w.until("one group less", func() bool { return !strings.HasPrefix(w.box("people.count").Text, strings.Split(groups, " ")[0]+" ") })
	w.waitCrop()
	w.screen("people-merged")
	w.click("people.undo", .5)
	w.wait("people.notice", "Taken back")
	w.wait("people.count", groups)
	w.key("ctrl+p", "Home", "Return")
	faces := w.wait("group.title", " faces").Text
	w.wait("group.tile.0", "")
	w.key("space")
	w.waitCrop()
	w.screen("people-group")
	w.click("group.split", .5)
	w.until("a face less", func() bool { text := w.box("group.title").Text; return text != "" && text != faces })
	w.click("people.undo", .5)
	w.wait("group.title", faces)
	w.click("group.erase", .5)
	w.wait("erase.plan", "photo")
	w.waitCrop()
	w.screen("people-group-plan")
	w.key("Escape", "Escape")
	w.wait("people.count", groups)
	w.click("library.collections", .5)
	w.wait("library.detail", "faces")
}
