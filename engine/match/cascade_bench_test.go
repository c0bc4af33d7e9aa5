package match_test

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"testing"

	"gabarit/engine"
	"gabarit/engine/crowd"
	"gabarit/engine/match"
)

// BenchmarkCascade asks a Flat and a Cascade the same questions in turn, so that what else the machine does burdens both, and
// reports how many times as fast the Cascade is. GABARIT_FACES is the size of the index. The templates are those of
// enginetest.People, whose statistics are those of real ones; probes are in the index.
func BenchmarkCascade(b *testing.B) {
	n := 100_000
	if s := os.Getenv("GABARIT_FACES"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			b.Fatal(err)
		}
	}
	templates := crowd.People(1, n/10, 10)
	flat, cascade := match.NewFlat(), match.NewCascade(1)
	entries := make([]engine.IndexEntry, len(templates))
	for i, tmpl := range templates {
		entries[i] = engine.IndexEntry{Face: engine.FaceID(fmt.Sprintf("P%d-0", i)), Template: tmpl, Collection: engine.CollectionID(fmt.Sprint(i % 10))}
	}
	for _, index := range []engine.Index{flat, cascade} {
		if err := index.Add(entries...); err != nil {
			b.Fatal(err)
		}
	}
	for _, q := range []struct {
		name  string
		query engine.Query
	}{
		{"top 50", engine.Query{K: 50}},
		{"within 0.5", engine.Query{Within: 0.5}},
		{"within 0.6", engine.Query{Within: 0.6}},
		{"top 50 within 0.6", engine.Query{K: 50, Within: 0.6}},
		{"top 50 of one collection in ten", engine.Query{K: 50, Filter: engine.Filter{Collections: []engine.CollectionID{"3"}}}},
	} {
		b.Run(fmt.Sprintf("%d faces/%s", n, q.name), func(b *testing.B) {
			var spent [2]float64
			for i := 0; b.Loop(); i++ {
				q.query.Template = templates[(i*7919)%n]
				for k, index := range []engine.Index{flat, cascade} {
					before := b.Elapsed()
					if _, _, err := index.Search(context.Background(), q.query); err != nil {
						b.Fatal(err)
					}
					spent[k] += (b.Elapsed() - before).Seconds()
				}
			}
			b.ReportMetric(spent[0]*1e3/float64(b.N), "flat-ms")
			b.ReportMetric(spent[1]*1e3/float64(b.N), "cascade-ms")
			b.ReportMetric(spent[0]/spent[1], "times")
		})
	}
}

// BenchmarkCascadeAdd tells what a face costs to add, fitting included.
func BenchmarkCascadeAdd(b *testing.B) {
	templates := crowd.People(2, 10_000, 10)
	for b.Loop() {
		index := match.NewCascade(1)
		for start := 0; start < len(templates); start += 1000 {
			entries := make([]engine.IndexEntry, 1000)
			for i := range entries {
				entries[i] = engine.IndexEntry{Face: engine.FaceID(strconv.Itoa(start + i)), Template: templates[start+i]}
			}
			if err := index.Add(entries...); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()*1e6/float64(b.N*len(templates)), "us/face")
}

// BenchmarkDistances compares counting all distances with the search of a Flat that compares every face, in turn.
func BenchmarkDistances(b *testing.B) {
	const n = 100_000
	flat, templates := match.NewFlat(), crowd.People(1, n/10, 10)
	for i, tmpl := range templates {
		if err := flat.Add(engine.IndexEntry{Face: engine.FaceID(fmt.Sprintf("P%d-0", i)), Template: tmpl}); err != nil {
			b.Fatal(err)
		}
	}
	var spent [2]float64
	for i := 0; b.Loop(); i++ {
		probe, before := templates[(i*7919)%n], b.Elapsed()
		if _, _, err := flat.Search(context.Background(), engine.Query{Template: probe, K: 50}); err != nil {
			b.Fatal(err)
		}
		middle := b.Elapsed()
		if _, err := flat.Distances(context.Background(), probe); err != nil {
			b.Fatal(err)
		}
		spent[0], spent[1] = spent[0]+(middle-before).Seconds(), spent[1]+(b.Elapsed()-middle).Seconds()
	}
	b.ReportMetric(spent[0]*1e3/float64(b.N), "search-ms")
	b.ReportMetric(spent[1]*1e3/float64(b.N), "distances-ms")
	b.ReportMetric(spent[1]/spent[0], "distances/search")
}
