package vault_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"gabarit/engine"
	"gabarit/storage/vault"
)

func newKey(t *testing.T, v *vault.Vault) vault.KeyRef {
	t.Helper()
	ref, err := v.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

func seal(t *testing.T, v *vault.Vault, ref vault.KeyRef, domain, id, plain string) []byte {
	t.Helper()
	b, err := v.Seal(ref, domain, []byte(id), []byte(plain))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSealedBytesOpenOnlyWhereTheyBelong(t *testing.T) {
	_, v := create(t, "")
	_, other := create(t, "")
	a, b := newKey(t, v), newKey(t, v)
	newKey(t, other)
	sealed := seal(t, v, a, "crop", "1", "plain text")
	if bytes.Contains(sealed, []byte("plain")) || bytes.Equal(sealed, seal(t, v, a, "crop", "1", "plain text")) {
		t.Error("not sealed, or sealed twice alike")
	}
	if ref, ok := vault.RefOf(sealed); !ok || ref != a {
		t.Errorf("RefOf = %v, %v; want %v", ref, ok, a)
	}
	if plain, err := v.Unseal("crop", []byte("1"), sealed); err != nil || string(plain) != "plain text" {
		t.Errorf("Unseal = %q, %v", plain, err)
	}
	underMain, err := v.SealMain("crop", []byte("1"), []byte("plain text"))
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := vault.RefOf(underMain); ok {
		t.Error("RefOf finds a key where none was used")
	}
	relabelled := bytes.Clone(sealed)
	relabelled[1] = byte(b.Slot)

	refused := map[string]func() ([]byte, error){
		"another domain":   func() ([]byte, error) { return v.Unseal("thumbnail", []byte("1"), sealed) },
		"another record":   func() ([]byte, error) { return v.Unseal("crop", []byte("2"), sealed) },
		"shifted boundary": func() ([]byte, error) { return v.Unseal("cro", []byte("p1"), sealed) },
		"another vault":    func() ([]byte, error) { return other.Unseal("crop", []byte("1"), sealed) },
		"another key":      func() ([]byte, error) { return v.Unseal("crop", []byte("1"), relabelled) },
		"cut off":          func() ([]byte, error) { return v.Unseal("crop", []byte("1"), sealed[:len(sealed)-1]) },
		"nothing":          func() ([]byte, error) { return v.Unseal("crop", []byte("1"), nil) },
		"main, other vault": func() ([]byte, error) {
			return other.Unseal("crop", []byte("1"), underMain)
		},
		"main, other record": func() ([]byte, error) { return v.Unseal("crop", []byte("2"), underMain) },
	}
	for name, unseal := range refused {
		if _, err := unseal(); engine.CodeOf(err) != engine.CodeCorrupt {
			t.Errorf("%s: %v, want corrupt", name, err)
		}
	}
	for i := range sealed {
		flipped := bytes.Clone(sealed)
		flipped[i] ^= 1
		if _, err := v.Unseal("crop", []byte("1"), flipped); err == nil {
			t.Errorf("opens with byte %d changed", i)
		}
	}
}

func TestADestroyedKeyOpensNothing(t *testing.T) {
	dir, v := create(t, "")
	gone, kept := newKey(t, v), newKey(t, v)
	sealed, other := seal(t, v, gone, "photo", "1", "gone"), seal(t, v, kept, "photo", "2", "kept")
	table := read(t, filepath.Join(dir, "keys.tbl"))
	if err := v.DestroyKeys(gone); err != nil {
		t.Fatal(err)
	}
	after := read(t, filepath.Join(dir, "keys.tbl"))
	if slot := table[128+8 : 128+80]; bytes.Contains(after, slot[:24]) || bytes.Contains(after, slot[24:]) || len(after) != len(table) {
		t.Error("the key's bytes are still in the table")
	}
	check := func(v *vault.Vault, when string) {
		_, err := v.Unseal("photo", []byte("1"), sealed)
		if engine.CodeOf(err) != engine.CodeNotFound {
			t.Errorf("%s: Unseal = %v, want not found", when, err)
		}
		if _, err := v.Seal(gone, "photo", []byte("1"), nil); engine.CodeOf(err) != engine.CodeNotFound {
			t.Errorf("%s: Seal = %v, want not found", when, err)
		}
		if plain, err := v.Unseal("photo", []byte("2"), other); err != nil || string(plain) != "kept" {
			t.Errorf("%s: the other record: %q, %v", when, plain, err)
		}
	}
	check(v, "at once")
	if err := v.DestroyKeys(gone); err != nil {
		t.Errorf("destroying twice: %v", err)
	}
	wantCode(t, v.DestroyKeys(vault.KeyRef{Slot: 99, Gen: 1}), engine.CodeNotFound)
	closeVault(t, v)
	v, err := quick().Open(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	defer closeVault(t, v)
	check(v, "after reopening")
	again := newKey(t, v)
	if again.Slot != gone.Slot || again.Gen != gone.Gen+1 {
		t.Errorf("new key %v, want the next of slot %d", again, gone.Slot)
	}
	seal(t, v, again, "photo", "3", "new")
	check(v, "after the slot was used again")
}

func TestATornLastSlotIsTakenForTheNextKey(t *testing.T) {
	for name, tail := range map[string][]byte{"half a slot": bytes.Repeat([]byte{7}, 50), "zeros": make([]byte, 256)} {
		t.Run(name, func(t *testing.T) {
			dir, v := create(t, "")
			ref := newKey(t, v)
			sealed := seal(t, v, ref, "d", "1", "plain")
			closeVault(t, v)
			path := filepath.Join(dir, "keys.tbl")
			write(t, path, append(read(t, path), tail...))
			v, err := quick().Open(dir, "")
			if err != nil {
				t.Fatal(err)
			}
			defer closeVault(t, v)
			if next := newKey(t, v); next != (vault.KeyRef{Slot: 1, Gen: 1}) || v.Slots() != 2 {
				t.Errorf("next key %v of %d slots", next, v.Slots())
			}
			if _, err := v.Unseal("d", []byte("1"), sealed); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestADamagedSlotCostsOnlyItsOwnRecords(t *testing.T) {
	dir, v := create(t, "")
	a, b := newKey(t, v), newKey(t, v)
	lost, kept := seal(t, v, a, "d", "1", "lost"), seal(t, v, b, "d", "2", "kept")
	closeVault(t, v)
	path := filepath.Join(dir, "keys.tbl")
	table := read(t, path)
	table[128+40] ^= 1
	write(t, path, table)
	v, err := quick().Open(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	defer closeVault(t, v)
	_, err = v.Unseal("d", []byte("1"), lost)
	wantCode(t, err, engine.CodeCorrupt)
	if _, err := v.Unseal("d", []byte("2"), kept); err != nil {
		t.Error(err)
	}
	if next := newKey(t, v); next.Slot != 2 {
		t.Errorf("the damaged slot was used again: %v", next)
	}
}

func TestDamagedFilesAreToldAndLeftAlone(t *testing.T) {
	garbage := bytes.Repeat([]byte("garbage "), 64)
	tests := []struct {
		name, file string
		damage     func([]byte) []byte
		want       engine.Code
	}{
		{"key file empty", "vault.json", func([]byte) []byte { return nil }, engine.CodeCorrupt},
		{"key file cut off", "vault.json", func(b []byte) []byte { return b[:len(b)/2] }, engine.CodeCorrupt},
		{"key file garbage", "vault.json", func([]byte) []byte { return garbage }, engine.CodeCorrupt},
		{"key file too long", "vault.json", func(b []byte) []byte { return append(b, make([]byte, 1<<20)...) }, engine.CodeCorrupt},
		{"key file with a changed key", "vault.json", func(b []byte) []byte {
			return bytes.Replace(b, []byte(`"key": "`), []byte(`"key": "A`), 1)
		}, engine.CodeCorrupt},
		{"key file of a newer version", "vault.json", func(b []byte) []byte {
			return bytes.Replace(b, []byte(`"version": 1`), []byte(`"version": 2`), 1)
		}, engine.CodeUnsupported},
		{"key file with a huge cost", "vault.json", func(b []byte) []byte {
			return bytes.Replace(b, []byte(`"memory_kib": 64`), []byte(`"memory_kib": 4000000000`), 1)
		}, engine.CodeCorrupt},
		{"key table empty", "keys.tbl", func([]byte) []byte { return nil }, engine.CodeCorrupt},
		{"key table garbage", "keys.tbl", func([]byte) []byte { return garbage }, engine.CodeCorrupt},
		{"key table with a cut header", "keys.tbl", func(b []byte) []byte { return b[:100] }, engine.CodeCorrupt},
		{"key table with a changed header", "keys.tbl", func(b []byte) []byte { b[20] ^= 1; return b }, engine.CodeCorrupt},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir, v := create(t, "secret")
			newKey(t, v)
			closeVault(t, v)
			path := filepath.Join(dir, tt.file)
			damaged := tt.damage(read(t, path))
			write(t, path, damaged)
			_, err := quick().Open(dir, "secret")
			wantCode(t, err, tt.want)
			_, err = quick().Create(dir, "secret")
			wantCode(t, err, engine.CodeConflict)
			if !bytes.Equal(read(t, path), damaged) {
				t.Error("the damaged file was written over")
			}
		})
	}
	t.Run("key table missing", func(t *testing.T) {
		dir, v := create(t, "")
		closeVault(t, v)
		if err := os.Remove(filepath.Join(dir, "keys.tbl")); err != nil {
			t.Fatal(err)
		}
		_, err := quick().Open(dir, "")
		wantCode(t, err, engine.CodeCorrupt)
	})
}

func TestHashesDifferByDomainAndVault(t *testing.T) {
	_, v := create(t, "")
	_, other := create(t, "")
	h := v.Hash("url", []byte("x"))
	for name, o := range map[string][32]byte{"domain": v.Hash("file", []byte("x")), "data": v.Hash("url", []byte("y")), "vault": other.Hash("url", []byte("x"))} {
		if o == h {
			t.Errorf("same hash in another %s", name)
		}
	}
	if v.Hash("url", []byte("x")) != h {
		t.Error("the hash is not stable")
	}
}

func TestKeysAreMadeAndUsedConcurrently(t *testing.T) {
	_, v := create(t, "")
	var wg sync.WaitGroup
	var mu sync.Mutex
	seen := map[vault.KeyRef]bool{}
	for w := range 4 {
		wg.Go(func() {
			for i := range 20 {
				ref, err := v.NewKey()
				if err != nil {
					t.Error(err)
					return
				}
				id := fmt.Appendf(nil, "%d %d", w, i)
				sealed, err := v.Seal(ref, "d", id, id)
				if err != nil {
					t.Error(err)
				}
				if plain, err := v.Unseal("d", id, sealed); err != nil || !bytes.Equal(plain, id) {
					t.Errorf("%q, %v", plain, err)
				}
				mu.Lock()
				if seen[ref] {
					t.Errorf("%v was given twice", ref)
				}
				seen[ref] = true
				mu.Unlock()
				if i%3 == 0 {
					if err := v.DestroyKeys(ref); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
}
