package kv_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"testing"

	"gabarit/engine"
	"gabarit/storage/kv"
)

func TestPurgeKeepsWhatIsThere(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir, kv.Options{})
	fill(t, d, 0, 300)
	for v := 2; v <= 4; v++ { // versions spread over memory, level 0 and below
		must(t, change(d, recordsOf(7, v)))
		if v < 4 {
			must(t, d.Close())
			d = open(t, dir, kv.Options{})
		}
		if v == 2 {
			must(t, d.Flatten())
		}
	}
	erase(t, d, 8)
	must(t, change(d, recordsOf(8, 5))) // deleted and there again
	gone := slices.Concat(values(7, 1), values(7, 2), values(7, 3), values(8, 1))
	for range 2 {
		_, err := d.Purge(t.Context(), [][]byte{[]byte("p-"), []byte("h-"), []byte("i-"), []byte("p-0")})
		must(t, err)
		check(t, d, []int{7}, 4)
		check(t, d, []int{8}, 5)
		check(t, d, []int{0, 1, 2, 150, 299}, 1)
		if found, where := scan(t, dir, gone); found > 0 {
			t.Errorf("%d left in %v", found, where)
		}
	}
	versions := 0
	must(t, d.Versions(t.Context(), nil, func(_, value []byte, deleted bool) error {
		if versions++; deleted || len(value) < 100 {
			t.Errorf("a version of %d bytes, deleted %v", len(value), deleted)
		}
		return nil
	}))
	if versions != 900 {
		t.Errorf("%d versions of 900 records", versions)
	}
}

func TestEverythingErasedLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir, kv.Options{Key: bytes.Repeat([]byte{7}, 32)})
	fill(t, d, 0, 50)
	for i := range 50 {
		erase(t, d, i)
	}
	_, err := d.Purge(t.Context(), [][]byte{nil})
	must(t, err)
	must(t, d.Versions(t.Context(), nil, func(k, _ []byte, _ bool) error { return fmt.Errorf("%s is still there", k) }))
	must(t, d.Close())
	tables, err := filepath.Glob(filepath.Join(dir, "*.sst"))
	must(t, err)
	if len(tables) > 0 {
		t.Errorf("tables %v", tables)
	}
	d = open(t, dir, kv.Options{Key: bytes.Repeat([]byte{7}, 32)})
	fill(t, d, 0, 50)
	check(t, d, []int{0, 49}, 1)
}

func TestThousandsOfPrefixesArePurgedInParts(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir, kv.Options{})
	fill(t, d, 0, 1800)
	var is []int
	var gone []needle
	for i := range 1700 { // 5,100 prefixes
		is = append(is, i)
		gone = append(gone, needles(i, 1)...)
	}
	for some := range slices.Chunk(is, 50) {
		batch := map[string][]byte{}
		for _, p := range prefixes(some...) {
			batch[string(p)] = nil
		}
		must(t, change(d, batch))
	}
	_, err := d.Purge(t.Context(), prefixes(is...))
	must(t, err)
	if found, where := scan(t, dir, gone); found > 0 {
		t.Errorf("%d left in %v", found, where)
	}
	for i := 1700; i < 1800; i++ {
		check(t, d, []int{i}, 1)
	}
}

func TestPurgeWorksOnAnEncryptedDatabase(t *testing.T) {
	dir, key := t.TempDir(), bytes.Repeat([]byte{7}, 32)
	d := open(t, dir, kv.Options{Key: key})
	fill(t, d, 0, 2000)
	erase(t, d, 5, 6, 1234)
	must(t, change(d, recordsOf(9, 2)))
	_, err := d.Purge(t.Context(), prefixes(5, 6, 1234, 9))
	must(t, err)
	for _, p := range prefixes(5, 6, 1234) {
		must(t, d.Versions(t.Context(), p, func(k, _ []byte, _ bool) error { return fmt.Errorf("%s is still there", k) }))
	}
	must(t, d.Close())
	d = open(t, dir, kv.Options{Key: key}) // reads all checksums
	check(t, d, []int{9}, 2)
	check(t, d, []int{0, 4, 7, 1999}, 1)
	n := 0
	must(t, d.Versions(t.Context(), nil, func([]byte, []byte, bool) error { n++; return nil }))
	if n != 3*1997 {
		t.Errorf("%d versions", n)
	}
}

func TestVersionsShowsWhatDeletingLeaves(t *testing.T) {
	d := open(t, t.TempDir(), kv.Options{})
	must(t, change(d, map[string][]byte{"k": []byte("one"), "l": []byte("x")}))
	must(t, change(d, map[string][]byte{"k": []byte("two")}))
	must(t, change(d, map[string][]byte{"k": nil}))
	var seen []string
	must(t, d.Versions(t.Context(), []byte("k"), func(k, v []byte, deleted bool) error {
		seen = append(seen, fmt.Sprintf("%s=%s %v", k, v, deleted))
		return nil
	}))
	if want := []string{"k= true", "k=two false", "k=one false"}; !slices.Equal(seen, want) {
		t.Errorf("%q, want %q", seen, want)
	}
}

