// Package app is the composition root: it joins the engine, the storage and the face workers into the
// one set of calls that both the window and gabarit-cli use, so that whatever one does the other can do.
//
// It owns what has a life of its own: the open vault with its index, the face workers (started at the
// first need), the background jobs, the watch that locks a vault nobody uses, what goes on with erasures that were
// broken off, and their orderly end in Lock and Close. It holds no rule of the product (those are in engine
// and its packages), prints nothing and knows nothing of windows; ui is never imported here.
package app

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"gabarit/app/cases"
	"gabarit/app/desk"
	"gabarit/app/files"
	"gabarit/app/opened"
	"gabarit/app/retention"
	"gabarit/app/subjects"
	"gabarit/app/verdicts"
	"gabarit/assets"
	"gabarit/engine"
	"gabarit/engine/calibration"
	"gabarit/engine/face"
	"gabarit/engine/photo"
	"gabarit/engine/source/web"
	"gabarit/storage/vault"
)

// VaultFormat is the version of what a vault is on disk, told by "vault info".
const VaultFormat = vault.Format

// Config says where things are and how much of the machine to use.
type Config struct {
	VaultDir  string // folder of the vault; need not exist
	ModelsDir string // folder with the files of assets.Models
	StateDir  string // folder outside the vault, where what must survive an old copy of it is kept; "": DefaultStateDir
	Workers   int    // face workers; 0: one per core

	// Keyring keeps keys for vaults whose user asked for it; nil: the system's.
	Keyring Keyring

	// Detector replaces the face workers; for tests. Nil: face.NewPool over ModelsDir. App closes it.
	Detector engine.FaceDetector
	Now      func() time.Time // nil: time.Now
	Web      web.Options      // Network, Clock and Proxy; for tests

	// IndexMemory is how many bytes the templates of the index may take in memory; where they need more, they are left on disk, and searches are slower.
	// 0: what EnvIndexMemory says, else a quarter of the machine's memory.
	IndexMemory int64

	// Daily has retention and checks of sources run by themselves while the vault is open, see retention.Keeper.KeepDaily.
	Daily bool
}

// Keyring is where the system keeps secrets for the user's session.
type Keyring = vault.Keyring

// App is a running program without its surface. Its methods are safe for concurrent use; those that
// need the vault fail with CodeNoVault or CodeBadKey while it is not open. Calls under way end with
// CodeCanceled when Lock (those that use the vault) or Close is called.
type App struct {
	*cases.Matters
	*verdicts.Verdicts
	*retention.Keeper
	*desk.Papers
	*subjects.Requests

	cfg    Config
	vaults vault.Options
	photos *photo.Reader
	bands  engine.Calibration
	models files.Models
	events events
	jobs   jobList
	idle   idleWatch
	keys   keyringAnswer

	life    context.Context // ends with Close; everything that runs, runs under it
	end     context.CancelFunc
	closing sync.Once
	running sync.WaitGroup // calls and goroutines that Close waits for

	// door is held while the vault opens, locks or closes. Never taken by a call under way.
	door sync.Mutex

	// mu guards what follows; it is held for moments only.
	mu       sync.Mutex
	open     *session // nil while the vault is not open
	closed   bool
	troubles []engine.Warning // of locking, until the vault is open again

	facesMu sync.Mutex
	faces   engine.FaceDetector // nil until first needed
}

// New prepares an App; it opens nothing and starts no process. It keeps the program's own memory and its
// core dumps within bounds (see limitMemory, noCoreDumps).
func New(cfg Config) *App {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.StateDir == "" {
		cfg.StateDir = DefaultStateDir()
	}
	// Jobs outlive the call that started them, so their context can't come from it: they end with Close.
	life, end := context.WithCancel(context.Background())
	a := &App{
		cfg:    cfg,
		photos: photo.New(photo.DefaultLimits()),
		bands:  calibration.Default(),
		vaults: vault.Options{Now: cfg.Now, StateDir: cfg.StateDir, Keyring: cfg.Keyring},
		models: files.Models{Dir: cfg.ModelsDir, Want: assets.Models()},
		faces:  cfg.Detector,
		life:   life,
		end:    end,
	}
	a.Matters, a.Verdicts = cases.New(a), verdicts.New(a)
	a.keep()
	a.Papers = desk.NewPapers(desk.Program{Door: a, Status: a.Status, WriteAudit: a.WriteAudit, Model: a.model, Software: software()})
	a.Requests = subjects.NewRequests(subjects.Counter{Door: a, Eraser: a, Prober: a, Deadline: subjects.Deadline, Answering: desk.Answering, Software: software()})
	a.jobs.turn = make(chan struct{}, 1)
	a.idle.after, a.idle.wake = DefaultLockAfter, make(chan struct{}, 1)
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

// begin marks a call as under way: the returned context ends with ctx or with Close, whichever comes first,
// and done must be called at the end. Close waits for done.
func (a *App) begin(ctx context.Context, op string) (_ context.Context, done func(), err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return nil, nil, ending(op)
	}
	a.running.Add(1)
	ctx, stop := until(ctx, a.life)
	return ctx, func() { stop(); a.running.Done() }, nil
}

