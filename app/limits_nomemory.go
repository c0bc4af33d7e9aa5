//go:build !linux

package app

// machineMemory is the size of the memory in bytes; 0: not known.
func machineMemory() int64 { return 0 }
