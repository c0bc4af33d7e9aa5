package enginetest

import (
	"context"
	"slices"

	"gabarit/engine"
	"gabarit/engine/entry"
)

// Decide implements engine.Store.
func (s *Store) Decide(ctx context.Context, d engine.GroupDecision) error {
	return s.locked(ctx, func() error {
		if err := d.Check(); err != nil {
			return err
		}
		for _, f := range slices.Concat(d.Same, d.Out, d.Rest) {
			if id, held := s.faceNow(f); !held || id != f {
				return missing("there is no such face")
			}
		}
		s.decisions = append(s.decisions, d.Sorted())
		s.record(entry.Decided(d))
		return nil
	})
}

// GroupDecisions implements engine.Store.
func (s *Store) GroupDecisions(ctx context.Context) ([]engine.GroupDecision, error) {
	return locked(ctx, s, func() (all []engine.GroupDecision, err error) {
		for _, d := range s.decisions {
			if now, ok := d.Renamed(s.faceNow); ok {
				all = append(all, now)
			}
		}
		return all, nil
	})
}

// faceNow gives the ID that a face has now; callers hold mu.
func (s *Store) faceNow(id engine.FaceID) (engine.FaceID, bool) {
	photo, _, _ := id.Photo()
	for _, f := range s.photos[photo].photo.Faces {
		if f.Is(id) {
			return f.ID, true
		}
	}
	return "", false
}
