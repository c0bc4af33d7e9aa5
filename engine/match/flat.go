package match

import (
	"context"
	"errors"
	"math"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/idna"

	"gabarit/engine"
)

// blockRows is the number of templates that are allocated together (2 MiB): the index grows by whole blocks, so that no
// growth leaves a copy of the templates behind in memory that nobody zeroes.
const blockRows = 4096

// checkRows is how many rows are looked at between two looks at the context (about a quarter of a millisecond).
const checkRows = 4096

// row is what filters ask of one face.
type row struct {
	face       engine.FaceID
	collection engine.CollectionID
	hosts      []string
	when       time.Time
	place      point
}

// point is a place in float32, which is right to a metre or so; NaN where there is none. Every index asks this form.
type point struct{ lat, lon float32 }

func pointOf(p *engine.Place) point {
	if p == nil {
		return point{float32(math.NaN()), 0}
	}
	return point{float32(p.Lat), float32(p.Lon)}
}

func (p point) in(a *engine.Area) bool {
	return a.Holds(engine.Place{Lat: float64(p.lat), Lon: float64(p.lon)})
}

// Flat is an exact index: every search compares the probe with every face the filter lets through. It needs
// 512 bytes a face and answers 100,000 faces in a few milliseconds.
//
// Results are those of an exhaustive comparison with Distance, without exception: a float32 pass only drops
// what a proven error bound (see ceiling) rules out, the rest is compared in float64.
//
// Safe for concurrent use. A search holds a read lock from start to end and so sees all of an Add or
// Remove or nothing of it; these wait for running searches.
type Flat struct {
	names *idna.Profile

	mu     sync.RWMutex
	blocks []*[blockRows]engine.Template
	pieces pieces[[blockRows]engine.Template]
	rows   []row
	at     map[engine.FaceID]int
}

var _ engine.Index = (*Flat)(nil)

// NewFlat gives an empty index.
func NewFlat() *Flat {
	return &Flat{
		names: idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false)),
		at:    make(map[engine.FaceID]int),
	}
}

// Len is the number of faces held.
func (f *Flat) Len() int {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return len(f.rows)
}

// Add puts entries into the index; one with a known face ID replaces what was held of that face. All are
// checked first: with a CodeInvalid error (no face ID, or a template with NaN or infinity) none is added.
func (f *Flat) Add(entries ...engine.IndexEntry) error {
	rows, err := f.prepare("match.Flat.Add", entries)
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range entries {
		f.put(rows[i], &entries[i].Template)
	}
	return nil
}

// prepare checks entries and gives their rows.
func (f *Flat) prepare(op string, entries []engine.IndexEntry) ([]row, error) {
	rows := make([]row, len(entries))
	for i := range entries {
		e := &entries[i]
		if e.Face == "" {
			return nil, engine.E(engine.CodeInvalid, op, "a face without an ID can't be indexed", nil)
		}
		if !finite(&e.Template) {
			return nil, engine.E(engine.CodeInvalid, op, "a face template holds values that are not numbers", errors.New(string(e.Face)))
		}
		rows[i] = row{face: e.Face, collection: e.Collection, hosts: f.hosts(e.Hosts), when: e.When, place: pointOf(e.Place)}
	}
	return rows, nil
}

// put writes one row and gives its number. The lock is held.
func (f *Flat) put(r row, t *engine.Template) int {
	i, known := f.at[r.face]
	if !known {
		i = len(f.rows)
		if i == len(f.blocks)*blockRows {
			f.blocks = append(f.blocks, f.pieces.next(len(f.blocks)))
		}
		f.rows = append(f.rows, row{})
		f.at[r.face] = i
	}
	f.rows[i] = r
	*f.template(i) = *t
	return i
}

// template gives the place of row i. The lock is held.
func (f *Flat) template(i int) *engine.Template {
	return &f.blocks[i/blockRows][i%blockRows]
}

// Remove takes faces out; unknown ones are ignored. The last row moves into the gap and its old place is
// overwritten with zeros, so nothing of a removed template stays in the index's memory.
func (f *Flat) Remove(faces ...engine.FaceID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, id := range faces {
		f.take(id)
	}
	f.shrink()
}

