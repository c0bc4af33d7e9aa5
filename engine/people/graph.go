package people

import (
	"cmp"
	"slices"

	"gabarit/engine"
)

// Reach is the distance beyond which no two faces are neighbours, however small the index.
const Reach = 0.46

// Bounds of the neighbour graph.
const (
	groupFalse = 0.5 // strangers expected for a face within the distance of neighbours, at most
	groupVotes = 64  // neighbours that count, the nearest
	groupKeep  = 128 // neighbours kept, so that removals leave enough that count
)

// groupGraph knows the nearest neighbours of each face. Faces have slots, which are used again.
//
// A list holds all neighbours within its reach or, where it is cut, all up to the last it holds; nearest first,
// by ID at the same distance. So its first groupVotes entries depend on which faces are held, not on the order in which they came.
type groupGraph struct {
	at     map[engine.FaceID]int32
	named  int // faces of at that were only named, see fill
	photos map[engine.PhotoID][]int32
	nodes  []groupNode
	free   []int32
}

type groupNode struct {
	face  engine.FaceID // "": the slot is free
	photo engine.PhotoID
	near  []groupEdge
	cut   bool
	named bool // by the list of another face, and not added yet
}

type groupEdge struct {
	to       int32
	distance float32
}

func newGroupGraph() groupGraph {
	return groupGraph{at: map[engine.FaceID]int32{}, photos: map[engine.PhotoID][]int32{}}
}

// order compares two entries of a list.
func (g *groupGraph) order(a, b groupEdge) int {
	if c := cmp.Compare(a.distance, b.distance); c != 0 {
		return c
	}
	return cmp.Compare(g.nodes[a.to].face, g.nodes[b.to].face)
}

// add takes a face with what lies within reach of it in the index and gives its slot. What the graph doesn't know of this is left
// out: it will name the face when it is added itself. The list of a known face is made anew.
func (g *groupGraph) add(face engine.FaceID, found []engine.Neighbour) int32 {
	slot := g.own(face)
	near := make([]groupEdge, 0, len(found))
	for _, n := range found {
		if to, ok := g.at[n.Face]; ok && to != slot {
			near = append(near, groupEdge{to, float32(n.Distance)})
		}
	}
	slices.SortFunc(near, g.order)
	for _, e := range near {
		g.insert(e.to, groupEdge{slot, e.distance})
	}
	node := &g.nodes[slot]
	node.cut = len(near) > groupKeep
	node.near = slices.Clone(near[:min(len(near), groupKeep)])
	return slot
}

// fill is add for a face whose whole list found is, so that no other list has to be changed: each names the faces of its own. Faces that are not
// known get a slot; settle takes out those that were not filled in.
func (g *groupGraph) fill(face engine.FaceID, found []engine.Neighbour) {
	slot := g.own(face)
	near := make([]groupEdge, 0, len(found))
	for _, n := range found {
		to, known := g.at[n.Face]
		if !known {
			to = g.slot(n.Face)
			g.nodes[to].named = true
			g.named++
		}
		if to != slot {
			near = append(near, groupEdge{to, float32(n.Distance)})
		}
	}
	slices.SortFunc(near, g.order)
	node := &g.nodes[slot]
	node.cut = len(near) > groupKeep
	node.near = near[:min(len(near), groupKeep)]
}

// settle takes out faces that were only named.
func (g *groupGraph) settle() {
	if g.named == 0 {
		return
	}
	var faces []engine.FaceID
	for i := range g.nodes {
		if g.nodes[i].named {
			faces = append(faces, g.nodes[i].face)
		}
	}
	g.remove(faces)
}

// own gives the slot of a face that is added.
func (g *groupGraph) own(face engine.FaceID) int32 {
	slot, known := g.at[face]
	if !known {
		return g.slot(face)
	}
	if g.nodes[slot].named {
		g.nodes[slot].named = false
		g.named--
	}
	return slot
}

// slot gives a new face its place.
func (g *groupGraph) slot(face engine.FaceID) int32 {
	slot := int32(len(g.nodes))
	if last := len(g.free) - 1; last >= 0 {
		slot, g.free = g.free[last], g.free[:last]
	} else {
		g.nodes = append(g.nodes, groupNode{})
	}
	photo, _, ok := face.Photo()
	if !ok {
		photo = engine.PhotoID(face)
	}
	g.at[face] = slot
	g.photos[photo] = append(g.photos[photo], slot)
	g.nodes[slot] = groupNode{face: face, photo: photo}
	return slot
}

// insert enters a neighbour into a list, if it belongs there.
func (g *groupGraph) insert(slot int32, e groupEdge) {
	node := &g.nodes[slot]
	i, held := slices.BinarySearchFunc(node.near, e, g.order)
	if held || i == len(node.near) && node.cut {
		return
	}
	node.near = slices.Insert(node.near, i, e)
	if len(node.near) > groupKeep {
		node.near, node.cut = node.near[:groupKeep], true
	}
}

// remove takes faces out, in one walk over all lists (10 ms for 100,000 faces).
func (g *groupGraph) remove(faces []engine.FaceID) {
	gone := make([]bool, len(g.nodes))
	found := false
	for _, face := range faces {
		slot, ok := g.at[face]
		if !ok {
			continue
		}
		found, gone[slot] = true, true
		photo := g.nodes[slot].photo
		mates := slices.DeleteFunc(g.photos[photo], func(s int32) bool { return s == slot })
		if g.photos[photo] = mates; len(mates) == 0 {
			delete(g.photos, photo)
		}
		delete(g.at, face)
		if g.nodes[slot].named {
			g.named--
		}
		g.nodes[slot] = groupNode{}
		g.free = append(g.free, slot)
	}
	if !found {
		return
	}
	for i := range g.nodes {
		g.nodes[i].near = slices.DeleteFunc(g.nodes[i].near, func(e groupEdge) bool { return gone[e.to] })
	}
}

// short tells whether removals left fewer neighbours in a cut list than count.
func (n *groupNode) short() bool { return n.cut && len(n.near) < groupVotes }

// voters gives the neighbours of a slot that count at a distance.
func (g *groupGraph) voters(slot int32, within float32) []groupEdge {
	near := g.nodes[slot].near
	near = near[:min(len(near), groupVotes)]
	for len(near) > 0 && near[len(near)-1].distance >= within {
		near = near[:len(near)-1]
	}
	return near
}

// slots lists the slots in use, by face ID.
func (g *groupGraph) slots() []int32 {
	out := make([]int32, 0, len(g.at))
	for i := range g.nodes {
		if g.nodes[i].face != "" {
			out = append(out, int32(i))
		}
	}
	slices.SortFunc(out, func(a, b int32) int { return cmp.Compare(g.nodes[a].face, g.nodes[b].face) })
	return out
}
