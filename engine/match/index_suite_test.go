package match_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"gabarit/engine"
	"gabarit/engine/crowd"
)

// testIndex is the conformance suite of engine.Index: whoever implements it must answer every question exactly as
// indexReference does. empty gives a fresh index. Run it with -race.
func testIndex(t *testing.T, empty func() engine.Index) {
	t.Run("answers as an exhaustive comparison after any adds and removals", func(t *testing.T) {
		if raced {
			t.Skip("skipped: one goroutine alone, which takes minutes with the race detector; it runs without it")
		}
		rapid.Check(t, func(rt *rapid.T) { indexHistory(rt, empty()) })
	})
	t.Run("answers as an exhaustive comparison over many faces", func(t *testing.T) { indexMany(t, empty()) })
	t.Run("breaks ties by face ID", func(t *testing.T) { indexTies(t, empty()) })
	t.Run("finds hosts by domain and by international name", func(t *testing.T) { indexHosts(t, empty()) })
	t.Run("takes dates from since up to, but not including, until", func(t *testing.T) { indexDates(t, empty()) })
	t.Run("compares numbers of any size", func(t *testing.T) { indexExtremes(t, empty()) })
	t.Run("refuses what is not a number and adds nothing of that batch", func(t *testing.T) { indexNaN(t, empty()) })
	t.Run("an empty index answers with nothing", func(t *testing.T) {
		checkSearch(t, empty(), indexReference{}, engine.Query{K: 5})
	})
	t.Run("counts the distances to all faces as an exhaustive comparison does", func(t *testing.T) { indexDistances(t, empty()) })
	t.Run("answers many questions at once as one by one", func(t *testing.T) { indexBatch(t, empty()) })
	t.Run("a stopped search is an error", func(t *testing.T) { indexStopped(t, empty()) })
	t.Run("keeps its own copy of what was added", func(t *testing.T) { indexCopies(t, empty()) })
	t.Run("an index that was cleared is empty and works on", func(t *testing.T) { indexCleared(t, empty()) })
	t.Run("searches see whole batches while others add and remove", func(t *testing.T) { indexConcurrent(t, empty()) })
}

// indexTester is what testing.TB and rapid.T share.
type indexTester interface {
	Helper()
	Fatalf(format string, args ...any)
}

// checkSearch asks both and compares.
func checkSearch(t indexTester, index engine.Index, want indexReference, q engine.Query) {
	t.Helper()
	got, searched, err := index.Search(context.Background(), q)
	if err != nil {
		t.Fatalf("Search: %v", err)
	}
	checkDistances(t, index, want, q.Template)
	q.Count = 0
	checkAnswer(t, want, q, engine.Answer{Neighbours: got, Searched: searched})
	counted := q
	counted.Count = 0.4
	checkSearchAll(t, index, want, q, counted, q)
}

// checkSearchAll asks both the same questions at once and compares.
func checkSearchAll(t indexTester, index engine.Index, want indexReference, queries ...engine.Query) {
	t.Helper()
	answers, err := index.SearchAll(context.Background(), queries)
	if err != nil || len(answers) != len(queries) {
		t.Fatalf("SearchAll of %d: %d answers, error %v", len(queries), len(answers), err)
	}
	for i, q := range queries {
		checkAnswer(t, want, q, answers[i])
	}
}

// checkAnswer compares an answer with that of the reference.
func checkAnswer(t indexTester, want indexReference, q engine.Query, got engine.Answer) {
	t.Helper()
	expected := want.Answer(q)
	if got.Searched != expected.Searched {
		t.Fatalf("searched %d faces, the filter lets %d through", got.Searched, expected.Searched)
	}
	if diff := cmp.Diff(expected, got, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("K %d, within %v, count %v: differs from the exhaustive comparison (-want +got):\n%s", q.K, q.Within, q.Count, diff)
	}
}

// counter is what the indexes of this package can besides: tests and measurements ask for all distances.
type counter interface {
	Distances(ctx context.Context, probe engine.Template) (engine.Histogram, error)
}

// checkDistances asks both for the distances of a probe and compares.
func checkDistances(t indexTester, index engine.Index, want indexReference, probe engine.Template) {
	t.Helper()
	got, err := index.(counter).Distances(context.Background(), probe)
	if err != nil {
		t.Fatalf("Distances: %v", err)
	}
	var expected engine.Histogram
	for _, e := range want {
		expected.Add(referenceDistance(probe, e.Template))
	}
	if got != expected {
		t.Fatalf("distances differ from the exhaustive comparison (-want +got):\n%s", cmp.Diff(expected, got))
	}
	if got.Faces() != len(want) {
		t.Fatalf("%d distances counted, want %d", got.Faces(), len(want))
	}
}

