package segment_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gabarit/engine"
	"gabarit/engine/crowd"
	"gabarit/engine/match"
	"gabarit/storage/segment"
	"gabarit/storage/vault"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// world is a vault with a saved index.
type world struct {
	t         testing.TB
	options   vault.Options
	dir       string
	vault     *vault.Vault
	store     *segment.Store
	damage    error // that opening found
	templates []engine.Template
}

func newWorld(t testing.TB, transparent bool) *world {
	t.Helper()
	w := &world{t: t, dir: filepath.Join(t.TempDir(), "vault"), options: vault.Options{Transparent: transparent}}
	v, err := w.options.Create(w.dir, "")
	must(t, err)
	must(t, v.Close())
	w.open()
	t.Cleanup(w.close)
	return w
}

func (w *world) open() {
	w.t.Helper()
	var err error
	w.vault, err = w.options.Open(w.dir, "")
	must(w.t, err)
	w.store, w.damage, err = segment.Open(w.vault)
	must(w.t, err)
}

func (w *world) close() {
	if err := w.vault.Close(); err != nil {
		w.t.Error(err)
	}
}

func (w *world) again() {
	w.t.Helper()
	w.close()
	w.open()
}

func face(i int) engine.FaceID {
	return engine.NewFaceID(engine.PhotoID(fmt.Sprintf("01HZZZZZZZZZZZZZZZZZ%06d", i)), 0)
}

// fill saves an index of n faces.
func (w *world) fill(n int) *match.Cascade {
	w.t.Helper()
	w.templates = crowd.People(5, (n+3)/4, 4)[:n]
	index := match.NewCascade(1)
	entries := make([]engine.IndexEntry, n)
	for i := range entries {
		entries[i] = engine.IndexEntry{Face: face(i), Template: w.templates[i], Collection: "c", Hosts: []string{fmt.Sprintf("h%d.example.org", i%9)}}
	}
	must(w.t, index.Add(entries...))
	must(w.t, w.save(index, "one", true))
	return index
}

func (w *world) save(index *match.Cascade, stamp string, all bool) error {
	w.store.Of(segment.Origin{Model: "m", Stamp: stamp, Others: "o"})
	return index.Save(context.Background(), w.store, all)
}

// load opens the index that is saved.
func (w *world) load() (*match.Cascade, error) {
	head, _, ok := w.store.Head()
	if !ok {
		return nil, errors.New("nothing is saved")
	}
	index, err := match.Open(context.Background(), head, w.store, 0)
	if err == nil {
		err = index.Load(context.Background())
	}
	return index, err
}

