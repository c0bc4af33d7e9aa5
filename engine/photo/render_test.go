package photo_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"testing"

	"gabarit/engine"
	"gabarit/engine/photo"
)

// head draws a face-like thing: a light disc with a red left and a blue right eye, turned clockwise by roll degrees.
func head(w, h int, cx, cy, radius, roll float64) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	sin, cos := math.Sincos(roll * math.Pi / 180)
	for y := range h {
		for x := range w {
			dx, dy := float64(x)-cx, float64(y)-cy
			u, v := (cos*dx+sin*dy)/radius, (-sin*dx+cos*dy)/radius // in the head's own directions
			c := color.RGBA{40, 80, 40, 255}
			switch {
			case math.Hypot(u+.4, v+.3) < .18:
				c = color.RGBA{220, 0, 0, 255}
			case math.Hypot(u-.4, v+.3) < .18:
				c = color.RGBA{0, 0, 220, 255}
			case math.Hypot(u, v) < 1:
				c = color.RGBA{230, 200, 170, 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

func readJPEG(t *testing.T, data []byte) image.Image {
	t.Helper()
	img, err := jpeg.Decode(bytes.NewReader(data))
	must(t, err)
	return img
}

func at(img image.Image, x, y float64) color.RGBA {
	r := img.Bounds()
	return color.RGBAModel.Convert(img.At(int(x*float64(r.Dx())), int(y*float64(r.Dy())))).(color.RGBA)
}

func TestCropsAreCentredAndUpright(t *testing.T) {
	for _, roll := range []float64{0, 25, -40, 90, 180, -135} {
		for _, scale := range []float64{0.2, 1, 3} {
			w, h := int(800*scale), int(600*scale)
			cx, cy, radius := 500*scale, 200*scale, 100*scale
			p := &engine.Picture{Image: head(w, h, cx, cy, radius, roll), Width: w, Height: h}
			box := engine.Box{X: int(cx - radius), Y: int(cy - radius), W: int(2 * radius), H: int(2 * radius)}
			data, err := newReader().Crop(p, engine.Detection{Box: box, Roll: roll})
			must(t, err)
			img := readJPEG(t, data)
			if img.Bounds() != image.Rect(0, 0, photo.CropSide, photo.CropSide) {
				t.Fatalf("crop of %v", img.Bounds())
			}
			// The disc's radius is 0.5/CropMargin of the side; the eyes sit 0.4 of it to the sides and 0.3 above.
			unit := .5 / photo.CropMargin
			left, right := at(img, .5-.4*unit, .5-.3*unit), at(img, .5+.4*unit, .5-.3*unit)
			if left.R < 150 || left.B > 90 || right.B < 150 || right.R > 90 {
				t.Errorf("roll %v, scale %v: eyes %v and %v", roll, scale, left, right)
			}
			if chin, beside := at(img, .5, .5+.9*unit), at(img, .5, .5+1.15*unit); chin.R < 180 || beside.R > 120 {
				t.Errorf("roll %v, scale %v: the face has not its size", roll, scale)
			}
		}
	}
}

func TestCropsUsePixelsOfTheOriginal(t *testing.T) {
	big := head(1000, 800, 600, 300, 100, 0)
	whole := decode(t, asPNG(t, big))
	half := *whole
	half.Image = photo.Display(whole, 500)
	d := engine.Detection{Box: engine.Box{X: 500, Y: 200, W: 200, H: 200}}
	for name, p := range map[string]*engine.Picture{"whole": whole, "reduced": &half} {
		data, err := newReader().Crop(p, d)
		must(t, err)
		if c := at(readJPEG(t, data), .5, .5); c.R < 200 {
			t.Errorf("%s: centre %v", name, c)
		}
		if c := at(readJPEG(t, data), .5-.4*.3125, .5-.3*.3125); c.R < 150 || c.G > 90 {
			t.Errorf("%s: left eye %v", name, c)
		}
	}
}

func TestCropsBeyondTheEdgeAreGreyThere(t *testing.T) {
	p := decode(t, asPNG(t, head(400, 400, 20, 20, 80, 0)))
	data, err := newReader().Crop(p, engine.Detection{Box: engine.Box{X: -60, Y: -60, W: 160, H: 160}})
	must(t, err)
	img := readJPEG(t, data)
	if c := at(img, .05, .05); !near(c, color.RGBA{128, 128, 128, 255}, 6) {
		t.Errorf("outside is %v", c)
	}
	if c := at(img, .55, .6); c.R < 180 {
		t.Errorf("inside is %v", c)
	}
}

func TestCropsOfSenselessBoxesAreRefused(t *testing.T) {
	p := decode(t, asPNG(t, scene()))
	for name, box := range map[string]engine.Box{
		"no area":   {X: 10, Y: 10},
		"negative":  {X: 10, Y: 10, W: -5, H: 5},
		"far away":  {X: 1 << 40, Y: 10, W: 20, H: 20},
		"far above": {X: 10, Y: math.MinInt64 / 2, W: 20, H: 20},
	} {
		if _, err := newReader().Crop(p, engine.Detection{Box: box}); engine.CodeOf(err) != engine.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	d := engine.Detection{Box: engine.Box{X: 0, Y: 0, W: math.MaxInt32, H: 10}, Roll: math.NaN()}
	if _, err := newReader().Crop(p, d); err != nil {
		t.Errorf("a huge box: %v", err)
	}
}

func TestThumbnailsAndDisplayAreBoundedAndNeverEnlarged(t *testing.T) {
	tests := []struct{ w, h, longest, wantW, wantH int }{
		{2400, 1600, photo.ThumbnailSide, 1024, 683},
		{1600, 2400, photo.ThumbnailSide, 683, 1024},
		{1025, 20, photo.ThumbnailSide, 1024, 20},
		{96, 64, photo.ThumbnailSide, 96, 64},
		{640, 480, 100, 100, 75},
		{640, 480, 0, 1, 1},
	}
	for _, tt := range tests {
		p := &engine.Picture{Image: image.NewRGBA(image.Rect(0, 0, tt.w, tt.h)), Width: tt.w, Height: tt.h}
		if got := photo.Display(p, tt.longest).Bounds(); got != image.Rect(0, 0, tt.wantW, tt.wantH) {
			t.Errorf("%d x %d at %d: %v", tt.w, tt.h, tt.longest, got)
		}
		if tt.longest != photo.ThumbnailSide {
			continue
		}
		data, err := newReader().Thumbnail(p)
		must(t, err)
		if got := readJPEG(t, data).Bounds(); got != image.Rect(0, 0, tt.wantW, tt.wantH) {
			t.Errorf("thumbnail of %d x %d: %v", tt.w, tt.h, got)
		}
	}
	_, err := newReader().Thumbnail(&engine.Picture{Image: image.NewRGBA(image.Rectangle{})})
	wantError(t, err, engine.CodeInvalid, "the picture has no pixels")
}

func TestThumbnailsShowTheScene(t *testing.T) {
	data, err := newReader().Thumbnail(decode(t, testdata(t, "cmyk.jpg")))
	must(t, err)
	checkScene(t, decode(t, data))
}

func TestDisplaySharesNoPixels(t *testing.T) {
	p := decode(t, asPNG(t, scene()))
	shown := photo.Display(p, 1000).(*image.RGBA)
	clear(shown.Pix)
	checkScene(t, p)
}

func TestBlurLeavesOnlyTheFace(t *testing.T) {
	crop := image.NewRGBA(image.Rect(0, 0, photo.CropSide, photo.CropSide))
	stripes := func(shift int) []byte { // fine stripes, the same in every block whatever the shift
		for y := range photo.CropSide {
			for x := range photo.CropSide {
				v := uint8(255 * ((x + shift) / 2 % 2))
				crop.SetRGBA(x, y, color.RGBA{v, v, v, 255})
			}
		}
		return asJPEG(t, crop, 90)
	}
	data := stripes(0)
	blurred, err := photo.BlurOthers(data)
	must(t, err)
	before, after := readJPEG(t, data), readJPEG(t, blurred)
	if before.Bounds() != after.Bounds() {
		t.Fatalf("size %v", after.Bounds())
	}
	contrast := func(img image.Image, x0, y0, x1, y1 int) (sum int) {
		for y := y0; y < y1; y++ {
			for x := x0; x < x1; x++ {
				a, b := color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y, color.GrayModel.Convert(img.At(x+1, y)).(color.Gray).Y
				sum += max(int(a)-int(b), int(b)-int(a))
			}
		}
		return sum / ((x1 - x0) * (y1 - y0))
	}
	if got, was := contrast(after, 90, 80, 134, 144), contrast(before, 90, 80, 134, 144); got < was*8/10 {
		t.Errorf("the face lost its contrast: %d of %d", got, was)
	}
	for _, c := range [][4]int{{0, 0, 50, 50}, {173, 0, 223, 50}, {0, 173, 50, 223}, {173, 173, 223, 223}, {0, 90, 30, 134}, {193, 90, 223, 134}} {
		if got := contrast(after, c[0], c[1], c[2], c[3]); got > 4 {
			t.Errorf("around %v there is still contrast %d", c, got)
		}
	}
}

func TestWhatIsBlurredDoesNotDependOnDetail(t *testing.T) {
	// Two different surroundings with the same blocks must give the same result: then nothing can bring them back.
	make2 := func(phase int) image.Image {
		img := image.NewRGBA(image.Rect(0, 0, 240, 240))
		for y := range 240 {
			for x := range 240 {
				v := uint8(0)
				if (x/10+y/10+phase)%2 == 0 {
					v = 200
				}
				if math.Hypot(float64(x)-120, float64(y)-120) < 60 {
					v = 90
				}
				img.SetRGBA(x, y, color.RGBA{v, v, v, 255})
			}
		}
		return img
	}
	one, err := photo.BlurOthers(asJPEG(t, make2(0), 95))
	must(t, err)
	two, err := photo.BlurOthers(asJPEG(t, make2(1), 95))
	must(t, err)
	a, b := readJPEG(t, one), readJPEG(t, two)
	for _, p := range []image.Point{{10, 10}, {230, 20}, {20, 220}, {120, 12}, {15, 120}} {
		ca, cb := color.RGBAModel.Convert(a.At(p.X, p.Y)).(color.RGBA), color.RGBAModel.Convert(b.At(p.X, p.Y)).(color.RGBA)
		if !near(ca, cb, 8) {
			t.Errorf("at %v: %v and %v", p, ca, cb)
		}
	}
}

func TestBlurRefusesWhatIsNoCrop(t *testing.T) {
	crop := asJPEG(t, scene(), 90)
	for name, data := range map[string][]byte{
		"nothing": nil, "text": []byte("no"), "cut off": crop[:len(crop)/2], "huge": jpegBomb(t, 0xC0, 65500, 65500),
	} {
		_, err := photo.BlurOthers(data)
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		wantError(t, err, engine.CodeInvalid, "not a face crop")
	}
}
