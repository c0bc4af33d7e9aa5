package match

import (
	"encoding/binary"
	"errors"
	"math"
	"math/bits"

	"gabarit/engine"
	"gabarit/engine/match/codes"
	"gabarit/engine/match/kernel"
	"gabarit/engine/match/rows"
)

// A saved block is divided into parts by what a search reads when, and each part into pieces, so that an index that was just opened
// reads what it needs and no more. Numbers are little-endian.
//
//	part       rows a piece  bytes a row
//	cells      4096          32 in groups of 32 rows, before them the masks of coded and odd rows, 512 bytes each
//	labels     4096          see rows.LabelBytes
//	heads        64          64: the first numbers of the code
//	tails       256          16: the others
//	templates     4          512: float32
//	faces       256          see rows.FaceBytes
//
// Of the last block's pieces there are only as many rows as it has. Without a basis (few faces) cells, heads and tails are empty.
const (
	partCells = iota
	partLabels
	partHeads
	partTails
	partTemplates
	partFaces
	partCount
)

const (
	templateBytes = 4 * engine.TemplateSize
	maskBytes     = 4 * kernel.Groups
)

// partRows gives the rows of a piece of a part. Pieces of templates are small, as of those on disk single ones are read, see Room.
func partRows(part int) int {
	return [partCount]int{blockRows, blockRows, 64, 256, templateRows, 256}[part]
}

const (
	templateRows   = 4
	templatePieces = blockRows / templateRows
	// pieceCount is the number of pieces of a block.
	pieceCount = 1 + 1 + 64 + 16 + templatePieces + 16
)

// partStart gives the number of the first piece of a part.
func partStart(part int) int {
	return [partCount + 1]int{0, 1, 2, 66, 82, 82 + templatePieces, pieceCount}[part]
}

// pieceSet marks pieces of one part of a block, the first by bit 0 of word 0.
type pieceSet [templatePieces / 64]uint64

// allPieces marks each piece of a part.
func allPieces(part int) (s pieceSet) {
	for i := range partStart(part+1) - partStart(part) {
		s.mark(i)
	}
	return s
}

func (s *pieceSet) mark(i int) { s[i/64] |= 1 << (i % 64) }

// list appends the numbers of the marked pieces of a part.
func (s *pieceSet) list(part int, to []int) []int {
	for w, word := range s {
		for ; word != 0; word &= word - 1 {
			to = append(to, partStart(part)+w*64+bits.TrailingZeros64(word))
		}
	}
	return to
}

// partOf gives the part of a piece and the rows it holds of a block with n rows.
func partOf(piece, n int) (part, from, to int) {
	for piece >= partStart(part+1) {
		part++
	}
	from = min((piece-partStart(part))*partRows(part), n)
	return part, from, min(from+partRows(part), n)
}

// rowsIn tells how many rows block i has.
func (f *Flat) rowsIn(block int) int { return max(min(f.n-block*blockRows, blockRows), 0) }

// appendPiece appends a piece of a block to buf. The lock is held.
func (c *Cascade) appendPiece(block, piece int, buf []byte) []byte {
	part, from, to := partOf(piece, c.flat.rowsIn(block))
	if from == to {
		return buf
	}
	switch part {
	case partTemplates:
		for i := from; i < to; i++ {
			for _, v := range &c.flat.blocks[block][i] {
				buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(v))
			}
		}
		return buf
	case partFaces:
		return c.flat.rows.AppendFaces(buf, block, from, to)
	case partLabels:
		return c.flat.rows.AppendLabels(buf, block, to)
	}
	if c.basis == nil {
		return buf
	}
	b := c.blocks[block]
	if part == partCells {
		return appendCells(b, buf, to)
	}
	for i := from; i < to; i++ {
		for _, v := range codeOf(b, part, i) {
			buf = append(buf, byte(v))
		}
	}
	return buf
}

