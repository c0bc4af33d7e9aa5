//go:build !linux

package face

import (
	"os"
	"os/exec"
)

// selfExe names the running program.
func selfExe() (string, error) { return os.Executable() }

// prepare has nothing to set here: a worker ends when its input ends.
func prepare(*exec.Cmd) {}

// confine can't limit the process here. Pools still hold the time limit, and a crash still
// costs one photo only.
func confine(uint64) error { return nil }

// sealFiles can't limit the process here.
func sealFiles() error { return nil }
