package parcel

import (
	"archive/zip"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"filippo.io/age"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// Sealer says who can open a sealed package.
type Sealer struct {
	to   age.Recipient
	Kind string // "passphrase", "recipient"
}

// MinPassphrase is the least number of characters of a passphrase that seals a package: it is sent out, and may be tried for ever.
const MinPassphrase = 12

// maxWorkFactor bounds what a foreign package may ask for to try a passphrase: 2^20 rounds of scrypt take 1 GiB. Packages are sealed with 2^18.
const maxWorkFactor = 20

// NewSealer takes a passphrase or the recipient's public key ("age1..."), one of them. CodeInvalid.
func NewSealer(passphrase, recipient string) (Sealer, error) {
	const op = "parcel.NewSealer"
	switch {
	case passphrase != "" && recipient != "":
		return Sealer{}, engine.E(engine.CodeInvalid, op, "a package is sealed with a passphrase or for a recipient, not both", nil)
	case recipient != "":
		to, err := age.ParseRecipients(strings.NewReader(recipient))
		if err != nil || len(to) != 1 {
			return Sealer{}, engine.E(engine.CodeInvalid, op, "this is no public key of a recipient (age1...)", err)
		}
		return Sealer{to[0], "recipient"}, nil
	case len([]rune(passphrase)) < MinPassphrase:
		return Sealer{}, engine.E(engine.CodeInvalid, op, "the passphrase of a package is too short", nil)
	}
	to, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return Sealer{}, engine.E(engine.CodeInvalid, op, "the passphrase can't be used", err)
	}
	return Sealer{to, "passphrase"}, nil
}

// Seal writes a finished package's folder as a sealed ZIP beside it and returns its path.
func (s Sealer) Seal(folder string) (_ string, err error) {
	const op = "parcel.Seal"
	target := folder + ".zip.age"
	tmp, err := os.CreateTemp(filepath.Dir(folder), ".package-*") // mode 0600
	if err != nil {
		return "", unwritable(op, err)
	}
	err = s.write(tmp, folder)
	err = errors.Join(err, tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Link(tmp.Name(), target) // never over another file
	}
	if err = errors.Join(err, os.Remove(tmp.Name())); err != nil {
		return "", unwritable(op, err)
	}
	return target, nil
}

func (s Sealer) write(to io.Writer, folder string) error {
	sealed, err := age.Encrypt(to, s.to)
	if err != nil {
		return err
	}
	z := zip.NewWriter(sealed)
	root := filepath.Base(folder)
	err = filepath.WalkDir(folder, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(folder, p)
		if err != nil {
			return err
		}
		return addFile(z, path.Join(root, filepath.ToSlash(rel)), p)
	})
	return errors.Join(err, z.Close(), sealed.Close())
}

func addFile(z *zip.Writer, name, from string) error {
	f, err := os.Open(from)
	if err != nil {
		return err
	}
	defer f.Close()
	w, err := z.Create(name)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, f)
	return err
}

// identities gives what opens a sealed package. CodeInvalid; CodeBadKey where nothing was given.
func identities(key matter.PackageKey) ([]age.Identity, error) {
	const op = "parcel.Check"
	switch {
	case key.Identity != "":
		ids, err := age.ParseIdentities(strings.NewReader(key.Identity))
		if err != nil {
			return nil, engine.E(engine.CodeInvalid, op, "this is no secret key of a recipient (AGE-SECRET-KEY-1...)", nil) // the cause may quote it
		}
		return ids, nil
	case key.Passphrase != "":
		id, err := age.NewScryptIdentity(key.Passphrase)
		if err != nil {
			return nil, engine.E(engine.CodeInvalid, op, "the passphrase can't be used", err)
		}
		id.SetMaxWorkFactor(maxWorkFactor)
		return []age.Identity{id}, nil
	}
	return nil, engine.E(engine.CodeBadKey, op, "the package is sealed: its passphrase or key is needed", nil)
}
