package kernel

import (
	"fmt"
	"os"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

func TestZDist(t *testing.T) {
	if os.Getenv("EXP") == "" {
		t.Skip()
	}
	const n = 245
	mem, _ := unix.Mmap(-1, 0, n*int(unsafe.Sizeof(Templates{}))+(4<<20), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	unix.Madvise(mem, unix.MADV_HUGEPAGE)
	off := int(-uintptr(unsafe.Pointer(&mem[0])) & (2<<20 - 1))
	all := unsafe.Slice((*Templates)(unsafe.Pointer(&mem[off])), n)
	var blocks []*Templates
	for i := range all {
		for r := range all[i] {
			for d := range all[i][r] {
				all[i][r][d] = float32(d)
			}
		}
		blocks = append(blocks, &all[i])
	}
	var probe Wide
	out := make([]float64, 1<<20)
	hot := make([]uint32, 1024)
	for i := range hot {
		hot[i] = uint32(i % 64)
	}
	best := 1e9
	for range 50 {
		start := time.Now()
		Distances(blocks, &probe, hot, out)
		best = min(best, time.Since(start).Seconds())
	}
	fmt.Printf("hot %.1f ns/row\n", best/1024*1e9)
	pol := make([]byte, 128<<20)
	x := byte(0)
	for _, m := range []int{1200, 12000, 40000} {
		var ids []uint32
		s := uint32(7)
		step := float64(n*4096) / float64(m)
		for i := range m {
			s = s*1664525 + 1013904223
			ids = append(ids, min(uint32((float64(i)+float64(s>>8)/(1<<24))*step), n*4096-1))
		}
		best = 1e9
		bestS := 1e9
		for range 9 {
			for j := 0; j < len(pol); j += 64 {
				x += pol[j]
			}
			start := time.Now()
			Distances(blocks, &probe, ids, out)
			best = min(best, time.Since(start).Seconds())
			for j := 0; j < len(pol); j += 64 {
				x += pol[j]
			}
			start = time.Now()
			for a := 0; a < m; a += 256 {
				Distances(blocks, &probe, ids[a:min(a+256, m)], out)
			}
			bestS = min(bestS, time.Since(start).Seconds())
		}
		fmt.Printf("cold %d: %.1f ns/row, in 256s %.1f\n", m, best/float64(m)*1e9, bestS/float64(m)*1e9)
	}
	_ = x
}
