package engine

import (
	"cmp"
	"slices"
)

// Renewal replaces the faces of a photo that is held by those that were found in it anew, with templates of another model or by another
// look. The photo keeps its ID, finds and times.
type Renewal struct {
	Record ItemRecord  // of the item that the photo was read from, with Renewed set; Photo names the photo
	Find   *Provenance // nil where the photo is known to be found there
	Model  ModelID
	Look   Look
	Faces  []Face // with templates; the store gives them IDs. Of a photo that is Cut: those it has, in their order
	// Crops, one per face, and Thumbnail are JPEGs. Both are nil for a photo that is Cut: it keeps those it has, as what is
	// drawn anew would show the face that was erased.
	Crops     [][]byte
	Thumbnail []byte
}

// Renewed tells what a Renewal did.
type Renewed struct {
	Gone  []FaceID // faces that the photo had
	Photo Photo    // as it is now, with templates and all finds
}

// minSuccession is the intersection over union from which a face found anew is one that was there before. Boxes of two
// detectors for one face overlap by .5 and more, those of neighbours by less than .2.
const minSuccession = 0.3

// Check reports what keeps the renewal from being stored for the photo held: CodeInvalid.
func (r Renewal) Check(held Photo) error {
	bad := func(msg string) error { return E(CodeInvalid, "engine.Renewal.Check", msg, nil) }
	rec := r.Record
	switch {
	case rec.Key == "" || rec.Run == "":
		return bad("an item record needs a key and a run")
	case !rec.Renewed || rec.Photo != held.ID || rec.Faces != len(r.Faces):
		return bad("the item record is not that of a photo whose faces were found anew")
	case rec.Outcome != OutcomeDuplicate && rec.Outcome != OutcomeOf(rec.Faces):
		return bad("the outcome and the number of faces disagree")
	}
	return r.checkPictures(held)
}

func (r Renewal) checkPictures(held Photo) error {
	bad := func(msg string) error { return E(CodeInvalid, "engine.Renewal.Check", msg, nil) }
	switch {
	case held.Cut && (len(r.Faces) != len(held.Faces) || r.Crops != nil || r.Thumbnail != nil):
		return bad("a photo of which a face was erased keeps its other faces and their pictures")
	case !held.Cut && (len(r.Crops) != len(r.Faces) || len(r.Thumbnail) == 0):
		return bad("faces, crops and the item record disagree in number")
	}
	return checkModels(r.Model, r.Faces)
}

// Renew gives the photo with the renewal's faces, numbered from first: the lowest number that none of its faces ever had. Each
// names in Was the faces that it takes the place of: of a cut photo those at its place in the list, else those
// whose box it overlaps most.
func (p Photo) Renew(r Renewal, first int) Photo {
	old := p.Faces
	p.Model, p.Look, p.Faces = r.Model, r.Look, slices.Clone(r.Faces)
	for i := range p.Faces {
		p.Faces[i].ID, p.Faces[i].Was = NewFaceID(p.ID, first+i), nil
	}
	inherit := func(of, from int) { p.Faces[of].Was = append(slices.Clone(old[from].Was), old[from].ID) }
	if p.Cut {
		for i := range p.Faces {
			inherit(i, i)
		}
		return p
	}
	for _, s := range successions(old, p.Faces) {
		inherit(s.of, s.from)
	}
	return p
}

// succession is a face of one list that takes the place of a face of another.
type succession struct {
	of, from int
	overlap  float64
}

// successions pairs faces, those first whose boxes overlap most, each face once.
func successions(old, fresh []Face) (pairs []succession) {
	var all []succession
	for i := range fresh {
		for j := range old {
			if o := fresh[i].Box.Overlap(old[j].Box); o >= minSuccession {
				all = append(all, succession{i, j, o})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b succession) int { return cmp.Compare(b.overlap, a.overlap) })
	for _, s := range all {
		if !slices.ContainsFunc(pairs, func(p succession) bool { return p.of == s.of || p.from == s.from }) {
			pairs = append(pairs, s)
		}
	}
	return pairs
}

// Overlap is the intersection over the union of two boxes, 0 to 1.
func (b Box) Overlap(o Box) float64 {
	w := min(b.X+b.W, o.X+o.W) - max(b.X, o.X)
	h := min(b.Y+b.H, o.Y+o.H) - max(b.Y, o.Y)
	if w <= 0 || h <= 0 {
		return 0
	}
	both := float64(w) * float64(h)
	return both / (float64(b.W)*float64(b.H) + float64(o.W)*float64(o.H) - both)
}

// Successor gives the number of the face that takes the place of the one that had a number before; ok is false where none does.
func (p Photo) Successor(before int) (number int, ok bool) {
	for _, f := range p.Faces {
		if last := len(f.Was) - 1; last >= 0 && f.Was[last] == NewFaceID(p.ID, before) {
			_, number, ok = f.ID.Photo()
			return number, ok
		}
	}
	return 0, false
}

// Is reports whether id names this face, or one that was found anew as this one.
func (f Face) Is(id FaceID) bool { return f.ID == id || slices.Contains(f.Was, id) }

// OutcomeOf is the outcome of an item that is a photo with that many faces.
func OutcomeOf(faces int) Outcome {
	if faces == 0 {
		return OutcomeNoFace
	}
	return OutcomePhoto
}
