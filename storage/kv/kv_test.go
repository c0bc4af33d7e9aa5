package kv_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"gabarit/storage/kv"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func open(t testing.TB, dir string, o kv.Options) *kv.DB {
	t.Helper()
	d, err := kv.Open(context.Background(), dir, o)
	must(t, err)
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// change commits what it is given: a nil value deletes.
func change(d *kv.DB, records map[string][]byte) error {
	if err := d.Enter(context.Background(), kv.Call); err != nil {
		return err
	}
	defer d.Leave(kv.Call)
	txn := d.NewTransaction(true)
	defer txn.Discard()
	for k, v := range records {
		var err error
		if v == nil {
			err = txn.Delete([]byte(k))
		} else {
			err = txn.Set([]byte(k), v)
		}
		if err != nil {
			return err
		}
	}
	return d.Commit(txn)
}

func read(d *kv.DB, key string) ([]byte, error) {
	if err := d.Enter(context.Background(), kv.Call); err != nil {
		return nil, err
	}
	defer d.Leave(kv.Call)
	txn := d.NewTransaction(false)
	defer txn.Discard()
	item, err := txn.Get([]byte(key))
	if err != nil {
		return nil, err
	}
	return kv.Value(item)
}

// Records are like those of the store: a small one, one with a picture in the value log, and one that is overwritten
// more often. Tables shorten keys by what they share with their neighbours, so a scan looks for the end of a key.
func keyOf(kind string, i int) string {
	random := rand.NewPCG(uint64(i), uint64(kind[0]))
	return fmt.Sprintf("%s-%016x%016x", kind, random.Uint64(), random.Uint64())
}

// value repeats the twelve bytes a scan looks for.
func value(kind string, i, version, size int) []byte {
	return bytes.Repeat(fmt.Appendf(nil, "%s%06dv%04d", kind, i, version), size/12)
}

func recordsOf(i, version int) map[string][]byte {
	return map[string][]byte{keyOf("p", i): value("p", i, version, 400), keyOf("h", i): value("h", i, version, 6000),
		keyOf("i", i): value("i", i, version, 200)}
}

func fill(t testing.TB, d *kv.DB, from, to int) {
	t.Helper()
	batch := map[string][]byte{}
	for i := from; i < to; i++ {
		for k, v := range recordsOf(i, 1) {
			batch[k] = v
		}
		if i%16 == 15 || i == to-1 {
			must(t, change(d, batch))
			clear(batch)
		}
	}
}

// needle is what a scan looks for.
type needle [12]byte

// needles are the keys and values of a record's version.
func needles(i, version int) (all []needle) {
	for k, v := range recordsOf(i, version) {
		all = append(all, needle([]byte(k[len(k)-12:])), needle(v[:12]))
	}
	return all
}

func values(i, version int) (all []needle) {
	for _, v := range recordsOf(i, version) {
		all = append(all, needle(v[:12]))
	}
	return all
}

// scan counts how many of the needles the files of dir hold, and in which.
func scan(t testing.TB, dir string, needles []needle) (found int, where map[string]int) {
	t.Helper()
	files, err := os.ReadDir(dir)
	must(t, err)
	begins, hit, where := [1 << 16]bool{}, map[needle]bool{}, map[string]int{}
	for _, n := range needles {
		hit[n] = false
		begins[binary.BigEndian.Uint16(n[:])] = true
	}
	for _, f := range files {
		b, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if errors.Is(err, os.ErrNotExist) { // Badger merged it into another that is not on this list
			return scan(t, dir, needles)
		}
		must(t, err)
		for i := range max(0, len(b)-len(needle{})+1) {
			if !begins[binary.BigEndian.Uint16(b[i:])] {
				continue
			}
			if n := needle(b[i:]); hasKey(hit, n) {
				hit[n] = true
				where[f.Name()]++
			}
		}
	}
	for _, h := range hit {
		if h {
			found++
		}
	}
	return found, where
}

func hasKey(m map[needle]bool, n needle) bool { _, ok := m[n]; return ok }

func prefixes(is ...int) (all [][]byte) {
	for _, i := range is {
		for k := range recordsOf(i, 1) {
			all = append(all, []byte(k))
		}
	}
	return all
}

func collect(is []int, f func(i int) []needle) (all []needle) {
	for _, i := range is {
		all = append(all, f(i)...)
	}
	return all
}

// TestErasedBytesAreGoneFromTheFiles scans raw files: 50 records of 4,000 are erased, 30 others were
// overwritten.
func TestErasedBytesAreGoneFromTheFiles(t *testing.T) {
	const n = 4000
	dir := t.TempDir()
	d := open(t, dir, kv.Options{})
	fill(t, d, 0, n)
	picks := rand.New(rand.NewPCG(3, 5)).Perm(n)
	erased, changed, survivors := picks[:50], picks[50:80], picks[80:]
	for _, i := range erased {
		gone := recordsOf(i, 1)
		for k := range gone {
			gone[k] = nil
		}
		must(t, change(d, gone))
	}
	for _, i := range changed {
		must(t, change(d, recordsOf(i, 2)))
	}
	old := func(i int) []needle { return values(i, 1) }
	gone := append(collect(erased, func(i int) []needle { return needles(i, 1) }), collect(changed, old)...)

	must(t, d.Close())
	d = open(t, dir, kv.Options{})
	if found, _ := scan(t, dir, gone); found != len(gone) {
		t.Fatalf("deleting alone: %d of %d found; the scan must be able to find them", found, len(gone))
	}
	stats, err := d.Purge(t.Context(), append(prefixes(erased...), prefixes(changed...)...))
	must(t, err)
	t.Logf("%+v", stats)
	if found, where := scan(t, dir, gone); found != 0 {
		t.Errorf("%d of %d are still in the files: %v", found, len(gone), where)
	}
	if stats.Rewritten == 0 {
		t.Error("nothing was rewritten")
	}
	check(t, d, survivors, 1)
	check(t, d, changed, 2)
	must(t, d.Close())
	if found, where := scan(t, dir, gone); found != 0 {
		t.Errorf("closed: %d of %d are still in the files: %v", found, len(gone), where)
	}
	there := append(collect(survivors[:200], func(i int) []needle { return needles(i, 1) }),
		collect(changed, func(i int) []needle { return needles(i, 2) })...)
	if found, _ := scan(t, dir, there); found != len(there) {
		t.Errorf("the scan finds %d of %d that are there", found, len(there))
	}
}

// check reads records.
func check(t testing.TB, d *kv.DB, is []int, version int) {
	t.Helper()
	for _, i := range is {
		for k, want := range recordsOf(i, version) {
			if got, err := read(d, k); err != nil || !bytes.Equal(got, want) {
				t.Fatalf("%s: %d bytes, %v", k, len(got), err)
			}
		}
	}
}
