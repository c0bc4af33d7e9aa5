package app_test

import (
	"fmt"
	"image/color"
	"net/http"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"gabarit/app"
	"gabarit/app/retention"
	"gabarit/engine"
	"gabarit/engine/matter"
)

const day = 24 * time.Hour

// answers has the site give something else from now on.
func (s *fairSite) answers(path string, h http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.answer == nil {
		s.answer = map[string]http.HandlerFunc{}
	}
	s.answer[path] = h
}

// pass lets time pass.
func (s *fairSite) pass(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

// keep gives an App whose clock is the site's, with the site's two photos in its vault, and the folder of the vault.
func (s *fairSite) keep(t *testing.T, change func(*app.Config)) *app.App {
	t.Helper()
	cfg := s.config(filepath.Join(t.TempDir(), "v"))
	cfg.Now = s.Now
	if change != nil {
		change(&cfg)
	}
	a := app.New(cfg)
	t.Cleanup(func() { must(t, a.Close()) })
	must(t, a.CreateVault(t.Context(), ""))
	c := people()
	c.Name, c.Scope, c.Retain = "fair", fair, 400*day
	_, err := a.AddCollection(t.Context(), c)
	must(t, err)
	rep, err := a.Collect(t.Context(), s.request(), nil)
	must(t, err)
	if rep.Counts.Photos != 2 {
		t.Fatalf("collected %+v", rep.Counts)
	}
	return a
}

// onSite tells which of the site's photos a search at every distance finds.
func onSite(t *testing.T, a *app.App) (paths []string) {
	t.Helper()
	for _, c := range []color.RGBA{{200, 0, 0, 255}, {0, 0, 200, 255}} {
		path := filepath.Join(t.TempDir(), "any.png")
		draw(t, path, c, 9)
		res, err := a.Search(t.Context(), engine.SearchRequest{Purpose: "tests", Probe: probe(t, a, path), Within: engine.MaxDistance, Max: engine.MaxResults})
		must(t, err)
		for _, m := range res.Probes[0].Matches {
			paths = append(paths, m.Source.URL[len("http://"+fair):])
		}
	}
	slices.Sort(paths)
	return paths
}

func checkSources(t *testing.T, a *app.App) matter.SourceCounts {
	t.Helper()
	rep, err := a.CheckSources(t.Context(), retention.SourceRequest{Contact: "archive@city-museum.org"}, nil)
	must(t, err)
	return rep.Total()
}

func retain(t *testing.T, a *app.App) map[string]int {
	t.Helper()
	done, err := a.Retain(t.Context(), nil)
	must(t, err)
	for _, r := range done.Erasures {
		if !r.Check.Clean() {
			t.Errorf("after the erasure: %+v", r.Check)
		}
	}
	return done.Gone
}

// logged lists the entries of an action.
func logged(t *testing.T, a *app.App, action engine.AuditAction) (all []engine.AuditEntry) {
	t.Helper()
	log, err := a.Audit(t.Context())
	must(t, err)
	for _, e := range log {
		if e.Action == action {
			all = append(all, e)
		}
	}
	return all
}

func gives(status int, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
	}
}

