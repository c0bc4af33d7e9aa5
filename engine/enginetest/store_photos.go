package enginetest

import (
	"bytes"
	"context"
	"maps"
	"slices"

	"gabarit/engine"
	"gabarit/engine/entry"
)

// Item implements engine.Store.
func (s *Store) Item(ctx context.Context, c engine.CollectionID, key string) (engine.ItemRecord, error) {
	return locked(ctx, s, func() (engine.ItemRecord, error) {
		r, ok := s.items[c][key]
		if !ok {
			return engine.ItemRecord{}, missing("nothing is known of this item")
		}
		return r, nil
	})
}

// PhotoByHash implements engine.Store.
func (s *Store) PhotoByHash(ctx context.Context, c engine.CollectionID, h engine.SHA256) (engine.PhotoID, error) {
	return locked(ctx, s, func() (engine.PhotoID, error) {
		if id, ok := s.hashes[bytesOf{c, h}]; ok {
			return id, nil
		}
		return "", missing("no photo of the collection has these bytes")
	})
}

// NewPhotoID implements engine.Store.
func (s *Store) NewPhotoID() engine.PhotoID {
	s.mu.Lock()
	defer s.mu.Unlock()
	return engine.PhotoID(s.newID())
}

// Commit implements engine.Store: all of the batch or, after an error, nothing of it.
func (s *Store) Commit(ctx context.Context, c engine.CollectionID, batch []engine.Ingest) error {
	return s.locked(ctx, func() error {
		if _, ok := s.collections[c]; !ok {
			return missing("there is no such collection")
		}
		for _, in := range batch {
			if err := in.Check(c); err != nil {
				return err
			}
		}
		if len(batch) == 0 {
			return nil
		}
		undo := s.snapshot()
		for _, in := range batch {
			if err := s.ingest(c, in); err != nil {
				undo()
				return err
			}
		}
		s.record(entry.Ingest(c, batch))
		return nil
	})
}

// snapshot gives a function that puts photos, items and hits back; maps are small in tests.
func (s *Store) snapshot() (undo func()) {
	photos, hashes, order := maps.Clone(s.photos), maps.Clone(s.hashes), slices.Clone(s.order)
	items, suppressed := maps.Clone(s.items), slices.Clone(s.suppressed)
	for id, m := range items {
		items[id] = maps.Clone(m)
	}
	return func() { s.photos, s.hashes, s.items, s.order, s.suppressed = photos, hashes, items, order, suppressed }
}

// addFind adds a find, or gives the one that is there its words.
func addFind(p *engine.Photo, find engine.Provenance) {
	if !p.FoundAs(find) {
		p.Also = append(p.Also, find)
		return
	}
	if p.Source.SameFind(find) {
		p.Source = p.Source.Reworded(find)
		return
	}
	for i, a := range p.Also {
		if a.SameFind(find) {
			p.Also[i] = a.Reworded(find)
		}
	}
}

func (s *Store) ingest(c engine.CollectionID, in engine.Ingest) error {
	switch in.Record.Outcome {
	case engine.OutcomePhoto, engine.OutcomeNoFace:
		if _, taken := s.photos[in.Photo.ID]; taken {
			return engine.E(engine.CodeConflict, "enginetest.Store", "the photo is stored already", nil)
		}
		if _, held := s.hashes[bytesOf{c, in.Photo.SHA256}]; held {
			return engine.E(engine.CodeConflict, "enginetest.Store", "the collection holds the same bytes already", nil)
		}
		p := storedPhoto{photo: clonePhoto(*in.Photo), thumbnail: bytes.Clone(in.Thumbnail), crops: map[engine.FaceID][]byte{}}
		for i, crop := range in.Crops {
			p.crops[in.Photo.Faces[i].ID] = bytes.Clone(crop)
		}
		s.photos[p.photo.ID] = p
		s.hashes[bytesOf{c, p.photo.SHA256}] = p.photo.ID
		s.order = append(s.order, p.photo.ID)
	case engine.OutcomeDuplicate:
		p, ok := s.photos[in.Record.Photo]
		if !ok || p.photo.Collection != c {
			return missing("there is no such photo")
		}
		if in.Find != nil {
			p.photo = clonePhoto(p.photo)
			addFind(&p.photo, *in.Find)
			s.photos[p.photo.ID] = p
		}
	case engine.OutcomeAbsent:
		s.items[c][in.Record.Key] = engine.ItemRecord{Run: in.Record.Run, Outcome: in.Record.Outcome, At: in.Record.At}
		return nil
	case engine.OutcomeSuppressed:
		i := slices.IndexFunc(s.suppressed, func(u suppression) bool { return u.id == in.Suppression })
		if i < 0 {
			return missing("there is no such suppression")
		}
		s.suppressed[i].hits++
		s.items[c][in.Record.Key] = engine.ItemRecord{Run: in.Record.Run, Outcome: in.Record.Outcome, At: in.Record.At}
		return nil
	}
	s.items[c][in.Record.Key] = in.Record
	return nil
}

func clonePhoto(p engine.Photo) engine.Photo {
	p.Also, p.Faces = slices.Clone(p.Also), slices.Clone(p.Faces)
	return p
}

// Photo implements engine.Store.
func (s *Store) Photo(ctx context.Context, id engine.PhotoID) (engine.Photo, error) {
	return locked(ctx, s, func() (engine.Photo, error) {
		p, ok := s.photos[id]
		if !ok {
			return engine.Photo{}, missing("there is no such photo")
		}
		return p.shown(), nil
	})
}

// shown copies a photo without templates.
func (p storedPhoto) shown() engine.Photo {
	photo := clonePhoto(p.photo)
	for i := range photo.Faces {
		photo.Faces[i].Template = engine.Template{}
	}
	return photo
}

// Photos implements engine.Store. fn runs without the store's lock.
func (s *Store) Photos(ctx context.Context, c engine.CollectionID, fn func(engine.Photo) error) error {
	return walk(ctx, s, func() (photos []engine.Photo) {
		for _, id := range s.order {
			if p := s.photos[id]; p.photo.Collection == c {
				photos = append(photos, p.shown())
			}
		}
		return photos
	}, fn)
}

// Crop implements engine.Store.
func (s *Store) Crop(ctx context.Context, id engine.FaceID) ([]byte, error) {
	return locked(ctx, s, func() ([]byte, error) {
		photo, _, _ := id.Photo()
		if crop, ok := s.photos[photo].crops[id]; ok {
			return bytes.Clone(crop), nil
		}
		return nil, missing("there is no such face")
	})
}

// Thumbnail implements engine.Store.
func (s *Store) Thumbnail(ctx context.Context, id engine.PhotoID) ([]byte, error) {
	return locked(ctx, s, func() ([]byte, error) {
		if p, ok := s.photos[id]; ok {
			return bytes.Clone(p.thumbnail), nil
		}
		return nil, missing("there is no such photo")
	})
}

// Templates implements engine.Store. fn runs without the store's lock.
func (s *Store) Templates(ctx context.Context, fn func(engine.IndexEntry) error) error {
	return walk(ctx, s, func() (entries []engine.IndexEntry) {
		for _, id := range s.order {
			entries = append(entries, s.photos[id].photo.Entries()...)
		}
		return entries
	}, fn)
}
