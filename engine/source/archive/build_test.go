package archive_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha1"
	"encoding/base32"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gabarit/engine"
	"gabarit/engine/enginetest"
)

// rec is a record to be written: its WARC headers beside the usual ones, and its block.
type rec struct {
	kind, url string
	extra     string // header lines, each with its line end
	block     []byte
}

// bytes is the record as it stands in a file.
func (r rec) bytes(n int) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "WARC/1.0\r\nWARC-Type: %s\r\nWARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-%012d>\r\nWARC-Date: 2024-05-31T14:05:%02dZ\r\n", r.kind, n, n%60)
	if r.url != "" {
		fmt.Fprintf(&b, "WARC-Target-URI: %s\r\n", r.url)
	}
	if !strings.Contains(strings.ToLower(r.extra), "content-type:") {
		b.WriteString("Content-Type: application/http; msgtype=response\r\n")
	}
	fmt.Fprintf(&b, "%sContent-Length: %d\r\n\r\n", r.extra, len(r.block))
	b.Write(r.block)
	b.WriteString("\r\n\r\n")
	return b.Bytes()
}

// answer is an HTTP answer; head are header lines with line ends.
func answer(status, head string, body []byte) []byte {
	return append([]byte("HTTP/1.1 "+status+"\r\n"+head+"\r\n"), body...)
}

func response(url, mime string, body []byte) rec {
	return rec{kind: "response", url: url, block: answer("200 OK", "Content-Type: "+mime+"\r\n", body)}
}

func digestOf(body []byte) string {
	sum := sha1.Sum(body)
	return "WARC-Payload-Digest: sha1:" + base32.StdEncoding.EncodeToString(sum[:]) + "\r\n"
}

// form is how an archive is compressed.
type form int

const (
	plain form = iota
	perRecord
	whole
	mixed // several records in each gzip member
)

func forms() map[string]form {
	return map[string]form{"plain": plain, "gzip by record": perRecord, "gzip as a whole": whole, "gzip by three records": mixed}
}

// warc gives the bytes of an archive.
func warc(f form, recs ...rec) []byte {
	var out, group bytes.Buffer
	flush := func() {
		if group.Len() > 0 {
			z := gzip.NewWriter(&out)
			_, _ = z.Write(group.Bytes())
			_ = z.Close()
			group.Reset()
		}
	}
	for i, r := range recs {
		group.Write(r.bytes(i))
		if f == perRecord || f == mixed && i%3 == 2 {
			flush()
		}
	}
	if f == plain {
		return group.Bytes()
	}
	flush()
	return out.Bytes()
}

func write(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// drawn is a small picture, a different one for each n, in more bytes than an image inside a page must have.
func drawn(n int) []byte {
	m := image.NewNRGBA(image.Rect(0, 0, 24, 24))
	seed := uint32(n)*2654435761 + 1
	for i := range 24 * 24 {
		seed = seed*1664525 + 1013904223
		m.Set(i%24, i/24, color.NRGBA{uint8(seed >> 24), uint8(seed >> 16), uint8(seed >> 8), 255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err)
	}
	return b.Bytes()
}

var (
	items = enginetest.Items
	read  = enginetest.Content
)

// line is what a test expects of an item: address, page, page's title, image's title, or the message of its error.
func line(it engine.Item) string {
	_, err := read(it)
	s := it.Source
	out := fmt.Sprintf("%s | %s | %s | %s", s.URL, s.PageURL, s.PageTitle, s.ImageTitle)
	if err != nil {
		out += " ! " + engine.MessageOf(err)
	}
	return out
}

func wantLines(t *testing.T, got []engine.Item, want ...string) {
	t.Helper()
	var lines []string
	for _, it := range got {
		lines = append(lines, line(it))
	}
	if g, w := strings.Join(lines, "\n"), strings.Join(want, "\n"); g != w {
		t.Errorf("items:\n%s\nwant:\n%s", g, w)
	}
}

func dataURL(b []byte) string {
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(b)
}

// warcOne is the nth record in a gzip member of its own.
func warcOne(n int, r rec) []byte {
	return gzipped(r.bytes(n))
}

func manyOne(recs []rec) (out [][]byte) {
	for i, r := range recs {
		out = append(out, warcOne(i, r))
	}
	return out
}
