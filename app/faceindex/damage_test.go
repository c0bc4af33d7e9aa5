package faceindex_test

import (
	"os"
	"slices"
	"testing"

	"gabarit/engine"
)

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
	inMemoryAndOnDisk(t, testDamageMetBySomethingMakesTheIndexAnewAndIsTold)
}

func testDamageMetBySomethingMakesTheIndexAnewAndIsTold(t *testing.T, room int64) {
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
			w := newWorldWith(t, 8000, false, room)
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
	inMemoryAndOnDisk(t, testWhileTheIndexCannotBeMadeNothingIsAnswered)
}

func testWhileTheIndexCannotBeMadeNothingIsAnswered(t *testing.T, room int64) {
	w := newWorldWith(t, 5000, false, room)
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

func TestACheckFindsDamageThatNoSearchMet(t *testing.T) {
	inMemoryAndOnDisk(t, testACheckFindsDamageThatNoSearchMet)
}

func testACheckFindsDamageThatNoSearchMet(t *testing.T, room int64) {
	w := newWorldWith(t, 9000, false, room)
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
