package subjects

import (
	"context"
	"slices"

	"gabarit/app/opened"
	"gabarit/engine"
	"gabarit/engine/matter"
)

// withhold brings what is hidden because of a request in line with Request.Frozen: first more is hidden, then less, so that no face that stays hidden can be found for a moment.
func (q *Requests) withhold(ctx context.Context, v opened.Vault, r matter.Request) error {
	wanted := map[engine.PhotoID][]engine.FaceID{} // by the IDs that the faces have now
	for _, f := range r.Frozen {
		photo, _, _ := f.Photo()
		p, err := v.Store.Photo(ctx, photo)
		if engine.CodeOf(err) == engine.CodeNotFound {
			continue
		}
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(p.Faces, func(x engine.Face) bool { return x.Is(f) }); i >= 0 {
			f = p.Faces[i].ID
		}
		wanted[photo] = append(wanted[photo], f)
	}
	holds := func(ref string) (out []matter.Hold) {
		for photo, faces := range wanted {
			out = append(out, matter.Hold{Photo: photo, Faces: faces, Why: matter.HoldRestriction, Ref: ref, Since: q.counter.Door.Now()})
		}
		return out
	}
	if err := v.Hidden.Hide(ctx, holds(r.Ref)...); err != nil {
		return err
	}
	var less []engine.PhotoID // of which more is hidden than is wanted
	for _, h := range v.Hidden.List() {
		if h.Why == matter.HoldRestriction && h.Ref == r.Ref && slices.ContainsFunc(h.Faces, func(f engine.FaceID) bool { return !slices.Contains(wanted[h.Photo], f) }) {
			less = append(less, h.Photo)
		}
	}
	if len(less) == 0 {
		return nil
	}
	meanwhile := r.Ref + " (change)"
	if err := v.Hidden.Hide(ctx, holds(meanwhile)...); err != nil {
		return err
	}
	if _, err := v.Hidden.Release(ctx, matter.HoldRestriction, r.Ref, less...); err != nil {
		return err
	}
	if err := v.Hidden.Hide(ctx, holds(r.Ref)...); err != nil {
		return err
	}
	_, err := v.Hidden.Release(ctx, matter.HoldRestriction, meanwhile)
	return err
}
