package match

import (
	"context"
	"math"
	"math/bits"

	"gabarit/engine"
)

const (
	tableFull     = 900  // what a table makes of the square of the bound it is for: more is finer, but a sum of four stops at 255
	tableStale    = 0.9  // share of the square of that bound below which a new table is made
	wideShare     = 3    // where the cells leave more than one row in so many, they are not asked
	wideBlocks    = 8    // in so many blocks, but for the first
	seedRows      = 1024 // compared at once while there is no bound
	farthestBound = 1e18 // beyond it, as without a bound, every row is compared
	inward        = 1e-9 // share by which bounds are widened against the rounding of what they are computed with
)

// descent is one search through the tiers of a Cascade.
type descent struct {
	c    *Cascade
	q    *engine.Query
	pass *labelFilter
	near *nearest

	probe     [2]half                      // the probe's steps, in units
	off       [2]float64                   // how far they lie from the turned probe, at most: first half, all
	square    [headDims][cellCount]float64 // of the gap between the probe and each cell, in units
	table     table
	tableFor  float64 // square of the bound, in units, that the table is for
	skip      int     // blocks whose cells are not asked
	rows, odd mask
	estimates [codeRows]float32
	rest      list
	ids, sums list
	failed    error // something could not be read: the answers are none
}

// descent prepares a search; nil if the probe can't be said in codes. The lock is held.
func (c *Cascade) descent(q *engine.Query) *descent {
	turned, off := c.basis.turn(&q.Template)
	d := &descent{c: c, q: q, pass: c.flat.labelFilter(q.Filter), near: newNearest(q.K, q.Within), tableFor: math.Inf(1)}
	sum := 0.0
	for i, v := range turned {
		steps := c.basis.steps[i/headDims][i%headDims]
		reach := float64(steps) * largest
		// No code lies beyond its reach: a probe drawn back to it comes nearer to every code.
		s := min(max(float64(v)/c.basis.unit, -reach), reach)
		k := math.Round(s)
		if math.IsNaN(k) {
			return nil
		}
		d.probe[i/headDims][i%headDims] = int16(k)
		sum += (s - k) * (s - k)
		if i == headDims-1 {
			d.off[0] = math.Sqrt(sum)*c.basis.unit*(1+inward) + off
		}
	}
	d.off[1] = math.Sqrt(sum)*c.basis.unit*(1+inward) + off
	if math.IsInf(d.off[1], 0) || math.IsNaN(d.off[1]) {
		return nil
	}
	for i := range d.square {
		d.squares(i)
	}
	return d
}

// squares computes the gaps of a dimension.
func (d *descent) squares(i int) {
	steps, probe := float64(d.c.basis.steps[0][i]), float64(d.probe[0][i])
	for k, edge := range d.c.basis.edges[i] {
		gap := max(steps*float64(edge.low)-probe, probe-steps*float64(edge.high), 0)
		d.square[i][k] = gap * gap
	}
}

