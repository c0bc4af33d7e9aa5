package faceindex

import (
	"context"
	"slices"

	"gabarit/engine"
)

func setOf(faces []engine.FaceID) map[engine.FaceID]struct{} {
	set := make(map[engine.FaceID]struct{}, len(faces))
	for _, f := range faces {
		set[f] = struct{}{}
	}
	return set
}

// Withhold sets which faces no search may find (GDPR art. 18: they may only be stored). They leave the index and whoever follows it, and what is saved of
// it, before this returns; those that are no longer withheld come back from the records. What follows: IDs that the records don't have mean nothing. After
// an error they are hidden all the same, and what is saved is made anew when the vault is opened.
func (x *Index) Withhold(ctx context.Context, faces []engine.FaceID) error {
	next := setOf(faces)
	x.Changing.Lock()
	defer x.Changing.Unlock()
	if err := x.load(ctx); err != nil {
		return err
	}
	x.mu.Lock()
	var hide []engine.FaceID
	back := map[engine.FaceID]bool{}
	for f := range next {
		if _, was := x.withheld[f]; !was {
			hide = append(hide, f)
		}
	}
	for f := range x.withheld {
		if _, still := next[f]; !still {
			back[f] = true
		}
	}
	x.withheld = next
	x.mu.Unlock()
	if len(hide) == 0 && len(back) == 0 {
		return nil
	}
	x.Remove(hide...) //nolint:contextcheck // all is in memory: there is nothing to wait for
	if len(back) > 0 {
		x.turn.RLock()
		err := x.fill(ctx, func(f engine.FaceID) bool { return back[f] })
		x.turn.RUnlock()
		if err != nil {
			x.doubt = true // what is saved lacks them
			return err
		}
	}
	return x.save(context.WithoutCancel(ctx), false)
}

// withholdNew withholds all faces found anew of a photo of which a face was withheld: which of them is the same person is known when the records are
// read, see Withhold. The turn is held for writing.
func (x *Index) withholdNew(gone []engine.FaceID, entries []engine.IndexEntry) {
	x.mu.Lock()
	defer x.mu.Unlock()
	var photos []engine.PhotoID
	for _, f := range gone {
		if _, was := x.withheld[f]; was {
			p, _, _ := f.Photo()
			photos = append(photos, p)
			delete(x.withheld, f)
		}
	}
	for _, e := range entries {
		if p, _, _ := e.Face.Photo(); slices.Contains(photos, p) {
			x.withheld[e.Face] = struct{}{}
		}
	}
}

// Withheld tells whether no search may find a face.
func (x *Index) Withheld(f engine.FaceID) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	_, is := x.withheld[f]
	return is
}

// WithheldFaces counts the faces that no search may find.
func (x *Index) WithheldFaces() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return len(x.withheld)
}
