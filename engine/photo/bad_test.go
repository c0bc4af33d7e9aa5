package photo_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"

	"gabarit/engine"
	"gabarit/engine/photo"
)

// Messages that several tests expect.
const (
	msgDamaged = "the picture is cut off or damaged"
	msgFeature = "the picture uses a feature of its format that can't be read"
	msgPixels  = "the picture has too many pixels"
	msgSmall   = "the picture is too small to show a face"
	msgMemory  = "reading the picture would take too much memory"
	msgUnknown = "not a picture format this program reads"
)

// jpegBomb is a JPEG of a few bytes that claims a size.
func jpegBomb(t testing.TB, frame byte, w, h uint16) []byte {
	data := asJPEG(t, scene(), 90)
	i := bytes.Index(data, []byte{0xFF, 0xC0})
	data[i+1] = frame
	binary.BigEndian.PutUint16(data[i+5:], h)
	binary.BigEndian.PutUint16(data[i+7:], w)
	return data
}

func pngBomb(t testing.TB, w, h uint32, depth byte) []byte {
	data := asPNG(t, scene())
	binary.BigEndian.PutUint32(data[16:], w)
	binary.BigEndian.PutUint32(data[20:], h)
	data[24] = depth
	return data
}

// heicBomb is a HEIC file of a few bytes that claims a size.
func heicBomb(t testing.TB, w, h uint32) []byte { return sized(testdata(t, "plain.heic"), w, h) }

// sized makes a HEIC or AVIF picture claim a size.
func sized(data []byte, w, h uint32) []byte {
	i := bytes.Index(data, []byte("ispe"))
	binary.BigEndian.PutUint32(data[i+8:], w)
	binary.BigEndian.PutUint32(data[i+12:], h)
	return data
}

func TestBadInputsHaveTheirOwnErrors(t *testing.T) {
	random := make([]byte, 5000)
	for i, r := 0, rand.New(rand.NewPCG(1, 2)); i < len(random); i++ {
		random[i] = byte(r.IntN(256))
	}
	manyScans := asJPEG(t, scene(), 90)
	manyScans = append(manyScans[:len(manyScans)-2], bytes.Repeat(segment(0xDA, make([]byte, 8)), 200)...)
	noFrame := segment(0xE0, []byte("JFIF\x00"))
	raw := asTIFF(t, scene(), nil)
	dir := binary.LittleEndian.Uint32(raw[4:])
	binary.LittleEndian.PutUint16(raw[dir+2:], 0xC612)

	tests := []struct {
		name string
		data []byte
		code engine.Code
		msg  string
	}{
		{"an empty file", nil, engine.CodeCorrupt, "the file is empty"},
		{"text", []byte("Dear Sir or Madam,\nplease find attached\n"), engine.CodeUnsupported, "the file is text, not a photo"},
		{"a web page", []byte("<!DOCTYPE html><html><body>no</body></html>"), engine.CodeUnsupported, "the file is text, not a photo"},
		{"a video", []byte("\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41"), engine.CodeUnsupported, "the file is a video, not a photo"},
		{"a document", []byte("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), engine.CodeUnsupported, "PDF documents can't be read"},
		{"random bytes", random, engine.CodeUnsupported, msgUnknown},
		{"a HEIC picture with a large one hidden in its data", testdata(t, "hidden.heic"), engine.CodeLimit, msgMemory},
		{"an AVIF picture with a large one hidden in its data", testdata(t, "hidden.avif"), engine.CodeLimit, msgMemory},
		{"a HEIC picture of a thousand pictures", manyCoded(t), engine.CodeUnsupported, msgFeature},
		{"an animated WebP picture without a frame", webpAnimation(t, 96, 64), engine.CodeCorrupt, msgDamaged},
		{"an animated WebP picture whose frame is larger than the whole", webpAnimation(t, 90, 64, testdata(t, "lossless.webp")), engine.CodeCorrupt, msgDamaged},
		{"a camera raw file", raw, engine.CodeUnsupported, "camera raw files can't be read"},
		{"a lossless JPEG", jpegBomb(t, 0xC3, 96, 64), engine.CodeUnsupported, msgFeature},
		{"a HEIC picture too narrow for its decoder", testdata(t, "narrow.heic"), engine.CodeUnsupported, msgFeature},
		{"one pixel", asPNG(t, image.NewRGBA(image.Rect(0, 0, 1, 1))), engine.CodeLimit, msgSmall},
		{"one pixel as GIF", asGIF(t, image.NewRGBA(image.Rect(0, 0, 1, 1))), engine.CodeLimit, msgSmall},
		{"a line", jpegBomb(t, 0xC0, 1, 65500), engine.CodeLimit, msgSmall},
		{"no pixels", jpegBomb(t, 0xC0, 0, 64), engine.CodeCorrupt, "the picture has no pixels"},
		{"a JPEG bomb", jpegBomb(t, 0xC0, 65500, 65500), engine.CodeLimit, msgPixels},
		{"a JPEG bomb behind a small frame", append(jpegBomb(t, 0xC0, 65500, 65500), jpegBomb(t, 0xC0, 96, 64)...), engine.CodeLimit, msgPixels},
		{"a PNG bomb", pngBomb(t, 65500, 65500, 8), engine.CodeLimit, msgPixels},
		{"a PNG bomb of two billion a side", pngBomb(t, 1<<31-1, 1<<31-1, 8), engine.CodeLimit, msgPixels},
		{"a PNG of negative size", pngBomb(t, 1<<31, 64, 8), engine.CodeCorrupt, msgDamaged},
		{"a ribbon", pngBomb(t, 1_000_000, 16, 8), engine.CodeLimit, "the picture's sides are too long"},
		{"a HEIC bomb", heicBomb(t, 65500, 65500), engine.CodeLimit, msgPixels},
		{"a progressive JPEG of 119 megapixels", jpegBomb(t, 0xC2, 10900, 10900), engine.CodeLimit, msgMemory},
		{"a 16-bit PNG of 119 megapixels", pngBomb(t, 10900, 10900, 16), engine.CodeLimit, msgMemory},
		{"a HEIC of 119 megapixels", heicBomb(t, 10900, 10900), engine.CodeLimit, msgMemory},
		{"an AVIF of 12 megapixels", sized(testdata(t, "picture.avif"), 4000, 3000), engine.CodeLimit, msgMemory},
		{"a JPEG with 200 scans", manyScans, engine.CodeCorrupt, msgDamaged},
		{"a JPEG without a frame", append([]byte{0xFF, 0xD8}, noFrame...), engine.CodeCorrupt, msgDamaged},
		{"a JPEG of three bytes", []byte{0xFF, 0xD8, 0xFF}, engine.CodeCorrupt, msgDamaged},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			p, err := newReader().Decode(t.Context(), tt.data)
			runtime.ReadMemStats(&after)
			if p != nil {
				t.Errorf("a picture of %d x %d came out", p.Width, p.Height)
			}
			wantError(t, err, tt.code, tt.msg)
			if got := after.TotalAlloc - before.TotalAlloc; got > 8<<20 {
				t.Errorf("refusing took %d bytes", got)
			}
		})
	}
}

