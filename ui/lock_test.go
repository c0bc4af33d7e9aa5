package ui

import (
	"errors"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine"
	"gabarit/ui/kit"
)

// everything lists all text and pictures in the window, hidden ones too.
func (r *rig) everything() (texts []string, pictures int) {
	var walk func(o fyne.CanvasObject)
	walk = func(o fyne.CanvasObject) {
		switch w := o.(type) {
		case *fyne.Container:
			for _, child := range w.Objects {
				walk(child)
			}
			return
		case *canvas.Image:
			if w.Image != nil && w.Resource == nil { // not an icon
				pictures++
			}
			return
		case *widget.Label:
			texts = append(texts, w.Text)
		case *widget.Hyperlink:
			texts = append(texts, w.Text)
		case *kit.Entry:
			texts = append(texts, w.Text)
		}
		if w, ok := o.(fyne.Widget); ok {
			for _, child := range test.WidgetRenderer(w).Objects() {
				walk(child)
			}
		}
	}
	c := r.shell.win.Canvas()
	for _, root := range append([]fyne.CanvasObject{c.Content()}, c.Overlays().List()...) {
		walk(root)
	}
	return texts, pictures
}

// personal names what of a search is still in the window.
func (r *rig) personal() []string {
	texts, pictures := r.everything()
	var left []string
	for _, text := range texts {
		for _, secret := range []string{"site.example", "Press", "mine", "me.jpg", "Ada", "distance 0", "100 faces"} {
			if strings.Contains(text, secret) {
				left = append(left, text)
			}
		}
	}
	if pictures > 0 {
		left = append(left, "pictures")
	}
	return left
}

func TestLockingLeavesNothingPersonalInTheWindow(t *testing.T) {
	r := searchedRig(t)
	r.svc.pass = "secret"
	r.until("the pictures", func() bool { _, n := r.everything(); return n > 3 })
	r.press(fyne.KeySpace)
	r.press(fyne.KeyReturn) // compare
	r.press(fyne.KeyEscape)
	r.ctrl(fyne.KeyE) // the letter
	r.until("the letter", func() bool { return r.has("One letter for each site") })
	for _, c := range "Ada" {
		r.typed(c)
	}
	if len(r.personal()) < 5 {
		t.Fatalf("the test finds too little before locking: %v", r.personal())
	}
	old := r.shell.search
	r.ctrl(fyne.KeyL)
	if left := r.personal(); len(left) > 0 {
		t.Errorf("left in the window the moment it is locked: %q", left)
	}
	r.until("the unlock screen", func() bool { return r.has("Unlock the vault") })
	if left := r.personal(); len(left) > 0 {
		t.Errorf("left in the window: %q", left)
	}
	if r.shell.search == old || r.shell.win.Title() != "Gabarit" || r.svc.locks != 1 {
		t.Errorf("the screens were kept, the title is %q, locked %d times", r.shell.win.Title(), r.svc.locks)
	}
	for _, c := range "secret" {
		r.typed(c)
	}
	r.press(fyne.KeyReturn)
	r.until("the window", func() bool { return r.shell.open && r.has("The index holds 100 faces in 60 photos.") })
	if r.has("mine") || r.has("site.example") {
		t.Error("the former search came back")
	}
}

func TestWorkOfTheLockedVaultIsNotShown(t *testing.T) {
	r := openRig(t, &fakeService{faces: 1, result: threeMatches(), fakeVault: fakeVault{}})
	r.shell.OnDropped(photoFile(t, "me.jpg")) // its faces are on their way
	r.shell.lock()
	r.until("the closed vault", func() bool { return r.has("The vault is closed") })
	test.Tap(r.button("Open the vault"))
	r.until("the window", func() bool { return r.shell.open && r.has("Drop a photo") })
	if r.has("1 face found, chosen.") {
		t.Error("the photo opened before the lock is shown after it")
	}
}

