//go:build !unix

package app

// noCoreDumps has nothing to do on systems that write no core files.
func noCoreDumps() {}
