// Package app is the composition root: it joins the engine, the storage and the face workers into the
// one set of calls that both the window and gabarit-cli use, so that whatever one does the other can do.
//
// It owns what has a life of its own: the open vault with its index, the face workers (started at the
// first need), the background jobs, and their orderly end in Close. It holds no rule of the product
// (those are in engine and its packages), prints nothing and knows nothing of windows; ui is never
// imported here.
package app

import (
	"context"
	"errors"
	"sync"
	"time"

	"gabarit/assets"
	"gabarit/engine"
	"gabarit/engine/face"
	"gabarit/engine/match"
	"gabarit/engine/photo"
	"gabarit/engine/rights"
	"gabarit/storage"
	"gabarit/storage/vault"
)

// VaultFormat is the version of what a vault is on disk, told by "vault info".
const VaultFormat = vault.Format

// Config says where things are and how much of the machine to use.
type Config struct {
	VaultDir  string // folder of the vault; need not exist
	ModelsDir string // folder with the files of assets.Models
	Workers   int    // face workers; 0: one per core

	// Detector replaces the face workers; for tests. Nil: face.NewPool over ModelsDir. App closes it.
	Detector engine.FaceDetector
	Now      func() time.Time // nil: time.Now
}

// App is a running program without its surface. Its methods are safe for concurrent use; those that
// need the vault fail with CodeNoVault or CodeBadKey while it is not open. Calls under way end with
// CodeCanceled when Close is called.
type App struct {
	cfg    Config
	photos *photo.Reader
	bands  match.Calibration
	models modelCheck
	events events
	jobs   jobList

	life context.Context // ends with Close; everything that runs, runs under it
	end  context.CancelFunc

	// mu is held for reading by every call under way and for writing while the vault opens or closes.
	// No method that holds it calls another one that takes it.
	mu     sync.RWMutex
	open   *session // nil while the vault is not open
	closed bool

	facesMu sync.Mutex
	faces   engine.FaceDetector // nil until first needed
}

// session is the open vault.
type session struct {
	vault *vault.Vault
	store closingStore
	index engine.Index
}

// closingStore is what App needs of storage.Store.
type closingStore interface {
	engine.Store
	Close() error
}

// New prepares an App; it opens nothing and starts no process. It keeps the program's own memory and its
// core dumps within bounds (see limitMemory, noCoreDumps).
func New(cfg Config) *App {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	// Jobs outlive the call that started them, so their context can't come from it: they end with Close.
	life, end := context.WithCancel(context.Background())
	a := &App{
		cfg:    cfg,
		photos: photo.New(photo.DefaultLimits()),
		bands:  match.Default(),
		models: modelCheck{dir: cfg.ModelsDir, want: assets.Models()},
		faces:  cfg.Detector,
		life:   life,
		end:    end,
	}
	a.jobs.turn = make(chan struct{}, 1)
	noCoreDumps()
	limitMemory(0)
	return a
}

// RunWorker turns this process into a face worker if it was started as one: when ok is true the caller
// exits with code. Both programs, and tests that need real faces, call it before anything else.
func RunWorker(args []string) (code int, ok bool) {
	if !face.IsWorker(args) {
		return 0, false
	}
	noCoreDumps()
	return face.WorkerMain(), true
}

// MissingFields names the fields of a letter that are still to be filled in ("sender_name", ...).
func MissingFields(f engine.LetterFields) []string { return rights.Missing(f) }

// begin marks a call as under way: the returned context ends with ctx or with Close, whichever comes first,
// and done must be called at the end. Close waits for done.
func (a *App) begin(ctx context.Context, op string) (_ context.Context, done func(), err error) {
	a.mu.RLock()
	if a.closed {
		a.mu.RUnlock()
		return nil, nil, engine.E(engine.CodeCanceled, op, "the program is ending", nil)
	}
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(a.life, cancel)
	return ctx, func() { stop(); cancel(); a.mu.RUnlock() }, nil
}

// enter is begin for calls that need the open vault.
func (a *App) enter(ctx context.Context, op string) (*session, context.Context, func(), error) {
	ctx, done, err := a.begin(ctx, op)
	if err != nil {
		return nil, nil, nil, err
	}
	if a.open == nil {
		defer done()
		return nil, nil, nil, a.notOpen(op)
	}
	return a.open, ctx, done, nil
}

func (a *App) notOpen(op string) error {
	state, err := vault.State(a.cfg.VaultDir)
	switch {
	case err != nil:
		return err
	case state == engine.VaultMissing:
		return engine.E(engine.CodeNoVault, op, "there is no vault here yet", nil)
	default:
		return engine.E(engine.CodeBadKey, op, "the vault is not open", nil)
	}
}

