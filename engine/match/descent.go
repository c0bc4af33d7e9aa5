package match

import (
	"math"

	"gabarit/engine"
	"gabarit/engine/match/codes"
	"gabarit/engine/match/kernel"
	"gabarit/engine/match/rows"
)

const (
	tableFull     = 700  // what a table makes of the square of the bound it is for: more is finer, but a sum of four stops at 255
	tableStale    = 0.9  // share of the square of that bound below which a new table is made
	farthestBound = 1e18 // beyond it, as without a bound, every row is compared
	inward        = 1e-9 // share by which bounds are widened against the rounding of what they are computed with
)

// descent is what one query asks of the tiers of a Cascade. All goroutines of a search share it; nothing but near changes.
type descent struct {
	c    *Cascade
	q    *engine.Query
	pass *rows.Filter
	near *nearest

	exact  kernel.Wide                                // the probe
	probe  [kernel.CodeDims]int16                     // the probe's steps, in units
	off    [2]float64                                 // how far they lie from the turned probe, at most: over the head, the whole code
	square [kernel.HeadDims][kernel.CellCount]float64 // of the gap between the probe and each cell, in units
}

// descent prepares a search; nil if the probe can't be said in codes. The lock is held.
func (c *Cascade) descent(q *engine.Query) *descent {
	turned, off := c.basis.Turn(&q.Template)
	d := &descent{c: c, q: q, pass: c.flat.rows.Filter(q.Filter), near: newNearest(c.flat.rows, q.K, q.Within), exact: widened(&q.Template)}
	sum := 0.0
	for i, v := range turned[:kernel.CodeDims] {
		steps := c.basis.Steps[i]
		reach := float64(steps) * codes.Largest
		// No code lies beyond its reach: a probe drawn back to it comes nearer to every code.
		s := min(max(float64(v)/c.basis.Unit, -reach), reach)
		k := math.Round(s)
		if math.IsNaN(k) {
			return nil
		}
		d.probe[i] = int16(k)
		sum += (s - k) * (s - k)
		if i == kernel.HeadDims-1 {
			d.off[0] = math.Sqrt(sum)*c.basis.Unit*(1+inward) + off
		}
	}
	d.off[1] = math.Sqrt(sum)*c.basis.Unit*(1+inward) + off
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
	steps, probe := float64(d.c.basis.Steps[i]), float64(d.probe[i])
	for k, edge := range d.c.basis.Edges[i] {
		gap := max(steps*float64(edge.Low)-probe, probe-steps*float64(edge.High), 0)
		d.square[i][k] = gap * gap
	}
}

// counts reports whether distances are counted.
func (d *descent) counts() bool { return d.q.Count > 0 }

// bound is the distance up to which faces are looked for: those that may belong to the answers and those that are counted, to the end of
// the last bin of countedBins. It never rises.
func (d *descent) bound() float64 {
	far := d.near.bound()
	if d.counts() {
		far = (max(far, d.q.Count) + 2*engine.HistogramWidth) * (1 + inward)
	}
	return far
}

// limit is the largest sum of squares, in units, that codes of a face within the present bound can have, over the head (0) or the
// whole code (1).
func (d *descent) limit(part int) float64 {
	off := d.off[part] + d.c.head
	if part == 1 {
		off = d.off[part] + d.c.whole
	}
	far := (d.bound()*d.c.basis.Stretch*(1+inward) + off) / d.c.basis.Unit
	return far*far*(1+inward) + 1
}

// cut is limit as a whole number.
func (d *descent) cut(part int) uint32 {
	return uint32(min(d.limit(part), math.MaxUint32))
}

// fill makes the table for a bound whose limit is given.
func (d *descent) fill(t *kernel.Table, limit float64) {
	scale := tableFull / limit
	for i := range d.square {
		q, k := kernel.TableOf(i)
		entries := &t[q][k]
		for k, s := range &d.square[i] {
			entries[k] = uint8(min(s*scale, 255))
		}
	}
}