// search visits the blocks in an order that spreads over the index, so that the bound falls early whatever lies together.
func (d *descent) search(ctx context.Context, op string) ([]engine.Neighbour, int, error) {
	n := (d.c.flat.n + codeRows - 1) / codeRows
	stride := coprime(n)
	searched := 0
	for i := range n {
		if err := ctx.Err(); err != nil {
			return nil, 0, engine.E(engine.CodeCanceled, op, "the search was stopped", err)
		}
		searched += d.visit(i * stride % n)
		if d.failed != nil {
			return nil, 0, d.failed
		}
	}
	return d.near.sorted(), searched, nil
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

// visit searches one block and gives the number of its rows that pass the filter.
func (d *descent) visit(block int) int {
	b := d.c.blocks[block]
	coded, odd := d.narrow(block)
	if odd > 0 {
		d.compareAll(block, &d.odd)
	}
	if coded == 0 {
		return odd
	}
	if d.near.bound() > farthestBound {
		d.seed(block)
	}
	n := d.read(block, partHeads, d.cells(b, coded))
	clear(d.sums[:n])
	n = sumGaps(&b.halves[0], &d.ids, &d.sums, n, &d.probe[0], &d.c.basis.steps[0], d.cut(d.c.head+d.off[0]))
	n = d.read(block, partTails, n)
	n = sumGaps(&b.halves[1], &d.ids, &d.sums, n, &d.probe[1], &d.c.basis.steps[1], d.cut(d.c.whole+d.off[1]))
	d.compareList(block, n)
	return odd + coded
}

// read makes sure that a part of the first n rows of ids is in memory; 0: it can't be had.
func (d *descent) read(block, part, n int) int {
	if err := d.c.flat.need(block, part, d.ids[:n]); err != nil {
		d.failed = err
		return 0
	}
	return n
}

// narrow sets the masks of the rows that pass the filter and counts them.
func (d *descent) narrow(block int) (coded, odd int) {
	b := d.c.blocks[block]
	d.rows, d.odd = b.coded, b.odd
	if d.pass == nil {
		return b.count[0], b.count[1]
	}
	if d.failed = d.c.flat.needAll(block, partLabels); d.failed != nil {
		return 0, 0
	}
	labels := &d.c.flat.about[block].labels
	for g := range d.rows {
		d.rows[g] = d.pass.narrow(labels, g, d.rows[g])
		d.odd[g] = d.pass.narrow(labels, g, d.odd[g])
		coded += bits.OnesCount32(d.rows[g])
		odd += bits.OnesCount32(d.odd[g])
	}
	return coded, odd
}

// seed compares rows of the block until there is a bound, and a near one if that is cheap; those are taken out of the mask.
func (d *descent) seed(block int) {
	n := d.rows.list(&d.rest)
	for done := 0; done < n && d.near.bound() > farthestBound; done += seedRows {
		ids := d.rest[done:min(done+seedRows, n)]
		for i, r := range ids {
			d.ids[i] = r
			d.rows[r/groupRows] &^= 1 << (r % groupRows)
		}
		d.compareList(block, len(ids))
	}
}

// compareAll compares all rows of a mask.
func (d *descent) compareAll(block int, rows *mask) {
	d.compareList(block, rows.list(&d.ids))
}

// compareList offers the first n rows of ids to the answers as Flat does.
func (d *descent) compareList(block, n int) {
	n = d.read(block, partTemplates, n)
	templates := d.c.flat.blocks[block]
	preselectRows(templates, &d.q.Template, &d.ids, n, &d.estimates)
	left := 0
	for i, r := range d.ids[:n] {
		if d.estimates[i] <= d.near.ceiling {
			d.ids[left] = r
			left++
		}
	}
	left = d.read(block, partFaces, left)
	var distances [4]float64
	for i := 0; i < left; i += 4 {
		ids := d.ids[i:min(i+4, left)]
		for len(ids) < 4 {
			ids = append(ids[:len(ids):len(ids)], ids[0])
		}
		distanceFour(&d.q.Template, &templates[ids[0]], &templates[ids[1]], &templates[ids[2]], &templates[ids[3]], &distances)
		for k, r := range d.ids[i:min(i+4, left)] {
			if distances[k] <= d.near.bound() {
				d.near.offer(d.c.flat.face(d.c.flat.about[block].faces[r]), distances[k])
			}
		}
	}
}

// cells sets ids to the rows of the mask that their cells don't rule out. Where cells rule out few, they are not asked for some blocks.
func (d *descent) cells(b *codeBlock, coded int) int {
	if d.skip > 0 {
		d.skip--
		return d.rows.list(&d.ids)
	}
	limit := d.limit(d.c.head + d.off[0])
	if limit < d.tableFor*tableStale {
		d.fill(limit)
	}
	cut := uint16(min(limit/d.tableFor*tableFull*(1+inward), math.MaxUint16))
	n := scanCells(&b.cells, &d.rows, &d.table, cut, &d.ids)
	if n*wideShare > coded {
		d.skip = wideBlocks - 1
	}
	return n
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

// fill makes the table for a bound.
func (d *descent) fill(limit float64) {
	d.tableFor = limit
	scale := tableFull / limit
	for i := range d.square {
		q, k := tableOf(i)
		entries := &d.table[q][k]
		for k, s := range &d.square[i] {
			entries[k] = uint8(min(s*scale, 255))
		}
	}
}

// limit is the largest sum of squares, in units, that codes of a face within the present bound can have, where codes and probe
// together are off by at most off.
func (d *descent) limit(off float64) float64 {
	far := (d.near.bound()*d.c.basis.stretch*(1+inward) + off) / d.c.basis.unit
	return far*far*(1+inward) + 1
}

// cut is limit as a whole number.
func (d *descent) cut(off float64) uint32 {
	return uint32(min(d.limit(off), math.MaxUint32))
}
