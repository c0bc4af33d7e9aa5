package photo_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"gabarit/engine"
)

// EXIF fields by number.
const (
	idDescription = 0x010E
	idExif        = 0x8769
	idGPS         = 0x8825
	idOriginal    = 0x9003
	idDigitized   = 0x9004
	idOffset      = 0x9011
)

func gps(latRef string, lat [3]float64, lonRef string, lon [3]float64) ifd {
	return ifd{{idGPS, ifd{{1, latRef}, {2, lat}, {3, lonRef}, {4, lon}}}}
}

func taken(date, offset string) ifd {
	dir := ifd{{idOriginal, date}}
	if offset != "" {
		dir = append(dir, entry{idOffset, offset})
	}
	return ifd{{idExif, dir}}
}

func xmpSegment(properties string) []byte {
	packet := `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">` +
		`<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:exif="http://ns.adobe.com/exif/1.0/"` +
		` xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">` +
		properties + `</rdf:Description></rdf:RDF></x:xmpmeta>`
	return segment(0xE1, append([]byte("http://ns.adobe.com/xap/1.0/\x00"), packet...))
}

// iptcSegment builds application records from numbers and texts.
func iptcSegment(utf8 bool, records ...any) []byte {
	var body []byte
	if utf8 {
		body = append(body, 0x1C, 1, 90, 0, 3, 0x1B, '%', 'G')
	}
	for i := 0; i < len(records); i += 2 {
		text := records[i+1].(string)
		body = append(body, 0x1C, 2, byte(records[i].(int)), byte(len(text)>>8), byte(len(text)))
		body = append(body, text...)
	}
	block := append([]byte("Photoshop 3.0\x008BIM\x04\x04\x00\x00"), binary.BigEndian.AppendUint32(nil, uint32(len(body)))...)
	return segment(0xED, append(block, body...))
}

func described(t testing.TB, segments ...[]byte) []byte {
	return withSegments(asJPEG(t, scene(), 90), segments...)
}

func big(root ifd) []byte { return exifSegment(exif(binary.BigEndian, root)) }

func TestCaptureDate(t *testing.T) {
	utc := func(y int, m time.Month, d, hh, mm, ss int) time.Time {
		return time.Date(y, m, d, hh, mm, ss, 0, time.UTC)
	}
	tests := []struct {
		name     string
		segments [][]byte
		want     time.Time
	}{
		{"with its offset", [][]byte{big(taken("2021:05:06 07:08:09", "+02:00"))}, utc(2021, 5, 6, 5, 8, 9)},
		{"without offset it counts as UTC", [][]byte{big(taken("2021:05:06 07:08:09", ""))}, utc(2021, 5, 6, 7, 8, 9)},
		{"an offset that is none is ignored", [][]byte{big(taken("2021:05:06 07:08:09", "  :  "))}, utc(2021, 5, 6, 7, 8, 9)},
		{"an unset clock is no date", [][]byte{big(taken("0000:00:00 00:00:00", ""))}, time.Time{}},
		{"a blank is no date", [][]byte{big(taken("    :  :     :  :  ", ""))}, time.Time{}},
		{"a date before photography is none", [][]byte{big(taken("1601:01:01 00:00:00", ""))}, time.Time{}},
		{"the date of digitizing where there is no other", [][]byte{big(ifd{{idExif, ifd{{idDigitized, "1999:12:31 23:59:59"}}}})},
			utc(1999, 12, 31, 23, 59, 59)},
		{"from XMP", [][]byte{xmpSegment(`<exif:DateTimeOriginal>2019-07-01T10:20:30.25+03:00</exif:DateTimeOriginal>`)},
			utc(2019, 7, 1, 7, 20, 30).Add(250 * time.Millisecond)},
		{"a year alone is no date", [][]byte{xmpSegment(`<photoshop:DateCreated>1953</photoshop:DateCreated>`)}, time.Time{}},
		{"a day from XMP", [][]byte{xmpSegment(`<photoshop:DateCreated>1953-03-02</photoshop:DateCreated>`)}, utc(1953, 3, 2, 0, 0, 0)},
		{"day and time from IPTC", [][]byte{iptcSegment(true, 55, "20150122", 60, "130444+1000")}, utc(2015, 1, 22, 3, 4, 44)},
		{"a day from IPTC", [][]byte{iptcSegment(true, 55, "20150122")}, utc(2015, 1, 22, 0, 0, 0)},
		{"the date of the last edit does not count", [][]byte{big(ifd{{0x0132, "2021:05:06 07:08:09"}})}, time.Time{}},
		{"nothing", nil, time.Time{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := decode(t, described(t, tt.segments...)).CapturedAt; !got.Equal(tt.want) {
				t.Errorf("captured at %v, want %v", got, tt.want)
			}
		})
	}
}