// TestB08WhatItsSourceTakesBackIsHiddenAtOnceAndErasedInTime: case B-08 of the facts. The source answers 404 or 410, 401, 403 or a log-in, says noindex, or
// shows another image: at the next check the photo leaves every search, within thirty days it is erased, and the log tells all of it.
func TestB08WhatItsSourceTakesBackIsHiddenAtOnceAndErasedInTime(t *testing.T) {
	for name, tt := range map[string]struct {
		path    string
		answer  http.HandlerFunc
		finding string
	}{
		"404":              {"/red.png", gives(http.StatusNotFound), "gone"},
		"410":              {"/red.png", gives(http.StatusGone), "gone"},
		"401":              {"/red.png", gives(http.StatusUnauthorized), "closed"},
		"403":              {"/red.png", gives(http.StatusForbidden), "closed"},
		"sent to a log-in": {"/red.png", gives(http.StatusFound, "Location", "/login?next=/red.png"), "closed"},
		"noindex":          {"/red.png", gives(http.StatusOK, "X-Robots-Tag", "noindex"), "noindex"},
		"another image": {"/red.png", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "image/png")
			fmt.Fprint(w, "other")
		}, "changed"},
		"robots.txt takes it back":  {"/robots.txt", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "User-agent: *\nDisallow: /red") }, "disallowed"},
		"one of its pages: private": {"/day.html", gives(http.StatusForbidden), "closed"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newFairSite(t)
			a := s.keep(t, nil)
			both := []string{"/blue.png", "/red.png"}
			if got := onSite(t, a); !slices.Equal(got, both) {
				t.Fatalf("found %v", got)
			}
			if n := checkSources(t, a); n.Checked != 0 {
				t.Errorf("%d asked on the first day", n.Checked)
			}
			s.answers(tt.path, tt.answer)
			s.pass(30 * day)
			hidden := s.Now()
			n := checkSources(t, a)
			left := []string{"/blue.png"}
			if tt.path == "/day.html" { // both are shown there
				left = nil
			}
			if n.Checked != 2 || n.Hidden != 2-len(left) {
				t.Errorf("the check found %+v", n)
			}
			if got := onSite(t, a); !slices.Equal(got, left) {
				t.Fatalf("after the check a search finds %v", got)
			}
			if gone := retain(t, a); len(gone) != 0 {
				t.Errorf("erased on the day it was hidden: %v", gone)
			}
			view, err := a.UpkeepOf(t.Context(), "fair")
			must(t, err)
			if len(view.Troubles) != n.Hidden || view.Troubles[0].Finding != tt.finding || view.Troubles[0].Why != matter.HoldSource || view.Troubles[0].Reason == "" {
				t.Errorf("the window is told %+v", view.Troubles)
			}
			log := logged(t, a, engine.ActionHidden)
			if len(log) != n.Hidden || log[0].Detail["finding"] != tt.finding || log[0].Objects[0] != string(view.Troubles[0].Photo) {
				t.Errorf("the log tells %+v", log)
			}
			for s.Now().Before(hidden.Add(28 * day)) { // looked for daily
				s.pass(day)
				checkSources(t, a)
				if gone := retain(t, a); len(gone) != 0 {
					t.Fatalf("erased %v after it was hidden: %v", s.Now().Sub(hidden), gone)
				}
			}
			s.pass(day + time.Hour)
			if gone := retain(t, a); gone["withdrawn"] != n.Hidden {
				t.Errorf("erased %v after it was hidden: %v", s.Now().Sub(hidden), gone)
			}
			if late := s.Now().Sub(hidden); late > 30*day {
				t.Errorf("that was %v after it was hidden", late)
			}
			if e := logged(t, a, engine.ActionErased); len(e) != 1 || e[0].Detail["reason"] != "source" {
				t.Errorf("the log tells %+v", e)
			}
			wantSound(t, a)
			if got := onSite(t, a); !slices.Equal(got, left) {
				t.Errorf("after the erasure a search finds %v", got)
			}
			s.answers("/red.png", nil) // it is back
			s.answers(tt.path, nil)
			rep, err := a.Collect(t.Context(), s.request(), nil)
			if must(t, err); rep.Counts.Photos != 0 || rep.Counts.Suppressed == 0 {
				t.Errorf("collected again: %+v", rep.Counts)
			}
		})
	}
}

