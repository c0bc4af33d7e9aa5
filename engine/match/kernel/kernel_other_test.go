//go:build !amd64

package kernel

func cellKernels() []scan { return []scan{ScanCells} }