func TestCutOffPicturesAreErrorsInEveryFormat(t *testing.T) {
	for name, data := range samples(t) {
		for _, share := range []int{40, 70, 95} {
			p, err := newReader().Decode(t.Context(), data[:len(data)*share/100])
			if p != nil || engine.CodeOf(err) != engine.CodeCorrupt {
				t.Errorf("%s at %d %%: %v", name, share, err)
			}
		}
	}
}

func TestLimitsCanBeSet(t *testing.T) {
	data := asJPEG(t, scene(), 90)
	tests := []struct {
		name   string
		limits photo.Limits
		msg    string
	}{
		{"bytes", photo.Limits{MaxBytes: int64(len(data)) - 1}, "the file is too large"},
		{"pixels", photo.Limits{MaxPixels: sceneW*sceneH - 1}, msgPixels},
		{"memory", photo.Limits{MaxDecodeBytes: 20_000}, msgMemory},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := photo.New(tt.limits).Decode(t.Context(), data)
			wantError(t, err, engine.CodeLimit, tt.msg)
			if !strings.ContainsAny(err.Error(), "0123456789") {
				t.Errorf("no number in %q", err)
			}
		})
	}
	r := photo.New(photo.Limits{MaxBytes: int64(len(data)), MaxPixels: sceneW * sceneH})
	if _, err := r.Decode(t.Context(), data); err != nil {
		t.Errorf("exactly at the limits: %v", err)
	}
	if r.MaxBytes() != int64(len(data)) || photo.New(photo.Limits{}).MaxBytes() != photo.DefaultLimits().MaxBytes {
		t.Error("MaxBytes is not the limit")
	}
}

func TestDecodesThatShareLittleMemoryAllFinish(t *testing.T) {
	data := asJPEG(t, scene(), 90)
	r := photo.New(photo.Limits{MaxDecodeBytes: 100_000}) // room for one at a time
	var group sync.WaitGroup
	errs := make([]error, 16)
	for i := range errs {
		group.Go(func() { _, errs[i] = r.Decode(t.Context(), data) })
	}
	group.Wait()
	for i, err := range errs {
		if err != nil {
			t.Errorf("decode %d: %v", i, err)
		}
	}
}

func TestHEICDecodesRunSideBySide(t *testing.T) {
	data := testdata(t, "plain.heic")
	r := newReader()
	var group sync.WaitGroup
	errs := make([]error, 4)
	for i := range errs {
		group.Go(func() { _, errs[i] = r.Decode(t.Context(), data) })
	}
	group.Wait()
	for i, err := range errs {
		if err != nil {
			t.Errorf("decode %d: %v", i, err)
		}
	}
}

func TestAStoppedDecodeSaysSo(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	for name, data := range samples(t) {
		_, err := newReader().Decode(ctx, data)
		if engine.CodeOf(err) != engine.CodeCanceled {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLargePicturesAreReducedButKeepTheirSize(t *testing.T) {
	const w, h = 6000, 4000
	colour := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
	for y := range h {
		for x := range w {
			colour.Y[y*colour.YStride+x] = uint8(60 + 100*(x*2/w))
		}
	}
	for i := range colour.Cb {
		colour.Cb[i], colour.Cr[i] = 128, 180
	}
	var b bytes.Buffer
	must(t, jpeg.Encode(&b, colour, nil))
	p := decode(t, withSegments(b.Bytes(), exifSegment(oriented(6))))
	if p.Width != h || p.Height != w {
		t.Errorf("size %d x %d", p.Width, p.Height)
	}
	if r := p.Image.Bounds(); r != image.Rect(0, 0, h/2, w/2) {
		t.Errorf("working size %v", r)
	}
	if _, ok := p.Image.(*image.YCbCr); !ok {
		t.Errorf("a %T", p.Image)
	}
	m := p.Image.(*image.YCbCr)
	if top, low := m.YCbCrAt(1000, 100), m.YCbCrAt(1000, 2900); top.Y > 65 || low.Y < 155 || top.Cr < 175 {
		t.Errorf("colours %v, %v", top, low)
	}
}
