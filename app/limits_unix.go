//go:build unix

package app

import "syscall"

// noCoreDumps keeps photos, templates and keys out of core files, for this process and the workers it starts.
// It can only lower a limit, so it can't fail in a way that matters.
func noCoreDumps() {
	_ = syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{})
}
