package source

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"

	"gabarit/engine"
	"gabarit/engine/source/page"
)

// Limits of an XMP file.
const (
	maxXMP      = 1 << 20
	maxXMPDepth = 64
)

// The names that are looked for, with their schemas (XMP specification, part 1 section 8 and part 2).
const (
	dc        = "http://purl.org/dc/elements/1.1/ "
	photoshop = "http://ns.adobe.com/photoshop/1.0/ "
	exif      = "http://ns.adobe.com/exif/1.0/ "
	xmpBasic  = "http://ns.adobe.com/xap/1.0/ "
	rdf       = "http://www.w3.org/1999/02/22-rdf-syntax-ns# "
)

func xmpNames() []string {
	return []string{dc + "title", dc + "description", dc + "creator", dc + "source", photoshop + "Headline", photoshop + "DateCreated",
		photoshop + "Source", exif + "DateTimeOriginal", exif + "GPSLatitude", exif + "GPSLongitude", xmpBasic + "CreateDate"}
}

// parseXMP reads an XMP file. The XML reader knows no entities but those of XML itself, so that a document can't make others.
func parseXMP(data []byte) (engine.Provenance, error) {
	var p engine.Provenance
	if len(data) > maxXMP {
		return p, errors.New("larger than 1 MiB")
	}
	v, err := xmpValues(data)
	if err != nil {
		return p, err
	}
	p.ImageTitle = page.Line(v[dc+"title"], v[photoshop+"Headline"], v[dc+"description"])
	p.Author = page.Line(v[dc+"creator"])
	for _, s := range [...]string{v[dc+"source"], v[photoshop+"Source"]} {
		if p.PageURL == "" {
			p.PageURL = page.Address(s)
		}
	}
	for _, s := range [...]string{v[exif+"DateTimeOriginal"], v[photoshop+"DateCreated"], v[xmpBasic+"CreateDate"]} {
		if p.CapturedAt.IsZero() {
			p.CapturedAt, _ = engine.ParseTaken(s)
		}
	}
	lat, okLat := xmpDegrees(v[exif+"GPSLatitude"], "N", "S")
	lon, okLon := xmpDegrees(v[exif+"GPSLongitude"], "E", "W")
	if at := (engine.Place{Lat: lat, Lon: lon}); okLat && okLon && at.Valid() {
		p.Place = &at
	}
	return p, nil
}

// xmpValues gives the first text of each name that is looked for, by "schema name".
func xmpValues(data []byte) (map[string]string, error) {
	wanted := map[string]bool{}
	for _, n := range xmpNames() {
		wanted[n] = true
	}
	out := map[string]string{}
	d := xml.NewDecoder(bytes.NewReader(data))
	depth, seen := 0, false
	current, from := "", 0 // the name whose element is open, and the depth inside of which it is
	for {
		t, err := d.Token()
		switch {
		case errors.Is(err, io.EOF) && seen:
			return out, nil
		case errors.Is(err, io.EOF):
			return nil, errors.New("no XMP")
		case err != nil:
			return nil, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if depth++; depth > maxXMPDepth {
				return nil, errors.New("nested too deeply")
			}
			name := t.Name.Space + " " + t.Name.Local
			seen = seen || name == rdf+"RDF"
			xmpAttributes(t.Attr, wanted, out)
			if current == "" && wanted[name] {
				current, from = name, depth
			}
		case xml.EndElement:
			if depth == from {
				current, from = "", 0
			}
			depth--
		case xml.CharData:
			keepFirst(out, current, string(t))
		}
	}
}

func xmpAttributes(all []xml.Attr, wanted map[string]bool, out map[string]string) {
	for _, a := range all {
		if key := a.Name.Space + " " + a.Name.Local; wanted[key] {
			keepFirst(out, key, a.Value)
		}
	}
}

// keepFirst notes a value of a name that has none yet.
func keepFirst(out map[string]string, name, value string) {
	if value = strings.TrimSpace(value); name != "" && value != "" && out[name] == "" {
		out[name] = value
	}
}

// xmpDegrees reads "48,51.396N", "48,51,23.8N" (degrees, minutes, seconds) or a decimal number.
func xmpDegrees(s, plus, minus string) (float64, bool) {
	s = strings.ToUpper(strings.TrimSpace(s))
	if s == "" {
		return 0, false
	}
	sign := 1.0
	if rest, ok := strings.CutSuffix(s, minus); ok {
		s, sign = rest, -1
	} else {
		s = strings.TrimSuffix(s, plus)
	}
	var sum, unit float64 = 0, 1
	for i, part := range strings.Split(s, ",") {
		x, err := strconv.ParseFloat(part, 64)
		if err != nil || i > 2 || (i > 0 && (x < 0 || x >= 60)) {
			return 0, false
		}
		sum += x * unit
		unit /= 60
	}
	return sign * sum, true
}
