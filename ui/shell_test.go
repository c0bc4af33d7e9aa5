package ui

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/engine/rights"
	"gabarit/ui/kit"
)

// fakeService answers at once with canned values and remembers what it was asked.
type fakeService struct {
	fakeVault
	fakeDesk
	fakeUpkeep
	mu        sync.Mutex
	state     engine.VaultState
	models    error
	open      error // of Unlock and CreateVault
	faces     int   // of a probe
	result    engine.SearchResult
	list      []engine.CollectionInfo
	broken    []engine.CollectRequest
	jobs      []engine.Job
	searches  []engine.SearchRequest
	opened    []string
	looks     []engine.Look
	draws     []engine.Box
	drawErr   error
	collects  []engine.CollectRequest
	exports   []matter.LetterRequest
	mailed    []matter.LetterRequest
	confirmed []string
	tooLong   bool // no letter fits into a link
	cases     [][]engine.CaseItem
	pass      string
	hint      func(engine.Event)
	people    fakePeople
}

func (f *fakeService) lock() func() { f.mu.Lock(); return f.mu.Unlock }

func (f *fakeService) State() engine.VaultState { defer f.lock()(); return f.state }
func (f *fakeService) CreateVault(_ context.Context, pass string) error {
	defer f.lock()()
	f.pass = pass
	if f.open == nil {
		f.state = engine.VaultOpen
	}
	return f.open
}
func (f *fakeService) Unlock(ctx context.Context, pass string) error { return f.CreateVault(ctx, pass) }
func (f *fakeService) Status(context.Context) (engine.Status, error) {
	defer f.lock()()
	return engine.Status{Vault: f.state, Passphrase: f.pass != "", Remembered: f.remembered, LockAfter: f.after, Warnings: f.warnings, Totals: engine.Totals{Faces: 100, Photos: 60}, Jobs: f.jobs}, nil
}
func (f *fakeService) CheckModels(context.Context) error { defer f.lock()(); return f.models }
func (f *fakeService) Audit(context.Context) ([]engine.AuditEntry, error) {
	defer f.lock()()
	if f.log != nil {
		return slices.Clone(f.log), nil
	}
	return []engine.AuditEntry{{Seq: 1, Action: engine.ActionVaultCreated}, {Seq: 2, Action: engine.ActionSearch, Purpose: "mine", Counts: map[string]int{"matches": 3, "failed": 0}}}, nil
}
func (f *fakeService) Subscribe(fn func(engine.Event)) func() { f.hint = fn; return func() {} }
func (f *fakeService) Close() error                           { return nil }

func (f *fakeService) OpenProbe(_ context.Context, path string, look engine.Look) (*engine.Probe, error) {
	defer f.lock()()
	f.opened = append(f.opened, path)
	f.looks = append(f.looks, look)
	p := &engine.Probe{File: path, Preview: image.NewRGBA(image.Rect(0, 0, 40, 40)), Width: 400, Height: 400}
	for i := range f.faces {
		p.Faces = append(p.Faces, engine.ProbeFace{Detection: engine.Detection{Box: engine.Box{X: 10 + 100*i, Y: 10, W: 80, H: 80}}, Crop: picture()})
	}
	if filepath.Base(path) == "film.gif" {
		p.Frames = 12
	}
	if f.faces == 0 {
		return p, engine.E(engine.CodeNoFace, "fake", "", nil)
	}
	return p, nil
}
func (f *fakeService) DrawFace(_ context.Context, _ *engine.Probe, box engine.Box) (engine.ProbeFace, error) {
	defer f.lock()()
	f.draws = append(f.draws, box)
	return engine.ProbeFace{Detection: engine.Detection{Box: box, Quality: .3, Drawn: true}, Crop: picture()}, f.drawErr
}
func (f *fakeService) Search(_ context.Context, req engine.SearchRequest) (engine.SearchResult, error) {
	defer f.lock()()
	f.searches = append(f.searches, req)
	return f.result, nil
}
func (f *fakeService) Crop(context.Context, engine.FaceID) ([]byte, error) { return picture(), nil }
func (f *fakeService) Thumbnail(context.Context, engine.PhotoID) ([]byte, error) {
	return picture(), nil
}

