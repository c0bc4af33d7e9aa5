package match_test

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gabarit/engine"
	"gabarit/engine/crowd"
	"gabarit/engine/match"
)

// exactCase is an index and what it holds, as plainly as can be.
type exactCase struct {
	t     *testing.T
	rng   *rand.Rand
	pool  []engine.Template
	index *match.Cascade
	held  []engine.IndexEntry
	name  string
}

// TestCascadeAnswersTenThousandRandomCasesAsAnExhaustiveScan asks indexes of random content, from none to three blocks, random questions:
// one by one and in batches, by one goroutine and by several, filtered or not, with duplicates, with and without counts.
func TestCascadeAnswersTenThousandRandomCasesAsAnExhaustiveScan(t *testing.T) {
	cases, asked := 10_000, 0
	if raced || testing.Short() {
		cases = 2_000
	}
	rng := rand.New(rand.NewPCG(2026, 11))
	album, probes := crowd.Album(3, 14_000, 500)
	var seen [5]int // by kind: single, batch, filtered, counted, several blocks
	sizes := []int{0, 1, 2, 3, 10, 32, 33, 100, 300, 300, 1000, 4095, 4097, 4500, 9000}
	for i := 0; asked < cases; i++ {
		c := newExactCase(t, rng, append(album, probes...), sizes[i%len(sizes)])
		for range 20 {
			asked += c.ask(&seen)
			c.change()
		}
	}
	t.Logf("%d cases: %d asked alone, %d in batches, %d with a filter, %d with counts, %d in indexes of several blocks", asked, seen[0], seen[1], seen[2], seen[3], seen[4])
	for kind, n := range seen {
		if n < cases/20 {
			t.Errorf("only %d cases of kind %d", n, kind)
		}
	}
}

func newExactCase(t *testing.T, rng *rand.Rand, pool []engine.Template, n int) *exactCase {
	threads := 1 + rng.IntN(3)
	least := []int{1, 20, 5000}[rng.IntN(3)]
	first := rng.IntN(len(pool) - n)
	c := &exactCase{t: t, rng: rng, pool: pool[first : first+n+1], index: match.NewThreadedFrom(least, threads)}
	c.name = fmt.Sprintf("%d faces at first, codes from %d on, %d threads", n, least, threads)
	c.add(n)
	return c
}

// add puts n faces in; one in ten is a copy of another, and one in fifty is far from all.
func (c *exactCase) add(n int) {
	entries := make([]engine.IndexEntry, n)
	for i := range entries {
		tmpl := c.pool[i%len(c.pool)]
		switch c.rng.IntN(50) {
		case 0:
			tmpl[c.rng.IntN(128)] += float32(c.rng.NormFloat64()) * 3
		case 1, 2, 3, 4, 5:
			tmpl = c.pool[c.rng.IntN(len(c.pool))]
		}
		entries[i] = engine.IndexEntry{Face: engine.FaceID(fmt.Sprintf("P%d-0", c.rng.Int64())), Template: tmpl,
			Collection: engine.CollectionID(fmt.Sprint("c", c.rng.IntN(4)))}
		if c.rng.IntN(3) > 0 {
			entries[i].Hosts = []string{fmt.Sprintf("h%d.example.org", c.rng.IntN(30))}
			entries[i].When = indexEpoch().AddDate(0, 0, c.rng.IntN(400))
			entries[i].Place = &engine.Place{Lat: float64(c.rng.IntN(10)), Lon: float64(c.rng.IntN(10))}
		}
	}
	if err := c.index.Add(entries...); err != nil {
		c.t.Fatal(err)
	}
	c.held = append(c.held, entries...)
}

// change takes some faces out and puts others in.
func (c *exactCase) change() {
	c.rng.Shuffle(len(c.held), func(i, j int) { c.held[i], c.held[j] = c.held[j], c.held[i] })
	gone := c.rng.IntN(5)
	if c.rng.IntN(8) == 0 {
		gone = c.rng.IntN(len(c.held)/4 + 2)
	}
	for range min(gone, len(c.held)) {
		last := len(c.held) - 1
		c.index.Remove(c.held[last].Face)
		c.held = c.held[:last]
	}
	c.add(c.rng.IntN(2*gone + 2))
}

