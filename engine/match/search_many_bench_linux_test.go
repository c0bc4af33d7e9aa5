package match_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"gabarit/engine"
	"gabarit/engine/calibration"
	"gabarit/engine/crowd"
	"gabarit/engine/match"
)

// processTime is the processor time of all threads.
func processTime(t testing.TB) time.Duration {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &now); err != nil {
		t.Fatal(err)
	}
	return time.Duration(now.Nano())
}

// BenchmarkSearchThreads asks one thread and two the same questions in turn. Needs two idle processors; and a system may let a second thread wait
// for longer than one question takes, so many are asked at once as well.
func BenchmarkSearchThreads(b *testing.B) {
	templates, probes := benchTemplates()
	var indexes []*match.Cascade
	for threads := 1; threads <= min(runtime.NumCPU(), 4); threads *= 2 {
		indexes = append(indexes, match.NewCascade(threads))
		fill(b, indexes[len(indexes)-1], templates)
	}
	for _, c := range []struct {
		q      engine.Query
		atOnce int
	}{{engine.Query{K: 50}, 32}, {engine.Query{K: 50}, 1}, {engine.Query{Within: 0.5}, 1}, {engine.Query{Within: 0.6}, 1}, {engine.Query{K: 50, Count: 0.64}, 1}} {
		b.Run(fmt.Sprintf("K %d, within %v, count %v, %d at once", c.q.K, c.q.Within, c.q.Count, c.atOnce), func(b *testing.B) {
			queries := make([]engine.Query, c.atOnce)
			wall, cpu := make([]float64, len(indexes)), make([]float64, len(indexes))
			for i := 0; b.Loop(); i++ {
				for k := range queries {
					queries[k] = c.q
					queries[k].Template = probes[(i*c.atOnce+k)%len(probes)]
				}
				for k, index := range indexes {
					start, spent := time.Now(), processTime(b)
					if _, err := index.SearchAll(context.Background(), queries); err != nil {
						b.Fatal(err)
					}
					wall[k] += time.Since(start).Seconds() * 1e3
					cpu[k] += (processTime(b) - spent).Seconds() * 1e3
				}
			}
			b.ReportMetric(0, "ns/op")
			for k := range indexes {
				b.ReportMetric(wall[k]/float64(b.N), fmt.Sprintf("wall-ms-%d", 1<<k))
				b.ReportMetric(cpu[k]/float64(b.N), fmt.Sprintf("cpu-ms-%d", 1<<k))
				b.ReportMetric(wall[0]/wall[k], fmt.Sprintf("times-%d", 1<<k))
			}
		})
	}
}

// BenchmarkSearchMany asks all faces of an index for those within 0.46, which is what grouping asks, in batches and (a part of them) one by one.
func BenchmarkSearchMany(b *testing.B) {
	templates, _ := benchTemplates()
	index := match.NewCascade(1)
	fill(b, index, templates)
	for _, size := range []int{1, 8, 64, 256} {
		b.Run(fmt.Sprintf("in batches of %d", size), func(b *testing.B) {
			queries := make([]engine.Query, size)
			start, found, asked := processTime(b), 0, 0
			for i := 0; b.Loop(); i++ {
				for k := range queries {
					queries[k] = engine.Query{Template: templates[(i*size+k)*7919%len(templates)], Within: 0.46}
				}
				answers, err := index.SearchAll(context.Background(), queries)
				if err != nil {
					b.Fatal(err)
				}
				for _, a := range answers {
					found += len(a.Neighbours)
				}
				asked += size
			}
			spent := (processTime(b) - start).Seconds()
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(spent/float64(asked)*1e6, "us/query")
			b.ReportMetric(float64(found)/float64(asked), "faces/query")
			b.ReportMetric(spent/float64(asked)*float64(len(templates)), "s-for-all")
		})
	}
}

// BenchmarkCount tells what it costs to count near distances besides searching, and to count all of them.
func BenchmarkCount(b *testing.B) {
	templates, probes := benchTemplates()
	index := match.NewCascade(1)
	fill(b, index, templates)
	var spent [3]float64
	reach := calibration.Default().Reach()
	for i := 0; b.Loop(); i++ {
		probe := probes[i%len(probes)]
		for k, ask := range []func() error{
			func() error {
				_, _, err := index.Search(context.Background(), engine.Query{Template: probe, K: 50, Within: engine.MaxDistance})
				return err
			},
			func() error {
				_, err := index.SearchAll(context.Background(), []engine.Query{{Template: probe, K: 50, Within: engine.MaxDistance, Count: reach}})
				return err
			},
			func() error { _, err := index.Distances(context.Background(), probe); return err },
		} {
			start := processTime(b)
			if err := ask(); err != nil {
				b.Fatal(err)
			}
			spent[k] += (processTime(b) - start).Seconds() * 1e3
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(spent[0]/float64(b.N), "search-ms")
	b.ReportMetric(spent[1]/float64(b.N), "search-and-count-ms")
	b.ReportMetric(spent[2]/float64(b.N), "distances-ms")
}

// benchTemplates gives the index and the probes that the environment asks for: see BenchmarkSearch.
func benchTemplates() (templates, probes []engine.Template) {
	n := benchFaces()
	if !benchPeople() {
		return crowd.Album(1, n, 1000)
	}
	templates = crowd.People(1, n/10, 10)
	for i := range 1000 {
		probes = append(probes, templates[i*7919%n])
	}
	return templates, probes
}
