package people

import (
	"cmp"
	"context"
	"slices"

	"gabarit/engine"
)

// maxSplitPairs is the largest number of pairs that one Split may set apart.
const maxSplitPairs = 200_000

// Groups puts faces together by person, and rather leaves one person in two groups than two in one. It holds face IDs and distances, no template.
// Not safe for concurrent use.
//
// The method is Chinese whispers [Biemann, Chinese Whispers: an efficient graph clustering algorithm, TextGraphs 2006]: each face
// takes the label that its neighbours give the most weight, until nothing changes; see groupPass. Two things are added. Neighbours
// count only if they also share neighbours [Jarvis and Patrick, Clustering using a similarity measure based on shared near
// neighbors, IEEE Trans. Computers, 1973]: a face that is like two people joins them no more. And no face takes a label that it
// must not: of a group with a face of its own photo, or one that the user set apart. Since every face starts
// alone, no group ever breaks this.
//
// Faces are neighbours where the calibration expects at most one stranger for two faces that near in an index of this many faces, and at most 0.46 apart. Of a face's neighbours the 64 nearest count. Measured on the calibration's templates:
// of two faces in one group 99.5 % show one person (11,411 faces; 99.2 % of 2,283), and of two faces of one person 92 % are in
// one group; connected components at the same distance have 40 % and 98 %.
//
// Regroup is the full pass: it depends on the faces held and the decisions only. Between two of them, Add looks at new faces and
// their neighbours alone, and Remove at nothing: groups may then differ from those of a full pass, but never break a decision.
type Groups struct {
	index     engine.Index
	calib     engine.Calibration
	decisions *Decisions
	graph     groupGraph
	reach     float64 // of the graph
	labels    []int32 // by slot
	next      int32   // a label that no slot has; nor has any above it
	within    within
}

// NewGroups gives an empty grouping of faces that are in the index. It owns decisions from now on; those about faces that it does not hold yet wait for them.
func NewGroups(index engine.Index, calib engine.Calibration, decisions *Decisions) *Groups {
	return &Groups{index: index, calib: calib, decisions: decisions, graph: newGroupGraph(), reach: Reach}
}

// Reconsider takes other decisions in the place of those there are, and makes all groups anew.
func (g *Groups) Reconsider(decisions *Decisions) {
	g.decisions = decisions
	g.Regroup()
}

// Holds tells whether a face is held.
func (g *Groups) Holds(face engine.FaceID) bool {
	slot, known := g.graph.at[face]
	return known && !g.graph.nodes[slot].named
}

// Len is the number of faces held.
func (g *Groups) Len() int { return len(g.graph.at) - g.graph.named }

// Within is the distance at which faces are neighbours, for as many as are held now.
func (g *Groups) Within() float64 {
	if g.within.faces != g.Len() {
		low, high := 0.0, Reach
		for range 30 {
			middle := (low + high) / 2
			if g.calib.ExpectedFalse(middle, g.Len()) <= groupFalse {
				low = middle
			} else {
				high = middle
			}
		}
		g.within = within{g.Len(), low}
	}
	return g.within.distance
}

// within is the distance at which so many faces are neighbours.
type within struct {
	faces    int
	distance float64
}

// Add takes faces that are in the index, each with its template, asks the index once for each, and places them. A known face is placed
// anew and its neighbours are looked up again; its template must be the same. On an error (those of Index.Search) the faces before it are held.
func (g *Groups) Add(ctx context.Context, entries ...engine.IndexEntry) error {
	fresh := make([]engine.FaceID, 0, len(entries))
	defer func() { g.Place(fresh...) }()
	for i := range entries {
		found, _, err := g.index.Search(ctx, engine.Query{Model: entries[i].Model, Template: entries[i].Template, Within: g.reach})
		if err != nil {
			return err
		}
		g.Enter(entries[i].Face, found)
		fresh = append(fresh, entries[i].Face)
	}
	return nil
}

