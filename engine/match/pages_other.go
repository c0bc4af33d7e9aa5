//go:build !linux

package match

// adviseLargePages does nothing: other systems choose themselves.
func adviseLargePages([]byte) {}
