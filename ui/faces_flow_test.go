package ui

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"gabarit/engine"
)

func (r *rig) says(text string) bool { return strings.Contains(strings.Join(r.words(), " | "), text) }

func TestAnotherDetectorLooksAtTheSamePhotoAgainAndStaysChosen(t *testing.T) {
	r := searchedRig(t)
	thorough := r.shell.search.Detector()
	thorough.SetSelectedIndex(1)
	r.until("a second look and search", func() bool {
		defer r.svc.lock()()
		return len(r.svc.looks) == 2 && len(r.svc.searches) == 2
	})
	if r.svc.opened[0] != r.svc.opened[1] || r.svc.looks[0].Detector != engine.DetectorFast || r.svc.looks[1].Detector != engine.DetectorThorough {
		t.Errorf("opened %v with %+v", r.svc.opened, r.svc.looks)
	}
	r.until("the matches", func() bool { return r.has("2 of 3 shown") })
	r.shell.OnDropped(photoFile(t, "again.jpg"))
	r.until("a third look", func() bool { defer r.svc.lock()(); return len(r.svc.looks) == 3 })
	if r.svc.looks[2].Detector != engine.DetectorThorough {
		t.Error("the choice is forgotten at the next photo")
	}
}

func TestAPhotoWithoutAFaceLeadsToTheOtherDetectorAndToDrawing(t *testing.T) {
	r := openRig(t, &fakeService{result: threeMatches()})
	r.shell.OnDropped(photoFile(t, "tree.jpg"))
	r.until("the message", func() bool { return r.has("No face was found in this photo.") })
	test.Tap(r.button("Look thoroughly"))
	r.until("a second look", func() bool { defer r.svc.lock()(); return len(r.svc.looks) == 2 })
	r.until("the message again", func() bool { return r.has("No face was found in this photo.") })
	if r.shell.search.Detector().Selected != "Thorough (slower)" || r.has("Look thoroughly") {
		t.Error("the choice does not show the thorough detector")
	}

	test.Tap(r.button("Draw a face"))
	test.Tap(r.button("Use this box"))
	r.until("the face", func() bool { return r.has("No face found. 1 drawn by hand. 1 chosen.") })
	if !r.has("drawn by you") || !r.has("quality: unknown") || !r.has("Drawings and statues can be taken for faces.") {
		t.Errorf("the list of faces says: %v", r.words())
	}
	for _, c := range "mine" { // the purpose has the keyboard
		r.typed(c)
	}
	r.press(fyne.KeyReturn)
	r.until("the matches", func() bool { return r.has("2 of 3 shown") })
	if req := r.svc.searches[0]; len(req.Probe.Faces) != 1 || !req.Probe.Faces[0].Drawn {
		t.Errorf("searched %+v", req)
	}
	r.press(fyne.KeyReturn)
	if !r.says("Your face was drawn by hand: no detector says that there is one.") {
		t.Error("the comparison does not say that the face was drawn")
	}
}

func TestADrawnFaceIsRemovedAgain(t *testing.T) {
	r := searchedRig(t)
	r.ctrl(fyne.KeyD)
	r.press(fyne.KeyReturn)
	r.until("the face", func() bool { return r.has("1 face found. 1 drawn by hand. 2 chosen.") })
	if r.has("2 of 3 shown") {
		t.Error("results of the former faces stay")
	}
	test.Tap(r.button("")) // the only button without a word on the way down is the one that removes
	r.until("the face gone", func() bool { return r.has("1 face found, chosen.") })
}

func TestWhyABoxMakesNoFaceIsSaid(t *testing.T) {
	r := openRig(t, &fakeService{drawErr: engine.E(engine.CodeConflict, "x", "the photo's file has changed since it was opened: open it again", nil)})
	r.shell.OnDropped(photoFile(t, "tree.jpg"))
	r.until("the message", func() bool { return r.has("No face was found in this photo.") })
	r.ctrl(fyne.KeyD)
	r.press(fyne.KeyReturn)
	r.until("the error", func() bool { return r.says("The photo's file has changed since it was opened: open it again.") })
	if !r.has("Use this box") {
		t.Error("the box is gone")
	}
}

func TestTheQualityOfEachFaceIsSaid(t *testing.T) {
	res := threeMatches()
	res.Probes[0].Matches[0].Quality = .9
	res.Probes[0].Matches[1].Quality = .1
	r := openRig(t, &fakeService{faces: 1, result: res})
	r.shell.OnDropped(photoFile(t, "me.jpg"))
	r.until("the face", func() bool { return r.has("1 face found, chosen.") })
	r.typed('x')
	r.press(fyne.KeyReturn)
	r.until("the matches", func() bool { return r.has("2 of 3 shown") })
	for _, want := range []string{"quality: good", "quality: poor: look closely", "quality: poor",
		"Quality of the faces: yours poor, the match good. A poor picture of a face lowers the band of its matches: look closely."} {
		if !r.has(want) {
			t.Errorf("the window does not say %q: %v", want, r.words())
		}
	}
	r.press(fyne.KeyReturn)
	r.press(fyne.KeyRight)
	if !r.says("yours poor, the match poor") {
		t.Errorf("the comparison says: %v", r.words())
	}
}
