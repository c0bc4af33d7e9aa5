package vault

import (
	"bytes"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"gabarit/engine"
)

// Options change how vaults are made; the zero value is right for everything but tests.
type Options struct {
	KDF  KDF              // zero: DefaultKDF
	Rand io.Reader        // nil: crypto/rand; else safe for concurrent use
	Now  func() time.Time // nil: time.Now
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
	return o
}

// Vault is an open vault: the keys, in memory, and the lock on the folder. Safe for concurrent use.
type Vault struct {
	dir        string
	passphrase bool
	rand       io.Reader
	lock       *os.File

	mu     sync.RWMutex // held for writing by NewKey, DestroyKeys, Close
	id     []byte
	root   []byte // the vault key; nil once closed
	main   []byte
	table  *keyTable
	closed bool
}

// State tells whether dir holds a vault and whether it needs a passphrase: VaultMissing, VaultSealed
// or VaultClosed. It takes no lock and changes nothing. CodeCorrupt: there is one, damaged.
func State(dir string) (engine.VaultState, error) {
	f, err := readKeyFile(dir)
	switch {
	case engine.CodeOf(err) == engine.CodeNoVault:
		return engine.VaultMissing, nil
	case err != nil:
		return "", err
	case f.hasPassphrase():
		return engine.VaultSealed, nil
	}
	return engine.VaultClosed, nil
}

// readKeyFile reads vault.json; CodeNoVault where nothing speaks for a vault.
func readKeyFile(dir string) (keyFile, error) {
	const op = "vault.Open"
	f, err := os.Open(filepath.Join(dir, keyFileName))
	if errors.Is(err, fs.ErrNotExist) {
		if err := orphans(dir); err != nil {
			return keyFile{}, err
		}
		return keyFile{}, engine.E(engine.CodeNoVault, op, "there is no vault here", nil)
	}
	if err != nil {
		return keyFile{}, fileError(op, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxKeyFileLen+1))
	if err != nil {
		return keyFile{}, fileError(op, err)
	}
	if len(data) > maxKeyFileLen {
		return keyFile{}, engine.E(engine.CodeCorrupt, op, "the vault's key file is damaged", errors.New("too long"))
	}
	return parseKeyFile(data)
}

// orphans reports records or keys without their key file: a vault that lost it, which must not be
// taken for an empty folder.
func orphans(dir string) error {
	const op = "vault.Open"
	records, err := exists(filepath.Join(dir, recordsName))
	if err != nil {
		return fileError(op, err)
	}
	info, err := os.Stat(filepath.Join(dir, keyTableName))
	if records || (err == nil && info.Size() > slotLen) {
		return engine.E(engine.CodeCorrupt, op, "the vault's key file is missing", nil)
	}
	return nil
}

// Create makes a vault in dir, which must be missing or empty, and opens it; "" makes one without
// passphrase. CodeConflict if there is one already or the folder holds something else.
func Create(dir, passphrase string) (*Vault, error) { return Options{}.Create(dir, passphrase) }

// Open opens the vault in dir. CodeNoVault, CodeLocked (another process, or this one, has it open),
// CodeBadKey, CodeCorrupt, CodeUnsupported (made by a newer version). A vault without passphrase opens
// with any.
func Open(dir, passphrase string) (*Vault, error) { return Options{}.Open(dir, passphrase) }

// Create is the function Create with these options.
func (o Options) Create(dir, passphrase string) (*Vault, error) {
	const op = "vault.Create"
	o = o.withDefaults()
	if err := o.KDF.check(); err != nil {
		return nil, engine.E(engine.CodeInvalid, op, "the cost of the passphrase is out of bounds", err)
	}
	if err := os.MkdirAll(dir, dirMode); err != nil {
		return nil, fileError(op, err)
	}
	lock, err := takeLock(dir)
	if err != nil {
		return nil, err
	}
	v, err := o.create(dir, passphrase)
	return finish(v, lock, err)
}

// finish hands the lock to v, or frees it after an error.
func finish(v *Vault, lock *os.File, err error) (*Vault, error) {
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	v.lock = lock
	return v, nil
}

