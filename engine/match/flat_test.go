package match_test

import (
	"context"
	"fmt"
	"testing"

	"gabarit/engine"
	"gabarit/engine/crowd"
	"gabarit/engine/match"
)

func TestFlatConformsToTheIndexPort(t *testing.T) {
	testIndex(t, func() engine.Index { return match.NewFlat() })
}

func TestFlatFindsThePersonAmongStrangers(t *testing.T) {
	const photos = 3
	templates := crowd.People(21, 400, photos)
	index := match.NewFlat()
	for i, tmpl := range templates {
		if i%photos == 0 {
			continue // the first photo of each person is a probe
		}
		if err := index.Add(engine.IndexEntry{Face: engine.FaceID(fmt.Sprintf("P%d-0", i)), Template: tmpl}); err != nil {
			t.Fatal(err)
		}
	}
	hits := 0
	for i := 0; i < len(templates); i += photos {
		got, searched, err := index.Search(context.Background(), engine.Query{Template: templates[i], K: 1})
		if err != nil || searched != index.Len() || len(got) != 1 {
			t.Fatalf("Search: %v, searched %d, error %v", got, searched, err)
		}
		if got[0].Face == engine.FaceID(fmt.Sprintf("P%d-0", i+1)) || got[0].Face == engine.FaceID(fmt.Sprintf("P%d-0", i+2)) {
			hits++
		}
	}
	if hits < 390 { // some photos are far from all others of their person, as some real ones are
		t.Errorf("the nearest face is the same person for %d of 400 probes, want at least 390", hits)
	}
}

func TestDistanceIsTheEuclideanOne(t *testing.T) {
	var a, b engine.Template
	a[0], b[0] = 3, 0
	a[127], b[127] = 0, -4
	if d := match.Distance(&a, &b); d != 5 {
		t.Errorf("distance %v, want 5", d)
	}
	if d := match.Distance(&a, &a); d != 0 {
		t.Errorf("distance to itself %v, want 0", d)
	}
}

func BenchmarkFlatSearch(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		index := match.NewFlat()
		templates := crowd.People(1, n/10, 10)
		for i, tmpl := range templates {
			if err := index.Add(engine.IndexEntry{Face: engine.FaceID(fmt.Sprintf("P%d-0", i)), Template: tmpl,
				Collection: engine.CollectionID(fmt.Sprint(i % 10))}); err != nil {
				b.Fatal(err)
			}
		}
		for _, q := range []struct {
			name  string
			query engine.Query
		}{
			{"top 50", engine.Query{K: 50}},
			{"within 0.5", engine.Query{Within: 0.5}},
			{"top 50 of one collection in ten", engine.Query{K: 50, Filter: engine.Filter{Collections: []engine.CollectionID{"3"}}}},
		} {
			b.Run(fmt.Sprintf("%d faces/%s", n, q.name), func(b *testing.B) {
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					q.query.Template = templates[(i*7919)%n]
					if _, _, err := index.Search(context.Background(), q.query); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func TestDistancesAllocatesNothing(t *testing.T) {
	index := match.NewCascade(1)
	templates := crowd.People(5, 500, 2)
	for i, tmpl := range templates {
		if err := index.Add(engine.IndexEntry{Face: engine.NewFaceID("P", i), Template: tmpl}); err != nil {
			t.Fatal(err)
		}
	}
	if n := testing.AllocsPerRun(20, func() {
		if h, err := index.Distances(context.Background(), templates[0]); err != nil || h.Faces() != len(templates) {
			t.Fatal(h.Faces(), err)
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