// TestLostNotesOfGarbageAreCountedAnew: pointers to old values are gone from the tables, and the crash took
// Badger's notes of them, too.
func TestLostNotesOfGarbageAreCountedAnew(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir, kv.Options{})
	fill(t, d, 0, 100)
	for i := range 3 { // tables enough for Badger to merge them
		must(t, d.Close())
		d = open(t, dir, kv.Options{})
		must(t, change(d, recordsOf(7+i, 2)))
	}
	must(t, d.Close())
	d = open(t, dir, kv.Options{})
	must(t, d.Flatten())
	crashed := image(t, dir)
	must(t, os.Remove(filepath.Join(crashed, "DISCARD")))

	d = open(t, crashed, kv.Options{})
	must(t, d.Close())
	if found, _ := scan(t, crashed, values(7, 1)); found != 1 { // the one in the value log
		t.Errorf("%d old values found before the purge", found)
	}
	d = open(t, crashed, kv.Options{}) // this time after a proper end
	_, err := d.Purge(t.Context(), prefixes(7))
	must(t, err)
	if found, where := scan(t, crashed, values(7, 1)); found > 0 {
		t.Errorf("%d left in %v", found, where)
	}
	check(t, d, []int{7}, 2)
	check(t, d, []int{0, 99}, 1)
}

func TestCompactCollectsEverything(t *testing.T) {
	for _, key := range [][]byte{nil, bytes.Repeat([]byte{7}, 32)} {
		dir := t.TempDir()
		d := open(t, dir, kv.Options{Key: key})
		fill(t, d, 0, 3000)
		var gone []needle
		for i := range 2000 {
			gone = append(gone, values(i, 1)...)
		}
		for i := 0; i < 2000; i += 20 {
			batch := map[string][]byte{}
			for j := i; j < i+20; j++ {
				for k := range recordsOf(j, 1) {
					batch[k] = nil
				}
			}
			must(t, change(d, batch))
		}
		for range 2 {
			stats, err := d.Compact(t.Context())
			must(t, err)
			t.Logf("%+v", stats)
		}
		if found, where := scan(t, dir, gone); found > 0 {
			t.Errorf("%d left in %v", found, where)
		}
		if size := folderSize(t, dir); size > 8<<20 { // a third of 18 MB, and logs to come
			t.Errorf("the folder takes %d bytes", size)
		}
		n := 0
		must(t, d.Versions(t.Context(), nil, func(_, _ []byte, deleted bool) error {
			n++
			return nil
		}))
		if n != 3000 {
			t.Errorf("%d versions of 3000", n)
		}
		must(t, d.Close())
		d = open(t, dir, kv.Options{Key: key})
		check(t, d, []int{2000, 2999}, 1)
	}
}

// folderSize is what the files of dir take on the disk.
func folderSize(t *testing.T, dir string) (total int64) {
	t.Helper()
	files, err := os.ReadDir(dir)
	must(t, err)
	for _, f := range files {
		info, err := f.Info()
		must(t, err)
		total += info.Sys().(*syscall.Stat_t).Blocks * 512
	}
	return total
}

func TestAFullDiskStopsAPurgeAndLosesNothing(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir, kv.Options{})
	fill(t, d, 0, 100)
	erase(t, d, 5)
	must(t, d.Close())
	d = open(t, dir, kv.Options{MinFree: 1 << 50})
	if _, err := d.Purge(t.Context(), prefixes(5)); engine.CodeOf(err) != engine.CodeUnavailable || engine.MessageOf(err) != "the disk is full" {
		t.Errorf("Purge = %v", err)
	}
	check(t, d, []int{0, 99}, 1)
}

func TestPurgingAgainAndAgainLeavesNoGoroutines(t *testing.T) {
	d := open(t, t.TempDir(), kv.Options{})
	fill(t, d, 0, 50)
	var before int
	for i := range 12 {
		erase(t, d, i)
		_, err := d.Purge(t.Context(), prefixes(i))
		must(t, err)
		if i == 1 {
			before = runtime.NumGoroutine()
		}
	}
	if after := runtime.NumGoroutine(); after > before+8 {
		t.Errorf("%d goroutines, %d ten purges earlier", after, before)
	}
}

func TestADamagedTableIsToldAndNothingIsRewritten(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir, kv.Options{})
	fill(t, d, 0, 2000)
	erase(t, d, 5)
	must(t, d.Close())
	d = open(t, dir, kv.Options{})
	tables, err := filepath.Glob(filepath.Join(dir, "*.sst"))
	must(t, err)
	f, err := os.OpenFile(tables[0], os.O_RDWR, 0)
	must(t, err)
	_, err = f.WriteAt([]byte("damage"), 2000)
	must(t, err)
	must(t, f.Close())
	_, err = d.Purge(t.Context(), [][]byte{[]byte("p-"), []byte("h-"), []byte("i-")})
	if engine.CodeOf(err) != engine.CodeCorrupt {
		t.Errorf("Purge = %v", err)
	}
	after, err := filepath.Glob(filepath.Join(dir, "*.sst"))
	must(t, err)
	if !slices.Contains(after, tables[0]) {
		t.Errorf("the damaged table is gone: %v", after)
	}
	must(t, d.Enter(context.Background(), kv.Call)) // it is open again
	d.Leave(kv.Call)
}
