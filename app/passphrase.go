package app

import (
	"context"
	"errors"
	"sync"

	"gabarit/engine"
	"gabarit/engine/entry"
	"gabarit/storage/vault"
)

// ChangePassphrase gives the vault another passphrase, its first one (old is not looked at), or with "" none. What is
// stored is not written anew, so that a copy of the vault made before still opens with the old one. A key in the
// system's keyring is renewed, or removed with the passphrase. CodeBadKey: old is wrong, nothing has changed. With any other
// error the message tells whether the passphrase was changed.
func (a *App) ChangePassphrase(ctx context.Context, old, passphrase string) error {
	s, ctx, done, err := a.enter(ctx, "app.ChangePassphrase")
	if err != nil {
		return err
	}
	defer done()
	before := s.vault.HasPassphrase()
	err = s.vault.ChangePassphrase(old, passphrase)
	after := s.vault.HasPassphrase()
	a.mu.Lock()
	s.sealed = after
	a.mu.Unlock()
	a.keys.forget()
	a.idle.nudge()
	a.events.send(engine.EventVault)
	what := "changed"
	switch {
	case err != nil && !errors.Is(err, vault.ErrChanged):
		return err
	case !before:
		what = "set"
	case !after:
		what = "removed"
	}
	return errors.Join(err, a.record(ctx, s, entry.Passphrase(what)))
}

// Remember puts the key that the passphrase gives into the system's keyring, so that the user's session opens the vault
// (see UnlockRemembered). CodeBadKey, CodeInvalid: the vault has no passphrase, CodeUnavailable: no keyring.
func (a *App) Remember(ctx context.Context, passphrase string) error {
	s, ctx, done, err := a.enter(ctx, "app.Remember")
	if err != nil {
		return err
	}
	defer done()
	if err := s.vault.Remember(passphrase); err != nil {
		return err
	}
	return a.keyringChanged(ctx, s, "on")
}

// Forget takes the vault's key out of the system's keyring; one that is not there is no error.
func (a *App) Forget(ctx context.Context) error {
	s, ctx, done, err := a.enter(ctx, "app.Forget")
	if err != nil {
		return err
	}
	defer done()
	if err := s.vault.Forget(); err != nil {
		return err
	}
	return a.keyringChanged(ctx, s, "off")
}

func (a *App) keyringChanged(ctx context.Context, s *session, what string) error {
	a.keys.forget()
	a.events.send(engine.EventVault)
	return a.record(ctx, s, entry.Keyring(what))
}

// record writes the audit entry of something that was done and can't be taken back, even if the call was ended meanwhile.
func (a *App) record(ctx context.Context, s *session, e engine.AuditEntry) error {
	if err := s.store.Record(context.WithoutCancel(ctx), e); err != nil {
		return engine.E(engine.CodeUnavailable, "app.record", "it is done, but could not be recorded in the log", err)
	}
	a.events.send(engine.EventAudit)
	return nil
}

// keyringAnswer is what the keyring last said: asking it may make the system ask the user, so that is not done for every Status.
type keyringAnswer struct {
	mu    sync.Mutex
	known bool
	opens bool
}

func (k *keyringAnswer) forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.known = false
}

// remembered reports whether the keyring opens the vault.
func (a *App) remembered() bool {
	k := &a.keys
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.known {
		k.opens, k.known = a.vaults.Remembered(a.cfg.VaultDir), true
	}
	return k.opens
}