// Enter is Add for a face of which the caller has asked the index what lies within Reach; Place or Regroup has to follow. Faces that are
// not held yet are left out of found: they will name this one when they are entered.
func (g *Groups) Enter(face engine.FaceID, found []engine.Neighbour) {
	g.graph.add(face, found)
	g.label()
	g.relabel(g.unit(g.graph.at[face]))
}

// FillMost is how many faces the index is asked for by those who call Fill.
const FillMost = groupKeep + 2

// Fill is Enter for many faces one after the other, and costs much less for people who are seen often: the caller asks the index for the FillMost faces
// that are nearest, at most Reach away, and no list but that of the face itself changes. Faces that are not held yet count as neighbours at once;
// Settle, which has to follow when all were filled in, takes out those that never were.
func (g *Groups) Fill(face engine.FaceID, found []engine.Neighbour) {
	g.graph.fill(face, found)
	g.label()
}

// Settle ends what Fill began. Regroup has to follow.
func (g *Groups) Settle() { g.graph.settle() }

// label makes room for the labels of new slots.
func (g *Groups) label() {
	for len(g.labels) < len(g.graph.nodes) {
		g.labels = append(g.labels, g.next)
		g.next++
	}
}

// Place gives entered faces groups: they and their neighbours vote.
func (g *Groups) Place(faces ...engine.FaceID) {
	fresh := make([]int32, 0, len(faces))
	for _, f := range faces {
		if slot, held := g.graph.at[f]; held {
			fresh = append(fresh, slot)
		}
	}
	g.place(fresh)
}

// place gives new slots groups: they and their neighbours vote.
func (g *Groups) place(fresh []int32) {
	within := float32(g.Within())
	active := slices.Clone(fresh)
	for _, s := range fresh {
		g.relabel(g.unit(s))
	}
	for _, s := range fresh {
		for _, e := range g.graph.voters(s, within) {
			active = append(active, e.to)
		}
	}
	slices.SortFunc(active, func(a, b int32) int {
		return cmp.Compare(g.graph.nodes[a].face, g.graph.nodes[b].face)
	})
	newGroupPass(g, within, slices.Compact(active)).run()
}

// unit lists the slots that must share a label with a slot, itself among them, by face ID.
func (g *Groups) unit(slot int32) []int32 {
	var out []int32
	for _, f := range g.decisions.With(g.graph.nodes[slot].face) {
		if s, ok := g.graph.at[f]; ok {
			out = append(out, s)
		}
	}
	return out
}

// relabel makes slots a group of their own.
func (g *Groups) relabel(slots []int32) {
	for _, s := range slots {
		g.labels[s] = g.next
	}
	g.next++
}

// Remove takes faces out, and what was decided about them. Unknown faces are only taken from the decisions.
func (g *Groups) Remove(faces ...engine.FaceID) {
	g.graph.remove(faces)
	g.decisions.Remove(faces...)
}

// Clear forgets all faces; decisions stay.
func (g *Groups) Clear() {
	g.graph, g.labels, g.next = newGroupGraph(), nil, 0
}

// Short lists, by ID, faces of whose many near neighbours so many were removed that others, not known here, count now. Add
// looks these up.
func (g *Groups) Short() []engine.FaceID {
	var out []engine.FaceID
	for _, s := range g.graph.slots() {
		if g.graph.nodes[s].short() {
			out = append(out, g.graph.nodes[s].face)
		}
	}
	return out
}

// Central gives, of faces of one group, the one that is nearest to the others; "" of none.
func (g *Groups) Central(faces []engine.FaceID) engine.FaceID {
	var best engine.FaceID
	most := -1.0
	within := float32(g.Within())
	for _, f := range faces {
		slot, held := g.graph.at[f]
		if !held {
			continue
		}
		sum := 0.0
		for _, e := range g.graph.voters(slot, within) {
			if g.labels[e.to] == g.labels[slot] {
				sum += float64(within - e.distance)
			}
		}
		if sum > most {
			best, most = f, sum
		}
	}
	return best
}

// Regroup makes all groups anew.
func (g *Groups) Regroup() { g.regroup(float32(g.Within())) }

