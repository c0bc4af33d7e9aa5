package people

import (
	"cmp"
	"slices"

	"gabarit/engine"
)

// SetReach lets the graph know neighbours farther away than count by default.
func (g *Groups) SetReach(d float64) { g.reach = d }

// RegroupWithin is Regroup at a given distance.
func (g *Groups) RegroupWithin(d float64) { g.regroup(float32(d)) }

// Components gives each face the label of its connected component: what DBSCAN with one point as its minimum gives.
func (g *Groups) Components(within float64) map[engine.FaceID]int32 {
	links := make([][]int32, len(g.graph.nodes))
	for s := range g.graph.nodes {
		for _, e := range g.graph.nodes[s].near {
			if float64(e.distance) < within {
				links[s] = append(links[s], e.to)
				links[e.to] = append(links[e.to], int32(s))
			}
		}
	}
	seen := make([]bool, len(links))
	out := map[engine.FaceID]int32{}
	for s := range links {
		for stack := []int32{int32(s)}; len(stack) > 0; {
			at := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if seen[at] {
				continue
			}
			seen[at] = true
			out[g.graph.nodes[at].face] = int32(s)
			stack = append(stack, links[at]...)
		}
	}
	return out
}

// Trace is everything that a Groups holds, in words.
func (g *Groups) Trace() []any {
	return []any{g.graph.at, g.graph.photos, g.graph.nodes[:cap(g.graph.nodes)], g.decisions, g.Groups(), g.Pairs()}
}

// Voters lists the neighbours of each face that count at any distance.
func (g *Groups) Voters() map[engine.FaceID][]engine.FaceID {
	out := map[engine.FaceID][]engine.FaceID{}
	for _, s := range g.graph.slots() {
		face := g.graph.nodes[s].face
		out[face] = []engine.FaceID{}
		for _, e := range g.graph.voters(s, 1) {
			out[face] = append(out[face], g.graph.nodes[e.to].face)
		}
	}
	return out
}

// Pair is what was decided about two faces.
type Pair struct {
	A, B engine.FaceID // the smaller ID first
	Same bool
}

// Pairs gives what was decided by pairs, in a fixed order, as few as say all: n faces of one person are n-1 pairs.
func (d *Decisions) Pairs() []Pair {
	var out []Pair
	for face, class := range d.class {
		if i, _ := slices.BinarySearch(*class, face); i > 0 {
			out = append(out, Pair{A: (*class)[i-1], B: face, Same: true})
		}
	}
	for a, others := range d.apart {
		for b := range others {
			if a < b {
				out = append(out, Pair{A: a, B: b})
			}
		}
	}
	slices.SortFunc(out, func(x, y Pair) int { return cmp.Or(cmp.Compare(x.A, y.A), cmp.Compare(x.B, y.B)) })
	return out
}

// Pairs gives what was decided.
func (g *Groups) Pairs() []Pair { return g.decisions.Pairs() }
