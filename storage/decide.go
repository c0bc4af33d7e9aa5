package storage

import (
	"context"

	"gabarit/engine"
)

// maxDecided is how many faces one transaction holds a decision about, and overlap how many those of a merge have in common.
const (
	maxDecided = 1000
	overlap    = 64
)

// Decide implements engine.Store. A decision about more faces than a transaction can hold is stored as several, each with an entry
// of its own.
func (s *Store) Decide(ctx context.Context, d engine.GroupDecision) error {
	if err := d.Check(); err != nil {
		return err
	}
	for _, part := range d.Parts(maxDecided, overlap) {
		if err := s.update(ctx, "storage.Decide", 0, func(x tx) error { return x.Decide(part) }); err != nil {
			return err
		}
	}
	return nil
}

// GroupDecisions implements engine.Store.
func (s *Store) GroupDecisions(ctx context.Context) (all []engine.GroupDecision, err error) {
	err = s.view(ctx, "storage.GroupDecisions", func(x tx) error {
		all, err = x.Decisions()
		return err
	})
	return all, err
}
