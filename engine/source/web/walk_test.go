package web_test

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gabarit/engine"
	"gabarit/engine/source/web"
)

const (
	museum = "museum.city-archive.org"
	static = "static.city-archive.org"
)

// fullSite has something of everything.
func fullSite(t *testing.T) *site {
	s := newSite(t, museum, static)
	s.names["intranet.city-archive.org"] = []netip.Addr{netip.MustParseAddr("10.0.0.5")}
	on := func(path string, h http.HandlerFunc) { s.pages[museum+path] = h }
	on("/robots.txt", text("User-agent: *\nDisallow: /private/\nDisallow: /img/kept-back\nAllow: /private/open/\nCrawl-delay: 3\n\nUser-agent: OtherBot\nDisallow: /\n"))
	on("/.well-known/tdmrep.json", text(`[{"location":"/press/free/*","tdm-reservation":0},{"location":"/press/","tdm-reservation":1,"tdm-policy":"https://museum.city-archive.org/licence"}]`))
	on("/", html(`<head><title>City museum</title></head><body><a href="/fair.html">fair</a> <a href="/quiet.html">q</a> <a href="/noimages.html">n</a>
		<a href="/noai.html">n</a> <a href="/reserved.html">r</a> <a href="/press/2024.html">p</a> <a href="/press/free/1.html">p</a> <a href="/private/staff.html">x</a> <a href="/private/open/day.html">o</a>
		<a href="/members.html">m</a> <a href="/vault.html">v</a> <a href="/gone.html">g</a> <a href="/hop?1">h</a> <a href="/inside.html">i</a> <a href="/loopback.html">i</a> <a href="/metadata.html">i</a>
		<a href="/busy.html">b</a> <a href="/broken.html">b</a> <a href="/bomb.html">b</a> <a href="/nofollow.html" rel="nofollow">f</a> <a href="/guide.pdf">pdf</a>
		<a href="https://elsewhere.org/a">e</a> <a href="https://elsewhere.org/b">e</a> <a href="mailto:a@city-archive.org">m</a> <a href="javascript:void(0)">j</a>
		<form action="/search" method="get"><input name="q"></form><a href="/#top">top</a></body>`, "Set-Cookie: id=1; Path=/"))
	on("/fair.html", html(`<head><title>Summer
		fair</title></head><body><figure><img src="/img/gate.jpg" alt="At the gate" srcset="/img/gate-800.jpg 800w, /img/gate-1600.jpg 1600w"><figcaption>The gate at noon</figcaption></figure>
		<img data-src="http://static.city-archive.org/img/band.jpg" src="data:image/gif;base64,R0lGOD" title="The band"><img src="/img/dot.gif" width=1 height=1>
		<img src="/img/kept-back.jpg"><img src="/img/tagged.jpg" alt="t"><img src="/img/missing.jpg"><img src="/img/cdn-redirect.jpg"><img src="http://cdn.elsewhere.org/x.jpg">
		<img src="data:image/jpeg;base64,`+strings.Repeat("A", 5000)+`"><img src="/logo.svg"><video src="/film.mp4"></video></body>`))
	on("/quiet.html", html(`<head><meta name="robots" content="noindex"></head><img src="/img/quiet.jpg"><a href="/behind.html">b</a>`))
	on("/behind.html", html(`<img src="/img/behind.jpg">`))
	on("/noimages.html", html(`<title>No images</title><img src="/img/no1.jpg"><img src="/img/no2.jpg">`, "X-Robots-Tag: otherbot: noindex", "X-Robots-Tag: gabarit: noimageindex"))
	on("/noai.html", html(`<head><meta name="gabarit" content="noai"></head><img src="/img/noai.jpg">`))
	on("/reserved.html", html(`<img src="/img/reserved.jpg"><a href="/behind-reserved.html">b</a>`, "TDM-Reservation: 1"))
	on("/press/free/1.html", html(`<img src="/img/press.jpg" alt="press">`))
	on("/private/open/day.html", html(`<img src="/img/open-day.jpg">`))
	on("/members.html", redirect("/login?next=/members.html"))
	on("/vault.html", status(http.StatusUnauthorized, `WWW-Authenticate: Basic realm="x"`))
	on("/gone.html", status(http.StatusGone))
	on("/hop", func(w http.ResponseWriter, r *http.Request) { redirect("/hop?"+r.URL.RawQuery+"1")(w, r) })
	on("/inside.html", redirect("http://intranet.city-archive.org/"))
	on("/loopback.html", redirect("http://127.0.0.1/"))
	on("/metadata.html", redirect("http://169.254.169.254/latest/meta-data/"))
	busy := 0
	on("/busy.html", func(w http.ResponseWriter, r *http.Request) {
		if busy++; busy == 1 {
			status(http.StatusTooManyRequests, "Retry-After: 120")(w, r)
			return
		}
		html(`<img src="/img/busy.jpg">`)(w, r)
	})
	on("/broken.html", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Content-Length", "5000")
		_, _ = io.WriteString(w, "<html><img src=/img/half.jpg>")
	})
	on("/bomb.html", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		for range 20 {
			_, _ = z.Write(make([]byte, 1<<20))
		}
		_ = z.Close()
	})
	for _, name := range []string{"gate-1600", "behind", "press", "open-day", "busy"} {
		on("/img/"+name+".jpg", image("jpeg of "+name))
	}
	on("/img/tagged.jpg", image("x", "X-Robots-Tag: noimageai"))
	on("/img/cdn-redirect.jpg", redirect("http://cdn.elsewhere.org/y.jpg"))
	s.pages[static+"/img/band.jpg"] = image("jpeg of band")
	return s
}

