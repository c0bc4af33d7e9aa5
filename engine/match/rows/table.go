// Package rows keeps what an index knows of its faces besides their templates: IDs, and the collections, hosts, times and places that
// filters ask for, in 52 bytes a face. It belongs to engine/match, whose indexes share it, and is a package of its own so that
// both stay small. It compares no template.
package rows

import (
	"strings"
	"time"

	"golang.org/x/net/idna"

	"gabarit/engine"
)

// BlockRows is the number of rows that are kept together, and GroupRows that of rows which a mask of a filter has bits for.
const (
	BlockRows = 4096
	GroupRows = 32
)

// Row is an entry made ready to be written, without its template.
type Row struct {
	face       engine.FaceID
	collection engine.CollectionID
	hosts      []string
	when       time.Time
	place      point
}

// block is what is kept of so many rows.
type block struct {
	faces  [BlockRows]faceKey
	labels labels
}

// Table has rows numbered from 0 without gaps. Its methods may be called at the same time as long as none of them changes it;
// Put, Take, Clear, Shrink and the Set methods do.
type Table struct {
	profile *idna.Profile

	n           int
	blocks      []*block
	at          map[faceKey]uint32 // rows; nil: not made yet, see find
	collections names
	hostLists   names
	oddFaces    names // face IDs that no faceKey holds
}

// New gives an empty table.
func New() *Table {
	return &Table{profile: idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false))}
}

// Len is the number of rows.
func (t *Table) Len() int { return t.n }

// Prepare makes an entry ready for Put. It may be called at any time.
func (t *Table) Prepare(e *engine.IndexEntry) Row {
	return Row{face: e.Face, collection: e.Collection, hosts: t.hosts(e.Hosts), when: e.When, place: pointOf(e.Place)}
}

// Put writes the row of a face, the one it has or a new one behind the last, and gives its number.
func (t *Table) Put(r Row) int {
	i, known := t.find(r.face)
	if known {
		t.unlabel(i)
	} else {
		i = t.n
		if i == len(t.blocks)*BlockRows {
			t.blocks = append(t.blocks, new(block))
		}
		t.n++
		key := t.keyOf(r.face)
		t.blocks[i/BlockRows].faces[i%BlockRows] = key
		t.at[key] = uint32(i)
	}
	l, at := &t.blocks[i/BlockRows].labels, i%BlockRows
	l.collection[at] = t.collections.take(string(r.collection), nil)
	l.hosts[at] = t.hostLists.take(strings.Join(r.hosts, "\n"), r.hosts)
	l.when[at], l.place[at] = momentOf(r.when), r.place
	return i
}

// unlabel drops the names of row i.
func (t *Table) unlabel(i int) {
	l := &t.blocks[i/BlockRows].labels
	t.collections.drop(l.collection[i%BlockRows])
	t.hostLists.drop(l.hosts[i%BlockRows])
}

// Take removes the row of a face; gap is the place it leaves, which the row at last fills. Its old place is overwritten with zeros.
func (t *Table) Take(id engine.FaceID) (gap, last int, known bool) {
	gap, known = t.find(id)
	if !known {
		return 0, 0, false
	}
	last = t.n - 1
	to, from := t.blocks[gap/BlockRows], t.blocks[last/BlockRows]
	key := to.faces[gap%BlockRows]
	delete(t.at, key)
	if key.isOdd() {
		t.oddFaces.drop(key.place())
	}
	t.unlabel(gap)
	if gap != last {
		to.faces[gap%BlockRows] = from.faces[last%BlockRows]
		to.labels.move(gap%BlockRows, &from.labels, last%BlockRows)
		t.at[to.faces[gap%BlockRows]] = uint32(gap)
	}
	from.faces[last%BlockRows] = faceKey{}
	from.labels.move(last%BlockRows, &labels{}, 0)
	t.n--
	return gap, last, true
}

// Clear takes every row out and overwrites what was there with zeros.
func (t *Table) Clear() {
	for _, b := range t.blocks {
		*b = block{}
	}
	*t = Table{profile: t.profile}
}

// Shrink gives back blocks from a number on, none of which has a row.
func (t *Table) Shrink(blocks int) {
	if len(t.blocks) > blocks {
		clear(t.blocks[blocks:])
		t.blocks = t.blocks[:blocks]
	}
}
