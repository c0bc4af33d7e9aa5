package kernel

// cellKernels gives the forms of ScanCells that this processor can run, of which it takes the last.
func cellKernels() (all []scan) {
	in := func(kernel func(b, next *Block, rows *Mask, t *Table, cut uint16, deep bool, first uint32, ids *uint32, sums *uint16) int) scan {
		return func(b, next *Block, rows *Mask, t *Table, cut uint16, deep bool, first uint32, ids []uint32, sums []uint16) int {
			return kernel(b, next, rows, t, cut, deep, first, &ids[0], &sums[0])
		}
	}
	if vectors() {
		all = append(all, in(scanCellsAVX2))
	}
	if permutes() {
		all = append(all, in(scanCellsAVX512))
	}
	return append(all, ScanCells)
}
