package veil_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"testing"

	"gabarit/engine"
	"gabarit/engine/photo/veil"
)

// chequered draws a picture whose neighbouring blocks of 4 pixels differ: what is sharp has contrast, what is blurred has none.
func chequered(t *testing.T, w, h int) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetGray(x, y, color.Gray{Y: uint8(255 * ((x/4 + y/4) % 2))})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// contrast is the range of grey in 12 x 12 pixels.
func contrast(t *testing.T, data []byte, cx, cy int) int {
	t.Helper()
	img, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	low, high := 255, 0
	for y := cy - 6; y < cy+6; y++ {
		for x := cx - 6; x < cx+6; x++ {
			g := int(color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y)
			low, high = min(low, g), max(high, g)
		}
	}
	return high - low
}

func TestOnlyThePersonsHeadStaysSharp(t *testing.T) {
	thumb := chequered(t, 320, 240) // of a photo of twice the size
	me, other := engine.Box{X: 80, Y: 160, W: 120, H: 120}, engine.Box{X: 230, Y: 160, W: 120, H: 120}
	for _, tt := range []struct {
		name           string
		keep, hide     []engine.Box
		mine, theirs   bool // sharp
		background     bool
		mineX, theirsX int
	}{
		{"one person", []engine.Box{me}, nil, true, false, false, 70, 145},
		{"a neighbour whom the detector found", []engine.Box{me}, []engine.Box{other}, true, false, false, 65, 145},
		{"nobody is kept", nil, []engine.Box{other}, false, false, false, 70, 145},
		{"both are the person", []engine.Box{me, other}, nil, true, true, false, 70, 145},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out, err := veil.Others(thumb, tt.keep, tt.hide, 640, 480)
			if err != nil {
				t.Fatal(err)
			}
			for _, at := range []struct {
				what  string
				x, y  int
				sharp bool
			}{{"the person", tt.mineX, 110, tt.mine}, {"the neighbour", tt.theirsX, 110, tt.theirs}, {"the background", 280, 200, tt.background}} {
				if c := contrast(t, out, at.x, at.y); c > 128 != at.sharp {
					t.Errorf("%s has a contrast of %d, sharp should be %v", at.what, c, at.sharp)
				}
			}
		})
	}
}

func TestWhatIsNoThumbnailIsRefused(t *testing.T) {
	for name, data := range map[string][]byte{"nothing": nil, "no picture": []byte("x"), "too large": chequered(t, 4096, 8)} {
		if _, err := veil.Others(data, nil, nil, 10, 10); engine.CodeOf(err) != engine.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := veil.Others(chequered(t, 8, 8), nil, nil, 0, 10); engine.CodeOf(err) != engine.CodeInvalid {
		t.Errorf("a photo without width: %v", err)
	}
}