func TestPlace(t *testing.T) {
	paris, line := [3]float64{48, 51, 30.24}, [3]float64{2, 17, 40.2}
	tests := []struct {
		name     string
		segments [][]byte
		want     *engine.Place
	}{
		{"north and east", [][]byte{big(gps("N", paris, "E", line))}, &engine.Place{Lat: 48.8584, Lon: 2.2945}},
		{"south and west", [][]byte{big(gps("S", paris, "W", line))}, &engine.Place{Lat: -48.8584, Lon: -2.2945}},
		{"from XMP", [][]byte{xmpSegment(`<exif:GPSLatitude>48,51.504N</exif:GPSLatitude><exif:GPSLongitude>2,17.67W</exif:GPSLongitude>`)},
			&engine.Place{Lat: 48.8584, Lon: -2.2945}},
		{"no fix", [][]byte{big(gps("N", [3]float64{}, "E", [3]float64{}))}, nil},
		{"half a fix", [][]byte{big(gps("N", paris, "E", [3]float64{}))}, nil},
		{"no hemispheres", [][]byte{big(gps("", paris, "", line))}, nil},
		{"off the globe", [][]byte{big(gps("N", [3]float64{98, 0, 0}, "E", line))}, nil},
		{"an empty block", [][]byte{big(ifd{{idGPS, ifd{}}})}, nil},
		{"nothing", nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := decode(t, described(t, tt.segments...)).Place
			switch {
			case got == nil || tt.want == nil:
				if got != tt.want {
					t.Errorf("place %v, want %v", got, tt.want)
				}
			case math.Abs(got.Lat-tt.want.Lat) > 1e-4 || math.Abs(got.Lon-tt.want.Lon) > 1e-4:
				t.Errorf("place %v, want %v", *got, *tt.want)
			}
		})
	}
}

func TestTitleAndDescription(t *testing.T) {
	alt := func(name, text string) string {
		return fmt.Sprintf(`<dc:%s><rdf:Alt><rdf:li xml:lang="x-default">%s</rdf:li></rdf:Alt></dc:%s>`, name, text, name)
	}
	exifText := big(ifd{{idDescription, "At the fair"}})
	xmpBoth := xmpSegment(alt("title", "Été") + alt("description", "À la mer"))
	tests := []struct {
		name               string
		segments           [][]byte
		title, description string
	}{
		{"EXIF has one text for both", [][]byte{exifText}, "At the fair", "At the fair"},
		{"XMP goes first", [][]byte{exifText, xmpBoth, iptcSegment(true, 5, "iptc", 120, "iptc")}, "Été", "À la mer"},
		{"IPTC goes before EXIF", [][]byte{exifText, iptcSegment(true, 5, "Kermesse", 120, "La foule à la kermesse")}, "Kermesse", "La foule à la kermesse"},
		{"a headline where there is no title", [][]byte{iptcSegment(true, 105, "Big news")}, "Big news", ""},
		{"IPTC in Latin-1", [][]byte{iptcSegment(false, 5, "Kermesse d'\xe9t\xe9")}, "Kermesse d'été", ""},
		{"IPTC in UTF-8 without saying so", [][]byte{iptcSegment(false, 5, "Kermesse d'été")}, "Kermesse d'été", ""},
		{"control characters and direction marks go", [][]byte{iptcSegment(true, 5, " a\tb\x1b[31m\u202egpj.exe ")}, "a b [31mgpj.exe", ""},
		{"blanks are nothing", [][]byte{big(ifd{{idDescription, "          "}})}, "", ""},
		{"nothing", nil, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := decode(t, described(t, tt.segments...))
			if p.Title != tt.title || p.Description != tt.description {
				t.Errorf("title %q, description %q; want %q, %q", p.Title, p.Description, tt.title, tt.description)
			}
		})
	}
}

func TestLongTextsAreBounded(t *testing.T) {
	p := decode(t, described(t, iptcSegment(true, 5, strings.Repeat("é", 3000), 120, strings.Repeat("à", 4000))))
	if n := utf8.RuneCountInString(p.Title); n != engine.MaxTitle || !strings.HasSuffix(p.Title, "…") {
		t.Errorf("title of %d runes", n)
	}
	if n := utf8.RuneCountInString(p.Description); n != engine.MaxDescription {
		t.Errorf("description of %d runes", n)
	}
}

func TestDamagedMetadataNeverCostsThePhoto(t *testing.T) {
	whole := exif(binary.BigEndian, ifd{{idDescription, "At the fair"}, {0x0112, 1}, {idExif, ifd{{idOriginal, "2021:05:06 07:08:09"}}}})
	for n := range whole {
		checkScene(t, decode(t, described(t, exifSegment(whole[:n]))))
		broken := append([]byte{}, whole...)
		broken[n] ^= 0xFF
		if n < 42 || n > 50 { // not the orientation, which would rightly turn the picture
			p := decode(t, described(t, exifSegment(broken)))
			if !utf8.ValidString(p.Title) {
				t.Errorf("byte %d: title %q", n, p.Title)
			}
		}
	}
	checkScene(t, decode(t, described(t, xmpSegment("<unclosed>"))))
}

func TestMetadataOfOtherContainers(t *testing.T) {
	blob := exif(binary.BigEndian, append(ifd{{idDescription, "At the fair"}}, taken("2021:05:06 07:08:09", "+02:00")...))
	p := decode(t, withChunk(asPNG(t, scene()), "eXIf", blob))
	want := time.Date(2021, 5, 6, 5, 8, 9, 0, time.UTC)
	if p.Title != "At the fair" || !p.CapturedAt.Equal(want) {
		t.Errorf("png: %q, %v", p.Title, p.CapturedAt)
	}
	p = decode(t, testdata(t, "turned.heic"))
	if p.Place == nil || math.Abs(p.Place.Lat-48.8584) > 1e-4 || !p.CapturedAt.Equal(want) {
		t.Errorf("heic: %v, %v", p.Place, p.CapturedAt)
	}
}

func TestRealPhotoWithEmptyGPSHasNoPlace(t *testing.T) {
	if p := decode(t, shared(t, "negative/test_empty_gps.jpg")); p.Place != nil {
		t.Errorf("place %v", *p.Place)
	}
}
