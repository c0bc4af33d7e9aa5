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
		size := len(p.spare) * int(unsafe.Sizeof(p.spare[0]))
		adviseLargePages(unsafe.Slice((*byte)(unsafe.Pointer(&p.spare[0])), size)) //nolint:gosec // the bytes of the slice, and no more
	}
	b := &p.spare[0]
	p.spare = p.spare[1:]
	return b
}
