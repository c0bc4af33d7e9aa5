package storage_test

import (
	"testing"

	"gabarit/engine"
	"gabarit/engine/enginetest"
	"gabarit/engine/entry"
)

// What the saved index was made of is told from what is stored by this alone.
func TestTheStampChangesWithTheTemplatesAndWithNothingElse(t *testing.T) {
	s := openStore(t, newVault(t))
	ctx := t.Context()
	info, err := s.AddCollection(ctx, enginetest.ValidCollection("c"))
	must(t, err)
	seen := map[string]string{}
	step := func(what string, changes bool, do func() error) {
		t.Helper()
		before, err := s.Stamp(ctx)
		must(t, err)
		must(t, do())
		after, err := s.Stamp(ctx)
		must(t, err)
		if (before != after) != changes {
			t.Errorf("%s: the stamp changed is %v, want %v", what, before != after, changes)
		}
		if was, used := seen[after]; used && changes {
			t.Errorf("%s: the stamp was that after %s", what, was)
		}
		seen[after] = what
	}
	first := enginetest.NewIngest(s, info.ID, "run", "/a/1", "1", 2)
	step("a photo", true, func() error { return s.Commit(ctx, info.ID, []engine.Ingest{first}) })
	step("a photo without a face", false, func() error {
		return s.Commit(ctx, info.ID, []engine.Ingest{enginetest.NewIngest(s, info.ID, "run", "/a/2", "2", 0)})
	})
	step("an entry of the log", false, func() error { return s.Record(ctx, entry.Unlocked("none")) })
	step("a face that is erased", true, func() error {
		_, _, err := s.Erase(ctx, partly(*first.Photo, 1))
		return err
	})
	step("a purge", false, func() error { _, _, err := s.Purge(ctx); return err })
	step("a photo that is erased", true, func() error {
		p, err := s.Photo(ctx, first.Photo.ID)
		must(t, err)
		_, _, err = s.Erase(ctx, whole(p))
		return err
	})
}
