package storage

import (
	"context"
	"slices"

	"gabarit/engine"
	"gabarit/engine/entry"
	"gabarit/storage/records"
	"gabarit/storage/vault"
)

// maxPicture bounds one crop or thumbnail; both are small JPEGs of our own making.
const maxPicture = 4 << 20

// Commit implements engine.Store. A batch too big for one transaction of Badger (some hundred photos)
// is stored in several, each with whole items and an audit entry of its own.
func (s *Store) Commit(ctx context.Context, c engine.CollectionID, batch []engine.Ingest) error {
	const op = "storage.Commit"
	var size int64
	for _, in := range batch {
		if err := in.Check(c); err != nil {
			return err
		}
		for _, b := range append([][]byte{in.Thumbnail}, in.Crops...) {
			if len(b) > maxPicture {
				return engine.E(engine.CodeInvalid, op, "a crop or thumbnail is too large to store", nil)
			}
			size += int64(len(b))
		}
	}
	if len(batch) == 0 {
		return s.view(ctx, op, func(x tx) error {
			_, err := x.collection(records.ID(c))
			return err
		})
	}
	err := s.update(ctx, op, size, func(x tx) error { return x.ingest(c, batch) })
	if records.TooBig(err) && len(batch) > 1 {
		half := len(batch) / 2
		if err := s.Commit(ctx, c, batch[:half]); err != nil {
			return err
		}
		return s.Commit(ctx, c, batch[half:])
	}
	s.db.KV.Used(size)
	return err
}

func (x tx) ingest(c engine.CollectionID, batch []engine.Ingest) error {
	cid := records.ID(c)
	if _, err := x.collection(cid); err != nil {
		return err
	}
	n, err := x.counts(cid)
	if err != nil {
		return err
	}
	for _, in := range batch {
		if err := x.Err(); err != nil {
			return err
		}
		if err := x.ingestOne(cid, in, &n); err != nil {
			return err
		}
	}
	if err := x.Put(records.Key(records.KindCounts, cid), n); err != nil {
		return err
	}
	return x.Append(entry.Ingest(c, batch))
}

func (x tx) ingestOne(c []byte, in engine.Ingest, n *records.Counts) error {
	var ref vault.KeyRef // zero for a failed or suppressed item: it belongs to no photo
	var err error
	switch in.Record.Outcome {
	case engine.OutcomePhoto, engine.OutcomeNoFace:
		ref, err = x.addPhoto(c, in)
		n.Photos++
		n.Faces += len(in.Photo.Faces)
		if in.Record.Outcome == engine.OutcomeNoFace {
			n.NoFace++
		}
	case engine.OutcomeDuplicate:
		ref, err = x.addFind(c, in.Record.Photo, in.Find)
	case engine.OutcomeFailed:
		n.Failed++
	case engine.OutcomeSuppressed:
		err = x.countHit(in.Suppression)
	}
	if err != nil {
		return err
	}
	return x.putItem(c, ref, in.Record, n)
}

// putItem stores what became of an item in the place of what became of it before.
func (x tx) putItem(c []byte, ref vault.KeyRef, record engine.ItemRecord, n *records.Counts) error {
	k := x.s.db.ItemKey(c, record.Key)
	var old records.Item
	if found, err := x.Get(k, &old); err != nil {
		return err
	} else if found && old.Outcome == engine.OutcomeFailed {
		n.Failed-- // it is counted by its last try
	}
	r := records.Item(record)
	if r.Outcome == engine.OutcomeSuppressed || r.Outcome == engine.OutcomeAbsent { // of what was erased, or is gone, no path or address is kept
		r = records.Item{Run: r.Run, Outcome: r.Outcome, At: r.At}
	}
	return x.PutUnder(ref, k, r)
}

