package page_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"gabarit/engine"
	"gabarit/engine/source/page"
)

func FuzzExtract(f *testing.F) {
	f.Add([]byte(`<title>T</title><base href=/x/><figure><picture><source srcset="a 1x, b"><img src=a.jpg alt=x></picture><figcaption>c</figcaption></figure>`), "https://example.org/", "text/html; charset=utf-8")
	f.Add([]byte(`<script type="application/ld+json">{"@graph":[{"image":{"url":["x"]},"author":[[{"name":1}]],"datePublished":"2024"}]}</script><noscript><noscript><img src=a></noscript>`), "", "")
	f.Add([]byte(`<picture><source srcset="a 1x, b 2x"><img src=c width=1></picture><a href=d.jpg rel=ugc>d</a><area href=e><iframe src=f></iframe><meta name=robots property=x content=noindex>`), "https://example.org/", "")
	f.Add([]byte("\xff\xfe<\x00i\x00m\x00g\x00"), "", "text/html; charset=klingon")
	f.Fuzz(func(t *testing.T, html []byte, address, contentType string) {
		p, err := page.Extract(bytes.NewReader(html), address, contentType)
		if err != nil {
			t.Fatalf("a reader without errors gave %v", err)
		}
		for _, s := range []string{p.URL, p.Title, p.Author} {
			if !utf8.ValidString(s) {
				t.Fatalf("not UTF-8: %q", s)
			}
		}
		for _, r := range p.Refs {
			if r.URL != page.Address(r.URL) {
				t.Fatalf("%q is not in the form of addresses: %q", r.URL, page.Address(r.URL))
			}
		}
	})
}

func FuzzMHTML(f *testing.F) {
	f.Add([]byte(message(part("Content-Type: text/html\r\nContent-Location: https://example.org/", "<img src=a.png>"), part("Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\nContent-Location: https://example.org/a.png", "AAAA"))))
	f.Add([]byte("Content-Type: multipart/related; boundary=\"\"\r\n\r\n--\r\n\r\n----"))
	f.Add([]byte(message(part("X: "+strings.Repeat("x", 70_000), ""), part("Content-Type: image/png", "x"))))
	path := filepath.Join(f.TempDir(), "x.mhtml")
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		for it := range page.OpenMHTML(path).Items(t.Context()) {
			if it.Key == "" || (it.Err != nil && engine.MessageOf(it.Err) == "") {
				t.Fatalf("%q, %v", it.Key, it.Err)
			}
			if it.Err != nil {
				continue
			}
			in, err := it.Open(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if n, _ := io.Copy(io.Discard, in); n > int64(len(data)) {
				t.Fatalf("%d bytes from %d", n, len(data))
			}
			_ = in.Close()
		}
	})
}
