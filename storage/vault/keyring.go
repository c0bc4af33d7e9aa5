package vault

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"

	"github.com/zalando/go-keyring"

	"gabarit/engine"
)

// Keyring keeps secrets for the user's session, one for each account (a vault's ID). Errors are
// engine errors: CodeNotFound where it holds nothing for the account, CodeUnavailable where it can't be
// used. Calls may wait for the user to unlock the keyring. Safe for concurrent use.
type Keyring interface {
	Get(account string) (string, error)
	Set(account, secret string) error // replaces what it held
	Delete(account string) error
}

// keyringService is under what name the system's keyring shows the secrets.
const keyringService = "gabarit"

// systemKeyring is the keyring of the user's session: Secret Service over D-Bus, Keychain or Windows
// Credential Manager.
type systemKeyring struct{}

func (systemKeyring) Get(account string) (string, error) {
	if err := sessionBus(); err != nil {
		return "", err
	}
	secret, err := keyring.Get(keyringService, account)
	return secret, keyringError(err)
}

func (systemKeyring) Set(account, secret string) error {
	if err := sessionBus(); err != nil {
		return err
	}
	return keyringError(keyring.Set(keyringService, account, secret))
}

func (systemKeyring) Delete(account string) error {
	if err := sessionBus(); err != nil {
		return err
	}
	return keyringError(keyring.Delete(keyringService, account))
}

// sessionBus reports a Linux without a session bus. The D-Bus library would start one that nobody
// ends, for a keyring that is not there either.
func sessionBus() error {
	if runtime.GOOS != "linux" {
		return nil
	}
	if a := os.Getenv("DBUS_SESSION_BUS_ADDRESS"); a != "" && a != "autolaunch:" {
		return nil
	}
	for _, name := range []string{"bus", "dbus-session"} { // where the library looks
		if ok, err := exists(fmt.Sprintf("/run/user/%d/%s", os.Getuid(), name)); err == nil && ok {
			return nil
		}
	}
	return engine.E(engine.CodeUnavailable, "vault.keyring", "the system has no keyring", errors.New("no session bus"))
}

// keyringError translates an error of go-keyring.
func keyringError(err error) error {
	const op = "vault.keyring"
	switch {
	case err == nil:
		return nil
	case errors.Is(err, keyring.ErrNotFound):
		return engine.E(engine.CodeNotFound, op, "the system's keyring holds no key for this vault", err)
	case errors.Is(err, keyring.ErrUnsupportedPlatform):
		return engine.E(engine.CodeUnavailable, op, "the system has no keyring", err)
	}
	return engine.E(engine.CodeUnavailable, op, "the system's keyring can't be used", err)
}

// rememberedPrefix starts what is kept in the keyring: base64 of the salt in vault.json that the KEK
// belongs to, which tells a stale one, and of the KEK follows.
const rememberedPrefix = "gabarit1:"

func (f keyFile) remembered(kek []byte) string {
	b := append(bytes.Clone(f.KDF.Salt), kek...)
	defer clear(b)
	return rememberedPrefix + base64.StdEncoding.EncodeToString(b)
}

// unwrapRemembered gives the vault key with what a keyring kept. CodeBadKey: it is of no use (any more).
func (f keyFile) unwrapRemembered(secret string) ([]byte, error) {
	stale := func(cause string) ([]byte, error) {
		return nil, engine.E(engine.CodeBadKey, "vault.unwrap", "the key in the system's keyring does not open this vault", errors.New(cause))
	}
	text, ok := strings.CutPrefix(secret, rememberedPrefix)
	b, err := base64.StdEncoding.DecodeString(text)
	defer clear(b)
	switch {
	case !ok || err != nil || len(b) != saltLen+keyLen:
		return stale("not a key of this program")
	case !bytes.Equal(b[:saltLen], f.KDF.Salt):
		return stale("of another passphrase")
	}
	key, err := f.unwrapWith(b[saltLen:])
	if err != nil {
		return stale("wrong key")
	}
	return key, nil
}

// OpenRemembered opens the vault in dir with the key in the keyring, or without any if it needs none.
// Beside Open's errors: CodeBadKey where the keyring holds no key for this vault or one that was for
// another passphrase, CodeUnavailable where there is no keyring.
func (o Options) OpenRemembered(dir string) (*Vault, error) {
	o = o.withDefaults()
	return o.openWith(dir, func(f keyFile) ([]byte, error) {
		if !f.hasPassphrase() {
			return f.unwrap("")
		}
		secret, err := o.Keyring.Get(hex.EncodeToString(f.ID))
		if engine.CodeOf(err) == engine.CodeNotFound {
			return nil, engine.E(engine.CodeBadKey, "vault.OpenRemembered", "the system's keyring holds no key for this vault", nil)
		}
		if err != nil {
			return nil, err
		}
		return f.unwrapRemembered(secret)
	})
}

// Remembered reports whether the keyring can open the vault in dir, which needs its passphrase
// otherwise. It may wait for the user to unlock the keyring.
func (o Options) Remembered(dir string) bool {
	o = o.withDefaults()
	f, err := readKeyFile(dir)
	return err == nil && o.remembers(f)
}

func (o Options) remembers(f keyFile) bool {
	if !f.hasPassphrase() {
		return false
	}
	secret, err := o.Keyring.Get(hex.EncodeToString(f.ID))
	if err != nil {
		return false
	}
	root, err := f.unwrapRemembered(secret)
	clear(root)
	return err == nil
}

// Remember puts the key that the passphrase gives into the keyring, so that the user's session opens
// the vault. CodeBadKey: wrong passphrase; CodeInvalid: the vault has none; CodeUnavailable: no keyring.
func (v *Vault) Remember(passphrase string) error {
	const op = "vault.Remember"
	v.passMu.Lock()
	defer v.passMu.Unlock()
	f, err := v.keyFile(op)
	if err != nil {
		return err
	}
	if !f.hasPassphrase() {
		return engine.E(engine.CodeInvalid, op, "the vault has no passphrase to remember", nil)
	}
	kek := f.kek(passphrase)
	defer clear(kek)
	root, err := f.unwrapWith(kek)
	clear(root)
	if err != nil {
		return err
	}
	return v.opts.Keyring.Set(v.ID(), f.remembered(kek))
}

// Forget removes the vault's key from the keyring; one that is not there is no error.
func (v *Vault) Forget() error {
	v.passMu.Lock()
	defer v.passMu.Unlock()
	if err := v.opts.Keyring.Delete(v.ID()); err != nil && engine.CodeOf(err) != engine.CodeNotFound {
		return err
	}
	return nil
}
