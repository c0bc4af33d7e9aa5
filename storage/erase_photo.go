package storage

import (
	"bytes"
	"errors"
	"slices"

	"gabarit/engine"
	"gabarit/storage/matters"
	"gabarit/storage/records"
	"gabarit/storage/vault"
)

func misfit(why string) error { return engine.E(engine.CodeConflict, "storage.Erase", why, nil) }

// fits checks a plan against what is stored.
func (x tx) fits(p engine.ErasurePlan) error {
	whole := map[engine.PhotoID]bool{}
	for _, e := range p.Photos {
		whole[e.Photo] = e.Whole
		if _, _, _, err := x.toErase(e); err != nil {
			return err
		}
	}
	c := records.ID(p.Request.Collection)
	if c == nil {
		return nil
	}
	return x.Each(records.Key(records.KindBytes, c), func(_, plain []byte) error {
		var photo engine.PhotoID
		if err := records.Decode(plain, &photo); err != nil {
			return err
		}
		if !whole[photo] {
			return misfit("the collection holds a photo that the plan does not list")
		}
		return nil
	})
}

// toErase reads what a plan names of a photo; there is false if all of that is gone already.
func (x tx) toErase(e engine.PhotoErasure) (r records.Photo, ref vault.KeyRef, there bool, err error) {
	r, ref, err = x.Photo(e.Photo)
	if engine.CodeOf(err) == engine.CodeNotFound {
		return r, ref, false, nil
	}
	if err == nil {
		_, err = r.Engine(e.Photo)
	}
	if err != nil {
		return r, ref, false, err
	}
	held, gone := r.Holds(e)
	switch {
	case !e.Whole && held == 0 && gone == len(e.Faces):
		return r, ref, false, nil
	case held < len(e.Faces):
		err = misfit("a face of the plan is not there")
	case !e.Whole && held == len(r.Faces):
		err = misfit("a photo of the plan would stay without a face")
	case !e.Whole && len(e.Thumbnail) == 0:
		err = misfit("a photo that stays needs a new thumbnail")
	}
	return r, ref, err == nil, err
}

// erasePhoto erases a photo, or some of its faces. Its finds and items follow with sweep.
func (p *part) erasePhoto(e engine.PhotoErasure) error {
	r, ref, there, err := p.toErase(e)
	if err != nil || !there {
		return err
	}
	bytesKey := p.s.db.BytesKey(records.ID(r.Collection), engine.SHA256(r.SHA256))
	if e.Whole {
		err = p.eraseWhole(e.Photo, ref, r.Former, bytesKey, r.CropKeys(records.ID(e.Photo)))
	} else {
		err = p.eraseFaces(e, r, ref, bytesKey)
	}
	if err != nil {
		return err
	}
	return p.suppressPhoto(r)
}

// eraseWhole deletes a photo's own records, known by their Badger keys only: they may be unreadable already.
func (p *part) eraseWhole(photo engine.PhotoID, ref vault.KeyRef, former []records.FormerKey, bytesKey []byte, crops [][]byte) error {
	counts, err := p.forget(photo, records.ErasingKey{Ref: ref, Former: former}, bytesKey, len(crops))
	if err != nil {
		return err
	}
	if counts.Photos--; len(crops) == 0 {
		counts.NoFace--
	}
	p.counts.Add(engine.ErasureCounts{Photos: 1, Finds: 1})
	if err := p.eraseAbout(string(photo), records.KindCheck, records.KindHidden); err != nil {
		return err
	}
	pid := records.ID(photo)
	return p.Delete(append(crops, records.Key(records.KindPhoto, pid), records.Key(records.KindThumbnail, pid), records.Key(records.KindTemplates, pid), records.Key(records.KindDecisions, pid), bytesKey)...)
}

// eraseAbout deletes the documents that say something of a photo or collection; each has a key of its own.
func (p *part) eraseAbout(id string, kinds ...records.Kind) error {
	for _, of := range kinds {
		k := records.Key(of, records.ID(id))
		sealed, err := p.Raw(k)
		if err != nil {
			return err
		}
		if sealed == nil {
			continue
		}
		if ref, ok := vault.RefOf(sealed); ok {
			p.goes(records.ErasingKey{Ref: ref, Record: id})
		}
		if err := p.Delete(k); err != nil {
			return err
		}
	}
	return nil
}

// forget notes that a photo's key goes, with n faces, and gives the counts of its collection to be corrected further. Of k,
// record and collection are filled in.
func (p *part) forget(photo engine.PhotoID, k records.ErasingKey, bytesKey []byte, n int) (*records.Counts, error) {
	c := engine.CollectionID(records.IDText(bytesKey[1 : 1+records.IDLen]))
	p.photos = append(p.photos, photo)
	k.Record, k.Collection = string(photo), c
	p.goes(k)
	p.counts.Add(engine.ErasureCounts{Thumbnails: 1, Crops: n, Templates: n})
	counts, err := p.of(c)
	counts.Faces -= n
	return counts, err
}

