// Package rows keeps what an index knows of its faces besides their templates: IDs, and the collections, hosts, times and places that
// filters ask for, in 36 bytes a face, 8 more where there are places, 4 where times
// have parts of seconds, and 6 to 11 more to find it by its ID. It belongs to engine/match, whose indexes share it, and is a package of its own so that
// both stay small. It compares no template.
package rows

import (
	"hash/maphash"
	"strings"
	"time"

	"golang.org/x/net/idna"

	"gabarit/engine"
	"gabarit/engine/match/kernel"
)

// BlockRows is the number of rows that are kept together, and GroupRows that of rows which a mask of a filter has bits for.
const (
	BlockRows = kernel.BlockRows
	GroupRows = kernel.GroupRows
)

// Row is an entry made ready to be written, without its template.
type Row struct {
	face       engine.FaceID
	collection engine.CollectionID
	hosts      []string
	when       time.Time
	place      point
}

// Table has rows numbered from 0 without gaps. Its methods may be called at the same time as long as none of them changes it;
// Put, Take, Clear, Shrink and the Set methods do.
type Table struct {
	profile *idna.Profile
	seed    maphash.Seed

	n           int
	blocks      []*block
	pieces      kernel.Pieces[packed]
	at          places // of faces; nil: not made yet, see find
	collections names
	hostLists   names
	oddFaces    names // face IDs that no faceKey holds
}

// New gives an empty table.
func New() *Table {
	return &Table{seed: maphash.MakeSeed(), profile: idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false))}
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
			t.blocks = append(t.blocks, &block{packed: t.pieces.Next(len(t.blocks))})
		}
		t.n++
		key := t.keyOf(r.face)
		t.blocks[i/BlockRows].faces[i%BlockRows] = key
		t.enter(i)
	}
	t.blocks[i/BlockRows].setLabel(i%BlockRows, label{collection: t.collections.take(string(r.collection), nil),
		hosts: t.hostLists.take(strings.Join(r.hosts, "\n"), r.hosts), when: momentOf(r.when), place: r.place})
	return i
}

// unlabel drops the names of row i.
func (t *Table) unlabel(i int) {
	b := t.blocks[i/BlockRows]
	t.collections.drop(b.collection[i%BlockRows])
	t.hostLists.drop(b.hosts[i%BlockRows])
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
	t.leave(gap)
	if key.isOdd() {
		t.oddFaces.drop(key.place())
	}
	t.unlabel(gap)
	if gap != last {
		t.at[t.placeOf(last)] = uint32(gap) + 1
		to.faces[gap%BlockRows] = from.faces[last%BlockRows]
		to.setLabel(gap%BlockRows, from.label(last%BlockRows))
	}
	from.wipe(last % BlockRows)
	t.n--
	return gap, last, true
}

// Clear takes every row out and overwrites what was there with zeros.
func (t *Table) Clear() {
	for _, b := range t.blocks {
		for r := range BlockRows {
			b.wipe(r)
		}
	}
	*t = Table{profile: t.profile, seed: t.seed}
}

// Shrink gives back blocks from a number on, none of which has a row.
func (t *Table) Shrink(blocks int) {
	if len(t.blocks) > blocks {
		clear(t.blocks[blocks:])
		t.blocks = t.blocks[:blocks]
	}
	if len(t.at) > 8*(t.n+leastPlaces) {
		t.at = nil
	}
}
