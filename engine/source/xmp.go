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

// xmpReader gathers the first text of each name that is looked for, by "schema name".
type xmpReader struct {
	wanted  map[string]bool
	values  map[string]string
	seen    bool // that it is XMP
	depth   int
	current string // the name whose element is open, and
	from    int    // the depth inside of which it is
}

// xmpValues gives the first text of each name that is looked for, by "schema name".
func xmpValues(data []byte) (map[string]string, error) {
	x := xmpReader{wanted: map[string]bool{}, values: map[string]string{}}
	for _, n := range xmpNames() {
		x.wanted[n] = true
	}
	d := xml.NewDecoder(bytes.NewReader(data))
	for {
		t, err := d.Token()
		switch {
		case errors.Is(err, io.EOF) && x.seen:
			return x.values, nil
		case errors.Is(err, io.EOF):
			return nil, errors.New("no XMP")
		case err != nil:
			return nil, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if x.depth++; x.depth > maxXMPDepth {
				return nil, errors.New("nested too deeply")
			}
			x.start(t)
		case xml.EndElement:
			if x.depth == x.from {
				x.current, x.from = "", 0
			}
			x.depth--
		case xml.CharData:
			if s := strings.TrimSpace(string(t)); x.current != "" && s != "" && x.values[x.current] == "" {
				x.values[x.current] = s
			}
		}
	}
}

// start takes an element in: some writers put values into attributes.
func (x *xmpReader) start(t xml.StartElement) {
	name := t.Name.Space + " " + t.Name.Local
	x.seen = x.seen || name == rdf+"RDF"
	for _, a := range t.Attr {
		if key := a.Name.Space + " " + a.Name.Local; x.wanted[key] && x.values[key] == "" {
			x.values[key] = strings.TrimSpace(a.Value)
		}
	}
	if x.current == "" && x.wanted[name] {
		x.current, x.from = name, x.depth
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
