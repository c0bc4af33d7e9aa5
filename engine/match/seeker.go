package match

import (
	"context"
	"math"
	"math/bits"
	"sync"
	"sync/atomic"

	"gabarit/engine"
)

const (
	groupProbes  = 64   // queries that are answered together
	wideShare    = 3    // where the cells leave more than one row in so many, they are not asked
	wideBlocks   = 8    // in so many blocks, but for the first
	seedRows     = 1024 // compared at once while there is no bound
	threadBlocks = 8    // blocks of codes, times queries, that are worth a goroutine
)

// descend answers queries that can be said in codes. Each of its goroutines, which it waits for, takes the next block until
// none is left. The error is that of the context, or of what could not be read. The lock is held.
func (c *Cascade) descend(ctx context.Context, descents []*descent) ([]engine.Answer, error) {
	blocks := (c.flat.n + codeRows - 1) / codeRows
	threads := max(min(c.threads, blocks, blocks*len(descents)/c.worth), 1)
	var next atomic.Int64
	seekers := make([]*seeker, threads)
	var others sync.WaitGroup
	for i := range seekers {
		seekers[i] = newSeeker(c, descents)
		if i > 0 {
			others.Go(func() { seekers[i].work(ctx, &next, blocks) })
		}
	}
	seekers[0].work(ctx, &next, blocks)
	others.Wait()
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
	rows     mask // that have codes and are asked
	odd      mask // that have none and are asked
	pass     mask // that the filter lets through, of both
	ids      *list
	sums     list
	pending  pending
	distance [codeRows]float64
	hits     []answer
	rowsHit  []uint32 // of hits, in their block
	failed   error    // something could not be read: there are no answers
}

// lane is what a seeker keeps of one query.
type lane struct {
	*descent
	table    table
	tableFor float64 // the limit that the table is for
	wide     int     // blocks in turn whose cells ruled out few rows
	skip     int     // blocks whose cells are not asked
	searched int
	left     [3]int  // rows that the first three tiers left
	bins     []int32 // counted distances; nil: they are not counted
}

// pending is rows whose templates are on their way from memory while the next block is asked.
type pending struct {
	lane     *lane
	block, n int
	ids      *list
	filtered bool
	pass     mask
}

func newSeeker(c *Cascade, descents []*descent) *seeker {
	s := &seeker{c: c, lanes: make([]lane, len(descents)), ids: new(list)}
	s.pending.ids = new(list)
	for i, d := range descents {
		s.lanes[i].descent, s.lanes[i].tableFor = d, math.Inf(1)
		if d != nil && d.counts() {
			s.lanes[i].bins = make([]int32, engine.HistogramBins)
		}
	}
	return s
}