// take removes one row; gap is the place it leaves, which the row at last fills. The lock is held.
func (f *Flat) take(id engine.FaceID) (gap, last int, known bool) {
	gap, known = f.at[id]
	if !known {
		return 0, 0, false
	}
	last = len(f.rows) - 1
	*f.template(gap) = *f.template(last)
	f.rows[gap] = f.rows[last]
	f.at[f.rows[gap].face] = gap
	*f.template(last) = engine.Template{}
	f.rows[last] = row{}
	f.rows = f.rows[:last]
	delete(f.at, id)
	return gap, last, true
}

// Clear takes every face out and overwrites the templates with zeros.
func (f *Flat) Clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.clear()
}

// clear does what Clear says. The lock is held.
func (f *Flat) clear() {
	for _, b := range f.blocks {
		clear(b[:])
	}
	clear(f.rows)
	f.blocks, f.rows, f.at = nil, nil, map[engine.FaceID]int{}
	f.pieces.spare = nil
}

// shrink gives back blocks without a row, all but one: an index that wavers at a block's edge would
// otherwise allocate again and again. The lock is held.
func (f *Flat) shrink() {
	need := (len(f.rows)+blockRows-1)/blockRows + 1
	if len(f.blocks) > need {
		clear(f.blocks[need:])
		f.blocks = f.blocks[:need]
	}
}

// Search returns the neighbours of q.Template, nearest first, those at the same distance by face ID, and how many faces
// the filter let through. q.K <= 0 and q.Within <= 0 set no bound; without both, every face that
// passes is returned. Errors: CodeInvalid for a probe or bound that is not a number, CodeCanceled.
func (f *Flat) Search(ctx context.Context, q engine.Query) ([]engine.Neighbour, int, error) {
	const op = "match.Flat.Search"
	if err := checkQuery(op, &q); err != nil {
		return nil, 0, err
	}
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.search(ctx, op, &q)
}

// checkQuery refuses what can't be compared.
func checkQuery(op string, q *engine.Query) error {
	if !finite(&q.Template) {
		return engine.E(engine.CodeInvalid, op, "a face template holds values that are not numbers", nil)
	}
	if math.IsNaN(q.Within) {
		return engine.E(engine.CodeInvalid, op, "the distance bound is not a number", nil)
	}
	if q.Filter.Area != nil {
		return q.Filter.Area.Check()
	}
	return nil
}

// search compares every row that passes. The lock is held.
func (f *Flat) search(ctx context.Context, op string, q *engine.Query) ([]engine.Neighbour, int, error) {
	pass := f.sieve(q.Filter)
	near := newNearest(q.K, q.Within)
	searched := 0
	for start := 0; start < len(f.rows); start += checkRows {
		if err := ctx.Err(); err != nil {
			return nil, 0, engine.E(engine.CodeCanceled, op, "the search was stopped", err)
		}
		end := min(start+checkRows, len(f.rows))
		searched += f.scan(&q.Template, start, end, pass, near)
	}
	return near.sorted(), searched, nil
}

// scan offers rows from start to end to near and counts those that passed. The lock is held.
func (f *Flat) scan(probe *engine.Template, start, end int, pass *sieve, near *nearest) int {
	searched := 0
	for i := start; i < end; i++ {
		if pass != nil && !pass.lets(&f.rows[i]) {
			continue
		}
		searched++
		t := f.template(i)
		if preselect(probe, t) <= near.ceiling {
			near.offer(f.rows[i].face, Distance(probe, t))
		}
	}
	return searched
}

// hosts gives the comparable forms of host names.
func (f *Flat) hosts(names []string) []string {
	if len(names) == 0 {
		return nil
	}
	out := make([]string, 0, len(names))
	for _, n := range names {
		if h := f.host(n); h != "" {
			out = append(out, h)
		}
	}
	return out
}

// host gives one comparable form of a host name: lower case, internationalised names in their ASCII form, no final dot.
func (f *Flat) host(name string) string {
	name = strings.TrimSuffix(strings.ToLower(strings.TrimSpace(name)), ".")
	if ascii, err := f.names.ToASCII(name); err == nil && ascii != "" {
		return ascii
	}
	return name
}
