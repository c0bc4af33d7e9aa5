package kv_test

import (
	"fmt"
	"testing"
	"time"

	"gabarit/storage/kv"
)

// BenchmarkPurge erases one record (a photo's worth: three keys far from each other, one with its value in the
// value log) of stores of different sizes.
func BenchmarkPurge(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			d := open(b, b.TempDir(), kv.Options{Key: make([]byte, 32)})
			fill(b, d, 0, n)
			next := 0
			var rewritten int64
			for b.Loop() {
				i := next * 7919 % n
				next++
				erase(b, d, i)
				began := time.Now()
				stats, err := d.Purge(b.Context(), prefixes(i))
				if err != nil {
					b.Fatal(err)
				}
				rewritten += stats.Rewritten
				b.ReportMetric(float64(time.Since(began).Milliseconds()), "ms/last")
			}
			b.ReportMetric(float64(rewritten)/float64(next)/(1<<20), "MiB-rewritten/op")
		})
	}
}

// BenchmarkCompact is what an erasure would cost without Purge.
func BenchmarkCompact(b *testing.B) {
	d := open(b, b.TempDir(), kv.Options{Key: make([]byte, 32)})
	fill(b, d, 0, 100_000)
	for b.Loop() {
		erase(b, d, 5)
		stats, err := d.Compact(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(stats.Rewritten)/(1<<20), "MiB-rewritten/op")
	}
}
