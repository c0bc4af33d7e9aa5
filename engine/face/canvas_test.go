package face_test

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"testing"

	"gabarit/engine"
	"gabarit/engine/face"
)

func TestCanvasFollowsFromTheSmallestFaceWanted(t *testing.T) {
	fast, thorough := face.SmallestFace(engine.DetectorFast), face.SmallestFace(engine.DetectorThorough)
	for _, c := range []struct {
		name         string
		w, h         int
		want         engine.FaceSize
		wantW, wantH int
		smallest     float64
	}{
		{"a small picture stays", 250, 250, fast, 250, 250, 40},
		{"a megapixel stays", 1000, 1000, fast, 1000, 1000, 40},
		{"twelve megapixels are reduced", 4000, 3000, fast, 2369, 1776, 80},
		{"less so for the thorough detector", 4000, 3000, thorough, 4000, 3000, 69},
		{"only large faces", 1000, 1000, engine.FaceSize{Pixels: 200}, 400, 400, 80},
		{"a face that takes half of the picture", 4000, 3000, engine.FaceSize{Share: 0.5}, 185, 139, 80},
		{"no face can be smaller than half of what the detector sees", 1000, 1000, engine.FaceSize{Pixels: 3}, 1000, 1000, 40},
		{"nothing asked", 10_000, 10_000, engine.FaceSize{}, 4472, 4472, 40},
		{"one pixel", 1, 1, fast, 1, 1, 40},
		{"no side is too long", 1, 65_500, fast, 1, 32_000, 40},
		{"no side vanishes", 131_000, 1, fast, 32_000, 1, 40},
	} {
		w, h, smallest := face.CanvasSize(c.w, c.h, c.want)
		if w != c.wantW || h != c.wantH || math.Abs(smallest-c.smallest) > 0.5 {
			t.Errorf("%s: %d x %d for faces from %.1f, want %d x %d from %v", c.name, w, h, smallest, c.wantW, c.wantH, c.smallest)
		}
	}
}

// slow resamples one channel in floating point, straight from the definition.
func slow(g *image.Gray, w, h int, x, y int) float64 {
	weigh := func(n, m, i int) (map[int]float64, float64) {
		step := float64(n) / float64(m)
		all, sum := map[int]float64{}, 0.0
		for k := range n {
			d := math.Abs(float64(k) - (float64(i)+0.5)*step + 0.5)
			v := max(0, 1-d/step)
			if step <= 1 {
				switch {
				case d < 1:
					v = 1.25*d*d*d - 2.25*d*d + 1
				case d < 2:
					v = -0.75*d*d*d + 3.75*d*d - 6*d + 3
				default:
					v = 0
				}
			}
			if v != 0 {
				all[k] = v
				sum += v
			}
		}
		return all, sum
	}
	xs, xsum := weigh(g.Rect.Dx(), w, x)
	ys, ysum := weigh(g.Rect.Dy(), h, y)
	total := 0.0
	for ky, wy := range ys {
		for kx, wx := range xs {
			total += wx * wy / xsum / ysum * float64(g.GrayAt(kx, ky).Y)
		}
	}
	return min(255, max(0, total))
}

func TestScalingFollowsItsDefinition(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, c := range [][4]int{{40, 30, 80, 60}, {41, 29, 20, 17}, {30, 30, 30, 30}, {3, 50, 7, 20}, {1, 1, 2, 2}, {2, 9, 1, 1}, {100, 7, 9, 90}} {
		g := image.NewGray(image.Rect(0, 0, c[0], c[1]))
		for i := range g.Pix {
			g.Pix[i] = uint8(rng.Uint32())
		}
		out := face.Scale(g, c[2], c[3])
		for y := range c[3] {
			for x := range c[2] {
				if got, want := float64(out.GrayAt(x, y).Y), slow(g, c[2], c[3], x, y); math.Abs(got-want) > 1 {
					t.Fatalf("%v: sample %d,%d is %v, want %.1f", c, x, y, got, want)
				}
			}
		}
	}
}

