package vault

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Options change how vaults are made and opened; the zero value makes whole vaults that leave no
// copy of their erasure notes outside.
type Options struct {
	KDF  KDF              // zero: DefaultKDF
	Rand io.Reader        // nil: crypto/rand; else safe for concurrent use
	Now  func() time.Time // nil: time.Now

	// StateDir is a folder outside all vaults where each keeps a copy of its erasure notes, so that a
	// vault restored from an old backup is told what was erased since. "": none is kept.
	StateDir string
	// Keyring keeps the key of vaults that are to open without their passphrase; nil: the system's.
	Keyring Keyring
	// Transparent is for tests: Create makes a vault that seals nothing, so that a scan of its files can
	// see what is there, and Open accepts such a vault. It changes nothing for other vaults.
	Transparent bool
}

func (o Options) withDefaults() Options {
	if o.KDF == (KDF{}) {
		o.KDF = DefaultKDF()
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Keyring == nil {
		o.Keyring = systemKeyring{}
	}
	return o
}

// Vault is an open vault: the keys, in memory, and the lock on the folder. Safe for concurrent use.
type Vault struct {
	dir         string
	state       string // this vault's folder in Options.StateDir; "" without
	id          []byte
	transparent bool
	opts        Options
	lock        *os.File

	passMu  sync.Mutex // one change of passphrase or keyring at a time; taken before mu
	notesMu sync.Mutex // one user of the notes' folders at a time; taken before mu
	problem error      // see StateProblem; under notesMu
	mended  error      // the last damaged note that was written anew; stays until Close

	mu         sync.RWMutex // held for writing by NewKey, DestroyKeys, ChangePassphrase, Close
	passphrase bool
	root       []byte // the vault key; nil once closed
	main       []byte
	table      *keyTable
	closed     bool
}

// purposeKey derives a key; callers hold mu or own v alone.
func (v *Vault) purposeKey(purpose string) []byte {
	if v.root == nil {
		panic("vault: used after Close")
	}
	key, err := hkdf.Key(sha256.New, v.root, v.id, "gabarit vault v1 "+purpose, keyLen)
	if err != nil { // only for an output length that HKDF does not have
		panic("vault: internal error: " + err.Error())
	}
	return key
}

// Dir is the vault's folder.
func (v *Vault) Dir() string { return v.dir }

// RecordsDir is the folder inside the vault for the records' database.
func (v *Vault) RecordsDir() string { return filepath.Join(v.dir, recordsName) }

// IndexDir is the folder inside the vault for the saved index; it need not exist.
func (v *Vault) IndexDir() string { return filepath.Join(v.dir, indexName) }

// ID names the vault, in hexadecimal digits: random, the same for all copies of it, and no secret.
func (v *Vault) ID() string { return hex.EncodeToString(v.id) }

// HasPassphrase reports whether a passphrase protects the vault.
func (v *Vault) HasPassphrase() bool {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.passphrase
}

// Transparent reports whether the vault seals nothing, see Options.
func (v *Vault) Transparent() bool { return v.transparent }

// BadgerKey gives the key for the database's own encryption, nil for a transparent vault. The caller
// wipes it. It panics after Close.
func (v *Vault) BadgerKey() []byte {
	v.mu.RLock()
	defer v.mu.RUnlock()
	key := v.purposeKey("records")
	if v.transparent {
		clear(key)
		return nil
	}
	return key
}

// Hash gives a keyed hash (HMAC-SHA-256) of data under the key of that domain: it finds equal data
// again without telling what it was, and says nothing across domains or vaults. It panics after Close.
func (v *Vault) Hash(domain string, data []byte) [32]byte {
	v.mu.RLock()
	defer v.mu.RUnlock()
	key := v.purposeKey("hash " + domain)
	defer clear(key)
	return keyedHash(key, data)
}

func keyedHash(key, data []byte) [32]byte {
	mac := hmac.New(sha256.New, key)
	mac.Write(data)
	return [32]byte(mac.Sum(nil))
}

// LogKey is the public key to check with what SignLog signed. It is the vault's for life: neither a
// new passphrase nor a restored copy changes it. It panics after Close.
func (v *Vault) LogKey() ed25519.PublicKey {
	key := v.logKey()
	defer clear(key)
	return ed25519.PublicKey(append([]byte(nil), key[ed25519.PrivateKeySize-ed25519.PublicKeySize:]...))
}

// SignLog gives the Ed25519 signature of msg, a checkpoint of the audit log. It panics after Close.
func (v *Vault) SignLog(msg []byte) []byte {
	key := v.logKey()
	defer clear(key)
	return ed25519.Sign(key, msg)
}

func (v *Vault) logKey() ed25519.PrivateKey {
	v.mu.RLock()
	defer v.mu.RUnlock()
	seed := v.purposeKey("audit log")
	defer clear(seed)
	return ed25519.NewKeyFromSeed(seed)
}

// Close wipes the keys and frees the folder. What is called afterwards fails. A second Close does
// nothing.
func (v *Vault) Close() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.closed {
		return nil
	}
	v.closed = true
	v.wipe()
	if err := errors.Join(v.table.close(), v.lock.Close()); err != nil {
		return fileError("vault.Close", err)
	}
	return nil
}

func (v *Vault) wipe() {
	clear(v.root)
	clear(v.main)
	v.root, v.main = nil, nil
}

// String keeps keys out of logs and panics that print a Vault.
func (v *Vault) String() string { return "vault.Vault" }

// GoString is String, for %#v.
func (v *Vault) GoString() string { return v.String() }
