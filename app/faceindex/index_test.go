package faceindex_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"gabarit/app/faceindex"
	"gabarit/engine"
	"gabarit/engine/crowd"
	"gabarit/engine/match"
	"gabarit/storage/vault"
)

const model = "model"

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// records stands for the store.
type records struct {
	mu     sync.Mutex
	faces  map[engine.FaceID]engine.IndexEntry
	stamp  int
	walks  int
	broken error // of every walk
}

func (r *records) Templates(ctx context.Context, fn func(engine.IndexEntry) error) error {
	r.mu.Lock()
	r.walks++
	faces, broken := maps.Clone(r.faces), r.broken
	r.mu.Unlock()
	if broken != nil {
		return broken
	}
	for _, id := range slices.Sorted(maps.Keys(faces)) {
		if err := ctx.Err(); err != nil {
			return engine.E(engine.CodeCanceled, "test", "stopped", err)
		}
		if err := fn(faces[id]); err != nil {
			return err
		}
	}
	return nil
}

func (r *records) Stamp(context.Context) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return fmt.Sprint(r.stamp), nil
}

// change is a transaction.
func (r *records) change(fn func(faces map[engine.FaceID]engine.IndexEntry)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stamp++
	fn(r.faces)
}

// hidden is what is kept out of an index.
type hidden map[engine.FaceID]bool

func (h hidden) Hides(f engine.FaceID) bool { return h[f] }
func (h hidden) Faces() []engine.FaceID     { return slices.Collect(maps.Keys(h)) }

// world is a vault, its records and its index.
type world struct {
	hidden  hidden
	t       testing.TB
	dir     string
	options vault.Options
	vault   *vault.Vault
	records records
	index   *faceindex.Index
	model   engine.ModelID
	room    int64
	warned  []string
	entries []engine.IndexEntry
}

func newWorld(t testing.TB, faces int, transparent bool) *world {
	t.Helper()
	return newWorldWith(t, faces, transparent, 0)
}

// inMemoryAndOnDisk runs a test with templates kept in memory, and left on disk.
func inMemoryAndOnDisk(t *testing.T, test func(t *testing.T, room int64)) {
	t.Run("templates in memory", func(t *testing.T) { test(t, 0) })
	t.Run("templates on disk", func(t *testing.T) { test(t, 1) })
}

func newWorldWith(t testing.TB, faces int, transparent bool, room int64) *world {
	t.Helper()
	w := &world{room: room, t: t, dir: filepath.Join(t.TempDir(), "vault"), options: vault.Options{Transparent: transparent}, model: model,
		records: records{faces: map[engine.FaceID]engine.IndexEntry{}}}
	v, err := w.options.Create(w.dir, "")
	must(t, err)
	must(t, v.Close())
	for i, tmpl := range crowd.People(2, (faces+3)/4, 4)[:faces] {
		e := engine.IndexEntry{Face: face(i), Model: model, Template: tmpl, Collection: "c", Hosts: []string{fmt.Sprintf("h%d.example.org", i%5)}}
		w.entries, w.records.faces[e.Face] = append(w.entries, e), e
	}
	w.open()
	t.Cleanup(w.close)
	return w
}

func face(i int) engine.FaceID {
	return engine.NewFaceID(engine.PhotoID(fmt.Sprintf("01HZZZZZZZZZZZZZZZZZ%06d", i)), 0)
}

func (w *world) open() {
	w.t.Helper()
	var err error
	w.vault, err = w.options.Open(w.dir, "")
	must(w.t, err)
	w.index, err = faceindex.Open(w.t.(interface{ Context() context.Context }).Context(), w.vault, &w.records, w.hidden, w.model, w.room,
		func(err error) { w.warned = append(w.warned, engine.MessageOf(err)) })
	must(w.t, err)
}

func (w *world) close() {
	w.index.Clear()
	if err := w.vault.Close(); err != nil {
		w.t.Error(err)
	}
}

func (w *world) again() {
	w.t.Helper()
	w.close()
	w.open()
}

func (w *world) settle() {
	w.t.Helper()
	must(w.t, w.index.Settle(context.Background()))
}

