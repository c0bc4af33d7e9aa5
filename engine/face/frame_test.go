package face_test

import (
	"bytes"
	"errors"
	"image"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gabarit/engine"
	"gabarit/engine/face"
)

func someFace(x float64) face.Found {
	f := face.Found{Left: x, Top: -5, Right: x + 80, Bottom: 75, Score: 0.25}
	for i := range f.Landmarks {
		f.Landmarks[i] = engine.Point{X: x + float64(i), Y: 2 * float64(i)}
	}
	for i := range f.Template {
		f.Template[i] = float32(float64(i)-x) / 999
	}
	return f
}

func TestAnswersAreReadAsTheyWereWritten(t *testing.T) {
	for name, faces := range map[string][]face.Found{
		"none": nil,
		"one":  {someFace(-20)},
		"many": {someFace(1), someFace(200), someFace(4000)},
	} {
		status, _, got, _, err := face.DecodeAnswer(face.EncodeFaces(faces...))
		if err != nil || status != face.StatusFaces {
			t.Errorf("%s: status %d, %v", name, status, err)
		}
		if diff := cmp.Diff(faces, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// hostile gives answers that must be refused.
func hostile() map[string][]byte {
	change := func(edit func(f *face.Found)) []byte {
		f := someFace(10)
		edit(&f)
		return face.EncodeFaces(f)
	}
	return map[string][]byte{
		"nothing":                  {},
		"unknown status":           {200},
		"no count":                 {face.StatusFaces, 1},
		"fewer faces than it says": face.EncodeFaces(someFace(1))[:500],
		"more bytes than faces":    append(face.EncodeFaces(someFace(1)), 0),
		"a count and nothing":      {face.StatusFaces, 0xff, 0xff},
		"too long a text":          append([]byte{face.StatusMemory}, bytes.Repeat([]byte{'x'}, 5000)...),
		"an empty box":             change(func(f *face.Found) { f.Right = f.Left }),
		"a box turned over":        change(func(f *face.Found) { f.Top, f.Bottom = f.Bottom, f.Top }),
		"a box far away":           change(func(f *face.Found) { f.Right = math.MaxInt32 }),
		"a landmark far away":      change(func(f *face.Found) { f.Landmarks[4].Y = math.Inf(-1) }),
		"a box without a number":   change(func(f *face.Found) { f.Left = math.NaN() }),
		"a score beyond":           change(func(f *face.Found) { f.Score = 1.5 }),
		"not a number":             change(func(f *face.Found) { f.Template[7] = float32(math.NaN()) }),
		"infinite":                 change(func(f *face.Found) { f.Template[0] = float32(math.Inf(-1)) }),
		"a huge number":            change(func(f *face.Found) { f.Template[127] = 1e30 }),
	}
}

func TestHostileAnswersAreRefused(t *testing.T) {
	for name, b := range hostile() {
		if _, _, faces, _, err := face.DecodeAnswer(b); err == nil {
			t.Errorf("%s: accepted as %d faces", name, len(faces))
		}
	}
}

func FuzzAnswer(f *testing.F) {
	for _, b := range hostile() {
		f.Add(b)
	}
	f.Add(face.EncodeFaces(someFace(0), someFace(9)))
	f.Add([]byte("\x01it did not work\x00\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		status, text, faces, again, err := face.DecodeAnswer(b)
		if err != nil {
			return
		}
		if status == face.StatusFaces && !bytes.Equal(again, b) {
			t.Errorf("an accepted answer is written in another way")
		}
		if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			t.Errorf("control characters in %q", text)
		}
		for _, one := range faces {
			if !(one.Right > one.Left && one.Bottom > one.Top) {
				t.Errorf("accepted an empty box")
			}
			for _, v := range one.Template {
				if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
					t.Errorf("accepted %v in a template", v)
				}
			}
		}
	})
}

func TestFramesKeepTheirLimit(t *testing.T) {
	var b bytes.Buffer
	for _, payload := range []string{"", "a", "twelve bytes"} {
		if err := face.WriteFrame(&b, []byte(payload)); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{"", "a"} {
		got, err := face.ReadFrame(&b, 11)
		if err != nil || string(got) != want {
			t.Errorf("read %q, %v; want %q", got, err, want)
		}
	}
	if _, err := face.ReadFrame(&b, 11); err == nil {
		t.Error("12 bytes pass a limit of 11")
	}
	if err := face.WriteFrame(io.Discard, make([]byte, 64<<20+1)); err == nil {
		t.Error("a request beyond the limit is written")
	}
}

func FuzzFrame(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{1, 0, 0, 0, 'x'})
	f.Add([]byte{5, 0, 0, 0, 'x'})
	f.Add([]byte{0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		const limit = 1000
		got, err := face.ReadFrame(bytes.NewReader(b), limit)
		switch {
		case err == nil && (len(got) > limit || !bytes.Equal(got, b[4:4+len(got)])):
			t.Errorf("read %d bytes that were not sent", len(got))
		case errors.Is(err, io.EOF) && len(b) > 0:
			t.Errorf("%d bytes were taken for an orderly end", len(b))
		}
	})
}

func FuzzHello(f *testing.F) {
	f.Add(face.EncodeHello(1<<30, "/some/folder"))
	f.Add([]byte("gabarit face worker 2\n123"))
	f.Fuzz(func(t *testing.T, b []byte) {
		memory, models, err := face.DecodeHello(b)
		if err == nil && !bytes.Equal(face.EncodeHello(memory, models), b) {
			t.Errorf("an accepted hello is written in another way")
		}
	})
}

func TestRequestsAreReadAsTheyWereWritten(t *testing.T) {
	colours := image.NewYCbCr(image.Rect(0, 0, 31, 18), image.YCbCrSubsampleRatio420)
	for i := range colours.Y {
		colours.Y[i] = uint8(i)
	}
	for name, img := range map[string]image.Image{"colours": colours, "grey": image.NewGray(image.Rect(0, 0, 5, 7)), "part": colours.SubImage(image.Rect(4, 2, 20, 11))} {
		want, err := face.Request(img, true, 3, [4]float64{1, 2, 3, 4})
		if err != nil {
			t.Fatal(err)
		}
		got, err := face.DecodeRequest(want)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %v, or written in another way", name, err)
		}
		for _, bad := range [][]byte{want[:len(want)-1], append(bytes.Clone(want), 0), want[:10], append([]byte{255}, want[1:]...)} {
			if _, err := face.DecodeRequest(bad); err == nil {
				t.Errorf("%s: %d bytes of another form pass", name, len(bad))
			}
		}
	}
}

func FuzzRequest(f *testing.F) {
	for _, boxes := range [][][4]float64{nil, {{1, 2, 3, 4}}} {
		b, err := face.Request(image.NewGray(image.Rect(0, 0, 4, 3)), false, 1, boxes...)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if again, err := face.DecodeRequest(b); err == nil && !bytes.Equal(again, b) {
			t.Errorf("an accepted request is written in another way")
		}
	})
}