// corners draws a picture with another colour in each quarter.
func corners(w, h int) *image.RGBA {
	return redrawn(w, h, func(x, y int) color.Color { return quarter(x < w/2, y < h/2) })
}

func quarter(left, top bool) color.RGBA {
	switch {
	case left && top:
		return color.RGBA{200, 40, 40, 255}
	case top:
		return color.RGBA{40, 200, 40, 255}
	case left:
		return color.RGBA{40, 40, 200, 255}
	}
	return color.RGBA{220, 220, 220, 255}
}

func TestEveryKindOfPictureKeepsItsColours(t *testing.T) {
	rgba := corners(64, 48)
	nrgba, cmyk, deep := image.NewNRGBA(rgba.Rect), image.NewCMYK(rgba.Rect), image.NewRGBA64(rgba.Rect)
	full, half := image.NewYCbCr(rgba.Rect, image.YCbCrSubsampleRatio444), image.NewYCbCr(image.Rect(0, 0, 70, 60), image.YCbCrSubsampleRatio420)
	for y := range 48 {
		for x := range 64 {
			c := rgba.RGBAAt(x, y)
			nrgba.Set(x, y, c)
			cmyk.Set(x, y, c)
			deep.Set(x, y, c)
			i := full.YOffset(x, y)
			full.Y[i], full.Cb[i], full.Cr[i] = color.RGBToYCbCr(c.R, c.G, c.B)
			half.Y[half.YOffset(x+2, y+4)] = full.Y[i]
			half.Cb[half.COffset(x+2, y+4)], half.Cr[half.COffset(x+2, y+4)] = full.Cb[i], full.Cr[i]
		}
	}
	for name, img := range map[string]image.Image{
		"RGBA": rgba, "NRGBA": nrgba, "CMYK": cmyk, "16 bits": deep, "4:4:4": full,
		"part of 4:2:0": half.SubImage(image.Rect(2, 4, 66, 52)),
	} {
		for quarters := range 4 {
			got, err := face.Worked(img, 97, 71, quarters)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			w, h := got.Bounds().Dx(), got.Bounds().Dy()
			for _, at := range []image.Point{{w / 4, h / 4}, {3 * w / 4, h / 4}, {w / 4, 3 * h / 4}, {3 * w / 4, 3 * h / 4}} {
				p := face.Unturned(97, 71, quarters, float64(at.X), float64(at.Y))
				want := quarter(p.X < 97/2, p.Y < 71/2)
				r, g, b, _ := got.At(at.X, at.Y).RGBA()
				if far(r, want.R) || far(g, want.G) || far(b, want.B) {
					t.Errorf("%s, %d quarters: %v at %v, want %v", name, quarters, got.At(at.X, at.Y), at, want)
				}
			}
		}
	}
}

func far(got uint32, want uint8) bool { return abs(int(got>>8)-int(want)) > 6 }

func TestWhatIsTransparentLiesOnWhite(t *testing.T) {
	img := image.NewNRGBA(image.Rect(0, 0, 16, 16))
	got, err := face.Worked(img, 32, 32, 0)
	if err != nil {
		t.Fatal(err)
	}
	if r, g, b, _ := got.At(16, 16).RGBA(); far(r, 255) || far(g, 255) || far(b, 255) {
		t.Errorf("transparent became %v", got.At(16, 16))
	}
}

func TestTilesCoverEverythingAndShareEnough(t *testing.T) {
	for _, c := range []struct{ length, side, overlap float64 }{{100, 1000, 10}, {1000, 1000, 10}, {1001, 1000, 100}, {5000, 1000, 240}, {12345, 700, 120}} {
		all := face.Starts(c.length, c.side, c.overlap)
		if all[0] != 0 || all[len(all)-1] < c.length-c.side-1 {
			t.Errorf("%v: tiles at %v leave something out", c, all)
		}
		for i := 1; i < len(all); i++ {
			if all[i]-all[i-1] > c.side-c.overlap+1 {
				t.Errorf("%v: tiles at %v share too little", c, all)
			}
		}
	}
}
