package auditlog

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"

	"gabarit/engine"
)

// order follows the sequence numbers.
type order struct {
	next uint64 // after the greatest number so far
	gaps []gap
}

// gap is a range of numbers that were passed over and may come later.
type gap struct {
	span
	place  uint64 // first number of the range it was split from
	filled bool   // something of that range came
}

// add takes the next entry's number; false if it was there before.
func (o *order) add(seq uint64) bool {
	switch {
	case seq == o.next:
		o.next++
		return true
	case seq > o.next:
		if len(o.gaps) < maxProblems {
			o.gaps = append(o.gaps, gap{span: span{o.next, seq - 1}, place: o.next})
		}
		o.next = seq + 1
		return true
	}
	i := slices.IndexFunc(o.gaps, func(g gap) bool { return g.first <= seq && seq <= g.last })
	if i < 0 {
		return false
	}
	g := o.gaps[i]
	g.filled = true
	if o.gaps[i] = g; len(o.gaps) >= maxProblems {
		return true
	}
	before, after := g, g
	before.last, after.first = seq-1, seq+1
	o.gaps = slices.Replace(o.gaps, i, i+1, before, after) // either may be empty from now on
	return true
}

func (o *order) finish(problem func(uint64, engine.AuditDamage, string)) {
	for _, g := range o.gaps {
		if g.filled {
			problem(g.place, engine.AuditReordered, "an entry stands further on")
		}
		if g.first <= g.last {
			problem(g.first, engine.AuditMissing, fmt.Sprintf("entries %d to %d", g.first, g.last))
		}
	}
}

// chain follows the hashes by which each entry names the one before it.
type chain struct {
	seq    uint64 // of the entry before; 0: none
	leaf   []byte
	hash   string // hex, as it is named
	open   bool   // nothing can be said of the next link
	linked bool   // an entry named its predecessor: all must from then on
	shift  int64  // what must be added to the numbers to get those the entries had at first
	broken []link
	budget int // bytes that may still be hashed to find shifts
}

// link is one that does not hold: entry at does not name the hash of the entry before it.
type link struct {
	at     uint64 // number in the log as it is
	place  uint64 // number the entry had at first
	entry  uint64 // the altered one, unless what says otherwise
	named  string
	before string // hash of the entry before
	what   engine.AuditDamage
	detail string
}

// Bounds of the search for entries that were dropped with all later ones renumbered.
const (
	maxShift    = 1024
	shiftBudget = 32 << 20
)

func newChain() chain { return chain{budget: shiftBudget} }

// original gives the number that an entry had before entries were dropped.
func (c *chain) original(seq uint64) uint64 { return uint64(int64(seq) + c.shift) }

// skip passes over an entry that can't be read.
func (c *chain) skip(seq uint64) { c.seq, c.open = seq, true }

func (c *chain) add(e engine.AuditEntry, leaf []byte) {
	if e.Seq == c.seq+1 && !c.open {
		c.follow(e)
	}
	c.linked = c.linked || e.Prev != ""
	h := LeafHash(leaf)
	c.seq, c.hash, c.open = e.Seq, hex.EncodeToString(h[:]), false
	c.leaf = append(c.leaf[:0], leaf...)
}

// follow checks the link from e to the entry before it.
func (c *chain) follow(e engine.AuditEntry) {
	before := c.hash
	if c.shift != 0 {
		before = c.hashAt(c.shift)
	}
	if e.Prev == "" && !c.linked || e.Prev != "" && e.Prev == before {
		return
	}
	if last := len(c.broken) - 1; last >= 0 && c.broken[last].at == c.seq && e.Prev != "" {
		if shift, ok := c.findShift(e.Prev); ok { // the entry before is as it was, but for its number
			c.dropped(&c.broken[last], shift-c.shift)
			c.shift = shift
			return
		}
	}
	if len(c.broken) < maxProblems {
		place := c.original(e.Seq)
		l := link{at: e.Seq, place: place, entry: max(place, 2) - 1, named: e.Prev, before: c.hash, what: engine.AuditAltered,
			detail: fmt.Sprintf("entry %d names another hash", place)}
		if e.Prev == "" {
			l.entry, l.detail = place, "names no entry before it"
		}
		c.broken = append(c.broken, l)
	}
}

// dropped explains the link before a run of entries whose numbers all differ by n from what they were.
func (c *chain) dropped(l *link, n int64) {
	if n > 0 {
		l.what, l.detail = engine.AuditMissing, fmt.Sprintf("%d dropped, those after renumbered", n)
		return
	}
	l.detail = fmt.Sprintf("%d put in, those after renumbered", -n)
}

// hashAt gives the hash that the entry before had if its number was greater by shift.
func (c *chain) hashAt(shift int64) string {
	const head = `{"seq":`
	rest, ok := bytes.CutPrefix(c.leaf, []byte(head))
	n := bytes.IndexByte(rest, ',')
	if !ok || n < 0 || int64(c.seq)+shift < 1 {
		return ""
	}
	leaf := strconv.AppendInt([]byte(head), int64(c.seq)+shift, 10)
	h := LeafHash(append(leaf, rest[n:]...))
	return hex.EncodeToString(h[:])
}

// findShift looks for the number under which the entry before has the hash named.
func (c *chain) findShift(named string) (int64, bool) {
	for n := int64(1); n <= maxShift && c.budget > 0; n++ {
		c.budget -= 2*len(c.leaf) + 256
		for _, shift := range []int64{c.shift + n, c.shift - n} {
			if c.hashAt(shift) == named {
				return shift, true
			}
		}
	}
	return 0, false
}

// finish tells what the broken links mean. An entry further on that names the entry before a broken link stood at that
// link: the two places account for each other.
func (c *chain) finish(problem func(uint64, engine.AuditDamage, string)) {
	explained := map[uint64]bool{}
	for j, later := range c.broken {
		for i, l := range c.broken[:j] {
			if later.named != "" && later.named == l.before {
				c.broken[i].what, c.broken[i].detail = engine.AuditReordered, fmt.Sprintf("it stands at %d", later.at)
				explained[l.at+1], explained[later.at], explained[later.at+1] = true, true, true
				break
			}
		}
	}
	for _, l := range c.broken {
		switch {
		case l.what == engine.AuditAltered && explained[l.at]:
		case l.what == engine.AuditAltered:
			problem(l.entry, l.what, l.detail)
		default:
			problem(l.place, l.what, l.detail)
		}
	}
}
