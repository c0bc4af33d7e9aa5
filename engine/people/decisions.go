package people

import (
	"iter"
	"maps"
	"slices"

	"gabarit/engine"
)

// Decisions are what the user decided about groups: which faces show one person, and which pairs don't. They never
// contradict each other: the later decision takes back what it can't stand beside. Not safe for concurrent use.
type Decisions struct {
	class map[engine.FaceID]*[]engine.FaceID // faces of one person, sorted; shared by all of them
	apart map[engine.FaceID]map[engine.FaceID]bool
}

// NewDecisions takes decisions in the order they were made. CodeCorrupt: one makes two faces of a photo one person.
func NewDecisions(all []engine.GroupDecision) (*Decisions, error) {
	d := &Decisions{class: map[engine.FaceID]*[]engine.FaceID{}, apart: map[engine.FaceID]map[engine.FaceID]bool{}}
	for _, one := range all {
		d.Take(one)
	}
	for _, faces := range d.class {
		if engine.SharePhoto(*faces) {
			return nil, engine.E(engine.CodeCorrupt, "people.NewDecisions", "decisions about groups of faces contradict each other", nil)
		}
	}
	return d, nil
}

// Take notes a further decision. It is nobody else's from now on.
func (d *Decisions) Take(one engine.GroupDecision) {
	d.Merge(one.Same)
	d.Split(one.Out, one.Rest)
}

// Merge notes that all faces show one person.
func (d *Decisions) Merge(faces []engine.FaceID) {
	all := map[engine.FaceID]bool{}
	for _, f := range faces {
		if all[f] {
			continue
		}
		for _, g := range d.With(f) {
			all[g] = true
		}
	}
	if len(all) > 1 {
		d.settle(slices.Sorted(maps.Keys(all)))
	}
	for f := range all {
		for g := range d.apart[f] {
			if all[g] {
				d.unpart(f, g)
			}
		}
	}
}

// With lists the faces decided to show the person of a face, itself among them, sorted. Not to be changed.
func (d *Decisions) With(f engine.FaceID) []engine.FaceID {
	if c := d.class[f]; c != nil {
		return *c
	}
	return []engine.FaceID{f}
}

// settle makes sorted faces one class; a single one is none.
func (d *Decisions) settle(faces []engine.FaceID) {
	for _, f := range faces {
		if d.class[f] = &faces; len(faces) == 1 {
			delete(d.class, f)
		}
	}
}

// Split notes that none of the faces out shows the person of one of the rest.
func (d *Decisions) Split(out, rest []engine.FaceID) {
	taken := map[engine.FaceID]bool{}
	for _, f := range out {
		taken[f] = true
	}
	for _, f := range out {
		if class := d.With(f); slices.ContainsFunc(class, func(g engine.FaceID) bool { return !taken[g] }) {
			stay, leave := []engine.FaceID{}, []engine.FaceID{}
			for _, g := range class {
				if taken[g] {
					leave = append(leave, g)
				} else {
					stay = append(stay, g)
				}
			}
			d.settle(stay)
			d.settle(leave)
		}
		for _, g := range rest {
			d.part(f, g)
		}
	}
}

func (d *Decisions) part(a, b engine.FaceID) {
	for range 2 {
		if d.apart[a] == nil {
			d.apart[a] = map[engine.FaceID]bool{}
		}
		d.apart[a][b] = true
		a, b = b, a
	}
}

func (d *Decisions) unpart(a, b engine.FaceID) {
	for range 2 {
		if delete(d.apart[a], b); len(d.apart[a]) == 0 {
			delete(d.apart, a)
		}
		a, b = b, a
	}
}

// Same reports whether the user decided that two faces show one person.
func (d *Decisions) Same(a, b engine.FaceID) bool {
	return a == b || d.class[a] != nil && d.class[a] == d.class[b]
}

// Apart lists, in no order, the faces decided not to show the person of a face.
func (d *Decisions) Apart(f engine.FaceID) iter.Seq[engine.FaceID] { return maps.Keys(d.apart[f]) }

// Remove forgets faces and everything decided about them. What was decided about others through them stays: they
// still show one person.
func (d *Decisions) Remove(faces ...engine.FaceID) {
	for _, f := range faces {
		if class := d.class[f]; class != nil {
			i, _ := slices.BinarySearch(*class, f)
			*class = slices.Delete(*class, i, i+1)
			if delete(d.class, f); len(*class) == 1 {
				delete(d.class, (*class)[0])
			}
		}
		for g := range d.apart[f] {
			d.unpart(f, g)
		}
	}
}
