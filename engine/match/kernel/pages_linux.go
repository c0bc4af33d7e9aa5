package kernel

import (
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// adviseLargePages asks for large pages behind memory. Here and below the whole pages inside it are meant; what the system makes of it is only
// a matter of speed and room, so a refusal is none of the caller's business.
func adviseLargePages(memory []byte) { advise(memory, unix.MADV_HUGEPAGE) }

// giveBack gives zero memory back: it reads as zeros again when it is touched.
func giveBack(memory []byte) { advise(memory, unix.MADV_DONTNEED) }

func advise(memory []byte, advice int) {
	page := os.Getpagesize()
	start := -int(uintptr(unsafe.Pointer(&memory[0]))) & (page - 1) //nolint:gosec // an address is needed to know where pages begin
	if whole := (len(memory) - start) / page * page; whole > 0 {
		_ = unix.Madvise(memory[start:start+whole], advice)
	}
}
