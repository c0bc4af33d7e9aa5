package photo_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"gabarit/engine"
	"gabarit/engine/photo"
)

// The scene of all synthetic pictures: grey, with a colour in each corner.
const (
	sceneW = 96
	sceneH = 64
)

func cornerColours() [4]color.RGBA {
	return [4]color.RGBA{{255, 0, 0, 255}, {0, 255, 0, 255}, {0, 0, 255, 255}, {255, 255, 255, 255}}
}

func scene() *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, sceneW, sceneH))
	c := cornerColours()
	for y := range sceneH {
		for x := range sceneW {
			v := color.RGBA{127, 127, 127, 255}
			left, right, top, bottom := x < 32, x >= 64, y < 24, y >= 40
			switch {
			case left && top:
				v = c[0]
			case right && top:
				v = c[1]
			case left && bottom:
				v = c[2]
			case right && bottom:
				v = c[3]
			}
			img.SetRGBA(x, y, v)
		}
	}
	return img
}

// checkScene fails unless the picture is the scene, upright, at some whole scale.
func checkScene(t *testing.T, p *engine.Picture) {
	t.Helper()
	checkCorners(t, p, func(c color.RGBA) color.RGBA { return c })
}

// checkGrey does the same for a picture without colour.
func checkGrey(t *testing.T, p *engine.Picture) {
	t.Helper()
	checkCorners(t, p, func(c color.RGBA) color.RGBA {
		y := color.GrayModel.Convert(c).(color.Gray).Y
		return color.RGBA{y, y, y, 255}
	})
}

func checkCorners(t *testing.T, p *engine.Picture, see func(color.RGBA) color.RGBA) {
	t.Helper()
	scale := max(1, p.Width/sceneW)
	if p.Width != scale*sceneW || p.Height != scale*sceneH {
		t.Fatalf("size %d x %d, want a multiple of %d x %d", p.Width, p.Height, sceneW, sceneH)
	}
	if r := p.Image.Bounds(); r != image.Rect(0, 0, p.Width, p.Height) {
		t.Fatalf("bounds %v", r)
	}
	at := [4]image.Point{{8, 8}, {88, 8}, {8, 56}, {88, 56}}
	for i, c := range cornerColours() {
		got := color.RGBAModel.Convert(p.Image.At(scale*at[i].X, scale*at[i].Y)).(color.RGBA)
		if want := see(c); !near(got, want, 40) {
			t.Errorf("corner %d is %v, want about %v", i, got, want)
		}
	}
}

func near(a, b color.RGBA, by int) bool {
	d := func(x, y uint8) bool { return max(int(x)-int(y), int(y)-int(x)) <= by }
	return d(a.R, b.R) && d(a.G, b.G) && d(a.B, b.B) && d(a.A, b.A)
}

func newReader() *photo.Reader { return photo.New(photo.DefaultLimits()) }

func decode(t *testing.T, data []byte) *engine.Picture {
	t.Helper()
	p, err := newReader().Decode(t.Context(), data)
	if err != nil {
		t.Fatalf("Decode: %v", err)
	}
	return p
}

// wantError fails unless err is an Error with this code and message.
func wantError(t *testing.T, err error, code engine.Code, msg string) {
	t.Helper()
	var e *engine.Error
	if !errors.As(err, &e) || e.Code != code || e.Msg != msg {
		t.Fatalf("error %v, want %s: %s", err, code, msg)
	}
}

func testdata(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// shared reads a real photo, or skips the test where there are none.
func shared(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "testdata", name))
	if errors.Is(err, os.ErrNotExist) {
		t.Skipf("skipped: needs the real photo ../shared/testdata/%s", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func asJPEG(t testing.TB, img image.Image, quality int) []byte {
	var b bytes.Buffer
	must(t, jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}))
	return b.Bytes()
}

func asPNG(t testing.TB, img image.Image) []byte {
	var b bytes.Buffer
	must(t, png.Encode(&b, img))
	return b.Bytes()
}

func asGIF(t testing.TB, img image.Image) []byte {
	var b bytes.Buffer
	must(t, gif.Encode(&b, img, nil))
	return b.Bytes()
}

