package photo

import (
	"math"
	"strings"
	"time"

	"github.com/bep/imagemeta"

	"gabarit/engine"
)

// capturedAt tells when the photo was taken: EXIF's DateTimeOriginal with its offset where there is one, else
// XMP's, else when it was digitized, else the day IPTC gives. Cameras without a time zone write local time: it is
// returned as if it were UTC, up to fourteen hours off, because nothing better is known.
// The date of the last edit is never used.
func (t tags) capturedAt() time.Time {
	exif := func(name string) string { return t.text(imagemeta.EXIF, name) }
	xmp := func(name string) string { return t.text(imagemeta.XMP, name) }
	iptc := t.text(imagemeta.IPTC, "DateCreated")
	if clock := t.text(imagemeta.IPTC, "TimeCreated"); iptc != "" && clock != "" {
		iptc += " " + clock
	}
	for _, s := range []string{
		withOffset(exif("DateTimeOriginal"), exif("OffsetTimeOriginal")), xmp("DateTimeOriginal"), xmp("DateCreated"), iptc,
		withOffset(exif("CreateDate"), exif("OffsetTimeDigitized")), xmp("CreateDate"), t.text(imagemeta.IPTC, "DateCreated"),
	} {
		if at, ok := engine.ParseTaken(s); ok {
			return at
		}
	}
	return time.Time{}
}

// withOffset adds an EXIF offset ("+02:00") to a date that has none, if both are well-formed.
func withOffset(date, offset string) string {
	if _, err := time.Parse("-07:00", strings.TrimSpace(offset)); err != nil {
		return date
	}
	return strings.TrimSpace(date) + strings.TrimSpace(offset)
}

// place gives where the photo was taken: EXIF's coordinates with their hemispheres, else XMP's.
func (t tags) place() *engine.Place {
	lat, okLat := t.degrees("GPSLatitude", "N", "S")
	lon, okLon := t.degrees("GPSLongitude", "E", "W")
	if !okLat || !okLon {
		lat, okLat = t[tag{imagemeta.XMP, "GPSLatitude"}].(float64)
		lon, okLon = t[tag{imagemeta.XMP, "GPSLongitude"}].(float64)
	}
	p := engine.Place{Lat: lat, Lon: lon}
	// A coordinate of exactly zero is what receivers without a fix write and what damaged fields
	// are read as; no wrong place is better than the one photo taken on the line.
	if !okLat || !okLon || lat == 0 || lon == 0 || math.IsNaN(lat) || math.IsNaN(lon) || !p.Valid() {
		return nil
	}
	return &p
}

// degrees gives an EXIF coordinate with its sign. Without its hemisphere it says nothing.
func (t tags) degrees(name, positive, negative string) (float64, bool) {
	v, ok := t[tag{imagemeta.EXIF, name}].(float64)
	switch t.text(imagemeta.EXIF, name+"Ref") {
	case positive:
		return v, ok
	case negative:
		return -v, ok
	}
	return 0, false
}
