package sources_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"gabarit/app/sources"
	"gabarit/engine"
	"gabarit/storage/vault"
)

func open(t *testing.T) (*vault.Vault, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "vault")
	v, err := vault.Options{StateDir: t.TempDir()}.Create(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = v.Close() })
	return v, dir
}

func TestWhatAWalkHasSeenIsKeptSealed(t *testing.T) {
	v, dir := open(t)
	s := sources.NewState(dir, v, "C1")
	secret := []byte(`{"title":"somebody"}`)
	if err := s.Save(t.Context(), "page-1", secret); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Load(t.Context(), "page-1"); err != nil || !bytes.Equal(got, secret) {
		t.Errorf("%q, %v", got, err)
	}
	if got, err := s.Load(t.Context(), "page-2"); err != nil || got != nil {
		t.Errorf("a record that is not there: %q, %v", got, err)
	}
	if got, err := sources.NewState(dir, v, "C2").Load(t.Context(), "page-1"); err != nil || got != nil {
		t.Errorf("a record of another collection: %q, %v", got, err)
	}
	files := kept(t, dir)
	if len(files) != 1 {
		t.Fatalf("files %v", files)
	}
	data, err := os.ReadFile(files[0])
	if err != nil || bytes.Contains(data, []byte("somebody")) {
		t.Errorf("the file holds the text: %v", err)
	}
	t.Run("a damaged record is none", func(t *testing.T) {
		data[len(data)-1] ^= 1
		if err := os.WriteFile(files[0], data, 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Load(t.Context(), "page-1"); err != nil || got != nil {
			t.Errorf("%q, %v", got, err)
		}
	})
	t.Run("nothing is left after Forget", func(t *testing.T) {
		if err := sources.Forget(dir); err != nil {
			t.Fatal(err)
		}
		if files := kept(t, dir); len(files) != 0 {
			t.Errorf("left: %v", files)
		}
	})
}

func TestAnErasureMakesOlderRecordsUnreadable(t *testing.T) {
	v, dir := open(t)
	s := sources.NewState(dir, v, "C1")
	if err := s.Save(t.Context(), "page-1", []byte("x")); err != nil {
		t.Fatal(err)
	}
	ref, err := v.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	mark, err := v.Fingerprint(ref)
	if err != nil {
		t.Fatal(err)
	}
	if err := v.NoteErasure("01ARZ3NDEKTSV4RRFFQ69G5FAV", []vault.ErasedKey{{Ref: ref, Mark: mark}}); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Load(t.Context(), "page-1"); err != nil || got != nil {
		t.Errorf("%q, %v", got, err)
	}
	if err := sources.Tidy(dir, v); err != nil {
		t.Fatal(err)
	}
	if files := kept(t, dir); len(files) != 0 {
		t.Errorf("left: %v", files)
	}
}

func kept(t *testing.T, dir string) (files []string) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(dir, "sites"), func(p string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil && !d.IsDir() {
			files = append(files, p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestOpenRefuses(t *testing.T) {
	v, dir := open(t)
	o := sources.Opener{VaultDir: dir, Vault: v}
	scoped := engine.Collection{ID: "C1", Scope: "city-museum.org"}
	for name, tc := range map[string]struct {
		c    engine.Collection
		req  engine.CollectRequest
		want string
	}{
		"no source":           {scoped, engine.CollectRequest{}, "nothing to collect from was named"},
		"the vault":           {scoped, engine.CollectRequest{Sources: []string{dir}}, "the vault itself can't be collected"},
		"no contact":          {scoped, engine.CollectRequest{Sources: []string{"https://city-museum.org/"}}, "collecting from sites needs a contact for their owners: your e-mail address, or the address of a page about you"},
		"a host outside":      {scoped, engine.CollectRequest{Sources: []string{"HTTPS://elsewhere.org/"}, Web: engine.WebOptions{Contact: "me@city-museum.org"}}, "the collection's scope does not name this host"},
		"a local scope":       {engine.Collection{Scope: "local"}, engine.CollectRequest{Sources: []string{"https://city-museum.org/"}, Web: engine.WebOptions{Contact: "me@city-museum.org"}}, "the collection's scope names no host: collecting from sites needs their host names there, separated by commas"},
		"an archive in vault": {scoped, engine.CollectRequest{Sources: []string{"https://city-museum.org/"}, Web: engine.WebOptions{Contact: "me@city-museum.org", Archive: filepath.Join(dir, "warc")}}, "the archive of a site can't be put into the vault"},
	} {
		t.Run(name, func(t *testing.T) {
			_, all, err := o.Open(tc.c, tc.req)
			if all != nil || engine.MessageOf(err) != tc.want {
				t.Errorf("%v", err)
			}
		})
	}
}
