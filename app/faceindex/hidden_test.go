package faceindex_test

import (
	"context"
	"testing"

	"gabarit/engine"
)

// finds tells whether a search finds a face by its own template.
func (w *world) finds(i int) bool {
	w.t.Helper()
	near, _, err := w.index.Search(context.Background(), engine.Query{Model: model, Template: w.entries[i].Template, K: 1, Within: 0.0001})
	must(w.t, err)
	return len(near) == 1 && near[0].Face == w.entries[i].Face
}

func TestHiddenFacesAreKeptOutHoweverTheIndexIsMade(t *testing.T) {
	w := newWorld(t, 300, false)
	w.hidden = hidden{face(7): true}
	reopen := func() {
		t.Helper()
		w.close()
		w.open()
	}
	want := func(when string, found bool, i int) {
		t.Helper()
		if w.finds(i) != found {
			t.Errorf("%s: face %d is found: %v", when, i, !found)
		}
	}
	reopen()
	want("made of the records", false, 7)
	want("made of the records", true, 8)
	w.settle()
	reopen()
	want("as it was saved", false, 7)
	if walks := w.records.walks; w.index.Len() != 299 || walks == 0 {
		t.Errorf("%d faces", w.index.Len())
	}
	walks := w.records.walks
	w.hidden[face(8)] = true // the program ended before the index was saved again
	reopen()
	want("hidden since it was saved", false, 8)
	want("hidden since it was saved", true, 9)
	delete(w.hidden, face(7))
	reopen()
	want("shown since it was saved", true, 7)
	if w.records.walks == walks {
		t.Error("nothing was read of the records")
	}
	w.index.Changing.Lock()
	must(t, w.index.Kept(t.Context()))
	w.index.Changing.Unlock()
	walks = w.records.walks
	reopen()
	want("saved again", true, 7)
	want("saved again", false, 8)
	if w.records.walks != walks {
		t.Error("what was saved with the same faces hidden was not used as it is")
	}
	must(t, w.index.Add(w.entries[8], w.entries[9]))
	want("added again", false, 8)
	if w.index.OtherModel() != 0 || w.index.Len() != 299 {
		t.Errorf("%d of another model, %d faces", w.index.OtherModel(), w.index.Len())
	}
}
