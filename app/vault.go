package app

import (
	"context"
	"errors"
	"io"
	"os/user"
	"runtime/debug"
	"slices"
	"sync"

	"gabarit/app/faceindex"
	"gabarit/app/grouping"
	"gabarit/app/hidden"
	"gabarit/app/sources"
	"gabarit/engine"
	"gabarit/engine/entry"
	"gabarit/storage"
	"gabarit/storage/vault"
)

// session is the open vault.
type session struct {
	vault  *vault.Vault
	store  vaultStore
	index  *faceindex.Index
	hidden *hidden.Set // what is kept out of index and groups
	groups *grouping.Groups

	life   context.Context // ends when the vault locks
	end    context.CancelFunc
	calls  sync.WaitGroup // under way; none is added once the session is no longer App.open
	active int            // how many calls those are; under App.mu

	sealed bool             // a passphrase protects the vault; under App.mu
	found  []engine.Warning // since it was opened; under App.mu

	stopPurge context.CancelFunc // of what goes on in the background, see startPurge; under App.mu
}

// vaultStore is what App needs of storage.Store.
type vaultStore interface {
	engine.Store
	Photos(ctx context.Context, c engine.CollectionID, fn func(engine.Photo) error) error
	Pending(ctx context.Context) (erasures int, err error)
	Compact(ctx context.Context) (engine.PurgeStats, error)
	Stamp(ctx context.Context) (string, error)
	Check(ctx context.Context) (records int, damage []string, err error)
	VerifyAudit(ctx context.Context, known string) (engine.AuditReport, error)
	ExportAudit(ctx context.Context, w io.Writer) (engine.AuditReport, error)
	Warnings() []engine.Warning
	Close() error
}

// CreateVault makes a vault at the configured place and opens it. An empty passphrase makes one that anybody
// who can read the folder can open. CodeConflict if there is one already.
func (a *App) CreateVault(ctx context.Context, passphrase string) error {
	const op = "app.CreateVault"
	s, err := a.openWith(ctx, op, func() (*vault.Vault, error) {
		return a.vaults.Create(a.cfg.VaultDir, passphrase)
	})
	if errors.Is(err, errOpen) {
		return engine.E(engine.CodeConflict, op, "a vault is open already", nil)
	}
	if err != nil {
		return err
	}
	a.release(s)
	return nil
}

// Unlock opens the vault and loads its index. The passphrase is ignored by a vault without one; opening an
// open vault does nothing. CodeNoVault, CodeBadKey, CodeLocked.
func (a *App) Unlock(ctx context.Context, passphrase string) error {
	return a.unlock(ctx, "app.Unlock", "passphrase", func() (*vault.Vault, error) {
		return a.vaults.Open(a.cfg.VaultDir, passphrase)
	})
}

// UnlockRemembered is Unlock with the key that the system's keyring holds. CodeBadKey also where it holds none or an old
// one, CodeUnavailable where there is no keyring.
func (a *App) UnlockRemembered(ctx context.Context) error {
	return a.unlock(ctx, "app.UnlockRemembered", "keyring", func() (*vault.Vault, error) {
		return a.vaults.OpenRemembered(a.cfg.VaultDir)
	})
}

// unlock opens the vault and records what opened it. A vault whose disk is full opens all the same, as room may be
// made only by erasing; the missing entry is told as a warning.
func (a *App) unlock(ctx context.Context, op, with string, get func() (*vault.Vault, error)) error {
	s, err := a.openWith(ctx, op, get)
	if errors.Is(err, errOpen) {
		return nil
	}
	if err != nil {
		return err
	}
	defer a.release(s)
	if !s.vault.HasPassphrase() {
		with = "none"
	}
	if err := s.store.Record(ctx, entry.Unlocked(with)); err != nil {
		a.warn(&s.found, engine.E(engine.CodeUnavailable, op, "that the vault was opened could not be recorded in the log", err))
		return nil
	}
	a.events.send(engine.EventAudit)
	return nil
}

// userName is the name by which the system knows the user, for the log's keyed hash of it; "" if it is not to be had.
func userName() string {
	u, err := user.Current()
	if err != nil {
		return ""
	}
	return u.Username
}

// software names this program and its version in the log.
func software() string {
	const name = "gabarit"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return name + " " + info.Main.Version
	}
	return name + " (devel)"
}

// errOpen tells that a vault is open already.
var errOpen = errors.New("a vault is open")

