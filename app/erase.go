package app

import (
	"context"

	"gabarit/engine"
)

// PlanErasure tells what erasing would do, before anything is done. CodeInvalid: the request names nothing or gives no
// reason; CodeNotFound: something it names is not there.
func (a *App) PlanErasure(ctx context.Context, req engine.ErasureRequest) (engine.ErasurePlan, error) {
	const op = "app.PlanErasure"
	_, _, done, err := a.enter(ctx, op)
	if err != nil {
		return engine.ErasurePlan{}, err
	}
	defer done()
	return engine.ErasurePlan{Request: req}, engine.E(engine.CodeUnsupported, op, "not built yet", nil)
}

// Erase carries out a plan and proves it: from the first step on no search finds the faces, and a report without an error
// says that no file of the vault holds anything of them. progress may be nil; it is called at the beginning of each
// step, from the calling goroutine.
//
// CodeConflict, with nothing done: the vault has changed since the plan was made, or a collection is being read. With any
// other error the report tells what was erased: all of that is out of reach, but bytes of it may still be in the vault's
// files until the next Erase, or the next time the vault is opened, removes them (see ErasedCheck.Pending). The
// same plan can then be made and tried again for what is left.
func (a *App) Erase(ctx context.Context, plan engine.ErasurePlan, progress func(engine.ErasureStep)) (engine.ErasureReport, error) {
	const op = "app.Erase"
	_, _, done, err := a.enter(ctx, op)
	if err != nil {
		return engine.ErasureReport{}, err
	}
	defer done()
	return engine.ErasureReport{}, engine.E(engine.CodeUnsupported, op, "not built yet", nil)
}

// CheckErased proves that nothing of what was ever erased is left: in the vault's files, among its keys, in the index. It
// reads all of the vault.
func (a *App) CheckErased(ctx context.Context) (engine.ErasedCheck, error) {
	s, ctx, done, err := a.enter(ctx, "app.CheckErased")
	if err != nil {
		return engine.ErasedCheck{}, err
	}
	defer done()
	return s.store.CheckErased(ctx)
}

// Suppressions counts what is refused when it is collected again, and how often it was.
func (a *App) Suppressions(ctx context.Context) (engine.SuppressionCounts, error) {
	s, ctx, done, err := a.enter(ctx, "app.Suppressions")
	if err != nil {
		return engine.SuppressionCounts{}, err
	}
	defer done()
	return s.store.Suppressions(ctx)
}

// Compact writes the vault's files anew without what is no longer needed.
func (a *App) Compact(ctx context.Context) (engine.PurgeStats, error) {
	const op = "app.Compact"
	_, _, done, err := a.enter(ctx, op)
	if err != nil {
		return engine.PurgeStats{}, err
	}
	defer done()
	return engine.PurgeStats{}, engine.E(engine.CodeUnsupported, op, "not built yet", nil)
}