// codeOf gives the part of a row's code.
func codeOf(b *kernel.Block, part, i int) []int8 {
	if part == partHeads {
		return b.Head(i)[:]
	}
	return b.Tail(i)[:]
}

func appendCells(b *kernel.Block, buf []byte, n int) []byte {
	for _, m := range []*kernel.Mask{&b.Coded, &b.Odd} {
		for _, word := range m {
			buf = binary.LittleEndian.AppendUint32(buf, word)
		}
	}
	for g := range (n + kernel.GroupRows - 1) / kernel.GroupRows {
		near, deep := b.Group(g)
		buf = append(append(buf, near...), deep...)
	}
	return buf
}

// errPiece tells that saved bytes can't be what an index wrote.
var errPiece = errors.New("not as an index writes it")

// setPiece puts a piece where it belongs in the block. What no index writes is refused, as searching it could go astray. The lock is held, for
// reading at least; nobody reads the rows of the piece meanwhile.
func (c *Cascade) setPiece(block, piece int, plain []byte) error {
	part, from, to := partOf(piece, c.flat.rowsIn(block))
	if want := c.pieceBytes(part, to-from); len(plain) != want {
		return errPiece
	}
	if len(plain) == 0 {
		return nil
	}
	switch part {
	case partCells:
		return setCells(c.blocks[block], plain, to)
	case partLabels:
		return c.flat.rows.SetLabels(block, plain)
	case partTemplates:
		return setTemplates(c.flat.blocks[block][from:to], plain)
	case partFaces:
		return c.flat.rows.SetFaces(block, from, plain)
	}
	return setCodes(c.blocks[block], part, from, to, plain)
}

// pieceBytes is the length of a piece of n rows.
func (c *Cascade) pieceBytes(part, n int) int {
	if n == 0 || c.basis == nil && (part == partCells || part == partHeads || part == partTails) {
		return 0
	}
	switch part {
	case partCells:
		return 2*maskBytes + (n+kernel.GroupRows-1)/kernel.GroupRows*kernel.GroupBytes
	case partLabels:
		return n * rows.LabelBytes
	case partTemplates:
		return n * templateBytes
	case partFaces:
		return n * rows.FaceBytes
	case partHeads:
		return n * kernel.HeadDims
	}
	return n * kernel.TailDims
}

func setTemplates(rows []engine.Template, plain []byte) error {
	for i := range rows {
		if err := setTemplate(&rows[i], plain[i*templateBytes:]); err != nil {
			return err
		}
	}
	return nil
}

// setTemplate reads one template.
func setTemplate(t *engine.Template, plain []byte) error {
	for d := range t {
		t[d] = math.Float32frombits(binary.LittleEndian.Uint32(plain[4*d:]))
	}
	if !t.Finite() {
		return errPiece
	}
	return nil
}

func setCodes(b *kernel.Block, part, from, to int, plain []byte) error {
	for i := from; i < to; i++ {
		code := codeOf(b, part, i)
		for d := range code {
			if code[d] = int8(plain[d]); code[d] < -codes.Largest {
				return errPiece
			}
		}
		plain = plain[len(code):]
	}
	return nil
}

// setCells also counts the rows. Each has a code or is odd.
func setCells(b *kernel.Block, plain []byte, n int) error {
	for _, m := range []*kernel.Mask{&b.Coded, &b.Odd} {
		for g := range m {
			m[g], plain = binary.LittleEndian.Uint32(plain), plain[4:]
		}
	}
	for g := range b.Coded {
		held := uint32(uint64(1)<<max(min(n-g*kernel.GroupRows, kernel.GroupRows), 0) - 1)
		if b.Coded[g]&b.Odd[g] != 0 || b.Coded[g]|b.Odd[g] != held {
			return errPiece
		}
	}
	b.Recount()
	for g := range len(plain) / kernel.GroupBytes {
		near, deep := b.Group(g)
		plain = plain[copy(near, plain):]
		plain = plain[copy(deep, plain):]
	}
	return nil
}
