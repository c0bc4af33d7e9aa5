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
