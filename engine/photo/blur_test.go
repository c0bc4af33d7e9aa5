package photo_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"math"
	"slices"
	"testing"

	"gabarit/engine"
	"gabarit/engine/photo"
)

// pair draws two heads beside each other, the left one's box and the right one's. phase changes the left head's pattern.
func pair(phase int) (img *image.RGBA, left, right engine.Box) {
	img = head(1200, 800, 850, 400, 120, 0)
	for y := 280; y < 520; y++ {
		for x := 180; x < 420; x++ {
			v := uint8(60 + 120*((x/7+y/5+phase)%2))
			img.SetRGBA(x, y, color.RGBA{v, v / 2, 255 - v, 255})
		}
	}
	return img, engine.Box{X: 180, Y: 280, W: 240, H: 240}, engine.Box{X: 730, Y: 280, W: 240, H: 240}
}

func thumbnail(t *testing.T, img image.Image) []byte {
	t.Helper()
	b := img.Bounds()
	data, err := newReader().Thumbnail(&engine.Picture{Image: img, Width: b.Dx(), Height: b.Dy()})
	must(t, err)
	return data
}

// spread is the largest difference of a colour within the part of an image that shows a box of a photo of w x h.
func spread(img image.Image, b engine.Box, w, h int) int {
	sx, sy := float64(img.Bounds().Dx())/float64(w), float64(img.Bounds().Dy())/float64(h)
	part := image.Rect(int(sx*float64(b.X)), int(sy*float64(b.Y)), int(math.Ceil(sx*float64(b.X+b.W))), int(math.Ceil(sy*float64(b.Y+b.H)))).Intersect(img.Bounds())
	least, most := [3]uint8{255, 255, 255}, [3]uint8{}
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			c := color.RGBAModel.Convert(img.At(x, y)).(color.RGBA)
			for i, v := range [3]uint8{c.R, c.G, c.B} {
				least[i], most[i] = min(least[i], v), max(most[i], v)
			}
		}
	}
	return max(int(most[0])-int(least[0]), int(most[1])-int(least[1]), int(most[2])-int(least[2]))
}

func TestBlurredFacesLeaveOneColour(t *testing.T) {
	img, left, right := pair(0)
	before := thumbnail(t, img)
	data, err := photo.BlurFaces(before, []engine.Box{left}, 1200, 800)
	must(t, err)
	was, is := readJPEG(t, before), readJPEG(t, data)
	if was.Bounds() != is.Bounds() {
		t.Fatalf("size %v, was %v", is.Bounds(), was.Bounds())
	}
	// The box is within the ellipse but for its corners, and a margin beyond its sides too.
	for _, b := range []engine.Box{{X: left.X, Y: left.Y + 30, W: left.W, H: left.H - 60}, {X: 280, Y: left.Y - 90, W: 40, H: left.H + 180}, {X: left.X - 40, Y: 390, W: left.W + 80, H: 20}} {
		if n := spread(was, b, 1200, 800); n < 100 {
			t.Fatalf("the test shows nothing: %v was even", b)
		}
		if n := spread(is, b, 1200, 800); n > 12 {
			t.Errorf("colours within %v still differ by %d", b, n)
		}
	}
	for y := 0; y < is.Bounds().Dy(); y += 3 {
		for x := 0; x < is.Bounds().Dx(); x += 3 {
			px, py := float64(x)*1200/1024-300, float64(y)*1200/1024-400
			a, b := color.RGBAModel.Convert(was.At(x, y)).(color.RGBA), color.RGBAModel.Convert(is.At(x, y)).(color.RGBA)
			if math.Hypot(px/200, py/250) > 1.1 && !near(a, b, 40) {
				t.Fatalf("at %d,%d, outside: %v became %v", x, y, a, b)
			}
		}
	}
	if spread(is, right, 1200, 800) < spread(was, right, 1200, 800)*9/10 {
		t.Error("the other face was touched")
	}
	both, err := photo.BlurFaces(before, []engine.Box{left, right}, 1200, 800)
	must(t, err)
	inner := engine.Box{X: right.X, Y: right.Y + 30, W: right.W, H: right.H - 60}
	if n := spread(readJPEG(t, both), inner, 1200, 800); n > 12 {
		t.Errorf("the second face is still there: %d", n)
	}
}

func TestBlurredFacesDependOnTheirAverageOnly(t *testing.T) {
	var results [2]image.Image
	for phase := range results {
		img, left, _ := pair(phase) // light and dark squares have changed places
		data, err := photo.BlurFaces(thumbnail(t, img), []engine.Box{left}, 1200, 800)
		must(t, err)
		results[phase] = readJPEG(t, data)
	}
	for y := range results[0].Bounds().Dy() {
		for x := range results[0].Bounds().Dx() {
			a, b := color.RGBAModel.Convert(results[0].At(x, y)).(color.RGBA), color.RGBAModel.Convert(results[1].At(x, y)).(color.RGBA)
			if !near(a, b, 16) {
				t.Fatalf("at %d,%d: %v and %v tell which face it was", x, y, a, b)
			}
		}
	}
}

