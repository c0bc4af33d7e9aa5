package hidden

import (
	"context"
	"encoding/json"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// change lets edit change the holds of photos, which tells what it changed, stores that with its entry in the log, and brings the index up to
// date. Photos that are not there are passed over. changing is held.
func (s *Set) change(ctx context.Context, ids []engine.PhotoID, edit func(engine.Photo, *document) []matter.Hold,
	log func(holds []matter.Hold) engine.AuditEntry) error {
	now, docs := map[engine.PhotoID]*held{}, map[engine.PhotoID]document{}
	var changed []matter.Hold
	for _, id := range ids {
		p, err := s.store.Photo(ctx, id)
		if engine.CodeOf(err) == engine.CodeNotFound {
			continue
		}
		if err != nil {
			return err
		}
		d := document{Version: version, Holds: s.Of(id)}
		of := edit(p, &d)
		if len(of) == 0 {
			continue
		}
		for i := range of {
			of[i].Photo = id
		}
		changed = append(changed, of...)
		now[id], docs[id] = newHeld(p, d.Holds), d
	}
	if len(docs) == 0 {
		return nil
	}
	err := s.store.ChangeDocuments(ctx, func(x engine.DocumentTx) error {
		for id, d := range docs { // one without holds stays: deleting it would be an erasure
			data, err := json.Marshal(d)
			if err == nil {
				err = x.Put(engine.DocumentHidden, string(id), data)
			}
			if err != nil {
				return err
			}
		}
		return logAll(x, changed, log)
	})
	if err != nil {
		return err
	}
	return s.apply(context.WithoutCancel(ctx), now) // it is stored: the index has to follow
}

// logAll logs what changed, an entry for each reason.
func logAll(x engine.DocumentTx, changed []matter.Hold, log func(holds []matter.Hold) engine.AuditEntry) error {
	type reason struct {
		why          matter.HoldReason
		ref, finding string
	}
	of := func(h matter.Hold) reason { return reason{h.Why, h.Ref, h.Finding} }
	for len(changed) > 0 {
		first := of(changed[0])
		var same, others []matter.Hold
		for _, h := range changed {
			if of(h) == first {
				same = append(same, h)
			} else {
				others = append(others, h)
			}
		}
		if err := x.Log(log(same)); err != nil {
			return err
		}
		changed = others
	}
	return nil
}

// apply takes what is held of photos for what it is from now on, and brings the index up to date. changing is held.
func (s *Set) apply(ctx context.Context, now map[engine.PhotoID]*held) error {
	var hide, show []engine.FaceID
	s.mu.Lock()
	for id, h := range now {
		was := s.photos[id]
		if was == nil {
			was = &held{next: h.next}
		}
		hide = append(hide, h.faces...)
		for n := range h.next {
			f := engine.NewFaceID(id, n)
			if (n >= was.next || was.covers(f)) && !h.covers(f) {
				show = append(show, f)
			}
		}
		if s.photos[id] = h; len(h.holds) == 0 {
			delete(s.photos, id)
		}
	}
	s.mu.Unlock()
	var err error
	if len(hide) > 0 {
		err = s.index.Hide(ctx, hide)
	}
	if err == nil && len(show) > 0 {
		err = s.index.Show(ctx, show)
	}
	if err == nil {
		err = s.index.Kept(ctx)
	}
	return err
}
