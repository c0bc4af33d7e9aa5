package kernel

import (
	"math"
	"math/bits"

	"gabarit/engine"
)

// The hot loops of a search, in plain Go. kernel_amd64.s holds the same for AVX2; FuzzKernels compares the two.

// scanCellsGeneric does what ScanCells says.
func scanCellsGeneric(b *Block, rows *Mask, t *Table, cut uint16, deep bool, first uint32, ids []uint32, sums []uint16) int {
	n := 0
	for g, word := range rows {
		for ; word != 0; word &= word - 1 {
			r := bits.TrailingZeros32(word)
			sum := sumCells(b.near[g][r:], t[:nearQuads])
			if deep {
				sum += sumCells(b.deep[g][r:], t[nearQuads:])
			}
			if sum <= cut {
				ids[n], sums[n] = first+uint32(g*GroupRows+r), sum
				n++
			}
		}
	}
	return n
}

// sumCells adds up what the cells of a row, the first of the given, say in some quads.
func sumCells(cells []uint8, t [][4][CellCount]uint8) (sum uint16) {
	for q := range t {
		lo, hi := cells[q*quadBytes], cells[q*quadBytes+GroupRows]
		e := &t[q]
		sum += min(255, uint16(e[0][lo&15])+uint16(e[1][lo>>4])+uint16(e[2][hi&15])+uint16(e[3][hi>>4]))
	}
	return sum
}

// sumHeadsGeneric does what SumHeads says.
func sumHeadsGeneric(blocks []*Block, ids, sums []uint32, probe, steps *Head, cut uint32) int {
	kept := 0
	for _, id := range ids {
		sum := uint32(0)
		for d, c := range &blocks[id/BlockRows].heads[id%BlockRows] {
			gap := int32(steps[d]*int16(c) - probe[d])
			sum += uint32(gap * gap)
		}
		ids[kept], sums[kept] = id, sum
		if sum <= cut {
			kept++
		}
	}
	return kept
}

// sumTailsGeneric does what SumTails says.
func sumTailsGeneric(blocks []*Block, ids, sums []uint32, probe, steps *Tail, cut uint32) int {
	kept := 0
	for i, id := range ids {
		sum := sums[i]
		for d, c := range &blocks[id/BlockRows].tails[id%BlockRows] {
			gap := int32(steps[d]*int16(c) - probe[d])
			sum += uint32(gap * gap)
		}
		ids[kept], sums[kept] = id, sum
		if sum <= cut {
			kept++
		}
	}
	return kept
}

// turnGeneric does what Turn says.
func turnGeneric(columns *[engine.TemplateSize]engine.Template, in, out *engine.Template) {
	*out = engine.Template{}
	for i, v := range in {
		for o, c := range &columns[i] {
			out[o] += c * v
		}
	}
}

// distancesGeneric does what Distances says.
func distancesGeneric(blocks []*Templates, probe *Wide, ids []uint32, out []float64) {
	for i, id := range ids {
		var sum float64
		for d, v := range &blocks[id/BlockRows][id%BlockRows] {
			gap := probe[d] - float64(v)
			sum += float64(gap * gap) // not fused, see match.Distance
		}
		out[i] = math.Sqrt(sum)
	}
}

// estimateGeneric does what Estimate says.
func estimateGeneric(a, b *engine.Template) float32 {
	var s0, s1, s2, s3, s4, s5, s6, s7 float32
	for i := 0; i < engine.TemplateSize; i += 8 {
		x, y := a[i:i+8:i+8], b[i:i+8:i+8]
		d0, d1, d2, d3 := x[0]-y[0], x[1]-y[1], x[2]-y[2], x[3]-y[3]
		d4, d5, d6, d7 := x[4]-y[4], x[5]-y[5], x[6]-y[6], x[7]-y[7]
		s0 += d0 * d0
		s1 += d1 * d1
		s2 += d2 * d2
		s3 += d3 * d3
		s4 += d4 * d4
		s5 += d5 * d5
		s6 += d6 * d6
		s7 += d7 * d7
	}
	return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7))
}
