package storage

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"gabarit/engine"
	"gabarit/storage/records"
	"gabarit/storage/vault"
)

// photo reads a photo without its other finds, and which key it is sealed under.
func (x tx) photo(photo engine.PhotoID) (engine.Photo, vault.KeyRef, error) {
	r, ref, err := x.Photo(photo)
	if err != nil {
		return engine.Photo{}, vault.KeyRef{}, err
	}
	p, err := r.Engine(photo)
	return p, ref, err
}

// finds lists the other finds of a photo in the order they came.
func (x tx) finds(pid []byte) ([]engine.Provenance, error) {
	var all []records.Find
	err := x.Each(records.Key(records.KindFind, pid), func(_, plain []byte) error {
		var r records.Find
		if err := records.Decode(plain, &r); err != nil {
			return err
		}
		all = append(all, r)
		return nil
	})
	slices.SortFunc(all, func(a, b records.Find) int { return strings.Compare(a.ID, b.ID) })
	var finds []engine.Provenance
	for _, r := range all {
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
		b := records.ID(c)
		if b == nil {
			return missing
		}
		return x.GetOr(missing, s.db.BytesKey(b, h), &photo)
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
		p.Also, err = x.finds(records.ID(photo))
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
	cid := records.ID(c)
	if cid == nil {
		return nil
	}
	var own error
	err := s.walk(ctx, "storage.Photos", func(x tx) error {
		return x.Each(records.Key(records.KindBytes, cid), func(_, plain []byte) error {
			var photo engine.PhotoID
			if err := records.Decode(plain, &photo); err != nil {
				return err
			}
			p, _, err := x.photo(photo)
			if engine.CodeOf(err) == engine.CodeNotFound { // erased, its records are not deleted yet
				return nil
			}
			if err != nil {
				return err
			}
			if p.Also, err = x.finds(records.ID(photo)); err != nil {
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
		plain, err := x.Plain(k)
		if err != nil {
			return err
		}
		if plain == nil {
			return missing
		}
		b, err = records.DecodeBytes(plain)
		return err
	})
	return b, err
}

// Crop implements engine.Store.
func (s *Store) Crop(ctx context.Context, face engine.FaceID) ([]byte, error) {
	const op = "storage.Crop"
	var k []byte
	photo, n, ok := face.Photo()
	if pid := records.ID(photo); ok && pid != nil && n <= math.MaxInt32 && face == engine.NewFaceID(photo, n) {
		k = records.CropKey(pid, n)
	}
	return s.picture(ctx, op, engine.E(engine.CodeNotFound, op, "there is no such face", nil), k)
}

// Thumbnail implements engine.Store.
func (s *Store) Thumbnail(ctx context.Context, photo engine.PhotoID) ([]byte, error) {
	var k []byte
	if pid := records.ID(photo); pid != nil {
		k = records.Key(records.KindThumbnail, pid)
	}
	return s.picture(ctx, "storage.Thumbnail", records.NoPhoto(), k)
}

// Templates implements engine.Store. The walk sees one state of the store, whatever is written
// meanwhile; fn may call the store. Hosts are shared between faces of a photo: fn must not change them. Faces that can't
// be read any more are passed over, which Warnings tells and a check names: the others are worth having.
func (s *Store) Templates(ctx context.Context, fn func(engine.IndexEntry) error) error {
	var own error
	damaged := 0
	err := s.walk(ctx, "storage.Templates", func(x tx) error {
		return x.EachSealed(records.Key(records.KindTemplates), func(k, sealed []byte) error {
			head, faces, err := x.openTemplates(k, sealed)
			if engine.CodeOf(err) == engine.CodeCorrupt {
				damaged++
				return nil
			}
			if err != nil {
				return err
			}
			photo := engine.PhotoID(records.IDText(k[1:]))
			for _, f := range faces {
				own = fn(engine.IndexEntry{Face: engine.NewFaceID(photo, f.Number), Model: head.Model, Collection: head.Collection,
					Hosts: head.Hosts, When: head.When, Place: head.Place, Template: f.Template})
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
	if damaged > 0 {
		s.db.Warn("faces of some photos can't be read and are not searched: check the vault", fmt.Sprintf("%d photos", damaged))
	}
	return err
}

// openTemplates reads the templates of a photo; none if its key was destroyed.
func (x tx) openTemplates(k, sealed []byte) (head records.TemplatesHead, faces []records.FaceTemplate, err error) {
	plain, err := x.Unseal(k, sealed)
	if err != nil || plain == nil {
		return head, nil, err
	}
	if head, faces, err = records.DecodeTemplates(plain); err != nil || head.Placed {
		return head, faces, err
	}
	r, _, err := x.Photo(engine.PhotoID(records.IDText(k[1:]))) // written by an earlier version
	if engine.CodeOf(err) == engine.CodeNotFound {
		return head, nil, nil // erased meanwhile
	}
	head.Model, head.Place = r.ModelID(), r.Source.Place
	return head, faces, err
}
