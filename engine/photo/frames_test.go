package photo_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/gif"
	"testing"
)

// webpAnimation makes an animation of still WebP files, each a frame at 2, 4 on a canvas of w x h.
func webpAnimation(t testing.TB, w, h int, stills ...[]byte) []byte {
	t.Helper()
	little := binary.LittleEndian
	uint24 := func(n int) []byte { return little.AppendUint32(nil, uint32(n))[:3] }
	chunk := func(kind string, body ...[]byte) []byte {
		all := bytes.Join(body, nil)
		return append(little.AppendUint32([]byte(kind), uint32(len(all))), append(all, make([]byte, len(all)&1)...)...)
	}
	out := chunk("VP8X", []byte{2, 0, 0, 0}, uint24(w-1), uint24(h-1))
	out = append(out, chunk("ANIM", make([]byte, 6))...)
	for _, s := range stills {
		body := s[12:]
		if string(body[:4]) == "VP8X" {
			body = body[18:]
		}
		out = append(out, chunk("ANMF", uint24(1), uint24(2), uint24(sceneW-1), uint24(sceneH-1), make([]byte, 4), body)...)
	}
	return append(little.AppendUint32([]byte("RIFF"), uint32(len(out)+4)), append([]byte("WEBP"), out...)...)
}

// pages makes a TIFF file of one page say that it has n, all the same.
func pages(data []byte, n int) []byte {
	little := binary.LittleEndian
	first := little.Uint32(data[4:])
	size := 2 + 12*int(little.Uint16(data[first:]))
	directory := bytes.Clone(data[first:][:size])
	last := int(first) + size
	out := bytes.Clone(data)
	for range n - 1 {
		little.PutUint32(out[last:], uint32(len(out)))
		out = append(out, directory...)
		last = len(out)
		out = append(out, 0, 0, 0, 0)
	}
	return out
}

// manyCoded gives a HEIC picture whose data holds the same picture a thousand times.
func manyCoded(t testing.TB) []byte {
	data := testdata(t, "tiles.heic")
	at := bytes.Index(data, []byte("mdat")) + 4
	unit := []byte{0, 0, 0, 3, 0x26, 1, 0x80}
	out := append(data[:at:at], bytes.Repeat(unit, 1000)...)
	binary.BigEndian.PutUint32(out[at-8:], uint32(len(out)-at+8))
	iloc := bytes.Index(out, []byte("iloc")) + 12
	binary.BigEndian.PutUint32(out[iloc+12:], uint32(1000*len(unit)))
	return out
}

func TestAFileOfSeveralPicturesSaysHowManyItHolds(t *testing.T) {
	pal := color.Palette{color.Black, color.White}
	frame := image.NewPaletted(image.Rect(0, 0, sceneW, sceneH), pal)
	var animated bytes.Buffer
	must(t, gif.EncodeAll(&animated, &gif.GIF{Image: []*image.Paletted{frame, frame, frame, frame}, Delay: make([]int, 4)}))
	preview := pages(asTIFF(t, scene(), nil), 2)
	dir := binary.LittleEndian.Uint32(preview[4:])
	next := binary.LittleEndian.Uint32(preview[dir+2+12*uint32(binary.LittleEndian.Uint16(preview[dir:])):])
	binary.LittleEndian.PutUint16(preview[next+2:], 0xFE) // NewSubfileType: a reduced version
	binary.LittleEndian.PutUint16(preview[next+4:], 4)
	binary.LittleEndian.PutUint32(preview[next+6:], 1)
	binary.LittleEndian.PutUint32(preview[next+10:], 1)
	loop := pages(asTIFF(t, scene(), nil), 2)
	binary.LittleEndian.PutUint32(loop[len(loop)-4:], binary.LittleEndian.Uint32(loop[4:]))

	tests := []struct {
		name   string
		data   []byte
		frames int
	}{
		{"a photo", asJPEG(t, scene(), 90), 1},
		{"a still PNG", asPNG(t, scene()), 1},
		{"an animated PNG", withChunk(asPNG(t, scene()), "acTL", []byte{0, 0, 0, 7, 0, 0, 0, 0}), 7},
		{"a still GIF", asGIF(t, scene()), 1},
		{"an animated GIF", animated.Bytes(), 4},
		{"a still WebP", testdata(t, "alpha.webp"), 1},
		{"an animated WebP", webpAnimation(t, 100, 70, testdata(t, "lossless.webp"), testdata(t, "lossy.webp"), testdata(t, "lossy.webp")), 3},
		{"a TIFF of one page", asTIFF(t, scene(), nil), 1},
		{"a TIFF of five pages", pages(asTIFF(t, scene(), nil), 5), 5},
		{"a TIFF with a preview", preview, 1},
		{"a TIFF whose pages go round in a circle", loop, 3},
		{"a HEIC picture", testdata(t, "plain.heic"), 1},
		{"a HEIC picture in tiles", testdata(t, "tiles.heic"), 1},
		{"a HEIC file of two pictures", testdata(t, "several.heic"), 2},
		{"an AVIF picture with transparency", testdata(t, "alpha.avif"), 1},
		{"an AVIF sequence", testdata(t, "sequence.avif"), 4},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if p := decode(t, tt.data); p.Frames != tt.frames {
				t.Errorf("%d frames, want %d", p.Frames, tt.frames)
			}
		})
	}
}

