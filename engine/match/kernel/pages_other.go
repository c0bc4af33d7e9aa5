//go:build !linux

package kernel

// adviseLargePages does nothing: other systems choose themselves.
func adviseLargePages([]byte) {}
