package match_test

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"gabarit/engine"
	"gabarit/engine/match"
)

// threadTime is the processor time of the calling thread, which other work on the machine disturbs less than the time of day.
func threadTime(t testing.TB) time.Duration {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &now); err != nil {
		t.Fatal(err)
	}
	return time.Duration(now.Nano())
}

// BenchmarkSearch asks a Flat and a Cascade the same questions in turn, one thread each, and reports processor time:
// quantiles for each and of the ratio. GABARIT_FACES is the size of the index, GABARIT_PEOPLE=1 takes templates of enginetest.People
// instead of enginetest.Album. Each question is asked once: give -benchtime as a number of probes, 200x.
func BenchmarkSearch(b *testing.B) {
	templates, probes := benchTemplates()
	cascade := match.NewCascade(1)
	start := threadTime(b)
	fill(b, cascade, templates)
	b.Logf("built in %v of processor time", threadTime(b)-start)
	flat := cascade.Flat()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
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
		b.Run(q.name, func(b *testing.B) {
			var spent [2][]float64
			var ratio []float64
			for i := 0; b.Loop(); i++ {
				q.query.Template = probes[i%len(probes)]
				var took [2]float64
				for k, index := range []engine.Index{flat, cascade} {
					before := threadTime(b)
					if _, _, err := index.Search(context.Background(), q.query); err != nil {
						b.Fatal(err)
					}
					took[k] = (threadTime(b) - before).Seconds() * 1e3
					spent[k] = append(spent[k], took[k])
				}
				ratio = append(ratio, took[0]/took[1])
			}
			var left [3]int
			for i := range 20 {
				q.query.Template = probes[i]
				for k, n := range cascade.Left(q.query) {
					left[k] += n / 20
				}
			}
			quantile := func(v []float64, q float64) float64 {
				slices.Sort(v)
				return v[int(q*float64(len(v)-1))]
			}
			b.ReportMetric(0, "ns/op")
			for k, n := range left {
				b.ReportMetric(float64(n), fmt.Sprintf("left-%d", k+1))
			}
			b.ReportMetric(quantile(spent[0], .5), "flat-p50-ms")
			for _, p := range []float64{0, .5, .9, .99, 1} {
				b.ReportMetric(quantile(spent[1], p), fmt.Sprintf("cascade-p%g-ms", p*100))
			}
			b.ReportMetric(quantile(spent[0], .5)/quantile(spent[1], .5), "times-p50")
			b.ReportMetric(quantile(ratio, 0), "times-min")
			b.ReportMetric(quantile(ratio, 1), "times-max")
			b.ReportMetric(quantile(spent[1], .99)/quantile(spent[1], .5), "p99/p50")
		})
	}
}

func benchFaces() int {
	if n, err := strconv.Atoi(os.Getenv("GABARIT_FACES")); err == nil {
		return n
	}
	return 100_000
}

func benchPeople() bool { return os.Getenv("GABARIT_PEOPLE") != "" }

// fill adds templates in batches, in ten collections.
func fill(t testing.TB, index engine.Index, templates []engine.Template) {
	entries := make([]engine.IndexEntry, 0, 4096)
	for i, tmpl := range templates {
		entries = append(entries, engine.IndexEntry{Face: engine.FaceID(fmt.Sprintf("P%d-0", i)), Template: tmpl, Collection: engine.CollectionID(strconv.Itoa(i % 10))})
		if len(entries) == cap(entries) || i == len(templates)-1 {
			if err := index.Add(entries...); err != nil {
				t.Fatal(err)
			}
			entries = entries[:0]
		}
	}
}
