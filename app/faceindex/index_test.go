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
	warned  []string
	entries []engine.IndexEntry
}

func newWorld(t testing.TB, faces int, transparent bool) *world {
	t.Helper()
	w := &world{t: t, dir: filepath.Join(t.TempDir(), "vault"), options: vault.Options{Transparent: transparent}, model: model,
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
	w.index, err = faceindex.Open(w.t.(interface{ Context() context.Context }).Context(), w.vault, &w.records, w.hidden, w.model,
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
	w := newWorld(t, 9000, false)
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
	w := newWorld(t, 5000, false)
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
	w := newWorld(t, 5000, false)
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

// damage spoils the saved block with that number of files in such a way that only reading it finds out.
func (w *world) damage(n int) {
	w.t.Helper()
	path := w.blocks()[n]
	b, err := os.ReadFile(path)
	must(w.t, err)
	for i := 300_000; i < len(b); i += 50 { // behind cells and labels
		b[i] ^= 1
	}
	must(w.t, os.WriteFile(path, b, 0o600))
}

func TestDamageMetBySomethingMakesTheIndexAnewAndIsTold(t *testing.T) {
	for name, do := range map[string]func(w *world){
		"a search":   func(w *world) { w.check() },
		"settling":   func(w *world) { w.settle() },
		"an erasure": func(w *world) { w.erase(face(5)) },
		"a new face": func(w *world) {
			e := engine.IndexEntry{Face: "new-0", Model: model, Template: w.entries[0].Template}
			w.records.change(func(held map[engine.FaceID]engine.IndexEntry) { held[e.Face] = e })
			must(w.t, w.index.Add(e))
		},
		"a face found anew": func(w *world) {
			e := engine.IndexEntry{Face: "new-0", Model: model, Template: w.entries[0].Template}
			w.index.Changing.Lock()
			defer w.index.Changing.Unlock()
			w.records.change(func(held map[engine.FaceID]engine.IndexEntry) { held[e.Face] = e; delete(held, face(9)) })
			must(w.t, w.index.Exchange([]engine.FaceID{face(9)}, []engine.IndexEntry{e}))
		},
	} {
		for block := range 2 {
			w := newWorld(t, 8000, false)
			w.settle()
			w.close()
			w.damage(block)
			w.open()
			do(w)
			w.check()
			if want := []string{"the saved index was damaged and has been made anew"}; !slices.Equal(w.warned, want) {
				t.Errorf("%s: told %v", name, w.warned)
			}
			w.settle()
			w.again()
			w.check()
			if w.records.walks != 2 {
				t.Errorf("%s: the records were read %d times, want twice", name, w.records.walks)
			}
		}
	}
}

func TestWhileTheIndexCannotBeMadeNothingIsAnswered(t *testing.T) {
	w := newWorld(t, 5000, false)
	w.settle()
	w.close()
	w.damage(0)
	w.open()
	w.records.broken = engine.E(engine.CodeUnavailable, "test", "the disk is gone", nil)
	q := engine.Query{Model: model, Template: w.entries[0].Template}
	for range 2 {
		if got, n, err := w.index.Search(t.Context(), q); engine.CodeOf(err) != engine.CodeUnavailable || len(got) > 0 || n > 0 {
			t.Errorf("%d answers of %d, %v", len(got), n, err)
		}
	}
	w.records.broken = nil
	w.check()
	if len(w.warned) != 1 {
		t.Errorf("told %v", w.warned)
	}
}

func TestAnErasedFaceIsInNoFileOfTheSavedIndex(t *testing.T) {
	w := newWorld(t, 9000, true)
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
	w := newWorld(t, 5000, false)
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
	w := newWorld(t, 5000, false)
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

func TestACheckFindsDamageThatNoSearchMet(t *testing.T) {
	w := newWorld(t, 9000, false)
	w.settle()
	if damage, err := w.index.Check(t.Context()); len(damage) > 0 || err != nil {
		t.Errorf("Check = %v, %v", damage, err)
	}
	w.damage(1)
	damage, err := w.index.Check(t.Context())
	if len(damage) != 1 || err != nil {
		t.Errorf("Check = %v, %v; want the damaged block", damage, err)
	}
	w.check()
	w.again() // made of the records
	w.check()
}
