package match

import (
	"cmp"
	"container/heap"
	"math"
	"slices"

	"gabarit/engine"
)

// nearest collects the answers of one search: at most k (if k > 0), at most within away (if within > 0).
type nearest struct {
	k       int
	within  float64
	ceiling float32  // a preselect value above it can't belong to an answer
	held    farthest // a heap once k answers are held
}

func newNearest(k int, within float64) *nearest {
	n := &nearest{k: k, within: within, ceiling: float32(math.Inf(1))}
	if within > 0 {
		n.ceiling = ceiling(within)
	}
	return n
}

// offer takes a face at its exact distance in, if it belongs to the answers so far.
func (n *nearest) offer(face engine.FaceID, distance float64) {
	if n.within > 0 && distance > n.within {
		return
	}
	c := engine.Neighbour{Face: face, Distance: distance}
	switch {
	case n.k <= 0 || len(n.held) < n.k-1:
		n.held = append(n.held, c)
		return
	case len(n.held) == n.k-1:
		n.held = append(n.held, c)
		heap.Init(&n.held)
	case order(c, n.held[0]) < 0:
		n.held[0] = c
		heap.Fix(&n.held, 0)
	default:
		return
	}
	n.ceiling = ceiling(n.held[0].Distance)
}

// sorted gives the answers, nearest first.
func (n *nearest) sorted() []engine.Neighbour {
	slices.SortFunc(n.held, order)
	return n.held
}

// bound is the distance above which no face can belong to the answers any more.
func (n *nearest) bound() float64 {
	switch {
	case n.k > 0 && len(n.held) >= n.k:
		return n.held[0].Distance
	case n.within > 0:
		return n.within
	}
	return math.Inf(1)
}

// order compares two answers: by distance, then by face ID.
func order(a, b engine.Neighbour) int {
	if c := cmp.Compare(a.Distance, b.Distance); c != 0 {
		return c
	}
	return cmp.Compare(a.Face, b.Face)
}

// farthest is a heap with the answer that leaves first at index 0.
type farthest []engine.Neighbour

func (h farthest) Len() int           { return len(h) }
func (h farthest) Less(i, j int) bool { return order(h[i], h[j]) > 0 }
func (h farthest) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }

// Push appends an answer.
func (h *farthest) Push(x any) { *h = append(*h, x.(engine.Neighbour)) }

// Pop takes the last answer off.
func (h *farthest) Pop() any {
	last := len(*h) - 1
	x := (*h)[last]
	*h = (*h)[:last]
	return x
}