// work visits blocks in an order that spreads over the index, so that the bound falls early whatever lies together.
func (s *seeker) work(ctx context.Context, next *atomic.Int64, blocks int) {
	stride := coprime(blocks)
	for i := int(next.Add(1)) - 1; i < blocks; i = int(next.Add(1)) - 1 {
		for k := range s.lanes {
			if ctx.Err() != nil || s.failed != nil {
				return
			}
			s.visit(&s.lanes[k], i*stride%blocks)
		}
	}
	s.finish()
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

// visit asks one block for one query.
func (s *seeker) visit(l *lane, block int) {
	coded := s.choose(l, block)
	var pass *mask
	if l.pass != nil && l.counts() {
		pass = &s.pass
	}
	if odd := s.odd.list(s.ids); odd > 0 {
		s.compare(l, block, s.ids, odd, pass)
	}
	if coded > 0 && l.bound() > farthestBound {
		coded -= s.seed(l, block, pass)
	}
	if coded == 0 {
		return
	}
	n := s.ask(l, block, coded)
	s.finish()
	s.postpone(l, block, n, pass)
}

// ask sets ids to the rows of the mask that their codes don't rule out, and gives their number; coded is that of the mask.
func (s *seeker) ask(l *lane, block, coded int) int {
	b := s.c.blocks[block]
	n := s.cells(l, b, coded)
	l.left[0] += n
	clear(s.sums[:n])
	for i := range b.halves {
		n = s.need(block, partHeads+i, s.ids[:n])
		n = sumGaps(&b.halves[i], s.ids, &s.sums, n, &l.probe[i], &s.c.basis.steps[i], l.cut(i))
		l.left[i+1] += n
	}
	return n
}

// need makes sure that a part of rows is in memory and gives their number; 0: it can't be had.
func (s *seeker) need(block, part int, rows []uint32) int {
	if err := s.c.flat.need(block, part, rows); err != nil {
		s.failed = err
		return 0
	}
	return len(rows)
}

// choose sets the masks of the rows that are asked and gives the number of those with codes: the rows that pass the filter, or all if distances are counted.
func (s *seeker) choose(l *lane, block int) int {
	b := s.c.blocks[block]
	s.rows, s.odd = b.coded, b.odd
	if l.pass == nil {
		l.searched += b.count[0] + b.count[1]
		return b.count[0]
	}
	if err := s.c.flat.needAll(block, partLabels); err != nil {
		s.failed, s.rows, s.odd = err, mask{}, mask{}
		return 0
	}
	coded, passed := 0, 0
	for g := range s.pass {
		word := l.pass.Narrow(block, g, b.coded[g]|b.odd[g])
		s.pass[g] = word
		passed += bits.OnesCount32(word)
		coded += bits.OnesCount32(word & b.coded[g])
	}
	l.searched += passed
	if l.counts() {
		return b.count[0]
	}
	for g, word := range s.pass {
		s.rows[g] &= word
		s.odd[g] &= word
	}
	return coded
}

// seed compares rows of the block until there is a bound, and a near one if that is cheap. It takes them out of the mask and gives their number.
func (s *seeker) seed(l *lane, block int, pass *mask) int {
	var all list
	n, done := s.rows.list(&all), 0
	for done < n && l.bound() > farthestBound {
		ids := all[done:min(done+seedRows, n)]
		copy(s.ids[:], ids)
		for _, r := range ids {
			s.rows[r/groupRows] &^= 1 << (r % groupRows)
		}
		s.compare(l, block, s.ids, len(ids), pass)
		done += len(ids)
	}
	return done
}

// cells sets ids to the rows of the mask that their cells don't rule out. Where cells rule out few, they are not asked for some blocks.
func (s *seeker) cells(l *lane, b *codeBlock, coded int) int {
	if l.skip > 0 {
		l.skip--
		return s.rows.list(s.ids)
	}
	limit := l.limit(0)
	if limit < l.tableFor*tableStale {
		l.tableFor = limit
		l.fill(&l.table, limit)
	}
	cut := uint16(min(limit/l.tableFor*tableFull*(1+inward), math.MaxUint16))
	n := scanCells(&b.cells, &s.rows, &l.table, cut, s.ids)
	if n*wideShare <= coded {
		l.wide = 0
	} else if l.wide++; l.wide > 1 { // once is not enough: the bound may still fall
		l.skip = wideBlocks - 1
	}
	return n
}

// postpone sends for the templates of the first n rows of ids; finish compares them.
func (s *seeker) postpone(l *lane, block, n int, pass *mask) {
	prefetchRows(s.c.flat.blocks[block], s.ids, n)
	p := &s.pending
	p.lane, p.block, p.n, p.filtered = l, block, n, pass != nil
	if p.filtered {
		p.pass = *pass
	}
	p.ids, s.ids = s.ids, p.ids
}

// finish compares what was postponed.
func (s *seeker) finish() {
	p := &s.pending
	if p.n == 0 {
		return
	}
	var pass *mask
	if p.filtered {
		pass = &p.pass
	}
	s.compare(p.lane, p.block, p.ids, p.n, pass)
	p.n = 0
}

// compare offers the first n rows of ids to the answers, as Flat does, and counts their distances if they are counted. pass, if it is not
// nil, marks those that the filter lets through.
func (s *seeker) compare(l *lane, block int, ids *list, n int, pass *mask) {
	n = s.need(block, partTemplates, ids[:n])
	distanceRows(s.c.flat.blocks[block], &l.exact, ids, n, &s.distance)
	s.hits, s.rowsHit = s.hits[:0], s.rowsHit[:0]
	bound, first := l.near.bound(), uint32(block*codeRows)
	for i, r := range ids[:n] {
		if d := s.distance[i]; d <= bound && (pass == nil || pass[r/groupRows]>>(r%groupRows)&1 == 1) {
			s.hits, s.rowsHit = append(s.hits, answer{d, int32(first + r)}), append(s.rowsHit, r)
		}
	}
	if l.bins != nil {
		for _, d := range s.distance[:n] {
			if k := engine.HistogramBin(d); k < len(l.bins) {
				l.bins[k]++
			}
		}
	}
	if s.need(block, partFaces, s.rowsHit) > 0 {
		l.near.offer(s.hits...)
	}
}

// list writes the marked rows to ids and gives their number.
func (m *mask) list(ids *list) int {
	n := 0
	for g, word := range m {
		for ; word != 0; word &= word - 1 {
			ids[n] = uint32(g*groupRows + bits.TrailingZeros32(word))
			n++
		}
	}
	return n
}
