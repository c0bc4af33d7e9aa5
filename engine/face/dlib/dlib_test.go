package dlib_test

import (
	"bytes"
	"errors"
	"image"
	"image/draw"
	"image/jpeg"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	goface "github.com/Kagami/go-face"
	xdraw "golang.org/x/image/draw"

	"gabarit/engine/face/dlib"
)

// models gives the folder of the real models, or skips the test.
func models(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("GABARIT_MODELS")
	if dir == "" {
		data := os.Getenv("XDG_DATA_HOME")
		if data == "" {
			data = filepath.Join(os.Getenv("HOME"), ".local", "share")
		}
		dir = filepath.Join(data, "gabarit", "models")
	}
	for _, name := range dlib.Files() {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Skip("skipped: no face models here; `make setup` gets them")
		}
	}
	return dir
}

func open(t testing.TB) *dlib.Engine {
	t.Helper()
	e, err := dlib.Open(models(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}

// photo gives a real photo scaled to a width and without its colours, or skips the test: as a JPEG, and as grey and RGB pixels decoded from it. Without
// colours two decoders differ by a rounding only, and gradients of the strongest colour are those of the grey picture.
func photo(t testing.TB, name string, width int) (file, grey, rgb []byte, w, h int) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "..", "build", "photos", name))
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("skipped: no real photos here; `make setup` gets them")
	}
	if err != nil {
		t.Fatal(err)
	}
	img, err := jpeg.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	w, h = width, img.Bounds().Dy()*width/img.Bounds().Dx()
	small := image.NewRGBA(image.Rect(0, 0, w, h))
	xdraw.CatmullRom.Scale(small, small.Rect, img, img.Bounds(), draw.Src, nil)
	for i := 0; i < len(small.Pix); i += 4 {
		p := small.Pix[i : i+3]
		v := byte((int(p[0]) + 2*int(p[1]) + int(p[2])) / 4)
		p[0], p[1], p[2] = v, v, v
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, small, &jpeg.Options{Quality: 100}); err != nil {
		t.Fatal(err)
	}
	again, err := jpeg.Decode(bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	y := again.(*image.YCbCr)
	for row := range h {
		grey = append(grey, y.Y[row*y.YStride:][:w]...)
		for x := range w {
			c := y.YCbCrAt(x, row)
			r, g, b, _ := c.RGBA()
			rgb = append(rgb, byte(r>>8), byte(g>>8), byte(b>>8))
		}
	}
	return out.Bytes(), grey, rgb, w, h
}

