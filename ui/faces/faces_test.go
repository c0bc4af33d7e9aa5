package faces_test

import (
	"image"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"gabarit/engine"
	"gabarit/ui/faces"
	"gabarit/ui/kit"
)

func env(t *testing.T) *kit.Env {
	t.Helper()
	test.NewTempApp(t)
	win := test.NewTempWindow(t, nil)
	slots := kit.NewSlots(t.Context(), nil)
	t.Cleanup(slots.Close)
	return &kit.Env{Win: win, Slots: slots, Dump: kit.NewDump(slots)}
}

func TestAPhotoPutsBoxesOnTheFaces(t *testing.T) {
	e := env(t)
	var chosen []int
	p := faces.NewPhoto(e, 100, func(n int) { chosen = append(chosen, n) })
	e.Win.SetContent(p)
	p.Resize(fyne.NewSize(200, 200))
	// A photo twice as wide as high fills the width; its height is centred.
	p.Set(image.NewRGBA(image.Rect(0, 0, 40, 20)), 400, 200, []engine.Box{{X: 100, Y: 50, W: 40, H: 40}, {X: 300, Y: 100, W: 20, H: 20}})
	box := p.Box(0)
	if box.Position() != fyne.NewPos(50, 75) || box.Size() != fyne.NewSize(20, 20) {
		t.Errorf("box 1 lies at %v, %v", box.Position(), box.Size())
	}
	test.Tap(p.Box(1).(fyne.Tappable))
	p.Box(0).(fyne.Focusable).TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	if len(chosen) != 2 || chosen[0] != 1 || chosen[1] != 0 {
		t.Errorf("chosen %v, want the tapped box, then the one with the keyboard", chosen)
	}
	if p.Box(2) != nil {
		t.Error("a third box appeared")
	}
}

func TestAPenDrawsInPixelsOfThePhoto(t *testing.T) {
	e := env(t)
	p := faces.NewPhoto(e, 100, nil)
	var got []engine.Box
	var keys []fyne.KeyName
	pen := p.NewPen(func(b engine.Box) { got = append(got, b) }, func(k fyne.KeyName) bool { keys = append(keys, k); return k != fyne.KeyF1 })
	e.Win.SetContent(p)
	p.Resize(fyne.NewSize(200, 200))
	pen.Dragged(&fyne.DragEvent{})
	if got != nil {
		t.Errorf("drawn without a photo: %+v", got)
	}
	pen.DragEnd()
	p.Set(image.NewRGBA(image.Rect(0, 0, 40, 20)), 400, 200, nil) // fills the width; its height is centred from 50
	pen.Show()
	at := func(x, y float32) fyne.PointEvent { return fyne.PointEvent{Position: fyne.NewPos(x, y)} }
	pen.MouseDown(&desktop.MouseEvent{PointEvent: at(60, 110)})
	pen.Dragged(&fyne.DragEvent{PointEvent: at(70, 100)})
	pen.Dragged(&fyne.DragEvent{PointEvent: at(40, 40)}) // left and up, over the photo's edge
	pen.MouseUp(nil)
	pen.DragEnd()
	want := []engine.Box{{X: 120, Y: 100, W: 20, H: 20}, {X: 80, Y: -20, W: 40, H: 140}}
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("drawn %+v, want %+v", got, want)
	}
	if e.Win.Canvas().Focused() != pen {
		t.Error("the pen has not got the keyboard")
	}
	var passed fyne.KeyName
	e.Keys = func(ev *fyne.KeyEvent) bool { passed = ev.Name; return true }
	pen.TypedRune('+')
	pen.TypedRune('-')
	for _, k := range []fyne.KeyName{fyne.KeyPlus, fyne.KeyLeft, fyne.KeyF1} {
		pen.TypedKey(&fyne.KeyEvent{Name: k})
	}
	if !slices.Equal(keys, []fyne.KeyName{fyne.KeyPlus, fyne.KeyMinus, fyne.KeyLeft, fyne.KeyF1}) || passed != fyne.KeyF1 {
		t.Errorf("keys %v, passed on %v", keys, passed)
	}
}

func TestGradesHaveWordsOfTheirOwn(t *testing.T) {
	test.NewTempApp(t)
	seen := map[string]bool{}
	for _, q := range []float64{0, engine.LowQuality, engine.GoodQuality} {
		seen[faces.QualityWord(q)] = true
	}
	if len(seen) != 3 {
		t.Errorf("words %v", seen)
	}
}

func TestTheQualityOfADrawnFaceIsNotKnownUnlessItIsPoor(t *testing.T) {
	test.NewTempApp(t)
	for _, c := range []struct {
		face  engine.Detection
		match float64
		want  string
	}{
		{engine.Detection{Quality: .9}, .5, "Quality of the faces: yours good, the match fair."},
		{engine.Detection{Quality: .1}, .5, "Quality of the faces: yours poor, the match fair. " + faces.PoorWords()},
		{engine.Detection{Quality: .9}, .1, "Quality of the faces: yours good, the match poor. " + faces.PoorWords()},
		{engine.Detection{Quality: .9, Drawn: true}, .9, "Quality of the faces: yours unknown, the match good. Your face was drawn by hand: no detector says that there is one."},
		{engine.Detection{Quality: .1, Drawn: true}, .9, "Quality of the faces: yours poor, the match good. " + faces.PoorWords() + " Your face was drawn by hand: no detector says that there is one."},
	} {
		if got := faces.PairWords(engine.ProbeFace{Detection: c.face}, c.match); got != c.want {
			t.Errorf("%+v: %q, want %q", c.face, got, c.want)
		}
	}
}
