package cases

import (
	"context"
	"errors"
	"slices"
	"time"

	"gabarit/app/opened"
	"gabarit/engine"
	"gabarit/engine/rights"
)

// CaseItems makes case items of faces of the index, one for each place a face's photo was found at, from what the
// vault itself holds on them. foundAt is when a search returned them. CodeNotFound if the vault holds no such face.
func (m *Matters) CaseItems(ctx context.Context, faces []engine.FaceID, foundAt time.Time) ([]engine.CaseItem, error) {
	v, ctx, done, err := m.door.Enter(ctx, "cases.CaseItems")
	if err != nil {
		return nil, err
	}
	defer done()
	items := make([]engine.CaseItem, 0, len(faces))
	for _, id := range faces {
		more, err := caseItems(ctx, v, id, foundAt)
		if err != nil {
			return nil, err
		}
		items = append(items, more...)
	}
	return items, nil
}

func caseItems(ctx context.Context, v opened.Vault, id engine.FaceID, foundAt time.Time) ([]engine.CaseItem, error) {
	unknown := engine.E(engine.CodeNotFound, "cases.CaseItems", "the vault holds no such face", errors.New(string(id)))
	pid, _, ok := id.Photo()
	if !ok {
		return nil, unknown
	}
	p, err := v.Store.Photo(ctx, pid)
	if engine.CodeOf(err) == engine.CodeNotFound {
		return nil, unknown
	}
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(p.Faces, func(f engine.Face) bool { return f.Is(id) })
	if i < 0 {
		return nil, unknown
	}
	item := engine.CaseItem{Face: p.Faces[i].ID, Photo: pid, SHA256: p.SHA256, FoundAt: foundAt, CollectedAt: p.CollectedAt}
	var items []engine.CaseItem
	for _, item.Source = range append([]engine.Provenance{p.Source}, p.Also...) {
		items = append(items, item)
	}
	return items, nil
}

// OpenCases groups items by site and stores one case for each.
func (m *Matters) OpenCases(ctx context.Context, items []engine.CaseItem) ([]engine.Case, error) {
	const op = "cases.OpenCases"
	v, ctx, done, err := m.door.Enter(ctx, op)
	if err != nil {
		return nil, err
	}
	defer done()
	if len(items) == 0 {
		return nil, engine.E(engine.CodeInvalid, op, "a case needs at least one item", nil)
	}
	cases, err := v.Store.AddCases(ctx, rights.BySite(items))
	if err == nil {
		m.door.Tell(engine.EventCases)
	}
	return cases, err
}

// Cases lists the cases, oldest first.
func (m *Matters) Cases(ctx context.Context) ([]engine.Case, error) {
	return opened.Use(ctx, m.door, "cases.Cases", func(ctx context.Context, v opened.Vault) ([]engine.Case, error) { return v.Store.Cases(ctx) })
}

// Case gives one case; CodeNotFound.
func (m *Matters) Case(ctx context.Context, id engine.CaseID) (engine.Case, error) {
	return opened.Use(ctx, m.door, "cases.Case", func(ctx context.Context, v opened.Vault) (engine.Case, error) { return v.Store.Case(ctx, id) })
}