// State tells what is at the vault's place. A place that can't be read counts as missing; opening it
// gives the reason.
func (a *App) State() engine.VaultState {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.state()
}

func (a *App) state() engine.VaultState {
	if a.open != nil {
		return engine.VaultOpen
	}
	state, err := vault.State(a.cfg.VaultDir)
	if err != nil {
		return engine.VaultMissing
	}
	return state
}

// CreateVault makes a vault at the configured place and opens it. An empty passphrase makes one that anybody
// who can read the folder can open. CodeConflict if there is one already.
func (a *App) CreateVault(ctx context.Context, passphrase string) error {
	return a.openWith(ctx, "app.CreateVault", func() (*vault.Vault, error) {
		return vault.Create(a.cfg.VaultDir, passphrase)
	})
}

// Unlock opens the vault and loads its index. The passphrase is ignored by a vault without one; opening an
// open vault does nothing. CodeNoVault, CodeBadKey, CodeLocked.
func (a *App) Unlock(ctx context.Context, passphrase string) error {
	if a.State() == engine.VaultOpen {
		return nil
	}
	return a.openWith(ctx, "app.Unlock", func() (*vault.Vault, error) {
		return vault.Open(a.cfg.VaultDir, passphrase)
	})
}

func (a *App) openWith(ctx context.Context, op string, get func() (*vault.Vault, error)) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case a.closed:
		return engine.E(engine.CodeCanceled, op, "the program is ending", nil)
	case a.open != nil:
		return engine.E(engine.CodeConflict, op, "a vault is open already", nil)
	}
	v, err := get()
	if err != nil {
		return err
	}
	store, err := storage.Open(ctx, v, storage.Options{Now: a.cfg.Now})
	if err != nil {
		return errors.Join(err, v.Close())
	}
	s := &session{vault: v, store: store, index: match.NewFlat()}
	if err := s.loadIndex(ctx); err != nil {
		return errors.Join(err, s.close())
	}
	limitMemory(s.index.Len())
	a.open = s
	a.events.send(engine.EventVault)
	return nil
}

// loadBatch is the number of templates handed to the index at a time.
const loadBatch = 4096

func (s *session) loadIndex(ctx context.Context) error {
	batch := make([]engine.IndexEntry, 0, loadBatch)
	err := s.store.Templates(ctx, func(e engine.IndexEntry) error {
		batch = append(batch, e)
		if len(batch) < loadBatch {
			return nil
		}
		err := s.index.Add(batch...)
		batch = batch[:0]
		return err
	})
	if err != nil {
		return err
	}
	return s.index.Add(batch...)
}

func (s *session) close() error {
	return errors.Join(s.store.Close(), s.vault.Close())
}

// Status gives what the status bar shows. It works in every state of the vault.
func (a *App) Status(ctx context.Context) (engine.Status, error) {
	ctx, done, err := a.begin(ctx, "app.Status")
	if err != nil {
		return engine.Status{}, err
	}
	defer done()
	st := engine.Status{Vault: a.state(), Dir: a.cfg.VaultDir, Jobs: a.Jobs()}
	if a.open == nil {
		st.Passphrase = st.Vault == engine.VaultSealed
		return st, nil
	}
	st.Passphrase = a.open.vault.HasPassphrase()
	st.Totals, err = a.open.store.Totals(ctx)
	return st, err
}

// detector gives the face workers, starting them at the first call.
func (a *App) detector(ctx context.Context) (engine.FaceDetector, error) {
	a.facesMu.Lock()
	defer a.facesMu.Unlock()
	if a.faces != nil {
		return a.faces, nil
	}
	if err := a.models.check(ctx); err != nil {
		return nil, err
	}
	//nolint:contextcheck // the workers serve later calls too: they live as long as the App, not as long as ctx
	pool, err := face.NewPool(a.life, face.Config{Models: a.cfg.ModelsDir, Workers: a.cfg.Workers})
	if err != nil {
		return nil, err
	}
	a.faces = pool
	return pool, nil
}

// Close stops the jobs and every call under way, waits for them, ends the face workers and closes the
// vault. What the jobs had stored stays; a stopped collection can be resumed. Calling it again does nothing.
func (a *App) Close() error {
	a.end()
	a.jobs.shut()
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return nil
	}
	a.closed = true
	var errs []error
	if a.faces != nil {
		errs = append(errs, a.faces.Close())
	}
	if a.open != nil {
		errs = append(errs, a.open.close())
		a.open = nil
	}
	return errors.Join(errs...)
}
