package engine

import (
	"slices"
	"time"
)

// Group is the faces that probably show one person, sorted by ID. It has no name and is no identity: it saves
// looking through the same faces twice. A face that is like no other is a group of its own.
type Group struct {
	Faces []FaceID // at least one; never two of one photo
}

// ID names the group by its first face. It lasts as long as that face is the first.
func (g Group) ID() FaceID { return g.Faces[0] }

// GroupQuery says which groups are wanted.
type GroupQuery struct {
	Collection CollectionID // of the groups only the faces of this collection; "": of all
	Min        int          // the least number of such faces; 0: 1
}

// Grouping answers a GroupQuery.
type Grouping struct {
	Groups  []GroupInfo // largest first
	Faces   int         // in all groups, smaller ones too
	Smaller int         // groups with too few faces to be listed
}

// GroupInfo is a group as it is listed. It is of as many photos as it has faces. Dates are those on which the photos were taken, else collected.
type GroupInfo struct {
	Group
	Cover       FaceID // the face that is most like the others
	Collections []CollectionID
	Hosts       []string // of page and image addresses, sorted
	First, Last time.Time
}

// GroupFace is a face of a group with where it comes from.
type GroupFace struct {
	Face        FaceID
	Photo       PhotoID
	Collection  string // name
	Box         Box
	Quality     float64
	Source      Provenance
	Also        []Provenance
	CollectedAt time.Time
}

// MaxGroupFaces is how many faces of groups are looked up at once.
const MaxGroupFaces = 500

// GroupDecision is one thing that the user decided about groups: that all faces of Same show one person, or that no face of Out
// shows the person of one of Rest. Regrouping keeps it; a later decision takes back what it can't stand beside. It says nothing of faces
// that come later.
type GroupDecision struct {
	Same []FaceID // or
	Out  []FaceID
	Rest []FaceID
}

// Check refuses a decision that says nothing, or two things, or names a face twice (CodeInvalid), and one that makes two faces of a
// photo one person (CodeConflict).
func (d GroupDecision) Check() error {
	const op = "engine.GroupDecision.Check"
	seen := map[FaceID]bool{}
	for _, f := range slices.Concat(d.Same, d.Out, d.Rest) {
		if seen[f] {
			return E(CodeInvalid, op, "a decision about groups names a face twice", nil)
		}
		seen[f] = true
	}
	merges := len(d.Same) > 1 && len(d.Out)+len(d.Rest) == 0
	splits := len(d.Same) == 0 && len(d.Out) > 0 && len(d.Rest) > 0
	switch {
	case !merges && !splits:
		return E(CodeInvalid, op, "a decision about groups says nothing", nil)
	case merges && SharePhoto(d.Same):
		return E(CodeConflict, op, "two faces of one photo can't be one person", nil)
	}
	return nil
}

// Sorted gives the decision with its faces sorted by ID.
func (d GroupDecision) Sorted() GroupDecision {
	return GroupDecision{slices.Sorted(slices.Values(d.Same)), slices.Sorted(slices.Values(d.Out)), slices.Sorted(slices.Values(d.Rest))}
}

// Renamed gives the decision with the IDs that its faces have now, without those that are gone; ok is false where it then says nothing.
func (d GroupDecision) Renamed(now func(FaceID) (id FaceID, stays bool)) (out GroupDecision, ok bool) {
	list := func(faces []FaceID) (kept []FaceID) {
		for _, f := range faces {
			if id, stays := now(f); stays {
				kept = append(kept, id)
			}
		}
		return kept
	}
	out = GroupDecision{list(d.Same), list(d.Out), list(d.Rest)}.Sorted()
	return out, out.Check() == nil
}

// Parts gives decisions that together say the same, each about at most most faces (a split: unless both sides have that many). Those of a
// merge have overlap faces in common with the next, so that erasing a few does not part them. most is greater than overlap and 1.
func (d GroupDecision) Parts(most, overlap int) (parts []GroupDecision) {
	for same := d.Same; len(same) > 1; same = same[most-overlap:] {
		parts = append(parts, GroupDecision{Same: same[:min(most, len(same))]})
		if len(same) <= most {
			break
		}
	}
	few, many := d.Out, d.Rest
	if len(few) > len(many) { // the same is said of both
		few, many = many, few
	}
	for some := range slices.Chunk(many, max(most-len(few), 1)) {
		parts = append(parts, GroupDecision{Out: few, Rest: some})
	}
	return parts
}

// SharePhoto reports whether two of the faces are of one photo.
func SharePhoto(faces []FaceID) bool {
	seen := map[PhotoID]bool{}
	for _, f := range faces {
		if p, _, ok := f.Photo(); ok {
			if seen[p] {
				return true
			}
			seen[p] = true
		}
	}
	return false
}