func TestASiteIsCollectedByItsRules(t *testing.T) {
	s := fullSite(t)
	o := s.options(museum + ", " + static + ", intranet.city-archive.org")
	o.Limits.PageBytes = 1 << 20
	items, got := s.collect(o, "http://"+museum+"/")
	base := "http://" + museum
	const robots, tdm = "! the site's robots.txt does not allow it", "! the site reserves its rights on text and data mining (TDM reservation)"
	want := map[string]string{
		base + "/img/gate-1600.jpg on " + base + "/fair.html":            "jpeg of gate-1600",
		"http://" + static + "/img/band.jpg on " + base + "/fair.html":   "jpeg of band",
		base + "/img/kept-back.jpg on " + base + "/fair.html":            robots,
		base + "/img/tagged.jpg on " + base + "/fair.html":               "! the image's site asks that it not be indexed (noindex or noimageindex)",
		base + "/img/missing.jpg on " + base + "/fair.html":              "! the site has nothing at this address",
		base + "/img/cdn-redirect.jpg on " + base + "/fair.html":         "! the collection's scope does not name this host",
		"http://cdn.elsewhere.org/":                                      "! the collection's scope does not name this host",
		base + "/fair.html#videos":                                       "! the page shows or links to videos, which are not collected from sites: get the files yourself and collect those",
		base + "/fair.html#inline":                                       "! the page holds images in its own text, which are not collected",
		base + "/quiet.html":                                             "! the page asks not to be indexed (noindex)",
		base + "/img/behind.jpg on " + base + "/behind.html":             "jpeg of behind",
		base + "/noimages.html":                                          "! the page asks that its images be left alone (noimageindex or noimageai)",
		base + "/noai.html":                                              "! the page asks not to be used by AI (noai)",
		base + "/reserved.html":                                          tdm,
		base + "/press/2024.html":                                        tdm,
		base + "/img/press.jpg on " + base + "/press/free/1.html":        "jpeg of press",
		base + "/private/staff.html":                                     robots,
		base + "/img/open-day.jpg on " + base + "/private/open/day.html": "jpeg of open-day",
		base + "/members.html":                                           "! the site gives this only to those it lets in (log-in)",
		base + "/vault.html":                                             "! the site gives this only to those it lets in (log-in)",
		base + "/gone.html":                                              "! the site has nothing at this address",
		base + "/hop?111111":                                             "! the site sends from one address to the next without an end",
		"http://intranet.city-archive.org/":                              "! the host's address is one of this machine or of a private network",
		"http://127.0.0.1/":                                              "! the collection's scope does not name this host",
		"http://169.254.169.254/":                                        "! the collection's scope does not name this host",
		base + "/img/busy.jpg on " + base + "/busy.html":                 "jpeg of busy",
		base + "/broken.html":                                            "! the site can't be reached, or broke off",
		base + "/bomb.html":                                              "! the site sends more than the limit",
		"https://elsewhere.org/":                                         "! the collection's scope does not name this host",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("items (-want +got):\n%s", d)
	}
	t.Run("no request breaks a rule", func(t *testing.T) {
		s.polite(2 * time.Second)
		s.never(museum, "/private/staff", "/img/kept-back", "/press/2024", "/login", "/search", "/img/quiet", "/img/no1", "/img/no2", "/img/noai", "/img/reserved", "/behind-reserved",
			"/nofollow", "/guide.pdf", "/img/dot", "/logo.svg", "/img/half", "/hop?1111111")
		if first := s.targets(museum)[:2]; first[0] != "/robots.txt" || first[1] != "/.well-known/tdmrep.json" {
			t.Errorf("the first requests were %v: rules come first", first)
		}
		for _, d := range s.dialled {
			if !strings.HasPrefix(d.String(), "93.184.216.") {
				t.Errorf("%s was dialled", d)
			}
		}
		t.Logf("the server's log: %d requests to %s, %d to %s", len(s.targets(museum)), museum, len(s.targets(static)), static)
		for _, r := range s.log {
			t.Logf("%7.1f s  %s %s%s", r.at.Sub(s.log[0].at).Seconds(), r.method, r.host, r.target)
		}
	})
	t.Run("crawl-delay and Retry-After are kept", func(t *testing.T) {
		var last time.Time
		for _, r := range s.log {
			if r.host != museum {
				continue
			}
			least := 3 * time.Second
			if r.target == "/.well-known/tdmrep.json" {
				least = 2 * time.Second // robots.txt was being read
			}
			if !last.IsZero() && r.at.Sub(last) < least {
				t.Errorf("%s came after %v", r.target, r.at.Sub(last))
			}
			last = r.at
		}
		var busy []time.Time
		for _, r := range s.log {
			if r.target == "/busy.html" {
				busy = append(busy, r.at)
			}
		}
		if len(busy) != 2 || busy[1].Sub(busy[0]) != 120*time.Second {
			t.Errorf("busy.html was asked for at %v, want twice, 120 s apart", busy)
		}
	})
	t.Run("an image brings where it was found", func(t *testing.T) {
		for _, it := range items {
			if strings.HasPrefix(it.Key, base+"/img/gate-1600.jpg") {
				want := engine.Provenance{URL: base + "/img/gate-1600.jpg", PageURL: base + "/fair.html", PageTitle: "Summer fair", ImageTitle: "At the gate – The gate at noon"}
				if d := cmp.Diff(want, it.Source); d != "" {
					t.Error(d)
				}
				return
			}
		}
		t.Error("the image was not offered")
	})
	t.Run("a second walk gives the same items in the same order", func(t *testing.T) {
		again := fullSite(t)
		o.Network, o.Clock = again, again.clock
		more, _ := again.collect(o, "http://"+museum+"/")
		if d := cmp.Diff(keys(items), keys(more)); d != "" {
			t.Error(d)
		}
	})
}

