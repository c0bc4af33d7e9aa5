package people

import (
	"math/rand/v2"
)

const (
	groupShared = 0.35 // share of two faces' neighbours that both must have, to count for each other
	groupCrowd  = 32   // neighbours that two faces must have if one list ends too early to tell what they share
	groupRounds = 30   // rounds of voting, if it does not settle before; it did within 12
)

// groupPass lets some units vote: a unit is a face, or all faces that the user put together. A unit takes the label with the greatest
// sum of (within - distance) over its faces' neighbours, of those that it may take; its own if no other has more; else, at the
// same sum, the smallest. The order of voting is drawn from a fixed seed.
type groupPass struct {
	g      *Groups
	within float32
	units  [][]int32
	counts []uint64 // by slot: bit i tells whether its i-th neighbour counts
	sums   []float64
	barred []bool
}

// newGroupPass prepares a vote of the slots' units. The slots are sorted by face ID.
func newGroupPass(g *Groups, within float32, slots []int32) *groupPass {
	n := len(g.graph.nodes)
	p := &groupPass{g: g, within: within, counts: make([]uint64, n), sums: make([]float64, g.next), barred: make([]bool, g.next)}
	near, taken := make([]bool, n), make([]bool, n)
	for _, s := range slots {
		if taken[s] {
			continue
		}
		unit := g.unit(s)
		for _, m := range unit {
			taken[m] = true
			p.counts[m] = p.count(m, near)
		}
		p.units = append(p.units, unit)
	}
	return p
}

// count finds which neighbours of a slot share enough neighbours with it: groupShared of all that one of the two has, but of
// groupVotes at most, since lists end there. Where a person has thousands of faces, two of them may share next to none of the
// nearest 64; so where a list ends there, it is enough that both have many. Without this 2,000 made-up faces of one person fell
// into 370 groups. near is all false, before and after.
func (p *groupPass) count(slot int32, near []bool) uint64 {
	voters := p.g.graph.voters(slot, p.within)
	near[slot] = true
	for _, e := range voters {
		near[e.to] = true
	}
	var out uint64
	for i, e := range voters {
		theirs := p.g.graph.voters(e.to, p.within)
		shared := 1 // the other face itself
		for _, f := range theirs {
			if near[f.to] {
				shared++
			}
		}
		union := len(voters) + len(theirs) + 2 - shared
		full := max(len(voters), len(theirs)) == groupVotes
		if full && min(len(voters), len(theirs)) >= groupCrowd || float64(shared) >= groupShared*float64(min(union, groupVotes)) {
			out |= 1 << i
		}
	}
	near[slot] = false
	for _, e := range voters {
		near[e.to] = false
	}
	return out
}

// run votes until no label changes.
func (p *groupPass) run() {
	rng := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a fixed order, not a secret
	rng.Shuffle(len(p.units), func(i, j int) { p.units[i], p.units[j] = p.units[j], p.units[i] })
	for changed, round := true, 0; changed && round < groupRounds; round++ {
		changed = false
		for _, unit := range p.units {
			old := p.g.labels[unit[0]]
			label := p.vote(unit)
			if label == old {
				continue
			}
			changed = true
			for _, s := range unit {
				p.g.labels[s] = label
			}
		}
	}
}

// vote gives the label that a unit takes.
func (p *groupPass) vote(unit []int32) int32 {
	own := p.g.labels[unit[0]]
	nodes := p.g.graph.nodes
	var named []int32
	for _, s := range unit {
		for i, e := range p.g.graph.voters(s, p.within) {
			if p.counts[s]&(1<<i) == 0 || len(unit) > 1 && p.g.decisions.Same(nodes[s].face, nodes[e.to].face) {
				continue
			}
			label := p.g.labels[e.to]
			if p.sums[label] == 0 {
				named = append(named, label)
			}
			p.sums[label] += float64(p.within - e.distance)
		}
	}
	if len(named) == 0 {
		return own
	}
	p.bar(unit, true)
	best := own
	for _, l := range named {
		if !p.barred[l] && (p.sums[l] > p.sums[best] || p.sums[l] == p.sums[best] && best != own && l < best) {
			best = l
		}
	}
	p.bar(unit, false)
	for _, l := range named {
		p.sums[l] = 0
	}
	return best
}

// bar marks the labels that a unit must not take: of faces of its photos and of faces that the user set apart.
func (p *groupPass) bar(unit []int32, barred bool) {
	graph := &p.g.graph
	for _, s := range unit {
		for _, mate := range graph.photos[graph.nodes[s].photo] {
			if mate != s {
				p.barred[p.g.labels[mate]] = barred
			}
		}
		for other := range p.g.decisions.Apart(graph.nodes[s].face) {
			if o, held := graph.at[other]; held {
				p.barred[p.g.labels[o]] = barred
			}
		}
	}
}

// sever gives parts of a group that no neighbours connect any more labels of their own, from 0 on by the first face ID. Every unit
// must have voted.
func (p *groupPass) sever() {
	g := p.g
	lead := make([]int32, len(g.labels))
	for i := range lead {
		lead[i] = int32(i)
	}
	root := func(s int32) int32 {
		for lead[s] != s {
			lead[s] = lead[lead[s]]
			s = lead[s]
		}
		return s
	}
	for _, unit := range p.units {
		for _, s := range unit {
			lead[root(s)] = root(unit[0])
			for i, e := range g.graph.voters(s, p.within) {
				if p.counts[s]&(1<<i) != 0 && g.labels[s] == g.labels[e.to] {
					lead[root(s)] = root(e.to)
				}
			}
		}
	}
	g.next = 0
	numbers := map[int32]int32{}
	for _, s := range g.graph.slots() {
		r := root(s)
		if _, known := numbers[r]; !known {
			numbers[r] = g.next
			g.next++
		}
		g.labels[s] = numbers[r]
	}
}
