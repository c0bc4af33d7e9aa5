package vault_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"gabarit/engine"
	"gabarit/engine/enginetest/killtest"
	"gabarit/storage/vault"
)

// changeEnv makes the re-executed test binary change the passphrase of the vault it names from "even" to
// "odd" and back until it is killed; it prints a line before each change.
const changeEnv = "GABARIT_VAULT_TEST_CHANGE"

func changeForEver(dir string) error {
	v, err := quick().Open(dir, "even")
	if err != nil {
		return err
	}
	for {
		fmt.Println("next")
		if err := v.ChangePassphrase("even", "odd"); err != nil {
			return err
		}
		if err := v.ChangePassphrase("odd", "even"); err != nil {
			return err
		}
	}
}

func TestAChangedPassphraseOpensTheSameVault(t *testing.T) {
	for name, c := range map[string]struct{ from, to string }{
		"another": {"first", "second"}, "the same": {"first", "first"}, "none any more": {"first", ""}, "one at last": {"", "second"}, "none again": {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir, v := create(t, c.from)
			ref := newKey(t, v)
			sealed, signed := seal(t, v, ref, "d", "1", "plain"), v.SignLog([]byte("head"))
			note(t, v, erasure, []vault.ErasedKey{{Ref: ref}})
			hash, id := v.Hash("url", nil), v.ID()
			if err := v.ChangePassphrase(c.from, c.to); err != nil {
				t.Fatal(err)
			}
			check := func() {
				t.Helper()
				if v.HasPassphrase() != (c.to != "") {
					t.Errorf("has a passphrase: %v", v.HasPassphrase())
				}
				if plain, err := v.Unseal("d", []byte("1"), sealed); err != nil || string(plain) != "plain" {
					t.Errorf("Unseal = %q, %v", plain, err)
				}
				if v.Hash("url", nil) != hash || v.ID() != id || !bytes.Equal(v.SignLog([]byte("head")), signed) {
					t.Error("the vault's keys changed with the passphrase")
				}
				wantLive(t, v, vault.NotedErasure{Erasure: erasure, Keys: []vault.ErasedKey{{Ref: ref}}})
			}
			check()
			closeVault(t, v)
			if c.to != "" && c.to != c.from {
				for _, wrong := range []string{c.from, c.to + " "} {
					_, err := quick().Open(dir, wrong)
					wantCode(t, err, engine.CodeBadKey)
				}
			}
			var err error
			if v, err = quick().Open(dir, c.to); err != nil {
				t.Fatal(err)
			}
			defer closeVault(t, v)
			check()
		})
	}
}

func TestAWrongPassphraseChangesNothing(t *testing.T) {
	dir, v := create(t, "right")
	before := read(t, filepath.Join(dir, "vault.json"))
	for _, wrong := range []string{"", "Right", "right "} {
		err := v.ChangePassphrase(wrong, "next")
		wantCode(t, err, engine.CodeBadKey)
		if strings.Contains(fmt.Sprintf("%+v", err), "next") {
			t.Errorf("the error tells the passphrase: %v", err)
		}
	}
	if !bytes.Equal(read(t, filepath.Join(dir, "vault.json")), before) {
		t.Error("vault.json was changed")
	}
	closeVault(t, v)
	wantCode(t, v.ChangePassphrase("right", "next"), engine.CodeUnavailable)
}

func TestAChangeTakesTheCostOfTheOptions(t *testing.T) {
	dir, v := create(t, "a")
	closeVault(t, v)
	o := quick()
	o.KDF = vault.KDF{MemoryKiB: 128, Time: 2, Threads: 1}
	v, err := o.Open(dir, "a")
	if err != nil {
		t.Fatal(err)
	}
	if err := v.ChangePassphrase("a", "b"); err != nil {
		t.Fatal(err)
	}
	if b := read(t, filepath.Join(dir, "vault.json")); !bytes.Contains(b, []byte(`"memory_kib": 128`)) {
		t.Errorf("the cost is as before: %s", b)
	}
	closeVault(t, v)
	o.KDF.Threads = 200
	if v, err = o.Open(dir, "b"); err != nil {
		t.Fatal(err)
	}
	defer closeVault(t, v)
	wantCode(t, v.ChangePassphrase("b", "c"), engine.CodeInvalid)
}

func TestTheReplacedKeyFileIsOverwrittenUnlessABackupSharesIt(t *testing.T) {
	dir, v := create(t, "")
	path := filepath.Join(dir, "vault.json")
	old, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	if err := v.ChangePassphrase("", "secret"); err != nil {
		t.Fatal(err)
	}
	left := make([]byte, 4096)
	n, _ := old.ReadAt(left, 0)
	if n == 0 || len(bytes.Trim(left[:n], "\x00")) != 0 {
		t.Errorf("the file with the key in the clear still holds %q", left[:n])
	}

	backup := filepath.Join(t.TempDir(), "backup.json")
	if err := os.Link(path, backup); err != nil {
		t.Fatal(err)
	}
	before := read(t, path)
	if err := v.ChangePassphrase("secret", "other"); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(read(t, backup), before) {
		t.Error("the backup was overwritten")
	}
}

