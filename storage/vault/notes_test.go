package vault_test

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gabarit/engine"
	"gabarit/storage/vault"
)

const erasure = "01ARZ3NDEKTSV4RRFFQ69G5FAV"

// withState gives options whose vaults keep a copy of their notes.
func withState(t *testing.T) vault.Options {
	o := quick()
	o.StateDir = filepath.Join(t.TempDir(), "state", "gabarit")
	return o
}

func createWith(t *testing.T, o vault.Options) (string, *vault.Vault) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "vault")
	v, err := o.Create(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = v.Close() }) // a second close does nothing
	return dir, v
}

func open(t *testing.T, o vault.Options, dir string) *vault.Vault {
	t.Helper()
	v, err := o.Open(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = v.Close() })
	return v
}

func newKeys(t *testing.T, v *vault.Vault, n int) []vault.ErasedKey {
	t.Helper()
	keys := make([]vault.ErasedKey, n)
	for i := range keys {
		keys[i] = vault.ErasedKey{Ref: newKey(t, v), Record: fmt.Sprintf("photo %d", i)}
	}
	return keys
}

func refs(keys []vault.ErasedKey) []vault.KeyRef {
	var out []vault.KeyRef
	for _, k := range keys {
		out = append(out, k.Ref)
	}
	return out
}

// erase notes and destroys keys.
func erase(t *testing.T, v *vault.Vault, erasure string, keys []vault.ErasedKey) {
	t.Helper()
	note(t, v, erasure, keys)
	if err := v.DestroyKeys(refs(keys)...); err != nil {
		t.Fatal(err)
	}
}

func note(t *testing.T, v *vault.Vault, erasure string, keys []vault.ErasedKey) {
	t.Helper()
	if err := v.NoteErasure(erasure, keys); err != nil {
		t.Fatal(err)
	}
	if err := v.StateProblem(); err != nil {
		t.Fatal(err)
	}
}

func wantLive(t *testing.T, v *vault.Vault, want ...vault.NotedErasure) {
	t.Helper()
	got, err := v.LiveErased()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.EqualFunc(got, want, func(a, b vault.NotedErasure) bool {
		return a.Erasure == b.Erasure && slices.Equal(a.Keys, b.Keys)
	}) {
		t.Errorf("live: %v, want %v", got, want)
	}
}

func wantNoted(t *testing.T, v *vault.Vault, erasures int, want ...vault.ErasedKey) {
	t.Helper()
	keys, err := v.NotedKeys()
	if err != nil {
		t.Fatal(err)
	}
	byRef := func(a, b vault.ErasedKey) int { return int(a.Ref.Slot) - int(b.Ref.Slot) }
	slices.SortFunc(keys, byRef)
	if slices.SortFunc(want, byRef); !slices.Equal(keys, want) {
		t.Errorf("noted: %v, want %v", keys, want)
	}
	if n, _, err := v.Erasures(); n != erasures || err != nil {
		t.Errorf("%d erasures, %v; want %d", n, err, erasures)
	}
}

func restore(t *testing.T, dir string, from map[string][]byte) {
	t.Helper()
	for name := range maps.Keys(files(t, dir)) {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.RemoveAll(filepath.Join(dir, "erased")); err != nil {
		t.Fatal(err)
	}
	for name, b := range from {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, path, b)
	}
}

// files reads all files of a folder and those below it, by their path in it.
func files(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		out[name] = read(t, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestAnErasureIsNotedInBothPlaces(t *testing.T) {
	o := withState(t)
	dir, v := createWith(t, o)
	keys := newKeys(t, v, 3)
	wantNoted(t, v, 0)
	note(t, v, erasure, keys[:2])
	wantLive(t, v, vault.NotedErasure{Erasure: erasure, Keys: keys[:2]}) // as after a crash before DestroyKeys
	if err := v.DestroyKeys(refs(keys[:2])...); err != nil {
		t.Fatal(err)
	}
	wantLive(t, v)
	wantNoted(t, v, 1, keys[:2]...)

	state := filepath.Join(o.StateDir, v.ID())
	if v.StateDir() != state {
		t.Errorf("state folder %q, want %q", v.StateDir(), state)
	}
	mine, copied := files(t, filepath.Join(dir, "erased")), files(t, filepath.Join(state, "erased"))
	if len(mine) != 1 || !maps.EqualFunc(mine, copied, bytes.Equal) {
		t.Errorf("%d notes, copies differ or are missing: %d", len(mine), len(copied))
	}
	for name, b := range mine {
		if bytes.Contains(b, []byte("photo")) {
			t.Errorf("%s is not sealed", name)
		}
	}
	for _, d := range []string{filepath.Join(dir, "erased"), filepath.Join(state, "erased")} {
		if info, err := os.Stat(d); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s: %v, %v", d, info.Mode(), err)
		}
		for name := range mine {
			if info, err := os.Stat(filepath.Join(d, name)); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s: %v, %v", name, info.Mode(), err)
			}
		}
	}
}