// reference gives go-face, which runs dlib's own code.
func reference(t *testing.T) *goface.Recognizer {
	t.Helper()
	r, err := goface.NewRecognizerWithConfig(models(t), 150, 0.25, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// off is how far a window lies from a rectangle of dlib's, whose right and bottom are inclusive: the largest difference of an edge.
func off(w dlib.Window, r image.Rectangle) float64 {
	return max(math.Abs(w.Left-float64(r.Min.X)), math.Abs(w.Top-float64(r.Min.Y)), math.Abs(w.Right-float64(r.Max.X+1)), math.Abs(w.Bottom-float64(r.Max.Y+1)))
}

func TestGradientsFindTheFacesThatDlibFinds(t *testing.T) {
	e, ref := open(t), reference(t)
	for _, name := range []string{"obama.jpg", "obama2.jpg", "biden.jpg"} {
		file, grey, _, w, h := photo(t, name, 700)
		want, err := ref.Recognize(file)
		if err != nil || len(want) != 1 {
			t.Fatalf("%s: go-face finds %d faces, %v", name, len(want), err)
		}
		got, err := e.HOG(grey, w, h, 0)
		if err != nil || len(got) != 1 {
			t.Fatalf("%s: %d faces, %v", name, len(got), err)
		}
		d := off(got[0], want[0].Rectangle)
		t.Logf("%s: edges %.1f of %d pixels from dlib's", name, d, want[0].Rectangle.Dx())
		if d > float64(want[0].Rectangle.Dx())/4 { // the pyramids round otherwise: the best window may be the next one
			t.Errorf("%s: window %v, dlib %v", name, got[0], want[0].Rectangle)
		}
	}
}

func TestTheNetworkFindsTheFacesThatDlibFinds(t *testing.T) {
	e, ref := open(t), reference(t)
	file, _, rgb, w, h := photo(t, "obama2.jpg", 320)
	want, err := ref.RecognizeCNN(file)
	if err != nil || len(want) != 1 {
		t.Fatalf("go-face finds %d faces, %v", len(want), err)
	}
	got, err := e.Network(rgb, w, h, 100, 0)
	if err != nil || len(got) != 1 {
		t.Fatalf("%d faces, %v", len(got), err)
	}
	if d := off(got[0], want[0].Rectangle); d > float64(want[0].Rectangle.Dx())/5 {
		t.Errorf("window %v, dlib %v", got[0], want[0].Rectangle)
	}
	if none, err := e.Network(rgb, w, h, 100, 2); err != nil || len(none) != 0 {
		t.Errorf("%d faces above any score, %v", len(none), err)
	}
}

// TestTemplatesAreDlibs describes the very windows that dlib found. Where another decoder's rounding leaves the landmarks, which are whole pixels,
// where dlib has them, the template is dlib's.
func TestTemplatesAreDlibs(t *testing.T) {
	e, ref := open(t), reference(t)
	same := 0
	for _, name := range []string{"obama.jpg", "obama2.jpg", "biden.jpg"} {
		file, _, rgb, w, h := photo(t, name, 900)
		want, err := ref.Recognize(file)
		if err != nil || len(want) != 1 {
			t.Fatalf("%s: go-face finds %d faces, %v", name, len(want), err)
		}
		r := want[0].Rectangle
		box := dlib.Window{Left: float64(r.Min.X), Top: float64(r.Min.Y), Right: float64(r.Max.X + 1), Bottom: float64(r.Max.Y + 1)}
		got, err := e.Describe(rgb, w, h, []dlib.Window{box}, 1)
		if err != nil {
			t.Fatal(err)
		}
		var sum float64
		for i, v := range got[0].Template {
			d := float64(v - want[0].Descriptor[i])
			sum += d * d
		}
		d := math.Sqrt(sum)
		t.Logf("%s: a face of %d pixels, templates %.4f apart", name, r.Dx(), d)
		least, moved := 0.01, 0.0
		for i, p := range want[0].Shapes {
			q := got[0].Landmarks[i]
			moved = max(moved, math.Abs(q.X-0.5-float64(p.X)), math.Abs(q.Y-0.5-float64(p.Y)))
		}
		if moved > 0 {
			least = 0.1
		} else {
			same++
		}
		if moved > 1 || d > least {
			t.Errorf("%s: templates are %.3f apart, landmarks %v pixels", name, d, moved)
		}
	}
	if same == 0 {
		t.Error("no photo has dlib's landmarks")
	}
}

func TestCropsAreTheSameEachTimeAndTheirMeanIsNear(t *testing.T) {
	e := open(t)
	_, grey, rgb, w, h := photo(t, "obama2.jpg", 500)
	found, err := e.HOG(grey, w, h, 0)
	if err != nil || len(found) != 1 {
		t.Fatalf("%d faces, %v", len(found), err)
	}
	describe := func(crops int) dlib.Face {
		f, err := e.Describe(rgb, w, h, found, crops)
		if err != nil {
			t.Fatal(err)
		}
		return f[0]
	}
	if describe(5) != describe(5) {
		t.Error("the same crops give another template")
	}
	if describe(1).Template == describe(dlib.MaxCrops()).Template {
		t.Error("more crops change nothing")
	}
	for _, bad := range []int{0, -1, dlib.MaxCrops() + 1} {
		if _, err := e.Describe(rgb, w, h, found, bad); err == nil {
			t.Errorf("%d crops pass", bad)
		}
	}
}

func TestPicturesOfAnotherSizeThanTheirPixelsAreRefused(t *testing.T) {
	e := open(t)
	for _, c := range []struct{ n, w, h int }{{0, 0, 0}, {10, 2, 4}, {10, -2, -5}, {10, 1 << 40, 1}, {9, 10, 1}} {
		b := make([]byte, c.n)
		if _, err := e.HOG(b, c.w, c.h, 0); err == nil {
			t.Errorf("HOG takes %v", c)
		}
		if _, err := e.Network(b, c.w, c.h, 1, 0); err == nil {
			t.Errorf("Network takes %v", c)
		}
		if _, err := e.Describe(b, c.w, c.h, []dlib.Window{{Right: 5, Bottom: 5}}, 1); err == nil {
			t.Errorf("Describe takes %v", c)
		}
		if _, err := dlib.Scale(b, c.w, c.h, nil, 5, 5, 1); err == nil {
			t.Errorf("Scale takes %v", c)
		}
	}
}

func TestTinyPicturesAndStrangeWindowsAreNoHarm(t *testing.T) {
	e := open(t)
	for _, s := range [][2]int{{1, 1}, {1, 500}, {500, 1}, {7, 9}, {16, 16}, {61, 61}, {80, 80}, {81, 600}} {
		n := s[0] * s[1]
		grey, rgb := bytes.Repeat([]byte{90}, n), bytes.Repeat([]byte{90}, 3*n)
		if got, err := e.HOG(grey, s[0], s[1], 0); err != nil || len(got) != 0 {
			t.Errorf("%v: HOG gives %d faces, %v", s, len(got), err)
		}
		if got, err := e.Network(rgb, s[0], s[1], 100, 0); err != nil || len(got) != 0 {
			t.Errorf("%v: Network gives %d faces, %v", s, len(got), err)
		}
		for _, w := range []dlib.Window{{0, 0, 1, 1, 0}, {-500, -500, 900, 900, 0}, {300, 300, 400, 400, 0}, {-9000, 5, -8000, 900, 0}} {
			got, err := e.Describe(rgb, s[0], s[1], []dlib.Window{w}, 1)
			if err != nil {
				continue // refused is well
			}
			if slices.ContainsFunc(got[0].Template[:], func(v float32) bool { return math.IsNaN(float64(v)) }) {
				t.Errorf("%v %v: a template that is not a number", s, w)
			}
		}
	}
}

func TestScaleKeepsCornersAndPlainPictures(t *testing.T) {
	src := []byte{0, 50, 100, 150, 200, 250}
	got, err := dlib.Scale(src, 3, 2, nil, 5, 3, 1)
	if err != nil {
		t.Fatal(err)
	}
	want := []byte{0, 25, 50, 75, 100, 75, 100, 125, 150, 175, 150, 175, 200, 225, 250}
	if !bytes.Equal(got, want) {
		t.Errorf("scaled to %v, want %v", got, want)
	}
	plain, err := dlib.Scale(bytes.Repeat([]byte{7, 80, 200}, 12), 4, 3, got, 9, 2, 3)
	if err != nil || !bytes.Equal(plain, bytes.Repeat([]byte{7, 80, 200}, 18)) {
		t.Errorf("a plain picture became %v, %v", plain, err)
	}
}

func TestRGBIsTheStandardLibrarys(t *testing.T) {
	img := image.NewYCbCr(image.Rect(0, 0, 16, 16), image.YCbCrSubsampleRatio420)
	for i := range img.Y {
		img.Y[i] = byte(i)
	}
	for i := range img.Cb {
		img.Cb[i], img.Cr[i] = byte(i*4), byte(255-i*3)
	}
	got, err := dlib.RGB(img.Y, img.Cb, img.Cr, 16, 16, 8, 8, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 256 {
		r, g, b, _ := img.YCbCrAt(i%16, i/16).RGBA()
		for k, want := range []uint32{r >> 8, g >> 8, b >> 8} {
			if d := int(got[3*i+k]) - int(want); d < -1 || d > 1 {
				t.Fatalf("pixel %d is %v, want %d %d %d", i, got[3*i:3*i+3], r>>8, g>>8, b>>8)
			}
		}
	}
	if _, err := dlib.RGB(img.Y, img.Cb, img.Cr[1:], 16, 16, 8, 8, nil); err == nil {
		t.Error("chroma of another size passes")
	}
}