func TestRobotsThatCanNotBeHad(t *testing.T) {
	page := html(`<img src="/a.jpg">`)
	const unavailable = "! the site's robots.txt can't be had, so nothing may be asked for"
	tests := map[string]struct {
		robots http.HandlerFunc
		want   string // of the page; "" : it is read
	}{
		"5xx forbids everything":                          {status(http.StatusInternalServerError), unavailable},
		"4xx allows everything":                           {status(http.StatusForbidden), ""},
		"5 redirects are followed":                        {hops(5), ""},
		"more redirects forbid everything":                {hops(6), unavailable},
		"a connection that breaks off forbids everything": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, unavailable},
		"503 without end forbids everything":              {status(http.StatusServiceUnavailable), unavailable},
		"a delay beyond reason closes the site":           {text("User-agent: gabarit\nCrawl-delay: 86400"), "! the site's robots.txt asks for a longer delay between requests than this program can keep"},
		"what stands behind 500 KiB is not read":          {text(strings.Repeat("# filler\n", 60_000) + "User-agent: *\nDisallow: /"), ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, museum)
			s.pages[museum+"/robots.txt"] = tc.robots
			s.pages[museum+"/hops"] = tc.robots
			s.pages[museum+"/"], s.pages[museum+"/a.jpg"] = page, image("a")
			_, got := s.collect(s.options(museum), "http://"+museum+"/")
			want := map[string]string{"http://" + museum + "/": tc.want}
			if tc.want == "" {
				want = map[string]string{"http://" + museum + "/a.jpg on http://" + museum + "/": "a"}
			} else {
				s.never(museum, "/a.jpg")
				for _, target := range s.targets(museum) {
					if target == "/" {
						t.Error("the page was asked for")
					}
				}
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
			s.polite(2 * time.Second)
		})
	}
}

