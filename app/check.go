package app

import (
	"context"

	"gabarit/engine"
)

// CheckVault reads everything the vault holds: records, log, and what is left of what was erased. What is damaged is told in
// the result; an error means that the check itself could not be done.
func (a *App) CheckVault(ctx context.Context) (engine.VaultCheck, error) {
	s, ctx, done, err := a.enter(ctx, "app.CheckVault")
	if err != nil {
		return engine.VaultCheck{}, err
	}
	defer done()
	var check engine.VaultCheck
	if check.Records, check.Damage, err = s.store.Check(ctx); err != nil {
		return check, err
	}
	saved, err := s.index.Check(ctx)
	if err != nil {
		return check, err
	}
	check.Damage = append(check.Damage, saved...)
	if check.Audit, err = s.store.VerifyAudit(ctx, ""); err != nil {
		return check, err
	}
	check.Erased, err = s.checkErased(ctx)
	return check, err
}

// CheckErased proves that nothing of what was ever erased is left: in the vault's files, among its keys, in the index. It
// reads all of the vault.
func (a *App) CheckErased(ctx context.Context) (engine.ErasedCheck, error) {
	return use(ctx, a, "app.CheckErased", func(ctx context.Context, s *session) (engine.ErasedCheck, error) { return s.checkErased(ctx) })
}

func (s *session) checkErased(ctx context.Context) (engine.ErasedCheck, error) {
	check, err := s.store.CheckErased(ctx)
	if err != nil {
		return check, err
	}
	// Faces are stored before they are indexed and leave the index before the store, so there are none that only the index has.
	check.Indexed, err = s.index.Left(ctx, nil)
	return check, err
}

// Erasures counts what was erased from the vault so far and the keys that were destroyed with it, as noted; that nothing of it
// is left is proved by CheckErased.
func (a *App) Erasures(ctx context.Context) (erasures, keys int, err error) {
	s, _, done, err := a.enter(ctx, "app.Erasures")
	if err != nil {
		return 0, 0, err
	}
	defer done()
	return s.vault.Erasures()
}

// Suppressions counts what is refused when it is collected again, and how often it was.
func (a *App) Suppressions(ctx context.Context) (engine.SuppressionCounts, error) {
	return use(ctx, a, "app.Suppressions", func(ctx context.Context, s *session) (engine.SuppressionCounts, error) {
		return s.store.Suppressions(ctx)
	})
}

// Compact writes the vault's files anew without what is no longer needed. It may take long; the vault can be used meanwhile.
func (a *App) Compact(ctx context.Context) (engine.PurgeStats, error) {
	s, ctx, done, err := a.enter(ctx, "app.Compact")
	if err != nil {
		return engine.PurgeStats{}, err
	}
	defer done()
	stats, err := s.store.Compact(ctx)
	a.events.send(engine.EventAudit)
	return stats, err
}
