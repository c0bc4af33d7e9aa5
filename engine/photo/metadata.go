package photo

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/bep/imagemeta"

	"gabarit/engine"
)

// maxMetadataBytes bounds the bytes read from one file for its metadata, seeks back included, and with them the time
// that a hostile file can take.
const maxMetadataBytes = 32 << 20

// metadata is what is taken from EXIF, XMP and IPTC. Whatever is missing or makes no sense is left zero:
// metadata never makes a photo fail.
type metadata struct {
	orientation orientation
	capturedAt  time.Time
	place       *engine.Place
	title       string
	description string
}

// readMetadata reads the metadata of the formats that have any. In HEIC and AVIF the EXIF orientation only
// repeats what the container says.
func readMetadata(h header, data []byte) metadata {
	t := readTags(h.tags, data)
	m := metadata{
		orientation: upright,
		capturedAt:  t.capturedAt(),
		place:       t.place(),
		title:       t.title(),
		description: t.description(),
	}
	if o := orientation(t.number(tagOrientation)); o.changes() && h.tags != imagemeta.HEIF {
		m.orientation = o
	}
	return m
}

// tag names a metadata field by its source and name, as imagemeta (and exiftool) call it.
type tag struct {
	source imagemeta.Source
	name   string
}

// tags holds the first value of each field that is wanted.
type tags map[tag]any

// readTags runs the parser. Fields read before an error count: a damaged maker note must not cost the orientation.
func readTags(format imagemeta.ImageFormat, data []byte) (t tags) {
	t = tags{}
	if format == 0 {
		return t
	}
	defer func() {
		// The parser is third-party code on hostile bytes; the photo itself may still be good.
		_ = recover()
	}()
	_, _ = imagemeta.Decode(imagemeta.Options{
		R:               &budgetReader{Reader: bytes.NewReader(data), left: maxMetadataBytes},
		ImageFormat:     format,
		Sources:         imagemeta.EXIF | imagemeta.IPTC | imagemeta.XMP,
		ShouldHandleTag: wanted,
		HandleTag: func(i imagemeta.TagInfo) error {
			if key := (tag{i.Source, i.Tag}); wanted(i) && t[key] == nil {
				t[key] = i.Value
			}
			return nil
		},
	})
	return t
}

// budgetReader ends reading after a number of bytes.
type budgetReader struct {
	*bytes.Reader
	left int
}

var errBudget = errors.New("more metadata than is read")

// Read implements io.Reader.
func (r *budgetReader) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, errBudget
	}
	n, err := r.Reader.Read(p[:min(len(p), r.left)])
	r.left -= max(n, 1)
	return n, err
}

var _ io.ReadSeeker = (*budgetReader)(nil)

// Names of fields.
const (
	tagOrientation = "Orientation"
	nsDublinCore   = "http://purl.org/dc/elements/1.1/"
	nsPhotoshop    = "http://ns.adobe.com/photoshop/1.0/"
	nsXMP          = "http://ns.adobe.com/xap/1.0/"
	nsEXIF         = "http://ns.adobe.com/exif/1.0/"
)

// wanted reports whether a field is one that is used. Fields of the embedded thumbnail (IFD1) are not: it has
// an orientation of its own.
func wanted(i imagemeta.TagInfo) bool {
	switch i.Source {
	case imagemeta.EXIF:
		switch i.Tag {
		case tagOrientation, "ImageDescription":
			return i.Namespace == "IFD0"
		case "DateTimeOriginal", "CreateDate", "OffsetTimeOriginal", "OffsetTimeDigitized",
			"GPSLatitude", "GPSLatitudeRef", "GPSLongitude", "GPSLongitudeRef":
			return strings.HasPrefix(i.Namespace, "IFD0/")
		}
	case imagemeta.IPTC:
		switch i.Tag {
		case "CodedCharacterSet", "ObjectName", "Headline", "Caption-Abstract", "DateCreated", "TimeCreated":
			return true
		}
	case imagemeta.XMP:
		switch i.Tag {
		case "Title", "Description":
			return i.Namespace == nsDublinCore
		case "Headline", "DateCreated":
			return i.Namespace == nsPhotoshop
		case "CreateDate":
			return i.Namespace == nsXMP
		case "DateTimeOriginal", "GPSLatitude", "GPSLongitude":
			return i.Namespace == nsEXIF
		}
	}
	return false
}

// title picks the first title there is: what people wrote before what programs wrote.
func (t tags) title() string {
	return engine.Caption(engine.MaxTitle,
		t.text(imagemeta.XMP, "Title"), t.text(imagemeta.IPTC, "ObjectName"), t.text(imagemeta.XMP, "Headline"),
		t.text(imagemeta.IPTC, "Headline"), t.text(imagemeta.EXIF, "ImageDescription"))
}

// description picks the first description there is.
func (t tags) description() string {
	return engine.Caption(engine.MaxDescription,
		t.text(imagemeta.XMP, "Description"), t.text(imagemeta.IPTC, "Caption-Abstract"), t.text(imagemeta.EXIF, "ImageDescription"))
}

// number gives an EXIF field as a number; 0 for what is none.
func (t tags) number(name string) int {
	switch v := t[tag{imagemeta.EXIF, name}].(type) {
	case uint16:
		return int(v)
	case uint8:
		return int(v)
	case uint32:
		return int(min(v, 1<<16))
	}
	return 0
}

// text gives a field as text; of several values (languages of a title) the first.
func (t tags) text(source imagemeta.Source, name string) string {
	switch v := t[tag{source, name}].(type) {
	case string:
		if source == imagemeta.IPTC {
			return mended(v)
		}
		return v
	case []string:
		if len(v) > 0 {
			return v[0]
		}
	}
	return ""
}

// mended undoes the reading of UTF-8 as Latin-1: IPTC's default is Latin-1, but many programs write UTF-8 without
// saying so. Real Latin-1 text is practically never valid UTF-8.
func mended(s string) string {
	raw := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xFF {
			return s
		}
		raw = append(raw, byte(r))
	}
	if !utf8.Valid(raw) {
		return s
	}
	return string(raw)
}