func asTIFF(t testing.TB, img image.Image, o *tiff.Options) []byte {
	var b bytes.Buffer
	must(t, tiff.Encode(&b, img, o))
	return b.Bytes()
}

func asBMP(t testing.TB, img image.Image) []byte {
	var b bytes.Buffer
	must(t, bmp.Encode(&b, img))
	return b.Bytes()
}

// grey, wide and clear give other pixel formats of the scene.
func grey(img image.Image) *image.Gray {
	out := image.NewGray(img.Bounds())
	copyTo(out.Set, img)
	return out
}

func wide(img image.Image) *image.NRGBA64 {
	out := image.NewNRGBA64(img.Bounds())
	copyTo(out.Set, img)
	return out
}

func copyTo(set func(x, y int, c color.Color), img image.Image) {
	r := img.Bounds()
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			set(x, y, img.At(x, y))
		}
	}
}

// segment builds a JPEG segment.
func segment(marker byte, body []byte) []byte {
	out := []byte{0xFF, marker, byte((len(body) + 2) >> 8), byte(len(body) + 2)}
	return append(out, body...)
}

// withSegments puts segments behind the first marker of a JPEG.
func withSegments(data []byte, segments ...[]byte) []byte {
	out := append([]byte{}, data[:2]...)
	for _, s := range segments {
		out = append(out, s...)
	}
	return append(out, data[2:]...)
}

func exifSegment(blob []byte) []byte { return segment(0xE1, append([]byte("Exif\x00\x00"), blob...)) }

// withChunk puts a chunk behind the header of a PNG.
func withChunk(data []byte, kind string, body []byte) []byte {
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	chunk = append(append(chunk, kind...), body...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
	return bytes.Join([][]byte{data[:33], chunk, data[33:]}, nil)
}

// entry is one EXIF field; value is an int (SHORT), a string (ASCII), [3]float64 (three RATIONAL) or an ifd.
type entry struct {
	id    uint16
	value any
}

type ifd []entry

// exif builds an EXIF block, the TIFF structure with its header.
func exif(order binary.AppendByteOrder, root ifd) []byte {
	mark := "II"
	if order == binary.AppendByteOrder(binary.BigEndian) {
		mark = "MM"
	}
	out := order.AppendUint32(order.AppendUint16([]byte(mark), 42), 8)
	return appendIFD(order, out, root)
}

func appendIFD(order binary.AppendByteOrder, out []byte, dir ifd) []byte {
	var tail []byte
	end := len(out) + 2 + 12*len(dir) + 4
	out = order.AppendUint16(out, uint16(len(dir)))
	for _, e := range dir {
		out = order.AppendUint16(out, e.id)
		switch v := e.value.(type) {
		case int:
			out = order.AppendUint32(order.AppendUint16(out, 3), 1)
			out = order.AppendUint16(order.AppendUint16(out, uint16(v)), 0)
		case string:
			text := append([]byte(v), 0)
			out = order.AppendUint32(order.AppendUint16(out, 2), uint32(len(text)))
			if len(text) <= 4 {
				out = append(out, append(text, 0, 0, 0)[:4]...)
				continue
			}
			out = order.AppendUint32(out, uint32(end+len(tail)))
			tail = append(tail, text...)
		case [3]float64:
			out = order.AppendUint32(order.AppendUint16(out, 5), 3)
			out = order.AppendUint32(out, uint32(end+len(tail)))
			for _, f := range v {
				tail = order.AppendUint32(order.AppendUint32(tail, uint32(f*1e4)), 1e4)
			}
		case ifd:
			out = order.AppendUint32(order.AppendUint16(out, 4), 1)
			out = order.AppendUint32(out, uint32(end+len(tail)))
			sub := appendIFD(order, make([]byte, end+len(tail)), v)
			tail = append(tail, sub[end+len(tail):]...)
		}
	}
	out = order.AppendUint32(out, 0)
	return append(out, tail...)
}

func oriented(o int) []byte { return exif(binary.BigEndian, ifd{{0x0112, o}}) }