// mustAdd adds to both.
func mustAdd(t indexTester, index engine.Index, want indexReference, entries ...engine.IndexEntry) {
	t.Helper()
	if err := index.Add(entries...); err != nil {
		t.Fatalf("Add: %v", err)
	}
	want.Add(entries...)
}

// indexEpoch is the first of the days that entries are dated with.
func indexEpoch() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }

// indexEntry draws a face among few IDs, collections, hosts and dates, so that replacing and filtering happen often.
func indexEntry(rt *rapid.T, templates []engine.Template) engine.IndexEntry {
	e := engine.IndexEntry{
		Face:       engine.NewFaceID(engine.PhotoID(rapid.StringMatching(`[A-F]`).Draw(rt, "photo")), rapid.IntRange(0, 9).Draw(rt, "face")),
		Collection: engine.CollectionID(rapid.SampledFrom([]string{"c1", "c2", "c3"}).Draw(rt, "collection")),
		Hosts:      rapid.SliceOfN(rapid.SampledFrom([]string{"example.org", "img.example.org", "badexample.org", "example.net"}), 0, 2).Draw(rt, "hosts"),
		Template:   rapid.SampledFrom(templates).Draw(rt, "template"),
	}
	if day := rapid.IntRange(-1, 5).Draw(rt, "day"); day >= 0 {
		e.When = indexEpoch().AddDate(0, 0, day)
	}
	if lon := rapid.IntRange(-1, 5).Draw(rt, "longitude"); lon >= 0 {
		e.Place = &engine.Place{Lat: 45, Lon: float64(lon)}
	}
	return e
}

func indexQuery(rt *rapid.T, templates []engine.Template) engine.Query {
	q := engine.Query{
		Template: rapid.SampledFrom(templates).Draw(rt, "probe"),
		K:        rapid.IntRange(-1, 12).Draw(rt, "k"),
		Within:   rapid.SampledFrom([]float64{-1, 0, 1e-9, 0.3, 0.5, 0.8, 2}).Draw(rt, "within"),
	}
	q.Filter.Host = rapid.SampledFrom([]string{"", "example.org", "img.example.org", "net", "nowhere"}).Draw(rt, "host")
	for _, c := range rapid.SliceOfN(rapid.SampledFrom([]string{"c1", "c2", "c4"}), 0, 2).Draw(rt, "collections") {
		q.Filter.Collections = append(q.Filter.Collections, engine.CollectionID(c))
	}
	if day := rapid.IntRange(-3, 5).Draw(rt, "since"); day >= 0 {
		q.Filter.Since = indexEpoch().AddDate(0, 0, day)
	}
	if day := rapid.IntRange(-3, 5).Draw(rt, "until"); day >= 0 {
		q.Filter.Until = indexEpoch().AddDate(0, 0, day)
	}
	if lon := rapid.IntRange(-3, 5).Draw(rt, "centre"); lon >= 0 { // a degree is 78.6 km there
		q.Filter.Area = &engine.Area{Centre: engine.Place{Lat: 45, Lon: float64(lon)}, Radius: 100_000}
	}
	return q
}

// indexHistory runs a random history on the index and on the reference.
func indexHistory(rt *rapid.T, index engine.Index) {
	templates := crowd.People(rapid.Uint64Range(1, 50).Draw(rt, "seed"), 5, 3)
	want := indexReference{}
	rt.Repeat(map[string]func(*rapid.T){
		"add": func(rt *rapid.T) {
			batch := make([]engine.IndexEntry, rapid.IntRange(0, 8).Draw(rt, "batch"))
			for i := range batch {
				batch[i] = indexEntry(rt, templates)
			}
			mustAdd(rt, index, want, batch...)
		},
		"remove": func(rt *rapid.T) {
			faces := []engine.FaceID{indexEntry(rt, templates).Face, indexEntry(rt, templates).Face}
			index.Remove(faces...)
			want.Remove(faces...)
		},
		"search": func(rt *rapid.T) { checkSearch(rt, index, want, indexQuery(rt, templates)) },
		"": func(rt *rapid.T) {
			if index.Len() != len(want) {
				rt.Fatalf("Len is %d, want %d", index.Len(), len(want))
			}
		},
	})
}