// files lists the files of the saved index.
func (w *world) files() (names []string) {
	entries, err := os.ReadDir(w.vault.IndexDir())
	must(w.t, err)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func (w *world) path(name string) string { return filepath.Join(w.vault.IndexDir(), name) }

func forBoth(t *testing.T, fn func(t *testing.T, w *world)) {
	for name, transparent := range map[string]bool{"sealed": false, "transparent": true} {
		t.Run(name, func(t *testing.T) { fn(t, newWorld(t, transparent)) })
	}
}

func TestWhatIsSavedComesBack(t *testing.T) {
	forBoth(t, func(t *testing.T, w *world) {
		if _, _, ok := w.store.Head(); ok {
			t.Fatal("a new vault has a saved index")
		}
		want := w.fill(9000)
		w.again()
		if w.damage != nil {
			t.Fatal(w.damage)
		}
		if _, of, _ := w.store.Head(); of != (segment.Origin{Model: "m", Stamp: "one", Others: "o"}) {
			t.Errorf("made of %+v", of)
		}
		index, err := w.load()
		must(t, err)
		for i := 0; i < 9000; i += 700 {
			q := engine.Query{Template: w.templates[i], K: 20, Filter: engine.Filter{Host: fmt.Sprintf("h%d.example.org", i%9)}}
			expected, n, _ := want.Search(t.Context(), q)
			got, m, err := index.Search(t.Context(), q)
			if err != nil || n != m || !slices.Equal(got, expected) {
				t.Errorf("%d answers of %d, error %v; want %d of %d", len(got), m, err, len(expected), n)
			}
		}
		if damage, err := w.store.Check(t.Context()); err != nil || len(damage) > 0 {
			t.Errorf("Check: %v, %v", damage, err)
		}
	})
}

// Whatever is done to the files, what is opened is what was saved, or nothing.
func TestDamageIsNoAnswer(t *testing.T) {
	flip := func(at func(size int64) int64) func(*world, string) {
		return func(w *world, path string) {
			b, err := os.ReadFile(path)
			must(w.t, err)
			b[at(int64(len(b)))] ^= 1
			must(w.t, os.WriteFile(path, b, 0o600))
		}
	}
	middle := func(n int64) int64 { return n / 2 }
	end := func(n int64) int64 { return n - 1 }
	truncate := func(w *world, path string) {
		info, err := os.Stat(path)
		must(w.t, err)
		must(w.t, os.Truncate(path, info.Size()-1))
	}
	remove := func(w *world, path string) { must(w.t, os.Remove(path)) }
	swap := func(w *world, path string) {
		files := w.files()
		other := w.path(files[0])
		if other == path {
			other = w.path(files[1])
		}
		must(w.t, os.Rename(path, path+".x"))
		must(w.t, os.Rename(other, path))
		must(w.t, os.Rename(path+".x", other))
	}
	empty := func(w *world, path string) { must(w.t, os.WriteFile(path, nil, 0o600)) }
	cases := map[string]struct {
		do   func(*world, string)
		head bool
	}{
		"a bit in the middle of a block":    {flip(middle), false},
		"a bit at the beginning of a block": {flip(func(int64) int64 { return 0 }), false},
		"a bit in the list of lengths":      {flip(func(int64) int64 { return 100 }), false},
		"a bit at the end of a block":       {flip(end), false},
		"a block that was cut off":          {truncate, false},
		"a block that is missing":           {remove, false},
		"an empty block":                    {empty, false},
		"two blocks that were swapped":      {swap, false},
		"a bit in the head":                 {flip(middle), true},
		"a bit at the head's beginning":     {flip(func(int64) int64 { return 0 }), true},
		"a head that was cut off":           {truncate, true},
		"an empty head":                     {empty, true},
	}
	forBoth(t, func(t *testing.T, w *world) {
		for name, c := range cases {
			w.fill(9000)
			path := w.path("head")
			if !c.head {
				files := slices.DeleteFunc(w.files(), func(f string) bool { return f == "head" })
				path = w.path(files[1])
			}
			w.close()
			c.do(w, path)
			w.open()
			damaged := w.damage != nil
			if !damaged {
				_, err := w.load()
				damaged = engine.CodeOf(err) == engine.CodeCorrupt
				checked, cerr := w.store.Check(t.Context())
				if must(t, cerr); damaged && len(checked) == 0 {
					t.Errorf("%s: Check finds nothing", name)
				}
			}
			if !damaged {
				t.Errorf("%s: opened all the same", name)
			}
			must(t, w.store.Discard())
			if keys := w.vault.IndexKeys(); len(keys) > 0 || len(w.files()) > 0 {
				t.Errorf("%s: %d keys and %v are left of what was thrown away", name, len(keys), w.files())
			}
		}
	})
}

func TestAHeadThatWasPutBackIsNotOpened(t *testing.T) {
	forBoth(t, func(t *testing.T, w *world) {
		index := w.fill(9000)
		old, err := os.ReadFile(w.path("head"))
		must(t, err)
		must(t, index.Add(engine.IndexEntry{Face: "new-0", Template: w.templates[0]}))
		must(t, w.save(index, "two", false))
		w.close()
		must(t, os.WriteFile(filepath.Join(w.dir, "index", "head"), old, 0o600))
		w.open()
		if _, of, ok := w.store.Head(); ok || w.damage != nil {
			t.Errorf("opened %+v, damage %v: its key was destroyed", of, w.damage)
		}
		if keys, files := w.vault.IndexKeys(), w.files(); len(keys) > 0 || len(files) > 0 {
			t.Errorf("%d keys and %v are left", len(keys), files)
		}
	})
}

func TestOnlyBlocksThatChangedAreWritten(t *testing.T) {
	w := newWorld(t, false)
	index := w.fill(20_000)
	before := w.files()
	index.Remove(face(5000)) // in the second block; the last row takes its place
	must(t, w.save(index, "two", false))
	kept := slices.DeleteFunc(w.files(), func(f string) bool { return f == "head" || !slices.Contains(before, f) })
	if len(before) != 6 || len(kept) != 3 || len(w.files()) != 6 {
		t.Errorf("before %v, now %v, want three of five blocks as they were", before, w.files())
	}
	if keys := w.vault.IndexKeys(); len(keys) != 6 {
		t.Errorf("%d keys for five blocks and a head", len(keys))
	}
}

func TestWhatACrashLeavesIsRemovedWhenTheVaultIsOpened(t *testing.T) {
	w := newWorld(t, false)
	w.fill(5000)
	left, err := w.vault.NewIndexKey()
	must(t, err)
	name := fmt.Sprintf("%08x-%08x.seg", left.Slot, left.Gen)
	for _, f := range []string{name, "head.new"} {
		must(t, os.WriteFile(w.path(f), []byte("left over"), 0o600))
	}
	if n, err := w.store.Leftover(); err != nil || n != 3 {
		t.Errorf("Leftover tells %d things that nothing names, %v; want two files and a key", n, err)
	}
	w.again()
	if got := w.files(); slices.Contains(got, name) || slices.Contains(got, "head.new") || len(got) != 3 {
		t.Errorf("files %v", got)
	}
	if slices.Contains(w.vault.IndexKeys(), left) {
		t.Error("a key that nothing uses is there")
	}
	if _, err := w.load(); err != nil {
		t.Error(err)
	}
}

func TestASaveThatFailsLeavesTheOldStateOrNothing(t *testing.T) {
	w := newWorld(t, false)
	index := w.fill(9000)
	index.Remove(face(1))
	ctx, stop := context.WithCancel(t.Context())
	stop()
	w.store.Of(segment.Origin{Model: "m", Stamp: "two"})
	if err := index.Save(ctx, w.store, true); engine.CodeOf(err) != engine.CodeCanceled {
		t.Errorf("Save with an ended context: %v", err)
	}
	if _, of, ok := w.store.Head(); !ok || of.Stamp != "one" || len(w.vault.IndexKeys()) != 4 || len(w.files()) != 4 {
		t.Errorf("made of %+v (%v), %d keys, files %v", of, ok, len(w.vault.IndexKeys()), w.files())
	}
	must(t, w.save(index, "two", false))
	w.again()
	got, err := w.load()
	must(t, err)
	if got.Len() != 8999 {
		t.Errorf("%d faces", got.Len())
	}
}

// inFiles tells whether some file of the vault holds the template as it is stored.
func (w *world) inFiles(tmpl *engine.Template) bool {
	w.t.Helper()
	var want []byte
	for _, v := range tmpl {
		want = binary.LittleEndian.AppendUint32(want, math.Float32bits(v))
	}
	found := false
	must(w.t, filepath.WalkDir(w.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		found = found || bytes.Contains(b, want)
		return err
	}))
	return found
}

