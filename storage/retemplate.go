package storage

import (
	"context"
	"errors"

	"gabarit/engine"
	"gabarit/storage/kv"
	"gabarit/storage/records"
	"gabarit/storage/vault"
)

// Retemplate implements engine.Store, see "Faces found anew" in the package comment. A batch too big for one transaction of Badger is
// stored in several.
func (s *Store) Retemplate(ctx context.Context, c engine.CollectionID, batch []engine.Renewal, replaced func([]engine.Renewed) error) error {
	const op = "storage.Retemplate"
	if len(batch) == 0 {
		return nil
	}
	var size int64
	for _, r := range batch {
		for _, b := range append([][]byte{r.Thumbnail}, r.Crops...) {
			if len(b) > maxPicture {
				return engine.E(engine.CodeInvalid, op, "a crop or thumbnail is too large to store", nil)
			}
			size += int64(len(b))
		}
	}
	s.erasing.Lock()
	defer s.erasing.Unlock()
	return s.retemplate(ctx, c, batch, size, replaced)
}

func (s *Store) retemplate(ctx context.Context, c engine.CollectionID, batch []engine.Renewal, size int64, replaced func([]engine.Renewed) error) error {
	const op = "storage.Retemplate"
	var p *part
	var done []engine.Renewed
	run := batch[0].Record.Run
	err := s.update(ctx, op, size, func(x tx) error {
		p, done = x.part(records.Erasing{Erasure: engine.ErasureID(run), Renewal: c}), nil
		for _, r := range batch {
			if err := x.Err(); err != nil {
				return err
			}
			one, err := p.reface(c, r)
			if err != nil {
				return err
			}
			done = append(done, one)
		}
		return p.close(records.MetaKey(records.ErasingName + string(run) + "/" + s.db.NewID()))
	})
	if half := len(batch) / 2; records.TooBig(err) && half > 0 {
		if err := s.retemplate(ctx, c, batch[:half], size, replaced); err != nil {
			return err
		}
		return s.retemplate(ctx, c, batch[half:], size, replaced)
	}
	if err != nil {
		return err
	}
	s.db.KV.Used(size)
	err = replaced(done)
	// What was replaced must be out of reach whatever became of the rest, so this is not to be stopped.
	return errors.Join(err, kv.Translate(op, s.destroyReplaced(context.WithoutCancel(ctx), p.erasing)))
}

// destroyReplaced ends a renewal: the keys that the photos had are destroyed, when nothing hangs on them any more.
func (s *Store) destroyReplaced(ctx context.Context, r records.Erasing) error {
	var keys []vault.KeyRef
	var err error
	if r.Swept {
		keys, err = s.replacedKeys(r)
	} else {
		_, keys, err = s.settle(ctx)
	}
	if err != nil {
		return err
	}
	return s.db.Vault.DestroyKeys(keys...)
}

// replacedKeys gives those of the keys that a renewal replaced which are still there.
func (s *Store) replacedKeys(r records.Erasing) (keys []vault.KeyRef, err error) {
	for _, k := range r.Keys {
		for _, f := range k.Former {
			mark, err := s.db.Vault.Fingerprint(f.Ref)
			if err != nil {
				return nil, err
			}
			if mark == f.Mark {
				keys = append(keys, f.Ref)
			}
		}
	}
	return keys, nil
}

// replaced gives the keys, still there, of all renewals that are not purged yet.
func (s *Store) replaced(ctx context.Context) (keys []vault.KeyRef, err error) {
	var all []pendingPart
	err = s.view(ctx, "storage.replaced", func(x tx) error {
		all, err = x.pending()
		return err
	})
	for _, r := range all {
		if r.Renewal == "" || err != nil {
			continue
		}
		var some []vault.KeyRef
		some, err = s.replacedKeys(r.Erasing)
		keys = append(keys, some...)
	}
	return keys, err
}

