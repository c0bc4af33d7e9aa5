package hidden

import (
	"context"

	"gabarit/engine"
)

// Groups is what the groups of faces need of the record of truth, see grouping.Store.
type Groups interface {
	Templates(ctx context.Context, fn func(engine.IndexEntry) error) error
	GroupDecisions(ctx context.Context) ([]engine.GroupDecision, error)
	Decide(ctx context.Context, d engine.GroupDecision) error
}

// Visible gives the store as those see it who must not come across what is hidden.
func (s *Set) Visible(store Groups) Groups { return visible{store, s} }

type visible struct {
	Groups
	set *Set
}

// Templates leaves out what is hidden.
func (v visible) Templates(ctx context.Context, fn func(engine.IndexEntry) error) error {
	return v.Groups.Templates(ctx, func(e engine.IndexEntry) error {
		if v.set.Hides(e.Face) {
			return nil
		}
		return fn(e)
	})
}
