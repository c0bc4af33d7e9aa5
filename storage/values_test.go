package storage_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"gabarit/engine"
	"gabarit/engine/enginetest"
	"gabarit/storage"
)

// TestADamagedPictureIsToldAndNotMissing: Badger reads it as empty, without an error.
func TestADamagedPictureIsToldAndNotMissing(t *testing.T) {
	v := newVault(t)
	s := openStore(t, v)
	c, err := s.AddCollection(t.Context(), enginetest.ValidCollection("c"))
	must(t, err)
	var batch []engine.Ingest
	for _, name := range []string{"/a", "/b", "/c"} {
		in := enginetest.NewIngest(s, c.ID, "run", name, name, 1)
		in.Thumbnail = make([]byte, 20<<10)
		batch = append(batch, in)
	}
	must(t, s.Commit(t.Context(), c.ID, batch))
	must(t, s.Close())
	logs, err := filepath.Glob(filepath.Join(v.RecordsDir(), "*.vlog"))
	must(t, err)
	f, err := os.OpenFile(logs[0], os.O_RDWR, 0)
	must(t, err)
	_, err = f.WriteAt([]byte("damage"), 5000)
	must(t, errors.Join(err, f.Close()))

	s, err = storage.Open(t.Context(), v, storage.Options{})
	must(t, err)
	defer s.Close()
	if w := s.Warnings(); len(w) != 1 || w[0].Msg != "pictures were damaged on the disk: check the vault" {
		t.Errorf("%+v", w)
	}
	damaged := 0
	for _, in := range batch {
		b, err := s.Thumbnail(t.Context(), in.Photo.ID)
		if engine.CodeOf(err) == engine.CodeCorrupt {
			damaged++
		} else if err != nil || len(b) != 20<<10 {
			t.Errorf("%d bytes, %v", len(b), err)
		}
	}
	if damaged != 1 {
		t.Errorf("%d damaged thumbnails", damaged)
	}
	if err := s.Verify(t.Context()); engine.CodeOf(err) != engine.CodeCorrupt {
		t.Errorf("Verify = %v", err)
	}
}

// TestADamagedKeyCostsOnlyItsPhoto: the vault opens, the other faces are searched, and the loss is told.
func TestADamagedKeyCostsOnlyItsPhoto(t *testing.T) {
	v := newVault(t)
	s, _ := filled(t, v)
	count := func(s *storage.Store) map[engine.PhotoID]bool {
		photos := map[engine.PhotoID]bool{}
		must(t, s.Templates(t.Context(), func(e engine.IndexEntry) error {
			p, _, _ := e.Face.Photo()
			photos[p] = true
			return nil
		}))
		return photos
	}
	before := count(s)
	must(t, errors.Join(s.Close(), v.Close()))
	table := filepath.Join(v.Dir(), "keys.tbl")
	b, err := os.ReadFile(table)
	must(t, err)
	b[128*6+40] ^= 1
	must(t, os.WriteFile(table, b, 0o600))
	v, err = quick().Open(v.Dir(), "")
	must(t, err)
	defer v.Close()
	s = openStore(t, v)
	after := count(s)
	if len(after) != len(before)-1 {
		t.Errorf("faces of %d photos of %d can be read, want all but one", len(after), len(before))
	}
	if w := s.Warnings(); len(w) != 1 || w[0].Msg != "faces of some photos can't be read and are not searched: check the vault" || w[0].Detail != "1 photos" {
		t.Errorf("%+v", w)
	}
	if err := s.Verify(t.Context()); engine.CodeOf(err) != engine.CodeCorrupt {
		t.Errorf("Verify = %v", err)
	}
}
