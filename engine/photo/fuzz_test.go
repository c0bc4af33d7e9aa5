package photo_test

import (
	"errors"
	"testing"
	"unicode/utf8"

	"gabarit/engine"
	"gabarit/engine/photo"
)

// tight are limits that let a fuzzer run fast.
func tight() photo.Limits {
	return photo.Limits{MaxBytes: 1 << 20, MaxPixels: 1 << 18, MaxDecodeBytes: 32 << 20}
}

// checkResult fails unless there is either a sound picture or an Error with one of the promised codes.
func checkResult(t *testing.T, p *engine.Picture, err error) {
	if err != nil {
		var e *engine.Error
		if !errors.As(err, &e) || e.Msg == "" {
			t.Fatalf("an error without words: %v", err)
		}
		switch e.Code {
		case engine.CodeUnsupported, engine.CodeCorrupt, engine.CodeLimit:
			return
		}
		t.Fatalf("code %s", e.Code)
	}
	r := p.Image.Bounds()
	if r.Min.X != 0 || r.Min.Y != 0 || r.Empty() || p.Width < photo.MinSide || p.Height < photo.MinSide {
		t.Fatalf("bounds %v of %d x %d", r, p.Width, p.Height)
	}
	p.Image.At(r.Max.X-1, r.Max.Y-1)
	if !utf8.ValidString(p.Title) || !utf8.ValidString(p.Description) ||
		utf8.RuneCountInString(p.Title) > engine.MaxTitle || utf8.RuneCountInString(p.Description) > engine.MaxDescription {
		t.Fatalf("title %q, description %q", p.Title, p.Description)
	}
	if p.Place != nil && !p.Place.Valid() {
		t.Fatalf("place %v", *p.Place)
	}
}

func FuzzDecode(f *testing.F) {
	for _, data := range samples(f) {
		f.Add(data)
	}
	for _, name := range []string{"animated.webp", "alpha.avif", "hidden.avif", "hidden.heic", "narrow.heic", "p3.avif", "p3.heic",
		"p3.webp", "fax.tif", "cmyk.tif", "jpeg.tif", "rle.bmp"} {
		f.Add(testdata(f, name))
	}
	f.Add(withProfile(asJPEG(f, scene(), 90), displayP3()))
	f.Add(withChunk(asPNG(f, scene()), "iCCP", packed(f, displayP3())))
	f.Add(webpAnimation(f, 100, 70, testdata(f, "alpha.webp")))
	f.Add(pngBomb(f, 65500, 65500, 8))
	f.Add(jpegBomb(f, 0xC2, 65500, 65500))
	r := photo.New(tight())
	for _, name := range []string{"plain.heic", "picture.avif"} { // compiles the decoders, outside of the fuzzer's ten seconds for one try
		_, err := r.Decode(f.Context(), testdata(f, name))
		must(f, err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := r.Decode(t.Context(), data)
		checkResult(t, p, err)
		if err != nil {
			return
		}
		if _, err := r.Crop(p, engine.Detection{Box: engine.Box{X: -3, Y: 2, W: 40, H: 30}, Roll: 12}); err != nil {
			t.Fatal(err)
		}
	})
}

// FuzzMetadata puts bytes where EXIF, XMP and IPTC are expected, in a picture that is sound: it must be read
// whatever they are.
func FuzzMetadata(f *testing.F) {
	f.Add(byte(0xE1), []byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x00"))
	for _, s := range [][]byte{
		big(taken("2021:05:06 07:08:09", "+02:00")),
		big(gps("N", [3]float64{48, 51, 30.24}, "E", [3]float64{2, 17, 40.2})),
		big(ifd{{idDescription, "At the fair"}, {0x0112, 6}}),
		xmpSegment(`<dc:title><rdf:Alt><rdf:li xml:lang="x-default">At the fair</rdf:li></rdf:Alt></dc:title>`),
		xmpSegment(`<exif:GPSLatitude>48,51.504N</exif:GPSLatitude><exif:GPSLongitude>2,17.67W</exif:GPSLongitude>`),
		iptcSegment(true, 5, "Kermesse", 55, "20150122", 60, "130444+1000"),
	} {
		f.Add(s[1], s[4:])
	}
	r, picture := photo.New(tight()), asJPEG(f, scene(), 90)
	f.Fuzz(func(t *testing.T, marker byte, body []byte) {
		if len(body) > 60_000 {
			return
		}
		marker = 0xE1 + marker%13 // APP1 to APP13: the others change how colours are read
		p, err := r.Decode(t.Context(), withSegments(picture, segment(marker, body)))
		checkResult(t, p, err)
		if err != nil {
			t.Fatalf("the photo is lost: %v", err)
		}
	})
}

// FuzzBlur: what is not a crop or thumbnail is an error.
func FuzzBlur(f *testing.F) {
	f.Add(asJPEG(f, scene(), 90))
	f.Add(testdata(f, "progressive.jpg"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		if _, err := photo.BlurOthers(data); err != nil && engine.CodeOf(err) != engine.CodeInvalid {
			t.Fatal(err)
		}
		if _, err := photo.BlurFaces(data, []engine.Box{{X: -5, Y: 9, W: 40, H: 50}}, 96, 64); err != nil && engine.CodeOf(err) != engine.CodeInvalid {
			t.Fatal(err)
		}
	})
}
