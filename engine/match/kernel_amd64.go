package match

import (
	"golang.org/x/sys/cpu"

	"gabarit/engine"
)

// vectors reports whether the processor can run the kernels of kernel_amd64.s. BMI1 is there wherever AVX2 is, but is a flag of its own.
func vectors() bool { return cpu.X86.HasAVX2 && cpu.X86.HasBMI1 }

func scanCells(c *cells, rows *mask, t *table, cut uint16, ids *list) int {
	if vectors() {
		return scanCellsAVX2(c, rows, t, cut, ids)
	}
	return scanCellsGeneric(c, rows, t, cut, ids)
}

func sumGaps(codes *halves, ids, sums *list, n int, probe, steps *half, cut uint32) int {
	if vectors() {
		return sumGapsAVX2(codes, ids, sums, n, probe, steps, cut)
	}
	return sumGapsGeneric(codes, ids, sums, n, probe, steps, cut)
}

func turnRow(columns *[engine.TemplateSize]engine.Template, in, out *engine.Template) {
	if vectors() {
		turnRowAVX2(columns, in, out)
		return
	}
	turnRowGeneric(columns, in, out)
}

func preselect(a, b *engine.Template) float32 {
	if vectors() {
		return preselectAVX2(a, b)
	}
	return preselectGeneric(a, b)
}

func distanceRows(rows *[blockRows]engine.Template, probe *wide, ids *list, n int, out *[codeRows]float64) {
	if vectors() {
		distanceRowsAVX2(rows, probe, ids, n, out)
		return
	}
	distanceRowsGeneric(rows, probe, ids, n, out)
}

// prefetchRows sends for the templates of the first n rows of ids, which are read soon.
func prefetchRows(rows *[blockRows]engine.Template, ids *list, n int) {
	if vectors() {
		prefetchRowsAVX2(rows, ids, n)
	}
}

// The kernels in kernel_amd64.s: each gives, to the last bit, what the Generic function of its name gives;
// distanceRowsAVX2 may write to up to seven places of out after the n-th.

//go:noescape
func scanCellsAVX2(c *cells, rows *mask, t *table, cut uint16, ids *list) int

//go:noescape
func sumGapsAVX2(codes *halves, ids, sums *list, n int, probe, steps *half, cut uint32) int

//go:noescape
func turnRowAVX2(columns *[engine.TemplateSize]engine.Template, in, out *engine.Template)

//go:noescape
func preselectAVX2(a, b *engine.Template) float32

//go:noescape
func distanceRowsAVX2(rows *[blockRows]engine.Template, probe *wide, ids *list, n int, out *[codeRows]float64)

//go:noescape
func prefetchRowsAVX2(rows *[blockRows]engine.Template, ids *list, n int)
