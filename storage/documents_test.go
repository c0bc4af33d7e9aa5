package storage_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"gabarit/engine"
	"gabarit/storage"
	"gabarit/storage/vault"
)

// documents changes documents with an entry in the log.
func (g *gallery) documents(change func(x engine.DocumentTx) error) {
	g.t.Helper()
	must(g.t, changeDocuments(g.t.Context(), g.s, change))
}

func changeDocuments(ctx context.Context, s *storage.Store, change func(x engine.DocumentTx) error) error {
	return s.ChangeDocuments(ctx, func(x engine.DocumentTx) error {
		return errors.Join(change(x), x.Log(engine.AuditEntry{Action: engine.ActionViewed}))
	})
}

// document stores one, small or of the size that goes to Badger's value log.
func (g *gallery) document(kind engine.DocumentKind, id, text string, large bool) string {
	g.t.Helper()
	data := []byte(text)
	if large {
		data = bytes.Repeat(data, 400)
	}
	g.documents(func(x engine.DocumentTx) error {
		if id == "" {
			id = x.NewID()
		}
		return x.Put(kind, id, data)
	})
	return id
}

func (g *gallery) deleteDocuments(kind engine.DocumentKind, ids ...string) {
	g.t.Helper()
	g.documents(func(x engine.DocumentTx) (err error) {
		for _, id := range ids {
			err = errors.Join(err, x.Delete(kind, id))
		}
		return err
	})
}

// free are the kinds of documents that hang on nothing.
func free() []engine.DocumentKind {
	return []engine.DocumentKind{engine.DocumentRequest, engine.DocumentPortrait, engine.DocumentContact, engine.DocumentPaper, engine.DocumentFile}
}

func TestDeletedDocumentsAreGoneFromTheFiles(t *testing.T) {
	o := transparent(t)
	v, err := o.Create(filepath.Join(t.TempDir(), "vault"), "")
	must(t, err)
	t.Cleanup(func() { _ = v.Close() })
	g := newGallery(t, v)
	gone, stays := needles{}, needles{}
	ids := map[engine.DocumentKind][]string{}
	for _, kind := range free() {
		for i, large := range []bool{false, true} {
			name := fmt.Sprintf("%s %d", kind, i)
			id := ""
			for draft := range 20 { // what was put in its place is garbage until it is deleted
				text := fmt.Sprintf("draft %d of %s.", draft, name)
				id = g.document(kind, id, text, large)
				gone.text(text)
			}
			ids[kind] = append(ids[kind], id)
			text := "the other " + name + "."
			g.document(kind, "", text, large)
			stays.text(text)
		}
	}
	photos := g.addLarge("c", "photo", 2, 1)
	for i, needles := range []needles{gone, stays} { // what says something of a photo goes with it
		for _, kind := range []engine.DocumentKind{engine.DocumentCheck, engine.DocumentHidden} {
			text := fmt.Sprintf("%s of photo %d.", kind, i)
			g.document(kind, string(photos[i].ID), text, kind == engine.DocumentHidden)
			needles.text(text)
		}
	}
	if found := gone.found(t, v.Dir()); len(found) != len(gone) {
		t.Errorf("the scan is blind: it finds %d of %d", len(found), len(gone))
	}
	for kind, of := range ids {
		g.deleteDocuments(kind, of...)
	}
	if counts := g.erase(whole(photos[0])); counts.Keys != 3 {
		t.Errorf("%d keys of a photo with two documents", counts.Keys)
	}
	look := func(when string) {
		t.Helper()
		if found := gone.found(t, v.Dir(), o.StateDir); len(found) > 0 {
			t.Errorf("%s, %d of %d deleted things are still there:\n%s", when, len(found), len(gone), strings.Join(found, "\n"))
		}
		if found := stays.found(t, v.Dir()); len(found) != len(stays) {
			t.Errorf("%s, only %d of %d things that stay are found", when, len(found), len(stays))
		}
	}
	if check := g.purge(); check.Keys != 2*len(ids)+3 {
		t.Errorf("check %+v", check)
	}
	look("after the purge")
	must(t, g.s.Close())
	look("after closing")
}

func TestDocumentsAreCountedAndChecked(t *testing.T) {
	g := newGallery(t, newVault(t))
	photo := g.add("c", "a", 1, 1)[0]
	sound := func() int {
		t.Helper()
		n, damage, err := g.s.Check(t.Context())
		if must(t, err); len(damage) > 0 {
			t.Errorf("damage: %v", damage)
		}
		must(t, g.s.Verify(t.Context()))
		return n
	}
	before := sound()
	for _, kind := range free() {
		g.document(kind, "", "text", false)
		g.document(kind, "", "another", false)
	}
	g.document(engine.DocumentCheck, string(photo.ID), "checked", false)
	entries := 2*len(free()) + 1
	if got, want := sound(), before+entries+2*len(free())+1; got != want {
		t.Errorf("%d records are sound, want %d", got, want)
	}
	must(t, g.s.Swap('b')) // two contacts change places
	if _, damage, err := g.s.Check(t.Context()); err != nil || len(damage) != 2 || !strings.HasPrefix(damage[0], "record b ") {
		t.Errorf("damage %v, %v", damage, err)
	}
	if err := g.s.Verify(t.Context()); engine.CodeOf(err) != engine.CodeCorrupt {
		t.Errorf("Verify = %v", err)
	}
	must(t, g.s.Swap('b'))
}

// deleterEnv makes the re-executed test binary delete the contacts of the vault it names and kill itself before their keys are
// destroyed; deleterNotedEnv, after they are noted.
const (
	deleterEnv      = "GABARIT_STORAGE_TEST_DELETER"
	deleterNotedEnv = "GABARIT_STORAGE_TEST_DELETER_NOTED"
)