// addPhoto stores a new photo with all that hangs on it, under a key of its own.
func (x tx) addPhoto(c []byte, in engine.Ingest) (vault.KeyRef, error) {
	const op = "storage.Commit"
	fail := func(err error) (vault.KeyRef, error) { return vault.KeyRef{}, err }
	p := in.Photo
	pid := records.ID(p.ID)
	if pid == nil {
		return fail(engine.E(engine.CodeInvalid, op, "the photo's ID is malformed", nil))
	}
	bytesKey := x.s.db.BytesKey(c, p.SHA256)
	if taken, err := x.Has(records.Key(records.KindPhoto, pid)); err != nil {
		return fail(err)
	} else if taken {
		return fail(engine.E(engine.CodeConflict, op, "the photo is stored already", nil))
	}
	if held, err := x.Plain(bytesKey); err != nil {
		return fail(err)
	} else if held != nil {
		return fail(engine.E(engine.CodeConflict, op, "the collection holds the same bytes already", nil))
	}
	ref, err := x.NewKey()
	if err != nil {
		return fail(err)
	}
	if err := x.PutUnder(ref, records.Key(records.KindPhoto, pid), records.NewPhoto(*p)); err != nil {
		return fail(err)
	}
	if err := x.PutUnder(ref, bytesKey, p.ID); err != nil {
		return fail(err)
	}
	return ref, x.addPictures(ref, pid, in)
}

// addPictures stores thumbnail, crops and templates.
func (x tx) addPictures(ref vault.KeyRef, pid []byte, in engine.Ingest) error {
	if err := x.PutPlain(ref, records.Key(records.KindThumbnail, pid), records.EncodeBytes(in.Thumbnail)); err != nil {
		return err
	}
	var faces []records.FaceTemplate
	for i, f := range in.Photo.Faces {
		if err := x.PutPlain(ref, records.CropKey(pid, i), records.EncodeBytes(in.Crops[i])); err != nil {
			return err
		}
		faces = append(faces, records.FaceTemplate{Number: i, Template: f.Template})
	}
	if len(faces) == 0 {
		return nil
	}
	plain, err := records.EncodeTemplates(records.HeadOf(in.Photo), faces)
	if err != nil {
		return err
	}
	return x.PutPlain(ref, records.Key(records.KindTemplates, pid), plain)
}

// addFind notes another place where a photo's bytes were found, and gives the photo's key.
func (x tx) addFind(c []byte, photo engine.PhotoID, find *engine.Provenance) (vault.KeyRef, error) {
	p, ref, err := x.photo(photo)
	if err != nil {
		return ref, err
	}
	if !slices.Equal(records.ID(p.Collection), c) {
		return ref, records.NoPhoto()
	}
	if find == nil {
		return ref, nil
	}
	if p.Source.SameFind(*find) {
		return ref, x.reword(photo, *find)
	}
	k := x.s.db.FindKey(records.ID(photo), *find)
	var old records.Find
	if known, err := x.Get(k, &old); err != nil {
		return ref, err
	} else if known {
		was := old.Find
		if old.Find = was.Reworded(*find); old.Find == was {
			return ref, nil
		}
		return ref, x.PutUnder(ref, k, old)
	}
	if err := x.PutUnder(ref, k, records.Find{ID: x.s.db.NewID(), Find: *find}); err != nil {
		return ref, err
	}
	return ref, x.addHosts(ref, records.ID(photo), engine.Photo{Source: *find}.Hosts())
}

// reword gives a photo's source the words of the same find met again.
func (x tx) reword(photo engine.PhotoID, find engine.Provenance) error {
	r, ref, err := x.Photo(photo)
	if err != nil {
		return err
	}
	now := r.Source.Reworded(find)
	if now == r.Source {
		return nil
	}
	r.Source = now
	return x.PutUnder(ref, records.Key(records.KindPhoto, records.ID(photo)), r)
}

// addHosts adds hosts to what the index filters by.
func (x tx) addHosts(ref vault.KeyRef, pid []byte, hosts []string) error {
	k := records.Key(records.KindTemplates, pid)
	plain, err := x.Plain(k)
	if err != nil || plain == nil {
		return err
	}
	head, faces, err := records.DecodeTemplates(plain)
	if err != nil {
		return err
	}
	all := append(slices.Clone(head.Hosts), hosts...)
	slices.Sort(all)
	all = slices.Compact(all)
	if len(all) == len(head.Hosts) {
		return nil
	}
	head.Hosts = all
	if plain, err = records.EncodeTemplates(head, faces); err != nil {
		return err
	}
	return x.PutPlain(ref, k, plain)
}
