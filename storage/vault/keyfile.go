package vault

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/chacha20poly1305"
	"golang.org/x/text/unicode/norm"

	"gabarit/engine"
)

// Format is the version of the vault's format that this program writes.
const Format = 1

const (
	keyFileFormat = "gabarit-vault"
	// transparentFormat is that of vaults that seal nothing; a program without them takes none for a vault.
	transparentFormat = "gabarit-vault-transparent"
	keyFileVersion    = Format
	kdfNone           = "none"
	kdfArgon2id       = "argon2id"
	keyLen            = 32
	idLen             = 16
	saltLen           = 16
	wrappedLen        = chacha20poly1305.NonceSizeX + keyLen + chacha20poly1305.Overhead
)

// KDF is the cost of turning a passphrase into a key with Argon2id. It is stored in the vault, so a
// vault opens with the cost it was made with.
type KDF struct {
	MemoryKiB uint32
	Time      uint32 // passes over the memory
	Threads   uint8
}

// DefaultKDF is 64 MiB, three passes, four lanes: RFC 9106's second recommended option.
func DefaultKDF() KDF { return KDF{MemoryKiB: 64 << 10, Time: 3, Threads: 4} }

// check bounds the cost, so that a forged vault.json can't take all memory or run for hours.
func (k KDF) check() error {
	if k.Threads < 1 || k.Threads > 64 || k.Time < 1 || k.Time > 100 ||
		k.MemoryKiB < 8*uint32(k.Threads) || k.MemoryKiB > 1<<20 {
		return fmt.Errorf("argon2id cost out of bounds: %d KiB, %d passes, %d lanes", k.MemoryKiB, k.Time, k.Threads)
	}
	return nil
}

// keyFile is vault.json.
type keyFile struct {
	Format  string    `json:"format"`
	Version uint32    `json:"version"`
	ID      []byte    `json:"id"`
	Created time.Time `json:"created"`
	KDF     kdfHeader `json:"kdf"`
	Key     []byte    `json:"key"`
	Sum     []byte    `json:"sum"`
}

type kdfHeader struct {
	Name      string `json:"name"`
	MemoryKiB uint32 `json:"memory_kib,omitempty"`
	Time      uint32 `json:"time,omitempty"`
	Threads   uint8  `json:"threads,omitempty"`
	Salt      []byte `json:"salt,omitempty"`
}

func (h kdfHeader) cost() KDF { return KDF{h.MemoryKiB, h.Time, h.Threads} }

// wrap gives f with key wrapped with the passphrase, or in the clear without one. Salt and nonce are
// new each time, so a KEK belongs to one wrapping.
func (f keyFile) wrap(key []byte, passphrase string, kdf KDF, random io.Reader) (keyFile, error) {
	f.KDF, f.Key = kdfHeader{Name: kdfNone}, bytes.Clone(key)
	if passphrase != "" {
		salted := make([]byte, saltLen+chacha20poly1305.NonceSizeX)
		if _, err := io.ReadFull(random, salted); err != nil {
			return keyFile{}, err
		}
		salt, nonce := salted[:saltLen], salted[saltLen:]
		f.KDF = kdfHeader{kdfArgon2id, kdf.MemoryKiB, kdf.Time, kdf.Threads, salt}
		kek := f.kek(passphrase)
		defer clear(kek)
		aead, err := chacha20poly1305.NewX(kek)
		if err != nil {
			return keyFile{}, err
		}
		clear(f.Key)
		f.Key = aead.Seal(bytes.Clone(nonce), nonce, key, f.header())
	}
	f.Sum = f.sum()
	return f, nil
}

// kek derives the key that wraps the vault key.
func (f keyFile) kek(passphrase string) []byte {
	typed := []byte(passphrase)
	defer clear(typed)
	pass := norm.NFC.Bytes(typed)
	defer clear(pass)
	h := f.KDF
	return argon2.IDKey(pass, h.Salt, h.Time, h.MemoryKiB, h.Threads, keyLen)
}

