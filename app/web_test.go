package app_test

import (
	"context"
	"fmt"
	"image/color"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gabarit/app"
	"gabarit/engine"
	"gabarit/engine/source/web"
)

const fair = "fair.city-archive.org"

// fairSite is a site on loopback under a name of the test's own. Waiting there takes no time.
type fairSite struct {
	server *httptest.Server
	mu     sync.Mutex
	asked  []string
	now    time.Time
	onPage func(path string)
	answer map[string]http.HandlerFunc // in the place of the usual one, by path
}

func newFairSite(t *testing.T) *fairSite {
	dir := t.TempDir()
	draw(t, filepath.Join(dir, "red.png"), color.RGBA{200, 0, 0, 255}, 1)
	draw(t, filepath.Join(dir, "blue.png"), color.RGBA{0, 0, 200, 255}, 2)
	s := &fairSite{now: clock()}
	s.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked = append(s.asked, r.URL.Path)
		hook, other := s.onPage, s.answer[r.URL.Path]
		s.mu.Unlock()
		if hook != nil {
			hook(r.URL.Path)
		}
		if other != nil {
			other(w, r)
			return
		}
		switch r.URL.Path {
		case "/robots.txt":
			fmt.Fprint(w, "User-agent: *\nDisallow: /staff")
		case "/":
			fmt.Fprint(w, `<title>The fair</title><a href="/day.html">d</a><a href="/staff.html">s</a><img src="/red.png" alt="The gate">`)
		case "/day.html":
			fmt.Fprint(w, `<title>The day</title><img src="/blue.png"><img src="/red.png">`)
		case "/red.png", "/blue.png":
			w.Header().Set("ETag", `"`+r.URL.Path+`"`)
			http.ServeFile(w, r, filepath.Join(dir, r.URL.Path))
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(s.server.Close)
	return s
}

func (s *fairSite) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *fairSite) Sleep(ctx context.Context, d time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
	return ctx.Err()
}

func (s *fairSite) LookupNetIP(context.Context, string) ([]netip.Addr, error) {
	return []netip.Addr{netip.MustParseAddr("93.184.216.1")}, nil
}

func (s *fairSite) Dial(ctx context.Context, _ netip.AddrPort) (net.Conn, error) {
	var d net.Dialer
	return d.DialContext(ctx, "tcp", s.server.Listener.Addr().String())
}

// since gives what was asked for since the last call.
func (s *fairSite) since() (out []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out, s.asked = s.asked, nil
	return slices.DeleteFunc(out, func(p string) bool { return p == "/robots.txt" || strings.HasPrefix(p, "/.well-known") })
}

func (s *fairSite) config(dir string) app.Config {
	return app.Config{VaultDir: dir, Detector: &drawn{}, Now: clock,
		Web: web.Options{Network: s, Clock: s, Proxy: func(*http.Request) (*url.URL, error) { return nil, nil }}}
}

func (s *fairSite) request() engine.CollectRequest {
	return engine.CollectRequest{Collection: "fair", Sources: []string{"http://" + fair}, Web: engine.WebOptions{Contact: "archive@city-museum.org"}}
}

func (s *fairSite) open(t *testing.T) *app.App {
	t.Helper()
	a := app.New(s.config(filepath.Join(t.TempDir(), "v")))
	t.Cleanup(func() { must(t, a.Close()) })
	must(t, a.CreateVault(t.Context(), ""))
	c := people()
	c.Name, c.Scope = "fair", fair
	_, err := a.AddCollection(t.Context(), c)
	must(t, err)
	return a
}

func TestASiteIsCollected(t *testing.T) {
	s := newFairSite(t)
	a := s.open(t)
	rep, err := a.Collect(t.Context(), s.request(), nil)
	must(t, err)
	want := engine.CollectCounts{Photos: 2, Faces: 2, Duplicates: 1, Failed: 1}
	if d := cmp.Diff(want, rep.Counts); d != "" {
		t.Error(d)
	}
	if len(rep.Failed) != 1 || rep.Failed[0].Item != "http://"+fair+"/staff.html" || rep.Failed[0].Reason != "the site's robots.txt does not allow it" {
		t.Errorf("failed: %+v", rep.Failed)
	}
	if d := cmp.Diff([]string{"/", "/blue.png", "/day.html", "/red.png"}, slices.Sorted(slices.Values(s.since()))); d != "" {
		t.Errorf("asked for: %s", d)
	}
	st, err := a.Status(t.Context())
	must(t, err)
	t.Run("what was seen is in the vault, sealed, until something is erased", func(t *testing.T) {
		if kept, _ := filepath.Glob(filepath.Join(st.Dir, "sites", "*", "*", "page-*")); len(kept) != 3 {
			t.Errorf("kept: %v", kept)
		}
	})
	t.Run("a second run sends no image again", func(t *testing.T) {
		rep, err := a.Collect(t.Context(), s.request(), nil)
		must(t, err)
		if want := (engine.CollectCounts{Unchanged: 3, Failed: 1}); rep.Counts != want {
			t.Errorf("counts %+v", rep.Counts)
		}
	})
	t.Run("what was erased is not asked for again", func(t *testing.T) {
		res := search(t, a, redPhoto(t))
		face := res.Probes[0].Matches[0].Face
		id, _, _ := face.Photo()
		plan, err := a.PlanErasure(t.Context(), engine.ErasureRequest{Photos: []engine.PhotoID{id}, Reason: engine.EraseRequest, Suppress: true})
		must(t, err)
		_, err = a.Erase(t.Context(), plan, nil)
		must(t, err)
		if _, err := os.Stat(filepath.Join(st.Dir, "sites")); !os.IsNotExist(err) {
			t.Errorf("what was seen of the site is still there: %v", err)
		}
		s.since()
		rep, err := a.Collect(t.Context(), s.request(), nil)
		must(t, err)
		if rep.Counts.Suppressed != 2 || slices.Contains(s.since(), "/red.png") {
			t.Errorf("counts %+v", rep.Counts)
		}
	})
}