func deleteAndDie(ctx context.Context, dir string, noted bool) error {
	v, err := quick().Open(dir, "")
	if err != nil {
		return err
	}
	s, err := storage.Open(ctx, v, storage.Options{})
	if err != nil {
		return err
	}
	s.OnDestroy(noted, func() { _ = syscall.Kill(os.Getpid(), syscall.SIGKILL) })
	var ids []string
	err = s.Documents(ctx, engine.DocumentContact, func(id string, _ []byte) error { ids = append(ids, id); return nil })
	if err != nil {
		return err
	}
	return changeDocuments(ctx, s, func(x engine.DocumentTx) (err error) {
		for _, id := range ids {
			err = errors.Join(err, x.Delete(engine.DocumentContact, id))
		}
		return err
	})
}

func TestAKillWhileDocumentsAreDeletedIsGoneOnWith(t *testing.T) {
	for _, noted := range []string{"", "noted"} {
		t.Run("keys are "+map[string]string{"": "not noted", "noted": "noted"}[noted], func(t *testing.T) {
			v := newVault(t)
			g := newGallery(t, v)
			id := g.document(engine.DocumentContact, "", "small", false)
			large := g.document(engine.DocumentContact, "", "large", true)
			other := g.document(engine.DocumentRequest, "", "stays", false)
			before := g.s.Sealed()
			must(t, errors.Join(g.s.Close(), v.Close()))

			exe, err := os.Executable()
			must(t, err)
			cmd := exec.Command(exe)
			cmd.Env = append(os.Environ(), deleterEnv+"="+v.Dir(), deleterNotedEnv+"="+noted)
			out, err := cmd.CombinedOutput()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
				t.Fatalf("it ended by itself: %v\n%s", err, out)
			}

			v, err = quick().Open(v.Dir(), "")
			must(t, err)
			defer v.Close()
			g = newGallery(t, v)
			for _, id := range []string{id, large} {
				if _, err := g.s.Document(t.Context(), engine.DocumentContact, id); engine.CodeOf(err) != engine.CodeNotFound {
					t.Errorf("deleted: %v", err)
				}
			}
			if got := opens(t, v, before, 'b'); got != 0 {
				t.Errorf("%d deleted documents open with the keys of the vault", got)
			}
			if got := opens(t, v, before, 'q'); got != 1 {
				t.Errorf("%d documents that stay open", got)
			}
			if check, err := g.s.CheckErased(t.Context()); err != nil || check.Live != 0 || check.Pending != 1 || check.Keys != 2 {
				t.Errorf("before the purge: %+v, %v", check, err)
			}
			g.purge()
			if _, err := g.s.Document(t.Context(), engine.DocumentRequest, other); err != nil {
				t.Errorf("what stays: %v", err)
			}
			if n := restoredEntries(t, g.s); n != 0 {
				t.Errorf("%d entries tell of a restored copy", n)
			}
		})
	}
}

// opens counts the records of a kind, copied from a vault, that its keys open.
func opens(t *testing.T, v *vault.Vault, sealed map[string][]byte, kind byte) (n int) {
	t.Helper()
	for k, b := range sealed {
		if k[0] != kind {
			continue
		}
		_, err := v.Unseal("record "+k[:1], []byte(k), b)
		switch engine.CodeOf(err) {
		case "":
			n++
		case engine.CodeNotFound:
		default:
			t.Errorf("%x: %v", k, err)
		}
	}
	return n
}

func TestDeletedDocumentsAreErasedAgainInARestoredCopy(t *testing.T) {
	for name, tt := range map[string]struct {
		over bool
		only []string
	}{
		"the folder is replaced whole":       {},
		"the copy is put over newer files":   {over: true},
		"only the records are put back":      {over: true, only: []string{"records"}},
		"only the key table is put back":     {over: true, only: []string{"keys.tbl"}},
		"records and key table are put back": {over: true, only: []string{"records", "keys.tbl"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRestorable(t)
			gone := r.document(engine.DocumentPortrait, "", "a face", true)
			again := r.document(engine.DocumentPaper, "", "first", false) // deleted and written anew under its ID
			stays := r.document(engine.DocumentRequest, "", "stays", false)
			photos := r.add("c", "a", 2, 1)
			r.document(engine.DocumentCheck, string(photos[0].ID), "checked", false)
			r.document(engine.DocumentCheck, string(photos[1].ID), "checked", false)
			r.backup()
			r.deleteDocuments(engine.DocumentPortrait, gone)
			r.deleteDocuments(engine.DocumentPaper, again)
			r.erase(whole(photos[0]))
			r.purge()
			r.restore(tt.over, tt.only...)

			missing := func(kind engine.DocumentKind, id string) {
				t.Helper()
				if _, err := r.s.Document(t.Context(), kind, id); engine.CodeOf(err) != engine.CodeNotFound {
					t.Errorf("%s is there again: %v", kind, err)
				}
			}
			missing(engine.DocumentPortrait, gone)
			missing(engine.DocumentPaper, again)
			missing(engine.DocumentCheck, string(photos[0].ID))
			for kind, id := range map[engine.DocumentKind]string{engine.DocumentRequest: stays, engine.DocumentCheck: string(photos[1].ID)} {
				if _, err := r.s.Document(t.Context(), kind, id); err != nil {
					t.Errorf("%s that stays: %v", kind, err)
				}
			}
			r.purge()
			r.document(engine.DocumentPaper, again, "second", false)
			r.close()
			r.open()
			if data, err := r.s.Document(t.Context(), engine.DocumentPaper, again); err != nil || string(data) != "second" {
				t.Errorf("what was written under a deleted ID: %q, %v", data, err)
			}
			r.purge()
		})
	}
}