func TestTheFirstFrameOfAnAnimatedWebPLiesAtItsPlace(t *testing.T) {
	for _, name := range []string{"lossless.webp", "lossy.webp", "alpha.webp"} {
		alone := decode(t, testdata(t, name))
		p := decode(t, webpAnimation(t, 120, 80, testdata(t, name), testdata(t, "lossless.webp")))
		if p.Width != 120 || p.Height != 80 {
			t.Fatalf("%s: size %d x %d", name, p.Width, p.Height)
		}
		for _, at := range [...]image.Point{{8, 8}, {88, 8}, {8, 56}, {88, 56}, {48, 32}} {
			got := color.RGBAModel.Convert(p.Image.At(at.X+2, at.Y+4)).(color.RGBA)
			if want := color.RGBAModel.Convert(alone.Image.At(at.X, at.Y)).(color.RGBA); !near(got, want, 3) {
				t.Errorf("%s: at %v %v, want %v", name, at, got, want)
			}
		}
		for _, at := range [...]image.Point{{1, 1}, {60, 2}, {119, 79}} {
			if got := color.RGBAModel.Convert(p.Image.At(at.X, at.Y)).(color.RGBA); !near(got, color.RGBA{255, 255, 255, 255}, 0) {
				t.Errorf("%s: outside the frame it is %v, not white", name, got)
			}
		}
	}
}

func TestAnAVIFPictureStandsAsItsContainerSays(t *testing.T) {
	upright := decode(t, testdata(t, "picture.avif"))
	for _, tt := range []struct {
		name  string
		kind  string
		value byte
		from  func(x, y int) (int, int) // where the pixel x, y of the turned picture comes from
	}{
		{"half a turn", "irot", 2, func(x, y int) (int, int) { return sceneW - 1 - x, sceneH - 1 - y }},
		{"a quarter turn to the left", "irot", 1, func(x, y int) (int, int) { return sceneW - 1 - y, x }},
		{"a quarter turn to the right", "irot", 3, func(x, y int) (int, int) { return y, sceneH - 1 - x }},
		{"top and bottom exchanged", "imir", 0, func(x, y int) (int, int) { return x, sceneH - 1 - y }},
		{"left and right exchanged", "imir", 1, func(x, y int) (int, int) { return sceneW - 1 - x, y }},
	} {
		data := testdata(t, "picture.avif")
		i := bytes.Index(data, []byte("pixi")) // a property that nothing here looks at
		copy(data[i:], tt.kind)
		data[i+4] = tt.value
		p := decode(t, data)
		w, h := sceneW, sceneH
		if tt.kind == "irot" && tt.value != 2 {
			w, h = h, w
		}
		if p.Width != w || p.Height != h {
			t.Errorf("%s: size %d x %d", tt.name, p.Width, p.Height)
			continue
		}
		for y := 4; y < h; y += 8 {
			for x := 4; x < w; x += 8 {
				fx, fy := tt.from(x, y)
				if got, want := color.RGBAModel.Convert(p.Image.At(x, y)).(color.RGBA), color.RGBAModel.Convert(upright.Image.At(fx, fy)).(color.RGBA); !near(got, want, 0) {
					t.Fatalf("%s: at %d,%d %v, want %v", tt.name, x, y, got, want)
				}
			}
		}
	}
}

// The decoder of AVIF reports damaged data as a success and gives what was in its memory.
func TestADamagedAVIFPictureIsNeverRead(t *testing.T) {
	for _, name := range []string{"picture.avif", "alpha.avif", "deep.avif"} {
		data := testdata(t, name)
		at := bytes.LastIndex(data, []byte("mdat")) + 4
		for i := at; i < len(data); i++ {
			data[i] ^= 0x55
		}
		if p, err := newReader().Decode(t.Context(), data); err == nil {
			t.Errorf("%s: a picture of %d x %d came out", name, p.Width, p.Height)
		}
	}
}
