//go:build unix

package grouping_test

import (
	"context"
	"fmt"
	"syscall"
	"testing"
	"time"

	"gabarit/app/grouping"
	"gabarit/engine"
	"gabarit/engine/calibration"
	"gabarit/engine/crowd"
	"gabarit/engine/match"
)

// shelf is a store that has nothing but templates.
type shelf []engine.IndexEntry

func (s shelf) Templates(_ context.Context, fn func(engine.IndexEntry) error) error {
	for _, e := range s {
		if err := fn(e); err != nil {
			return err
		}
	}
	return nil
}

func (shelf) GroupDecisions(context.Context) ([]engine.GroupDecision, error) { return nil, nil }
func (shelf) Decide(context.Context, engine.GroupDecision) error             { return nil }

func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkGroups groups made-up faces, five of each person, from nothing; then one more that arrives. It tells processor time too.
func BenchmarkGroups(b *testing.B) {
	for _, faces := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(faces), func(b *testing.B) {
			var all shelf
			for i, tmpl := range crowd.People(7, faces/5, 5) {
				all = append(all, engine.IndexEntry{Face: engine.NewFaceID(engine.PhotoID(fmt.Sprintf("P%06d", i)), 0), Model: model, Collection: "c", Template: tmpl})
			}
			last := all[len(all)-1]
			all = all[:len(all)-1]
			held := &rows{Index: match.NewCascade(1)}
			if err := held.Index.Add(all...); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				groups := grouping.New(all, held, calibration.Default())
				held.groups = groups
				at := processorTime(b)
				out, err := groups.List(b.Context(), engine.GroupQuery{Min: 2}, nil)
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric((processorTime(b) - at).Seconds(), "cpu-s/all")
				b.ReportMetric(float64(len(out.Groups)), "groups")
				if err := held.Add(last); err != nil {
					b.Fatal(err)
				}
				at = processorTime(b)
				if _, err := groups.List(b.Context(), engine.GroupQuery{Min: 2}, nil); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric((processorTime(b)-at).Seconds()*1000, "cpu-ms/one-more")
				held.Remove(last.Face)
			}
		})
	}
}
