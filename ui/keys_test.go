package ui

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"gabarit/engine"
)

// keyTests proves each key of the help page, by the page's own words.
func keyTests() map[string]func(t *testing.T) {
	return map[string]func(t *testing.T){
		"Ctrl+O": func(t *testing.T) {
			r := openRig(t, &fakeService{})
			if !r.ctrl(fyne.KeyO) || !r.shell.env.Busy() {
				t.Error("no dialog to choose a photo")
			}
		},
		"Ctrl+1 … Ctrl+6": func(t *testing.T) {
			r := openRig(t, &fakeService{})
			for i, key := range []fyne.KeyName{fyne.Key1, fyne.Key2, fyne.Key3, fyne.Key4, fyne.Key5, fyne.Key6} {
				if !r.ctrl(key) || !r.shell.pages[i].Visible() || r.shell.current != screen(i) {
					t.Errorf("Ctrl+%s does not show screen %d", key, i+1)
				}
			}
		},
		"Ctrl+F": func(t *testing.T) {
			r := searchedRig(t)
			r.shell.win.Canvas().Unfocus()
			r.ctrl(fyne.KeyF)
			r.press(fyne.KeyRight)
			if !r.selected("B") {
				t.Error("the results have not got the keyboard")
			}
		},
		"Arrows, Page Up/Down, Home, End": func(t *testing.T) {
			r := searchedRig(t)
			for _, step := range []struct {
				key  fyne.KeyName
				want string
			}{{fyne.KeyRight, "B"}, {fyne.KeyLeft, "A"}, {fyne.KeyEnd, "B"}, {fyne.KeyHome, "A"}, {fyne.KeyPageDown, "B"}, {fyne.KeyPageUp, "A"},
				{fyne.KeyDown, "B"}, {fyne.KeyUp, "A"}, {fyne.KeyReturn, "A"}, {fyne.KeyRight, "B"}, {fyne.KeyLeft, "A"}, {fyne.KeyEnd, "B"}, {fyne.KeyHome, "A"}} {
				r.press(step.key)
				if !r.selected(step.want) {
					t.Fatalf("%s does not lead to %s", step.key, step.want)
				}
			}
		},
		"Space": func(t *testing.T) {
			r := searchedRig(t)
			r.press(fyne.KeySpace)
			if !r.has("2 of 3 shown · 1 ticked") {
				t.Errorf("not ticked: %v", r.words())
			}
			r.press(fyne.KeyReturn)
			r.press(fyne.KeySpace)
			r.press(fyne.KeyEscape)
			if !r.has("2 of 3 shown") {
				t.Error("Space does not tick while comparing")
			}
		},
		"Return": func(t *testing.T) {
			r := searchedRig(t) // Return in the purpose started the search
			r.press(fyne.KeyReturn)
			if !r.has("Your photo") {
				t.Error("no comparison")
			}
			r.shell.env.Focus(r.button("Back"))
			r.press(fyne.KeyReturn)
			if r.has("Your photo") {
				t.Error("Return does not press the button")
			}
		},
		"+  −  0": func(t *testing.T) {
			r := searchedRig(t)
			r.press(fyne.KeyReturn)
			zoom := func() float32 { return r.shell.win.Canvas().Focused().(interface{ Zoom() float32 }).Zoom() }
			r.typed('+')
			if zoom() <= 1 {
				t.Error("+ does not zoom in")
			}
			r.typed('+')
			r.typed('-')
			r.typed('0')
			if zoom() != 1 {
				t.Error("0 does not reset")
			}
		},
		"Y  N  U": func(t *testing.T) {
			r := searchedRig(t)
			r.press(fyne.KeyReturn)
			r.press(fyne.KeyU)
			if !r.has("You said: unsure") {
				t.Error("U does not say that the user is unsure")
			}
			r.press(fyne.KeyY)
			if !r.has("You said: it is the person") {
				t.Error("Y does not say that it is the person")
			}
			r.press(fyne.KeyY)
			if r.has("You said: it is the person") {
				t.Error("a second Y does not take it back")
			}
			r.press(fyne.KeyN)
			r.until("N is remembered", func() bool {
				defer r.svc.lock()()
				return slices.ContainsFunc(r.svc.judged, func(req engine.VerdictRequest) bool { return req.Verdict == engine.VerdictNo })
			})
			r.press(fyne.KeyEscape)
			shown := func() string {
				return r.words()[slices.IndexFunc(r.words(), func(s string) bool { return strings.HasSuffix(s, " shown") })]
			}
			before := shown()
			r.tapCheckIn(r.shell.win.Content(), "show 1 that you said no to")
			if now := shown(); now == before {
				t.Errorf("%s, also with what was said no to", now)
			}
		},
		"W": func(t *testing.T) {
			r := searchedRig(t)
			r.press(fyne.KeyReturn)
			r.press(fyne.KeyRight)
			r.press(fyne.KeyW)
			if !r.has("Your whole photo") {
				t.Error("W does not show the whole photo")
			}
			r.press(fyne.KeyW)
			if !r.has("Your photo") {
				t.Error("W does not go back to the face")
			}
		},
		"Ctrl+D": func(t *testing.T) {
			r := openRig(t, &fakeService{})
			if !r.ctrl(fyne.KeyD) || r.has("Use this box") {
				t.Error("drawing without a photo")
			}
			r = searchedRig(t)
			r.press(fyne.KeyReturn) // it works from the comparison, too
			r.ctrl(fyne.KeyD)
			if !r.has("Use this box") || r.has("distance 0.31") {
				t.Error("nothing to draw on")
			}
			r.ctrl(fyne.KeyD)
			if r.has("Use this box") || !r.has("distance 0.31") {
				t.Error("drawing is not left, or the results are gone")
			}
		},
		"Arrows, + −, Return, Escape": func(t *testing.T) {
			r := openRig(t, &fakeService{})
			r.shell.OnDropped(photoFile(t, "tree.jpg"))
			r.until("the message", func() bool { return r.has("No face was found in this photo.") })
			r.ctrl(fyne.KeyD)
			r.press(fyne.KeyEscape)
			if r.has("Use this box") {
				t.Fatal("Escape does not leave")
			}
			r.ctrl(fyne.KeyD) // a box of 133 in the middle of 400
			for _, key := range []fyne.KeyName{fyne.KeyLeft, fyne.KeyLeft, fyne.KeyRight, fyne.KeyUp, fyne.KeyUp, fyne.KeyDown} {
				r.press(key)
			}
			r.typed('+')
			r.typed('+')
			r.typed('-')
			r.press(fyne.KeyReturn)
			r.until("the face", func() bool { return r.has("No face found. 1 drawn by hand. 1 chosen.") })
			if got, want := r.svc.draws, (engine.Box{X: 115, Y: 115, W: 144, H: 144}); len(got) != 1 || got[0] != want {
				t.Errorf("drawn %+v, want %+v", got, want)
			}
		},
		"Ctrl+P": func(t *testing.T) {
			r := peopleRig(t)
			r.press(fyne.KeyRight)
			r.press(fyne.KeySpace)
			if !r.said("1 ticked") {
				t.Error("Space does not tick a group")
			}
			r.press(fyne.KeyReturn)
			r.until("the second group", func() bool { return r.said("Story B0000") })
			r.press(fyne.KeySpace)
			if r.button("Not this person").Disabled() {
				t.Error("Space does not tick a face")
			}
			r.press(fyne.KeyEscape)
			if r.said("Story B0000") || !r.said("2 groups") {
				t.Error("Escape does not lead back to the groups")
			}
		},
		"Ctrl+E": func(t *testing.T) {
			r := searchedRig(t)
			r.ctrl(fyne.KeyE)
			if r.shell.env.Busy() {
				t.Error("a letter about nothing")
			}
			r.press(fyne.KeySpace)
			r.ctrl(fyne.KeyE)
			if !r.has("One letter for each site") {
				t.Error("no letter")
			}
		},
		"Escape": func(t *testing.T) {
			r := searchedRig(t)
			r.press(fyne.KeyReturn)
			r.shell.env.Focus(r.button("Next")) // keys are not swallowed by the buttons
			r.press(fyne.KeyEscape)
			if r.has("Your photo") {
				t.Error("Escape does not leave the comparison")
			}
			r.press(fyne.KeyF1)
			r.press(fyne.KeyEscape)
			if r.shell.env.Busy() {
				t.Error("Escape does not close the dialog")
			}
		},
		"Tab, Shift+Tab": func(t *testing.T) {
			r := openRig(t, &fakeService{faces: 2})
			r.shell.OnDropped(photoFile(t, "two.jpg"))
			r.until("the faces", func() bool { return r.has("2 faces found. 0 chosen.") })
			for range 40 {
				test.FocusNext(r.shell.win.Canvas())
				r.press(fyne.KeySpace)
				if r.has("2 faces found. 1 chosen.") {
					return
				}
				if r.shell.env.Busy() { // Space pressed a button or a list on the way
					r.shell.win.Canvas().Overlays().Remove(r.shell.win.Canvas().Overlays().Top())
				}
			}
			t.Error("no face box can be reached with Tab")
		},
		"Alt": func(t *testing.T) {
			r := openRig(t, &fakeService{})
			if m := r.shell.win.MainMenu(); m == nil || len(m.Items) != 4 { // Fyne's driver opens it with Alt
				t.Error("no main menu")
			}
		},
		"F1": func(t *testing.T) {
			r := openRig(t, &fakeService{})
			r.press(fyne.KeyF1)
			if !r.has("this page") {
				t.Error("no help page")
			}
			r.press(fyne.KeyF1)
			if r.has("this page") {
				t.Error("F1 does not close the page")
			}
		},
		"Ctrl+L": func(t *testing.T) {
			r := openRig(t, &fakeService{})
			r.press(fyne.KeyF1) // it works over a dialog, too
			if !r.ctrl(fyne.KeyL) || r.shell.open || r.shell.env.Busy() {
				t.Error("the vault's things stay on the window")
			}
			r.until("the lock", func() bool { defer r.svc.lock()(); return r.svc.locks == 1 })
		},
		"Ctrl+Q": func(t *testing.T) {
			r := openRig(t, &fakeService{})
			if !r.ctrl(fyne.KeyQ) {
				t.Error("no shortcut to quit")
			}
		},
	}
}

func TestEveryKeyOfTheHelpPageWorks(t *testing.T) {
	tests := keyTests()
	for _, k := range helpKeys() {
		run, ok := tests[k.Keys]
		if !ok {
			t.Errorf("the key %q is not tested", k.Keys)
			continue
		}
		t.Run(k.Keys, run)
		delete(tests, k.Keys)
	}
	for k := range tests {
		t.Errorf("the key %q is tested but not listed", k)
	}
}

// selected reports whether the evidence, or the comparison, is about the photo of page A or B.
func (r *rig) selected(page string) bool {
	place := map[string]string{"A": "1 of 2", "B": "2 of 2"}[page]
	return r.has("https://site.example/"+page) || r.has(place)
}
