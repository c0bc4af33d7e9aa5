package kernel

import (
	"golang.org/x/sys/cpu"

	"gabarit/engine"
)

// vectors reports whether the processor can run the kernels of kernel_amd64.s. BMI1 is there wherever AVX2 is, but is a flag of its own.
func vectors() bool { return cpu.X86.HasAVX2 && cpu.X86.HasBMI1 }

// permutes reports whether the processor has VPERMB for registers of 256 bits.
func permutes() bool { return vectors() && cpu.X86.HasAVX512VBMI && cpu.X86.HasAVX512VL }

// ScanCells writes to ids the rows of the mask whose table entries sum up to at most cut, in rising order and with first added, to sums what
// they sum up to, and returns their number. Unless deep is set, only the near quads are asked. The four entries of a quad are added up saturating at 255. ids and sums have place for
// BlockRows. next is the block that is asked after this one, sent for meanwhile; where that is none, or unknown, b itself.
func ScanCells(b, next *Block, rows *Mask, t *Table, cut uint16, deep bool, first uint32, ids []uint32, sums []uint16) int {
	_, _ = ids[BlockRows-1], sums[BlockRows-1]
	if permutes() {
		return scanCellsAVX512(b, next, rows, t, cut, deep, first, &ids[0], &sums[0])
	}
	if vectors() {
		return scanCellsAVX2(b, next, rows, t, cut, deep, first, &ids[0], &sums[0])
	}
	return scanCellsGeneric(b, rows, t, cut, deep, first, ids, sums)
}

// SumHeads sums up for each row of ids the squares of probe - steps*codes over the first dimensions, keeps, in their order, the
// rows whose sum is at most cut, with their sums, and returns their number. A row is its number in its block and BlockRows times
// that of the block, which must be there.
func SumHeads(blocks []*Block, ids, sums []uint32, probe, steps *Head, cut uint32) int {
	if len(ids) == 0 {
		return 0
	}
	_ = sums[len(ids)-1]
	if vectors() {
		return sumHeadsAVX2(&blocks[0], &ids[0], &sums[0], len(ids), probe, steps, cut)
	}
	return sumHeadsGeneric(blocks, ids, sums, probe, steps, cut)
}

// SumTails adds to sums those over the dimensions after them, and keeps what SumHeads would.
func SumTails(blocks []*Block, ids, sums []uint32, probe, steps *Tail, cut uint32) int {
	if len(ids) == 0 {
		return 0
	}
	_ = sums[len(ids)-1]
	if vectors() {
		return sumTailsAVX2(&blocks[0], &ids[0], &sums[0], len(ids), probe, steps, cut)
	}
	return sumTailsGeneric(blocks, ids, sums, probe, steps, cut)
}

// Turn gives the sum of the columns, each times its number of in.
func Turn(columns *[engine.TemplateSize]engine.Template, in, out *engine.Template) {
	if vectors() {
		turnAVX2(columns, in, out)
		return
	}
	turnGeneric(columns, in, out)
}

// Estimate is a fast estimate of the squared distance: float32 in eight independent sums.
func Estimate(a, b *engine.Template) float32 {
	if vectors() {
		return estimateAVX2(a, b)
	}
	return estimateGeneric(a, b)
}

// Distances gives the distance of each row of ids from the probe: the bits that match.Distance gives. out has place for a multiple of
// eight, and what is behind the last row there may be overwritten.
func Distances(blocks []*Templates, probe *Wide, ids []uint32, out []float64) {
	if len(ids) == 0 {
		return
	}
	_ = out[(len(ids)+7)&^7-1]
	if vectors() {
		distancesAVX2(&blocks[0], probe, &ids[0], len(ids), &out[0])
		return
	}
	distancesGeneric(blocks, probe, ids, out)
}

// The kernels in kernel_amd64.s: each gives, to the last bit, what the Generic function of its name gives.

//go:noescape
func scanCellsAVX2(b, next *Block, rows *Mask, t *Table, cut uint16, deep bool, first uint32, ids *uint32, sums *uint16) int

//go:noescape
func scanCellsAVX512(b, next *Block, rows *Mask, t *Table, cut uint16, deep bool, first uint32, ids *uint32, sums *uint16) int

//go:noescape
func sumHeadsAVX2(blocks **Block, ids, sums *uint32, n int, probe, steps *Head, cut uint32) int

//go:noescape
func sumTailsAVX2(blocks **Block, ids, sums *uint32, n int, probe, steps *Tail, cut uint32) int

//go:noescape
func turnAVX2(columns *[engine.TemplateSize]engine.Template, in, out *engine.Template)

//go:noescape
func estimateAVX2(a, b *engine.Template) float32

//go:noescape
func distancesAVX2(blocks **Templates, probe *Wide, ids *uint32, n int, out *float64)