// check compares the index's answers with those of an index that is made of the records.
func (w *world) check() {
	w.t.Helper()
	want := match.NewFlat()
	for _, e := range w.records.faces {
		if e.Model == w.model {
			must(w.t, want.Add(e))
		}
	}
	for i := 0; i < len(w.entries); i += len(w.entries)/7 + 1 {
		for _, q := range []engine.Query{{K: 30}, {Within: 0.5}, {K: 5, Filter: engine.Filter{Host: "h3.example.org"}}} {
			q.Template, q.Model = w.entries[i].Template, w.model
			got, n, err := w.index.Search(context.Background(), q)
			expected, m, _ := want.Search(context.Background(), q)
			if err != nil || n != m || !slices.Equal(got, expected) {
				w.t.Fatalf("%d answers of %d, error %v; want %d of %d", len(got), n, err, len(expected), m)
			}
		}
	}
	all := []engine.Query{{Model: w.model, Template: w.entries[0].Template, K: 1, Count: engine.HistogramEnd}}
	got, err := w.index.SearchAll(context.Background(), all)
	expected, _ := want.SearchAll(context.Background(), all)
	if err != nil || got[0].Distances != expected[0].Distances {
		w.t.Fatalf("distances of %d answers, error %v; want those to %d faces", len(got), err, expected[0].Distances.Faces())
	}
}

// blocks lists the files of saved blocks.
func (w *world) blocks() []string {
	files, err := filepath.Glob(filepath.Join(w.dir, "index", "*.seg"))
	must(w.t, err)
	return files
}

// erase takes a face out of index and records as App does.
func (w *world) erase(faces ...engine.FaceID) {
	w.t.Helper()
	w.index.Changing.Lock()
	defer w.index.Changing.Unlock()
	must(w.t, w.index.Hide(context.Background(), faces))
	w.records.change(func(held map[engine.FaceID]engine.IndexEntry) {
		for _, f := range faces {
			delete(held, f)
		}
	})
	must(w.t, w.index.Erased(context.Background(), true))
}

func TestASettledIndexIsOpenedWithoutReadingTheRecords(t *testing.T) {
	inMemoryAndOnDisk(t, testASettledIndexIsOpenedWithoutReadingTheRecords)
}

func testASettledIndexIsOpenedWithoutReadingTheRecords(t *testing.T, room int64) {
	w := newWorldWith(t, 9000, false, room)
	w.check()
	w.settle()
	w.again()
	w.check()
	if w.records.walks != 1 || len(w.warned) > 0 {
		t.Errorf("the records were read %d times, want once; told %v", w.records.walks, w.warned)
	}
	w.settle()
	w.check()
	if n, err := w.index.Left(t.Context(), nil); n != 0 || err != nil {
		t.Errorf("Left = %d, %v", n, err)
	}
}

func TestRecordsThatChangedSinceMakeTheIndexAnew(t *testing.T) {
	inMemoryAndOnDisk(t, testRecordsThatChangedSinceMakeTheIndexAnew)
}

func testRecordsThatChangedSinceMakeTheIndexAnew(t *testing.T, room int64) {
	w := newWorldWith(t, 5000, false, room)
	w.settle()
	w.close()
	w.records.change(func(held map[engine.FaceID]engine.IndexEntry) { delete(held, face(7)) })
	w.open()
	w.check()
	if w.records.walks != 2 || len(w.warned) > 0 {
		t.Errorf("the records were read %d times, want twice; told %v, want nothing", w.records.walks, w.warned)
	}
	if files := w.blocks(); len(files) > 0 {
		t.Errorf("%v is there, of which the face is part", files)
	}
	w.settle()
	w.again()
	if w.check(); w.records.walks != 2 {
		t.Errorf("the records were read %d times", w.records.walks)
	}
}

func TestAnotherModelMakesTheIndexAnew(t *testing.T) {
	inMemoryAndOnDisk(t, testAnotherModelMakesTheIndexAnew)
}

