package match

// codeBlock holds what is searched first of 4,096 rows, the same as in four blocks of templates. It is allocated as a whole, for
// the reason that blockRows gives.
type codeBlock struct {
	cells  cells
	halves [2]halves
	coded  mask   // rows that the codes speak of
	odd    mask   // rows outside what codes can say: every search compares them itself
	count  [2]int // of the rows that coded and odd mark
}

// put writes the code of row r.
func (b *codeBlock) put(r int, c *code, cellOf *[headDims][2 * (largest + 1)]uint8) {
	b.wipe(r)
	group, bit := r/groupRows, uint32(1)<<(r%groupRows)
	if c.clipped {
		b.odd[group] |= bit
		b.count[1]++
		return
	}
	b.coded[group] |= bit
	b.count[0]++
	for d, s := range c.steps[:headDims] {
		at, shift := b.cells.at(r, d)
		*at |= cellOf[d][int(s)+largest+1] << shift
	}
	copy(b.halves[0][r][:], c.steps[:headDims])
	copy(b.halves[1][r][:], c.steps[headDims:])
}

// isOdd reports whether row r is outside what codes can say.
func (b *codeBlock) isOdd(r int) bool { return b.odd[r/groupRows]>>(r%groupRows)&1 == 1 }

// wipe overwrites row r with zeros.
func (b *codeBlock) wipe(r int) {
	group, bit := r/groupRows, uint32(1)<<(r%groupRows)
	b.count[0] -= int(b.coded[group] >> (r % groupRows) & 1)
	b.count[1] -= int(b.odd[group] >> (r % groupRows) & 1)
	b.coded[group] &^= bit
	b.odd[group] &^= bit
	for d := range headDims {
		at, shift := b.cells.at(r, d)
		*at &^= 15 << shift
	}
	b.halves[0][r], b.halves[1][r] = [headDims]int8{}, [headDims]int8{}
}

// at gives the place of a row's cell.
func (c *cells) at(r, d int) (at *uint8, shift int) {
	q, k := tableOf(d)
	return &c[r/groupRows][q*quadBytes+k/2*groupRows+r%groupRows], k % 2 * 4
}

// tableOf gives the quad of a dimension and its number there. Each quad has one of the widest dimensions, so that few reach 255.
func tableOf(d int) (quad, k int) { return d % quads, d / quads }