// ask asks some questions and gives their number.
func (c *exactCase) ask(seen *[5]int) int {
	queries := make([]engine.Query, 1+c.rng.IntN(10))
	for i := range queries {
		queries[i] = c.query()
	}
	alone := c.rng.IntN(2) == 0
	var got []engine.Answer
	for start := 0; start < len(queries); {
		end := len(queries)
		if alone {
			end = start + 1
		}
		answers, err := c.index.SearchAll(context.Background(), queries[start:end])
		if err != nil {
			c.t.Fatal(err)
		}
		got, start = append(got, answers...), end
	}
	for i := range queries {
		c.check(&queries[i], &got[i])
		for kind, is := range []bool{alone || len(queries) == 1, !alone && len(queries) > 1, !queries[i].Filter.IsZero(), queries[i].Count > 0, len(c.held) > 4096} {
			if is {
				seen[kind]++
			}
		}
	}
	return len(queries)
}

func (c *exactCase) query() engine.Query {
	q := engine.Query{Template: c.pool[c.rng.IntN(len(c.pool))]}
	switch c.rng.IntN(4) {
	case 0: // like no face of the index
		for i := range q.Template {
			q.Template[i] += float32(c.rng.NormFloat64()) * 0.05
		}
	case 1:
		if n := len(c.held); n > 0 {
			q.Template = c.held[c.rng.IntN(n)].Template
		}
	}
	q.K = []int{0, 1, 2, 5, 50, 50, 1000, -1}[c.rng.IntN(8)]
	q.Within = []float64{0, 0, c.rng.Float64(), c.rng.Float64(), 0.5, 0.6, 1.5, -1}[c.rng.IntN(8)]
	if n := len(c.held); n > 0 && c.rng.IntN(4) == 0 { // a face at the bound itself
		q.Within = match.Distance(&q.Template, &c.held[c.rng.IntN(n)].Template)
	}
	if c.rng.IntN(3) == 0 {
		q.Count = []float64{0.64, 0.64, c.rng.Float64(), 2, 5, math.Inf(1)}[c.rng.IntN(6)]
	}
	switch c.rng.IntN(7) {
	case 0:
		q.Filter.Collections = []engine.CollectionID{"c1", engine.CollectionID(fmt.Sprint("c", c.rng.IntN(5)))}
	case 1:
		q.Filter.Host = fmt.Sprintf("h%d.example.org", c.rng.IntN(31))
	case 2:
		q.Filter.Since = indexEpoch().AddDate(0, 0, c.rng.IntN(400))
	case 3:
		q.Filter.Area = &engine.Area{Centre: engine.Place{Lat: 5, Lon: 5}, Radius: float64(1 + c.rng.IntN(600_000))}
	}
	return q
}

// check compares an answer with what comparing every face gives.
func (c *exactCase) check(q *engine.Query, got *engine.Answer) {
	var want engine.Answer
	for i := range c.held {
		e := &c.held[i]
		d := referenceDistance(q.Template, e.Template)
		if q.Count > 0 {
			want.Distances.Add(d)
		}
		if indexPasses(*e, q.Filter) {
			want.Searched++
			if q.Within <= 0 || d <= q.Within {
				want.Neighbours = append(want.Neighbours, engine.Neighbour{Face: e.Face, Distance: d})
			}
		}
	}
	slices.SortFunc(want.Neighbours, func(a, b engine.Neighbour) int {
		return cmp.Or(cmp.Compare(a.Distance, b.Distance), cmp.Compare(a.Face, b.Face))
	})
	if q.K > 0 && len(want.Neighbours) > q.K {
		want.Neighbours = want.Neighbours[:q.K]
	}
	if q.Count > 0 {
		reach := q.Count
		if n := len(want.Neighbours); n > 0 {
			reach = max(reach, want.Neighbours[n-1].Distance)
		}
		want.Distances.Keep(engine.BinsFor(reach))
	}
	if got.Searched != want.Searched || !slices.Equal(got.Neighbours, want.Neighbours) || got.Distances != want.Distances {
		c.t.Fatalf("%s, %d now; K %d, within %v, count %v, filter %+v: %d answers of %d, want %d of %d; counts are the same: %t",
			c.name, len(c.held), q.K, q.Within, q.Count, q.Filter, len(got.Neighbours), got.Searched, len(want.Neighbours), want.Searched, got.Distances == want.Distances)
	}
}
