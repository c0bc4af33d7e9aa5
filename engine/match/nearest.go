package match

import (
	"cmp"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"gabarit/engine"
	"gabarit/engine/match/rows"
)

// answer is a face that belongs to the answers so far.
type answer struct {
	distance float64 // as Distance gives it, never NaN
	row      int32
	at       int32 // its place among the answers before they were sorted
}

// nearest collects the answers of one query: at most k (if k > 0), at most within away (if within > 0). Several goroutines may offer
// at once; whatever order faces come in, the answers are the same.
type nearest struct {
	k      int
	within float64
	index  *rows.Table   // whose rows the answers are
	far    atomic.Uint64 // the bits of bound

	mu   sync.Mutex
	held []answer // a heap once k are held: the one that leaves first at index 0
}

func newNearest(index *rows.Table, k int, within float64) *nearest {
	n := &nearest{k: k, within: within, index: index}
	if within <= 0 {
		within = math.Inf(1)
	}
	n.far.Store(math.Float64bits(within))
	return n
}

// bound is the distance above which no face can belong to the answers any more. It never rises.
func (n *nearest) bound() float64 { return math.Float64frombits(n.far.Load()) }

// offer takes faces in, as far as they belong to the answers so far.
func (n *nearest) offer(faces ...answer) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.k <= 0 {
		n.held = append(n.held, faces...)
		return
	}
	for _, a := range faces {
		switch {
		case len(n.held) < n.k:
			n.held = append(n.held, a)
			if len(n.held) < n.k {
				continue
			}
			for i := n.k/2 - 1; i >= 0; i-- {
				n.sink(i)
			}
		case n.order(a, n.held[0]) < 0:
			n.held[0] = a
			n.sink(0)
		default:
			continue
		}
		n.far.Store(math.Float64bits(n.held[0].distance))
	}
}

// sink puts answer i of the heap where it belongs among those below it.
func (n *nearest) sink(i int) {
	for {
		first := 2*i + 1
		if first >= len(n.held) {
			return
		}
		if other := first + 1; other < len(n.held) && n.order(n.held[other], n.held[first]) > 0 {
			first = other
		}
		if n.order(n.held[i], n.held[first]) >= 0 {
			return
		}
		n.held[i], n.held[first] = n.held[first], n.held[i]
		i = first
	}
}

// order compares two answers: by distance, then by face ID.
func (n *nearest) order(a, b answer) int {
	switch {
	case a.distance < b.distance:
		return -1
	case a.distance > b.distance:
		return 1
	}
	return cmp.Compare(n.index.Face(int(a.row)), n.index.Face(int(b.row)))
}

// sorted gives the answers, nearest first. Nobody offers any more.
func (n *nearest) sorted() []engine.Neighbour {
	if len(n.held) == 0 {
		return nil
	}
	// Keys are read in the order of rows, in a loop that does nothing else: in that of the answers each would be waited for.
	keys := make([]rows.Key, len(n.held))
	for i := range n.held {
		n.held[i].at, keys[i] = int32(i), n.index.Key(int(n.held[i].row))
	}
	faces := n.index.Faces(keys)
	sorted := n.held
	if len(sorted) > 64 {
		sorted = n.spread()
	} else {
		slices.SortFunc(sorted, n.order)
	}
	out := make([]engine.Neighbour, len(sorted))
	for i, a := range sorted {
		out[i] = engine.Neighbour{Face: faces[a.at], Distance: a.distance}
	}
	return out
}

// spread sorts many answers: a bucket for every two, by distance, then each bucket. It takes time in proportion to their number, unless
// most lie at the same distance.
func (n *nearest) spread() []answer {
	low, high := n.held[0].distance, n.held[0].distance
	for _, a := range n.held {
		low, high = min(low, a.distance), max(high, a.distance)
	}
	buckets := len(n.held) / 2
	scale := float64(buckets-1) / (high - low)
	bucket := func(a answer) int {
		if k := (a.distance - low) * scale; k > 0 { // not NaN: all at one distance, or too far apart
			return min(int(k), buckets-1)
		}
		return 0
	}
	ends := make([]int, buckets+1)
	for _, a := range n.held {
		ends[bucket(a)+1]++
	}
	for k := range buckets {
		ends[k+1] += ends[k]
	}
	out := make([]answer, len(n.held))
	for _, a := range n.held { // each bucket's start moves to its end
		k := bucket(a)
		out[ends[k]] = a
		ends[k]++
	}
	start := 0
	for _, end := range ends[:buckets] {
		slices.SortFunc(out[start:end], n.order)
		start = end
	}
	return out
}
