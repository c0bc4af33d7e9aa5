package page_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"gabarit/engine"
	"gabarit/engine/enginetest"
	"gabarit/engine/source/page"
)

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

func dataURL(b []byte) string { return "data:image/png;base64," + base64.StdEncoding.EncodeToString(b) }

func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

var (
	items = enginetest.Items
	read  = enginetest.Content
)

// lines tells of items: file or part, address, page, title of the page and of the image, bytes or error.
func lines(dir string, all []engine.Item) string {
	var out []string
	for _, it := range all {
		data, err := read(it)
		s := it.Source
		line := fmt.Sprintf("%s %s | %s | %s | %s | %s", strings.TrimPrefix(s.File, dir+"/"), s.Part, s.URL, s.PageURL, s.PageTitle, s.ImageTitle)
		if err != nil {
			line += " ! " + engine.MessageOf(err)
		} else {
			line += fmt.Sprintf(" : %d", len(data))
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

func wantLines(t *testing.T, dir string, got []engine.Item, want ...string) {
	t.Helper()
	if g, w := lines(dir, got), strings.Join(want, "\n"); g != w {
		t.Errorf("items:\n%s\nwant:\n%s", g, w)
	}
}

func TestASavedPageWithItsFiles(t *testing.T) {
	dir := folder(t, map[string]string{
		"Fair.html": `<!-- saved from url=(0024)https://example.org/fair -->
<title>Fair</title><img src="./Fair_files/a%20b.png" alt="Gate"><img src="Fair_files/gone.png"><img srcset="Fair_files/small.png 1x, Fair_files/none.png 2x" src="https://example.org/remote.png">
<img src="../secret.png"><img src="/etc/passwd"><img src="Fair_files/link.png"><img src="Fair_files/out.png"><img src="Fair_files/pipe"><img src="Fair_files/a%20b.png"><img alt="Inside" src="` + dataURL(drawn(9)) + `"><img src="data:image/png;base64,AAAA">`,
		"Fair_files/a b.png":   "12345",
		"Fair_files/small.png": "123",
		"Fair_files/x.js":      "x()",
		"Fair_files/bg.png":    string(drawn(3)),
		"other.png":            "no",
	})
	outside := folder(t, map[string]string{"private.png": "secret"})
	for link, to := range map[string]string{"link.png": "small.png", "out.png": filepath.Join(outside, "private.png")} {
		if err := os.Symlink(to, filepath.Join(dir, "Fair_files", link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "Fair_files", "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	got := items(t, page.Open(filepath.Join(dir, "Fair.html")))
	const on = " |  | https://example.org/fair | Fair | "
	const escapes = " ! the path leads outside the folder"
	wantLines(t, dir, got,
		"Fair_files/a b.png "+on+"Gate : 5",
		"Fair_files/gone.png "+on+" ! the image was not saved with the page",
		"Fair_files/small.png "+on+" : 3",
		filepath.Join(filepath.Dir(dir), "secret.png")+" "+on+escapes,
		"Fair_files/link.png "+on+" : 3",
		"Fair_files/out.png "+on+escapes,
		"Fair_files/pipe "+on+" ! this is not a regular file",
		"Fair.html image 12"+on+fmt.Sprintf("Inside : %d", len(drawn(9))),
		"Fair_files/bg.png "+on+fmt.Sprintf(" : %d", len(drawn(3))))
}

func TestAPageOfWhichNothingWasSaved(t *testing.T) {
	dir := folder(t, map[string]string{"a.html": `<img src="https://example.org/a.png">`, "b.html": `<p>Text only`})
	wantLines(t, dir, items(t, page.Open(filepath.Join(dir, "a.html"))), "a.html  |  |  |  |  ! none of the page's images was saved with it")
	wantLines(t, dir, items(t, page.Open(filepath.Join(dir, "b.html"))))
	wantLines(t, dir, items(t, page.Open(filepath.Join(dir, "c.html"))), "c.html  |  |  |  |  ! the file does not exist")
}

func TestWhatStandsBesideAPageIsToldWhereItCannotBeRead(t *testing.T) {
	dir := folder(t, map[string]string{"a.html": "<p>", "a_files/b.png": string(drawn(3)), "away.png": "x"})
	for _, err := range []error{os.Symlink("../away.png", filepath.Join(dir, "a_files", "link.png")), syscall.Mkfifo(filepath.Join(dir, "a_files", "pipe"), 0o600)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	wantLines(t, dir, items(t, page.Open(filepath.Join(dir, "a.html"))),
		"a_files/b.png  |  |  |  | "+fmt.Sprintf(" : %d", len(drawn(3))),
		"a_files/link.png  |  |  |  |  ! symbolic links are not followed",
		"a_files/pipe  |  |  |  |  ! this is not a regular file")
}

func TestPartsOfNoTellingTypeAreKnownByTheirFirstBytes(t *testing.T) {
	dir := folder(t, map[string]string{"x.mhtml": message(
		part("Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64", base64Lines(drawn(1))), part("Content-Type: application/octet-stream", "a font"))})
	wantLines(t, dir, items(t, page.OpenMHTML(filepath.Join(dir, "x.mhtml"))), "x.mhtml part1 |  |  |  | "+fmt.Sprintf(" : %d", len(drawn(1))))
}

func TestAnEditedPageChangesTheVersion(t *testing.T) {
	dir := folder(t, map[string]string{"a.html": `<img src=a.png alt=One>`, "a.png": "x"})
	path := filepath.Join(dir, "a.html")
	before := items(t, page.Open(path))[0]
	if err := os.WriteFile(path, []byte(`<img src=a.png alt=Two>`), 0o600); err != nil {
		t.Fatal(err)
	}
	if after := items(t, page.Open(path))[0]; after.Version == before.Version || after.Key != before.Key {
		t.Errorf("before %q %q, after %q %q", before.Key, before.Version, after.Key, after.Version)
	}
}

// message is an MHTML file as Chrome writes it.
func message(parts ...string) string {
	out := "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://example.org/fair\r\nSubject: =?utf-8?Q?The=20f=C3=AAte?=\r\nDate: Fri, 31 May 2024 14:05:00 +0200\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: multipart/related;\r\n\ttype=\"text/html\";\r\n\tboundary=\"----X--\"\r\n\r\n\r\n"
	for _, p := range parts {
		out += "------X--\r\n" + p + "\r\n"
	}
	return out + "------X----\r\n"
}

func part(head, body string) string { return head + "\r\n\r\n" + body }

func base64Lines(b []byte) string {
	var out strings.Builder
	for s := base64.StdEncoding.EncodeToString(b); s != ""; {
		n := min(76, len(s))
		out.WriteString(s[:n] + "\r\n")
		s = s[n:]
	}
	return out.String()
}

func TestMHTML(t *testing.T) {
	html := "Content-Type: text/html\r\nContent-ID: <frame-1@mhtml.blink>\r\nContent-Transfer-Encoding: quoted-printable\r\nContent-Location: https://example.org/fair"
	frame := "Content-Type: text/html\r\nContent-ID: <frame-2@mhtml.blink>\r\nContent-Transfer-Encoding: 8bit\r\nContent-Location: https://frame.example/f"
	img := func(more string) string {
		return "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n" + more
	}
	data := message(
		part(html, "<img src=3D\"https://example.org/a.png\" alt=3D\"Ga=\r\nte\"><img src=3Dcid:x1@y alt=3D\"By id\">"),
		part(frame, `<title>Frame</title><img src=b.png alt=Framed><img alt=In src="`+dataURL(drawn(9))+`">`),
		part(img("Content-Location: https://example.org/a.png"), base64Lines(drawn(1))),
		part(img("Content-ID: <x1@y>\r\nContent-Location: cid:x1@y"), base64Lines(drawn(2))),
		part(img("Content-Location: https://frame.example/b.png"), base64Lines(drawn(3))),
		part("Content-Type: image/png\r\nContent-Transfer-Encoding: binary\r\nContent-Location: https://example.org/raw.png", string(drawn(4))),
		part("Content-Type: text/css\r\nContent-Location: https://example.org/s.css", "body{}"),
		part(img("Content-Location: https://example.org/bad.png"), "%%%"),
		part("Content-Type: multipart/alternative; boundary=q", "--q\r\n\r\n--q--"),
	)
	dir := folder(t, map[string]string{"fair.mhtml": data})
	got := items(t, page.OpenMHTML(filepath.Join(dir, "fair.mhtml")))
	const on = " | https://example.org/fair | The fête | "
	const framed = " | https://frame.example/f | Frame | "
	size := func(n int) string { return fmt.Sprintf(" : %d", len(drawn(n))) }
	wantLines(t, dir, got,
		"fair.mhtml part3 | https://example.org/a.png"+on+"Gate"+size(1),
		"fair.mhtml part4 | "+on+"By id"+size(2),
		"fair.mhtml part5 | https://frame.example/b.png"+framed+"Framed"+size(3),
		"fair.mhtml part6 | https://example.org/raw.png"+on+size(4),
		"fair.mhtml part8 | https://example.org/bad.png"+on+" ! the part of the saved page is damaged",
		"fair.mhtml part9 |  |  |  |  ! a part of the saved page has parts of its own",
		"fair.mhtml part2 image 2 | "+framed+"In"+size(9))
	if d := got[0].Source.ArchivedAt.Format("2006-01-02T15:04"); d != "2024-05-31T12:05" {
		t.Error(d)
	}
	for i, n := range []int{1, 2, 3, 4} {
		if b, err := read(got[i]); err != nil || !bytes.Equal(b, drawn(n)) {
			t.Errorf("item %d: other bytes, %v", i, err)
		}
	}
}

func TestBadMHTML(t *testing.T) {
	img := part("Content-Type: image/png\r\nContent-Location: https://example.org/a.png", "bytes")
	whole := message(part("Content-Type: text/html", "<title>T</title>"), img)
	many := "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n" + strings.Repeat("--b\r\n\r\n", 21_000)
	cases := map[string]struct{ data, want string }{
		"cut":                     {whole[:len(whole)-20], "the file ends in the middle of this part"},
		"no message":              {"hello", "the file is not a saved page of several parts"},
		"no boundary":             {"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\nx", "the file is not a saved page of several parts"},
		"a huge header":           {"MIME-Version: 1.0\r\nX: " + strings.Repeat("x\r\n ", 60_000) + "\r\n\r\n", "a header of the file is larger than the limit"},
		"a huge header of a part": {message("X: " + strings.Repeat("x", 90_000)), "a header of the file is larger than the limit"},
		"more parts than fit":     {many, "the saved page has more parts than the limit"},
		"nothing":                 {"", "the file is not a saved page of several parts"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			dir := folder(t, map[string]string{"x.mhtml": c.data})
			if got := lines(dir, items(t, page.OpenMHTML(filepath.Join(dir, "x.mhtml")))); !strings.Contains(got, " ! "+c.want) {
				t.Errorf("%s\nwant %s", got, c.want)
			}
		})
	}
}

func TestBoundariesInsideLinesAreNone(t *testing.T) {
	body := "text ------X-- and\r\n ------X--\r\n------X--more\r\n" + strings.Repeat("y", 70_000) + "------X--\r\nend"
	dir := folder(t, map[string]string{"x.mhtml": message(part("Content-Type: image/png", body))})
	got := items(t, page.OpenMHTML(filepath.Join(dir, "x.mhtml")))
	if len(got) != 1 {
		t.Fatalf("%d items", len(got))
	}
	if b, err := read(got[0]); err != nil || string(b) != body {
		t.Errorf("%d bytes of %d, %v", len(b), len(body), err)
	}
}
