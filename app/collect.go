package app

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"os"
	"slices"
	"time"

	"gabarit/app/desk"
	"gabarit/app/sources"
	"gabarit/engine"
	"gabarit/engine/formats"
	"gabarit/engine/pipeline"
	"gabarit/engine/source/web/rules"
)

// Collections lists the collections with their counts, by name.
func (a *App) Collections(ctx context.Context) ([]engine.CollectionInfo, error) {
	return use(ctx, a, "app.Collections", func(ctx context.Context, s *session) ([]engine.CollectionInfo, error) {
		return s.store.Collections(ctx)
	})
}

// AddCollection stores a new collection: purpose, basis and retention are required (CodeInvalid), the name
// must be new (CodeConflict).
func (a *App) AddCollection(ctx context.Context, c engine.Collection) (engine.Collection, error) {
	s, ctx, done, err := a.enter(ctx, "app.AddCollection")
	if err != nil {
		return c, err
	}
	defer done()
	c, err = s.store.AddCollection(ctx, c)
	if err == nil {
		a.events.send(engine.EventCollections)
	}
	return c, err
}

// CollectionByName gives one collection with its counts; CodeNotFound.
func (a *App) CollectionByName(ctx context.Context, name string) (engine.CollectionInfo, error) {
	return use(ctx, a, "app.CollectionByName", func(ctx context.Context, s *session) (engine.CollectionInfo, error) {
		return s.store.CollectionByName(ctx, name)
	})
}

// Failures lists the items of a collection that could not be read at their last try.
func (a *App) Failures(ctx context.Context, id engine.CollectionID) ([]engine.FailedItem, error) {
	return use(ctx, a, "app.Failures", func(ctx context.Context, s *session) ([]engine.FailedItem, error) {
		return s.store.CollectionFailures(ctx, id)
	})
}

// CheckContact tells whether a request that names sites says how their owners reach the user: CodeInvalid where it does not. It needs no vault.
func CheckContact(req engine.CollectRequest) error {
	if slices.ContainsFunc(req.Sources, sources.IsAddress) {
		return rules.CheckContact(req.Web.Contact)
	}
	return nil
}

// Collect reads sources into a collection and returns when all is read or ctx ends. Items that can't be
// read are in the report; they are no error. With Retemplate the photos that are held have their faces found anew, and an error may
// also say that what was found before could not be removed from the vault's files, see Erase. One collection runs at a time: a
// second call waits its turn.
// progress may be nil; it is called from one goroutine and must return soon.
func (a *App) Collect(ctx context.Context, req engine.CollectRequest, progress func(engine.CollectProgress)) (engine.CollectReport, error) {
	return a.collect(ctx, req, nil, progress)
}

func (a *App) collect(ctx context.Context, req engine.CollectRequest, gate *pipeline.Gate, progress func(engine.CollectProgress)) (report engine.CollectReport, err error) {
	const op = "app.Collect"
	var none engine.CollectReport
	s, ctx, done, err := a.enter(ctx, op)
	if err != nil {
		return none, err
	}
	defer done()
	run, from, err := s.plan(ctx, a.cfg, req)
	if err != nil {
		return none, err
	}
	defer func() { err = cmp.Or(err, sources.Close(from)) }()
	select {
	case a.jobs.turn <- struct{}{}:
		defer func() { <-a.jobs.turn }()
	case <-ctx.Done():
		return none, engine.E(engine.CodeCanceled, op, "stopped", ctx.Err())
	}
	faces, err := a.detector(ctx)
	if err != nil {
		return none, err
	}
	if run.Retemplate {
		a.stopPurge(s) // this run goes on with it
	}
	parts := pipeline.Parts{Store: s.store, Index: s.index, Photos: a.photos, Faces: faces, Gate: gate, Now: a.cfg.Now,
		Rows: &s.index.Changing, Exchange: s.index.Exchange}
	s.index.Begin()
	report, err = pipeline.Collect(ctx, parts, run, from, req.Resume, a.hinting(progress))
	saveErr := s.index.End(ctx, err == nil || engine.CodeOf(err) == engine.CodeCanceled)
	a.unsaved(s, saveErr)
	if run.Retemplate {
		err = errors.Join(err, saveErr, s.hidden.Settle(context.WithoutCancel(ctx)), a.purgeReplaced(ctx, s))
	}
	limitMemory(s.index.Len())
	a.events.send(engine.EventCollections, engine.EventIndex)
	return report, err
}

// purgeReplaced removes the bytes of templates that were replaced from the vault's files; their keys are destroyed already. Where that
// is broken off it goes on in the background, or when the vault is opened again.
func (a *App) purgeReplaced(ctx context.Context, s *session) error {
	_, _, err := s.store.Purge(ctx)
	if err != nil {
		a.startPurge(s) //nolint:contextcheck // it goes on after the call
	}
	a.events.send(engine.EventAudit)
	return err
}

// hintEvery is how often a running collection tells that the index has grown.
const hintEvery = time.Second

func (a *App) hinting(progress func(engine.CollectProgress)) func(engine.CollectProgress) {
	var last time.Time
	return func(p engine.CollectProgress) {
		if progress != nil {
			progress(p)
		}
		if now := a.cfg.Now(); now.Sub(last) >= hintEvery {
			last = now
			a.events.send(engine.EventCollections, engine.EventIndex)
		}
	}
}

// plan checks a request before anything is read: the collection exists, every source can be opened.
func (s *session) plan(ctx context.Context, cfg Config, req engine.CollectRequest) (engine.Run, []engine.Source, error) {
	var none engine.Run
	if err := cmp.Or(req.Look.Check(), desk.MayCollect(ctx, s.store)); err != nil {
		return none, nil, err
	}
	if req.Look.Detector == "" {
		req.Look.Detector = engine.DetectorFast
	}
	info, err := s.store.CollectionByName(ctx, req.Collection)
	if err != nil {
		return none, nil, err
	}
	run := engine.Run{Collection: info.ID, Look: req.Look, Retemplate: req.Retemplate, Web: req.Web}
	opener := sources.Opener{VaultDir: cfg.VaultDir, Vault: s.vault, Web: cfg.Web}
	opener.Web.Barred = func(ctx context.Context, what engine.Suspect) (bool, error) {
		_, found, err := s.store.Suppressed(ctx, what)
		return found, err
	}
	var all []engine.Source
	run.Sources, all, err = opener.Open(info.Collection, req)
	for i, name := range run.Sources {
		run.Sources[i] = s.sourceName(name)
	}
	return run, all, err
}

// hashedSource stands before the keyed hash of a source's name.
const hashedSource = "photo:"

// sourceName is how the record of a run names a source. A photo named alone is known by the keyed hash of its path: the record outlives the photo, and a
// file's name may be a person's.
func (s *session) sourceName(name string) string {
	if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() || formats.HoldsPhotos(name) {
		return name
	}
	h := s.vault.Hash("source", []byte(name))
	return hashedSource + hex.EncodeToString(h[:])
}
