package app_test

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"gabarit/app"
	"gabarit/engine"
)

func probe(t testing.TB, a *app.App, path string) *engine.Probe {
	t.Helper()
	p, err := a.OpenProbe(t.Context(), path, engine.Look{})
	must(t, err)
	return p
}

func search(t testing.TB, a *app.App, path string) engine.SearchResult {
	t.Helper()
	res, err := a.Search(t.Context(), engine.SearchRequest{Purpose: "tests", Probe: probe(t, a, path)})
	must(t, err)
	return res
}

func TestSearchFindsTheSamePerson(t *testing.T) {
	a := openApp(t, &drawn{})
	dir := album(t)
	collect(t, a, dir)
	other := filepath.Join(t.TempDir(), "other.png")
	draw(t, other, green(), 77)
	res := search(t, a, other)
	if res.Index != (engine.Totals{Faces: 3, Photos: 4, Collections: 1}) || res.Searched != 3 || len(res.Probes) != 1 {
		t.Fatalf("result: %+v", res)
	}
	ms := res.Probes[0].Matches
	if len(ms) != 1 {
		t.Fatalf("matches: %+v", ms)
	}
	m := ms[0]
	if m.Source.File != filepath.Join(dir, "green.png") || m.Collection != "people" || m.Distance != 0 || m.Band != engine.BandStrong ||
		m.SHA256 != sum(t, filepath.Join(dir, "green.png")) || m.Box != (engine.Box{X: 10, Y: 10, W: 40, H: 40}) || !m.CollectedAt.Equal(clock()) {
		t.Errorf("match: %+v", m)
	}
	if crop, err := a.Crop(t.Context(), m.Face); err != nil || len(crop) == 0 {
		t.Errorf("crop: %d bytes, %v", len(crop), err)
	}
	if thumb, err := a.Thumbnail(t.Context(), m.Photo); err != nil || len(thumb) == 0 {
		t.Errorf("thumbnail: %d bytes, %v", len(thumb), err)
	}
}

func TestAMatchTellsWhereElseTheSameBytesWereFound(t *testing.T) {
	a := openApp(t, &drawn{})
	dir := album(t)
	collect(t, a, dir)
	m := search(t, a, filepath.Join(dir, "red.png")).Probes[0].Matches[0]
	files := m.Source.File
	for _, s := range m.Also {
		files += " " + s.File
	}
	if !strings.Contains(files, "red.png") || !strings.Contains(files, "red-again.png") {
		t.Errorf("found at %s", files)
	}
}

func TestEverySearchIsRecorded(t *testing.T) {
	a := openApp(t, &drawn{})
	dir := album(t)
	collect(t, a, dir)
	search(t, a, filepath.Join(dir, "red.png"))
	log, err := a.Audit(t.Context())
	must(t, err)
	last := log[len(log)-1]
	if last.Action != engine.ActionSearch || last.Purpose != "tests" || last.Counts["probe_faces"] != 1 ||
		last.Counts["searched"] != 3 || last.Counts["matches"] != 1 || last.Counts["strong"] != 1 {
		t.Errorf("last entry: %+v", last)
	}
}

func TestASearchThatCanNotBeRecordedGivesNothing(t *testing.T) {
	a := openApp(t, &drawn{})
	dir := album(t)
	collect(t, a, dir)
	p := probe(t, a, filepath.Join(dir, "red.png"))
	full := engine.E(engine.CodeUnavailable, "test", "the disk is full", nil)
	a.FailingStore(full)
	res, err := a.Search(t.Context(), engine.SearchRequest{Purpose: "tests", Probe: p})
	if !errors.Is(err, full) || len(res.Probes) != 0 {
		t.Errorf("result %+v, error %v", res, err)
	}
}

func TestSearchRefuses(t *testing.T) {
	a := openApp(t, &drawn{})
	dir := album(t)
	collect(t, a, dir)
	p := probe(t, a, filepath.Join(dir, "red.png"))
	for name, c := range map[string]struct {
		req  engine.SearchRequest
		want engine.Code
	}{
		"no purpose":            {engine.SearchRequest{Probe: p, Purpose: " \t"}, engine.CodeInvalid},
		"an endless purpose":    {engine.SearchRequest{Probe: p, Purpose: strings.Repeat("é", engine.MaxPurpose+1)}, engine.CodeInvalid},
		"no photo":              {engine.SearchRequest{Purpose: "x"}, engine.CodeInvalid},
		"a photo without face":  {engine.SearchRequest{Purpose: "x", Probe: &engine.Probe{}}, engine.CodeNoFace},
		"a face it has not":     {engine.SearchRequest{Purpose: "x", Probe: p, Faces: []int{0, 1}}, engine.CodeInvalid},
		"a negative face":       {engine.SearchRequest{Purpose: "x", Probe: p, Faces: []int{-1}}, engine.CodeInvalid},
		"too many results":      {engine.SearchRequest{Purpose: "x", Probe: p, Max: engine.MaxResults + 1}, engine.CodeInvalid},
		"a negative number":     {engine.SearchRequest{Purpose: "x", Probe: p, Max: -1}, engine.CodeInvalid},
		"too large a distance":  {engine.SearchRequest{Purpose: "x", Probe: p, Within: 0.71}, engine.CodeInvalid},
		"a negative distance":   {engine.SearchRequest{Purpose: "x", Probe: p, Within: -0.1}, engine.CodeInvalid},
		"a distance of nothing": {engine.SearchRequest{Purpose: "x", Probe: p, Within: math.NaN()}, engine.CodeInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := a.Search(t.Context(), c.req)
			wantCode(t, err, c.want)
		})
	}
	log, err := a.Audit(t.Context())
	must(t, err)
	for _, e := range log {
		if e.Action == engine.ActionSearch {
			t.Error("a refused search is recorded as one")
		}
	}
}