// indexMany crosses whatever blocks an implementation works in, upwards and downwards.
func indexMany(t *testing.T, index engine.Index) {
	templates := crowd.People(7, 900, 6)
	want := indexReference{}
	for i, tmpl := range templates {
		mustAdd(t, index, want, engine.IndexEntry{
			Face: engine.FaceID(fmt.Sprintf("P%05d-0", i)), Template: tmpl,
			Collection: engine.CollectionID([]string{"even", "odd"}[i%2]), Hosts: []string{fmt.Sprintf("h%d.example.org", i%17)},
		})
	}
	ask := func() {
		t.Helper()
		for i := 0; i < len(templates); i += 1800 {
			for _, filter := range []engine.Filter{{}, {Collections: []engine.CollectionID{"odd"}}, {Host: "h3.example.org"}} {
				checkSearch(t, index, want, engine.Query{Template: templates[i], K: 50, Filter: filter})
				checkSearch(t, index, want, engine.Query{Template: templates[i], Within: 0.6, Filter: filter})
				checkSearch(t, index, want, engine.Query{Template: templates[i], K: 3, Within: 0.5, Filter: filter})
			}
		}
		checkSearch(t, index, want, engine.Query{Template: templates[1]})
	}
	ask()
	for i := range templates {
		if i%3 != 0 {
			index.Remove(engine.FaceID(fmt.Sprintf("P%05d-0", i)))
			want.Remove(engine.FaceID(fmt.Sprintf("P%05d-0", i)))
		}
	}
	ask()
}

func indexTies(t *testing.T, index engine.Index) {
	tmpl := crowd.People(3, 1, 1)[0]
	want := indexReference{}
	for _, n := range []int{4, 0, 9, 2, 7, 1} {
		mustAdd(t, index, want, engine.IndexEntry{Face: engine.NewFaceID("P", n), Template: tmpl})
	}
	for k := range 7 {
		checkSearch(t, index, want, engine.Query{Template: tmpl, K: k})
	}
	got, _, err := index.Search(context.Background(), engine.Query{Template: tmpl, K: 2})
	if diff := cmp.Diff([]engine.Neighbour{{Face: "P-0"}, {Face: "P-1"}}, got); diff != "" || err != nil {
		t.Errorf("nearest two of six equal faces (error %v):\n%s", err, diff)
	}
}

func indexHosts(t *testing.T, index engine.Index) {
	if err := index.Add(
		engine.IndexEntry{Face: "A-0", Hosts: []string{"images.example.org", "cdn.example.net"}},
		engine.IndexEntry{Face: "B-0", Hosts: []string{"notexample.org"}},
		engine.IndexEntry{Face: "C-0", Hosts: []string{"xn--bcher-kva.example"}},
		engine.IndexEntry{Face: "D-0"},
	); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		host string
		want []engine.FaceID
	}{
		{"example.org", []engine.FaceID{"A-0"}},
		{"EXAMPLE.org.", []engine.FaceID{"A-0"}},
		{"example.net", []engine.FaceID{"A-0"}},
		{"org", []engine.FaceID{"A-0", "B-0"}},
		{"s.example.org", nil},
		{"bücher.example", []engine.FaceID{"C-0"}},
		{"BÜCHER.example", []engine.FaceID{"C-0"}},
		{"", []engine.FaceID{"A-0", "B-0", "C-0", "D-0"}},
	} {
		got, searched, err := index.Search(context.Background(), engine.Query{Filter: engine.Filter{Host: c.host}})
		var faces []engine.FaceID
		for _, n := range got {
			faces = append(faces, n.Face)
		}
		if err != nil || searched != len(c.want) || !slices.Equal(faces, c.want) {
			t.Errorf("host %q: %v (searched %d, error %v), want %v", c.host, faces, searched, err, c.want)
		}
	}
}

func indexDates(t *testing.T, index engine.Index) {
	want := indexReference{}
	for i := range 5 {
		mustAdd(t, index, want, engine.IndexEntry{Face: engine.NewFaceID("P", i), When: indexEpoch().AddDate(0, 0, i)})
	}
	mustAdd(t, index, want, engine.IndexEntry{Face: "undated-0"})
	paris := time.FixedZone("", 3600)
	q := engine.Query{Filter: engine.Filter{Since: indexEpoch().AddDate(0, 0, 1).In(paris), Until: indexEpoch().AddDate(0, 0, 3).In(paris)}}
	checkSearch(t, index, want, q)
	if _, searched, err := index.Search(context.Background(), q); searched != 2 || err != nil {
		t.Errorf("searched %d faces of two days (error %v), want 2", searched, err)
	}
}

