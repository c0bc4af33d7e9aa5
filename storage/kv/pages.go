package kv

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// releaseEvery is how much goes through the value log before its pages are given back.
const releaseEvery = 64 << 20

// madvPageout is MADV_PAGEOUT (Linux 5.4): it writes pages out and unmaps them. Unlike
// MADV_DONTNEED it never drops content, whatever an address is mapped to by the time it is called.
const madvPageout = 21

// Used counts bytes that were read from or written to the value log and releases its pages in time.
func (d *DB) Used(size int64) {
	if d.touched.Add(size) < releaseEvery {
		return
	}
	d.touched.Store(0)
	releasePages(d.options.Dir)
}

// releasePages gives the memory of Badger's value log back. Badger maps every file of it and unmaps
// none, so that all that was collected would count as the program's memory (1.2 GB after 32,000 photos). It is
// an optimisation: where the system does not offer it nothing happens.
func releasePages(dir string) {
	maps, err := os.Open("/proc/self/maps")
	if err != nil {
		return
	}
	defer maps.Close()
	for lines := bufio.NewScanner(maps); lines.Scan(); {
		at := strings.IndexByte(lines.Text(), '/')
		if at < 0 {
			continue
		}
		path := lines.Text()[at:]
		if filepath.Dir(path) != dir || filepath.Ext(path) != ".vlog" {
			continue
		}
		var from, to uintptr
		if _, err := fmt.Sscanf(lines.Text(), "%x-%x", &from, &to); err == nil && to > from {
			_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, from, to-from, madvPageout)
		}
	}
}