func (g *Groups) regroup(within float32) {
	all := g.graph.slots()
	g.next = 0
	for _, s := range all {
		g.relabel(g.unit(s))
	}
	p := newGroupPass(g, within, all)
	p.run()
	p.sever()
}

// Groups lists the groups, largest first, those of the same size by ID.
func (g *Groups) Groups() []engine.Group {
	byLabel := make(map[int32]int, len(g.graph.at))
	var out []engine.Group
	for _, s := range g.graph.slots() {
		i, known := byLabel[g.labels[s]]
		if !known {
			i = len(out)
			byLabel[g.labels[s]] = i
			out = append(out, engine.Group{})
		}
		out[i].Faces = append(out[i].Faces, g.graph.nodes[s].face)
	}
	slices.SortFunc(out, func(a, b engine.Group) int {
		return cmp.Or(cmp.Compare(len(b.Faces), len(a.Faces)), cmp.Compare(a.ID(), b.ID()))
	})
	return out
}

// Merge gives the decision that the groups of some faces show one person; Take makes it hold. CodeNotFound: a face is not held; CodeConflict:
// the groups hold two faces of one photo; CodeInvalid: it is one group of one face.
func (g *Groups) Merge(faces ...engine.FaceID) (engine.GroupDecision, error) {
	const op = "people.Groups.Merge"
	var all []engine.FaceID
	done := map[int32]bool{}
	for _, f := range faces {
		group, err := g.group(op, f)
		if err != nil {
			return engine.GroupDecision{}, err
		}
		if label := g.labels[g.graph.at[f]]; !done[label] {
			done[label] = true
			all = append(all, group...)
		}
	}
	d := engine.GroupDecision{Same: all}.Sorted()
	return d, d.Check()
}

// Split gives the decision that the given faces of one group don't show the person of its other faces; Take makes it hold. CodeNotFound: a face
// is not held; CodeInvalid: they are of several groups, none or all of one; CodeLimit: more pairs than 200,000 would be set apart.
func (g *Groups) Split(faces ...engine.FaceID) (engine.GroupDecision, error) {
	const op = "people.Groups.Split"
	var none engine.GroupDecision
	faces = slices.Compact(slices.Sorted(slices.Values(faces)))
	if len(faces) == 0 {
		return none, engine.E(engine.CodeInvalid, op, "a split needs some, but not all, faces of one group", nil)
	}
	rest, err := g.group(op, faces[0])
	if err != nil {
		return none, err
	}
	whole := len(rest)
	rest = slices.DeleteFunc(rest, func(f engine.FaceID) bool {
		_, out := slices.BinarySearch(faces, f)
		return out
	})
	if len(rest) == 0 || len(rest)+len(faces) != whole {
		return none, engine.E(engine.CodeInvalid, op, "a split needs some, but not all, faces of one group", nil)
	}
	if len(rest)*len(faces) > maxSplitPairs {
		return none, engine.E(engine.CodeLimit, op, "too many faces to be set apart at once", nil)
	}
	return engine.GroupDecision{Out: faces, Rest: rest}, nil
}

// Take notes a decision that Merge or Split gave, and groups by it: what is merged becomes one group, what is split off another.
func (g *Groups) Take(d engine.GroupDecision) {
	g.decisions.Take(d)
	for _, list := range [][]engine.FaceID{d.Same, d.Out} {
		var slots []int32
		for _, f := range list {
			if slot, held := g.graph.at[f]; held {
				slots = append(slots, slot)
			}
		}
		if len(slots) > 0 {
			g.relabel(slots)
		}
	}
}

// group lists the faces in the group of a face, by ID.
func (g *Groups) group(op string, face engine.FaceID) ([]engine.FaceID, error) {
	slot, ok := g.graph.at[face]
	if !ok {
		return nil, engine.E(engine.CodeNotFound, op, "the face is not in any group", nil)
	}
	var out []engine.FaceID
	for i := range g.graph.nodes {
		if f := g.graph.nodes[i].face; f != "" && g.labels[i] == g.labels[slot] {
			out = append(out, f)
		}
	}
	slices.Sort(out)
	return out, nil
}
