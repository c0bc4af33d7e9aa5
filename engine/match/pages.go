package match

import "unsafe"

// pieceBlocks is the number of blocks that a large index allocates in one piece, and from how many on.
const pieceBlocks = 16

// pieces allocates blocks, which are never moved or copied. Large indexes get them in pieces for which the system is asked to use
// large pages: a search touches thousands of places, and to look up where each page lies takes longer than to read it.
type pieces[T any] struct{ spare []T }

// next gives a zero block to an index that holds so many.
func (p *pieces[T]) next(held int) *T {
	if len(p.spare) == 0 {
		if held < pieceBlocks {
			return new(T)
		}
		p.spare = make([]T, pieceBlocks)
		adviseLargePages(bytesOf(p.spare))
	}
	b := &p.spare[0]
	p.spare = p.spare[1:]
	return b
}

// many gives n zero blocks that are read later, for which no large pages are asked yet: while only little of them is in use,
// those would make each first touch dear.
func (p *pieces[T]) many(n int) []*T {
	blocks := make([]*T, 0, n)
	for len(blocks) < n {
		piece := make([]T, min(pieceBlocks, n-len(blocks)))
		for i := range piece {
			blocks = append(blocks, &piece[i])
		}
	}
	return blocks
}

// advise asks for large pages behind a block that many gave, as it is about to be filled.
func (p *pieces[T]) advise(blocks []*T, i int) {
	if i < len(blocks) && len(blocks) > pieceBlocks {
		adviseLargePages(bytesOf(unsafe.Slice(blocks[i], 1)))
	}
}

// bytesOf gives the memory of blocks.
func bytesOf[T any](blocks []T) []byte {
	size := len(blocks) * int(unsafe.Sizeof(blocks[0]))
	return unsafe.Slice((*byte)(unsafe.Pointer(&blocks[0])), size) //nolint:gosec // the bytes of the slice, and no more
}
