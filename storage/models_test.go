package storage_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"gabarit/engine"
)

// templates gives what the store gives of all faces, by face.
func (g *gallery) templates() map[engine.FaceID]engine.IndexEntry {
	g.t.Helper()
	all := map[engine.FaceID]engine.IndexEntry{}
	must(g.t, g.s.Templates(g.t.Context(), func(e engine.IndexEntry) error { all[e.Face] = e; return nil }))
	return all
}

// TestRecordsOfEarlierVersionsTellTheirModel: they named it for each face of the photo only. The place was in the photo's record alone.
func TestRecordsOfEarlierVersionsTellTheirModel(t *testing.T) {
	g := newGallery(t, newVault(t))
	with, without, cut := g.add("c", "with", 1, 3)[0], g.add("c", "without", 1, 0)[0], g.add("c", "cut", 1, 3)[0]
	g.erase(partly(cut, 1))
	want := g.templates()
	for _, p := range []engine.Photo{with, without, cut} {
		must(t, g.s.AsBeforeModels(t.Context(), p.ID))
	}
	if got := g.templates(); len(got) != 5 || !cmp.Equal(got, want) {
		t.Errorf("templates are given as %+v", got)
	}
	for _, tt := range []struct {
		photo engine.Photo
		model engine.ModelID
		cut   bool
	}{{with, "synthetic", false}, {without, "", false}, {cut, "synthetic", true}} {
		p, err := g.s.Photo(t.Context(), tt.photo.ID)
		must(t, err)
		if p.Model != tt.model || p.Cut != tt.cut || p.Look != (engine.Look{}) {
			t.Errorf("photo %s: model %q, cut %v, look %+v", p.ID, p.Model, p.Cut, p.Look)
		}
	}
	must(t, g.s.Verify(t.Context()))
}
