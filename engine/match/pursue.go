package match

import (
	"math"

	"gabarit/engine/match/kernel"
)

// cellCut is the largest sum by the table that the cells of a face within the present bound can have.
func (l *lane) cellCut() uint16 {
	return uint16(min(l.limit(0)/l.tableFor*tableFull*(1+inward), math.MaxUint16))
}

// pursueWaiting asks the other tiers about the rows that wait. Where a bound is still to be found, those that seem nearest come first, and the others
// have to be within it.
func (s *seeker) pursueWaiting(l *lane, pass *kernel.Mask) {
	ids, sums := l.ids[:l.waiting], l.sums[:l.waiting]
	l.waiting = 0
	// Of an index that was just opened, rows are read in the order of blocks.
	if l.q.K > 0 && !l.counts() && s.c.flat.has(partHeads) && len(ids) > 4*l.q.K {
		near := nearPart(sums, 2*l.q.K)
		soon, kept := s.ids[:0], 0
		for i, id := range ids {
			if sums[i] <= near {
				soon = append(soon, id)
			} else {
				ids[kept], sums[kept] = id, sums[i]
				kept++
			}
		}
		s.pursue(l, soon, pass)
		cut, n := l.cellCut(), 0
		for i, sum := range sums[:kept] {
			ids[n] = ids[i]
			if sum <= cut {
				n++
			}
		}
		ids = ids[:n]
	}
	s.pursue(l, ids, pass)
}

// nearPart gives a sum that at least n of them don't exceed, if there are as many, and few more.
func nearPart(sums []uint16, n int) uint16 {
	var counts [1 << 12 / 16]int
	for _, s := range sums {
		counts[min(s/16, uint16(len(counts)-1))]++
	}
	for k, c := range counts {
		if n -= c; n <= 0 {
			return uint16(k*16 + 15)
		}
	}
	return math.MaxUint16
}

// pursue asks the second and third tier about rows, and compares those that they leave.
func (s *seeker) pursue(l *lane, ids []uint32, pass *kernel.Mask) {
	head, tail := (*kernel.Head)(l.probe[:]), (*kernel.Tail)(l.probe[kernel.HeadDims:])
	steps := &s.c.basis.Steps
	ids = s.need(partHeads, ids)
	ids = ids[:kernel.SumHeads(s.c.blocks, ids, s.sums, head, (*kernel.Head)(steps[:]), l.cut(0))]
	l.left[1] += len(ids)
	ids = s.need(partTails, ids)
	ids = ids[:kernel.SumTails(s.c.blocks, ids, s.sums, tail, (*kernel.Tail)(steps[kernel.HeadDims:]), l.cut(1))]
	l.left[2] += len(ids)
	if l.q.K > 0 && s.c.flat.onDisk && !l.counts() {
		s.compareNearest(l, ids)
		return
	}
	for sums := s.sums; len(ids) > 0; {
		some := ids[:min(someRows, len(ids))]
		n := len(some)
		if l.q.K > 0 {
			cut, kept := l.cut(1), 0
			for i, id := range some {
				some[kept] = id
				if sums[i] <= cut {
					kept++
				}
			}
			some = some[:kept]
		}
		s.compare(l, some, pass)
		ids, sums = ids[n:], sums[n:]
	}
}
