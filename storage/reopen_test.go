package storage_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/oklog/ulid/v2"

	"gabarit/engine"
	"gabarit/engine/enginetest"
	"gabarit/storage"
	"gabarit/storage/vault"
)

// restorable is a vault in a folder of which copies are put back.
type restorable struct {
	*gallery
	o    vault.Options
	copy string
}

func newRestorable(t *testing.T) *restorable {
	o := quick()
	o.StateDir = t.TempDir()
	v, err := o.Create(filepath.Join(t.TempDir(), "vault"), "")
	must(t, err)
	t.Cleanup(func() { _ = v.Close() })
	return &restorable{gallery: newGallery(t, v), o: o, copy: filepath.Join(t.TempDir(), "copy")}
}

func (r *restorable) close() {
	r.t.Helper()
	must(r.t, errors.Join(r.s.Close(), r.v.Close()))
}

func (r *restorable) open() {
	r.t.Helper()
	var err error
	r.v, err = r.o.Open(r.v.Dir(), "")
	must(r.t, err)
	r.t.Cleanup(func() { _ = r.v.Close() })
	r.s = openStore(r.t, r.v)
}

// backup copies the closed vault.
func (r *restorable) backup() {
	r.t.Helper()
	r.close()
	must(r.t, os.CopyFS(r.copy, os.DirFS(r.v.Dir())))
	r.open()
}

// restore puts the copy back, without names in except: whole, or over what is there.
func (r *restorable) restore(over bool, only ...string) {
	r.t.Helper()
	r.close()
	if !over {
		must(r.t, os.RemoveAll(r.v.Dir()))
	}
	if len(only) == 0 {
		only = []string{"."}
	}
	for _, name := range only {
		r.put(name)
	}
	r.open()
}

// put copies a file or folder of the copy over what is there.
func (r *restorable) put(name string) {
	r.t.Helper()
	from := filepath.Join(r.copy, name)
	must(r.t, filepath.WalkDir(from, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(r.copy, path)
		if err != nil {
			return err
		}
		to := filepath.Join(r.v.Dir(), rel)
		if d.IsDir() {
			return os.MkdirAll(to, 0o700)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(to, b, 0o600)
	}))
}

func (r *restorable) restored() int {
	r.t.Helper()
	return restoredEntries(r.t, r.s)
}

// restoredEntries counts the entries of the log that tell of a restored copy.
func restoredEntries(t *testing.T, s *storage.Store) (entries int) {
	t.Helper()
	must(t, s.AuditLog(t.Context(), func(e engine.AuditEntry) error {
		if e.Action == engine.ActionRestored {
			entries++
		}
		return nil
	}))
	return entries
}

func (r *restorable) gone(photos ...engine.Photo) {
	r.t.Helper()
	for _, p := range photos {
		if _, err := r.s.Photo(r.t.Context(), p.ID); engine.CodeOf(err) != engine.CodeNotFound {
			r.t.Errorf("photo %s: %v", p.ID, err)
		}
		if _, err := r.s.Crop(r.t.Context(), p.Faces[0].ID); engine.CodeOf(err) != engine.CodeNotFound {
			r.t.Errorf("crop of %s: %v", p.ID, err)
		}
		if _, err := r.s.PhotoByHash(r.t.Context(), p.Collection, p.SHA256); engine.CodeOf(err) != engine.CodeNotFound {
			r.t.Errorf("bytes of %s: %v", p.ID, err)
		}
	}
}

func (r *restorable) there(photos ...engine.Photo) {
	r.t.Helper()
	for _, p := range photos {
		got, err := r.s.Photo(r.t.Context(), p.ID)
		if err != nil || len(got.Faces) != len(p.Faces) {
			r.t.Errorf("photo %s: %d faces, %v", p.ID, len(got.Faces), err)
		}
	}
}

