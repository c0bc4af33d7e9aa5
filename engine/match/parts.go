package match

import (
	"encoding/binary"
	"errors"
	"math"
	"math/bits"

	"gabarit/engine"
	"gabarit/engine/match/rows"
)

// A saved block is divided into parts by what a search reads when, and each part into pieces, so that an index that was just opened
// reads what it needs and no more. Numbers are little-endian.
//
//	part       rows a piece  bytes a row
//	cells      4096          32 in groups of 32 rows, before them the masks of coded and odd rows, 512 bytes each
//	labels     4096          see rows.LabelBytes
//	heads        64          64: first half of the code
//	tails        64          64: the other half
//	templates    64          512: float32
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
	maskBytes     = 4 * groups
)

// partRows gives the rows of a piece of a part: at most 64 pieces a block, so that a word has a bit for each.
func partRows(part int) int {
	return [partCount]int{blockRows, blockRows, 64, 64, 64, 256}[part]
}

// pieceCount is the number of pieces of a block.
const pieceCount = 1 + 1 + 64 + 64 + 64 + 16

// partStart gives the number of the first piece of a part.
func partStart(part int) int {
	return [partCount + 1]int{0, 1, 2, 66, 130, 194, pieceCount}[part]
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
		return b.appendCells(buf, to)
	}
	for i := from; i < to; i++ {
		for _, v := range &b.halves[part-partHeads][i] {
			buf = append(buf, byte(v))
		}
	}
	return buf
}

func (b *codeBlock) appendCells(buf []byte, n int) []byte {
	for _, m := range []*mask{&b.coded, &b.odd} {
		for _, word := range m {
			buf = binary.LittleEndian.AppendUint32(buf, word)
		}
	}
	for g := range (n + groupRows - 1) / groupRows {
		buf = append(buf, b.cells[g][:]...)
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
		return c.blocks[block].setCells(plain, to)
	case partLabels:
		return c.flat.rows.SetLabels(block, plain)
	case partTemplates:
		return setTemplates(c.flat.blocks[block][from:to], plain)
	case partFaces:
		return c.flat.rows.SetFaces(block, from, plain)
	}
	return setHalves(c.blocks[block].halves[part-partHeads][from:to], plain)
}

// pieceBytes is the length of a piece of n rows.
func (c *Cascade) pieceBytes(part, n int) int {
	if n == 0 || c.basis == nil && (part == partCells || part == partHeads || part == partTails) {
		return 0
	}
	switch part {
	case partCells:
		return 2*maskBytes + (n+groupRows-1)/groupRows*groupBytes
	case partLabels:
		return n * rows.LabelBytes
	case partTemplates:
		return n * templateBytes
	case partFaces:
		return n * rows.FaceBytes
	}
	return n * headDims
}

func setTemplates(rows []engine.Template, plain []byte) error {
	for i := range rows {
		for d := range rows[i] {
			rows[i][d] = math.Float32frombits(binary.LittleEndian.Uint32(plain))
			plain = plain[4:]
		}
		if !finite(&rows[i]) {
			return errPiece
		}
	}
	return nil
}

func setHalves(rows [][headDims]int8, plain []byte) error {
	for i := range rows {
		for d := range rows[i] {
			rows[i][d] = int8(plain[d])
			if rows[i][d] < -largest {
				return errPiece
			}
		}
		plain = plain[headDims:]
	}
	return nil
}

// setCells also counts the rows. Each has a code or is odd.
func (b *codeBlock) setCells(plain []byte, n int) error {
	for i, m := range []*mask{&b.coded, &b.odd} {
		b.count[i] = 0
		for g := range m {
			m[g], plain = binary.LittleEndian.Uint32(plain), plain[4:]
			b.count[i] += bits.OnesCount32(m[g])
		}
	}
	for g := range b.coded {
		held := uint32(uint64(1)<<max(min(n-g*groupRows, groupRows), 0) - 1)
		if b.coded[g]&b.odd[g] != 0 || b.coded[g]|b.odd[g] != held {
			return errPiece
		}
	}
	for g := range len(plain) / groupBytes {
		plain = plain[copy(b.cells[g][:], plain):]
	}
	return nil
}
