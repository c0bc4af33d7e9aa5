//go:build !linux

package face

// OneThread can't be had here.
func OneThread() error { return noClock() }
