//go:build !amd64

package kernel

import "gabarit/engine"

// What each does is told in kernel_amd64.go.

func ScanCells(b, _ *Block, rows *Mask, t *Table, cut uint16, deep bool, first uint32, ids []uint32, sums []uint16) int {
	return scanCellsGeneric(b, rows, t, cut, deep, first, ids, sums)
}

func SumHeads(blocks []*Block, ids, sums []uint32, probe, steps *Head, cut uint32) int {
	return sumHeadsGeneric(blocks, ids, sums, probe, steps, cut)
}

func SumTails(blocks []*Block, ids, sums []uint32, probe, steps *Tail, cut uint32) int {
	return sumTailsGeneric(blocks, ids, sums, probe, steps, cut)
}

func Turn(columns *[engine.TemplateSize]engine.Template, in, out *engine.Template) {
	turnGeneric(columns, in, out)
}

func Estimate(a, b *engine.Template) float32 { return estimateGeneric(a, b) }

func Distances(blocks []*Templates, probe *Wide, ids []uint32, out []float64) {
	distancesGeneric(blocks, probe, ids, out)
}