func TestFacesAreBlurredAtEdgesAndInAnySize(t *testing.T) {
	checks := image.NewGray(image.Rect(0, 0, 1000, 750))
	for i := range checks.Pix {
		checks.Pix[i] = uint8(255 * ((i%1000/5 + i/5000) % 2))
	}
	data := thumbnail(t, checks) // of a photo four times as large
	for _, b := range []engine.Box{{X: -100, Y: -150, W: 400, H: 400}, {X: 3800, Y: 2900, W: 300, H: 280}, {X: 0, Y: 1400, W: 40, H: 40}, {X: 2000, Y: 1500, W: 12, H: 12},
		{X: -1000, Y: -1000, W: 9000, H: 9000}, {X: 1500, Y: -math.MaxInt32, W: 200, H: math.MaxInt32 + 100}} {
		out, err := photo.BlurFaces(data, []engine.Box{b}, 4000, 3000)
		must(t, err)
		// JPEG rings a little between sharp squares.
		inner := engine.Box{X: b.X + b.W/6, Y: b.Y + b.H/6, W: b.W * 2 / 3, H: b.H * 2 / 3}
		if n := spread(readJPEG(t, out), inner, 4000, 3000); n > 24 {
			t.Errorf("colours within %v still differ by %d", b, n)
		}
	}
	for name, b := range map[string]engine.Box{"beside": {X: 5000, Y: 100, W: 300, H: 300}, "far away": {X: math.MaxInt64 / 2, Y: math.MinInt64 / 2, W: math.MaxInt64 / 2, H: 9}} {
		if _, err := photo.BlurFaces(data, []engine.Box{b}, 4000, 3000); err != nil {
			t.Errorf("a box %s: %v", name, err)
		}
	}
}

func TestBlurFacesRefusesWhatItCannotDo(t *testing.T) {
	thumb := asJPEG(t, scene(), 90)
	box := []engine.Box{{W: 10, H: 10}}
	for name, call := range map[string]func() ([]byte, error){
		"text":    func() ([]byte, error) { return photo.BlurFaces([]byte("no"), box, 100, 100) },
		"cut off": func() ([]byte, error) { return photo.BlurFaces(thumb[:len(thumb)/2], box, 100, 100) },
		"huge":    func() ([]byte, error) { return photo.BlurFaces(jpegBomb(t, 0xC0, 65500, 65500), box, 100, 100) },
		"no size": func() ([]byte, error) { return photo.BlurFaces(thumb, box, 0, 100) },
		"no area": func() ([]byte, error) { return photo.BlurFaces(thumb, []engine.Box{{X: 5, Y: 5, W: 10}}, 100, 100) },
	} {
		if data, err := call(); engine.CodeOf(err) != engine.CodeInvalid || engine.MessageOf(err) == "" || data != nil {
			t.Errorf("%s: %d bytes, error %v", name, len(data), err)
		}
	}
}

// Whatever a crop really shows of another face's box must be known beforehand.
func TestNeighboursInACropAreKnown(t *testing.T) {
	face := engine.Box{X: 450, Y: 450, W: 100, H: 100}
	red := image.NewUniform(color.RGBA{255, 0, 0, 255})
	shown, unknown := 0, 0
	for _, size := range []int{30, 100, 220} {
		for angle := 0.0; angle < 180; angle += 36 { // the other half is the same
			for away := 80.0; away < 380; away += 50 {
				sin, cos := math.Sincos(angle * math.Pi / 180)
				other := engine.Box{X: 500 + int(away*cos) - size/2, Y: 500 + int(away*sin) - size/2, W: size, H: size}
				img := image.NewRGBA(image.Rect(0, 0, 1000, 1000))
				draw.Draw(img, image.Rect(other.X, other.Y, other.X+size, other.Y+size), red, image.Point{}, draw.Src)
				visible := false
				for _, roll := range []float64{0, 45} {
					data, err := newReader().Crop(&engine.Picture{Image: img, Width: 1000, Height: 1000}, engine.Detection{Box: face, Roll: roll})
					must(t, err)
					cr := readJPEG(t, data).(*image.YCbCr).Cr
					visible = visible || slices.Max(cr) > 200
				}
				if visible {
					shown++
				}
				if visible && !photo.CropShows(face, other) {
					unknown++
				}
			}
		}
	}
	if shown == 0 || unknown > 0 {
		t.Errorf("%d of %d neighbours that a crop shows are not known", unknown, shown)
	}
	if photo.CropShows(face, engine.Box{X: 800, Y: 450, W: 100, H: 100}) {
		t.Error("a face well apart counts as shown")
	}
}

func TestAPhotoWithoutSomeFacesKeepsThePicturesOfTheOthers(t *testing.T) {
	img, left, right := pair(0)
	near := engine.Box{X: left.X + 260, Y: left.Y, W: 240, H: 240} // its crop shows something of the left one
	p := engine.Photo{Width: 1200, Height: 800, Faces: []engine.Face{{ID: "p-0", Box: left}, {ID: "p-1", Box: near}, {ID: "p-2", Box: right}}}
	if !photo.CropShows(near, left) || photo.CropShows(right, left) {
		t.Fatal("the boxes don't make a test")
	}
	crop, err := newReader().Crop(&engine.Picture{Image: img, Width: 1200, Height: 800}, engine.Detection{Box: near})
	must(t, err)
	var asked []engine.FaceID
	before := thumbnail(t, img)
	after, crops, err := photo.Without(p, []engine.FaceID{"p-0"}, before, func(id engine.FaceID) ([]byte, error) {
		asked = append(asked, id)
		return crop, nil
	})
	must(t, err)
	want, err := photo.BlurFaces(before, []engine.Box{left}, 1200, 800)
	must(t, err)
	blurred, err := photo.BlurOthers(crop)
	must(t, err)
	if !bytes.Equal(after, want) || len(crops) != 1 || !bytes.Equal(crops["p-1"], blurred) || !slices.Equal(asked, []engine.FaceID{"p-1"}) {
		t.Errorf("made anew: the crops of %v", asked)
	}
	lost := errors.New("lost")
	_, _, err = photo.Without(p, []engine.FaceID{"p-0"}, before, func(engine.FaceID) ([]byte, error) { return nil, lost })
	if !errors.Is(err, lost) {
		t.Errorf("a crop that can't be read gives %v", err)
	}
}