func TestNoFileHoldsAFaceThatWasRemoved(t *testing.T) {
	w := newWorld(t, true)
	index := w.fill(9000)
	for _, i := range []int{0, 4095, 4096, 8999} {
		if !w.inFiles(&w.templates[i]) {
			t.Fatalf("face %d is not in the files: the scan finds nothing", i)
		}
		index.Remove(face(i))
		must(t, w.save(index, fmt.Sprint(i), false))
		if w.inFiles(&w.templates[i]) {
			t.Errorf("face %d is in the files after it was removed and that was saved", i)
		}
	}
	if !w.inFiles(&w.templates[17]) {
		t.Error("a face that stays is not in the files")
	}
	must(t, w.store.Discard())
	if w.inFiles(&w.templates[17]) {
		t.Error("a face is in the files after all was thrown away")
	}
}

func TestNothingOpensUnderADestroyedKey(t *testing.T) {
	w := newWorld(t, false)
	index := w.fill(5000)
	old := map[string][]byte{}
	for _, f := range w.files() {
		b, err := os.ReadFile(w.path(f))
		must(t, err)
		old[f] = b
	}
	index.Remove(face(0))
	must(t, w.save(index, "two", true))
	for f, b := range old {
		if f == "head" {
			continue
		}
		now := slices.DeleteFunc(w.files(), func(n string) bool { return !strings.HasSuffix(n, ".seg") })
		must(t, os.WriteFile(w.path(now[0]), b, 0o600)) // in the place of a block that is named
		w.again()
		if w.damage == nil {
			if _, err := w.load(); engine.CodeOf(err) != engine.CodeCorrupt {
				t.Errorf("%s opens although its key was destroyed: %v", f, err)
			}
		}
		break
	}
}
