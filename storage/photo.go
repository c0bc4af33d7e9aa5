package storage

import (
	"context"
	"math"
	"slices"
	"strings"

	"gabarit/engine"
	"gabarit/storage/vault"
)

func noPhoto() error {
	return engine.E(engine.CodeNotFound, "storage.photo", "there is no such photo", nil)
}

// photo reads a photo without its other finds, and which key it is sealed under.
func (x tx) photo(photo engine.PhotoID) (engine.Photo, vault.KeyRef, error) {
	r, ref, err := x.photoRecord(photo)
	if err != nil {
		return engine.Photo{}, vault.KeyRef{}, err
	}
	p, err := r.photo(photo)
	return p, ref, err
}

func (x tx) photoRecord(photo engine.PhotoID) (r photoRecord, ref vault.KeyRef, err error) {
	pid := id(photo)
	if pid == nil {
		return r, ref, noPhoto()
	}
	plain, ref, err := x.owned(noPhoto(), key(kindPhoto, pid))
	if err != nil {
		return r, ref, err
	}
	return r, ref, decode(plain, &r)
}

// finds lists the other finds of a photo in the order they came.
func (x tx) finds(pid []byte) ([]engine.Provenance, error) {
	var records []findRecord
	err := x.each(key(kindFind, pid), func(_, plain []byte) error {
		var r findRecord
		if err := decode(plain, &r); err != nil {
			return err
		}
		records = append(records, r)
		return nil
	})
	slices.SortFunc(records, func(a, b findRecord) int { return strings.Compare(a.ID, b.ID) })
	var finds []engine.Provenance
	for _, r := range records {
		finds = append(finds, r.Find)
	}
	return finds, err
}

// PhotoByHash implements engine.Store.
func (s *Store) PhotoByHash(ctx context.Context, c engine.CollectionID, h engine.SHA256) (engine.PhotoID, error) {
	const op = "storage.PhotoByHash"
	var photo engine.PhotoID
	err := s.view(ctx, op, func(x tx) error {
		missing := engine.E(engine.CodeNotFound, op, "no photo of the collection has these bytes", nil)
		b := id(c)
		if b == nil {
			return missing
		}
		return x.getOr(missing, s.bytesKey(b, h), &photo)
	})
	return photo, err
}

// Photo implements engine.Store.
func (s *Store) Photo(ctx context.Context, photo engine.PhotoID) (engine.Photo, error) {
	var p engine.Photo
	err := s.view(ctx, "storage.Photo", func(x tx) error {
		var err error
		if p, _, err = x.photo(photo); err != nil {
			return err
		}
		p.Also, err = x.finds(id(photo))
		return err
	})
	if err != nil {
		return engine.Photo{}, err
	}
	return p, nil
}

// Photos calls fn for each photo of a collection, in no order that means something; templates are left zero. The walk sees one
// state of the store, whatever is written meanwhile, and holds one photo at a time. fn may call the store; its error ends
// the walk and is returned.
func (s *Store) Photos(ctx context.Context, c engine.CollectionID, fn func(engine.Photo) error) error {
	cid := id(c)
	if cid == nil {
		return nil
	}
	var own error
	err := s.walk(ctx, "storage.Photos", func(x tx) error {
		return x.each(key(kindBytes, cid), func(_, plain []byte) error {
			var photo engine.PhotoID
			if err := decode(plain, &photo); err != nil {
				return err
			}
			p, _, err := x.photo(photo)
			if engine.CodeOf(err) == engine.CodeNotFound { // erased, its records are not deleted yet
				return nil
			}
			if err != nil {
				return err
			}
			if p.Also, err = x.finds(id(photo)); err != nil {
				return err
			}
			own = fn(p)
			return own
		})
	})
	if own != nil {
		return own // the caller's error as it is
	}
	return err
}

// picture reads a crop or thumbnail; k is nil for an ID that can't be one.
func (s *Store) picture(ctx context.Context, op string, missing error, k []byte) ([]byte, error) {
	var b []byte
	err := s.view(ctx, op, func(x tx) error {
		if k == nil {
			return missing
		}
		plain, err := x.plain(k)
		if err != nil {
			return err
		}
		if plain == nil {
			return missing
		}
		b, err = payload(plain)
		return err
	})
	return b, err
}

// Crop implements engine.Store.
func (s *Store) Crop(ctx context.Context, face engine.FaceID) ([]byte, error) {
	const op = "storage.Crop"
	var k []byte
	photo, n, ok := face.Photo()
	if pid := id(photo); ok && pid != nil && n <= math.MaxInt32 && face == engine.NewFaceID(photo, n) {
		k = cropKey(pid, n)
	}
	return s.picture(ctx, op, engine.E(engine.CodeNotFound, op, "there is no such face", nil), k)
}

// Thumbnail implements engine.Store.
func (s *Store) Thumbnail(ctx context.Context, photo engine.PhotoID) ([]byte, error) {
	var k []byte
	if pid := id(photo); pid != nil {
		k = key(kindThumbnail, pid)
	}
	return s.picture(ctx, "storage.Thumbnail", noPhoto(), k)
}

// Templates implements engine.Store. The walk sees one state of the store, whatever is written
// meanwhile; fn may call the store. Hosts are shared between faces of a photo: fn must not change them.
func (s *Store) Templates(ctx context.Context, fn func(engine.IndexEntry) error) error {
	var own error
	err := s.walk(ctx, "storage.Templates", func(x tx) error {
		return x.each(key(kindTemplates), func(k, plain []byte) error {
			head, faces, err := decodeTemplates(plain)
			if err != nil {
				return err
			}
			photo := engine.PhotoID(idText(k[1:]))
			for _, f := range faces {
				own = fn(engine.IndexEntry{Face: engine.NewFaceID(photo, f.number), Collection: head.Collection,
					Hosts: head.Hosts, When: head.When, Template: f.template})
				if own != nil {
					return own
				}
			}
			return nil
		})
	})
	if own != nil {
		return own // the caller's error as it is
	}
	return err
}
