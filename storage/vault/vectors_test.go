package vault_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"gabarit/engine"
	"gabarit/storage/vault"
)

// counter gives the bytes 0, 1, 2, ... 255, 0, ...: random numbers that a test vector can repeat.
type counter struct {
	mu sync.Mutex
	n  byte
}

func (c *counter) Read(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range p {
		p[i] = c.n
		c.n++
	}
	return len(p), nil
}

var _ io.Reader = (*counter)(nil)

// TestFormatVectors pins version 1 of the format: random numbers count up from 0, the clock
// stands still. A change here is a new version.
func TestFormatVectors(t *testing.T) {
	o := quick()
	o.Rand = &counter{}
	o.Now = func() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) }
	dir := filepath.Join(t.TempDir(), "vault")
	v, err := o.Create(dir, "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	defer closeVault(t, v)
	if got := string(read(t, filepath.Join(dir, "vault.json"))); got != wantKeyFile {
		t.Errorf("vault.json:\n%s\nwant:\n%s", got, wantKeyFile)
	}
	ref, err := v.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	record, err := v.Seal(ref, "domain", []byte("id"), []byte("plain"))
	if err != nil {
		t.Fatal(err)
	}
	main, err := v.SealMain("domain", []byte("id"), []byte("plain"))
	if err != nil {
		t.Fatal(err)
	}
	table := sha256.Sum256(read(t, filepath.Join(dir, "keys.tbl")))
	hash := v.Hash("url", []byte("https://example.org/"))
	for name, pair := range map[string][2]string{
		"SHA-256 of keys.tbl": {hex.EncodeToString(table[:]), wantTable},
		"sealed with a key":   {hex.EncodeToString(record), wantRecord},
		"sealed under main":   {hex.EncodeToString(main), wantMain},
		"hash":                {hex.EncodeToString(hash[:]), wantHash},
		"Badger's key":        {hex.EncodeToString(v.BadgerKey()), wantBadger},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s = %s, want %s", name, pair[0], pair[1])
		}
	}
}

// TestVectorsOfWhatCameLater pins notes, the log's key, what a keyring keeps and a change of passphrase.
func TestVectorsOfWhatCameLater(t *testing.T) {
	o, ring := withKeyring()
	o.Rand = &counter{}
	o.Now = func() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) }
	dir := filepath.Join(t.TempDir(), "vault")
	v, err := o.Create(dir, "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	key := vault.ErasedKey{Ref: newKey(t, v), Record: "01ARZ3NDEKTSV4RRFFQ69G5FAW"}
	note(t, v, erasure, []vault.ErasedKey{key})
	if err := v.Remember("correct horse"); err != nil {
		t.Fatal(err)
	}
	remembered := ring.secrets[v.ID()]
	closeVault(t, v)
	o.KDF.MemoryKiB = 128
	if v, err = o.OpenRemembered(dir); err != nil {
		t.Fatal(err)
	}
	defer closeVault(t, v)
	if err := v.ChangePassphrase("correct horse", "battery staple"); err != nil {
		t.Fatal(err)
	}
	for name, pair := range map[string][2]string{
		"note":       {hex.EncodeToString(read(t, filepath.Join(dir, "erased", erasure+"-1"))), wantNote},
		"log key":    {hex.EncodeToString(v.LogKey()), wantLogKey},
		"signature":  {hex.EncodeToString(v.SignLog([]byte("checkpoint"))), wantSignature},
		"remembered": {remembered, wantRemembered},
		"vault.json": {string(read(t, filepath.Join(dir, "vault.json"))), wantChanged},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s = %s, want %s", name, pair[0], pair[1])
		}
	}
}

func FuzzKeyFile(f *testing.F) {
	for _, seed := range []string{wantKeyFile, wantKeyFile[:100], "", "{}", "null", `{"format":"gabarit-vault","version":2}`, `{"format":"gabarit-vault","version":1,"kdf":{"name":"none"}}`} {
		f.Add([]byte(seed))
	}
	f.Add([]byte(wantChanged))
	f.Add([]byte(strings.Replace(wantKeyFile, "gabarit-vault", "gabarit-vault-transparent", 1)))
	f.Fuzz(func(t *testing.T, data []byte) {
		out, err := vault.ParseKeyFile(data)
		if code := engine.CodeOf(err); err != nil {
			if code != engine.CodeCorrupt && code != engine.CodeUnsupported {
				t.Errorf("%v has code %s", err, code)
			}
			return
		}
		if _, err := vault.ParseKeyFile(out); err != nil {
			t.Errorf("what was read is not read again: %v", err)
		}
	})
}

func FuzzKeyTable(f *testing.F) {
	id := []byte("0123456789abcdef")
	header := vault.TableHeader(id)
	for _, seed := range [][]byte{nil, header, header[:60], append(header[:128:128], make([]byte, 256)...), append(header[:128:128], header...)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		slots, free, err := vault.ScanTable(data, id)
		if err != nil {
			return
		}
		if int(slots) > len(data)/128-1 || len(free) > int(slots) {
			t.Errorf("%d slots, %d free in %d bytes", slots, len(free), len(data))
		}
		for _, ref := range free {
			if ref.Slot >= slots || ref.Gen == 0 {
				t.Errorf("free slot %v of %d", ref, slots)
			}
		}
	})
}

