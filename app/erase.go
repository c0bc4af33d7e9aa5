package app

import (
	"context"
	"errors"
	"reflect"
	"slices"

	"gabarit/app/sources"
	"gabarit/app/subjects"
	"gabarit/app/verdicts"
	"gabarit/engine"
	"gabarit/engine/photo"
	"gabarit/engine/rights"
)

// PlanErasure tells what erasing would do, before anything is done. CodeInvalid: the request names nothing or gives no
// reason; CodeNotFound: something it names is not there.
func (a *App) PlanErasure(ctx context.Context, req engine.ErasureRequest) (engine.ErasurePlan, error) {
	return use(ctx, a, "app.PlanErasure", func(ctx context.Context, s *session) (engine.ErasurePlan, error) { return s.planErasure(ctx, req) })
}

func (s *session) planErasure(ctx context.Context, req engine.ErasureRequest) (engine.ErasurePlan, error) {
	var none engine.ErasurePlan
	planner, err := rights.NewErasurePlanner(req)
	if err != nil {
		return none, err
	}
	if err := s.showNamed(ctx, req, planner.Add); err != nil {
		return none, err
	}
	if req.Collection != "" {
		err = s.store.Photos(ctx, req.Collection, func(p engine.Photo) error {
			planner.Add(p)
			return nil
		})
		if err != nil {
			return none, err
		}
	}
	cases, err := s.store.Cases(ctx)
	if err != nil {
		return none, err
	}
	plan, err := planner.Plan(cases)
	if err != nil {
		return none, err
	}
	ref, err := subjects.Waiting(ctx, s.store, plan)
	if err == nil && ref != "" {
		err = engine.E(engine.CodeConflict, "app.PlanErasure", "a subject request about one of these faces asks for access and is not answered yet: answer it first, or hide the faces", errors.New(ref))
	}
	return plan, err
}

// showNamed reads the photos that a request lists, by themselves or by a face. The plan tells which are not there.
func (s *session) showNamed(ctx context.Context, req engine.ErasureRequest, show func(engine.Photo)) error {
	ids := slices.Clone(req.Photos)
	for _, f := range req.Faces {
		id, _, _ := f.Photo()
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		p, err := s.store.Photo(ctx, id)
		switch engine.CodeOf(err) {
		case "":
			show(p)
		case engine.CodeNotFound:
		default:
			return err
		}
	}
	return nil
}

// Erase carries out a plan and proves it: from the first step on no search finds the faces, and a report without an error
// says that no file of the vault holds anything of them. progress may be nil; it is called at the beginning of each
// step, from the calling goroutine.
//
// CodeConflict, with nothing done: the vault has changed since the plan was made, a collection is being read, or something else
// erased. With any other error the report tells what was erased: all of that is out of reach, but bytes of it may still be
// in the vault's files (see ErasedCheck.Pending). They are removed in the background, or when the vault is opened again;
// where that fails Status warns. What is left can be planned and erased again.
func (a *App) Erase(ctx context.Context, plan engine.ErasurePlan, progress func(engine.ErasureStep)) (engine.ErasureReport, error) {
	s, inside, done, err := a.enter(ctx, "app.Erase")
	if err != nil {
		return engine.ErasureReport{}, err
	}
	defer done()
	start := a.cfg.Now()
	if progress == nil {
		progress = func(engine.ErasureStep) {}
	}
	report, err := a.erase(ctx, inside, s, plan, progress)
	if report.ID != "" {
		a.events.send(engine.EventIndex, engine.EventCases, engine.EventCollections, engine.EventAudit)
	}
	if err == nil {
		progress(engine.ErasePurge)
		if report.Purge, report.Check, err = s.store.Purge(inside); err == nil {
			a.events.send(engine.EventAudit)
		}
	}
	report.At = a.cfg.Now()
	report.Elapsed = report.At.Sub(start)
	if err != nil {
		a.startPurge(s) //nolint:contextcheck // it goes on after the call
		return report, err
	}
	progress(engine.EraseCheck)
	report.Check.Indexed, err = s.index.Left(inside, plan.Faces())
	if err == nil && !report.Check.Clean() {
		err = engine.E(engine.CodeInternal, "app.Erase", "something of what was erased is left", nil)
	}
	report.Elapsed = a.cfg.Now().Sub(start)
	return report, err
}

