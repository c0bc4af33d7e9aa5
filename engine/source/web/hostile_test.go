package web_test

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"gabarit/engine/source/web"
)

// endless sends a text again and again, in chunks without an end, until the client goes away.
func endless(media, coding, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", media)
		out := io.Writer(w)
		if coding != "" {
			w.Header().Set("Content-Encoding", coding)
			out = gzip.NewWriter(w)
		}
		text := []byte(strings.Repeat(text, 64<<10/len(text)))
		for r.Context().Err() == nil {
			if _, err := out.Write(text); err != nil {
				return
			}
		}
	}
}

// TestHostileAnswersFailAlone: each has a limit and says so, and what is beside it is collected.
func TestHostileAnswersFailAlone(t *testing.T) {
	const large = "! the site sends more than the limit"
	slow := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "image/jpeg")
		for r.Context().Err() == nil {
			_, _ = io.WriteString(w, "x")
			w.(http.Flusher).Flush()
			time.Sleep(10 * time.Millisecond)
		}
	}
	headers := func(w http.ResponseWriter, _ *http.Request) {
		for i := range 200 {
			w.Header().Set(fmt.Sprintf("X-%d", i), strings.Repeat("x", 1000))
		}
		_, _ = io.WriteString(w, "x")
	}
	cases := map[string]struct {
		answer http.HandlerFunc
		page   bool
		want   string
	}{
		"an image of endless chunks":     {endless("image/jpeg", "", "x"), false, large},
		"a page of endless chunks":       {endless("text/html", "", "<p>text"), true, large},
		"a page that inflates endlessly": {endless("text/html", "gzip", "<p>text"), true, large},
		"an image that trickles":         {slow, false, "! the site did not answer in time"},
		"headers of 200 KB":              {headers, false, "! the site can't be reached, or broke off"},
		"nested without an end":          {endless("text/html", "", "<div><figure>"), true, large},
		"an image that is a drawing":     {image("<svg/>", "Content-Type: text/html"), false, "! the address gives a page instead of an image"},
		"a length that is a lie":         {image("x", "Content-Length: 9999"), false, "! the site can't be reached, or broke off"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, museum)
			const base = "http://" + museum + "/"
			s.pages[museum+"/"] = html(`<img src="/first.jpg"><img src="/bad"><a href="/last.html">l</a>`)
			if c.page {
				s.pages[museum+"/"] = html(`<img src="/first.jpg"><a href="/bad">b</a><a href="/last.html">l</a>`)
			}
			s.pages[museum+"/bad"], s.pages[museum+"/first.jpg"] = c.answer, image("first")
			s.pages[museum+"/last.html"], s.pages[museum+"/last.jpg"] = html(`<img src="/last.jpg">`), image("last")
			o := s.options(museum)
			o.Limits.PageBytes, o.Limits.FileBytes, o.Limits.Request = 64<<10, 64<<10, time.Minute
			if name == "an image that trickles" {
				o.Limits.Request = 300 * time.Millisecond
			}
			_, got := s.collect(o, base)
			key := base + "bad on " + base
			if c.page {
				key = base + "bad"
			}
			if got[key] != c.want || got[base+"first.jpg on "+base] != "first" || got[base+"last.jpg on "+base+"last.html"] != "last" {
				t.Errorf("%q: %v", key, got)
			}
		})
	}
}

// TestRulesOfAnyLengthAreReadInPart: of a robots.txt without an end the beginning counts.
func TestRulesOfAnyLengthAreReadInPart(t *testing.T) {
	s := newSite(t, museum)
	s.pages[museum+"/robots.txt"] = func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "User-agent: *\nDisallow: /private\n")
		endless("text/plain", "", "# nothing\n")(w, r)
	}
	s.pages[museum+"/"], s.pages[museum+"/a.jpg"] = html(`<img src="/a.jpg"><img src="/private/b.jpg">`), image("a")
	_, got := s.collect(s.options(museum), "http://"+museum+"/")
	const base = "http://" + museum + "/"
	if got[base+"a.jpg on "+base] != "a" || got[base+"private/b.jpg on "+base] != "! the site's robots.txt does not allow it" {
		t.Errorf("%v", got)
	}
}

func TestHostsOutsideOfTheScopeAreListedUpToALimit(t *testing.T) {
	s := newSite(t, museum)
	var b strings.Builder
	for i := range 700 {
		fmt.Fprintf(&b, `<a href="https://h%d.example.org/">x</a>`, i)
	}
	s.pages[museum+"/"], s.pages[museum+"/a.jpg"] = html(b.String()+`<a href="/two.html">t</a>`), image("a")
	s.pages[museum+"/two.html"] = html(`<img src="/a.jpg">`)
	const base = "http://" + museum + "/"
	_, got := s.collect(s.options(museum), base)
	if len(got) != 502 || got[base+"#outside"] != "! more hosts outside of the collection's scope were met than are listed" || got[base+"a.jpg on "+base+"two.html"] != "a" {
		t.Errorf("%d items, %q", len(got), got[base+"#outside"])
	}
}

// TestAPageThatShowsTheSameInManyForms: of each picture one form is asked for.
func TestAPageThatShowsTheSameInManyForms(t *testing.T) {
	p := extract(t, `<picture><source srcset="/a.avif 400w, /a2.avif 800w"><source srcset="/a.webp 600w"><img src=/a.jpg srcset="/a1.jpg 300w" alt=A></picture>
		<img src=/b.jpg data-original=/b-large.jpg alt=B><img src=/c.jpg><script type="application/ld+json">{"image":"/d.jpg"}</script><p style="background:url(/e.jpg)"></p>`)
	want := []web.Picture{{URL: "/a2.avif", Title: "A"}, {URL: "/b-large.jpg", Title: "B"}, {URL: "/c.jpg"}, {URL: "/d.jpg"}, {URL: "/e.jpg"}}
	for i := range p.Pictures {
		p.Pictures[i].URL = strings.TrimPrefix(p.Pictures[i].URL, "https://city-archive.org")
	}
	if fmt.Sprint(p.Pictures) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", p.Pictures, want)
	}
}

// TestWhatAPageForbidsIsFoundWhereverItStands: behind more images than are looked at, or in an element that names it twice.
func TestWhatAPageForbidsIsFoundWhereverItStands(t *testing.T) {
	for name, text := range map[string]string{
		"behind many images": strings.Repeat("<img src=a.jpg>", 21_000) + `<meta name=robots content=noindex>`,
		"two names":          `<meta property="og:x" name="ROBOTS " content="NoIndex">`,
		"a name of ours":     `<meta name=gabarit content=noindex>`,
		"inside noscript":    `<noscript><meta name=robots content=noindex></noscript>`,
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, museum)
			s.pages[museum+"/"] = html(text + `<img src="/a.jpg">`)
			if _, got := s.collect(s.options(museum), "http://"+museum+"/"); len(s.targets(museum)) > 3 || got["http://"+museum+"/"] == "" {
				t.Errorf("asked for %v; %v", s.targets(museum), got)
			}
		})
	}
}
