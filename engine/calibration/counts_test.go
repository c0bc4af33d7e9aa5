package calibration_test

import (
	"context"
	"testing"

	"gabarit/engine"
	"gabarit/engine/calibration"
	"gabarit/engine/crowd"
	"gabarit/engine/enginetest"
	"gabarit/engine/match"
)

// What people are told about a match must not depend on how far distances are counted.
func TestNearCountsTellOfEveryMatchWhatAllCountsTell(t *testing.T) {
	t.Run("of made-up people", func(t *testing.T) {
		index, probes := crowd.Album(5, 20_000, 40)
		checkNearCounts(t, index, probes)
	})
	t.Run("of real people", func(t *testing.T) {
		templates, _ := enginetest.LFW(t, 1)
		checkNearCounts(t, templates[200:], templates[:200])
	})
}

func checkNearCounts(t *testing.T, templates, probes []engine.Template) {
	index := match.NewCascade(2)
	for i, tmpl := range templates {
		e := engine.IndexEntry{Face: engine.NewFaceID("P", i), Template: tmpl, Collection: "all"}
		if i%100 == 0 {
			e.Collection = "few"
		}
		if err := index.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	c := calibration.Default()
	matches, beyond := 0, 0
	for i, probe := range probes {
		all, err := index.Distances(context.Background(), probe)
		if err != nil {
			t.Fatal(err)
		}
		want := c.Strangers(&all)
		q := engine.Query{Template: probe, K: engine.DefaultMax, Within: engine.MaxDistance, Count: c.Reach()}
		if i%3 == 0 { // fewer than K may pass, some of them far
			q.Filter.Collections = []engine.CollectionID{"few"}
		}
		answers, err := index.SearchAll(context.Background(), []engine.Query{q})
		if err != nil {
			t.Fatal(err)
		}
		got := c.Strangers(&answers[0].Distances)
		if got.Faces != want.Faces || got.Crowding != want.Crowding {
			t.Fatalf("probe %d: %d faces, crowding %v; want %d and %v", i, got.Faces, got.Crowding, want.Faces, want.Crowding)
		}
		for _, nb := range answers[0].Neighbours {
			matches++
			if nb.Distance > c.Reach() {
				beyond++
			}
			near, full := got.Expected(nb.Distance), want.Expected(nb.Distance)
			if near != full || c.Band(nb.Distance, near, 1) != c.Band(nb.Distance, full, 1) {
				t.Fatalf("probe %d: a match at %v: %v expected, want %v", i, nb.Distance, near, full)
			}
		}
		for k := range want.Within {
			if got.Within[k] < want.Within[k] {
				t.Fatalf("probe %d: %v expected in bin %d, fewer than the %v that all counts tell", i, got.Within[k], k, want.Within[k])
			}
		}
	}
	t.Logf("%d matches, %d of them beyond the reach", matches, beyond)
	if matches == 0 || beyond == 0 {
		t.Error("too few matches to tell anything")
	}
}

func TestTooFewCountsTellNothingButTheNumberOfFaces(t *testing.T) {
	c := calibration.Default()
	var h engine.Histogram
	for i := range 1000 {
		h.Add(0.5 + float64(i)/2000)
	}
	h.Keep(engine.BinsFor(0.6))
	got := c.Strangers(&h)
	if got.Faces != 1000 || got.Within[0] != 1000 || got.Expected(0.3) != 1000 || c.Band(0.3, got.Expected(0.3), 1) != engine.BandNone {
		t.Errorf("%d faces, %v expected within 0.3: want all", got.Faces, got.Expected(0.3))
	}
}