// hops is a robots.txt behind n redirects.
func hops(n int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var at int
		_, _ = fmt.Sscan(r.URL.RawQuery, &at)
		if at < n {
			redirect(fmt.Sprintf("/hops?%d", at+1))(w, r)
			return
		}
		text("User-agent: *\nDisallow: /never")(w, r)
	}
}

func TestRulesOfTDMThatCanNotBeHad(t *testing.T) {
	for name, tc := range map[string]struct {
		file http.HandlerFunc
		read bool
	}{
		"5xx forbids everything":                        {status(http.StatusBadGateway), false},
		"broken JSON forbids everything":                {text(`[{"location": "/", `), false},
		"a page of HTML in its place is no reservation": {html("not found"), true},
		"404 is no reservation":                         {status(http.StatusNotFound), true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, museum)
			s.pages[museum+"/.well-known/tdmrep.json"] = tc.file
			s.pages[museum+"/"], s.pages[museum+"/a.jpg"] = html(`<img src="/a.jpg">`), image("a")
			_, got := s.collect(s.options(museum), "http://"+museum+"/")
			if read := got["http://"+museum+"/a.jpg on http://"+museum+"/"] == "a"; read != tc.read || len(got) != 1 {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestRulesAreKeptForADay(t *testing.T) {
	s := newSite(t, museum)
	s.pages[museum+"/robots.txt"] = text("User-agent: *\nCrawl-delay: 500")
	var links strings.Builder
	for i := range 300 {
		fmt.Fprintf(&links, `<a href="/p%d.html">p</a>`, i)
		s.pages[fmt.Sprintf("%s/p%d.html", museum, i)] = html("p")
	}
	s.pages[museum+"/"] = html(links.String())
	o := s.options(museum)
	o.Limits.Time = 1000 * time.Hour
	s.collect(o, "http://"+museum+"/")
	n := 0
	for _, target := range s.targets(museum) {
		if target == "/robots.txt" {
			n++
		}
	}
	if n != 2 { // 300 pages at 500 s are 41 hours
		t.Errorf("robots.txt was asked for %d times in 41 hours, want 2", n)
	}
}

func TestTrapsEnd(t *testing.T) {
	s := newSite(t, museum)
	s.pages[museum+"/"] = html(`<a href="/calendar?month=0">c</a><a href="/deep/">d</a><a href="/a/">a</a><a href="/last.html">l</a>`)
	s.pages[museum+"/calendar"] = func(w http.ResponseWriter, r *http.Request) {
		var month int
		_, _ = fmt.Sscanf(r.URL.RawQuery, "month=%d", &month)
		html(fmt.Sprintf(`<a href="?month=%d">n</a><a href="?month=%d">n</a><a href="?month=%d">n</a>`, 3*month+1, 3*month+2, 3*month+3))(w, r)
	}
	s.pages[museum+"/last.html"] = html(`<img src="/last.jpg">`)
	s.pages[museum+"/last.jpg"] = image("last")
	deep := html(`<a href="deep/">d</a>`)
	for p := "/deep/"; len(p) < 200; p += "deep/" {
		s.pages[museum+p] = deep
	}
	o := s.options(museum)
	o.Limits.Pages, o.Limits.Depth = 400, 50
	_, got := s.collect(o, "http://"+museum+"/")
	s.polite(2 * time.Second)
	calendar, nested := 0, 0
	for _, target := range s.targets(museum) {
		if strings.HasPrefix(target, "/calendar") {
			calendar++
		}
		if strings.HasPrefix(target, "/deep/") {
			nested++
		}
	}
	if calendar != 200 || nested != 3 {
		t.Errorf("%d months and %d nested folders were asked for, want 200 and 3", calendar, nested)
	}
	if got["http://"+museum+"/last.jpg on http://"+museum+"/last.html"] != "last" {
		t.Error("a page beside the traps was missed")
	}
	if got["http://"+museum+"/deep/deep/deep/deep/"] != "! the address repeats itself: the site seems to make addresses without an end" {
		t.Errorf("got %v", got["http://"+museum+"/deep/deep/deep/deep/"])
	}
	for key, why := range got {
		if strings.HasPrefix(key, "http://"+museum+"/calendar") && !strings.HasPrefix(why, "! too many pages differ only in their query") {
			t.Errorf("%s: %s", key, why)
		}
	}
}

func TestLimitsAreToldOf(t *testing.T) {
	var index strings.Builder
	for i := range 30 {
		fmt.Fprintf(&index, `<a href="/p%d.html">p</a><img src="/i%d.jpg">`, i, i)
	}
	base := "http://" + museum + "/"
	for name, tc := range map[string]struct {
		limits web.Limits
		want   string
		why    string
	}{
		"pages":     {web.Limits{Pages: 10}, base + "#pages", "! the limit on pages was reached: pages are left that were not visited"},
		"images":    {web.Limits{Images: 10}, base + "#images", "! the limit on images was reached: images are left that were not collected"},
		"depth":     {web.Limits{Depth: -1}, base + "#depth", "! pages further away than the limit on links were not visited"},
		"bytes":     {web.Limits{Bytes: 500}, base + "#stopped", "! the limit on bytes of the collection was reached"},
		"time":      {web.Limits{Time: time.Minute}, base + "#stopped", "! the time limit of the collection was reached"},
		"page size": {web.Limits{PageBytes: 500}, base, "! the site sends more than the limit"},
		"file size": {web.Limits{FileBytes: 3}, base + "i7.jpg on " + base, "! the site sends more than the limit"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, museum)
			s.pages[museum+"/"] = html(index.String())
			for i := range 30 {
				s.pages[fmt.Sprintf("%s/p%d.html", museum, i)] = html("p")
				s.pages[fmt.Sprintf("%s/i%d.jpg", museum, i)] = image("an image")
			}
			o := s.options(museum)
			o.Limits = tc.limits
			_, got := s.collect(o, base)
			if got[tc.want] != tc.why {
				t.Errorf("%s is %q, want %q", tc.want, got[tc.want], tc.why)
			}
		})
	}
}

func TestAHostInTroubleIsLeftAlone(t *testing.T) {
	var index strings.Builder
	for i := range 20 {
		fmt.Fprintf(&index, `<a href="/p%d.html">p</a>`, i)
	}
	for name, tc := range map[string]struct {
		page  http.HandlerFunc
		asked int // requests for pages behind the index
		waits []time.Duration
		why   string
	}{
		"429 four times": {status(http.StatusTooManyRequests), 4, []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute},
			"! the site asked to be left alone for now: it is overloaded or counts too many requests"},
		"503 for an hour":     {status(http.StatusServiceUnavailable, "Retry-After: 3600"), 1, nil, "! the site asked to be left alone for now: it is overloaded or counts too many requests"},
		"500 again and again": {status(http.StatusInternalServerError), 5, nil, "! the site failed too often in a row and is left alone for now"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, museum)
			s.pages[museum+"/"] = html(index.String())
			for i := range 20 {
				s.pages[fmt.Sprintf("%s/p%d.html", museum, i)] = tc.page
			}
			_, got := s.collect(s.options(museum), "http://"+museum+"/")
			if n := len(s.targets(museum)) - 3; n != tc.asked {
				t.Errorf("%d pages were asked for, want %d", n, tc.asked)
			}
			if got["http://"+museum+"/p19.html"] != tc.why || len(got) != 20 {
				t.Errorf("the last page: %q; %d items", got["http://"+museum+"/p19.html"], len(got))
			}
			var long []time.Duration
			for _, d := range s.clock.slept {
				if d > 25*time.Second {
					long = append(long, d)
				}
			}
			if d := cmp.Diff(tc.waits, long); d != "" {
				t.Errorf("waits: %s", d)
			}
			s.polite(2 * time.Second)
		})
	}
}

