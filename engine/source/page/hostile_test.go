package page_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"gabarit/engine"
	"gabarit/engine/source/page"
)

// TestALongBaseTakesLittleMemory: a short page may make each of its addresses long.
func TestALongBaseTakesLittleMemory(t *testing.T) {
	html := `<base href="https://example.org/` + strings.Repeat("x", 4000) + `/">` + strings.Repeat("<img src=a>", 20_000)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	p, err := page.Extract(strings.NewReader(html), at, "text/html")
	runtime.GC()
	runtime.ReadMemStats(&after)
	if err != nil || !p.Cut || len(p.Refs) < 8_000 || p.Refs[0].URL == "" {
		t.Errorf("cut %v, %d references, %v", p.Cut, len(p.Refs), err)
	}
	if kept := int64(after.HeapAlloc) - int64(before.HeapAlloc); kept > 48<<20 {
		t.Errorf("%d MB are kept of a page of %d KB", kept>>20, len(html)>>10)
	}
	runtime.KeepAlive(p)
}

func TestHostileMHTML(t *testing.T) {
	img := part("Content-Type: image/png\r\nContent-Location: https://example.org/a.png", string(drawn(1)))
	html := func(s string) string { return part("Content-Type: text/html", s) }
	var frames, shown []string
	for i := range 70 {
		frames = append(frames, html(fmt.Sprintf("<title>%d</title>", i)))
	}
	for i := range 6 {
		var b strings.Builder
		for k := range 19_000 {
			fmt.Fprintf(&b, "<img src=https://example.org/%d/%d.png>", i, k)
		}
		shown = append(shown, html(b.String()))
	}
	cases := map[string]struct {
		data string
		want []string // errors, in order; the image is always among the items
	}{
		"a huge header of a part is this part's": {message(part("X: "+strings.Repeat("x", 90_000), ""), img), []string{"a header of the file is larger than the limit"}},
		"more frames than the limit":             {message(append(frames, img)...), []string{"the saved page has more pages and frames than the limit"}},
		"frames that show more than the limit":   {message(append(shown, img)...), []string{"the page is larger than the limit; what stands behind it was not looked at"}},
		"parts inside of parts":                  {message(part("Content-Type: multipart/mixed; boundary=x", "--x\r\n\r\n--x--"), img), []string{"a part of the saved page has parts of its own"}},
		"a page of 40 MB":                        {message(html(strings.Repeat("<p>text", 6<<20)), img), []string{"the page is larger than the limit; what stands behind it was not looked at"}},
		"a part whose name is a path is no file": {message(part("Content-Type: image/png\r\nContent-Location: file:///etc/passwd", string(drawn(2))), img), nil},
		"headers as long as may be are not kept": {message(part("Content-Type: image/gif; x="+strings.Repeat("x", 60_000), string(drawn(2))), img), nil},
		"a part that begins and never ends":      {message(img) + "\r\n------X\r\nContent-Type: image/png\r\n\r\nabc", nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			dir := folder(t, map[string]string{"x.mhtml": c.data})
			var errs []string
			found := false
			for _, it := range items(t, page.OpenMHTML(filepath.Join(dir, "x.mhtml"))) {
				if it.Err != nil {
					errs = append(errs, engine.MessageOf(it.Err))
				} else if data, err := read(it); err == nil && string(data) == string(drawn(1)) {
					found = true
				}
			}
			if !found || strings.Join(errs, "\n") != strings.Join(c.want, "\n") {
				t.Errorf("the image was found: %v; errors %q, want %q", found, errs, c.want)
			}
		})
	}
}

func TestAFolderBesideAPageIsBounded(t *testing.T) {
	dir := folder(t, map[string]string{"x.html": "<img src=x_files/a.png>", "x_files/a.png": string(drawn(1)), "x_files/b.png": string(drawn(2))})
	deep := filepath.Join(dir, "x_files", strings.Repeat("d/", 40))
	if err := os.MkdirAll(deep, 0o755); err != nil {
		t.Fatal(err)
	}
	got := items(t, page.Open(filepath.Join(dir, "x.html")))
	if len(got) != 3 || got[0].Err != nil || got[1].Err != nil || engine.MessageOf(got[2].Err) != "the page's folder holds more than the limit; the rest of it was not looked at" {
		t.Errorf("%s", lines(dir, got))
	}
}

// TestADrawingIsNotExpanded: neither the entities of a drawing inside a page, nor a file that one names.
func TestADrawingIsNotExpanded(t *testing.T) {
	p := extract(t, `<!DOCTYPE html [<!ENTITY a SYSTEM "file:///etc/passwd"><!ENTITY b "`+strings.Repeat("ha", 100)+`">]><title>&a;&b;</title><svg><title>x</title><image href="a.png"/><image xlink:href="file:///etc/passwd"/></svg>`)
	if p.Title != "&a;&b;" || len(p.Refs) != 2 || p.Refs[0].URL != "https://example.org/dir/a.png" || p.Refs[1].URL != "" {
		t.Errorf("%q %+v", p.Title, p.Refs)
	}
}