// enter is begin for calls that need the open vault: they end with Lock too, which waits for them.
func (a *App) enter(ctx context.Context, op string) (*session, context.Context, func(), error) {
	s, closed := a.hold()
	switch {
	case closed:
		return nil, nil, nil, ending(op)
	case s == nil:
		return nil, nil, nil, a.notOpen(op)
	}
	a.Touch()
	ctx, stop := until(ctx, s.life)
	return s, ctx, func() { stop(); a.Touch(); a.release(s) }, nil
}

// Enter implements opened.Door.
func (a *App) Enter(ctx context.Context, op string) (opened.Vault, context.Context, func(), error) {
	s, ctx, done, err := a.enter(ctx, op)
	if err != nil {
		return opened.Vault{}, nil, nil, err
	}
	return a.vaultOf(s), ctx, done, nil
}

func (a *App) vaultOf(s *session) opened.Vault {
	return opened.Vault{Store: s.store, Index: s.index, Hidden: s.hidden, Dir: a.cfg.VaultDir, Hash: s.vault.Hash, Crop: s.crop,
		Model: a.model(), Signer: signer{s.vault}, Groups: s.groups.Of}
}

// Tell implements opened.Door.
func (a *App) Tell(hints ...engine.Event) { a.events.send(hints...) }

// Now implements opened.Door.
func (a *App) Now() time.Time { return a.cfg.Now() }

// use calls fn with the open vault, see enter.
func use[T any](ctx context.Context, a *App, op string, fn func(context.Context, *session) (T, error)) (T, error) {
	s, ctx, done, err := a.enter(ctx, op)
	if err != nil {
		var none T
		return none, err
	}
	defer done()
	return fn(ctx, s)
}

// hold keeps the open vault from being closed until release; nil where none is open, or the program is ending.
func (a *App) hold() (s *session, closed bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed || a.open == nil {
		return nil, a.closed
	}
	a.open.calls.Add(1)
	a.open.active++
	return a.open, false
}

func (a *App) release(s *session) {
	a.mu.Lock()
	s.active--
	a.mu.Unlock()
	s.calls.Done()
}

// until gives a context that ends with either.
func until(ctx, life context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(life, cancel)
	return ctx, func() { stop(); cancel() }
}

func ending(op string) error {
	return engine.E(engine.CodeCanceled, op, "the program is ending", nil)
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
	a.mu.Lock()
	open := a.open != nil
	a.mu.Unlock()
	if open {
		return engine.VaultOpen
	}
	state, err := vault.State(a.cfg.VaultDir)
	if err != nil {
		return engine.VaultMissing
	}
	return state
}

// Status gives what the status bar shows. It works in every state of the vault and does not count as somebody's
// use of it (see LockAfter).
func (a *App) Status(ctx context.Context) (engine.Status, error) {
	const op = "app.Status"
	ctx, done, err := a.begin(ctx, op)
	if err != nil {
		return engine.Status{}, err
	}
	defer done()
	st := engine.Status{Dir: a.cfg.VaultDir, Jobs: a.Jobs()}
	s, _ := a.hold()
	if s == nil {
		st.Vault = a.State()
		st.Passphrase = st.Vault == engine.VaultSealed
		st.Remembered = st.Passphrase && a.remembered()
		st.LockAfter = a.lockAfter(st.Passphrase)
		a.mu.Lock()
		st.Warnings = slices.Clone(a.troubles)
		a.mu.Unlock()
		return st, nil
	}
	defer a.release(s)
	ctx, stop := until(ctx, s.life)
	defer stop()
	st.Vault = engine.VaultOpen
	st.Passphrase = s.vault.HasPassphrase()
	st.Remembered = st.Passphrase && a.remembered()
	st.LockAfter = a.lockAfter(st.Passphrase)
	st.Warnings = a.warnings(s)
	st.Totals, err = s.totals(ctx)
	return st, err
}

// model names the model whose templates are made and compared. It is known before a face worker is started.
func (a *App) model() engine.ModelID {
	if a.cfg.Detector != nil {
		return a.cfg.Detector.Model()
	}
	return face.Model
}

// CheckModels makes sure that every model file is there and unaltered; detection checks it by itself. See files.Models.Check.
func (a *App) CheckModels(ctx context.Context) error { return a.models.Check(ctx) }

// detector gives the face workers, starting them at the first call.
func (a *App) detector(ctx context.Context) (engine.FaceDetector, error) {
	a.facesMu.Lock()
	defer a.facesMu.Unlock()
	if a.faces != nil {
		return a.faces, nil
	}
	if err := a.models.Check(ctx); err != nil {
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
// vault. What the jobs had stored stays; a stopped collection can be resumed. An erasure under way is
// finished as Lock tells. Calling it again does nothing.
func (a *App) Close() (err error) {
	a.closing.Do(func() { err = a.close() })
	return err
}

func (a *App) close() error {
	a.mu.Lock()
	a.closed = true
	a.mu.Unlock()
	a.end()
	err := a.Lock()
	a.running.Wait()
	if a.faces != nil {
		err = errors.Join(err, a.faces.Close())
	}
	return err
}
