package match_test

import (
	"context"
	"slices"
	"testing"

	"gabarit/engine"
	"gabarit/engine/crowd"
	"gabarit/engine/match"
)

func TestAnIndexThatLeavesTemplatesOnDiskConformsToTheIndexPort(t *testing.T) {
	testIndex(t, func() engine.Index {
		r := newReopened(t, 20)
		r.onDisk = true
		r.index.Room(1)
		return r
	})
}

func openOnDisk(t testing.TB, parts *savedParts) *match.Cascade {
	t.Helper()
	index, err := match.OpenOnDisk(context.Background(), parts.head, parts, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return index
}

func save(t testing.TB, index *match.Cascade, parts *savedParts) {
	t.Helper()
	if err := index.Save(context.Background(), parts, false); err != nil {
		t.Fatal(err)
	}
}

// A long life: faces come, go and are replaced, the index is saved now and then, and asked all the time.
func TestAnIndexThatLeavesTemplatesOnDiskAnswersAsFlatDoes(t *testing.T) {
	templates := crowd.People(21, 6000, 5)
	b, parts := newBoth(t, 7, 1000), newSavedParts()
	b.cascade.Room(5000 * 512) // while there are fewer, they are in memory
	for start := 0; start < len(templates); start += 5000 {
		b.add(templates[start : start+5000]...)
		b.ask(15, templates)
		save(t, b.cascade, parts)
		b.ask(15, templates)
		b.removeSome(0.05, templates)
		b.ask(15, templates)
		if start%10_000 == 0 {
			save(t, b.cascade, parts)
		}
	}
	for b.flat.Len() > 200 {
		b.removeSome(0.6, templates)
		b.ask(15, templates)
		save(t, b.cascade, parts)
		b.ask(15, templates)
	}
	t.Logf("%d questions", b.asked)
}

func TestTemplatesThatAreLeftOnDiskAreNotInMemory(t *testing.T) {
	for _, name := range []string{"opened", "saved"} {
		index, parts, templates := savedPeople(t, 20_000) // 5 blocks
		want := answers(t, index, templates)
		if held, _ := index.HeldTemplates(); held != 5 {
			t.Fatalf("%d blocks have templates in memory before, want all 5", held)
		}
		if name == "opened" {
			index = openOnDisk(t, parts)
		} else {
			index.Room(1)
			save(t, index, parts)
		}
		if err := index.Load(context.Background()); err != nil {
			t.Fatal(err)
		}
		check := func(when string, most int) {
			t.Helper()
			if held, forgotten := index.HeldTemplates(); held > most || forgotten > 0 {
				t.Errorf("%s, %s: %d blocks have templates in memory, %d of them unknown; want at most %d and 0", name, when, held, forgotten, most)
			}
		}
		check("at first", 1)
		if got := answers(t, index, templates); !slices.EqualFunc(got, want, slices.Equal) {
			t.Errorf("%s: it answers otherwise than the index in memory", name)
		}
		check("after searches", 1)
		if h, err := index.Distances(context.Background(), templates[3]); err != nil || h.Faces() != 20_000 {
			t.Errorf("%s: distances of %d faces, error %v", name, h.Faces(), err)
		}
		check("after counting distances", 1)
		index.Remove(peopleFace(9000))
		check("after a face was removed, whose place the last one took", 3)
		if err := index.Add(engine.IndexEntry{Face: peopleFace(9000), Template: templates[9000], Collection: "c0"}); err != nil {
			t.Fatal(err)
		}
		save(t, index, parts)
		check("after it was saved", 1)
		if err := index.Detach(context.Background()); err != nil {
			t.Fatal(err)
		}
		if held, _ := index.HeldTemplates(); held != 5 {
			t.Errorf("%s: %d blocks have templates in memory after all was asked for, want 5", name, held)
		}
		if h, err := index.Distances(context.Background(), templates[3]); err != nil || h.Faces() != 20_000 {
			t.Errorf("%s: distances of %d faces, error %v", name, h.Faces(), err)
		}
	}
}

func TestNothingIsAnsweredWithoutATemplateOnDiskThatCannotBeRead(t *testing.T) {
	_, parts, templates := savedPeople(t, 9000) // 3 blocks
	index := openOnDisk(t, parts)
	if err := index.Load(context.Background()); err != nil {
		t.Fatal(err)
	}
	const firstOfTemplates = 82
	parts.broken = func(block, piece int) error {
		if block == 1 && piece == firstOfTemplates {
			return engine.E(engine.CodeCorrupt, "test", "damaged", nil)
		}
		return nil
	}
	got, searched, err := index.Search(context.Background(), engine.Query{Template: templates[0], Within: 3})
	if engine.CodeOf(err) != engine.CodeCorrupt || got != nil || searched != 0 {
		t.Errorf("%d answers, searched %d, error %v; want no answer and code corrupt", len(got), searched, err)
	}
	if h, err := index.Distances(context.Background(), templates[0]); engine.CodeOf(err) != engine.CodeCorrupt || h.Faces() != 0 {
		t.Errorf("distances to %d faces, error %v", h.Faces(), err)
	}
	if err := index.Add(engine.IndexEntry{Face: peopleFace(4096)}); engine.CodeOf(err) != engine.CodeCorrupt || index.Len() != 9000 {
		t.Errorf("replacing a face of that block: %v, want code corrupt", err)
	}
	if err := index.Add(engine.IndexEntry{Face: "new-0"}); err != nil {
		t.Errorf("adding a face to another block: %v", err)
	}
	if err := index.Save(context.Background(), newSavedParts(), true); engine.CodeOf(err) != engine.CodeCorrupt {
		t.Errorf("Save of all: %v, want code corrupt", err)
	}
	index.Remove(peopleFace(4097))
	if got, _, err := index.Search(context.Background(), engine.Query{K: 1}); engine.CodeOf(err) != engine.CodeCorrupt || got != nil {
		t.Errorf("after a face could not be taken out: %v, error %v; want code corrupt", got, err)
	}
	index.Clear()
	if err := index.Add(engine.IndexEntry{Face: "new-0"}); err != nil || index.Len() != 1 {
		t.Errorf("an index that was cleared holds %d faces, error %v", index.Len(), err)
	}
}

func TestAnIndexThatLeavesTemplatesOnDiskIsSearchedWhileItIsChangedAndSaved(t *testing.T) {
	_, parts, templates := savedPeople(t, 20_000)
	searchWhileChanging(t, openOnDisk(t, parts), parts, templates)
}