func TestASourceThatIsBackIsFoundAgain(t *testing.T) {
	s := newFairSite(t)
	a := s.keep(t, nil)
	s.answers("/red.png", gives(http.StatusForbidden))
	s.pass(31 * day)
	s.since()
	checkSources(t, a)
	if asked := slices.Sorted(slices.Values(s.since())); !slices.Equal(asked, []string{"/", "/blue.png", "/day.html", "/red.png"}) {
		t.Errorf("asked for %v: each once, whoever shows it", asked)
	}
	s.answers("/red.png", nil)
	s.pass(3 * day)
	if n := checkSources(t, a); n.Checked != 0 {
		t.Errorf("asked again after three days: %+v", n)
	}
	s.pass(5 * day)
	if n := checkSources(t, a); n.Checked != 1 || n.Shown != 1 {
		t.Errorf("%+v", n)
	}
	if got := onSite(t, a); len(got) != 2 {
		t.Errorf("found %v", got)
	}
	s.pass(60 * day)
	if gone := retain(t, a); len(gone) != 0 {
		t.Errorf("erased: %v", gone)
	}
	if len(logged(t, a, engine.ActionShown)) != 1 {
		t.Error("the log does not tell that it is shown again")
	}
}

func TestASourceOutOfReachIsNotGone(t *testing.T) {
	s := newFairSite(t)
	a := s.keep(t, nil)
	for _, path := range []string{"/red.png", "/", "/day.html"} {
		s.answers(path, gives(http.StatusInternalServerError))
	}
	s.pass(31 * day)
	for try := range 40 {
		n := checkSources(t, a)
		if n.Hidden != 0 || n.Gone != 0 {
			t.Fatalf("%+v", n)
		}
		checkSources(t, a) // twice on one day is one try
		view, err := a.UpkeepOf(t.Context(), "fair")
		must(t, err)
		if told := len(view.Troubles) > 0; told != (try >= 2) {
			t.Fatalf("after tries on %d days: %+v", try+1, view.Troubles)
		}
		if try >= 2 && (view.Unreachable != 1 || view.Troubles[0].Finding != "unreachable" || view.Troubles[0].Why != "" || !view.Troubles[0].Goes.IsZero()) {
			t.Fatalf("%+v", view)
		}
		if gone := retain(t, a); len(gone) != 0 {
			t.Fatalf("erased: %v", gone)
		}
		s.pass(7 * day)
	}
	if got := onSite(t, a); len(got) != 2 {
		t.Errorf("found %v", got)
	}
}

func TestSourcesAreNotAskedWithoutAContact(t *testing.T) {
	s := newFairSite(t)
	a := s.keep(t, nil)
	must(t, a.SetContact(t.Context(), ""))
	s.pass(31 * day)
	s.since()
	_, err := a.CheckSources(t.Context(), retention.SourceRequest{}, nil)
	wantCode(t, err, engine.CodeInvalid)
	wantCode(t, a.SetContact(t.Context(), "nobody"), engine.CodeInvalid)
	rep, due, err := a.SourcesDue(t.Context(), retention.SourceRequest{})
	must(t, err)
	if rep.Photos != 2 || len(due) != 1 {
		t.Errorf("due: %+v %v", rep, due)
	}
	if asked := s.since(); len(asked) > 0 {
		t.Errorf("asked for %v", asked)
	}
	checkSources(t, a)
	if c, err := a.Contact(t.Context()); c != "archive@city-museum.org" || err != nil {
		t.Errorf("the contact is kept as %q, %v", c, err)
	}
}

