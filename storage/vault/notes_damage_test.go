package vault_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gabarit/engine"
	"gabarit/storage/vault"
)

func TestADamagedNoteStopsWithItsName(t *testing.T) {
	o := quick()
	dir, v := createWith(t, o)
	erase(t, v, erasure, newKeys(t, v, 2))
	foreignDir, foreign := createWith(t, o)
	newKeys(t, foreign, 2)
	note(t, foreign, erasure, []vault.ErasedKey{{Ref: vault.KeyRef{Slot: 1, Gen: 1}}})
	foreignNote := read(t, filepath.Join(foreignDir, "erased", erasure+"-1"))
	notes := filepath.Join(dir, "erased")
	name := erasure + "-1"
	good := read(t, filepath.Join(notes, name))

	check := func(what, file string) {
		t.Helper()
		live, err := v.LiveErased()
		if engine.CodeOf(err) != engine.CodeCorrupt || !strings.Contains(err.Error(), file) || live != nil {
			t.Errorf("%s: LiveErased = %v, %v; want corrupt and the name %s", what, live, err, file)
		}
		if _, err := v.NotedKeys(); engine.CodeOf(err) != engine.CodeCorrupt {
			t.Errorf("%s: NotedKeys: %v", what, err)
		}
		if _, _, err := v.Erasures(); engine.CodeOf(err) != engine.CodeCorrupt {
			t.Errorf("%s: Erasures: %v", what, err)
		}
		wantCode(t, v.NoteErasure(erasure, []vault.ErasedKey{{Ref: vault.KeyRef{Slot: 9, Gen: 9}}}), engine.CodeCorrupt)
	}
	for what, b := range map[string][]byte{
		"empty": nil, "cut off": good[:len(good)-1], "too long": append(bytes.Clone(good), 0),
		"huge": append(bytes.Clone(good), make([]byte, 8<<20)...), "of another vault": foreignNote,
	} {
		write(t, filepath.Join(notes, name), b)
		check(what, filepath.Join(notes, name))
	}
	for i := range good {
		b := bytes.Clone(good)
		b[i] ^= 0x10
		write(t, filepath.Join(notes, name), b)
		if _, err := v.LiveErased(); engine.CodeOf(err) != engine.CodeCorrupt {
			t.Errorf("byte %d changed: %v", i, err)
		}
	}
	write(t, filepath.Join(notes, name), good)
	wantLive(t, v)
	for _, odd := range []string{"OTHER-1", erasure + "-2", erasure + "-01", erasure, erasure + "-1.bak", "note (copy)"} {
		write(t, filepath.Join(notes, odd), good)
		_, err := v.LiveErased()
		if engine.CodeOf(err) != engine.CodeCorrupt || !strings.Contains(err.Error(), odd) {
			t.Errorf("%s: %v, want corrupt with the name", odd, err)
		}
		if err := os.Remove(filepath.Join(notes, odd)); err != nil {
			t.Fatal(err)
		}
	}
	wantLive(t, v)
}

func TestADamagedNoteIsWrittenAnewFromItsCopy(t *testing.T) {
	dir, v := createWith(t, withState(t))
	erase(t, v, erasure, newKeys(t, v, 2))
	file := filepath.Join(dir, "erased", erasure+"-1")
	good := read(t, file)
	for _, b := range [][]byte{nil, good[:40], append(bytes.Clone(good), 1)} {
		write(t, file, b)
		if _, keys, err := v.Erasures(); err != nil || keys != 2 {
			t.Errorf("%d keys, %v; want 2", keys, err)
		}
		if err := v.StateProblem(); engine.CodeOf(err) != engine.CodeCorrupt || !strings.Contains(err.Error(), file) {
			t.Errorf("problem %v, want corrupt with the name", err)
		}
		if !bytes.Equal(read(t, file), good) {
			t.Error("the note was not written anew")
		}
	}
	write(t, file, good[:40])
	write(t, filepath.Join(v.StateDir(), "erased", erasure+"-1"), good[:40])
	_, _, err := v.Erasures()
	wantCode(t, err, engine.CodeCorrupt)
}

func TestADamagedCopyIsToldAndHarmsOnlyWhereItIsAllThereIs(t *testing.T) {
	o := withState(t)
	dir, v := createWith(t, o)
	keys := newKeys(t, v, 1)
	erase(t, v, erasure, keys)
	copied := filepath.Join(v.StateDir(), "erased", erasure+"-1")
	write(t, copied, []byte("garbage"))
	wantLive(t, v)
	if err := v.StateProblem(); engine.CodeOf(err) != engine.CodeCorrupt || !strings.Contains(err.Error(), copied) {
		t.Errorf("problem %v, want corrupt with the name", err)
	}
	if got := string(read(t, copied)); got != "garbage" {
		t.Errorf("the damaged copy was written over")
	}
	if err := os.Remove(filepath.Join(dir, "erased", erasure+"-1")); err != nil {
		t.Fatal(err)
	}
	_, err := v.LiveErased()
	if engine.CodeOf(err) != engine.CodeCorrupt || !strings.Contains(err.Error(), copied) {
		t.Errorf("%v, want corrupt with the name", err)
	}
	if err := os.Remove(copied); err != nil {
		t.Fatal(err)
	}
	note(t, v, erasure, keys)
	if wantLive(t, v); v.StateProblem() != nil {
		t.Errorf("the problem stays: %v", v.StateProblem())
	}
}

func TestWithoutAUsableStateFolderTheVaultsOwnNotesSuffice(t *testing.T) {
	o := quick()
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, nil)
	o.StateDir = filepath.Join(file, "state")
	_, v := createWith(t, o)
	keys := newKeys(t, v, 2)
	if err := v.NoteErasure(erasure, keys[:1]); err != nil {
		t.Fatal(err)
	}
	wantCode(t, v.StateProblem(), engine.CodeUnavailable)
	wantLive(t, v, vault.NotedErasure{Erasure: erasure, Keys: keys[:1]})
	wantCode(t, v.StateProblem(), engine.CodeUnavailable)
	if dir := v.StateDir(); dir != "" {
		t.Errorf("state folder %q can't be there", dir)
	}
	if err := os.Remove(file); err != nil { // the folder can be made from now on
		t.Fatal(err)
	}
	wantLive(t, v, vault.NotedErasure{Erasure: erasure, Keys: keys[:1]})
	if err := v.StateProblem(); err != nil {
		t.Errorf("the problem is over: %v", err)
	}
	if got := files(t, v.StateDir()); len(got) != 1 {
		t.Errorf("the copy was not made up for: %d files", len(got))
	}
}