func TestAKeyFileOfAnotherVaultIsNotRewritten(t *testing.T) {
	dir, v := create(t, "pass")
	other, w := create(t, "pass")
	closeVault(t, w)
	foreign := read(t, filepath.Join(other, "vault.json"))
	write(t, filepath.Join(dir, "vault.json"), foreign)
	wantCode(t, v.ChangePassphrase("pass", "next"), engine.CodeCorrupt)
	if !bytes.Equal(read(t, filepath.Join(dir, "vault.json")), foreign) {
		t.Error("vault.json was changed")
	}
}

// TestKilledWhileChangingThePassphrase kills a process that changes it without end: afterwards one of the
// two opens the vault.
func TestKilledWhileChangingThePassphrase(t *testing.T) {
	dir, v := create(t, "even")
	closeVault(t, v)
	opened := map[string]int{}
	for round := range 12 {
		killtest.Run(t, changeEnv, dir, 1, time.Duration(round)*300*time.Microsecond) // only to vary where the kill falls
		for _, pass := range []string{"even", "odd"} {
			v, err := quick().Open(dir, pass)
			if engine.CodeOf(err) == engine.CodeBadKey {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			opened[pass]++
			if err := v.ChangePassphrase(pass, "even"); err != nil {
				t.Fatal(err)
			}
			closeVault(t, v)
			break
		}
	}
	if opened["even"]+opened["odd"] != 12 {
		t.Errorf("opened %v times of 12", opened)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".new-*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestAHalfWrittenKeyFileIsNoMatter goes through what a kill can leave: part of the new file beside the old.
func TestAHalfWrittenKeyFileIsNoMatter(t *testing.T) {
	dir, v := create(t, "old")
	old := read(t, filepath.Join(dir, "vault.json"))
	if err := v.ChangePassphrase("old", "new"); err != nil {
		t.Fatal(err)
	}
	closeVault(t, v)
	next := read(t, filepath.Join(dir, "vault.json"))
	write(t, filepath.Join(dir, "vault.json"), old)
	for n := 0; n <= len(next); n += 97 {
		write(t, filepath.Join(dir, ".new-1"), next[:n])
		v, err := quick().Open(dir, "old")
		if err != nil {
			t.Fatalf("with %d bytes written: %v", n, err)
		}
		closeVault(t, v)
		if _, err := os.Stat(filepath.Join(dir, ".new-1")); !os.IsNotExist(err) {
			t.Fatalf("with %d bytes written: they were left (%v)", n, err)
		}
	}
}

func TestThePassphraseChangesWhileTheVaultIsUsed(t *testing.T) {
	_, v := create(t, "0")
	ref := newKey(t, v)
	var wg sync.WaitGroup
	for w := range 3 {
		wg.Go(func() {
			for i := range 20 {
				id := fmt.Appendf(nil, "%d %d", w, i)
				sealed, err := v.Seal(ref, "d", id, id)
				if err != nil {
					t.Error(err)
				}
				if _, err := v.Unseal("d", id, sealed); err != nil {
					t.Error(err)
				}
				if err := v.NoteErasure(fmt.Sprintf("E%dx%d", w, i), []vault.ErasedKey{{Ref: newKey(t, v)}}); err != nil {
					t.Error(err)
				}
				_ = v.HasPassphrase()
			}
		})
	}
	for i := range 10 {
		if err := v.ChangePassphrase(fmt.Sprint(i), fmt.Sprint(i+1)); err != nil {
			t.Error(err)
		}
	}
	wg.Wait()
	if live, err := v.LiveErased(); err != nil || len(live) != 60 {
		t.Errorf("%d erasures noted, %v", len(live), err)
	}
}

func TestClosingWipesTheKeys(t *testing.T) {
	_, v := create(t, "secret")
	keys := vault.KeysInMemory(v)
	for i, k := range keys {
		if len(k) != 32 || bytes.Equal(k, make([]byte, 32)) {
			t.Fatalf("buffer %d is no key", i)
		}
	}
	closeVault(t, v)
	for i, k := range keys {
		if !bytes.Equal(k, make([]byte, 32)) {
			t.Errorf("key %d is still in memory", i)
		}
	}
}

func TestTheLogsKeySignsForThisVaultOnly(t *testing.T) {
	_, v := create(t, "")
	_, other := create(t, "")
	if bytes.Equal(v.LogKey(), other.LogKey()) {
		t.Error("two vaults sign with the same key")
	}
	if !verify(v.LogKey(), "head", v.SignLog([]byte("head"))) {
		t.Error("the signature does not verify")
	}
	if verify(v.LogKey(), "heap", v.SignLog([]byte("head"))) || verify(v.LogKey(), "head", other.SignLog([]byte("head"))) {
		t.Error("a wrong signature verifies")
	}
}