func (f *fakeService) Collections(context.Context) ([]engine.CollectionInfo, error) {
	defer f.lock()()
	return slices.Clone(f.list), nil
}
func (f *fakeService) AddCollection(_ context.Context, c engine.Collection) (engine.Collection, error) {
	defer f.lock()()
	c.ID = engine.CollectionID("C" + c.Name)
	f.list = append(f.list, engine.CollectionInfo{Collection: c})
	return c, nil
}
func (f *fakeService) Failures(context.Context, engine.CollectionID) ([]engine.FailedItem, error) {
	return []engine.FailedItem{{Item: "/a/broken.jpg", Code: engine.CodeCorrupt, Reason: "the picture is cut off"}}, nil
}
func (f *fakeService) StartCollect(req engine.CollectRequest) (engine.JobID, error) {
	defer f.lock()()
	f.collects = append(f.collects, req)
	f.jobs = append(f.jobs, engine.Job{ID: engine.JobID(len(f.collects)), Request: req, State: engine.JobRunning})
	return engine.JobID(len(f.collects)), nil
}
func (f *fakeService) Jobs() []engine.Job { defer f.lock()(); return slices.Clone(f.jobs) }
func (f *fakeService) Unfinished(context.Context) ([]engine.CollectRequest, error) {
	defer f.lock()()
	return slices.Clone(f.broken), nil
}
func (f *fakeService) PauseJob(engine.JobID)  {}
func (f *fakeService) ResumeJob(engine.JobID) {}
func (f *fakeService) StopJob(engine.JobID)   {}

func (f *fakeService) DraftCases(_ context.Context, items []engine.CaseItem) ([]engine.Case, error) {
	return []engine.Case{{Site: "site.example", Items: items}}, nil
}
func (f *fakeService) PreviewLetter(_ context.Context, _ []engine.CaseItem, req matter.LetterRequest) (matter.LetterDraft, error) {
	text := "Dear " + req.Fields.ControllerName + ", I am " + cmp.Or(req.Fields.SenderName, req.Gaps["sender_name"])
	draft := matter.LetterDraft{Text: text, Head: text, To: req.Fields.ControllerEmail}
	if draft.To != "" && !f.tooLong {
		draft.Mail = "mailto:" + draft.To
	}
	return draft, nil
}
func (f *fakeService) DefaultController(site, lang string) string {
	return rights.DefaultController(site, lang)
}
func (f *fakeService) OpenCases(_ context.Context, items []engine.CaseItem) ([]engine.Case, error) {
	defer f.lock()()
	f.cases = append(f.cases, items)
	return []engine.Case{{ID: "K1", Items: items}}, nil
}
func (f *fakeService) ExportLetter(_ context.Context, req matter.LetterRequest) ([]string, error) {
	defer f.lock()()
	f.exports = append(f.exports, req)
	return []string{filepath.Join(req.Dir, "letter.pdf")}, nil
}
func (f *fakeService) MailLetter(_ context.Context, req matter.LetterRequest) (string, error) {
	defer f.lock()()
	if f.tooLong {
		return "", engine.E(engine.CodeLimit, "fake", "", nil)
	}
	f.mailed = append(f.mailed, req)
	return "mailto:" + req.Fields.ControllerEmail + "?subject=Erasure", nil
}
func (f *fakeService) ConfirmItems(_ context.Context, _ engine.CaseID, items []int, said engine.Verdict) error {
	defer f.lock()()
	for _, n := range items {
		f.confirmed = append(f.confirmed, fmt.Sprintf("%d %s", n, said))
	}
	return nil
}
func (f *fakeService) Cases(context.Context) ([]engine.Case, error) { return nil, nil }

func picture() []byte {
	img := image.NewRGBA(image.Rect(0, 0, 16, 16))
	img.Set(3, 3, color.White)
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, img, nil); err != nil {
		panic(err)
	}
	return buf.Bytes()
}

func threeMatches() engine.SearchResult {
	var ms []engine.Match
	for i, d := range []float64{.31, .42, .66} {
		photo := engine.PhotoID(string(rune('A' + i)))
		ms = append(ms, engine.Match{Face: engine.NewFaceID(photo, 0), Photo: photo, Collection: "Press", CollectionID: "C", Distance: d, Band: engine.BandStrong,
			PhotoWidth: 100, PhotoHeight: 100, Source: engine.Provenance{PageURL: "https://site.example/" + string(photo)}})
	}
	return engine.SearchResult{Index: engine.Totals{Faces: 100, Photos: 60}, Searched: 100, Probes: []engine.ProbeMatches{{Matches: ms}}}
}

// rig is a window under test; deliveries to its thread are run by settle, on the test's goroutine.
type rig struct {
	t     *testing.T
	svc   *fakeService
	shell *Shell
	queue chan func()
}

func newRig(t *testing.T, svc *fakeService) *rig {
	t.Helper()
	a := test.NewTempApp(t)
	win := test.NewTempWindow(t, nil)
	r := &rig{t: t, svc: svc, queue: make(chan func(), 1000)}
	slots := kit.NewSlots(t.Context(), func(fn func()) { r.queue <- fn })
	t.Cleanup(slots.Close)
	r.shell = newShell(a, win, slots, svc, time.Now)
	win.Resize(fyne.NewSize(1200, 800))
	r.shell.start()
	return r
}

