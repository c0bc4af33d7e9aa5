package main_test

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// TestWindowSources drives the real window: a web archive is dropped on an empty library and the wizard answered by keyboard; a site on this machine is
// typed in, collected by its rules, stopped, and gone on with after the window was closed and opened again.
func TestWindowSources(t *testing.T) {
	if testing.Short() {
		t.Skip("the real window is not driven in a short run")
	}
	d := newDesk(t)
	photos := d.somePhotos(6)
	d.write("crawl.warc.gz", crawl(t, photos), 0o600)
	site := newWindowSite(t, photos)
	t.Setenv("GABARIT_UI_SITE", fairHost+"="+site.server.Listener.Addr().String())
	d.cli("vault", "init", "--no-passphrase")

	w := d.open("light", "en")
	w.key("ctrl+2")
	w.dropWARC(filepath.Join(d.dir, "crawl.warc.gz"))
	w.addSite()
	w.click("library.job.stop", .5)
	w.wait("library.job.state", "Stopped")
	w.screen("site-stopped")
	w.quit()

	w = d.open("dark", "fr")
	w.key("ctrl+2")
	w.wait("library.resume", "Reprendre")
	w.waitCrop()
	w.screen("site-resume-fr")
	w.click("library.resume", .5)
	w.wait("library.job.state", "Terminé")
	w.wait("library.refused", "1 élément refusé")
	w.screen("site-done-fr")
	w.click("library.site", .5)
	w.wait("form.title", "Quel site")
	w.waitCrop()
	w.screen("wizard-site-fr")
	w.key("Escape")
	w.quit()
	site.check(t)
}

// dropWARC drops a web archive on an empty library and answers the wizard.
func (w *window) dropWARC(path string) {
	w.t.Helper()
	w.drop(path)
	w.wait("form.title", "What is read")
	w.waitCrop()
	w.screen("wizard-1")
	w.click("form.start", .5)
	w.wait("form.title", "What is it for")
	w.wait("form.hint", "needs a name")
	w.enter("Crawl")
	w.key("Tab")
	w.enter("find photos of me")
	w.until("a complete step", func() bool { return w.box("form.hint").Text == "" })
	w.waitCrop()
	w.screen("wizard-2")
	w.key("Return")
	w.wait("form.title", "On what legal basis")
	w.key("space", "Down", "Return") // the first of the list: consent, which brings its condition
	w.until("a complete step", func() bool { return w.box("form.hint").Text == "" })
	w.waitCrop()
	w.screen("wizard-3")
	w.click("form.start", .5)
	w.wait("form.title", "From where")
	w.waitCrop()
	w.screen("wizard-4")
	w.click("form.start", .5)
	w.wait("library.job.state", "Finished")
	w.wait("library.detail", "6 photos")
	w.wait("library.failed", "1 item could not be read")
	w.screen("warc-done")
}

// addSite types a site's address and answers the wizard.
func (w *window) addSite() {
	w.t.Helper()
	w.click("library.site", .5)
	w.wait("form.title", "Which site")
	w.wait("form.hint", "Type the address")
	w.enter("http://" + fairHost)
	w.wait("form.hint", "need")
	w.key("Tab")
	w.enter("archive@city-museum.org")
	w.until("a complete step", func() bool { return w.box("form.hint").Text == "" })
	w.waitCrop()
	w.screen("wizard-site")
	w.key("Return")
	w.wait("form.title", "What is read")
	w.click("form.start", .5)
	w.wait("form.title", "What is it for")
	w.enter("Fair")
	w.key("Tab")
	w.enter("find photos of me")
	w.key("Return")
	w.wait("form.title", "On what legal basis")
	w.key("space", "Down", "Return")
	w.until("a complete step", func() bool { return w.box("form.hint").Text == "" })
	w.click("form.start", .5)
	w.wait("form.title", "From where")
	w.waitCrop()
	w.screen("wizard-site-scope")
	w.click("form.start", .5)
	w.until("a page and a picture of the site", func() bool {
		text := w.box("library.job.done").Text
		return strings.Contains(text, "refused by rules") && !strings.HasPrefix(text, "0 photos")
	})
	w.screen("site-running")
}

