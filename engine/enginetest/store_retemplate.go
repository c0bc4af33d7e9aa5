package enginetest

import (
	"bytes"
	"context"

	"gabarit/engine"
	"gabarit/engine/entry"
)

// Retemplate implements engine.Store: all of the batch or, after an error, nothing of it. There are no keys to destroy.
func (s *Store) Retemplate(ctx context.Context, c engine.CollectionID, batch []engine.Renewal, replaced func([]engine.Renewed) error) error {
	var done []engine.Renewed
	err := s.locked(ctx, func() error {
		undo := s.snapshot()
		gone, faces := engine.ErasureCounts{}, 0
		for _, r := range batch {
			one, err := s.renew(c, r)
			if err != nil {
				undo()
				return err
			}
			gone.Add(engine.ErasureCounts{Templates: len(one.Gone), Crops: len(one.Gone), Keys: 1})
			faces += len(one.Photo.Faces)
			done = append(done, one)
		}
		if len(batch) > 0 {
			s.retemplated = append(s.retemplated, engine.ErasureID(batch[0].Record.Run))
			s.record(entry.Retemplated(c, batch[0].Record.Run, len(batch), faces, gone))
		}
		return nil
	})
	if err != nil || len(batch) == 0 {
		return err
	}
	return replaced(done)
}

// renew replaces the faces of one photo; callers hold mu.
func (s *Store) renew(c engine.CollectionID, r engine.Renewal) (engine.Renewed, error) {
	id := r.Record.Photo
	p, ok := s.photos[id]
	if !ok || p.photo.Collection != c {
		return engine.Renewed{}, missing("there is no such photo")
	}
	if err := r.Check(p.photo); err != nil {
		return engine.Renewed{}, err
	}
	out := engine.Renewed{}
	held, crops := p.photo, p.crops
	for _, f := range held.Faces {
		out.Gone = append(out.Gone, f.ID)
		_, n, _ := f.ID.Photo()
		p.first = max(p.first, n+1)
	}
	p.first = max(p.first, p.used)
	p.photo = clonePhoto(held).Renew(r, p.first)
	p.used = p.first + len(r.Faces)
	p.crops = map[engine.FaceID][]byte{}
	for i, f := range p.photo.Faces {
		if held.Cut {
			p.crops[f.ID] = crops[held.Faces[i].ID]
		} else {
			p.crops[f.ID] = bytes.Clone(r.Crops[i])
		}
	}
	if !held.Cut {
		p.thumbnail = bytes.Clone(r.Thumbnail)
	}
	if r.Find != nil && !p.photo.FoundAs(*r.Find) {
		p.photo.Also = append(p.photo.Also, *r.Find)
	}
	s.photos[id] = p
	for key, rec := range s.items[c] {
		if rec.Photo == id && (rec.Outcome == engine.OutcomePhoto || rec.Outcome == engine.OutcomeNoFace) {
			rec.Faces, rec.Outcome = len(r.Faces), engine.OutcomeOf(len(r.Faces))
			s.items[c][key] = rec
		}
	}
	s.items[c][r.Record.Key] = r.Record
	out.Photo = clonePhoto(p.photo)
	return out, nil
}