// openRig is a rig whose vault is open.
func openRig(t *testing.T, svc *fakeService) *rig {
	t.Helper()
	svc.state = engine.VaultOpen
	svc.list = append(svc.list, engine.CollectionInfo{Collection: engine.Collection{ID: "C", Name: "Press", Retain: engine.DefaultRetain}, Faces: 100, Photos: 60})
	r := newRig(t, svc)
	r.until("the search screen", func() bool { return r.shell.open && r.shell.pages[screenSearch].Visible() })
	r.until("the collections", func() bool { return r.has("The index holds 100 faces in 60 photos.") })
	return r
}

// until runs deliveries until something holds.
func (r *rig) until(what string, holds func() bool) {
	r.t.Helper()
	end := time.After(20 * time.Second)
	for !holds() {
		select {
		case fn := <-r.queue:
			fn()
		case <-end:
			r.t.Fatalf("%s did not come; the window says: %s", what, strings.Join(r.words(), " | "))
		}
	}
}

// words lists all visible text of the window and its dialogs.
func (r *rig) words() []string {
	var out []string
	c := r.shell.win.Canvas()
	for _, root := range append([]fyne.CanvasObject{c.Content()}, c.Overlays().List()...) {
		out = append(out, visibleText(root)...)
	}
	return out
}

func (r *rig) has(text string) bool { return slices.Contains(r.words(), text) }

func visibleText(o fyne.CanvasObject) []string {
	if !o.Visible() {
		return nil
	}
	switch w := o.(type) {
	case *fyne.Container:
		var out []string
		for _, child := range w.Objects {
			out = append(out, visibleText(child)...)
		}
		return out
	case *widget.Label:
		return []string{w.Text}
	case *widget.Hyperlink:
		return []string{w.Text}
	case *kit.Button:
		return []string{w.Text}
	case *kit.Entry:
		return []string{w.Text}
	case fyne.Widget:
		var out []string
		for _, child := range test.WidgetRenderer(w).Objects() {
			out = append(out, visibleText(child)...)
		}
		return out
	}
	return nil
}

// press gives a key to what has the keyboard, as the window's driver does.
func (r *rig) press(key fyne.KeyName) {
	ev := &fyne.KeyEvent{Name: key}
	if f := r.shell.win.Canvas().Focused(); f != nil {
		f.TypedKey(ev)
	} else if on := r.shell.win.Canvas().OnTypedKey(); on != nil {
		on(ev)
	}
}

func (r *rig) typed(c rune) {
	if f := r.shell.win.Canvas().Focused(); f != nil {
		f.TypedRune(c)
	}
}

// ctrl presses a shortcut as the driver does: the main menu gets it first.
func (r *rig) ctrl(key fyne.KeyName) bool {
	want := (&desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault}).ShortcutName()
	for _, m := range r.shell.win.MainMenu().Items {
		for _, i := range m.Items {
			if i.Shortcut != nil && i.Shortcut.ShortcutName() == want {
				i.Action()
				return true
			}
		}
	}
	return false
}

// button finds a visible button by its label.
func (r *rig) button(label string) *kit.Button {
	r.t.Helper()
	c := r.shell.win.Canvas()
	for _, root := range append([]fyne.CanvasObject{c.Content()}, c.Overlays().List()...) {
		if b := findButton(root, label); b != nil {
			return b
		}
	}
	r.t.Fatalf("no button %q; the window says: %s", label, strings.Join(r.words(), " | "))
	return nil
}

func findButton(o fyne.CanvasObject, label string) *kit.Button {
	if !o.Visible() {
		return nil
	}
	if b, ok := o.(*kit.Button); ok && b.Text == label {
		return b
	}
	var inner []fyne.CanvasObject
	switch w := o.(type) {
	case *fyne.Container:
		inner = w.Objects
	case fyne.Widget:
		inner = test.WidgetRenderer(w).Objects()
	}
	for _, child := range inner {
		if b := findButton(child, label); b != nil {
			return b
		}
	}
	return nil
}

func photoFile(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, picture(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// searchedRig has dropped a photo, stated a purpose and got three matches.
func searchedRig(t *testing.T) *rig {
	t.Helper()
	r := openRig(t, &fakeService{faces: 1, result: threeMatches()})
	r.shell.OnDropped(photoFile(t, "me.jpg"))
	r.until("the face", func() bool { return r.has("1 face found, chosen.") })
	if len(r.svc.searches) != 0 {
		t.Fatal("searched without a purpose")
	}
	for _, c := range "mine" {
		r.typed(c)
	}
	r.press(fyne.KeyReturn)
	r.until("the matches", func() bool { return r.has("2 of 3 shown") })
	return r
}

func TestAFileOfSeveralPicturesIsSaidToBeLookedAtInPart(t *testing.T) {
	r := openRig(t, &fakeService{faces: 1})
	r.shell.OnDropped(photoFile(t, "film.gif"))
	r.until("the face", func() bool {
		return r.has("1 face found, chosen. The file holds 12 pictures; only one was looked at.")
	})
}

var errHeld = errors.New("pid 4711")
