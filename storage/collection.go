package storage

import (
	"context"
	"slices"
	"strings"

	"gabarit/engine"
	"gabarit/engine/entry"
	"gabarit/storage/records"
)

func noCollection() error {
	return engine.E(engine.CodeNotFound, "storage.collection", "there is no such collection", nil)
}

// collection reads a collection by the bytes of its ID, nil for an ID that can't be one.
func (x tx) collection(c []byte) (engine.Collection, error) {
	if c == nil {
		return engine.Collection{}, noCollection()
	}
	var r records.Collection
	err := x.GetOr(noCollection(), records.Key(records.KindCollection, c), &r)
	return engine.Collection(r), err
}

func (x tx) collections() ([]engine.Collection, error) {
	var all []engine.Collection
	err := x.Each(records.Key(records.KindCollection), func(_, plain []byte) error {
		var r records.Collection
		if err := records.Decode(plain, &r); err != nil {
			return err
		}
		all = append(all, engine.Collection(r))
		return nil
	})
	slices.SortFunc(all, func(a, b engine.Collection) int { return strings.Compare(a.Name, b.Name) })
	return all, err
}

func (x tx) counts(c []byte) (records.Counts, error) {
	var n records.Counts
	_, err := x.Get(records.Key(records.KindCounts, c), &n)
	return n, err
}

// AddCollection implements engine.Store.
func (s *Store) AddCollection(ctx context.Context, c engine.Collection) (engine.Collection, error) {
	const op = "storage.AddCollection"
	if err := c.Validate(); err != nil {
		return engine.Collection{}, err
	}
	err := s.update(ctx, op, 0, func(x tx) error {
		all, err := x.collections()
		if err != nil {
			return err
		}
		if slices.ContainsFunc(all, func(o engine.Collection) bool { return o.Name == c.Name }) {
			return engine.E(engine.CodeConflict, op, "a collection has this name already", nil)
		}
		c.ID, c.CreatedAt = engine.CollectionID(s.db.NewID()), s.db.Now()
		if err := x.Put(records.Key(records.KindCollection, records.ID(c.ID)), records.Collection(c)); err != nil {
			return err
		}
		return x.Append(entry.CollectionAdded(c))
	})
	if err != nil {
		return engine.Collection{}, err
	}
	return c, nil
}

// Collections implements engine.Store.
func (s *Store) Collections(ctx context.Context) ([]engine.CollectionInfo, error) {
	var infos []engine.CollectionInfo
	err := s.view(ctx, "storage.Collections", func(x tx) error {
		all, err := x.collections()
		for _, c := range all {
			n, err := x.counts(records.ID(c.ID))
			if err != nil {
				return err
			}
			infos = append(infos, engine.CollectionInfo{Collection: c, Photos: n.Photos, Faces: n.Faces, NoFace: n.NoFace, Failed: n.Failed})
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return infos, nil
}

// CollectionByName implements engine.Store.
func (s *Store) CollectionByName(ctx context.Context, name string) (engine.CollectionInfo, error) {
	all, err := s.Collections(ctx) // few
	if err != nil {
		return engine.CollectionInfo{}, err
	}
	i := slices.IndexFunc(all, func(c engine.CollectionInfo) bool { return c.Name == name })
	if i < 0 {
		return engine.CollectionInfo{}, noCollection()
	}
	return all[i], nil
}

// Totals implements engine.Store.
func (s *Store) Totals(ctx context.Context) (engine.Totals, error) {
	all, err := s.Collections(ctx)
	t := engine.Totals{Collections: len(all)}
	for _, c := range all {
		t.Faces += c.Faces
		t.Photos += c.Photos
	}
	return t, err
}