// indexExtremes holds values whose squares leave float32 on both sides.
func indexExtremes(t *testing.T, index engine.Index) {
	want := indexReference{}
	values := []float32{0, 1e-45, -1e-30, 1e-20, 1, 1.0000001, 1e19, -1.8e19, 3e38, -3e38}
	templates := make([]engine.Template, len(values))
	for i, v := range values {
		for d := range templates[i] {
			templates[i][d] = v * float32(d%3)
			if math.IsInf(float64(templates[i][d]), 0) {
				templates[i][d] = v
			}
		}
		mustAdd(t, index, want, engine.IndexEntry{Face: engine.NewFaceID("P", i), Template: templates[i]})
	}
	for _, probe := range templates {
		for k := range len(values) + 1 {
			checkSearch(t, index, want, engine.Query{Template: probe, K: k})
		}
		for _, within := range []float64{1e-44, 1e-19, 1, 1e20, 1e39, math.Inf(1)} {
			checkSearch(t, index, want, engine.Query{Template: probe, Within: within})
		}
	}
}

// indexDistances puts faces at and beside the bounds of bins, where an estimate can't tell the bin, and at random.
func indexDistances(t *testing.T, index engine.Index) {
	want := indexReference{}
	n := 0
	add := func(tmpl engine.Template) {
		mustAdd(t, index, want, engine.IndexEntry{Face: engine.NewFaceID("P", n), Template: tmpl})
		n++
	}
	for bin := range engine.HistogramBins + 20 {
		bound := float32(float64(bin) * engine.HistogramWidth)
		for _, d := range []float32{math.Nextafter32(bound, 0), bound, math.Nextafter32(bound, 9)} {
			add(engine.Template{5: d})
			var spread engine.Template // the same distance from many dimensions, so that rounding differs
			for i := range spread {
				spread[i] = d / float32(math.Sqrt(engine.TemplateSize))
			}
			add(spread)
		}
	}
	for _, tmpl := range crowd.People(17, 700, 3) {
		add(tmpl)
	}
	checkDistances(t, index, want, engine.Template{})
	for _, probe := range crowd.People(18, 20, 1) {
		checkDistances(t, index, want, probe)
	}
}

// indexBatch asks more questions at once than an implementation may want to answer together.
func indexBatch(t *testing.T, index engine.Index) {
	want := indexReference{}
	checkSearchAll(t, index, want)
	templates := crowd.People(19, 100, 4)
	for i, tmpl := range templates {
		mustAdd(t, index, want, engine.IndexEntry{Face: engine.NewFaceID("P", i), Template: tmpl, Collection: engine.CollectionID(fmt.Sprint("c", i%3))})
	}
	var queries []engine.Query
	for i := range 300 {
		q := engine.Query{Template: templates[i], K: i % 7, Within: float64(i%5) / 5, Count: float64(i%4) / 4}
		if i%3 == 0 {
			q.Filter.Collections = []engine.CollectionID{"c1"}
		}
		queries = append(queries, q)
	}
	checkSearchAll(t, index, want, queries...)
}

func indexNaN(t *testing.T, index engine.Index) {
	good := engine.IndexEntry{Face: "A-0"}
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		bad := engine.IndexEntry{Face: "B-0"}
		bad.Template[127] = float32(v)
		if err := index.Add(good, bad); engine.CodeOf(err) != engine.CodeInvalid {
			t.Errorf("Add of %v: error %v, want code invalid", v, err)
		}
		if _, err := index.(counter).Distances(context.Background(), bad.Template); engine.CodeOf(err) != engine.CodeInvalid {
			t.Errorf("Distances of %v: error %v, want code invalid", v, err)
		}
		if _, _, err := index.Search(context.Background(), engine.Query{Template: bad.Template}); engine.CodeOf(err) != engine.CodeInvalid {
			t.Errorf("Search for %v: error %v, want code invalid", v, err)
		}
	}
	if err := index.Add(engine.IndexEntry{}); engine.CodeOf(err) != engine.CodeInvalid {
		t.Errorf("Add without a face ID: error %v, want code invalid", err)
	}
	if _, _, err := index.Search(context.Background(), engine.Query{Within: math.NaN()}); engine.CodeOf(err) != engine.CodeInvalid {
		t.Errorf("Search within NaN: error %v, want code invalid", err)
	}
	for _, bad := range []engine.Query{{Within: math.NaN()}, {Count: math.NaN()}, {Template: engine.Template{3: float32(math.Inf(1))}}} {
		if got, err := index.SearchAll(context.Background(), []engine.Query{{}, bad}); engine.CodeOf(err) != engine.CodeInvalid || got != nil {
			t.Errorf("SearchAll of %v within, %v counted: %v, error %v, want code invalid", bad.Within, bad.Count, got, err)
		}
	}
	if index.Len() != 0 {
		t.Errorf("the index holds %d faces of refused batches", index.Len())
	}
}

