package retention

import (
	"context"
	"slices"

	"gabarit/app/opened"
	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/engine/retention"
	"gabarit/engine/source/web"
)

// Upkeep tells what retention and checks of sources last did, for each collection; of one for which they did nothing so far there is none.
func (k *Keeper) Upkeep(ctx context.Context) (map[engine.CollectionID]matter.Upkeep, error) {
	return opened.Use(ctx, k.parts.Door, "retention.Upkeep", func(ctx context.Context, v opened.Vault) (map[engine.CollectionID]matter.Upkeep, error) {
		all := map[engine.CollectionID]matter.Upkeep{}
		err := v.Store.Documents(ctx, engine.DocumentUpkeep, func(id string, data []byte) error {
			var u kept
			if id == wholeVault {
				return nil
			}
			err := read(data, &u, func() int { return u.Version })
			u.Collection = engine.CollectionID(id)
			all[u.Collection] = u.Upkeep
			return err
		})
		return all, err
	})
}

// UpkeepOf tells all there is to tell of a collection: what goes when and why, what is hidden, which sources can't be reached. It reads all records of
// the collection. CodeNotFound.
func (k *Keeper) UpkeepOf(ctx context.Context, collection string) (matter.UpkeepView, error) {
	return opened.Use(ctx, k.parts.Door, "retention.UpkeepOf", func(ctx context.Context, v opened.Vault) (matter.UpkeepView, error) {
		return k.view(ctx, v, collection)
	})
}

func (k *Keeper) view(ctx context.Context, v opened.Vault, collection string) (view matter.UpkeepView, err error) {
	info, err := v.Store.CollectionByName(ctx, collection)
	if err != nil {
		return view, err
	}
	known, err := checks(ctx, v)
	if err != nil {
		return view, err
	}
	now := k.parts.Door.Now()
	p := retention.NewPlanner(now, []engine.CollectionInfo{info})
	err = records(ctx, v, info.ID, known, func(r record) error {
		p.Add(r.Record)
		view.Photos++
		if r.Addressed {
			view.Addressed++
		}
		if r.isDue(now) {
			view.Due++
		}
		if r.known.unreachable() {
			view.Unreachable++
		}
		view.Troubles = append(view.Troubles, troubles(r, v.Hidden.Of(r.Photo))...)
		return nil
	})
	if err != nil {
		return view, err
	}
	plan := p.Plan()
	view.Now, view.Soon = ends(plan.Groups()), ends(plan.Soon)
	slices.SortStableFunc(view.Troubles, func(a, b matter.Trouble) int { return a.Since.Compare(b.Since) })
	return view, k.rest(ctx, v, info.ID, &view)
}

// rest reads what is kept of the collection and of the vault.
func (k *Keeper) rest(ctx context.Context, v opened.Vault, c engine.CollectionID, view *matter.UpkeepView) error {
	data, err := v.Store.Document(ctx, engine.DocumentUpkeep, string(c))
	if err == nil {
		var u kept
		err = read(data, &u, func() int { return u.Version })
		view.Upkeep = u.Upkeep
	} else if engine.CodeOf(err) == engine.CodeNotFound {
		err = nil
	}
	if err != nil {
		return err
	}
	view.Collection = c
	s, err := readState(ctx, v)
	if err != nil {
		return err
	}
	view.Contact = s.Contact
	list, err := v.Store.Suppressions(ctx)
	view.Refused = list.Hits
	return err
}

func ends(groups []retention.Group) (all []matter.Ends) {
	for _, g := range groups {
		all = append(all, matter.Ends{Why: string(g.Why), N: g.N, First: g.First})
	}
	return all
}

// troubles tells what is hidden of a photo and why, or that its source can't be asked.
func troubles(r record, holds []matter.Hold) (all []matter.Trouble) {
	for _, h := range holds {
		t := matter.Trouble{Photo: r.Photo, Why: h.Why, Finding: h.Finding, Since: h.Since, Source: r.photo.Source}
		if h.Why == matter.HoldSource {
			t.Reason, t.Goes = r.known.Reason, h.Since.Add(retention.HiddenFor)
		}
		all = append(all, t)
	}
	if len(all) > 0 {
		return all
	}
	t := matter.Trouble{Photo: r.Photo, Finding: string(r.known.Finding), Reason: r.known.Reason, Since: r.known.At, Source: r.photo.Source}
	switch {
	case r.known.unreachable():
		t.Since = r.known.Silent
	case r.known.Finding != web.Disallowed:
		return nil
	}
	return []matter.Trouble{t}
}