// openWith opens a vault and holds it for the caller, who releases it.
func (a *App) openWith(ctx context.Context, op string, get func() (*vault.Vault, error)) (*session, error) {
	ctx, done, err := a.begin(ctx, op)
	if err != nil {
		return nil, err
	}
	defer done()
	a.door.Lock()
	defer a.door.Unlock()
	if a.isOpen() {
		return nil, errOpen
	}
	if err := ctx.Err(); err != nil {
		return nil, engine.E(engine.CodeCanceled, op, "stopped", err)
	}
	v, err := get()
	if err != nil {
		return nil, err
	}
	store, err := storage.Open(ctx, v, storage.Options{Now: a.cfg.Now, Actor: userName(), Software: software()})
	if err != nil {
		return nil, errors.Join(err, v.Close())
	}
	s := a.newSession(v, store)
	if s.hidden, err = hidden.Open(ctx, store); err != nil {
		return nil, errors.Join(err, s.close())
	}
	if s.index, err = faceindex.Open(ctx, v, store, s.hidden, a.model(), a.indexRoom(), func(err error) { a.warn(&s.found, err) }); err != nil {
		return nil, errors.Join(err, s.close())
	}
	s.hidden.Follow(s.index, &s.index.Changing)
	s.groups = grouping.New(s.hidden.Visible(store), s.index, a.bands)
	s.index.Follow(s.groups)
	a.begun(s) //nolint:contextcheck // the vault stays open after the call
	return s, nil
}

// newSession makes what stays when the call that opened the vault is over, but for the index.
func (a *App) newSession(v *vault.Vault, store vaultStore) *session {
	s := &session{vault: v, store: store, sealed: v.HasPassphrase()}
	s.life, s.end = context.WithCancel(a.life)
	return s
}

// begun lets calls use the session, which is held for the caller.
func (a *App) begun(s *session) {
	limitMemory(s.index.Len())
	a.jobs.begin()
	s.active = 1
	s.calls.Add(1)
	a.mu.Lock()
	a.open, a.troubles = s, nil
	a.mu.Unlock()
	a.startPurge(s)
	if err := sources.Tidy(a.cfg.VaultDir, s.vault); err != nil {
		a.warn(&s.found, err)
	}
	a.startSettling(s)
	a.watchIdle()
	a.events.send(engine.EventVault)
}

func (a *App) isOpen() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.open != nil
}

// startSettling brings the rest of the index into memory and saves it, in the background. The session is held as in startPurge.
func (a *App) startSettling(s *session) {
	a.mu.Lock()
	s.active++
	s.calls.Add(1)
	a.mu.Unlock()
	a.running.Go(func() {
		defer a.release(s)
		a.unsaved(s, s.index.Settle(s.life))
	})
}

// unsaved tells that the index could not be saved: the vault works all the same, but takes longer to open.
func (a *App) unsaved(s *session, err error) {
	if err != nil && s.life.Err() == nil {
		a.warn(&s.found, engine.E(engine.CodeUnavailable, "app.unsaved", "the index could not be saved: the vault will take longer to open", err))
	}
}

// totals counts what the vault holds, and what of it no search compares.
func (s *session) totals(ctx context.Context) (engine.Totals, error) {
	t, err := s.store.Totals(ctx)
	t.Hidden = min(s.hidden.Len(), t.Faces) // between the two something may be erased
	t.OtherModel = min(s.index.OtherModel(), t.Faces-t.Hidden)
	return t, err
}

// close wipes the index and closes store and vault, which wipes the keys.
func (s *session) close() error {
	s.end()
	if s.index != nil {
		s.index.Clear()
	}
	return errors.Join(s.store.Close(), s.vault.Close())
}

// Lock closes the vault: running jobs are stopped (they can be resumed once it is open again), calls under
// way that use it end with CodeCanceled and are waited for, the index and the keys are wiped. From the beginning of Lock on
// nothing of the vault can be read. An erasure that deletes is waited for until all of it is
// deleted and its keys are destroyed; removing the bytes from the files is broken off and goes on when the vault is
// opened again. Locking a vault that is not open does nothing. Not to be called from a callback of a call under way.
func (a *App) Lock() error {
	return a.lockIf(func() bool { return true })
}

// lockIf locks the vault if wanted, called under mu, says so when it is about to happen.
func (a *App) lockIf(wanted func() bool) error {
	a.door.Lock()
	defer a.door.Unlock()
	a.mu.Lock()
	s := a.open
	if s == nil || !wanted() {
		a.mu.Unlock()
		return nil
	}
	a.open = nil
	a.mu.Unlock()
	s.end()
	a.events.send(engine.EventVault) // what windows show of the vault goes at once
	a.jobs.stopAll()
	s.calls.Wait()
	err := s.close()
	limitMemory(0)
	a.events.send(engine.EventVault)
	return err
}

// warn keeps something that people must be told about: in session.found while the vault is open, else in troubles.
func (a *App) warn(list *[]engine.Warning, err error) {
	a.mu.Lock()
	*list = append(*list, warning(err))
	a.mu.Unlock()
	a.events.send(engine.EventVault)
}

func warning(err error) engine.Warning {
	return engine.Warning{Msg: engine.MessageOf(err), Detail: err.Error()}
}

// warnings lists what is to be told about the open vault.
func (a *App) warnings(s *session) []engine.Warning {
	a.mu.Lock()
	all := slices.Clone(s.found)
	a.mu.Unlock()
	all = append(all, s.store.Warnings()...)
	if err := s.vault.StateProblem(); err != nil {
		all = append(all, warning(err))
	}
	return all
}