func TestARestoredBackupIsToldWhatWasErasedSince(t *testing.T) {
	o := withState(t)
	dir, v := createWith(t, o)
	keys := newKeys(t, v, 4)
	erase(t, v, "EARLIER", keys[3:])
	closeVault(t, v)
	backup := files(t, dir)

	v = open(t, o, dir)
	erase(t, v, erasure, keys[:2])
	closeVault(t, v)
	restore(t, dir, backup)

	v = open(t, o, dir)
	wantLive(t, v, vault.NotedErasure{Erasure: erasure, Keys: keys[:2]})
	if err := v.DestroyKeys(refs(keys[:2])...); err != nil {
		t.Fatal(err)
	}
	wantLive(t, v)
	wantNoted(t, v, 2, keys[0], keys[1], keys[3])
	if _, err := os.Stat(filepath.Join(dir, "erased", erasure+"-1")); err != nil {
		t.Errorf("the note was not copied back: %v", err)
	}
	closeVault(t, v)

	noState := quick() // what was copied back stays known without StateDir
	wantNoted(t, open(t, noState, dir), 2, keys[0], keys[1], keys[3])
}

func TestAKeyThatTookTheSlotLaterIsNeverTakenForTheErasedOne(t *testing.T) {
	o := withState(t)
	dir, v := createWith(t, o)
	kept := newKeys(t, v, 1)
	closeVault(t, v)
	backup := files(t, dir)

	v = open(t, o, dir)
	erased := newKeys(t, v, 2)
	erase(t, v, erasure, erased)
	next := newKey(t, v) // another generation of an erased key's slot
	if next.Gen != 2 {
		t.Fatalf("next key %v is not of an erased key's slot", next)
	}
	wantLive(t, v)
	closeVault(t, v)
	restore(t, dir, backup)

	v = open(t, o, dir)
	if v.Slots() != 1 {
		t.Fatalf("%d slots: the erased ones should be beyond the end", v.Slots())
	}
	wantLive(t, v)
	again := newKey(t, v)
	if again != erased[0].Ref {
		t.Fatalf("new key %v, want the slot and generation of the erased %v", again, erased[0].Ref)
	}
	sealed := seal(t, v, again, "photo", "9", "another photo")
	wantLive(t, v)
	wantNoted(t, v, 1, erased[1])
	erase(t, v, "LATER", []vault.ErasedKey{{Ref: again, Record: "photo 9"}})
	wantLive(t, v)
	if _, err := v.Unseal("photo", []byte("9"), sealed); engine.CodeOf(err) != engine.CodeNotFound {
		t.Errorf("the later key was not destroyed: %v", err)
	}
	if live, err := v.LiveKeys(); err != nil || !slices.Equal(live, refs(kept)) {
		t.Errorf("live keys %v, %v; want %v", live, err, refs(kept))
	}
}

