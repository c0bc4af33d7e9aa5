package kernel

import (
	"testing"
	"unsafe"
)

// Blocks must lie where the assembly expects them: at the start of a line of the cache, each in memory of its own; and in large indexes from the
// start of a large page.
func TestPiecesGiveWholeBlocks(t *testing.T) {
	type small struct{ bytes [1000 * line]byte }
	var p Pieces[small]
	var all []*small
	for i := range 2*pieceBytes/int(unsafe.Sizeof(small{})) + smallBlocks {
		all = append(all, p.Next(i))
	}
	all = append(all, p.Many(pieceBytes/int(unsafe.Sizeof(small{}))+3)...)
	for i, b := range all {
		if at := uintptr(unsafe.Pointer(b)); at%line != 0 || i == smallBlocks && at%largePage != 0 {
			t.Fatalf("block %d lies at %x", i, at)
		}
		if b.bytes[0] != 0 || b.bytes[len(b.bytes)-1] != 0 {
			t.Fatalf("block %d shares memory with another, or is not zero", i)
		}
		b.bytes[0], b.bytes[len(b.bytes)-1] = 1, 1
	}
	p.Advise(all, 3)
}