func TestExpiredPhotosGoAndAreRefusedWhenCollectedAgain(t *testing.T) {
	now := clock()
	a := app.New(app.Config{VaultDir: filepath.Join(t.TempDir(), "vault"), Detector: stripes{}, Now: func() time.Time { return now }})
	t.Cleanup(func() { must(t, a.Close()) })
	must(t, a.CreateVault(t.Context(), ""))
	short, long := people(), people()
	short.Retain, long.Name, long.Retain = 30*day, "long", 300*day
	for _, c := range []engine.Collection{short, long} {
		_, err := a.AddCollection(t.Context(), c)
		must(t, err)
	}
	dir := gathering(t)
	collect(t, a, dir)
	_, err := a.Collect(t.Context(), engine.CollectRequest{Collection: "long", Sources: []string{gathering(t)}}, nil)
	must(t, err)
	held := find(t, a, bob())
	hide(t, a, matter.Hold{Photo: held[0].Photo, Why: matter.HoldRestriction, Ref: "R-1", Since: now})

	now = now.Add(29 * day)
	plan, err := a.PlanRetention(t.Context())
	must(t, err)
	if !plan.Empty() || len(plan.Soon) != 1 || plan.Soon[0].N < 4 || plan.Records != 10 {
		t.Errorf("a day before: %+v", plan)
	}
	now = now.Add(day)
	plan, err = a.PlanRetention(t.Context())
	must(t, err)
	restricted := len(plan.Kept)
	if got := len(plan.Photos("expired")); got+restricted != 5 {
		t.Errorf("expired: %d, restricted %d", got, restricted)
	}
	if gone := retain(t, a); gone["expired"] != 5-restricted {
		t.Errorf("erased: %v", gone)
	}
	if totals := totals(t, a); totals.Photos != 5+restricted {
		t.Errorf("left: %+v", totals)
	}
	e := logged(t, a, engine.ActionRetention)
	if len(e) != 1 || e[0].Counts["expired"] != 5-restricted || e[0].Counts["records"] != 10 {
		t.Errorf("the log tells %+v", e)
	}
	if gone := retain(t, a); len(gone) != 0 {
		t.Errorf("erased again: %v", gone)
	}
	rep := collect(t, a, dir)
	if rep.Counts.Suppressed != 5-restricted || rep.Counts.Photos != 0 {
		t.Errorf("collected again: %+v", rep.Counts)
	}
	view, err := a.UpkeepOf(t.Context(), "people")
	must(t, err)
	if view.Refused != 5-restricted || view.Erased["expired"] != 5-restricted || !view.RetainedAt.Equal(now) {
		t.Errorf("the window is told %+v", view)
	}
	wantSound(t, a)
}

func TestRetentionRunsOnceADayWhileTheVaultIsOpen(t *testing.T) {
	s := newFairSite(t)
	ran := make(chan engine.Event, 1000)
	a := s.keep(t, func(c *app.Config) { c.Daily = true })
	cancel := a.Subscribe(func(e engine.Event) {
		if e == engine.EventUpkeep {
			ran <- e
		}
	})
	t.Cleanup(cancel)
	runs := func() int { return len(logged(t, a, engine.ActionRetention)) }
	wait := func(want int) {
		t.Helper()
		for runs() < want {
			select {
			case <-ran:
			case <-t.Context().Done():
				t.Fatal("it does not run")
			}
		}
	}
	wait(1)
	must(t, a.SetContact(t.Context(), "archive@city-museum.org"))
	s.answers("/red.png", gives(http.StatusNotFound))
	s.pass(31 * day)
	a.WakeDaily()
	wait(2)
	if got := onSite(t, a); !slices.Equal(got, []string{"/blue.png"}) {
		t.Errorf("found %v", got)
	}
	for range 5 { // nothing is due
		a.WakeDaily()
	}
	must(t, a.Lock())
	s.pass(40 * day)
	s.since()
	for range 5 {
		a.WakeDaily()
	}
	if asked := s.since(); len(asked) > 0 {
		t.Errorf("asked for %v while the vault was locked", asked)
	}
	must(t, a.Unlock(t.Context(), ""))
	wait(3)
	if e := logged(t, a, engine.ActionRetention); len(e) != 3 || e[2].Counts["withdrawn"] != 1 {
		t.Errorf("the log tells %+v", e)
	}
	st, err := a.Status(t.Context())
	must(t, err)
	if len(st.Warnings) != 0 || st.Totals.Photos != 1 {
		t.Errorf("status %+v", st)
	}
}
