package face_test

import (
	"image"
	"image/color"
	"testing"

	"gabarit/engine"
	"gabarit/engine/face"
)

// blurred averages squares of side samples.
func blurred(pic *engine.Picture, side int) *engine.Picture {
	small := image.Pt(pic.Width/side, pic.Height/side)
	img, err := face.Worked(pic.Image, small.X, small.Y, 0)
	if err != nil {
		return pic
	}
	if img, err = face.Worked(img, pic.Width, pic.Height, 0); err != nil {
		return pic
	}
	return picture(img)
}

// toned changes the brightness of every pixel.
func toned(pic *engine.Picture, tone func(v uint32) uint8) *engine.Picture {
	return picture(redrawn(pic.Width, pic.Height, func(x, y int) color.Color {
		r, g, b, _ := pic.Image.At(x, y).RGBA()
		return color.RGBA{tone(r), tone(g), tone(b), 255}
	}))
}

func TestQualityFallsWithEveryFlaw(t *testing.T) {
	p := open(t, face.Config{Models: models(t), Workers: 1})
	good := portrait(t)
	f := only(t, detect(t, p, good, engine.Look{}))
	if f.Quality < 0.6 {
		t.Errorf("quality %.2f of a good portrait", f.Quality)
	}
	cut := image.Rect(f.Box.X+f.Box.W/8, 0, good.Width, good.Height)
	flawed := map[string]*engine.Picture{
		"blurred":     blurred(good, 6),
		"small":       scaled(t, good, 45/float64(f.Box.W)),
		"flat":        toned(good, func(v uint32) uint8 { return uint8(96 + v>>11) }),
		"cut at edge": picture(redrawn(cut.Dx(), cut.Dy(), func(x, y int) color.Color { return good.Image.At(x+cut.Min.X, y) })),
	}
	for name, pic := range flawed {
		faces := detect(t, p, pic, engine.Look{})
		if len(faces) == 0 {
			t.Errorf("%s: no face left to judge", name)
			continue
		}
		if worse := faces[0].Quality; worse >= 0.9*f.Quality {
			t.Errorf("%s: quality %.2f, of the good one %.2f", name, worse, f.Quality)
		}
	}
}

func TestQualityFallsStepByStepWithSizeAndBlur(t *testing.T) {
	p := open(t, face.Config{Models: models(t), Workers: 1})
	good := portrait(t)
	f := only(t, detect(t, p, good, engine.Look{}))
	last := f.Quality
	for _, side := range []int{4, 8} {
		q := only(t, detect(t, p, blurred(good, side), engine.Look{})).Quality
		if q >= last {
			t.Errorf("blurred by %d: quality %.2f, before %.2f", side, q, last)
		}
		last = q
	}
	last = f.Quality
	for _, size := range []int{60, 45} {
		q := only(t, detect(t, p, scaled(t, good, float64(size)/float64(f.Box.W)), engine.Look{})).Quality
		if q >= last {
			t.Errorf("%d pixels: quality %.2f, before %.2f", size, q, last)
		}
		last = q
	}
}
