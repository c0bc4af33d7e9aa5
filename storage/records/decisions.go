package records

import (
	"errors"
	"maps"
	"slices"

	"gabarit/engine"
	"gabarit/engine/entry"
	"gabarit/storage/vault"
)

// Part is the part that one face has in one decision about groups. A photo's record of kind g lists those of its faces. So a decision is
// sealed under the keys of all photos that it is about, and what an erasure or new faces do to a photo they do to it.
type Part struct {
	Face     int    `json:"face"`     // its number
	Decision string `json:"decision"` // a ULID: decisions are listed in the order they were made
	Side     string `json:"side"`     // sideSame, sideOut or sideRest
}

// The sides of a decision: the lists of an engine.GroupDecision.
const (
	sideSame = "same"
	sideOut  = "out"
	sideRest = "rest"
)

// decisionsVersion is the first version of the layout that has decisions. An older program would leave them when it erases a
// photo, and then fail to prove that nothing is left.
const decisionsVersion = 3

// Decide stores a decision, with its entry in the log. CodeNotFound: one of its faces is not there.
func (x Tx) Decide(d engine.GroupDecision) error {
	var meta metaRecord
	if _, err := x.Get(MetaKey("format"), &meta); err != nil {
		return err
	}
	if meta.Version < decisionsVersion {
		meta.Version = decisionsVersion
		if err := x.Put(MetaKey("format"), meta); err != nil {
			return err
		}
	}
	p := Part{Decision: x.db.NewID()}
	for side, faces := range map[string][]engine.FaceID{sideSame: d.Same, sideOut: d.Out, sideRest: d.Rest} {
		p.Side = side
		for _, f := range faces {
			if err := x.takePart(f, p); err != nil {
				return err
			}
		}
	}
	return x.Append(entry.Decided(d))
}

func (x Tx) takePart(f engine.FaceID, p Part) error {
	if err := x.ctx.Err(); err != nil {
		return err
	}
	photo, n, _ := f.Photo()
	r, ref, err := x.Photo(photo)
	if err != nil {
		return err
	}
	if !r.has(f) {
		return engine.E(engine.CodeNotFound, "storage.Decide", "there is no such face", errors.New(string(f)))
	}
	p.Face = n
	k := Key(KindDecisions, ID(photo))
	var all []Part
	if _, err := x.Get(k, &all); err != nil {
		return err
	}
	return x.PutUnder(ref, k, append(all, p))
}

func (r Photo) has(id engine.FaceID) bool {
	return slices.ContainsFunc(r.Faces, func(f Face) bool { return f.ID == id })
}

// MoveDecisions seals what was decided about a photo's faces under the photo's next key. now gives the number that a face has from
// now on; what was decided about one that goes is forgotten.
func (x Tx) MoveDecisions(next vault.KeyRef, photo []byte, now func(face int) (number int, stays bool)) error {
	k := Key(KindDecisions, photo)
	var all, kept []Part
	found, err := x.Get(k, &all)
	if err != nil || !found {
		return err
	}
	for _, p := range all {
		if n, stays := now(p.Face); stays {
			p.Face = n
			kept = append(kept, p)
		}
	}
	if len(kept) == 0 {
		return x.Delete(k)
	}
	return x.PutUnder(next, k, kept)
}

// Decisions lists the decisions in the order they were made, with the faces that are there still; one that says nothing any more
// is left out.
func (x Tx) Decisions() ([]engine.GroupDecision, error) {
	byID := map[string]*engine.GroupDecision{}
	err := x.Each(Key(KindDecisions), func(k, plain []byte) error {
		var all []Part
		if err := Decode(plain, &all); err != nil {
			return err
		}
		photo := engine.PhotoID(IDText(k[1:]))
		for _, p := range all {
			d := byID[p.Decision]
			if d == nil {
				d = &engine.GroupDecision{}
				byID[p.Decision] = d
			}
			side := p.of(d)
			if side == nil {
				return unreadable(errors.New("a decision has no such side"))
			}
			*side = append(*side, engine.NewFaceID(photo, p.Face))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var out []engine.GroupDecision
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		if d := byID[id].Sorted(); d.Check() == nil {
			out = append(out, d)
		}
	}
	return out, nil
}

// of gives the list that the part belongs to; nil for a side that is none.
func (p Part) of(d *engine.GroupDecision) *[]engine.FaceID {
	switch p.Side {
	case sideSame:
		return &d.Same
	case sideOut:
		return &d.Out
	case sideRest:
		return &d.Rest
	}
	return nil
}

// checkDecisions holds what was decided about a photo's faces against the photo.
func (c *checker) checkDecisions(pid, plain []byte) error {
	var all []Part
	if err := errors.Join(Decode(plain, &all), c.exists(KindPhoto, pid)); err != nil {
		return err
	}
	photo := engine.PhotoID(IDText(pid))
	r, _, err := c.x.Photo(photo)
	if err != nil {
		return err
	}
	for _, p := range all {
		if !r.has(engine.NewFaceID(photo, p.Face)) || p.of(&engine.GroupDecision{}) == nil || ID(p.Decision) == nil {
			return errors.New("tells of a decision about a face that is not there")
		}
	}
	return nil
}
