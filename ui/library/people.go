package library

import (
	"slices"

	"gabarit/engine"
)

// facesPage is how many faces of a group are looked up at once; that they were is recorded.
const facesPage = 60

// People is the state of the faces grouped by person: the groups, those that are ticked, and the one that is open. A group is known by its
// cover. All methods are for one goroutine.
type People struct {
	query  engine.GroupQuery
	found  engine.Grouping
	known  bool
	ticked map[engine.FaceID]bool // covers

	open    engine.GroupInfo // no faces: none is
	picked  map[engine.FaceID]bool
	details map[engine.FaceID]engine.GroupFace
	asked   map[int]bool // pages of the open group
}

// NewPeople gives the state before anything was read: groups of two faces and more, of all collections.
func NewPeople() *People {
	p := &People{query: engine.GroupQuery{Min: 2}, ticked: map[engine.FaceID]bool{}}
	p.Close()
	return p
}

// Query is what to ask for.
func (p *People) Query() engine.GroupQuery { return p.query }

// SetCollection shows only faces of one collection; "" of all. What was ticked or open is no longer.
func (p *People) SetCollection(id engine.CollectionID) {
	p.query.Collection = id
	p.reset()
}

// SetSingle shows faces that are like no other, too.
func (p *People) SetSingle(on bool) {
	p.query.Min = 2
	if on {
		p.query.Min = 1
	}
	p.reset()
}

func (p *People) reset() {
	p.found, p.known = engine.Grouping{}, false
	clear(p.ticked)
	p.Close()
}

// Set takes the groups. Ticks stay with the faces that they were set for, and so does the open group, as long as its cover is there.
func (p *People) Set(found engine.Grouping) {
	ticked := map[engine.FaceID]bool{}
	var open engine.GroupInfo
	for _, g := range found.Groups {
		for _, f := range g.Faces {
			if p.ticked[f] {
				ticked[g.Cover] = true
			}
			if f == p.open.Cover && p.IsOpen() {
				open = g
			}
		}
	}
	p.found, p.known, p.ticked = found, true, ticked
	switch {
	case len(open.Faces) == 0:
		p.Close()
	case !slices.Equal(open.Faces, p.open.Faces):
		for f := range p.picked {
			if !slices.Contains(open.Faces, f) {
				delete(p.picked, f)
			}
		}
		clear(p.asked) // pages are others now
		open.Cover = p.open.Cover
		p.open = open
	}
}

// Known tells whether groups were read.
func (p *People) Known() bool { return p.known }

// Groups lists the groups, largest first.
func (p *People) Groups() []engine.GroupInfo { return p.found.Groups }

// Counts gives how many faces are grouped and how many groups have too few faces to be listed.
func (p *People) Counts() (faces, smaller int) { return p.found.Faces, p.found.Smaller }

// Tick adds a group to those to be put together, or takes it away.
func (p *People) Tick(cover engine.FaceID, on bool) { set(p.ticked, cover, on) }

// Ticked tells whether a group is ticked.
func (p *People) Ticked(cover engine.FaceID) bool { return p.ticked[cover] }

// Targets lists the ticked groups, largest first.
func (p *People) Targets() (all []engine.GroupInfo) {
	if len(p.ticked) == 0 {
		return nil
	}
	for _, g := range p.found.Groups {
		if p.ticked[g.Cover] {
			all = append(all, g)
		}
	}
	return all
}

// Untick clears all ticks of groups.
func (p *People) Untick() { clear(p.ticked) }

// Open opens a group by its place in the list.
func (p *People) Open(i int) {
	if i >= 0 && i < len(p.found.Groups) {
		p.Close()
		p.open = p.found.Groups[i]
	}
}

// Close closes the open group.
func (p *People) Close() {
	p.open = engine.GroupInfo{}
	p.picked, p.details, p.asked = map[engine.FaceID]bool{}, map[engine.FaceID]engine.GroupFace{}, map[int]bool{}
}

// IsOpen tells whether a group is open.
func (p *People) IsOpen() bool { return len(p.open.Faces) > 0 }

// Opened is the open group; its faces are those of the collection that is shown.
func (p *People) Opened() engine.GroupInfo { return p.open }

// Pick marks a face of the open group as another person's, or takes that back.
func (p *People) Pick(f engine.FaceID, on bool) { set(p.picked, f, on) }

// Picked tells whether a face is marked.
func (p *People) Picked(f engine.FaceID) bool { return p.picked[f] }

// Picks lists the marked faces, in the order of the group.
func (p *People) Picks() (all []engine.FaceID) {
	for _, f := range p.open.Faces {
		if p.picked[f] {
			all = append(all, f)
		}
	}
	return all
}

// Stay makes the open group known by a face that is not marked: it stays open when those that are leave it.
func (p *People) Stay() {
	if i := slices.IndexFunc(p.open.Faces, func(f engine.FaceID) bool { return !p.picked[f] }); i >= 0 && p.picked[p.open.Cover] {
		p.open.Cover = p.open.Faces[i]
	}
}

// CanSplit tells whether some faces are marked, and not all there are: then nobody would be left whom they are not. Of one collection
// all may be, as the group may have faces in others.
func (p *People) CanSplit() bool {
	n := len(p.picked)
	return n > 0 && (n < len(p.open.Faces) || p.query.Collection != "")
}

// Page gives the faces of the open group to be looked up when the i-th is to be shown; none if that was asked for before.
func (p *People) Page(i int) []engine.FaceID {
	page := i / facesPage
	if p.asked[page] || i < 0 || i >= len(p.open.Faces) {
		return nil
	}
	p.asked[page] = true
	at := page * facesPage
	all := p.open.Faces[at:min(at+facesPage, len(p.open.Faces))]
	return slices.DeleteFunc(slices.Clone(all), func(f engine.FaceID) bool { return p.details[f].Face != "" })
}

// SetDetails takes what is known of faces of the open group.
func (p *People) SetDetails(all []engine.GroupFace) {
	for _, d := range all {
		p.details[d.Face] = d
	}
}

// Detail gives what is known of a face; ok is false before it was looked up.
func (p *People) Detail(f engine.FaceID) (d engine.GroupFace, ok bool) {
	d, ok = p.details[f]
	return d, ok
}

// Erased takes faces away that are no longer in the index.
func (p *People) Erased(faces []engine.FaceID) {
	gone := make(map[engine.FaceID]bool, len(faces))
	for _, f := range faces {
		gone[f] = true
		delete(p.picked, f)
		delete(p.details, f)
	}
	left := func(all []engine.FaceID) []engine.FaceID {
		return slices.DeleteFunc(slices.Clone(all), func(f engine.FaceID) bool { return gone[f] })
	}
	var groups []engine.GroupInfo
	for _, g := range p.found.Groups {
		if g.Faces = left(g.Faces); len(g.Faces) == 0 {
			delete(p.ticked, g.Cover)
			continue
		}
		if gone[g.Cover] {
			ticked := p.ticked[g.Cover]
			delete(p.ticked, g.Cover)
			g.Cover = g.Faces[0]
			set(p.ticked, g.Cover, ticked)
		}
		groups = append(groups, g)
	}
	p.found.Groups = groups
	if p.open.Faces = left(p.open.Faces); len(p.open.Faces) == 0 {
		p.Close()
		return
	}
	if gone[p.open.Cover] {
		p.open.Cover = p.open.Faces[0]
	}
	clear(p.asked)
}

func set(in map[engine.FaceID]bool, f engine.FaceID, on bool) {
	if on {
		in[f] = true
	} else {
		delete(in, f)
	}
}
