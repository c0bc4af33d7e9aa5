package app

import (
	"context"
	"errors"
	"time"

	"gabarit/engine"
	"gabarit/engine/rights"
)

// CaseItems makes case items of faces of the index, one for each place a face's photo was found at, from what the
// vault itself holds on them. foundAt is when a search returned them. CodeNotFound if the vault holds no such face.
func (a *App) CaseItems(ctx context.Context, faces []engine.FaceID, foundAt time.Time) ([]engine.CaseItem, error) {
	s, ctx, done, err := a.enter(ctx, "app.CaseItems")
	if err != nil {
		return nil, err
	}
	defer done()
	items := make([]engine.CaseItem, 0, len(faces))
	for _, id := range faces {
		more, err := s.caseItems(ctx, id, foundAt)
		if err != nil {
			return nil, err
		}
		items = append(items, more...)
	}
	return items, nil
}

func (s *session) caseItems(ctx context.Context, id engine.FaceID, foundAt time.Time) ([]engine.CaseItem, error) {
	unknown := engine.E(engine.CodeNotFound, "app.CaseItems", "the vault holds no such face", errors.New(string(id)))
	pid, _, ok := id.Photo()
	if !ok {
		return nil, unknown
	}
	p, err := s.store.Photo(ctx, pid)
	if engine.CodeOf(err) == engine.CodeNotFound {
		return nil, unknown
	}
	if err != nil {
		return nil, err
	}
	face, err := faceOf(p, id)
	if err != nil {
		return nil, err
	}
	item := engine.CaseItem{Face: face.ID, Photo: pid, SHA256: p.SHA256, FoundAt: foundAt, CollectedAt: p.CollectedAt}
	var items []engine.CaseItem
	for _, item.Source = range append([]engine.Provenance{p.Source}, p.Also...) {
		items = append(items, item)
	}
	return items, nil
}

// OpenCases groups items by site and stores one case for each.
func (a *App) OpenCases(ctx context.Context, items []engine.CaseItem) ([]engine.Case, error) {
	const op = "app.OpenCases"
	s, ctx, done, err := a.enter(ctx, op)
	if err != nil {
		return nil, err
	}
	defer done()
	if len(items) == 0 {
		return nil, engine.E(engine.CodeInvalid, op, "a case needs at least one item", nil)
	}
	cases, err := s.store.AddCases(ctx, rights.BySite(items))
	if err == nil {
		a.events.send(engine.EventCases)
	}
	return cases, err
}

// Cases lists the cases, oldest first.
func (a *App) Cases(ctx context.Context) ([]engine.Case, error) {
	return use(ctx, a, "app.Cases", func(ctx context.Context, s *session) ([]engine.Case, error) { return s.store.Cases(ctx) })
}

// Case gives one case; CodeNotFound.
func (a *App) Case(ctx context.Context, id engine.CaseID) (engine.Case, error) {
	return use(ctx, a, "app.Case", func(ctx context.Context, s *session) (engine.Case, error) { return s.store.Case(ctx, id) })
}