func FuzzNote(f *testing.F) {
	entry := append(make([]byte, 4+4+32), 3, 'a', 'b', 'c')
	for _, seed := range [][]byte{nil, {1, 0, 0, 0, 0, 0, 0, 0}, append([]byte{1, 0, 0, 0, 1, 0, 0, 0}, entry...), {1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff},
		append([]byte{1, 0, 0, 0, 2, 0, 0, 0}, append(entry, entry[:42]...)...)} {
		f.Add(erasure+"-1", seed)
	}
	for _, name := range []string{"", "-", "-1", "a-0", "a-01", "a-+1", "a--1", "../a-1", "a-99999999999999999999"} {
		f.Add(name, []byte(nil))
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		if again, err := vault.ParseNoteName(name); err == nil && (again != name || filepath.Base(name) != name) {
			t.Errorf("name %q is read as %q", name, again)
		}
		if again, err := vault.ParseNote(data); err == nil && !bytes.Equal(again, data) {
			t.Errorf("%x is read as %x", data, again)
		}
	})
}

// FuzzNoteFile gives the reader of note files whatever bytes, under the name of a note.
func FuzzNoteFile(f *testing.F) {
	dir := filepath.Join(f.TempDir(), "vault")
	v, err := quick().Create(dir, "")
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = v.Close() })
	if err := v.NoteErasure(erasure, nil); err != nil {
		f.Fatal(err)
	}
	path := filepath.Join(dir, "erased", erasure+"-1")
	good, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range [][]byte{nil, good, good[:20], append(bytes.Clone(good), 0), {2, 0, 0, 0, 0, 1, 0, 0, 0}, {3}, bytes.Repeat([]byte{2}, 60)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		write(t, path, data)
		_, _, err := v.Erasures()
		if bytes.Equal(data, good) != (err == nil) {
			t.Errorf("%x: %v", data, err)
		}
		if err != nil {
			wantCode(t, err, engine.CodeCorrupt)
		}
	})
}

// The expected values. Hash, Badger's key and all from wantNote on were also computed with other implementations of
// HChaCha20, Argon2id, HKDF, HMAC and Ed25519, from the package comment alone.
const (
	wantKeyFile = `{
  "format": "gabarit-vault",
  "version": 1,
  "id": "AAECAwQFBgcICQoLDA0ODw==",
  "created": "2026-01-02T03:04:05Z",
  "kdf": {
    "name": "argon2id",
    "memory_kib": 64,
    "time": 1,
    "threads": 1,
    "salt": "MDEyMzQ1Njc4OTo7PD0+Pw=="
  },
  "key": "QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXgWTpHB3GfznyqeBrgPLXhOBB9giftY39FO6UAZCkbbYZnq54dsKWr4/wMKZ6ga+O",
  "sum": "UUVf7tcbMNOJd/k7CFflkCwkvXEpdkm3gtAboaWRanI="
}
`
	wantTable      = "4507572e2faf37bc4f5d172e4722e801bb1cae8b31c980eaa11a9f901c8b8956"
	wantRecord     = "020000000001000000909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a789204c6f1d2463c030beb86c8b20833b37e94c7377"
	wantMain       = "01a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf20dc6cdf56a4763338e97bb72cd77c21a727ed4243"
	wantHash       = "f0bc5d43bdf777ee61dfa8326bc41247a8b0a9f992fca71ae0d3f6383cfa2bd0"
	wantBadger     = "1dc52f082b4920c1d9d1f8913f6343a93539bfa923ee73624758cff25f3f6fca"
	wantNote       = "01909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a763b42f0eab5b8621844b83032a4c597ac494b04413f835b5d74ec985e2796b2aff9793cbc87d70dce6cc6af40829254383cb0cfed2055bb355778a2e15c4fe9341ea7cbe71304fb2633f6de2c90295e2b7e6c8dcc30db459697e55"
	wantLogKey     = "ae9b5f3846df94b95e224d89004d0b1e99f50ac3ebe59f9f8467872d9a3fc4ca"
	wantSignature  = "5eacdb32cf0a51ca1bb006c52b8face79c66b16001563a3560eae3f55c1fb9ed3a446fe5fa82cb275c97baae8682e438d4082a90971ba8f34cf454b1f693a40b"
	wantRemembered = "gabarit1:MDEyMzQ1Njc4OTo7PD0+P6+VnfTMmNSAaH6l2WRiAIB8mVcXEiSs5P3jqsb2Uf6u"
	wantChanged    = `{
  "format": "gabarit-vault",
  "version": 1,
  "id": "AAECAwQFBgcICQoLDA0ODw==",
  "created": "2026-01-02T03:04:05Z",
  "kdf": {
    "name": "argon2id",
    "memory_kib": 128,
    "time": 1,
    "threads": 1,
    "salt": "qKmqq6ytrq+wsbKztLW2tw=="
  },
  "key": "uLm6u7y9vr/AwcLDxMXGx8jJysvMzc7Pmlu6hfY6JhiEeLqx47wHYw1U3rHRpsItzm62gBJGrfb9dBnB+QOMGoPow62t3hhJ",
  "sum": "R9vs/7roAyo5OwcdmRKJeLGPjbFhS3O3QIemF1lf9mE="
}
`
)
