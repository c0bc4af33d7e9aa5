package storage

import (
	"bytes"
	"errors"
	"slices"

	"gabarit/engine"
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
	c := id(p.Request.Collection)
	if c == nil {
		return nil
	}
	return x.each(key(kindBytes, c), func(_, plain []byte) error {
		var photo engine.PhotoID
		if err := decode(plain, &photo); err != nil {
			return err
		}
		if !whole[photo] {
			return misfit("the collection holds a photo that the plan does not list")
		}
		return nil
	})
}

// toErase reads what a plan names of a photo; there is false if all of that is gone already.
func (x tx) toErase(e engine.PhotoErasure) (r photoRecord, ref vault.KeyRef, there bool, err error) {
	r, ref, err = x.photoRecord(e.Photo)
	if engine.CodeOf(err) == engine.CodeNotFound {
		return r, ref, false, nil
	}
	if err == nil {
		_, err = r.photo(e.Photo)
	}
	if err != nil {
		return r, ref, false, err
	}
	held, gone := r.holds(e)
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

// holds counts the faces of a plan that are there, and those that were erased before.
func (r photoRecord) holds(e engine.PhotoErasure) (held, gone int) {
	for _, f := range e.Faces {
		photo, number, _ := f.Photo()
		switch {
		case slices.ContainsFunc(r.Faces, func(o faceRecord) bool { return o.ID == f }):
			held++
		case photo == e.Photo && number < r.Numbered:
			gone++
		}
	}
	return held, gone
}

// erasePhoto erases a photo, or some of its faces. Its finds and items follow with sweep.
func (p *part) erasePhoto(e engine.PhotoErasure) error {
	r, ref, there, err := p.toErase(e)
	if err != nil || !there {
		return err
	}
	bytesKey := p.s.bytesKey(id(r.Collection), engine.SHA256(r.SHA256))
	if e.Whole {
		err = p.eraseWhole(e.Photo, ref, bytesKey, r.crops(id(e.Photo)))
	} else {
		err = p.eraseFaces(e, r, ref, bytesKey)
	}
	if err != nil {
		return err
	}
	return p.suppressPhoto(r)
}

// crops lists the Badger keys of the crops of a photo's faces.
func (r photoRecord) crops(pid []byte) (keys [][]byte) {
	for _, f := range r.Faces {
		_, number, _ := f.ID.Photo()
		keys = append(keys, cropKey(pid, number))
	}
	return keys
}

// eraseWhole deletes a photo's own records, known by their Badger keys only: they may be unreadable already.
func (p *part) eraseWhole(photo engine.PhotoID, ref vault.KeyRef, bytesKey []byte, crops [][]byte) error {
	counts, err := p.forget(photo, ref, vault.KeyRef{}, bytesKey, len(crops))
	if err != nil {
		return err
	}
	if counts.Photos--; len(crops) == 0 {
		counts.NoFace--
	}
	p.counts.Add(engine.ErasureCounts{Photos: 1, Finds: 1})
	pid := id(photo)
	return p.remove(append(crops, key(kindPhoto, pid), key(kindThumbnail, pid), key(kindTemplates, pid), bytesKey)...)
}

// forget notes that a photo's key goes, with n faces, and gives the counts of its collection to be corrected further.
func (p *part) forget(photo engine.PhotoID, ref, next vault.KeyRef, bytesKey []byte, n int) (*countsRecord, error) {
	c := engine.CollectionID(idText(bytesKey[1 : 1+idLen]))
	p.photos = append(p.photos, photo)
	p.goes(erasingKey{Ref: ref, Record: string(photo), Next: next, Collection: c})
	p.counts.Add(engine.ErasureCounts{Thumbnails: 1, Crops: n, Templates: n})
	counts, err := p.of(c)
	counts.Faces -= n
	return counts, err
}

// eraseFaces takes faces out of a photo and seals what stays under a new key.
func (p *part) eraseFaces(e engine.PhotoErasure, r photoRecord, ref vault.KeyRef, bytesKey []byte) error {
	pid := id(e.Photo)
	next, err := p.newKey()
	if err != nil {
		return err
	}
	if _, err := p.forget(e.Photo, ref, next, bytesKey, len(e.Faces)); err != nil {
		return err
	}
	p.counts.Partly++
	stays := map[int]bool{}
	var faces []faceRecord
	for _, f := range r.Faces {
		_, number, _ := f.ID.Photo()
		crop := cropKey(pid, number)
		if slices.Contains(e.Faces, f.ID) {
			err = p.remove(crop)
		} else {
			stays[number], faces = true, append(faces, f)
			err = p.renew(next, crop, e.Crops[f.ID])
		}
		if err != nil {
			return err
		}
	}
	r.Numbered, r.Faces = max(r.Numbered, len(r.Faces)), faces
	return errors.Join(p.putUnder(next, key(kindPhoto, pid), r), p.renew(next, key(kindThumbnail, pid), e.Thumbnail),
		p.renew(next, bytesKey, nil), p.keepTemplates(next, pid, stays))
}

// renew seals what is stored at k under another key: picture instead, if there is one.
func (p *part) renew(next vault.KeyRef, k, picture []byte) error {
	if picture != nil {
		return p.putPlain(next, k, encodeBytes(picture))
	}
	plain, err := p.plain(k)
	if err != nil || plain == nil {
		return err
	}
	return p.putPlain(next, k, plain)
}

func (p *part) keepTemplates(next vault.KeyRef, pid []byte, stays map[int]bool) error {
	k := key(kindTemplates, pid)
	plain, err := p.plain(k)
	if err != nil || plain == nil {
		return err
	}
	head, faces, err := decodeTemplates(plain)
	if err != nil {
		return err
	}
	faces = slices.DeleteFunc(faces, func(f faceTemplate) bool { return !stays[f.number] })
	if plain, err = encodeTemplates(head, faces); err != nil {
		return err
	}
	return p.putPlain(next, k, plain)
}

// eraseItems takes items out of a case and seals what stays under a new key.
func (p *part) eraseItems(c engine.CaseID, takes func(engine.CaseItem) bool) error {
	found, ref, err := p.caseByID(c)
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
	next, err := p.newKey()
	if err != nil {
		return err
	}
	found.Items = left
	p.counts.CaseItems += gone
	p.goes(erasingKey{Ref: ref, Record: string(c), Next: next})
	return p.putCase(next, found)
}

// eraseItem deletes an item of a collection that goes.
func (p *part) eraseItem(k []byte) error {
	sealed, err := p.raw(k)
	if err != nil || sealed == nil {
		return err
	}
	if _, ofPhoto := vault.RefOf(sealed); !ofPhoto {
		plain, err := p.unseal(k, sealed)
		if err != nil {
			return err
		}
		var r itemRecord
		if err := decode(plain, &r); err != nil {
			return err
		}
		counts, err := p.of(engine.CollectionID(idText(k[1 : 1+idLen])))
		if err != nil {
			return err
		}
		if r.Outcome == engine.OutcomeFailed {
			counts.Failed--
		}
	}
	p.counts.Items++
	return p.remove(k)
}

// eraseCollection deletes the record of a collection whose photos and items are gone, and those of its runs.
func (p *part) eraseCollection(c []byte) error {
	held, err := p.has(key(kindCollection, c))
	if err != nil || !held {
		return err
	}
	for _, k := range []kind{kindItem, kindBytes} { // put there since the plan was checked
		if left, err := p.under(key(k, c)); err != nil {
			return err
		} else if len(left) > 0 {
			return misfit("the collection holds a photo that the plan does not list")
		}
	}
	keys := [][]byte{key(kindCollection, c), key(kindCounts, c)}
	err = p.each(key(kindRun), func(k, plain []byte) error {
		var r runRecord
		if err := decode(plain, &r); err != nil {
			return err
		}
		if slices.Equal(id(r.Collection), c) {
			keys = append(keys, bytes.Clone(k))
			p.counts.Runs++
		}
		return nil
	})
	if err != nil {
		return err
	}
	p.counts.Collections++
	delete(p.collections, engine.CollectionID(idText(c)))
	p.goes(erasingKey{Record: idText(c)})
	return p.remove(keys...)
}
