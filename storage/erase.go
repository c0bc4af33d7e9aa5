package storage

import (
	"context"
	"errors"
	"slices"

	"gabarit/engine"
	"gabarit/engine/entry"
	"gabarit/storage/kv"
	"gabarit/storage/records"
	"gabarit/storage/vault"
)

// maxUnits is how much one transaction of an erasure does at most: photos, items, cases.
const maxUnits = 1000

// Erase implements engine.Store, see "Order of an erasure" in the package comment.
func (s *Store) Erase(ctx context.Context, p engine.ErasurePlan) (engine.ErasureID, engine.ErasureCounts, error) {
	const op = "storage.Erase"
	s.erasing.Lock()
	defer s.erasing.Unlock()
	if _, _, err := s.settle(ctx); err != nil { // what an earlier one left; it may be about the same photos
		return "", engine.ErasureCounts{}, err
	}
	e := eraser{s: s, ctx: ctx, erasing: records.Erasing{Erasure: engine.ErasureID(s.db.NewID()), Reason: p.Request.Reason, Ref: p.Request.Ref,
		Whole: p.Request.Collection, Suppress: p.Request.Suppress, Similar: p.Request.Similar}}
	var units []unit
	err := s.view(ctx, op, func(x tx) error {
		if err := x.fits(p); err != nil {
			return err
		}
		var err error
		units, err = x.units(p)
		return err
	})
	if err != nil {
		return "", engine.ErasureCounts{}, err
	}
	err = e.run(units)
	// What is deleted must be out of reach whatever became of the rest, so this is not to be stopped.
	rest, keys, ended := s.settle(context.WithoutCancel(ctx))
	if ended == nil {
		ended = s.db.Vault.DestroyKeys(keys...)
	}
	err = errors.Join(err, kv.Translate(op, ended))
	if e.parts == 0 {
		return "", engine.ErasureCounts{}, err
	}
	e.counts.Add(rest)
	return e.erasing.Erasure, e.counts, err
}

// unit is a step of an erasure that is done in one transaction, with others.
type unit func(*part) error

// eraser carries out one erasure in parts.
type eraser struct {
	s       *Store
	ctx     context.Context //nolint:containedctx // lives as long as the call
	erasing records.Erasing // what all parts have in common
	counts  engine.ErasureCounts
	parts   int
}

// run does units in their order, in as many transactions as it takes and at least one.
func (e *eraser) run(units []unit) error {
	if len(units) == 0 {
		return e.do(nil)
	}
	for some := range slices.Chunk(units, maxUnits) {
		if err := e.do(some); err != nil {
			return err
		}
	}
	return nil
}

// do does units in one transaction, or in several if that is too big.
func (e *eraser) do(units []unit) error {
	var p *part
	err := e.s.update(e.ctx, "storage.Erase", 0, func(x tx) error {
		p = x.part(e.erasing)
		for _, u := range units {
			if err := errors.Join(x.Err(), u(p)); err != nil {
				return err
			}
		}
		return p.close(records.MetaKey(records.ErasingName + string(e.erasing.Erasure) + "/" + x.s.db.NewID()))
	})
	if half := len(units) / 2; records.TooBig(err) && half > 0 {
		if err := e.do(units[:half]); err != nil {
			return err
		}
		return e.do(units[half:])
	}
	if err == nil {
		e.counts.Add(p.counts)
		e.parts++
	}
	return err
}

// part is one transaction of an erasure.
type part struct {
	tx
	erasing     records.Erasing // Keys and Swept are those of the part
	counts      engine.ErasureCounts
	photos      []engine.PhotoID                        // for the log
	faces       int                                     // found anew, for the log
	collections map[engine.CollectionID]*records.Counts // as they will be
}

func (x tx) part(r records.Erasing) *part {
	return &part{tx: x, erasing: r, collections: map[engine.CollectionID]*records.Counts{}}
}

// close ends the part: what it did is noted at k for those who go on with it, and in the log.
func (p *part) close(k []byte) error {
	if err := p.sweep(); err != nil {
		return err
	}
	for c, n := range p.collections {
		if err := p.Put(records.Key(records.KindCounts, records.ID(c)), *n); err != nil {
			return err
		}
	}
	if err := p.Put(k, p.erasing); err != nil {
		return err
	}
	r := p.erasing
	if r.Renewal != "" {
		return p.Append(entry.Retemplated(r.Renewal, engine.RunID(r.Erasure), len(p.photos), p.faces, p.counts))
	}
	return p.Append(entry.Erased(r.Erasure, engine.ErasureRequest{Reason: r.Reason, Ref: r.Ref, Collection: r.Whole}, p.photos, p.counts))
}

// of gives the counts of a collection to be corrected.
func (p *part) of(c engine.CollectionID) (*records.Counts, error) {
	if n := p.collections[c]; n != nil {
		return n, nil
	}
	n, err := p.tx.counts(records.ID(c))
	p.collections[c] = &n
	return &n, err
}

// goes notes that a key is to be destroyed.
func (p *part) goes(k records.ErasingKey) {
	p.erasing.Keys = append(p.erasing.Keys, k)
	if k.Ref != (vault.KeyRef{}) {
		p.counts.Keys++
	}
}

// units lists what a plan takes to be carried out. The record of a collection goes last.
func (x tx) units(p engine.ErasurePlan) ([]unit, error) {
	var all []unit
	if p.Request.Cases {
		takes := p.Takes()
		for _, m := range p.Cases {
			all = append(all, func(p *part) error { return p.eraseItems(m.Case, takes) })
		}
	}
	c := records.ID(p.Request.Collection)
	if c != nil {
		items, err := x.Under(records.Key(records.KindItem, c))
		if err != nil {
			return nil, err
		}
		for _, k := range items {
			all = append(all, func(p *part) error { return p.eraseItem(k) })
		}
	}
	for _, e := range p.Photos {
		all = append(all, func(p *part) error { return p.erasePhoto(e) })
	}
	if c != nil {
		all = append(all, func(p *part) error { return p.eraseCollection(c) })
	}
	return all, nil
}
