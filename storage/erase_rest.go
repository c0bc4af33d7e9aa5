package storage

import (
	"bytes"
	"context"
	"slices"

	"gabarit/engine"
	"gabarit/storage/records"
	"gabarit/storage/vault"
)

// maxSweep is how many bytes of finds and items one transaction deals with, beside all else that a part does.
const maxSweep = 256 << 10

// hanging is a find or item of a photo that is erased whole or in part.
type hanging struct {
	key  []byte
	of   records.ErasingKey
	size int
}

// sweep deletes the finds and items that hang on the keys of the part, or seals them under the key their photo has now. A
// photo may have any number: where Swept is not set afterwards, settle goes on. Nothing new comes to hang on these
// keys, as they are no photo's key any more.
func (p *part) sweep() error {
	all, err := p.hanging()
	if err != nil {
		return err
	}
	done := 0
	for size := 0; done < len(all) && size < maxSweep; done++ {
		size += all[done].size
		if err := p.sweepOne(all[done]); err != nil {
			return err
		}
	}
	p.erasing.Swept = done == len(all)
	return nil
}

// hanging finds them by the key they are sealed under. The items of a collection that goes are deleted already.
func (p *part) hanging() (all []hanging, err error) {
	byRef, collections := map[vault.KeyRef]records.ErasingKey{}, map[engine.CollectionID]bool{}
	var prefixes [][]byte
	for _, k := range p.erasing.Keys {
		if k.Collection != "" {
			byRef[k.Ref] = k
			collections[k.Collection] = true
			prefixes = append(prefixes, records.Key(records.KindFind, records.ID(k.Record)))
		}
	}
	delete(collections, p.erasing.Whole)
	for c := range collections {
		prefixes = append(prefixes, records.Key(records.KindItem, records.ID(c)))
	}
	slices.SortFunc(prefixes, bytes.Compare)
	err = p.EachOf(prefixes, func(k, sealed []byte) error {
		ref, _ := vault.RefOf(sealed)
		if of, ok := byRef[ref]; ok {
			all = append(all, hanging{slices.Clone(k), of, len(k) + len(sealed)})
		}
		return nil
	})
	return all, err
}

func (p *part) sweepOne(h hanging) error {
	plain, err := p.Plain(h.key)
	if engine.CodeOf(err) == engine.CodeCorrupt {
		plain, err = nil, nil // it can't be kept under another key, and goes
	}
	if err != nil {
		return err
	}
	isFind := records.Kind(h.key[0]) == records.KindFind
	if isFind && plain != nil {
		var r records.Find
		if err := records.Decode(plain, &r); err != nil {
			return err
		}
		if err := p.suppressURL(r.Find); err != nil {
			return err
		}
	}
	switch {
	case plain != nil && h.of.Next != vault.KeyRef{}:
		return p.moveHanging(h, plain)
	case isFind:
		p.counts.Finds++
	default:
		p.counts.Items++
	}
	return p.Delete(h.key)
}

func (p *part) moveHanging(h hanging, plain []byte) error {
	if records.Kind(h.key[0]) == records.KindFind {
		return p.PutPlain(h.of.Next, h.key, plain)
	}
	var r records.Item
	if err := records.Decode(plain, &r); err != nil {
		return err
	}
	if r.Outcome == engine.OutcomePhoto || r.Outcome == engine.OutcomeNoFace {
		photo, _, err := p.Photo(r.Photo)
		if err != nil {
			return err
		}
		r.Outcome, r.Faces = engine.OutcomeOf(len(photo.Faces)), len(photo.Faces)
	}
	return p.PutUnder(h.of.Next, h.key, r)
}

// pendingPart is a part of an erasure that is not purged yet.
type pendingPart struct {
	records.Erasing
	key []byte
}

func (x tx) pending() (all []pendingPart, err error) {
	err = x.Each(records.MetaKey(records.ErasingName), func(k, plain []byte) error {
		p := pendingPart{key: slices.Clone(k)}
		err := records.Decode(plain, &p.Erasing)
		all = append(all, p)
		return err
	})
	return all, err
}

// settle brings the erasures that are not purged yet to the point where their keys are noted and may be destroyed; it
// gives these keys. Done again it changes nothing.
func (s *Store) settle(ctx context.Context) (counts engine.ErasureCounts, keys []vault.KeyRef, err error) {
	const op = "storage.Erase"
	var all []pendingPart
	err = s.view(ctx, op, func(x tx) error {
		all, err = x.pending()
		return err
	})
	if err != nil {
		return counts, nil, err
	}
	noted := map[engine.ErasureID][]vault.ErasedKey{}
	for _, r := range all {
		for !r.Swept {
			var p *part
			err := s.update(ctx, op, 0, func(x tx) error {
				p = x.part(r.Erasing)
				return p.close(r.key)
			})
			if err != nil {
				return counts, nil, err
			}
			counts.Add(p.counts)
			r.Erasing = p.erasing
		}
		if r.Renewal != "" { // not noted: an old copy may hold what was found before
			replaced, err := s.replacedKeys(r.Erasing)
			if err != nil {
				return counts, nil, err
			}
			keys = append(keys, replaced...)
			continue
		}
		var of []vault.ErasedKey // none is noted, too
		for _, k := range r.Keys {
			of = append(of, records.Note(r.Erasing, k))
			for _, f := range k.Former {
				of = append(of, vault.ErasedKey{Ref: f.Ref, Record: of[len(of)-1].Record, Mark: f.Mark})
			}
			if k.Ref != (vault.KeyRef{}) {
				keys = append(keys, k.Ref)
			}
		}
		noted[r.Erasure] = append(noted[r.Erasure], of...)
	}
	for erasure, keys := range noted {
		if err := s.db.Vault.NoteErasure(string(erasure), keys); err != nil {
			return counts, nil, err
		}
	}
	return counts, keys, nil
}

// destroy ends what ChangeDocuments deleted: see settle.
func (s *Store) destroy(ctx context.Context) error {
	s.erasing.Lock()
	defer s.erasing.Unlock()
	_, keys, err := s.settle(ctx)
	if err != nil {
		return err
	}
	return s.db.Vault.DestroyKeys(keys...)
}
