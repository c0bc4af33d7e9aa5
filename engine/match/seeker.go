package match

import (
	"context"
	"math"
	"math/bits"
	"slices"
	"sync"
	"sync/atomic"

	"gabarit/engine"
	"gabarit/engine/match/kernel"
)

const (
	groupProbes  = 64   // queries that are answered together
	deepShare    = 20   // where the near cells leave more than one row in so many, the others are asked too,
	shallowShare = 64   // until all together leave fewer than one in so many
	wideShare    = 2    // where the cells leave more than one row in so many, they are not asked
	wideBlocks   = 8    // in so many blocks, but for the first
	seedRows     = 1024 // compared at once while there is no bound
	threadBlocks = 8    // blocks of codes, times queries, that are worth a goroutine
	manyRows     = 2048 // rows that wait for the second tier before it is asked: enough to keep memory busy
	someRows     = 256  // templates that are compared before the bound is asked again
)

// descend answers queries that can be said in codes. Each of its goroutines, which it waits for, takes the next block until
// none is left. The error is that of the context, or of what could not be read. The lock is held.
func (c *Cascade) descend(ctx context.Context, descents []*descent) ([]engine.Answer, error) {
	blocks := len(c.blocks[:(c.flat.n+blockRows-1)/blockRows])
	threads := max(min(c.threads, blocks, blocks*len(descents)/c.worth), 1)
	var next atomic.Int64
	seekers := make([]*seeker, threads)
	var others sync.WaitGroup
	for i := range seekers {
		seekers[i] = c.seeker(descents)
		if i > 0 {
			others.Go(func() { seekers[i].work(ctx, &next, blocks) })
		}
	}
	seekers[0].work(ctx, &next, blocks)
	others.Wait()
	defer func() {
		for _, s := range seekers {
			s.rest()
		}
	}()
	for _, s := range seekers {
		if s.failed != nil {
			return nil, s.failed
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	out := make([]engine.Answer, len(descents))
	for k, d := range descents {
		out[k].Neighbours = d.near.sorted()
		for _, s := range seekers {
			out[k].Searched += s.lanes[k].searched
		}
		if d.counts() {
			out[k].Distances = d.histogram(k, seekers, out[k].Neighbours)
		}
	}
	return out, nil
}

// histogram adds up what the seekers counted for query k.
func (d *descent) histogram(k int, seekers []*seeker, found []engine.Neighbour) (h engine.Histogram) {
	h.Beyond = d.c.flat.n
	for _, s := range seekers {
		for bin, n := range s.lanes[k].bins {
			h.Counts[bin] += int(n)
			h.Beyond -= int(n)
		}
	}
	h.Keep(countedBins(d.q, found))
	return h
}

// seeker is one goroutine's part of a search.
type seeker struct {
	c        *Cascade
	lanes    []lane
	all      kernel.Mask // every row
	rows     kernel.Mask // that have codes and are asked
	odd      kernel.Mask // that have none and are asked
	pass     kernel.Mask // that the filter lets through, of both
	ids      []uint32
	sums     []uint32
	distance []float64
	hits     []answer
	copies   []*kernel.Templates // one block of them, of rows whose templates are on disk
	copied   int                 // of them in use since the seeker was idle
	count    []uint32            // 0, 1, 2 …
	found    []candidate         // see compareNearest
	fetched  []uint32            // see compareSome
	failed   error               // something could not be read: there are no answers
}

// lane is what a seeker keeps of one query.
type lane struct {
	*descent
	table    kernel.Table
	tableFor float64  // the limit that the table is for
	ids      []uint32 // rows that wait for the second tier
	sums     []uint16 // of their cells, by the table
	waiting  int
	deep     bool // all cells are asked, not the near ones alone
	wide     int  // blocks in turn whose cells ruled out few rows
	skip     int  // blocks whose cells are not asked
	searched int
	left     [3]int      // rows that the first three tiers left
	bins     []int32     // counted distances; nil: they are not counted
	parked   []candidate // see compareParked
}

// seeker gives one that nobody uses, with what it needs for the queries.
func (c *Cascade) seeker(descents []*descent) *seeker {
	s, ok := c.idle.Get().(*seeker)
	if !ok {
		const rows = manyRows + blockRows
		s = &seeker{c: c, ids: make([]uint32, rows), sums: make([]uint32, rows), distance: make([]float64, max(someRows, seedRows))}
		for g := range s.all {
			s.all[g] = math.MaxUint32
		}
	}
	s.lanes, s.failed = slices.Grow(s.lanes[:0], len(descents))[:len(descents)], nil
	for i, d := range descents {
		l := &s.lanes[i]
		*l = lane{descent: d, tableFor: math.Inf(1), ids: l.ids, sums: l.sums, parked: l.parked[:0]}
		if l.ids == nil {
			l.ids, l.sums = make([]uint32, manyRows+blockRows), make([]uint16, manyRows+blockRows)
		}
		if d != nil && d.counts() {
			l.bins = make([]int32, engine.HistogramBins)
		}
	}
	return s
}

// rest gives the seeker back, without the queries.
func (s *seeker) rest() {
	for i := range s.lanes {
		s.lanes[i].descent = nil
	}
	if s.copied > 0 {
		clear(s.copies[0][:s.copied])
		s.copied = 0
	}
	s.c.idle.Put(s)
}

// work visits blocks in an order that spreads over the index, so that the bound falls early whatever lies together.
func (s *seeker) work(ctx context.Context, next *atomic.Int64, blocks int) {
	stride := coprime(blocks)
	take := func() int { return int(next.Add(1)) - 1 }
	for i, after := take(), 0; i < blocks; i = after {
		after = take() // known now, so that it can be sent for
		for k := range s.lanes {
			if ctx.Err() != nil || s.failed != nil {
				return
			}
			block := i * stride % blocks
			following := block
			if k == len(s.lanes)-1 && after < blocks {
				following = after * stride % blocks
			}
			s.visit(&s.lanes[k], block, following)
		}
	}
	for k := range s.lanes {
		s.pursueWaiting(&s.lanes[k], nil)
		s.compareParked(&s.lanes[k])
	}
}

// coprime gives a number near the golden section of n that shares no factor with it.
func coprime(n int) int {
	s := max(int(float64(n)*0.618), 1)
	for a, b := s, n; ; a, b = s, n {
		for b != 0 {
			a, b = b, a%b
		}
		if a == 1 {
			return s
		}
		s++
	}
}

// visit asks the cells of one block for one query; what they leave waits until there is enough of it. following is the block to be sent for.
func (s *seeker) visit(l *lane, block, following int) {
	rows, coded := s.choose(l, block)
	var pass *kernel.Mask
	if l.pass != nil && l.counts() {
		pass = &s.pass
	}
	first := uint32(block * blockRows)
	if s.c.blocks[block].Count[1] > 0 {
		s.compare(l, s.odd.List(first, s.ids[:0]), pass)
	}
	if coded > 0 && l.bound() > farthestBound {
		coded -= s.seed(l, first, rows, pass)
		rows = &s.rows
	}
	if coded == 0 {
		return
	}
	n := s.cells(l, block, following, rows, coded)
	l.left[0] += n
	l.waiting += n
	if l.waiting >= manyRows || pass != nil { // a mask is of this block only
		s.pursueWaiting(l, pass)
	}
}

// choose gives the mask of the rows with codes that are asked, and their number: the rows that pass the filter, or all if distances are counted.
func (s *seeker) choose(l *lane, block int) (*kernel.Mask, int) {
	b := s.c.blocks[block]
	if l.pass == nil {
		l.searched += b.Count[0] + b.Count[1]
		if b.Count[0] == blockRows {
			return &s.all, blockRows
		}
		s.rows, s.odd = b.Coded, b.Odd
		return &s.rows, b.Count[0]
	}
	s.rows, s.odd = b.Coded, b.Odd
	if err := s.c.flat.needAll(block, partLabels); err != nil {
		s.failed, s.rows, s.odd = err, kernel.Mask{}, kernel.Mask{}
		return &s.rows, 0
	}
	coded, passed := 0, 0
	for g := range s.pass {
		word := l.pass.Narrow(block, g, b.Coded[g]|b.Odd[g])
		s.pass[g] = word
		passed += bits.OnesCount32(word)
		coded += bits.OnesCount32(word & b.Coded[g])
	}
	l.searched += passed
	if l.counts() {
		return &s.rows, b.Count[0]
	}
	for g, word := range s.pass {
		s.rows[g] &= word
		s.odd[g] &= word
	}
	return &s.rows, coded
}

// seed compares rows of the block until there is a bound, and a near one if that is cheap. It sets the seeker's rows to the mask without them, and
// gives their number.
func (s *seeker) seed(l *lane, first uint32, rows, pass *kernel.Mask) int {
	s.rows = *rows
	all, done := rows.List(first, s.ids[:0]), 0
	for done < len(all) && l.bound() > farthestBound {
		ids := all[done:min(done+seedRows, len(all))]
		for _, id := range ids {
			r := id - first
			s.rows[r/kernel.GroupRows] &^= 1 << (r % kernel.GroupRows)
		}
		done += len(ids)
		s.compare(l, ids, pass)
	}
	return done
}

// cells puts the rows of the mask that their cells don't rule out among those that wait, and gives their number. Where cells rule out few, they are
// not asked for some blocks.
func (s *seeker) cells(l *lane, block, following int, rows *kernel.Mask, coded int) int {
	first := uint32(block * blockRows)
	if l.skip > 0 {
		l.skip--
		n := len(rows.List(first, l.ids[:l.waiting])) - l.waiting
		clear(l.sums[l.waiting : l.waiting+n])
		return n
	}
	if l.limit(0) < l.tableFor*tableStale {
		s.pursueWaiting(l, nil) // by the table that their sums are of
		l.tableFor = l.limit(0)
		l.fill(&l.table, l.tableFor)
	}
	n := kernel.ScanCells(s.c.blocks[block], s.c.blocks[following], rows, &l.table, l.cellCut(), l.deep, first, l.ids[l.waiting:], l.sums[l.waiting:])
	l.deep = l.deep && n*shallowShare > coded || n*deepShare > coded
	if n*wideShare <= coded {
		l.wide = 0
	} else if l.wide++; l.wide > 1 { // once is not enough: the bound may still fall
		l.skip = wideBlocks - 1
	}
	return n
}

// need makes sure that a part of rows is in memory and gives the rows; none if it can't be had.
func (s *seeker) need(part int, ids []uint32) []uint32 {
	if s.c.flat.has(part) {
		return ids
	}
	for rest := ids; len(rest) > 0; {
		block := rest[0] / blockRows
		n := slices.IndexFunc(rest, func(id uint32) bool { return id/blockRows != block })
		if n < 0 {
			n = len(rest)
		}
		if err := s.c.flat.need(int(block), part, rest[:n]); err != nil {
			s.failed = err
			return nil
		}
		rest = rest[n:]
	}
	return ids
}

// compare offers rows to the answers, as Flat does, and counts their distances if they are counted. pass, if it is not
// nil, marks those that the filter lets through, which are all of one block then.
func (s *seeker) compare(l *lane, ids []uint32, pass *kernel.Mask) {
	for len(ids) > 0 {
		some := ids[:min(len(s.distance), len(ids))]
		ids = ids[len(some):]
		templates, at := s.templates(some)
		if len(at) == 0 {
			return
		}
		kernel.Distances(templates, &l.exact, at, s.distance)
		s.hits = s.hits[:0]
		bound, hit := l.near.bound(), some[:0]
		for i, id := range some {
			d := s.distance[i]
			if l.bins != nil {
				if k := engine.HistogramBin(d); k < len(l.bins) {
					l.bins[k]++
				}
			}
			if d <= bound && (pass == nil || pass.Has(int(id%blockRows))) {
				s.hits, hit = append(s.hits, answer{distance: d, row: int32(id)}), append(hit, id)
			}
		}
		if len(s.need(partFaces, hit)) > 0 {
			l.near.offer(s.hits...)
		}
	}
}