func TestAVaultThatLocksItselfClearsTheWindow(t *testing.T) {
	r := searchedRig(t)
	unlock := r.svc.lock()
	r.svc.state = engine.VaultSealed
	unlock()
	r.svc.hint(engine.EventVault)
	r.until("the unlock screen", func() bool {
		return r.has("Unlock the vault") && r.has("The vault locked itself, as nobody used it.")
	})
	if left := r.personal(); len(left) > 0 || r.svc.locks != 0 {
		t.Errorf("left in the window: %q; locked by the window %d times", left, r.svc.locks)
	}
}

func TestTheUnlockScreenOffersTheKeyring(t *testing.T) {
	svc := &fakeService{state: engine.VaultSealed}
	r := newRig(t, svc)
	r.until("the form", func() bool { return r.has("Unlock the vault") })
	if r.has("Unlock with the system's keyring") {
		t.Error("a keyring that holds nothing is offered")
	}
	svc.remembered = true
	r.shell.start()
	r.until("the offer", func() bool { return r.has("Unlock with the system's keyring") })
	test.Tap(r.button("Unlock with the system's keyring"))
	r.until("the window", func() bool { return r.shell.open })
}

func TestUseOfTheWindowIsToldAtMostOnceASecond(t *testing.T) {
	r := openRig(t, &fakeService{})
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	r.shell.now = func() time.Time { return now }
	touches := func() int { defer r.svc.lock()(); return r.svc.touches }
	use := map[string]func(){
		"a key without focus": func() { r.shell.win.Canvas().Unfocus(); r.press(fyne.KeyA) },
		"typing":              func() { r.shell.goTo(screenLog); r.shell.env.Focus(r.shell.log.text); r.typed('x') },
		"a key in a field":    func() { r.press(fyne.KeyLeft) },
		"a menu":              func() { r.ctrl(fyne.Key1) },
		"the pointer":         func() { movePointer(r.shell.win.Canvas().Content()) },
		"the pointer over a dialog": func() {
			r.shell.showHelp()
			movePointer(r.shell.win.Canvas().Overlays().Top())
			r.shell.env.CloseAll()
		},
	}
	for name, do := range use {
		now = now.Add(2 * time.Second)
		before := touches()
		do()
		do()
		r.until(name, func() bool { return touches() > before })
		r.settle()
		if n := touches() - before; n != 1 {
			t.Errorf("%s was told %d times", name, n)
		}
	}
	r.shell.lock()
	before := touches()
	now = now.Add(time.Minute)
	movePointer(r.shell.win.Canvas().Content())
	r.until("the closed vault", func() bool { return r.has("The vault is closed") })
	if touches() != before {
		t.Error("a locked vault was touched")
	}
}

// movePointer asks what lies under the pointer for its cursor, as Fyne's driver does at every movement.
func movePointer(o fyne.CanvasObject) {
	if c, ok := o.(desktop.Cursorable); ok && o.Visible() {
		c.Cursor()
	}
	switch w := o.(type) {
	case *fyne.Container:
		for _, child := range w.Objects {
			movePointer(child)
		}
	case fyne.Widget:
		for _, child := range test.WidgetRenderer(w).Objects() {
			movePointer(child)
		}
	}
}

// settle runs the deliveries that are there.
func (r *rig) settle() {
	for {
		select {
		case fn := <-r.queue:
			fn()
		default:
			return
		}
	}
}

func TestWarningsOfTheVaultStayAboveEveryScreen(t *testing.T) {
	r := openRig(t, &fakeService{fakeVault: fakeVault{warnings: []engine.Warning{{Msg: "an older copy of the vault was restored", Detail: "2 erasures"}}}})
	text := "An older copy of the vault was restored. (2 erasures)"
	r.until("the banner", func() bool { return r.has(text) })
	test.Tap(r.button("Show log"))
	if r.shell.current != screenLog || !r.has(text) {
		t.Errorf("the log is not shown, or the banner went: %v", r.words())
	}
	r.shell.lock()
	if r.has(text) {
		t.Error("the banner of a closed vault stays")
	}
	err := engine.E(engine.CodeUnavailable, "app.X", "the disk is full", errors.New("no space left"))
	if got := warningWords([]engine.Warning{{Msg: "the disk is full", Detail: err.Error()}, {Msg: "it is late"}}); got != "The disk is full. (no space left)\nIt is late." {
		t.Errorf("warnings: %q", got)
	}
}
