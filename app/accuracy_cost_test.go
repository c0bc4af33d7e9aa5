//go:build linux

package app_test

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	xdraw "golang.org/x/image/draw"

	"gabarit/app"
	"gabarit/engine"
	"gabarit/engine/face"
	"gabarit/engine/photo"
)

// measureCost compares the same scene at 1 and at 12 megapixels. The large one is enlarged from a real photo: what is
// measured is the work on its pixels, not what a better camera would show.
func measureCost(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "build", "photos", "obama.jpg"))
	if err != nil {
		t.Skipf("skipped: no real photos here; `make setup` gets them: %v", err)
	}
	img, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	small, large := cost(t, img, 1e6), cost(t, img, 12e6)
	t.Logf("processor time a photo, file to faces: 1 megapixel %v, 12 megapixels %v, ratio %.2f", small.whole, large.whole, large.whole.Seconds()/small.whole.Seconds())
	t.Logf("of this the detector: %v, %v, ratio %.2f", small.detector, large.detector, large.detector.Seconds()/small.detector.Seconds())
	if large.detector > 2*small.detector {
		t.Errorf("12 megapixels cost the detector %v, 1 megapixel %v", large.detector, small.detector)
	}
}

type costs struct{ whole, detector time.Duration }

// cost gives the mean processor time for a photo of some pixels, the start of the worker taken out.
func cost(t *testing.T, img image.Image, pixels float64) costs {
	t.Helper()
	const times = 8
	data := enlarged(t, img, pixels)
	reader := photo.New(photo.DefaultLimits())
	run := func(decode, detect int) time.Duration {
		before := processorTime(t)
		pool, closePool := realDetector(t, 1)
		pic, err := reader.Decode(context.Background(), data)
		for i := 1; i < decode && err == nil; i++ {
			_, err = reader.Decode(context.Background(), data)
		}
		for range detect {
			if err == nil {
				_, err = pool.Detect(context.Background(), pic, engine.Look{})
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		closePool()
		return processorTime(t) - before
	}
	base, decoded, detected := run(1, 1), run(1+times, 1), run(1, 1+times)
	c := costs{detector: ((detected - base) / times).Round(time.Millisecond)}
	c.whole = c.detector + ((decoded - base) / times).Round(time.Millisecond)
	return c
}

func enlarged(t *testing.T, img image.Image, pixels float64) []byte {
	t.Helper()
	f := math.Sqrt(pixels / float64(img.Bounds().Dx()) / float64(img.Bounds().Dy()))
	out := image.NewRGBA(image.Rect(0, 0, int(float64(img.Bounds().Dx())*f), int(float64(img.Bounds().Dy())*f)))
	xdraw.CatmullRom.Scale(out, out.Rect, img, img.Bounds(), xdraw.Src, nil)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, out, &jpeg.Options{Quality: 92}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// realDetector gives a pool on the installed models, and a function that closes it.
func realDetector(t *testing.T, workers int) (*face.Pool, func()) {
	t.Helper()
	_, models := app.DefaultPaths()
	p, err := face.NewPool(context.Background(), face.Config{Models: models, Workers: workers})
	if err != nil {
		t.Fatalf("the face detector: %v", err)
	}
	return p, func() {
		if err := p.Close(); err != nil {
			t.Errorf("close the face detector: %v", err)
		}
	}
}
