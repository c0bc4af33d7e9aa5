package match

import (
	"math/bits"
	"strings"
	"time"

	"gabarit/engine"
)

// names gives small numbers to the collections and the lists of hosts that rows share, and forgets those that no row has
// any more.
type names struct {
	numbers map[string]uint32
	held    []name
	free    []uint32
}

type name struct {
	text  string
	hosts []string // of a list of hosts; the rows share it
	rows  int
}

// take gives the number of a text that one more row has.
func (n *names) take(text string, hosts []string) uint32 {
	i, known := n.numbers[text]
	if !known {
		if n.numbers == nil {
			n.numbers = map[string]uint32{}
		}
		if last := len(n.free) - 1; last >= 0 {
			i, n.free = n.free[last], n.free[:last]
		} else {
			i, n.held = uint32(len(n.held)), append(n.held, name{})
		}
		n.numbers[text] = i
		n.held[i] = name{text: text, hosts: hosts}
	}
	n.held[i].rows++
	return i
}

// drop tells that one row less has the text.
func (n *names) drop(i uint32) {
	n.held[i].rows--
	if n.held[i].rows == 0 {
		delete(n.numbers, n.held[i].text)
		n.held[i] = name{}
		n.free = append(n.free, i)
	}
}

// which tells of each number whether its name passes.
func (n *names) which(pass func(*name) bool) []bool {
	out := make([]bool, len(n.held))
	for i := range n.held {
		out[i] = n.held[i].rows > 0 && pass(&n.held[i])
	}
	return out
}

// moment is a time.Time that can be compared fast.
type moment struct {
	second int64
	nano   int32
}

func momentOf(t time.Time) moment { return moment{second: t.Unix(), nano: int32(t.Nanosecond())} }

func (m moment) before(o moment) bool {
	return m.second < o.second || m.second == o.second && m.nano < o.nano
}

// rowLabels is what filters ask of the rows of a block.
type rowLabels struct {
	collection [blockRows]uint32 // number in Flat.collections
	hosts      [blockRows]uint32 // number in Flat.hostLists
	when       [blockRows]moment
	place      [blockRows]point
}

// move gives row r the labels that row o of another block had.
func (l *rowLabels) move(r int, from *rowLabels, o int) {
	l.collection[r], l.hosts[r], l.when[r], l.place[r] = from.collection[o], from.hosts[o], from.when[o], from.place[o]
}

// label gives row i its labels. The lock is held.
func (f *Flat) label(i int, r *row) {
	l, at := &f.about[i/blockRows].labels, i%blockRows
	l.collection[at] = f.collections.take(string(r.collection), nil)
	l.hosts[at] = f.hostLists.take(strings.Join(r.hosts, "\n"), r.hosts)
	l.when[at], l.place[at] = momentOf(r.when), r.place
}

// unlabel drops the names of row i. The lock is held.
func (f *Flat) unlabel(i int) {
	l := &f.about[i/blockRows].labels
	f.collections.drop(l.collection[i%blockRows])
	f.hostLists.drop(l.hosts[i%blockRows])
}

// labelFilter is a sieve in the numbers of labels; a nil part lets everything through.
type labelFilter struct {
	collections, hosts []bool
	dated              bool
	since, until       moment
	open               bool // no until
	area               *engine.Area
}

// labelFilter prepares a filter; nil lets everything through. The lock is held.
func (f *Flat) labelFilter(filter engine.Filter) *labelFilter {
	s := f.sieve(filter)
	if s == nil {
		return nil
	}
	pass := &labelFilter{dated: !s.since.IsZero() || !s.until.IsZero(), open: s.until.IsZero(), area: s.area}
	pass.since, pass.until = momentOf(s.since), momentOf(s.until)
	if s.collections != nil {
		pass.collections = f.collections.which(func(n *name) bool { return s.collections[engine.CollectionID(n.text)] })
	}
	if s.host != "" {
		pass.hosts = f.hostLists.which(func(n *name) bool { return s.letsHost(n.hosts) })
	}
	return pass
}

// narrow takes out of a group's mask the rows that don't pass.
func (f *labelFilter) narrow(l *rowLabels, group int, word uint32) uint32 {
	if word == 0 {
		return 0
	}
	at := group * groupRows
	if f.collections != nil {
		word &= passing(f.collections, l.collection[at:at+groupRows])
	}
	if f.hosts != nil {
		word &= passing(f.hosts, l.hosts[at:at+groupRows])
	}
	if f.dated {
		undated := momentOf(time.Time{})
		for r, when := range l.when[at : at+groupRows] {
			if when == undated || when.before(f.since) || !f.open && !when.before(f.until) {
				word &^= 1 << r
			}
		}
	}
	if f.area != nil {
		for w := word; w != 0; w &= w - 1 {
			if r := bits.TrailingZeros32(w); !l.place[at+r].in(f.area) {
				word &^= 1 << r
			}
		}
	}
	return word
}

// passing gives the mask of the numbers that pass.
func passing(pass []bool, numbers []uint32) (word uint32) {
	for r, n := range numbers {
		if pass[n] {
			word |= 1 << r
		}
	}
	return word
}

// holds reports whether some row has the name.
func (n *names) holds(i uint32) bool { return int(i) < len(n.held) && n.held[i].rows > 0 }