// header is what the wrapped key is bound to, see the package comment.
func (f keyFile) header() []byte {
	b := appendLP(nil, []byte(f.Format))
	b = binary.LittleEndian.AppendUint32(b, f.Version)
	b = appendLP(b, f.ID)
	b = appendLP(b, []byte(f.Created.Format(time.RFC3339Nano)))
	b = appendLP(b, []byte(f.KDF.Name))
	b = binary.LittleEndian.AppendUint32(b, f.KDF.MemoryKiB)
	b = binary.LittleEndian.AppendUint32(b, f.KDF.Time)
	b = binary.LittleEndian.AppendUint32(b, uint32(f.KDF.Threads))
	return appendLP(b, f.KDF.Salt)
}

func (f keyFile) sum() []byte {
	s := sha256.Sum256(appendLP(f.header(), f.Key))
	return s[:]
}

func appendLP(b, x []byte) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(len(x)))
	return append(b, x...)
}

func (f keyFile) encode() ([]byte, error) {
	b, err := json.MarshalIndent(f, "", "  ")
	return append(b, '\n'), err
}

// parseKeyFile reads vault.json and checks all of it that needs no passphrase.
func parseKeyFile(data []byte) (keyFile, error) {
	const op = "vault.parseKeyFile"
	damaged := func(cause error) (keyFile, error) {
		return keyFile{}, engine.E(engine.CodeCorrupt, op, "the vault's key file is damaged", cause)
	}
	var f keyFile
	if err := json.Unmarshal(data, &f); err != nil {
		return damaged(err)
	}
	if f.Format != keyFileFormat && f.Format != transparentFormat {
		return damaged(errors.New("not a vault's key file"))
	}
	if f.Version > keyFileVersion {
		return keyFile{}, engine.E(engine.CodeUnsupported, op, "the vault was made by a newer version of this program",
			fmt.Errorf("key file version %d", f.Version))
	}
	if err := f.check(); err != nil {
		return damaged(err)
	}
	return f, nil
}

func (f keyFile) check() error {
	switch {
	case f.Version != keyFileVersion || len(f.ID) != idLen || f.Created.Location() != time.UTC:
		return errors.New("version, ID or time is wrong")
	case !bytes.Equal(f.Sum, f.sum()):
		return errors.New("checksum is wrong")
	case f.KDF.Name == kdfNone && len(f.Key) == keyLen:
		return nil
	case f.KDF.Name == kdfArgon2id && len(f.Key) == wrappedLen && len(f.KDF.Salt) == saltLen:
		return f.KDF.cost().check()
	}
	return errors.New("unknown key derivation or wrong length of key or salt")
}

func (f keyFile) hasPassphrase() bool { return f.KDF.Name != kdfNone }

func (f keyFile) transparent() bool { return f.Format == transparentFormat }

// unwrap gives the vault key. A vault without passphrase opens with any. A wrong passphrase takes the
// same way as the right one, through all of Argon2id to the AEAD's tag, which is compared in constant
// time; only an empty one is refused before, which tells nothing.
func (f keyFile) unwrap(passphrase string) ([]byte, error) {
	if !f.hasPassphrase() {
		return bytes.Clone(f.Key), nil
	}
	if passphrase == "" {
		return nil, engine.E(engine.CodeBadKey, "vault.unwrap", "the vault needs its passphrase", nil)
	}
	kek := f.kek(passphrase)
	defer clear(kek)
	return f.unwrapWith(kek)
}

// unwrapWith gives the vault key of a vault with passphrase. CodeBadKey: it was not wrapped with kek.
func (f keyFile) unwrapWith(kek []byte) ([]byte, error) {
	const op = "vault.unwrap"
	aead, err := chacha20poly1305.NewX(kek)
	if err != nil {
		return nil, engine.E(engine.CodeInternal, op, "the vault can't be opened", err)
	}
	nonce, sealed := f.Key[:chacha20poly1305.NonceSizeX], f.Key[chacha20poly1305.NonceSizeX:]
	key, err := aead.Open(nil, nonce, sealed, f.header())
	if err != nil {
		return nil, engine.E(engine.CodeBadKey, op, "wrong passphrase", nil)
	}
	return key, nil
}
