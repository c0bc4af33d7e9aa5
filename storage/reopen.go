package storage

import (
	"bytes"
	"context"

	"gabarit/engine"
	"gabarit/engine/entry"
	"gabarit/storage/records"
	"gabarit/storage/vault"
)

// reopen does what erasures left undone: it goes on with those that a crash interrupted, and does those again that an old
// copy of the vault, or of some of its files, has undone. Only then may anything be read. Purge has to follow.
func (s *Store) reopen(ctx context.Context) error {
	_, settled, err := s.settle(ctx)
	if err != nil {
		return err
	}
	interrupted := map[vault.KeyRef]bool{}
	for _, ref := range settled {
		interrupted[ref] = true
	}
	live, err := s.db.Vault.LiveErased()
	if err != nil {
		return err
	}
	again, err := s.undone(ctx)
	if err != nil {
		return err
	}
	var refs []vault.KeyRef
	for _, e := range live {
		for _, k := range e.Keys {
			if refs = append(refs, k.Ref); !interrupted[k.Ref] {
				again.of(k)
			}
		}
	}
	if len(again) > 0 {
		if err := s.eraseAgain(ctx, again); err != nil {
			return err
		}
	}
	replaced, err := s.replaced(ctx)
	if err != nil {
		return err
	}
	return s.db.Vault.DestroyKeys(append(refs, replaced...)...) // after what was sealed under them was read
}

// undone holds what erasures are to erase again, by erasure.
type undone map[engine.ErasureID]*again

type again struct {
	erasing    records.Erasing
	units      []unit
	photos     int
	collection engine.CollectionID // there again; "" none
}

// of gives the erasure that noted a key, and what of.
func (u undone) of(k vault.ErasedKey) (*again, records.ErasingKey) {
	r, e := records.ParseNote(k)
	if u[r.Erasure] == nil {
		u[r.Erasure] = &again{erasing: r}
	}
	return u[r.Erasure], e
}

// undone looks for records under the keys that erasures noted. The keys need not be there: the copy may be one of the
// records alone.
func (s *Store) undone(ctx context.Context) (undone, error) {
	found := undone{}
	noted, err := s.db.Vault.NotedKeys()
	if err != nil || len(noted) == 0 {
		return found, err
	}
	return found, s.view(ctx, "storage.Open", func(x tx) error {
		byRef := map[vault.KeyRef]vault.ErasedKey{}
		for _, k := range noted {
			if byRef[k.Ref] = k; k.Ref != (vault.KeyRef{}) {
				continue
			}
			_, e := records.ParseNote(k)
			held, err := x.Has(records.Key(records.KindCollection, records.ID(e.Record)))
			if err != nil {
				return err
			}
			if held {
				a, _ := found.of(k)
				a.collection = engine.CollectionID(e.Record)
			}
		}
		add := func(k, sealed []byte) error {
			ref, ok := vault.RefOf(sealed)
			if noted, erased := byRef[ref]; ok && erased {
				a, e := found.of(noted)
				a.add(bytes.Clone(k), e)
			}
			return nil
		}
		if err := x.EachSealed(records.Key(records.KindBytes), add); err != nil {
			return err
		}
		return x.EachOwn(add)
	})
}

// add plans that a record's photo, case or document is erased again. Of a photo, k is where its bytes are found.
func (a *again) add(k []byte, e records.ErasingKey) {
	if records.Kind(k[0]) != records.KindBytes {
		a.units = append(a.units, func(p *part) error {
			p.goes(e)
			return p.Delete(k)
		})
		return
	}
	a.photos++
	a.units = append(a.units, func(p *part) error {
		photo := engine.PhotoID(e.Record)
		r, _, err := p.Photo(photo)
		crops := r.CropKeys(records.ID(photo))
		switch engine.CodeOf(err) {
		case "":
			err = p.suppressPhoto(r)
		case engine.CodeNotFound, engine.CodeCorrupt: // its key is gone already
			crops, err = p.Under(records.Key(records.KindCrop, records.ID(photo)))
		}
		if err != nil {
			return err
		}
		return p.eraseWhole(photo, e.Ref, r.Former, k, crops)
	})
}

// eraseAgain carries it out, collections last: their photos may be those of other erasures.
func (s *Store) eraseAgain(ctx context.Context, all undone) error {
	photos := 0
	for _, a := range all {
		photos += a.photos
	}
	if err := s.Record(ctx, entry.Restored(len(all), photos)); err != nil {
		return err
	}
	for _, a := range all {
		if a.erasing.Erasure == "" { // noted by another program
			a.erasing.Erasure = engine.ErasureID(s.db.NewID())
		}
		if err := (&eraser{s: s, ctx: ctx, erasing: a.erasing}).run(a.units); err != nil {
			return err
		}
	}
	for _, a := range all {
		if a.collection == "" {
			continue
		}
		units, err := s.wholeCollection(ctx, a.collection)
		if err != nil {
			return err
		}
		a.erasing.Whole = a.collection
		if err := (&eraser{s: s, ctx: ctx, erasing: a.erasing}).run(units); err != nil {
			return err
		}
	}
	_, _, err := s.settle(ctx)
	return err
}

// wholeCollection plans that a collection is erased with whatever photos are left in it.
func (s *Store) wholeCollection(ctx context.Context, c engine.CollectionID) (units []unit, err error) {
	p := engine.ErasurePlan{Request: engine.ErasureRequest{Collection: c}}
	err = s.view(ctx, "storage.Open", func(x tx) error {
		err := x.Each(records.Key(records.KindBytes, records.ID(c)), func(_, plain []byte) error {
			var photo engine.PhotoID
			err := records.Decode(plain, &photo)
			p.Photos = append(p.Photos, engine.PhotoErasure{Photo: photo, Whole: true})
			return err
		})
		if err == nil {
			units, err = x.units(p)
		}
		return err
	})
	return units, err
}
