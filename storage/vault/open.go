package vault

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"gabarit/engine"
)

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
	defer clear(data) // a vault without passphrase keeps its key in it
	if err != nil {
		return keyFile{}, fileError(op, err)
	}
	if len(data) > maxKeyFileLen {
		return keyFile{}, engine.E(engine.CodeCorrupt, op, "the vault's key file is damaged", errors.New("too long"))
	}
	return parseKeyFile(data)
}

// orphans reports records, notes or keys without their key file: a vault that lost it, which must
// not be taken for an empty folder.
func orphans(dir string) error {
	const op = "vault.Open"
	info, err := os.Stat(filepath.Join(dir, keyTableName))
	lost := err == nil && info.Size() > slotLen
	for _, name := range []string{recordsName, notesName, checkpointName, indexName} {
		found, err := exists(filepath.Join(dir, name))
		if err != nil {
			return fileError(op, err)
		}
		lost = lost || found
	}
	if lost {
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
	defer clear(secret)
	id, root := bytes.Clone(secret[:idLen]), secret[idLen:]
	f := keyFile{Format: keyFileFormat, Version: keyFileVersion, ID: id, Created: o.Now().UTC()}
	if o.Transparent {
		f.Format = transparentFormat
	}
	f, err := f.wrap(root, passphrase, o.KDF, o.Rand)
	if err != nil {
		return nil, engine.E(engine.CodeInternal, op, "the vault can't be made", err)
	}
	data, err := f.encode()
	defer clear(data)
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
	return o.openWith(dir, func(f keyFile) ([]byte, error) { return f.unwrap(passphrase) })
}

// openWith opens the vault in dir with the vault key that unwrap gives.
func (o Options) openWith(dir string, unwrap func(keyFile) ([]byte, error)) (*Vault, error) {
	o = o.withDefaults()
	if _, err := readKeyFile(dir); err != nil { // before takeLock, which would make a file
		return nil, err
	}
	lock, err := takeLock(dir)
	if err != nil {
		return nil, err
	}
	v, err := o.unlock(dir, unwrap)
	return finish(v, lock, err)
}

func (o Options) unlock(dir string, unwrap func(keyFile) ([]byte, error)) (*Vault, error) {
	const op = "vault.Open"
	f, err := readKeyFile(dir) // again: it may have changed before the lock was ours
	if err != nil {
		return nil, err
	}
	if f.transparent() && !o.Transparent {
		return nil, engine.E(engine.CodeUnsupported, op, "this vault was made for a test and seals nothing", nil)
	}
	root, err := unwrap(f)
	clear(f.Key) // the vault key itself where there is no passphrase
	if err != nil {
		return nil, err
	}
	if err := errors.Join(removeTemps(dir), removeTemps(filepath.Join(dir, notesName))); err != nil {
		return nil, fileError(op, err)
	}
	return o.open(dir, f, root)
}

// open takes ownership of root.
func (o Options) open(dir string, f keyFile, root []byte) (*Vault, error) {
	v := &Vault{dir: dir, id: f.ID, transparent: f.transparent(), opts: o, passphrase: f.hasPassphrase(), root: root}
	if o.StateDir != "" {
		v.state = filepath.Join(o.StateDir, hex.EncodeToString(f.ID))
	}
	v.main = v.purposeKey("main")
	table, err := openTable(filepath.Join(dir, keyTableName), f.ID, v.purposeKey("slots"), o.Rand)
	if err != nil {
		v.wipe()
		return nil, err
	}
	v.table = table
	return v, nil
}
