package face

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// selfExe names the running program even after its file was replaced by an upgrade.
func selfExe() (string, error) { return "/proc/self/exe", nil }

// prepare sets what a worker inherits from its start: it dies with its parent, and
// Ctrl-C in a terminal reaches the parent alone, which ends its workers in order.
func prepare(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
}

// confine limits the calling process before it loads anything: address space, no
// core dump (it would hold face pixels), no file written, and first in line when the
// system runs out of memory, before the program that holds the vault.
func confine(memory uint64) error {
	// Not every system lets a process do this; it is a courtesy, not a guard.
	_ = os.WriteFile("/proc/self/oom_score_adj", []byte("1000"), 0)
	if memory > 0 {
		used, err := addressSpace()
		if err != nil {
			return err
		}
		// Counted from what is mapped already: Go, its libraries and, in tests, the race
		// detector reserve much address space that is not memory.
		if err := limit(unix.RLIMIT_AS, used+memory); err != nil {
			return err
		}
	}
	for _, what := range []int{unix.RLIMIT_CORE, unix.RLIMIT_FSIZE} {
		if err := limit(what, 0); err != nil {
			return err
		}
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("give up privileges: %w", err)
	}
	// RLIMIT_CORE does not stop a core handler that is a program; this does.
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return fmt.Errorf("forbid dumps: %w", err)
	}
	return nil
}

// sealFiles takes from the calling process the means to open any file or socket.
func sealFiles() error { return limit(unix.RLIMIT_NOFILE, 0) }

// limit lowers one resource limit for good; one that is lower already stays.
func limit(what int, value uint64) error {
	var now unix.Rlimit
	if err := unix.Getrlimit(what, &now); err != nil {
		return fmt.Errorf("read limit %d: %w", what, err)
	}
	value = min(value, now.Max)
	if err := unix.Setrlimit(what, &unix.Rlimit{Cur: value, Max: value}); err != nil {
		return fmt.Errorf("set limit %d: %w", what, err)
	}
	return nil
}

// addressSpace gives the bytes of address space that this process has mapped.
func addressSpace() (uint64, error) {
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, err
	}
	pages, _, _ := bytes.Cut(b, []byte{' '})
	n, err := strconv.ParseUint(string(pages), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("read statm: %w", err)
	}
	return n * uint64(os.Getpagesize()), nil
}