func TestAnEmptyIndexIsTold(t *testing.T) {
	a := openApp(t, &drawn{})
	res := search(t, a, filepath.Join(album(t), "red.png"))
	if res.Index.Faces != 0 || res.Searched != 0 || len(res.Probes) != 1 || len(res.Probes[0].Matches) != 0 {
		t.Errorf("result: %+v", res)
	}
}

func TestFiltersNarrowTheSearch(t *testing.T) {
	a := openApp(t, &drawn{})
	dir := album(t)
	collect(t, a, dir)
	other, err := a.AddCollection(t.Context(), engine.Collection{Name: "other", Purpose: "tests", Basis: "consent", Condition: "explicit-consent",
		Scope: engine.ScopeLocal, Retain: engine.DefaultRetain})
	must(t, err)
	res, err := a.Search(t.Context(), engine.SearchRequest{Purpose: "tests", Probe: probe(t, a, filepath.Join(dir, "red.png")),
		Filter: engine.Filter{Collections: []engine.CollectionID{other.ID}}})
	must(t, err)
	if res.Searched != 0 || res.Index.Faces != 3 || len(res.Probes[0].Matches) != 0 {
		t.Errorf("result: %+v", res)
	}
}

func TestOpenProbe(t *testing.T) {
	a := newApp(t, &drawn{}) // no vault is needed
	dir := album(t)
	p := probe(t, a, filepath.Join(dir, "red.png"))
	if len(p.Faces) != 1 || len(p.Faces[0].Crop) == 0 || p.Preview == nil || p.Width != 64 || p.SHA256 != sum(t, p.File) {
		t.Errorf("probe: %+v", p)
	}
	p, err := a.OpenProbe(t.Context(), filepath.Join(dir, "black.png"), engine.Look{})
	wantCode(t, err, engine.CodeNoFace)
	if p == nil || p.Preview == nil || len(p.Faces) != 0 {
		t.Errorf("a photo without a face can't be shown: %+v", p)
	}
	fifo := filepath.Join(dir, "fifo")
	must(t, syscall.Mkfifo(fifo, 0o600))
	huge := filepath.Join(dir, "huge.jpg")
	must(t, os.WriteFile(huge, nil, 0o600))
	must(t, os.Truncate(huge, 1<<40))
	for path, want := range map[string]engine.Code{
		filepath.Join(dir, "gone.png"):   engine.CodeNotFound,
		dir:                              engine.CodeUnsupported,
		fifo:                             engine.CodeUnsupported,
		filepath.Join(dir, "broken.png"): engine.CodeCorrupt,
		huge:                             engine.CodeLimit,
	} {
		_, err := a.OpenProbe(t.Context(), path, engine.Look{})
		if engine.CodeOf(err) != want {
			t.Errorf("%s: %v, want %s", filepath.Base(path), err, want)
		}
	}
}

func TestFiltersDoNotChangeWhatAMatchMeans(t *testing.T) {
	a := openApp(t, &drawn{})
	dir := album(t)
	collect(t, a, dir)
	p := probe(t, a, filepath.Join(dir, "green.png"))
	whole, err := a.Search(t.Context(), engine.SearchRequest{Purpose: "tests", Probe: p})
	must(t, err)
	infos, err := a.Collections(t.Context())
	must(t, err)
	some, err := a.Search(t.Context(), engine.SearchRequest{Purpose: "tests", Probe: p, Max: 1,
		Filter: engine.Filter{Collections: []engine.CollectionID{infos[0].ID}, Since: clock().AddDate(-1, 0, 0)}})
	must(t, err)
	x, y := whole.Probes[0], some.Probes[0]
	if x.Compared != 3 || y.Compared != 3 || x.Crowding != y.Crowding || x.Crowded() {
		t.Errorf("compared with %d and %d faces, crowding %v and %v", x.Compared, y.Compared, x.Crowding, y.Crowding)
	}
	if len(x.Matches) == 0 || len(y.Matches) == 0 || x.Matches[0].ExpectedFalse != y.Matches[0].ExpectedFalse ||
		!(x.Matches[0].ExpectedFalse >= 0 && x.Matches[0].ExpectedFalse < 1e-3) {
		t.Errorf("without a filter %+v, with one %+v", x.Matches, y.Matches)
	}
}

func TestAPoorProbeLowersTheBand(t *testing.T) {
	a := openApp(t, &drawn{})
	dir := album(t)
	collect(t, a, dir)
	p := probe(t, a, filepath.Join(dir, "green.png"))
	for quality, want := range map[float64]engine.Band{0.5: engine.BandStrong, 0.1: engine.BandLikely} {
		p.Faces[0].Quality = quality
		res, err := a.Search(t.Context(), engine.SearchRequest{Purpose: "tests", Probe: p})
		must(t, err)
		if got := res.Probes[0].Matches[0].Band; got != want {
			t.Errorf("a copy of a probe of quality %v is %s, want %s", quality, got, want)
		}
	}
}
