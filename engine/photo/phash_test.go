package photo_test

import (
	"image"
	"image/color"
	"math"
	"math/bits"
	"math/rand/v2"
	"testing"

	"golang.org/x/image/draw"

	"gabarit/engine/pipeline"
)

// landscape draws smooth patches from a seed: as different from the next seed's as two photos are.
func landscape(seed uint64, w, h int) *image.RGBA {
	r := rand.New(rand.NewPCG(seed, 7))
	type wave struct{ x, y, phase, weight float64 }
	waves := make([]wave, 12)
	for i := range waves {
		waves[i] = wave{r.Float64()*50 - 25, r.Float64()*50 - 25, r.Float64() * 7, r.Float64()}
	}
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			var v float64
			for _, p := range waves {
				v += p.weight * math.Sin(p.x*float64(x)/float64(w)+p.y*float64(y)/float64(h)+p.phase)
			}
			c := uint8(max(0, min(200, 100+20*v)))
			img.SetRGBA(x, y, color.RGBA{c, c / 2, 200 - c, 255})
		}
	}
	return img
}

// hashDistance counts the bits in which two hashes differ, 0 to 64: up to about 10 for copies of one picture, about 32 for
// different ones.
func hashDistance(a, b uint64) int { return bits.OnesCount64(a ^ b) }

func hashOf(t *testing.T, data []byte) uint64 { return pipeline.PerceptualHash(decode(t, data).Image) }

func TestCopiesOfAPictureHaveNearHashes(t *testing.T) {
	original := landscape(1, 640, 480)
	want := hashOf(t, asPNG(t, original))
	small := image.NewRGBA(image.Rect(0, 0, 200, 150))
	draw.BiLinear.Scale(small, small.Rect, original, original.Rect, draw.Src, nil)
	lighter := image.NewRGBA(original.Rect)
	for i, v := range original.Pix {
		lighter.Pix[i] = uint8(min(255, int(v)+30))
	}
	for name, data := range map[string][]byte{
		"itself as JPEG":      asJPEG(t, original, 90),
		"poorly compressed":   asJPEG(t, original, 20),
		"a third of the size": asPNG(t, small),
		"lighter":             asPNG(t, lighter),
		"in grey":             asPNG(t, grey(original)),
		"as GIF":              asGIF(t, original),
	} {
		if d := hashDistance(hashOf(t, data), want); d > 8 {
			t.Errorf("%s: %d bits differ", name, d)
		}
	}
}

func TestDifferentPicturesHaveFarHashes(t *testing.T) {
	hashes := make([]uint64, 30)
	for i := range hashes {
		hashes[i] = hashOf(t, asJPEG(t, landscape(uint64(i+10), 320, 240), 90))
	}
	for i, a := range hashes {
		for _, b := range hashes[:i] {
			if d := hashDistance(a, b); d < 12 {
				t.Errorf("picture %d differs from another in %d bits only", i, d)
			}
		}
	}
}

func TestAnEvenPictureHasTheHashZero(t *testing.T) {
	for _, c := range []color.Color{color.Black, color.White, color.Gray{99}} {
		img := image.NewRGBA(image.Rect(0, 0, 50, 70))
		draw.Draw(img, img.Rect, image.NewUniform(c), image.Point{}, draw.Src)
		if h := hashOf(t, asPNG(t, img)); h != 0 {
			t.Errorf("%v: %x", c, h)
		}
	}
}

// Vaults keep the hashes of what was erased: a picture must always have the hash that earlier versions gave it.
func TestAPictureKeepsItsHash(t *testing.T) {
	for seed, want := range map[uint64]uint64{1: 0x93c87225b737c741, 2: 0x70da8f818dd34e6c, 3: 0xbd176d58c07923c9} {
		img := landscape(seed, 333, 251)
		if got := hashOf(t, asPNG(t, img)); got != want {
			t.Errorf("drawing %d: %#x, want %#x", seed, got, want)
		}
		if d := hashDistance(hashOf(t, asJPEG(t, img, 90)), want); d > 2 {
			t.Errorf("drawing %d as JPEG: %d bits off", seed, d)
		}
	}
}