func redPhoto(t *testing.T) string {
	path := filepath.Join(t.TempDir(), "red.png")
	draw(t, path, color.RGBA{200, 0, 0, 255}, 9)
	return path
}

func TestASiteIsContinuedByAnotherProcess(t *testing.T) {
	s := newFairSite(t)
	dir := filepath.Join(t.TempDir(), "v")
	first := app.New(s.config(dir))
	must(t, first.CreateVault(t.Context(), ""))
	c := people()
	c.Name, c.Scope = "fair", fair
	_, err := first.AddCollection(t.Context(), c)
	must(t, err)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	s.onPage = func(path string) {
		if path == "/day.html" {
			stop()
		}
	}
	_, err = first.Collect(ctx, s.request(), nil)
	wantCode(t, err, engine.CodeCanceled)
	must(t, first.Close())
	s.mu.Lock()
	s.onPage = nil
	s.mu.Unlock()
	s.since()
	second := app.New(s.config(dir))
	defer second.Close()
	must(t, second.Unlock(t.Context(), ""))
	broken, err := second.Unfinished(t.Context())
	must(t, err)
	if len(broken) != 1 || broken[0].Collection != "fair" || broken[0].Web != s.request().Web || !broken[0].Resume {
		t.Fatalf("what was broken off: %+v", broken)
	}
	var walked engine.Walk
	rep, err := second.Collect(t.Context(), broken[0], func(p engine.CollectProgress) { walked = p.Walk })
	must(t, err)
	if want := (engine.Walk{Pages: 3, Refused: 1}); walked != want {
		t.Errorf("the walk is told as %+v, want %+v", walked, want)
	}
	if left, err := second.Unfinished(t.Context()); err != nil || len(left) != 0 {
		t.Errorf("left after the end: %+v, %v", left, err)
	}
	if want := (engine.CollectCounts{Photos: 2, Faces: 2, Duplicates: 1, Failed: 1}); rep.Counts != want {
		t.Errorf("counts %+v", rep.Counts)
	}
	if asked := s.since(); slices.Contains(asked, "/") {
		t.Errorf("a page that was read was asked for again: %v", asked)
	}
}

// TestWhatIsAJobIsNotListedAsBrokenOff: its row has a button of its own.
func TestWhatIsAJobIsNotListedAsBrokenOff(t *testing.T) {
	s := newFairSite(t)
	a := s.open(t)
	reached := make(chan struct{})
	var once sync.Once
	s.mu.Lock()
	s.onPage = func(path string) {
		if path == "/day.html" {
			once.Do(func() { close(reached) })
			time.Sleep(50 * time.Millisecond)
		}
	}
	s.mu.Unlock()
	id, err := a.StartCollect(s.request())
	must(t, err)
	<-reached
	a.StopJob(id)
	for a.Jobs()[0].State != engine.JobStopped && a.Jobs()[0].State != engine.JobDone {
		time.Sleep(5 * time.Millisecond)
	}
	if list, err := a.Unfinished(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestASiteOutsideOfTheScopeIsRefused(t *testing.T) {
	s := newFairSite(t)
	a := s.open(t)
	for name, change := range map[string]func(*engine.CollectRequest){
		"another host": func(r *engine.CollectRequest) { r.Sources = []string{"http://www.city-archive.org/"} },
		"no contact":   func(r *engine.CollectRequest) { r.Web.Contact = "" },
	} {
		t.Run(name, func(t *testing.T) {
			req := s.request()
			change(&req)
			_, err := a.Collect(t.Context(), req, nil)
			wantCode(t, err, engine.CodeInvalid)
			_, err = a.StartCollect(req)
			wantCode(t, err, engine.CodeInvalid)
		})
	}
	if asked := s.since(); len(asked) > 0 {
		t.Errorf("asked for %v", asked)
	}
}
