package rows

import (
	"math"
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

// packed is what is kept of each row of a block.
type packed struct {
	faces      [BlockRows]faceKey
	collection [BlockRows]uint32 // number in Table.collections
	hosts      [BlockRows]uint32 // number in Table.hostLists
	second     [BlockRows]int64
}

// block is what is kept of so many rows. Parts of seconds, and places, are there once a row has one.
type block struct {
	*packed
	nano   *[BlockRows]int32
	points *[BlockRows]point
}

// label is what filters ask of a row.
type label struct {
	collection, hosts uint32
	when              moment
	place             point
}

// label gives that of row r.
func (b *block) label(r int) label {
	return label{b.collection[r], b.hosts[r], b.when(r), b.place(r)}
}

func (b *block) when(r int) moment {
	m := moment{second: b.second[r]}
	if b.nano != nil {
		m.nano = b.nano[r]
	}
	return m
}

func (b *block) place(r int) point {
	if b.points == nil {
		return nowhere()
	}
	return b.points[r]
}

// setLabel writes that of row r.
func (b *block) setLabel(r int, l label) {
	b.collection[r], b.hosts[r], b.second[r] = l.collection, l.hosts, l.when.second
	if b.nano == nil && l.when.nano != 0 {
		b.nano = new([BlockRows]int32)
	}
	if b.nano != nil {
		b.nano[r] = l.when.nano
	}
	if b.points == nil && l.place.is() {
		b.points = new([BlockRows]point)
		for i := range b.points {
			b.points[i] = nowhere()
		}
	}
	if b.points != nil {
		b.points[r] = l.place
	}
}

// wipe overwrites row r.
func (b *block) wipe(r int) {
	b.faces[r] = faceKey{}
	b.setLabel(r, label{place: nowhere()})
}

// holds reports whether some row has the name.
func (n *names) holds(i uint32) bool { return int(i) < len(n.held) && n.held[i].rows > 0 }

// point is a place in float32, which is right to a metre or so; NaN where there is none. Every index asks this form.
type point struct{ lat, lon float32 }

func nowhere() point { return point{float32(math.NaN()), 0} }

// is reports whether there is a place.
func (p point) is() bool { return p.lat == p.lat }

func pointOf(p *engine.Place) point {
	if p == nil {
		return nowhere()
	}
	return point{float32(p.Lat), float32(p.Lon)}
}

func (p point) in(a *engine.Area) bool {
	return a.Holds(engine.Place{Lat: float64(p.lat), Lon: float64(p.lon)})
}

// hosts gives the comparable forms of host names.
func (t *Table) hosts(names []string) []string {
	if len(names) == 0 {
		return nil
	}
	out := make([]string, 0, len(names))
	for _, n := range names {
		if h := t.host(n); h != "" {
			out = append(out, h)
		}
	}
	return out
}

// host gives one comparable form of a host name: lower case, internationalised names in their ASCII form, no final dot.
func (t *Table) host(name string) string {
	name = strings.TrimSuffix(strings.ToLower(strings.TrimSpace(name)), ".")
	if ascii, err := t.profile.ToASCII(name); err == nil && ascii != "" {
		return ascii
	}
	return name
}
