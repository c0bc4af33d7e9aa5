package face_test

import (
	"context"
	"image"
	"image/color"
	"math"
	"slices"
	"sync"
	"testing"

	"gabarit/engine"
	"gabarit/engine/face"
)

func TestRealPhotosGiveTheirFaces(t *testing.T) {
	p := open(t, face.Config{Models: models(t), Workers: 2})
	templates := map[string]engine.Template{}
	for _, name := range []string{"obama.jpg", "obama2.jpg", "biden.jpg", "32bit.png"} {
		pic := photo(t, name)
		f := only(t, detect(t, p, pic, engine.Look{}))
		if f.Box.X < 0 || f.Box.Y < 0 || f.Box.X+f.Box.W > pic.Width || f.Box.Y+f.Box.H > pic.Height || f.Box.W < 40 {
			t.Errorf("%s: box %v in a photo of %d x %d", name, f.Box, pic.Width, pic.Height)
		}
		if f.Model != face.Model {
			t.Errorf("%s: model %q", name, f.Model)
		}
		if f.Quality <= 0.3 || f.Quality > 1 {
			t.Errorf("%s: quality %.2f of a good portrait", name, f.Quality)
		}
		templates[name] = f.Template
	}
	if d := distance(templates["obama.jpg"], templates["obama2.jpg"]); d > 0.5 {
		t.Errorf("two photos of one person are %.3f apart", d)
	}
	if d := distance(templates["obama.jpg"], templates["biden.jpg"]); d < 0.6 {
		t.Errorf("photos of two people are %.3f apart", d)
	}
}

func TestLandmarksAreThoseOfTheFace(t *testing.T) {
	p := open(t, face.Config{Models: models(t), Workers: 1})
	pic := portrait(t)
	f := only(t, detect(t, p, pic, engine.Look{}))
	if len(f.Landmarks) != 5 {
		t.Fatalf("%d landmarks, want 5", len(f.Landmarks))
	}
	l := f.Landmarks
	// From left to right in the picture: outer and inner corner of one eye, nose, inner and outer corner of the other.
	order := []float64{l[2].X, l[3].X, l[4].X, l[1].X, l[0].X}
	if !slices.IsSorted(order) {
		t.Errorf("landmarks from left to right: %v", order)
	}
	for i := range 4 {
		if l[i].Y >= l[4].Y {
			t.Errorf("eye corner %v is not above the nose %v", l[i], l[4])
		}
	}
	for _, q := range l {
		if q.X < float64(f.Box.X) || q.X > float64(f.Box.X+f.Box.W) || q.Y < float64(f.Box.Y) || q.Y > float64(f.Box.Y+f.Box.H) {
			t.Errorf("landmark %v outside the box %v", q, f.Box)
		}
	}
}

// leaning turns a picture clockwise by some degrees around its middle.
func leaning(pic *engine.Picture, degrees float64) *engine.Picture {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	cx, cy := float64(pic.Width)/2, float64(pic.Height)/2
	return picture(redrawn(pic.Width, pic.Height, func(x, y int) color.Color {
		dx, dy := float64(x)-cx, float64(y)-cy
		return pic.Image.At(int(cx+cos*dx+sin*dy), int(cy-sin*dx+cos*dy))
	}))
}

func TestRollFollowsAPictureThatLeans(t *testing.T) {
	p := open(t, face.Config{Models: models(t), Workers: 1})
	pic := portrait(t)
	straight := only(t, detect(t, p, pic, engine.Look{})).Roll
	for _, degrees := range []float64{-15, 15} {
		f := only(t, detect(t, p, leaning(pic, degrees), engine.Look{}))
		if math.Abs(f.Roll-straight-degrees) > 5 {
			t.Errorf("leaning by %v: roll %.1f, upright %.1f", degrees, f.Roll, straight)
		}
	}
}

func TestBoxesAreInPixelsOfThePhotoWhateverTheDecoderReduced(t *testing.T) {
	p := open(t, face.Config{Models: models(t), Workers: 1})
	pic := portrait(t)
	whole := only(t, detect(t, p, pic, engine.Look{}))
	small := scaled(t, pic, 0.5)
	small.Width, small.Height = pic.Width, pic.Height
	half := only(t, detect(t, p, small, engine.Look{}))
	if near := whole.Box.W / 5; abs(whole.Box.X-half.Box.X) > near || abs(whole.Box.Y-half.Box.Y) > near || abs(whole.Box.W-half.Box.W) > near {
		t.Errorf("box %v of the reduced picture, %v of the whole one", half.Box, whole.Box)
	}
}

func abs(v int) int { return max(v, -v) }

func TestSamePhotoGivesTheSameBits(t *testing.T) {
	p := open(t, face.Config{Models: models(t), Workers: 2})
	pic := portrait(t)
	var wg sync.WaitGroup
	results := make([][]engine.Detection, 4)
	for i := range results {
		wg.Add(1)
		go func() {
			defer wg.Done()
			results[i], _ = p.Detect(context.Background(), pic, engine.Look{})
		}()
	}
	wg.Wait()
	want := only(t, results[0])
	for _, r := range results[1:] {
		if got := only(t, r); got.Template != want.Template || got.Box != want.Box || got.Quality != want.Quality {
			t.Errorf("two workers, or two passes, gave different faces of one photo")
		}
	}
	if n := len(p.Pids()); n != 2 {
		t.Errorf("%d workers after four photos at once, want 2", n)
	}
}

