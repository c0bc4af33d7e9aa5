package match

import (
	"math"
	"math/bits"

	"gabarit/engine"
)

// The hot loops of a search, in plain Go. kernel_amd64.s holds the same for AVX2; FuzzKernels compares the two.

const (
	codeRows   = blockRows // rows of a codeBlock
	groupRows  = 32        // rows whose cells lie together: one byte each in a 256-bit register
	groups     = codeRows / groupRows
	headDims   = engine.TemplateSize / 2 // dimensions that have cells
	cellCount  = 16                      // cells of a dimension: four bits
	quads      = headDims / 4            // dimensions are added up in fours
	quadBytes  = 2 * groupRows           // of a group: four cells a row
	groupBytes = quads * quadBytes
)

type (
	// cells holds the cells of a block's rows: by group and quad. Of the 64 bytes of a quad, the first 32 hold
	// for each row the cells of the quad's first (low four bits) and second dimension, the others those of the third and fourth.
	cells [groups][groupBytes]uint8
	// mask marks rows of a block: row r by bit r%32 of word r/32.
	mask [groups]uint32
	// table is what each cell of each dimension adds to a sum: by quad, dimension in the quad, cell.
	table [quads][4][cellCount]uint8
	// list is row numbers of a block, or a sum for each of them.
	list [codeRows]uint32
	// half is one half of the dimensions of a probe, or of the steps of the codes.
	half [headDims]int16
	// wide is a template in float64.
	wide [engine.TemplateSize]float64
	// halves is one half of the codes of a block's rows.
	halves [codeRows][headDims]int8
)

// scanCellsGeneric writes to ids the rows of the mask whose table entries sum up to at most cut, in rising order, and
// returns their number. The four entries of a quad are added up saturating at 255.
func scanCellsGeneric(c *cells, rows *mask, t *table, cut uint16, ids *list) int {
	n := 0
	for g, word := range rows {
		for ; word != 0; word &= word - 1 {
			r := bits.TrailingZeros32(word)
			var sum uint16
			for q := range quads {
				a, b := c[g][q*quadBytes+r], c[g][q*quadBytes+groupRows+r]
				e := &t[q]
				sum += min(255, uint16(e[0][a&15])+uint16(e[1][a>>4])+uint16(e[2][b&15])+uint16(e[3][b>>4]))
			}
			if sum <= cut {
				ids[n] = uint32(g*groupRows + r)
				n++
			}
		}
	}
	return n
}

// sumGapsGeneric adds to the sum of each of the first n rows of ids the squares of probe - steps*codes, keeps, in their order, the
// rows whose sum is at most cut, and returns their number.
func sumGapsGeneric(codes *halves, ids, sums *list, n int, probe, steps *half, cut uint32) int {
	kept := 0
	for i := range n {
		id, sum := ids[i], sums[i]
		for d, c := range &codes[id] {
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

// turnRowGeneric gives the sum of the columns, each times its number of in.
func turnRowGeneric(columns *[engine.TemplateSize]engine.Template, in, out *engine.Template) {
	*out = engine.Template{}
	for i, v := range in {
		for o, c := range &columns[i] {
			out[o] += c * v
		}
	}
}

// distanceRowsGeneric gives the distance of each of the first n rows of ids from the probe: the bits that Distance gives.
func distanceRowsGeneric(rows *[blockRows]engine.Template, probe *wide, ids *list, n int, out *[codeRows]float64) {
	for i, r := range ids[:n] {
		var sum float64
		for d, v := range &rows[r] {
			gap := probe[d] - float64(v)
			sum += float64(gap * gap) // not fused, see Distance
		}
		out[i] = math.Sqrt(sum)
	}
}

// preselectGeneric is a fast estimate of the squared distance: float32 in eight independent sums.
// How far it may lie from the truth is the subject of ceiling.
func preselectGeneric(a, b *engine.Template) float32 {
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
