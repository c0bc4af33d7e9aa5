package vault_test

import (
	"bytes"
	"crypto/ed25519"
	"path/filepath"
	"testing"

	"gabarit/engine"
	"gabarit/storage/vault"
)

func verify(key ed25519.PublicKey, msg string, sig []byte) bool {
	return ed25519.Verify(key, []byte(msg), sig)
}

func transparent() vault.Options {
	o := quick()
	o.Transparent = true
	return o
}

func TestATransparentVaultShowsWhatItHolds(t *testing.T) {
	for _, pass := range []string{"", "secret"} {
		dir := filepath.Join(t.TempDir(), "vault")
		v, err := transparent().Create(dir, pass)
		if err != nil {
			t.Fatal(err)
		}
		if !v.Transparent() || v.BadgerKey() != nil {
			t.Errorf("transparent %v, Badger's key %x", v.Transparent(), v.BadgerKey())
		}
		ref := newKey(t, v)
		sealed := seal(t, v, ref, "photo", "1", "plain text")
		main, err := v.SealMain("run", []byte("1"), []byte("plain text"))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasSuffix(sealed, []byte("plain text")) || !bytes.HasSuffix(main, []byte("plain text")) {
			t.Errorf("sealed: %q, %q", sealed, main)
		}
		if got, ok := vault.RefOf(sealed); !ok || got != ref {
			t.Errorf("RefOf = %v, %v", got, ok)
		}
		if _, ok := vault.RefOf(main); ok {
			t.Error("RefOf finds a key where none was used")
		}
		note(t, v, erasure, []vault.ErasedKey{{Ref: ref, Record: "photo 1"}})
		if b := read(t, filepath.Join(dir, "erased", erasure+"-1")); !bytes.Contains(b, []byte("photo 1")) {
			t.Errorf("the note is sealed: %x", b)
		}
		closeVault(t, v)

		_, err = quick().Open(dir, pass)
		wantCode(t, err, engine.CodeUnsupported)
		if v, err = transparent().Open(dir, pass); err != nil {
			t.Fatal(err)
		}
		for _, b := range [][]byte{sealed, main} {
			domain := map[bool]string{true: "photo", false: "run"}[bytes.Equal(b, sealed)]
			if plain, err := v.Unseal(domain, []byte("1"), b); err != nil || string(plain) != "plain text" {
				t.Errorf("Unseal = %q, %v", plain, err)
			}
		}
		if err := v.DestroyKeys(ref); err != nil {
			t.Fatal(err)
		}
		_, err = v.Unseal("photo", []byte("1"), sealed)
		wantCode(t, err, engine.CodeNotFound)
		_, err = v.Seal(ref, "photo", []byte("1"), nil)
		wantCode(t, err, engine.CodeNotFound)
		for _, b := range [][]byte{nil, {4}, {4, 0, 0, 0}, {9, 1, 2}} {
			_, err = v.Unseal("photo", []byte("1"), b)
			wantCode(t, err, engine.CodeCorrupt)
		}
		closeVault(t, v)
	}
}

func TestSealedAndTransparentBytesDoNotMix(t *testing.T) {
	_, clear := createWith(t, transparent())
	_, sealing := createWith(t, quick())
	for _, pair := range []struct{ from, to *vault.Vault }{{clear, sealing}, {sealing, clear}} {
		ref := newKey(t, pair.from)
		newKey(t, pair.to)
		long := string(make([]byte, 100)) // longer than what sealing adds
		_, err := pair.to.Unseal("photo", []byte("1"), seal(t, pair.from, ref, "photo", "1", long))
		wantCode(t, err, engine.CodeCorrupt)
		main, err := pair.from.SealMain("run", []byte("1"), []byte(long))
		if err != nil {
			t.Fatal(err)
		}
		_, err = pair.to.Unseal("run", []byte("1"), main)
		wantCode(t, err, engine.CodeCorrupt)
	}
}

func TestTheOptionChangesNothingForSealedVaults(t *testing.T) {
	dir, v := createWith(t, quick())
	closeVault(t, v)
	v = open(t, transparent(), dir)
	if v.Transparent() || v.BadgerKey() == nil {
		t.Error("a sealed vault was opened as a transparent one")
	}
	if b := seal(t, v, newKey(t, v), "photo", "1", "plain text"); bytes.Contains(b, []byte("plain")) {
		t.Errorf("not sealed: %q", b)
	}
}
