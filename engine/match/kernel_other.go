//go:build !amd64

package match

import "gabarit/engine"

func scanCells(c *cells, rows *mask, t *table, cut uint16, ids *list) int {
	return scanCellsGeneric(c, rows, t, cut, ids)
}

func sumGaps(codes *halves, ids, sums *list, n int, probe, steps *half, cut uint32) int {
	return sumGapsGeneric(codes, ids, sums, n, probe, steps, cut)
}

func turnRow(columns *[engine.TemplateSize]engine.Template, in, out *engine.Template) {
	turnRowGeneric(columns, in, out)
}

func preselect(a, b *engine.Template) float32 { return preselectGeneric(a, b) }

func distanceRows(rows *[blockRows]engine.Template, probe *wide, ids *list, n int, out *[codeRows]float64) {
	distanceRowsGeneric(rows, probe, ids, n, out)
}

// prefetchRows does nothing: there is no such instruction in Go.
func prefetchRows(*[blockRows]engine.Template, *list, int) {}
