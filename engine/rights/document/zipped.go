package document

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"hash/crc32"
	"image/jpeg"
	"strings"
	"time"
	"unicode"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// part is a file of a zipped document.
type part struct {
	name   string
	data   []byte
	stored bool // not compressed
}

// zipped packs parts in their order. Times are the letter's, never the clock's: the same letter gives the same bytes.
func zipped(at time.Time, parts []part) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, p := range parts {
		h := &zip.FileHeader{Name: p.name, Method: zip.Deflate}
		if p.stored {
			// As the OpenDocument format asks of its first part: no extra field, sizes in the head.
			h.Method = zip.Store
		} else if !at.IsZero() {
			h.Modified = at.UTC()
		}
		if err := addPart(z, h, p); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// xmlText escapes text for an element or attribute, without the characters that XML can't hold.
func xmlText(s string) string {
	var b strings.Builder
	s = strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && unicode.IsControl(r) || r == 0xfffe || r == 0xffff {
			return -1
		}
		return r
	}, s)
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder takes everything
	return b.String()
}

// picture is a face of the annex with its size in pixels.
type picture struct {
	name          string
	data          []byte
	width, height int
}

// fit scales the longer side to the given length.
func (p picture) fit(side float64) (width, height float64) {
	scale := side / float64(max(p.width, p.height, 1))
	return float64(p.width) * scale, float64(p.height) * scale
}

// pictures reads the faces of an annex, in its order; the item's number names the file. CodeCorrupt: one is not a JPEG.
func pictures(op string, items []matter.LetterItem) (map[int]picture, error) {
	out := map[int]picture{}
	for _, it := range items {
		if len(it.Thumbnail) == 0 {
			continue
		}
		c, err := jpeg.DecodeConfig(bytes.NewReader(it.Thumbnail))
		if err != nil {
			return nil, engine.E(engine.CodeCorrupt, op, "a face picture of the annex is damaged", err)
		}
		out[it.No] = picture{"face" + number(it) + ".jpg", it.Thumbnail, c.Width, c.Height}
	}
	return out, nil
}

// webAddresses cuts text at its web addresses, which a reader can click: odd parts are addresses.
func webAddresses(text string) []string {
	var out []string
	for text != "" {
		i := addressStart(text)
		if i < 0 {
			break
		}
		end := i + strings.IndexFunc(text[i:]+" ", unicode.IsSpace)
		address := strings.TrimRight(text[i:end], ".,;:)»”’\"'")
		out = append(out, text[:i], address)
		text = text[i+len(address):]
	}
	return append(out, text)
}

// addressStart finds the next "http://" or "https://".
func addressStart(text string) int {
	i := strings.Index(text, "https://")
	if j := strings.Index(text, "http://"); j >= 0 && (i < 0 || j < i) {
		return j
	}
	return i
}

// addPart writes one part. A stored one is written raw, so that nothing but its bytes follows its head.
func addPart(z *zip.Writer, h *zip.FileHeader, p part) error {
	if !p.stored {
		w, err := z.CreateHeader(h)
		if err == nil {
			_, err = w.Write(p.data)
		}
		return err
	}
	h.CRC32, h.CompressedSize64, h.UncompressedSize64 = crc32.ChecksumIEEE(p.data), uint64(len(p.data)), uint64(len(p.data))
	w, err := z.CreateRaw(h)
	if err == nil {
		_, err = w.Write(p.data)
	}
	return err
}
