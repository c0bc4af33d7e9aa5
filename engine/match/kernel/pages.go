package kernel

import (
	"math"
	"unsafe"
)

const (
	pieceBytes  = 32 << 20 // a large index allocates about so much in one piece,
	smallBlocks = 16       // from so many blocks on
	largePage   = 2 << 20  // of most processors: pieces begin at one
)

// Pieces allocates blocks, which hold no pointers and are never moved or copied. Large indexes get them in pieces for which the system is asked to
// use large pages: a search touches thousands of places, and to look up where each page lies takes longer than to read it.
type Pieces[T any] struct{ spare []T }

// Drop forgets what is allocated and not used yet.
func (p *Pieces[T]) Drop() { p.spare = nil }

// Next gives a zero block to an index that holds so many.
func (p *Pieces[T]) Next(held int) *T {
	if len(p.spare) == 0 {
		if held < smallBlocks {
			return new(T)
		}
		var whole []byte
		p.spare, whole = piece[T](math.MaxInt)
		adviseLargePages(whole)
	}
	b := &p.spare[0]
	p.spare = p.spare[1:]
	return b
}

// piece gives n zero blocks, or as many as a piece has, and the memory from the start of the first to the end of a page.
func piece[T any](n int) (blocks []T, whole []byte) {
	size := int(unsafe.Sizeof(*new(T)))
	n = min(n, max(pieceBytes/size, 1))
	memory := make([]byte, (n*size+largePage-1)/largePage*largePage+largePage)
	start := -int(uintptr(unsafe.Pointer(&memory[0]))) & (largePage - 1) //nolint:gosec // an address is needed to know where pages begin
	end := start + len(memory) - largePage
	return unsafe.Slice((*T)(unsafe.Pointer(&memory[start])), n), memory[start:end] //nolint:gosec // they lie inside memory
}

// Many gives n zero blocks that are read later, for which no large pages are asked yet: while only little of them is in use,
// those would make each first touch dear.
func (p *Pieces[T]) Many(n int) []*T {
	blocks := make([]*T, 0, n)
	for len(blocks) < n {
		some, _ := piece[T](n - len(blocks))
		for i := range some {
			blocks = append(blocks, &some[i])
		}
	}
	return blocks
}

// Advise asks for large pages behind a block that Many gave, as it is about to be filled.
func (p *Pieces[T]) Advise(blocks []*T, i int) {
	if i < len(blocks) && len(blocks) > smallBlocks {
		adviseLargePages(unsafe.Slice((*byte)(unsafe.Pointer(blocks[i])), unsafe.Sizeof(*blocks[i]))) //nolint:gosec // one block, which is there
	}
}

// Release overwrites a block with zeros and gives the memory behind it back to the system. The block can be written again.
func Release[T any](b *T) {
	memory := unsafe.Slice((*byte)(unsafe.Pointer(b)), unsafe.Sizeof(*b)) //nolint:gosec // one block, which is there
	clear(memory)
	giveBack(memory)
}
