//go:build !linux

package kernel

// adviseLargePages does nothing: other systems choose themselves.
func adviseLargePages([]byte) {}

// giveBack does nothing: the memory stays.
func giveBack([]byte) {}
