package vault

import (
	"crypto/subtle"
	"errors"
	"os"
	"path/filepath"
	"syscall"

	"gabarit/engine"
)

// ErrChanged is in the chain of ChangePassphrase's error where the passphrase was changed all the same.
var ErrChanged = errors.New("the passphrase was changed")

// ChangePassphrase wraps the vault key with next instead of passphrase, at the cost of Options; "" as
// next leaves the vault without. vault.json is rewritten atomically: killed at any instant, the vault opens with
// the old passphrase or with the new one. The vault key stays, and all that is sealed; an older copy of
// vault.json still opens with the passphrase of its time.
//
// CodeBadKey: passphrase is wrong (a vault without passphrase takes any). A remembered key is renewed, or
// forgotten where next is "". Where only that fails, or overwriting what vault.json was, the error says
// that the passphrase was changed, and holds ErrChanged.
func (v *Vault) ChangePassphrase(passphrase, next string) error {
	const op = "vault.ChangePassphrase"
	v.passMu.Lock()
	defer v.passMu.Unlock()
	if err := v.opts.KDF.check(); err != nil {
		return engine.E(engine.CodeInvalid, op, "the cost of the passphrase is out of bounds", err)
	}
	f, err := v.keyFile(op)
	if err != nil {
		return err
	}
	defer clear(f.Key) // the vault key itself where there is no passphrase
	root, err := f.unwrap(passphrase)
	defer clear(root)
	if err != nil {
		return err
	}
	remembered := v.opts.remembers(f)
	file, err := f.wrap(root, next, v.opts.KDF, v.opts.Rand)
	if err != nil {
		return engine.E(engine.CodeInternal, op, "the passphrase can't be changed", err)
	}
	defer clear(file.Key)
	before, err := v.replaceKeyFile(op, root, file)
	if err != nil {
		return err
	}
	if remembered {
		err = v.renew(file, next)
	}
	if err != nil {
		err = engine.E(engine.CodeUnavailable, op, "the passphrase was changed, but the system's keyring still holds the old key", errors.Join(ErrChanged, err))
	}
	if berr := errors.Join(blank(before), before.Close()); berr != nil {
		err = errors.Join(err, engine.E(engine.CodeUnavailable, op, "the passphrase was changed, but the old key file could not be overwritten", errors.Join(ErrChanged, berr)))
	}
	return err
}

// keyFile reads vault.json of the open vault; callers hold passMu.
func (v *Vault) keyFile(op string) (keyFile, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if v.closed {
		return keyFile{}, closedError(op)
	}
	return readKeyFile(v.dir)
}

// replaceKeyFile puts next in the place of vault.json, which gave root, and hands over the file that was
// there, open.
func (v *Vault) replaceKeyFile(op string, root []byte, next keyFile) (*os.File, error) {
	data, err := next.encode()
	defer clear(data)
	if err != nil {
		return nil, engine.E(engine.CodeInternal, op, "the passphrase can't be changed", err)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.closed {
		return nil, closedError(op)
	}
	if subtle.ConstantTimeCompare(root, v.root) != 1 {
		return nil, engine.E(engine.CodeCorrupt, op, "the vault's key file is damaged", errors.New("it is not that of the open vault"))
	}
	before, err := os.OpenFile(filepath.Join(v.dir, keyFileName), os.O_RDWR, 0)
	if err != nil {
		return nil, fileError(op, err)
	}
	if err := writeAtomic(v.dir, keyFileName, data); err != nil {
		return nil, fileError(op, errors.Join(err, before.Close()))
	}
	v.passphrase = next.hasPassphrase()
	return before, nil
}

// blank overwrites a file that was replaced: it may hold the vault key in the clear. One that has
// another name, in somebody's backup, is left alone.
func blank(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if st, ok := info.Sys().(*syscall.Stat_t); !ok || st.Nlink > 0 {
		return nil
	}
	if _, err := f.WriteAt(make([]byte, info.Size()), 0); err != nil {
		return err
	}
	return f.Sync()
}

// renew brings the keyring up to date after a change.
func (v *Vault) renew(f keyFile, passphrase string) error {
	if !f.hasPassphrase() {
		return v.opts.Keyring.Delete(v.ID())
	}
	kek := f.kek(passphrase)
	defer clear(kek)
	return v.opts.Keyring.Set(v.ID(), f.remembered(kek))
}