func TestWorkersAreStartedWhenNeededOnly(t *testing.T) {
	p := open(t, face.Config{Models: models(t), Workers: 4})
	if p.Workers() != 4 {
		t.Errorf("Workers() = %d", p.Workers())
	}
	for range 3 {
		detect(t, p, plain(64, 64, 200), engine.Look{})
	}
	if n := len(p.Pids()); n != 1 {
		t.Errorf("%d workers for one picture at a time, want 1", n)
	}
}

func TestOddPicturesHoldNoFaceAndNoError(t *testing.T) {
	p := open(t, face.Config{Models: models(t), Workers: 2})
	cmyk := image.NewCMYK(image.Rect(0, 0, 120, 90))
	nrgba := image.NewNRGBA(image.Rect(0, 0, 50, 50))
	part := image.NewYCbCr(image.Rect(0, 0, 101, 77), image.YCbCrSubsampleRatio420).SubImage(image.Rect(3, 5, 98, 70))
	for name, pic := range map[string]*engine.Picture{
		"one pixel":         plain(1, 1, 9),
		"tall and thin":     plain(1, 65_500, 90),
		"wide and thin":     plain(65_500, 1, 90),
		"wider than a JPEG": plain(70_000, 2, 90),
		"black":             plain(800, 600, 0),
		"white":             plain(300, 300, 255),
		"CMYK":              picture(cmyk),
		"transparent":       picture(nrgba),
		"16 bits":           picture(image.NewGray16(image.Rect(0, 0, 30, 40))),
		"part of a picture": picture(part),
	} {
		t.Run(name, func(t *testing.T) {
			for _, kind := range []engine.DetectorKind{engine.DetectorFast, engine.DetectorThorough} {
				if name == "black" && kind == engine.DetectorThorough {
					continue // slow, and nothing new
				}
				if faces := detect(t, p, pic, engine.Look{Detector: kind}); len(faces) != 0 {
					t.Errorf("%s: %d faces", kind, len(faces))
				}
			}
		})
	}
}

func TestAGreyPhotoHasTheSameFace(t *testing.T) {
	p := open(t, face.Config{Models: models(t), Workers: 1})
	pic := portrait(t)
	coloured := only(t, detect(t, p, pic, engine.Look{}))
	grey := image.NewGray(image.Rect(0, 0, pic.Width, pic.Height))
	for y := range pic.Height {
		for x := range pic.Width {
			grey.Set(x, y, pic.Image.At(x, y))
		}
	}
	f := only(t, detect(t, p, picture(grey), engine.Look{}))
	if d := distance(f.Template, coloured.Template); d > 0.4 {
		t.Errorf("grey and coloured are %.3f apart", d)
	}
}

func TestThoroughFindsWhatFastMisses(t *testing.T) {
	p := open(t, face.Config{Models: models(t), Workers: 1})
	pic := scaled(t, photo(t, "biden.jpg"), 0.4) // small, because thorough is slow
	upright := only(t, detect(t, p, pic, engine.Look{}))

	t.Run("a face on its side", func(t *testing.T) {
		side := picture(redrawn(pic.Height, pic.Width, func(x, y int) color.Color { return pic.Image.At(pic.Width-1-y, x) }))
		for _, kind := range []engine.DetectorKind{engine.DetectorFast, engine.DetectorThorough} {
			f := only(t, detect(t, p, side, engine.Look{Detector: kind}))
			if math.Abs(f.Roll+90-upright.Roll) > 10 {
				t.Errorf("%s: roll %.1f of a face turned left by 90 degrees", kind, f.Roll)
			}
			want := engine.Box{X: upright.Box.Y, Y: pic.Width - upright.Box.X - upright.Box.W, W: upright.Box.H, H: upright.Box.W}
			if abs(f.Box.X-want.X) > want.W/4 || abs(f.Box.Y-want.Y) > want.W/4 {
				t.Errorf("%s: box %v, want about %v", kind, f.Box, want)
			}
			if d := distance(f.Template, upright.Template); d > 0.3 {
				t.Errorf("%s: upright and turned are %.3f apart", kind, d)
			}
		}
	})
	t.Run("a small face", func(t *testing.T) {
		small := scaled(t, pic, 27/float64(upright.Box.W))
		if faces := detect(t, p, small, engine.Look{}); len(faces) != 0 {
			t.Fatalf("the fast detector finds it already: %v", boxes(faces))
		}
		only(t, detect(t, p, small, engine.Look{Detector: engine.DetectorThorough}))
	})
	t.Run("and what fast finds, with the same template", func(t *testing.T) {
		f := only(t, detect(t, p, pic, engine.Look{Detector: engine.DetectorThorough}))
		if f.Template != upright.Template || f.Box != upright.Box {
			t.Errorf("thorough gives another face: %v, fast %v", f.Box, upright.Box)
		}
	})
}

