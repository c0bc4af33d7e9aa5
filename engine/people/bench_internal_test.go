package people

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"gabarit/engine"
	"gabarit/engine/calibration"
)

// BenchmarkRegroup groups 100,000 faces of 200 people with full lists: 90 % of a face's neighbours show its person.
func BenchmarkRegroup(b *testing.B) {
	const faces, people = 100_000, 200
	rng := rand.New(rand.NewPCG(1, 1))
	g := &Groups{calib: calibration.Default(), decisions: &Decisions{}, graph: newGroupGraph(), labels: make([]int32, faces)}
	for i := range faces {
		g.graph.slot(engine.NewFaceID(engine.PhotoID(fmt.Sprintf("P%06d", i)), 0))
	}
	for i := range faces {
		node := &g.graph.nodes[i]
		node.cut = true
		for range groupKeep {
			to := int32(rng.IntN(faces/people)*people + i%people)
			if rng.IntN(10) == 0 {
				to = int32(rng.IntN(faces))
			}
			if to != int32(i) && !slices.ContainsFunc(node.near, func(e groupEdge) bool { return e.to == to }) {
				node.near = append(node.near, groupEdge{to, .2 + .2*rng.Float32()})
			}
		}
		slices.SortFunc(node.near, g.graph.order)
	}
	for b.Loop() {
		g.regroup(.4)
	}
	b.ReportMetric(float64(len(g.Groups())), "groups")
}