func testAnotherModelMakesTheIndexAnew(t *testing.T, room int64) {
	w := newWorldWith(t, 5000, false, room)
	w.settle()
	w.model = "another"
	w.again()
	if w.index.Len() != 0 || w.index.OtherModel() != 5000 {
		t.Errorf("%d faces and %d of another model", w.index.Len(), w.index.OtherModel())
	}
	w.settle()
	w.again()
	if w.index.Len() != 0 || w.index.OtherModel() != 5000 || w.records.walks != 2 {
		t.Errorf("opened: %d faces and %d of another model, records read %d times", w.index.Len(), w.index.OtherModel(), w.records.walks)
	}
	w.erase(face(3))
	if w.index.OtherModel() != 4999 {
		t.Errorf("%d of another model", w.index.OtherModel())
	}
	if _, _, err := w.index.Search(t.Context(), engine.Query{Model: model}); engine.CodeOf(err) != engine.CodeInvalid {
		t.Errorf("a probe of another model: %v", err)
	}
}

func TestAnErasedFaceIsInNoFileOfTheSavedIndex(t *testing.T) {
	inMemoryAndOnDisk(t, testAnErasedFaceIsInNoFileOfTheSavedIndex)
}

func testAnErasedFaceIsInNoFileOfTheSavedIndex(t *testing.T, room int64) {
	w := newWorldWith(t, 9000, true, room)
	w.settle()
	held := func(i int) bool {
		var want []byte
		for _, v := range w.entries[i].Template {
			want = binary.LittleEndian.AppendUint32(want, math.Float32bits(v))
		}
		for _, path := range w.blocks() {
			b, err := os.ReadFile(path)
			must(t, err)
			if bytes.Contains(b, want) {
				return true
			}
		}
		return false
	}
	w.again()
	for _, i := range []int{0, 5000, 8999} {
		if !held(i) {
			t.Fatalf("face %d is in no file before it is erased: the scan finds nothing", i)
		}
		w.erase(face(i))
		if held(i) {
			t.Errorf("face %d is in a file", i)
		}
		if n, err := w.index.Left(t.Context(), []engine.FaceID{face(i)}); n != 0 || err != nil {
			t.Errorf("Left = %d, %v", n, err)
		}
	}
	if n, err := w.index.Left(t.Context(), []engine.FaceID{face(17)}); n != 2 || err != nil {
		t.Errorf("Left of a face that stays is %d, %v; want it in memory and on disk", n, err)
	}
	w.again()
	if w.check(); w.records.walks != 1 {
		t.Errorf("the records were read %d times: the erasures were not saved", w.records.walks)
	}
}

func TestAnIndexThatMayDifferFromTheRecordsIsNotSaved(t *testing.T) {
	inMemoryAndOnDisk(t, testAnIndexThatMayDifferFromTheRecordsIsNotSaved)
}

func testAnIndexThatMayDifferFromTheRecordsIsNotSaved(t *testing.T, room int64) {
	w := newWorldWith(t, 5000, false, room)
	w.settle()
	w.index.Begin()
	w.records.change(func(held map[engine.FaceID]engine.IndexEntry) {
		held["new-0"] = engine.IndexEntry{Face: "new-0", Model: model}
	})
	must(t, w.index.End(t.Context(), false)) // the run failed before it told the index
	if files := w.blocks(); len(files) > 0 {
		t.Errorf("%v is there", files)
	}
	w.settle()
	w.again()
	w.check()
}

func TestWhatARunBringsIsSavedAtItsEnd(t *testing.T) {
	inMemoryAndOnDisk(t, testWhatARunBringsIsSavedAtItsEnd)
}

func testWhatARunBringsIsSavedAtItsEnd(t *testing.T, room int64) {
	w := newWorldWith(t, 5000, false, room)
	w.settle()
	w.index.Begin()
	for i := range 10 {
		e := engine.IndexEntry{Face: engine.NewFaceID("01HZZZZZZZZZZZZZZZZZZZZZZZ", i), Model: model, Template: w.entries[i].Template}
		w.records.change(func(held map[engine.FaceID]engine.IndexEntry) { held[e.Face] = e })
		must(t, w.index.Add(e))
		w.settle() // waits for the end of the run
	}
	must(t, w.index.End(t.Context(), true))
	w.again()
	w.check()
	if w.records.walks != 1 {
		t.Errorf("the records were read %d times", w.records.walks)
	}
}
