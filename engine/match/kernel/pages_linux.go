package kernel

import (
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// adviseLargePages asks for large pages behind memory. The whole pages inside it are meant; what the system makes of it is only a
// matter of speed, so a refusal is none of the caller's business.
func adviseLargePages(memory []byte) {
	page := os.Getpagesize()
	start := -int(uintptr(unsafe.Pointer(&memory[0]))) & (page - 1) //nolint:gosec // an address is needed to know where pages begin
	if whole := (len(memory) - start) / page * page; whole > 0 {
		_ = unix.Madvise(memory[start:start+whole], unix.MADV_HUGEPAGE)
	}
}
