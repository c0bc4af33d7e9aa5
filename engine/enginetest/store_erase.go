package enginetest

import (
	"context"

	"gabarit/engine"
)

func notYet(op string) error { return engine.E(engine.CodeUnsupported, op, "not built yet", nil) }

// Erase implements engine.Store.
func (s *Store) Erase(context.Context, engine.ErasurePlan) (engine.ErasureID, engine.ErasureCounts, error) {
	return "", engine.ErasureCounts{}, notYet("enginetest.Erase")
}

// Purge implements engine.Store.
func (s *Store) Purge(context.Context) (engine.PurgeStats, engine.ErasedCheck, error) {
	return engine.PurgeStats{}, engine.ErasedCheck{}, notYet("enginetest.Purge")
}

// CheckErased implements engine.Store.
func (s *Store) CheckErased(context.Context) (engine.ErasedCheck, error) {
	return engine.ErasedCheck{}, notYet("enginetest.CheckErased")
}

// Suppressed implements engine.Store.
func (s *Store) Suppressed(context.Context, engine.Suspect) (engine.SuppressionID, bool, error) {
	return "", false, nil
}

// Suppressions implements engine.Store.
func (s *Store) Suppressions(context.Context) (engine.SuppressionCounts, error) {
	return engine.SuppressionCounts{}, nil
}

// Record implements engine.Store.
func (s *Store) Record(ctx context.Context, e engine.AuditEntry) error {
	unlock, err := s.start(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	s.record(e)
	return nil
}
