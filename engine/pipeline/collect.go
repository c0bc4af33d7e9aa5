package pipeline

import (
	"context"
	"crypto/sha256"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"gabarit/engine"
)

// Parts are the ports that a run works with. Gate, if set, pauses the run between items; Now is the
// clock, time.Now if nil. Rows, if set, is held while faces are exchanged in store and index. Exchange, if set, takes faces out of
// the index and puts others in so that no search falls between; else Index does one after the other.
type Parts struct {
	Store  engine.Store
	Index  engine.Index
	Photos engine.Photographer
	Faces  engine.FaceDetector
	Gate   *Gate
	Now    func() time.Time
	Rows   sync.Locker

	Exchange func(gone []engine.FaceID, entries []engine.IndexEntry) error
}

// Collect reads sources into run.Collection with run.Look. run.Sources names the sources for the store, which
// finds by them an interrupted run to continue (with resume, a finished one too). The sources' sequences
// are walked twice side by side, see the package comment.
//
// The report tells what the whole run brought, earlier parts included, also beside an error: CodeCanceled when ctx
// ended, CodeNoModel, or an error of the store or index. Items that failed are in the report and no error.
//
// progress may be nil. It is called on the calling goroutine, tells of committed items only, and must
// return soon. All goroutines have ended when Collect returns.
func Collect(ctx context.Context, parts Parts, run engine.Run, sources []engine.Source, resume bool,
	progress func(engine.CollectProgress)) (engine.CollectReport, error) {
	if parts.Now == nil {
		parts.Now = time.Now
	}
	started := parts.Now()
	run, counts, err := parts.Store.BeginRun(ctx, run, resume)
	if err != nil {
		return engine.CollectReport{}, err
	}
	counts.Unchanged = 0 // they leave no record and are met again
	c := &collector{
		Parts:   parts,
		run:     run,
		sources: sources,
		memory:  semaphore.NewWeighted(max(parts.Photos.MaxBytes(), 1)),
		batch:   batch{fresh: map[engine.SHA256]engine.PhotoID{}},
		widened: map[engine.PhotoID]bool{},
		renewed: map[engine.PhotoID]bool{},
		teller:  teller{tell: progress, started: started, now: parts.Now, counts: counts},
	}
	for _, s := range sources {
		if w, ok := s.(engine.Walker); ok {
			c.teller.walkers = append(c.teller.walkers, w)
		}
	}
	err = c.work(ctx)
	report, closeErr := c.close(ctx, err == nil)
	if err == nil || engine.CodeOf(err) == engine.CodeCanceled && closeErr != nil { // that a run was stopped must not hide it
		err = closeErr
	}
	return report, err
}

// collector is one call of Collect. The committing goroutine owns all fields that change, but those of tally.
type collector struct {
	Parts
	run     engine.Run
	sources []engine.Source
	memory  *semaphore.Weighted // bytes of files read and not yet decoded
	batch   batch
	shot    *shot                   // of a video, of which not all frames are there; nil: none
	widened map[engine.PhotoID]bool // photos found on a host they were not known from
	pending renewals
	renewed map[engine.PhotoID]bool // photos whose faces were found anew, pending ones included
	tally   tally
	teller  teller
	seen    map[[sha256.Size]byte]struct{} // keys of items that were met: the lister's, until it has ended
}

// work runs the stages and waits for all of them.
func (c *collector) work(ctx context.Context) error {
	stageCtx, cancel := context.WithCancel(ctx)
	defer cancel()
	stages, stageCtx := errgroup.WithContext(stageCtx)
	readers := max(c.Faces.Workers(), 1) + 1
	l := &lister{collector: c, ordered: make(chan *ticket, window(readers)), jobs: make(chan *ticket)}
	countCtx, counted := context.WithCancel(stageCtx)
	defer counted()
	start := func(stage func(context.Context) error, ctx context.Context) {
		stages.Go(func() error { return guard(func() error { return stage(ctx) }) })
	}
	start(c.count, countCtx)
	start(func(ctx context.Context) error {
		defer counted()
		return l.list(ctx)
	}, stageCtx)
	for range readers {
		start(func(ctx context.Context) error { return c.readAll(ctx, l.jobs) }, stageCtx)
	}
	err := guard(func() error { return c.commitAll(stageCtx, l.ordered) })
	cancel()
	return outcome(ctx, stages.Wait(), err)
}

// window is how many items may be under way between the lister and the commit.
func window(readers int) int { return 4*readers + maxBatchItems }

// guard makes a panic an error: it is the boundary of a stage.
func guard(stage func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = panicked(p)
		}
	}()
	return stage()
}

func panicked(p any) error {
	return engine.E(engine.CodeInternal, "pipeline.Collect", "a defect of the program showed up", fmt.Errorf("panic: %v", p))
}

// outcome tells why the run ended: the first error that is not merely the echo of another stage's end.
func outcome(ctx context.Context, errs ...error) error {
	for _, err := range errs {
		if err != nil && engine.CodeOf(err) != engine.CodeCanceled {
			return err
		}
	}
	for _, err := range append([]error{ctx.Err()}, errs...) {
		if err != nil {
			return engine.E(engine.CodeCanceled, "pipeline.Collect", "the run was stopped", err)
		}
	}
	return nil
}

// close makes the index agree with what was stored, marks a complete run as finished, and reports. It also does so
// for a stopped run, hence without ctx's end.
func (c *collector) close(ctx context.Context, complete bool) (engine.CollectReport, error) {
	ctx = context.WithoutCancel(ctx)
	err := c.widen(ctx)
	if complete && err == nil {
		err = c.absent(ctx)
	}
	report := engine.CollectReport{Run: c.run.ID, Counts: c.teller.counts}
	if complete && err == nil {
		err = c.Store.FinishRun(ctx, c.run.ID, c.teller.counts)
	}
	failed, failuresErr := c.Store.RunFailures(ctx, c.run.ID)
	if err == nil {
		err = failuresErr
	}
	report.Failed = failed
	if complete && err == nil && c.run.Retemplate {
		report.Left, err = c.left(ctx)
	}
	report.Elapsed = c.Now().Sub(c.teller.started)
	c.teller.report(&c.tally)
	return report, err
}

// widen tells the index of the hosts that duplicates added to photos it holds. The store gives templates of all
// faces only, so this is one walk at the end of a run that needs it.
func (c *collector) widen(ctx context.Context) error {
	if len(c.widened) == 0 {
		return nil
	}
	return c.Store.Templates(ctx, func(e engine.IndexEntry) error {
		if photo, _, ok := e.Face.Photo(); !ok || !c.widened[photo] {
			return nil
		}
		return c.Index.Add(e)
	})
}
