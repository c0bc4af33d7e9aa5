package storage

import (
	"context"

	"gabarit/engine"
)

func notYet(op string) error { return engine.E(engine.CodeUnsupported, op, "not built yet", nil) }

// Erase implements engine.Store.
func (s *Store) Erase(context.Context, engine.ErasurePlan) (engine.ErasureID, engine.ErasureCounts, error) {
	return "", engine.ErasureCounts{}, notYet("storage.Erase")
}

// Purge implements engine.Store.
func (s *Store) Purge(context.Context) (engine.PurgeStats, engine.ErasedCheck, error) {
	return engine.PurgeStats{}, engine.ErasedCheck{}, notYet("storage.Purge")
}

// CheckErased implements engine.Store.
func (s *Store) CheckErased(context.Context) (engine.ErasedCheck, error) {
	return engine.ErasedCheck{}, notYet("storage.CheckErased")
}