// reface replaces the faces of a photo and seals all that is kept of it under a new key. Its finds and items follow with sweep.
func (p *part) reface(c engine.CollectionID, in engine.Renewal) (engine.Renewed, error) {
	var none engine.Renewed
	photo := in.Record.Photo
	r, ref, err := p.Photo(photo)
	if err != nil {
		return none, err
	}
	held, err := r.Engine(photo)
	if err != nil {
		return none, err
	}
	if held.Collection != c {
		return none, records.NoPhoto()
	}
	if err := in.Check(held); err != nil {
		return none, err
	}
	if held.Also, err = p.finds(records.ID(photo)); err != nil {
		return none, err
	}
	mark, err := p.s.db.Vault.Fingerprint(ref)
	if err != nil {
		return none, err
	}
	next, err := p.NewKey()
	if err != nil {
		return none, err
	}
	first := r.Unused()
	now := held.Renew(in, first)
	former := records.FormerKey{Ref: ref, Mark: mark}
	k := records.ErasingKey{Ref: ref, Next: next, Former: []records.FormerKey{former}}
	if err := p.replace(held, now, k, in); err != nil {
		return none, err
	}
	record := records.NewPhoto(now)
	record.Cut, record.First, record.Former = held.Cut, first, append(r.Former, former)
	if first > 0 {
		record.Numbered = first + len(now.Faces)
	}
	if err := p.PutUnder(next, records.Key(records.KindPhoto, records.ID(photo)), record); err != nil {
		return none, err
	}
	if now.Also, err = p.noteItem(records.ID(c), in, now); err != nil {
		return none, err
	}
	out := engine.Renewed{Photo: now}
	for _, f := range held.Faces {
		out.Gone = append(out.Gone, f.ID)
	}
	return out, nil
}

// replace puts pictures and templates in the place of those before, whose key, k.Ref, goes.
func (p *part) replace(held, now engine.Photo, k records.ErasingKey, in engine.Renewal) error {
	pid := records.ID(held.ID)
	bytesKey := p.s.db.BytesKey(records.ID(held.Collection), held.SHA256)
	counts, err := p.forget(held.ID, k, bytesKey, len(held.Faces))
	if err != nil {
		return err
	}
	counts.Faces += len(now.Faces)
	counts.NoFace += noFace(now) - noFace(held)
	p.faces += len(now.Faces)
	for i, f := range now.Faces {
		if err := p.newCrop(k.Next, held, i, f, in); err != nil {
			return err
		}
	}
	for _, f := range held.Faces {
		_, number, _ := f.ID.Photo()
		if err := p.Delete(records.CropKey(pid, number)); err != nil {
			return err
		}
	}
	return errors.Join(p.renew(k.Next, records.Key(records.KindThumbnail, pid), in.Thumbnail), p.renew(k.Next, bytesKey, nil), p.newTemplates(k.Next, now),
		p.MoveDecisions(k.Next, pid, now.Successor))
}

// newCrop stores the crop of the i-th face. That of a cut photo's face is the one it had.
func (p *part) newCrop(next vault.KeyRef, held engine.Photo, i int, f engine.Face, in engine.Renewal) error {
	pid := records.ID(held.ID)
	_, number, _ := f.ID.Photo()
	var plain []byte
	if held.Cut {
		_, before, _ := held.Faces[i].ID.Photo()
		var err error
		if plain, err = p.Plain(records.CropKey(pid, before)); err != nil || plain == nil {
			return err
		}
	} else {
		plain = records.EncodeBytes(in.Crops[i])
	}
	return p.PutPlain(next, records.CropKey(pid, number), plain)
}

func (p *part) newTemplates(next vault.KeyRef, now engine.Photo) error {
	k := records.Key(records.KindTemplates, records.ID(now.ID))
	if len(now.Faces) == 0 {
		return p.Delete(k)
	}
	var faces []records.FaceTemplate
	for _, f := range now.Faces {
		_, number, _ := f.ID.Photo()
		faces = append(faces, records.FaceTemplate{Number: number, Template: f.Template})
	}
	plain, err := records.EncodeTemplates(records.HeadOf(&now), faces)
	if err != nil {
		return err
	}
	return p.PutPlain(next, k, plain)
}

// noteItem stores the record of the item that the photo was read from, and where it was found if that is new. It gives all
// other finds of the photo.
func (p *part) noteItem(c []byte, in engine.Renewal, now engine.Photo) ([]engine.Provenance, error) {
	ref, err := p.addFind(c, now.ID, in.Find)
	if err != nil {
		return nil, err
	}
	counts, err := p.of(now.Collection)
	if err != nil {
		return nil, err
	}
	if err := p.putItem(c, ref, in.Record, counts); err != nil {
		return nil, err
	}
	return p.finds(records.ID(now.ID))
}

// noFace counts a photo if it has no face.
func noFace(p engine.Photo) int {
	if len(p.Faces) == 0 {
		return 1
	}
	return 0
}