func indexStopped(t *testing.T, index engine.Index) {
	if err := index.Add(engine.IndexEntry{Face: "A-0"}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	got, _, err := index.Search(ctx, engine.Query{})
	if engine.CodeOf(err) != engine.CodeCanceled || got != nil {
		t.Errorf("Search with an ended context: %v, error %v; want nothing and code canceled", got, err)
	}
	if got, err := index.SearchAll(ctx, []engine.Query{{}, {}}); engine.CodeOf(err) != engine.CodeCanceled || got != nil {
		t.Errorf("SearchAll with an ended context: %v, error %v; want nothing and code canceled", got, err)
	}
	h, err := index.(counter).Distances(ctx, engine.Template{})
	if engine.CodeOf(err) != engine.CodeCanceled || h != (engine.Histogram{}) {
		t.Errorf("Distances with an ended context: %d faces, error %v; want none and code canceled", h.Faces(), err)
	}
}

func indexCopies(t *testing.T, index engine.Index) {
	want := indexReference{}
	e := engine.IndexEntry{Face: "A-0", Hosts: []string{"example.org"}, Template: crowd.People(1, 1, 1)[0]}
	mustAdd(t, index, want, e)
	probe := e.Template
	e.Hosts[0], e.Template = "changed.example", engine.Template{}
	want["A-0"] = engine.IndexEntry{Face: "A-0", Hosts: []string{"example.org"}, Template: probe}
	checkSearch(t, index, want, engine.Query{Template: probe, Filter: engine.Filter{Host: "example.org"}})
}

func indexCleared(t *testing.T, index engine.Index) {
	index.Clear()
	want := indexReference{}
	for round, n := range []int{3000, 10} { // more than a block, then fewer
		templates := crowd.People(uint64(31+round), n, 1)
		for i, tmpl := range templates {
			mustAdd(t, index, want, engine.IndexEntry{Face: engine.NewFaceID("P", i), Template: tmpl, Hosts: []string{"example.org"}})
		}
		checkSearch(t, index, want, engine.Query{Template: templates[0], K: 20})
		index.Clear()
		clear(want)
		checkSearch(t, index, want, engine.Query{Template: templates[0]})
		checkSearch(t, index, want, engine.Query{Filter: engine.Filter{Host: "example.org"}})
		if n := index.Len(); n != 0 {
			t.Fatalf("%d faces left", n)
		}
		index.Remove(engine.NewFaceID("P", 0))
	}
}

// indexConcurrent adds and removes pairs of faces while others search: every search must see both of a pair or none.
func indexConcurrent(t *testing.T, index engine.Index) {
	templates := crowd.People(11, 40, 2)
	pair := func(p int) []engine.IndexEntry {
		return []engine.IndexEntry{
			{Face: engine.NewFaceID(engine.PhotoID(fmt.Sprint("P", p)), 0), Template: templates[2*p]},
			{Face: engine.NewFaceID(engine.PhotoID(fmt.Sprint("P", p)), 1), Template: templates[2*p+1]},
		}
	}
	var work sync.WaitGroup
	for w := range 4 {
		work.Go(func() {
			for round := range 25 {
				for p := w; p < 40; p += 4 {
					if err := index.Add(pair(p)...); err != nil {
						t.Errorf("Add: %v", err)
					}
					if (p+round)%3 == 0 {
						index.Remove(pair(p)[0].Face, pair(p)[1].Face)
					}
				}
			}
		})
		work.Go(func() {
			for range 100 {
				got, searched, err := index.Search(context.Background(), engine.Query{Template: templates[w]})
				if err != nil || searched%2 != 0 || len(got) != searched {
					t.Errorf("a search saw %d faces and returned %d (error %v), want whole pairs", searched, len(got), err)
				}
				_ = index.Len()
			}
		})
	}
	work.Wait()
}
