package storage

import (
	"context"

	"gabarit/engine"
)

// Suppressed implements engine.Store.
func (s *Store) Suppressed(context.Context, engine.Suspect) (engine.SuppressionID, bool, error) {
	return "", false, nil
}

// Suppressions implements engine.Store.
func (s *Store) Suppressions(context.Context) (engine.SuppressionCounts, error) {
	return engine.SuppressionCounts{}, nil
}
