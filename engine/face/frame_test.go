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

	"gabarit/engine/face"
)

func someFace(x int) face.Found {
	f := face.Found{Box: image.Rect(x, -5, x+80, 75)}
	for i := range f.Landmarks {
		f.Landmarks[i] = image.Pt(x+i, 2*i)
	}
	for i := range f.Template {
		f.Template[i] = float32(i-x) / 999
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
		"an empty box":             change(func(f *face.Found) { f.Box.Max.X = f.Box.Min.X }),
		"a box turned over":        change(func(f *face.Found) { f.Box.Min, f.Box.Max = f.Box.Max, f.Box.Min }),
		"a box far away":           change(func(f *face.Found) { f.Box.Max.X = math.MaxInt32 }),
		"a landmark far away":      change(func(f *face.Found) { f.Landmarks[4].Y = math.MinInt32 }),
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
			if one.Box.Empty() {
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
	f.Add([]byte("gabarit face worker 1\n123"))
	f.Fuzz(func(t *testing.T, b []byte) {
		memory, models, err := face.DecodeHello(b)
		if err == nil && !bytes.Equal(face.EncodeHello(memory, models), b) {
			t.Errorf("an accepted hello is written in another way")
		}
	})
}