// eraseFaces takes faces out of a photo and seals what stays under a new key.
func (p *part) eraseFaces(e engine.PhotoErasure, r records.Photo, ref vault.KeyRef, bytesKey []byte) error {
	pid := records.ID(e.Photo)
	next, err := p.NewKey()
	if err != nil {
		return err
	}
	if _, err := p.forget(e.Photo, records.ErasingKey{Ref: ref, Next: next, Former: r.Former}, bytesKey, len(e.Faces)); err != nil {
		return err
	}
	p.counts.Partly++
	stays := map[int]bool{}
	var faces []records.Face
	for _, f := range r.Faces {
		_, number, _ := f.ID.Photo()
		crop := records.CropKey(pid, number)
		if slices.Contains(e.Faces, f.ID) {
			err = p.Delete(crop)
		} else {
			stays[number], faces = true, append(faces, f)
			err = p.renew(next, crop, e.Crops[f.ID])
		}
		if err != nil {
			return err
		}
	}
	r.Numbered, r.Model, r.Cut, r.Faces = max(r.Numbered, len(r.Faces)), r.ModelID(), true, faces
	return errors.Join(p.PutUnder(next, records.Key(records.KindPhoto, pid), r), p.renew(next, records.Key(records.KindThumbnail, pid), e.Thumbnail),
		p.renew(next, bytesKey, nil), p.keepTemplates(next, pid, stays),
		p.MoveDecisions(next, pid, func(face int) (int, bool) { return face, stays[face] }))
}

// renew seals what is stored at k under another key: picture instead, if there is one.
func (p *part) renew(next vault.KeyRef, k, picture []byte) error {
	if picture != nil {
		return p.PutPlain(next, k, records.EncodeBytes(picture))
	}
	plain, err := p.Plain(k)
	if err != nil || plain == nil {
		return err
	}
	return p.PutPlain(next, k, plain)
}

func (p *part) keepTemplates(next vault.KeyRef, pid []byte, stays map[int]bool) error {
	k := records.Key(records.KindTemplates, pid)
	plain, err := p.Plain(k)
	if err != nil || plain == nil {
		return err
	}
	head, faces, err := records.DecodeTemplates(plain)
	if err != nil {
		return err
	}
	faces = slices.DeleteFunc(faces, func(f records.FaceTemplate) bool { return !stays[f.Number] })
	if plain, err = records.EncodeTemplates(head, faces); err != nil {
		return err
	}
	return p.PutPlain(next, k, plain)
}

// eraseItems takes items out of a case and seals what stays under a new key.
func (p *part) eraseItems(c engine.CaseID, takes func(engine.CaseItem) bool) error {
	found, ref, err := matters.CaseOf(p.Tx, c)
	if err != nil {
		if engine.CodeOf(err) == engine.CodeNotFound {
			return nil
		}
		return err
	}
	left := slices.DeleteFunc(slices.Clone(found.Items), takes)
	gone := len(found.Items) - len(left)
	if gone == 0 {
		return nil
	}
	next, err := p.NewKey()
	if err != nil {
		return err
	}
	found.Items = left
	p.counts.CaseItems += gone
	p.goes(records.ErasingKey{Ref: ref, Record: string(c), Next: next})
	return matters.PutCase(p.Tx, next, found)
}

// eraseItem deletes an item of a collection that goes.
func (p *part) eraseItem(k []byte) error {
	sealed, err := p.Raw(k)
	if err != nil || sealed == nil {
		return err
	}
	if _, ofPhoto := vault.RefOf(sealed); !ofPhoto {
		plain, err := p.Unseal(k, sealed)
		if err != nil {
			return err
		}
		var r records.Item
		if err := records.Decode(plain, &r); err != nil {
			return err
		}
		counts, err := p.of(engine.CollectionID(records.IDText(k[1 : 1+records.IDLen])))
		if err != nil {
			return err
		}
		if r.Outcome == engine.OutcomeFailed {
			counts.Failed--
		}
	}
	p.counts.Items++
	return p.Delete(k)
}

// eraseCollection deletes the record of a collection whose photos and items are gone, and those of its runs.
func (p *part) eraseCollection(c []byte) error {
	held, err := p.Has(records.Key(records.KindCollection, c))
	if err != nil || !held {
		return err
	}
	for _, k := range []records.Kind{records.KindItem, records.KindBytes} { // put there since the plan was checked
		if left, err := p.Under(records.Key(k, c)); err != nil {
			return err
		} else if len(left) > 0 {
			return misfit("the collection holds a photo that the plan does not list")
		}
	}
	keys := [][]byte{records.Key(records.KindCollection, c), records.Key(records.KindCounts, c)}
	err = p.Each(records.Key(records.KindRun), func(k, plain []byte) error {
		var r records.Run
		if err := records.Decode(plain, &r); err != nil {
			return err
		}
		if slices.Equal(records.ID(r.Collection), c) {
			keys = append(keys, bytes.Clone(k))
			p.counts.Runs++
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := p.eraseAbout(records.IDText(c), records.KindUpkeep); err != nil {
		return err
	}
	p.counts.Collections++
	delete(p.collections, engine.CollectionID(records.IDText(c)))
	p.goes(records.ErasingKey{Record: records.IDText(c)})
	return p.Delete(keys...)
}