func TestJoinKeepsEachFaceOnce(t *testing.T) {
	at := func(x, w, score float64) [5]float64 { return [5]float64{x, 10, x + w, 10 + w, score} }
	got := face.Join(nil, [][5]float64{at(100, 50, .2), at(102, 50, .9), at(140, 50, .5)})
	if len(got) != 2 || got[0][0] != 102 || got[1][0] != 140 {
		t.Errorf("kept %v", got)
	}
	got = face.Join(got[:1], [][5]float64{at(101, 52, 1), at(300, 20, .1), at(110, 20, 1)})
	if len(got) != 2 || got[0][0] != 102 || got[1][0] != 300 {
		t.Errorf("what was there must stay, and hide what lies in it: %v", got)
	}
}

func TestADrawnBoxIsDescribed(t *testing.T) {
	p := open(t, face.Config{Models: models(t), Workers: 1})
	pic := portrait(t)
	f := only(t, detect(t, p, pic, engine.Look{}))
	drawn := engine.Box{X: f.Box.X - f.Box.W/10, Y: f.Box.Y - f.Box.H/6, W: f.Box.W * 6 / 5, H: f.Box.H * 4 / 3} // a generous hand
	got, err := p.Describe(context.Background(), pic, drawn, engine.Look{})
	if err != nil {
		t.Fatal(err)
	}
	if got.Box != drawn || !got.Drawn || got.Score != 0 || got.Model != face.Model {
		t.Errorf("box %v (drawn %v), drawn by hand %v, score %v, model %q", got.Box, drawn, got.Drawn, got.Score, got.Model)
	}
	if d := distance(got.Template, f.Template); d > 0.3 {
		t.Errorf("the drawn face is %.3f from the one that was found", d)
	}
	over := picture(redrawn(pic.Width, pic.Height, func(x, y int) color.Color { return pic.Image.At(pic.Width-1-x, pic.Height-1-y) }))
	box := engine.Box{X: pic.Width - drawn.X - drawn.W, Y: pic.Height - drawn.Y - drawn.H, W: drawn.W, H: drawn.H}
	turned, err := p.Describe(context.Background(), over, box, engine.Look{})
	if err != nil {
		t.Fatal(err)
	}
	if d := distance(turned.Template, f.Template); turned.Box != box || d > 0.3 {
		t.Errorf("drawn upside down, in %v, the face is %.3f from the one that was found", turned.Box, d)
	}
	for name, box := range map[string]engine.Box{
		"empty": {X: 10, Y: 10}, "tiny": {X: 10, Y: 10, W: 5, H: 50}, "outside": {X: pic.Width, Y: 0, W: 50, H: 50},
		"above": {X: 0, Y: -60, W: 60, H: 60}, "huge": {X: -10, Y: -10, W: 1 << 40, H: 100},
	} {
		_, err := p.Describe(context.Background(), pic, box, engine.Look{})
		wantError(t, err, engine.CodeInvalid, "the drawn box is too small or lies outside the picture")
		if err == nil {
			t.Error(name)
		}
	}
}

func TestAnAveragedTemplateIsTheSameFace(t *testing.T) {
	p := open(t, face.Config{Models: models(t), Workers: 1})
	pic := portrait(t)
	plain, averaged := only(t, detect(t, p, pic, engine.Look{})), only(t, detect(t, p, pic, engine.Look{Averaged: true}))
	if d := distance(plain.Template, averaged.Template); d == 0 || d > 0.25 {
		t.Errorf("the mean over crops is %.3f from the plain template", d)
	}
	again := only(t, detect(t, p, pic, engine.Look{Averaged: true}))
	if again.Template != averaged.Template {
		t.Error("the mean over crops differs from one time to the next")
	}
}

// TestFacesAreThoseOfGoFace holds the workers against dlib's own code.
func TestFacesAreThoseOfGoFace(t *testing.T) {
	p := open(t, face.Config{Models: models(t), Workers: 1})
	reference, err := face.NewReference(models(t))
	if err != nil {
		t.Fatal(err)
	}
	defer reference.Close()
	for _, name := range []string{"obama.jpg", "obama2.jpg", "biden.jpg", "32bit.png"} {
		pic := scaled(t, photo(t, name), 0.5)
		found, err := reference.Detect(pic)
		if err != nil {
			t.Fatal(err)
		}
		want, got := only(t, found), only(t, detect(t, p, pic, engine.Look{}))
		near := want.Box.W / 5
		if abs(want.Box.X-got.Box.X) > near || abs(want.Box.Y-got.Box.Y) > near || abs(want.Box.W-got.Box.W) > near {
			t.Errorf("%s: box %v, go-face %v", name, got.Box, want.Box)
		}
		if d := distance(want.Template, got.Template); d > 0.2 {
			t.Errorf("%s: templates %.3f apart", name, d)
		}
	}
}