func TestErasuresAreDoneAgainInARestoredCopy(t *testing.T) {
	tests := []struct {
		name string
		over bool
		only []string
	}{
		{name: "the folder is replaced whole"},
		{name: "the copy is put over newer files", over: true},
		{name: "only the records are put back", over: true, only: []string{"records"}},
		{name: "only the key table is put back", over: true, only: []string{"keys.tbl"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRestorable(t)
			photos := r.add("c", "a", 12, 2)
			lost := r.add("lost", "b", 4, 2)
			must(t, r.s.Commit(t.Context(), lost[0].Collection, []engine.Ingest{enginetest.NewFailure("run", "/broken")}))
			item := engine.CaseItem{Photo: photos[3].ID, Source: photos[3].Source, SHA256: photos[3].SHA256}
			cases, err := r.s.AddCases(t.Context(), []engine.Case{{Site: "a.example", Items: []engine.CaseItem{item}}})
			must(t, err)
			r.backup()
			p := whole(photos[3], photos[7])
			p.Request.Suppress = true
			records := tt.only == nil || tt.only[0] == "records"
			if records { // an old key table lacks the keys of what stays
				p.Request.Cases, p.Cases = true, []engine.CaseMention{{Case: cases[0].ID}}
				r.erase(partly(photos[5], 1))
			}
			r.erase(p)
			q := whole(lost...)
			q.Request.Collection = lost[0].Collection
			r.erase(q)
			r.purge()
			r.restore(tt.over, tt.only...)
			r.gone(photos[3], photos[7])
			r.gone(lost...)
			if records {
				r.gone(photos[5]) // its key is not in the copy: it goes with the erased face
			}
			r.there(photos[0], photos[4], photos[11])
			if _, err := r.s.CollectionByName(t.Context(), "lost"); engine.CodeOf(err) != engine.CodeNotFound {
				t.Errorf("the collection is there again: %v", err)
			}
			if n := r.restored(); n != 1 {
				t.Errorf("%d entries tell of it, want 1", n)
			}
			must(t, r.s.Verify(t.Context()))
			_, found, err := r.s.Suppressed(t.Context(), engine.Suspect{SHA256: photos[3].SHA256})
			if want := tt.only == nil || !records; err != nil || found != want { // without its key a photo can't tell its hash
				t.Errorf("suppressed: %v, %v, want %v", found, err, want)
			}
			_, check, err := r.s.Purge(t.Context())
			if err != nil || !check.Clean() {
				t.Errorf("Purge = %+v, %v", check, err)
			}
			r.close()
			r.open() // nothing is left to be done
			if n := r.restored(); n != 1 {
				t.Errorf("after one more opening %d entries tell of it, want 1", n)
			}
		})
	}
}

func TestNoOtherKeyIsDestroyedInACopy(t *testing.T) {
	r := newRestorable(t)
	first := r.add("c", "first", 2, 1)
	r.backup()
	erased := r.add("c", "erased", 1, 1) // in the slot that is free in the copy
	r.erase(whole(erased...))
	r.purge()
	r.restore(false)
	other := r.add("c", "other", 1, 1) // same slot and generation, another key
	must(t, r.s.Verify(t.Context()))
	for range 2 {
		r.close()
		r.open()
		r.there(first...)
		r.there(other...)
	}
	if _, check, err := r.s.Purge(t.Context()); err != nil || !check.Clean() {
		t.Errorf("Purge = %+v, %v", check, err)
	}
	r.there(other...)

	// a slot that was used again after the erasure
	r.erase(whole(first[0]))
	r.purge()
	again := r.add("c", "again", 1, 1)
	r.close()
	r.open()
	r.there(again...)
	r.there(first[1])
	r.purge()
	r.there(again...)
}

func TestWhatAnotherProgramNotedIsErasedToo(t *testing.T) {
	r := newRestorable(t)
	photos := r.add("c", "a", 2, 1)
	ref, ok := vault.RefOf(r.s.Sealed()[string(photoKey(photos[0].ID))])
	if !ok {
		t.Fatal("no key")
	}
	must(t, r.v.NoteErasure("01ERASURE", []vault.ErasedKey{{Ref: ref, Record: string(photos[0].ID)}}))
	r.close()
	r.open()
	r.gone(photos[0])
	r.there(photos[1])
	r.purge()
}

// photoKey is a photo's Badger key.
func photoKey(photo engine.PhotoID) []byte {
	u := ulid.MustParse(string(photo))
	return append([]byte("p"), u[:]...)
}