// erase hides and deletes what the plan names, unless the vault is no longer what the plan was made for. What deletes ends
// with the caller's context only, not with inside: Lock and Close wait for it.
func (a *App) erase(ctx, inside context.Context, s *session, plan engine.ErasurePlan, progress func(engine.ErasureStep)) (engine.ErasureReport, error) {
	const op = "app.Erase"
	var report engine.ErasureReport
	select {
	case a.jobs.turn <- struct{}{}:
		defer func() { <-a.jobs.turn }()
	default:
		return report, engine.E(engine.CodeConflict, op, "a collection is being read or something is being erased: stop it, or wait until it is done", nil)
	}
	now, err := s.planErasure(inside, plan.Request)
	if err != nil {
		return report, err
	}
	if !reflect.DeepEqual(now, plan) {
		return report, engine.E(engine.CodeConflict, op, "the vault has changed since the erasure was planned", nil)
	}
	if err := s.redraw(inside, now); err != nil {
		return report, err
	}
	if err := inside.Err(); err != nil {
		return report, engine.E(engine.CodeCanceled, op, "stopped", err)
	}
	if err := sources.Forget(a.cfg.VaultDir); err != nil {
		return report, err
	}
	a.stopPurge(s) // this erasure goes on with it
	s.index.Changing.Lock()
	defer s.index.Changing.Unlock()
	progress(engine.EraseHide)
	faces := now.Faces()
	if err := s.index.Hide(inside, faces); err != nil {
		return report, err
	}
	progress(engine.EraseDelete)
	report.ID, report.Counts, err = s.store.Erase(ctx, now)
	report.Cases = slices.DeleteFunc(now.Cases, func(m engine.CaseMention) bool { return !m.Kept })
	if err != nil {
		err = errors.Join(err, s.showAgain(ctx, faces))
	} else {
		err = verdicts.Forget(context.WithoutCancel(ctx), s.store)
	}
	err = errors.Join(err, s.hidden.Erased(context.WithoutCancel(ctx), photosOf(now)...), s.index.Erased(ctx, err == nil))
	limitMemory(s.index.Len())
	return report, err
}

func photosOf(plan engine.ErasurePlan) (all []engine.PhotoID) {
	for _, e := range plan.Photos {
		all = append(all, e.Photo)
	}
	return all
}

// redraw makes the pictures of photos that stay without some face.
func (s *session) redraw(ctx context.Context, plan engine.ErasurePlan) error {
	for i := range plan.Photos {
		e := &plan.Photos[i]
		if e.Whole {
			continue
		}
		p, err := s.store.Photo(ctx, e.Photo)
		if err != nil {
			return err
		}
		thumbnail, err := s.store.Thumbnail(ctx, e.Photo)
		if err != nil {
			return err
		}
		crop := func(f engine.FaceID) ([]byte, error) { return s.store.Crop(ctx, f) }
		if e.Thumbnail, e.Crops, err = photo.Without(p, e.Faces, thumbnail, crop); err != nil {
			return err
		}
	}
	return nil
}

// showAgain puts those of the faces back into the index that an erasure which failed has left in the store. A vault that is being
// locked needs none of it.
func (s *session) showAgain(ctx context.Context, faces []engine.FaceID) error {
	if s.life.Err() != nil {
		return nil
	}
	return s.index.Show(context.WithoutCancel(ctx), faces)
}

// startPurge lets purgePending run in the background, in the place of one that runs. The session is held, so that Lock and
// Close wait for what is started here.
func (a *App) startPurge(s *session) {
	ctx, stop := context.WithCancel(s.life)
	a.mu.Lock()
	if s.stopPurge != nil {
		s.stopPurge()
	}
	s.stopPurge = stop
	s.active++
	s.calls.Add(1)
	a.mu.Unlock()
	a.running.Go(func() {
		defer a.release(s)
		defer stop()
		a.purgePending(ctx, s)
	})
}

func (a *App) stopPurge(s *session) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s.stopPurge()
}

// purgePending removes from the files what is left there of erasures that were broken off, or that had to be done again
// in an old copy of the vault.
func (a *App) purgePending(ctx context.Context, s *session) {
	n, err := s.store.Pending(ctx)
	if err == nil && n == 0 {
		return
	}
	if err == nil {
		err = verdicts.Forget(ctx, s.store)
	}
	if err == nil {
		_, _, err = s.store.Purge(ctx)
	}
	switch {
	case ctx.Err() != nil: // it goes on with the next erasure, or when the vault is open again
	case err != nil:
		a.warn(&s.found, engine.E(engine.CodeUnavailable, "app.purgePending", "what was erased could not be removed from the vault's files for good", err))
	default:
		a.events.send(engine.EventAudit)
	}
}
