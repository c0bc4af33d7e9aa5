package retention

import (
	"context"
	"encoding/json"
	"time"

	"gabarit/app/opened"
	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/engine/retention"
)

// record is a photo with what is known of its sources.
type record struct {
	retention.Record
	photo engine.Photo
	known checked
	site  bool // it was collected from a site, under its robots.txt
}

// due is when its sources are to be asked again; zero: it has none.
func (r record) due() time.Time {
	switch {
	case !r.Addressed:
		return time.Time{}
	case len(r.known.Days) > 0 && !r.known.unreachable():
		return r.known.At.Add(oneDay) // another day, another try
	}
	return retention.CheckDue(r.Record)
}

func (r record) isDue(now time.Time) bool { return r.Addressed && !r.due().After(now) }

// records calls fn for all photos of a collection.
func records(ctx context.Context, v opened.Vault, c engine.CollectionID, known map[engine.PhotoID]checked, fn func(record) error) error {
	return v.Store.Photos(ctx, c, func(p engine.Photo) error {
		r := record{photo: p, known: known[p.ID], Record: retention.Record{Photo: p.ID, Collection: c, CollectedAt: p.CollectedAt, Addressed: retention.Addressed(p)}}
		r.Checked = r.known.At
		for _, h := range v.Hidden.Of(p.ID) {
			if h.Why == matter.HoldSource {
				r.Hidden = h.Since
			} else {
				r.Restricted = true
			}
		}
		return fn(r)
	})
}

// checks reads what is known of the sources of all photos.
func checks(ctx context.Context, v opened.Vault) (map[engine.PhotoID]checked, error) {
	all := map[engine.PhotoID]checked{}
	err := v.Store.Documents(ctx, engine.DocumentCheck, func(id string, data []byte) error {
		var c checked
		if err := read(data, &c, func() int { return c.Version }); err != nil {
			return err
		}
		all[engine.PhotoID(id)] = c
		return nil
	})
	return all, err
}

// read reads the JSON of a document. CodeCorrupt; CodeUnsupported: written by a newer version.
func read(data []byte, into any, written func() int) error {
	const op = "retention.read"
	if err := json.Unmarshal(data, into); err != nil {
		return engine.E(engine.CodeCorrupt, op, "a stored record is damaged", err)
	}
	if written() > version {
		return engine.E(engine.CodeUnsupported, op, "a record was written by a newer version of this program", nil)
	}
	return nil
}

// put stores a document as JSON.
func put(x engine.DocumentTx, kind engine.DocumentKind, id string, what any) error {
	data, err := json.Marshal(what)
	if err != nil {
		return engine.E(engine.CodeInternal, "retention.put", "a record can't be written down", err)
	}
	return x.Put(kind, id, data)
}