func TestASiteThatNeverAnswersIsGivenUp(t *testing.T) {
	s := newSite(t, museum)
	s.pages[museum+"/"] = func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<html>")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}
	o := s.options(museum)
	o.Limits.Request = 200 * time.Millisecond
	_, got := s.collect(o, "http://"+museum+"/")
	if got["http://"+museum+"/"] != "! the site did not answer in time" {
		t.Errorf("got %v", got)
	}
}

func TestAnImageOfManyPagesIsSentOnce(t *testing.T) {
	s := newSite(t, museum)
	var index strings.Builder
	for i := range 10 {
		fmt.Fprintf(&index, `<a href="/p%d.html">p</a>`, i)
		s.pages[fmt.Sprintf("%s/p%d.html", museum, i)] = html(`<img src="/logo.png"><img src="/lost.png">`)
	}
	s.pages[museum+"/"], s.pages[museum+"/logo.png"] = html(index.String()), image("logo")
	_, got := s.collect(s.options(museum), "http://"+museum+"/")
	n := map[string]int{}
	for _, target := range s.targets(museum) {
		n[target]++
	}
	if n["/logo.png"] != 1 || n["/lost.png"] != 1 || len(got) != 20 {
		t.Errorf("requests: %v; %d items", n, len(got))
	}
}