func (o Options) create(dir, passphrase string) (*Vault, error) {
	const op = "vault.Create"
	if err := mayCreate(dir); err != nil {
		return nil, err
	}
	if err := os.Chmod(dir, dirMode); err != nil {
		return nil, fileError(op, err)
	}
	secret := make([]byte, idLen+keyLen)
	if _, err := io.ReadFull(o.Rand, secret); err != nil {
		return nil, engine.E(engine.CodeInternal, op, "no random numbers", err)
	}
	id, root := bytes.Clone(secret[:idLen]), secret[idLen:]
	f, err := newKeyFile(id, root, passphrase, o.KDF, o.Now(), o.Rand)
	if err != nil {
		return nil, engine.E(engine.CodeInternal, op, "the vault can't be made", err)
	}
	data, err := f.encode()
	if err != nil {
		return nil, engine.E(engine.CodeInternal, op, "the vault can't be made", err)
	}
	// vault.json comes last: with it the vault exists.
	if err := writeAtomic(dir, keyTableName, tableHeader(id)); err != nil {
		return nil, fileError(op, err)
	}
	if err := writeAtomic(dir, keyFileName, data); err != nil {
		return nil, fileError(op, err)
	}
	if err := syncDir(filepath.Dir(filepath.Clean(dir))); err != nil {
		return nil, fileError(op, err)
	}
	return o.open(dir, f, bytes.Clone(root))
}

// mayCreate refuses a folder that holds a vault, what is left of one, or anything else.
func mayCreate(dir string) error {
	const op = "vault.Create"
	if ok, err := exists(filepath.Join(dir, keyFileName)); err != nil {
		return fileError(op, err)
	} else if ok {
		return engine.E(engine.CodeConflict, op, "there is a vault here already", nil)
	}
	if err := orphans(dir); err != nil {
		return err
	}
	if err := removeTemps(dir); err != nil {
		return fileError(op, err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fileError(op, err)
	}
	ours := []string{lockName, keyTableName}
	if slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return !slices.Contains(ours, e.Name()) }) {
		return engine.E(engine.CodeConflict, op, "the folder for the vault is not empty", nil)
	}
	return nil
}

// Open is the function Open with these options.
func (o Options) Open(dir, passphrase string) (*Vault, error) {
	o = o.withDefaults()
	if _, err := readKeyFile(dir); err != nil { // before takeLock, which would make a file
		return nil, err
	}
	lock, err := takeLock(dir)
	if err != nil {
		return nil, err
	}
	v, err := o.unlock(dir, passphrase)
	return finish(v, lock, err)
}

func (o Options) unlock(dir, passphrase string) (*Vault, error) {
	f, err := readKeyFile(dir) // again: it may have changed before the lock was ours
	if err != nil {
		return nil, err
	}
	root, err := f.unwrap(passphrase)
	if err != nil {
		return nil, err
	}
	if err := removeTemps(dir); err != nil {
		return nil, fileError("vault.Open", err)
	}
	return o.open(dir, f, root)
}

// open takes ownership of root.
func (o Options) open(dir string, f keyFile, root []byte) (*Vault, error) {
	v := &Vault{dir: dir, passphrase: f.hasPassphrase(), rand: o.Rand, id: f.ID, root: root}
	v.main = v.purposeKey("main")
	table, err := openTable(filepath.Join(dir, keyTableName), f.ID, v.purposeKey("slots"), o.Rand)
	if err != nil {
		v.wipe()
		return nil, err
	}
	v.table = table
	return v, nil
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

// HasPassphrase reports whether a passphrase protects the vault.
func (v *Vault) HasPassphrase() bool { return v.passphrase }

// BadgerKey gives the key for the database's own encryption. It panics after Close.
func (v *Vault) BadgerKey() []byte {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.purposeKey("records")
}

// Hash gives a keyed hash (HMAC-SHA-256) of data under the key of that domain: it finds equal data
// again without telling what it was, and says nothing across domains or vaults. It panics after Close.
func (v *Vault) Hash(domain string, data []byte) [32]byte {
	v.mu.RLock()
	defer v.mu.RUnlock()
	key := v.purposeKey("hash " + domain)
	defer clear(key)
	mac := hmac.New(sha256.New, key)
	mac.Write(data)
	return [32]byte(mac.Sum(nil))
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
