package calibration_test

import (
	"context"
	"testing"

	"gabarit/engine"
	"gabarit/engine/calibration"
	"gabarit/engine/crowd"
	"gabarit/engine/match"
)

// BenchmarkStrangers estimates for probes that have 4 more photos in an index of 10,000 faces.
func BenchmarkStrangers(b *testing.B) {
	templates := crowd.People(1, 2000, 5)
	index := match.NewFlat()
	for i, tmpl := range templates {
		if err := index.Add(engine.IndexEntry{Face: engine.NewFaceID("P", i), Template: tmpl}); err != nil {
			b.Fatal(err)
		}
	}
	h, err := index.Distances(context.Background(), templates[0])
	if err != nil {
		b.Fatal(err)
	}
	c := calibration.Default()
	for b.Loop() {
		c.Strangers(&h)
	}
}
