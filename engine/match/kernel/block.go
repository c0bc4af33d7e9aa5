// Package kernel holds how the codes and templates of an index lie in memory, and the loops of a search that read them: for AVX2 in assembly,
// and the same in plain Go for other processors. It belongs to engine/match, which says what is computed and why that is right; here it is
// only fast. It decides nothing and allocates nothing.
package kernel

import (
	"math/bits"
	"unsafe"

	"gabarit/engine"
)

const (
	BlockRows = 4096                  // rows of a Block
	GroupRows = 32                    // rows whose cells lie together: one byte each in a 256-bit register
	Groups    = BlockRows / GroupRows // of a Block
	HeadDims  = 64                    // dimensions that have cells
	TailDims  = 16                    // dimensions after them that have codes
	CodeDims  = HeadDims + TailDims
	CellCount = 16 // cells of a dimension: four bits

	quads      = HeadDims / 4      // dimensions are added up in fours
	nearQuads  = 12                // of the first dimensions: most rows are ruled out by these
	deepQuads  = quads - nearQuads // of those after them
	quadBytes  = 2 * GroupRows     // of a group: four cells a row
	GroupBytes = quads * quadBytes
)

type (
	// Mask marks rows of a block: row r by bit r%32 of word r/32.
	Mask [Groups]uint32
	// Table is what each cell of each dimension adds to a sum: by quad, dimension in the quad, cell. See TableOf.
	Table [quads][4][CellCount]uint8
	// Head is the first dimensions of a probe in units, or of the steps of the codes.
	Head [HeadDims]int16
	// Tail is those after them.
	Tail [TailDims]int16
	// Wide is a template in float64.
	Wide [engine.TemplateSize]float64
	// Templates is the templates of 4,096 rows.
	Templates [BlockRows]engine.Template
)

// Block holds what is searched first of 4,096 rows: their codes, 80 bytes each, and the cells of their first dimensions, 32 bytes. It fills
// whole lines of the cache: a row whose code lay across two would be waited for twice.
type Block struct {
	Count [2]int // of the rows that Coded and Odd mark
	_     [line - 2*unsafe.Sizeof(int(0))]byte
	Coded Mask // rows that the codes speak of
	Odd   Mask // rows outside what codes can say: every search compares them itself
	// Cells by group and quad. Of the 64 bytes of a quad, the first 32 hold for each row the cells of the quad's first (low four bits) and second
	// dimension, the others those of the third and fourth.
	near  [Groups][nearQuads * quadBytes]uint8
	deep  [Groups][deepQuads * quadBytes]uint8
	heads [BlockRows][HeadDims]int8
	tails [BlockRows][TailDims]int8
}

// line is the bytes of a line of the cache.
const line = 64

var _ [0]byte = [unsafe.Sizeof(Block{}) % line]byte{}

// Put writes the code of row r and its cells.
func (b *Block) Put(r int, code *[CodeDims]int8, cells *[HeadDims]uint8) {
	b.Wipe(r)
	b.Coded[r/GroupRows] |= 1 << (r % GroupRows)
	b.Count[0]++
	for d, cell := range cells {
		at, shift := b.cell(r, d)
		*at |= cell << shift
	}
	copy(b.heads[r][:], code[:HeadDims])
	copy(b.tails[r][:], code[HeadDims:])
}

// PutOdd marks row r as one without a code.
func (b *Block) PutOdd(r int) {
	b.Wipe(r)
	b.Odd[r/GroupRows] |= 1 << (r % GroupRows)
	b.Count[1]++
}

// Wipe overwrites row r with zeros.
func (b *Block) Wipe(r int) {
	group, bit := r/GroupRows, uint32(1)<<(r%GroupRows)
	b.Count[0] -= int(b.Coded[group] >> (r % GroupRows) & 1)
	b.Count[1] -= int(b.Odd[group] >> (r % GroupRows) & 1)
	b.Coded[group] &^= bit
	b.Odd[group] &^= bit
	for d := range HeadDims {
		at, shift := b.cell(r, d)
		*at &^= 15 << shift
	}
	b.heads[r], b.tails[r] = [HeadDims]int8{}, [TailDims]int8{}
}

// IsOdd reports whether row r is outside what codes can say.
func (b *Block) IsOdd(r int) bool { return b.Odd[r/GroupRows]>>(r%GroupRows)&1 == 1 }

// IsEmpty reports whether nothing of row r is left.
func (b *Block) IsEmpty(r int) bool {
	sum := uint8(b.Coded[r/GroupRows]>>(r%GroupRows)&1) | uint8(b.Odd[r/GroupRows]>>(r%GroupRows)&1)
	for d := range HeadDims {
		at, shift := b.cell(r, d)
		sum |= *at >> shift & 15
	}
	return sum == 0 && b.heads[r] == [HeadDims]int8{} && b.tails[r] == [TailDims]int8{}
}

// Recount sets Count from the masks.
func (b *Block) Recount() {
	b.Count = [2]int{}
	for g := range b.Coded {
		b.Count[0] += bits.OnesCount32(b.Coded[g])
		b.Count[1] += bits.OnesCount32(b.Odd[g])
	}
}

// Group gives the cells of a group of rows in two parts, as they are saved.
func (b *Block) Group(g int) (near, deep []uint8) { return b.near[g][:], b.deep[g][:] }

// Head and Tail give the two parts of the code of row r.
func (b *Block) Head(r int) *[HeadDims]int8 { return &b.heads[r] }

// Tail is told of with Head.
func (b *Block) Tail(r int) *[TailDims]int8 { return &b.tails[r] }

// cell gives the place of a row's cell.
func (b *Block) cell(r, d int) (at *uint8, shift int) {
	q, k := TableOf(d)
	part := b.near[r/GroupRows][:]
	if q >= nearQuads {
		q, part = q-nearQuads, b.deep[r/GroupRows][:]
	}
	return &part[q*quadBytes+k/2*GroupRows+r%GroupRows], k % 2 * 4
}

// TableOf gives the quad of a dimension and its number there. Each of the near quads has one of the widest dimensions, so that few reach 255.
func TableOf(d int) (quad, k int) {
	if d < 4*nearQuads {
		return d % nearQuads, d / nearQuads
	}
	d -= 4 * nearQuads
	return nearQuads + d%deepQuads, d / deepQuads
}

// List appends the marked rows to ids, each with first added.
func (m *Mask) List(first uint32, ids []uint32) []uint32 {
	for g, word := range m {
		for ; word != 0; word &= word - 1 {
			ids = append(ids, first+uint32(g*GroupRows+bits.TrailingZeros32(word)))
		}
	}
	return ids
}

// Has reports whether row r is marked.
func (m *Mask) Has(r int) bool { return m[r/GroupRows]>>(r%GroupRows)&1 == 1 }