func TestANoteIsCompletedAfterACrash(t *testing.T) {
	o := withState(t)
	dir, v := createWith(t, o)
	keys := newKeys(t, v, 5)
	note(t, v, erasure, keys[:2]) // the crash came before the rest
	first := files(t, filepath.Join(dir, "erased"))
	if err := v.DestroyKeys(keys[0].Ref); err != nil {
		t.Fatal(err)
	}
	erase(t, v, erasure, keys)
	note(t, v, erasure, keys) // nothing is missing any more
	wantNoted(t, v, 1, keys...)
	all := files(t, filepath.Join(dir, "erased"))
	if len(all) != 2 {
		t.Errorf("%d files, want 2", len(all))
	}
	for name, b := range first {
		if !bytes.Equal(all[name], b) {
			t.Errorf("%s was rewritten", name)
		}
	}
	write(t, filepath.Join(dir, "erased", ".new-77"), []byte("half a note"))
	closeVault(t, v)
	v = open(t, o, dir)
	wantLive(t, v)
	if left, _ := filepath.Glob(filepath.Join(dir, "erased", ".new-*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestAnErasureWithoutLiveKeysIsNotedToo(t *testing.T) {
	_, v := createWith(t, quick())
	note(t, v, "EMPTY", nil)
	note(t, v, "EMPTY", nil)
	keys := newKeys(t, v, 1)
	if err := v.DestroyKeys(keys[0].Ref); err != nil {
		t.Fatal(err)
	}
	note(t, v, "GONE", keys)
	wantLive(t, v)
	wantNoted(t, v, 2, keys...)
	if v.StateDir() != "" {
		t.Errorf("state folder %q without one in the options", v.StateDir())
	}
}

func TestADamagedKeyIsNotedAgainOnceItCanBeTold(t *testing.T) {
	dir, v := createWith(t, quick())
	keys := newKeys(t, v, 1)
	path := filepath.Join(dir, "keys.tbl")
	good := read(t, path)
	damaged := bytes.Clone(good)
	damaged[128+40] ^= 1
	write(t, path, damaged)
	note(t, v, erasure, keys)
	wantLive(t, v)
	write(t, path, good) // a copy of the table came back
	wantLive(t, v)       // what can't be told apart is left alone
	note(t, v, erasure, keys)
	wantLive(t, v, vault.NotedErasure{Erasure: erasure, Keys: keys})
}

func TestAHugeErasureIsNotedInParts(t *testing.T) {
	const n = 100_000
	o := withState(t)
	dir, v := createWith(t, o)
	keys := newKeys(t, v, n)
	closeVault(t, v)
	backup := files(t, dir)
	v = open(t, o, dir)
	erase(t, v, erasure, keys)
	if parts := len(files(t, filepath.Join(dir, "erased"))); parts != (n+vault.MaxNoteKeys-1)/vault.MaxNoteKeys {
		t.Errorf("%d parts", parts)
	}
	closeVault(t, v)
	restore(t, dir, backup)
	v = open(t, o, dir)
	live, err := v.LiveErased()
	if err != nil || len(live) != 1 || !slices.Equal(live[0].Keys, keys) {
		t.Fatalf("%d live erasures, %v", len(live), err)
	}
	if erasures, noted, err := v.Erasures(); erasures != 1 || noted != n || err != nil {
		t.Errorf("%d keys of %d erasures, %v", noted, erasures, err)
	}
}

func TestWhatCannotBeNotedIsRefused(t *testing.T) {
	_, v := createWith(t, quick())
	for _, name := range []string{"", "../x", "a/b", "a.b", ".new-1", "é", strings.Repeat("x", 65)} {
		wantCode(t, v.NoteErasure(name, nil), engine.CodeInvalid)
	}
	wantCode(t, v.NoteErasure(erasure, []vault.ErasedKey{{Record: strings.Repeat("x", 256)}}), engine.CodeInvalid)
	if n, _, err := v.Erasures(); n != 0 || err != nil {
		t.Errorf("%d erasures noted, %v", n, err)
	}
	note(t, v, erasure, []vault.ErasedKey{{Ref: newKey(t, v), Record: strings.Repeat("x", 255)}})
	closeVault(t, v)
	wantCode(t, v.NoteErasure(erasure, nil), engine.CodeUnavailable)
	_, err := v.LiveErased()
	wantCode(t, err, engine.CodeUnavailable)
	_, err = v.LiveKeys()
	wantCode(t, err, engine.CodeUnavailable)
}

func TestLiveKeysListsWhatTheTableHolds(t *testing.T) {
	dir, v := createWith(t, quick())
	keys := newKeys(t, v, 5)
	if err := v.DestroyKeys(keys[1].Ref, keys[3].Ref); err != nil {
		t.Fatal(err)
	}
	again := newKey(t, v)
	closeVault(t, v)
	path := filepath.Join(dir, "keys.tbl")
	table := read(t, path)
	table[128*(1+4)+40] ^= 1 // damages the key of slot 4
	write(t, path, table)
	live, err := open(t, quick(), dir).LiveKeys()
	want := []vault.KeyRef{keys[0].Ref, keys[2].Ref, again}
	if err != nil || !slices.Equal(live, want) {
		t.Errorf("live keys %v, %v; want %v", live, err, want)
	}
}

func TestAVaultThatLostItsKeyFileIsNotMadeAnew(t *testing.T) {
	for _, name := range []string{"erased", "checkpoint", "records"} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, name), nil)
		_, err := vault.State(dir)
		wantCode(t, err, engine.CodeCorrupt)
		_, err = quick().Create(dir, "")
		wantCode(t, err, engine.CodeCorrupt)
	}
}