// somePhotos gives photos of people.
func (d *desk) somePhotos(n int) (photos [][]byte) {
	d.t.Helper()
	file, err := os.Open(filepath.Join(d.testdata, "manifest.csv"))
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		d.t.Fatal(err)
	}
	for _, row := range rows[1:] {
		for _, cell := range row {
			if len(photos) < n && strings.HasPrefix(cell, "people/") {
				data, err := os.ReadFile(filepath.Join(d.testdata, cell))
				if err != nil {
					d.t.Fatal(err)
				}
				photos = append(photos, data)
			}
		}
	}
	if len(photos) < n {
		d.t.Fatalf("%d photos of people", len(photos))
	}
	return photos
}

// crawl is a web archive of a page with photos, and one that is broken.
func crawl(t *testing.T, photos [][]byte) []byte {
	t.Helper()
	var out bytes.Buffer
	put := func(address, mime string, body []byte) {
		block := append([]byte("HTTP/1.1 200 OK\r\nContent-Type: "+mime+"\r\n\r\n"), body...)
		z := gzip.NewWriter(&out)
		fmt.Fprintf(z, "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: %s\r\nWARC-Date: 2024-05-31T14:05:00Z\r\nContent-Type: application/http;msgtype=response\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n", address, len(block), block)
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
	}
	html := "<title>The parade</title><img src=/broken.jpg>"
	for i := range photos {
		html += fmt.Sprintf(`<img src="/p%d.jpg" alt="At the parade">`, i)
	}
	put("https://press.example/parade", "text/html", []byte(html))
	for i, p := range photos {
		put(fmt.Sprintf("https://press.example/p%d.jpg", i), "image/jpeg", p)
	}
	put("https://press.example/broken.jpg", "image/jpeg", []byte("no photo"))
	return out.Bytes()
}

const fairHost = "fair.city-archive.org"

// windowSite is a site on this machine.
type windowSite struct {
	server *httptest.Server
	mu     sync.Mutex
	asked  map[string]int
}

func newWindowSite(t *testing.T, photos [][]byte) *windowSite {
	s := &windowSite{asked: map[string]int{}}
	s.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked[r.URL.Path]++
		s.mu.Unlock()
		var n int
		switch {
		case r.URL.Path == "/robots.txt":
			fmt.Fprint(w, "User-agent: *\nDisallow: /staff")
		case r.URL.Path == "/":
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, `<title>The fair</title><a href="/staff/">s</a><a href="/day0.html">d</a><a href="/day1.html">d</a><a href="/day2.html">d</a><img src="/p0.jpg" alt="The gate">`)
		case strings.HasPrefix(r.URL.Path, "/day"):
			_, _ = fmt.Sscanf(r.URL.Path, "/day%d.html", &n)
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprintf(w, `<title>Day %d</title><img src="/p%d.jpg">`, n, n+1)
		case strings.HasPrefix(r.URL.Path, "/p"):
			_, _ = fmt.Sscanf(r.URL.Path, "/p%d.jpg", &n)
			w.Header().Set("Content-Type", "image/jpeg")
			_, _ = w.Write(photos[n%len(photos)])
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(s.server.Close)
	return s
}

// check: what a rule forbids was not asked for, and pages that were read before the stop were not asked for again.
func (s *windowSite) check(t *testing.T) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	t.Logf("asked for: %v", s.asked)
	if s.asked["/staff/"] > 0 || s.asked["/"] != 1 {
		t.Errorf("asked for %v", s.asked)
	}
	for i := range 4 {
		if s.asked[fmt.Sprintf("/p%d.jpg", i)] != 1 {
			t.Errorf("photo %d was asked for %d times", i, s.asked[fmt.Sprintf("/p%d.jpg", i)])
		}
	}
}
