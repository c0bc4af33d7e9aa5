package kv_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"gabarit/engine"
	"gabarit/storage/kv"
)

// image copies the folder of an open database, as a crash would leave it.
func image(t *testing.T, dir string) string {
	t.Helper()
	crashed := t.TempDir()
	files, err := os.ReadDir(dir)
	must(t, err)
	for _, f := range files {
		b, err := os.ReadFile(filepath.Join(dir, f.Name()))
		must(t, err)
		write(t, filepath.Join(crashed, f.Name()), b)
	}
	return crashed
}

// write leaves out the zeros that Badger's logs end with: they take no room on the disk.
func write(t *testing.T, path string, b []byte) {
	t.Helper()
	must(t, os.WriteFile(path, bytes.TrimRight(b, "\x00"), 0o600))
	must(t, os.Truncate(path, int64(len(b))))
}

// only gives the one file of dir that matches, with its content.
func only(t *testing.T, dir, pattern string) (string, []byte) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, pattern))
	must(t, err)
	if len(names) != 1 {
		t.Fatalf("%s: %v", pattern, names)
	}
	b, err := os.ReadFile(names[0])
	must(t, err)
	return names[0], b
}

// ends lists where the commits of a log end, found by Badger's mark of a transaction's end: its flag, no others, and
// the lengths of the mark's key and value.
func ends(b []byte) (at []int) {
	for i := 20; i+4 < len(b); i++ {
		if b[i] == 1<<7 && b[i+1] == 0 && b[i+2] == byte(len("!badger!txn")+8) && b[i+3] > 0 && b[i+3] < 4 && b[i+4] == 0 {
			at = append(at, i+5+int(b[i+2])+int(b[i+3])+4)
		}
	}
	return at
}

const lostMsg = "the last changes were damaged on the disk and are lost"

// TestDamageInTheLogOfLastChangesIsToldAndACrashIsNot flips bits in, and cuts off, images of an open database.
func TestDamageInTheLogOfLastChangesIsToldAndACrashIsNot(t *testing.T) {
	const commits = 40
	for _, key := range [][]byte{nil, bytes.Repeat([]byte{7}, 32)} {
		dir := t.TempDir()
		d := open(t, dir, kv.Options{Key: key})
		for i := range commits {
			must(t, change(d, map[string][]byte{fmt.Sprintf("k%03d", i): value("a", i, 1, 300), fmt.Sprintf("l%03d", i): value("b", i, 1, 30)}))
		}
		_, log := only(t, dir, "*.mem")
		at := ends(log)
		if len(at) != commits {
			t.Fatalf("%d commits found in the log", len(at))
		}
		random := rand.New(rand.NewPCG(1, 2))
		for round := range 8 {
			crashed := image(t, dir)
			name, b := only(t, crashed, "*.mem")
			place := 20 + random.IntN(at[commits-3]-20)
			torn := round%2 == 0
			if torn { // nothing, or what was in the last transaction, follows
				place = 20 + random.IntN(at[commits-1]-20)
				clear(b[place:])
			} else {
				b[place] ^= 1 << random.IntN(8)
			}
			write(t, name, b)
			intact := 0
			for intact < commits && at[intact] <= place {
				intact++
			}
			d, err := kv.Open(t.Context(), crashed, kv.Options{Key: key})
			must(t, err)
			told := len(d.Warnings()) == 1 && d.Warnings()[0].Msg == lostMsg
			if told == torn || len(d.Warnings()) > 1 {
				t.Errorf("round %d, place %d: %+v", round, place, d.Warnings())
			}
			for i := range commits {
				if _, err := read(d, fmt.Sprintf("k%03d", i)); (err == nil) != (i < intact) {
					t.Errorf("round %d: %d commits are intact, reading number %d: %v", round, intact, i, err)
				}
			}
			must(t, d.Close())
		}
	}
}

func TestATransactionCutInTheMiddleOfItsPagesIsACrash(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir, kv.Options{})
	for i := range 5 {
		batch := map[string][]byte{}
		for j := range 40 {
			batch[fmt.Sprintf("k%d-%d", i, j)] = value("a", i, j, 300)
		}
		must(t, change(d, batch))
	}
	crashed := image(t, dir)
	name, b := only(t, crashed, "*.mem")
	at := ends(b)
	clear(b[at[3]+100 : at[3]+4196]) // a page that was not written, the others were
	write(t, name, b)
	d = open(t, crashed, kv.Options{})
	if len(d.Warnings()) > 0 {
		t.Errorf("%+v", d.Warnings())
	}
	if _, err := read(d, "k3-1"); err != nil {
		t.Error(err)
	}
	if _, err := read(d, "k4-1"); err == nil {
		t.Error("half a transaction was taken over")
	}
}

// TestADamagedValueTakesNoOthersWithIt: Badger would cut the file off there, or delete it when it collects it.
func TestADamagedValueTakesNoOthersWithIt(t *testing.T) {
	for _, closed := range []bool{true, false} {
		for _, key := range [][]byte{nil, bytes.Repeat([]byte{7}, 32)} {
			dir := t.TempDir()
			d := open(t, dir, kv.Options{Key: key})
			fill(t, d, 0, 100)
			if closed {
				must(t, d.Close())
			}
			dir = image(t, dir)
			name, b := only(t, dir, "*.vlog")
			b[3000] ^= 4 // of the first value
			write(t, name, b)
			d, err := kv.Open(t.Context(), dir, kv.Options{Key: key})
			must(t, err)
			if len(d.Warnings()) != 1 || d.Warnings()[0].Msg != "pictures were damaged on the disk: check the vault" {
				t.Errorf("%+v", d.Warnings())
			}
			damaged := 0
			for i := range 100 {
				if _, err := read(d, keyOf("h", i)); engine.CodeOf(kv.Translate("test", err)) == engine.CodeCorrupt {
					damaged++
				} else if err != nil {
					t.Errorf("record %d: %v", i, err)
				}
			}
			if damaged != 1 {
				t.Errorf("%d damaged values", damaged)
			}
			erase(t, d, 50)
			if _, err := d.Purge(t.Context(), prefixes(50)); engine.CodeOf(err) != engine.CodeCorrupt {
				t.Errorf("Purge = %v", err)
			}
			if _, err := read(d, keyOf("h", 99)); err != nil {
				t.Error(err)
			}
			must(t, d.Close())
		}
	}
}

func TestATornValueIsACrash(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir, kv.Options{})
	fill(t, d, 0, 20)
	dir = image(t, dir)
	name, b := only(t, dir, "*.vlog")
	end := len(bytes.TrimRight(b, "\x00"))
	entry := bytes.Clone(b[20 : 20+6100])
	size := 20 + bytes.Index(b[20:], []byte("h-")) // header of the first entry
	if size > 40 {
		t.Fatalf("the first entry begins with %d bytes", size)
	}
	copy(b[end+1000:], entry) // a value written, one before it not, neither pointed to
	write(t, name, b)
	d = open(t, dir, kv.Options{})
	if len(d.Warnings()) > 0 {
		t.Errorf("%+v", d.Warnings())
	}
	for i := range 20 {
		check(t, d, []int{i}, 1)
	}
}
