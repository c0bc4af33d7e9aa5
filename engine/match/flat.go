package match

import (
	"context"
	"errors"
	"math"
	"sync"

	"gabarit/engine"
	"gabarit/engine/match/kernel"
	"gabarit/engine/match/rows"
)

// blockRows is the number of templates that are allocated together (2 MiB): the index grows by whole blocks, so that no
// growth leaves a copy of the templates behind in memory that nobody zeroes.
const blockRows = rows.BlockRows

// Flat is an exact index: every search compares the probe with every face the filter lets through. It needs
// some 560 bytes a face, of which 512 are the template, and answers 100,000 faces in a few milliseconds.
//
// Results are those of an exhaustive comparison with Distance, without exception: a float32 pass only drops
// what a proven error bound (see ceiling) rules out, the rest is compared in float64.
//
// Safe for concurrent use. A search holds a read lock from start to end and so sees all of an Add or
// Remove or nothing of it; these wait for running searches.
type Flat struct {
	mu     sync.RWMutex
	n      int         // rows
	rows   *rows.Table // what is known of them besides templates
	blocks []*kernel.Templates
	pieces kernel.Pieces[kernel.Templates]
	dirty  []bool  // blocks that differ from what is saved
	opened *opened // what is not read yet; nil: all is there
	room   int64   // see Cascade.Room
	onDisk bool    // templates are left there
	failed error   // faces could not be taken out, see Cascade.fail
}

var _ engine.Index = (*Flat)(nil)

// NewFlat gives an empty index.
func NewFlat() *Flat {
	return &Flat{rows: rows.New()}
}

// Len is the number of faces held.
func (f *Flat) Len() int {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.n
}

// Add puts entries into the index; one with a known face ID replaces what was held of that face. All are
// checked first: with a CodeInvalid error (no face ID, or a template with NaN or infinity) none is added.
func (f *Flat) Add(entries ...engine.IndexEntry) error {
	prepared, err := f.prepare("match.Flat.Add", entries)
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range entries {
		f.put(prepared[i], &entries[i].Template)
	}
	return nil
}

// prepare checks entries and gives their rows.
func (f *Flat) prepare(op string, entries []engine.IndexEntry) ([]rows.Row, error) {
	prepared := make([]rows.Row, len(entries))
	for i := range entries {
		e := &entries[i]
		if e.Face == "" {
			return nil, engine.E(engine.CodeInvalid, op, "a face without an ID can't be indexed", nil)
		}
		if !e.Template.Finite() {
			return nil, engine.E(engine.CodeInvalid, op, "a face template holds values that are not numbers", errors.New(string(e.Face)))
		}
		prepared[i] = f.rows.Prepare(e)
	}
	return prepared, nil
}

// put writes one row and gives its number. The lock is held.
func (f *Flat) put(r rows.Row, t *engine.Template) int {
	i := f.rows.Put(r)
	if i == len(f.blocks)*blockRows {
		f.blocks = append(f.blocks, f.pieces.Next(len(f.blocks)))
		if f.opened != nil {
			f.opened.follow(len(f.blocks))
		}
	}
	f.n = f.rows.Len()
	*f.template(i) = *t
	f.touch(i)
	return i
}

// touch notes that the block of row i is not as it was saved. The lock is held.
func (f *Flat) touch(i int) {
	for len(f.dirty) <= i/blockRows {
		f.dirty = append(f.dirty, true)
	}
	f.dirty[i/blockRows] = true
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
	if gap, last, known = f.rows.Take(id); !known {
		return 0, 0, false
	}
	if gap != last {
		*f.template(gap) = *f.template(last)
	}
	*f.template(last) = engine.Template{}
	f.n = f.rows.Len()
	f.touch(gap)
	f.touch(last)
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
	for i, b := range f.blocks {
		if f.opened == nil || f.opened.blocks[i].holds(partTemplates) { // else it is zero, and there may be no memory behind it
			clear(b[:])
		}
	}
	f.rows.Clear()
	f.n, f.blocks, f.dirty, f.opened, f.onDisk, f.failed = 0, nil, nil, nil, false, nil
	f.pieces.Drop()
}

// shrink gives back blocks without a row, all but one: an index that wavers at a block's edge would
// otherwise allocate again and again. The lock is held.
func (f *Flat) shrink() {
	need := (f.n+blockRows-1)/blockRows + 1
	if len(f.blocks) > need {
		clear(f.blocks[need:])
		f.blocks = f.blocks[:need]
		if f.opened != nil {
			f.opened.follow(need)
		}
	}
	f.rows.Shrink(need)
}

// Search returns the neighbours of q.Template, nearest first, those at the same distance by face ID, and how many faces
// the filter let through. q.K <= 0 and q.Within <= 0 set no bound; without both, every face that
// passes is returned. Errors: CodeInvalid for a probe or bound that is not a number, CodeCanceled.
func (f *Flat) Search(ctx context.Context, q engine.Query) ([]engine.Neighbour, int, error) {
	a, err := f.searchAll(ctx, "match.Flat.Search", []engine.Query{q})
	if err != nil {
		return nil, 0, err
	}
	return a[0].Neighbours, a[0].Searched, nil
}

// SearchAll answers several queries, one after the other. Errors are those of Search.
func (f *Flat) SearchAll(ctx context.Context, queries []engine.Query) ([]engine.Answer, error) {
	return f.searchAll(ctx, "match.Flat.SearchAll", queries)
}

func (f *Flat) searchAll(ctx context.Context, op string, queries []engine.Query) ([]engine.Answer, error) {
	if err := checkQueries(op, queries); err != nil {
		return nil, err
	}
	f.mu.RLock()
	defer f.mu.RUnlock()
	out := make([]engine.Answer, len(queries))
	for i := range queries {
		var err error
		if out[i], err = f.search(ctx, op, &queries[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// checkQueries refuses what can't be compared.
func checkQueries(op string, queries []engine.Query) error {
	for i := range queries {
		q := &queries[i]
		if !q.Template.Finite() {
			return engine.E(engine.CodeInvalid, op, "a face template holds values that are not numbers", nil)
		}
		if math.IsNaN(q.Within) || math.IsNaN(q.Count) {
			return engine.E(engine.CodeInvalid, op, "the distance bound is not a number", nil)
		}
		if q.Filter.Area != nil {
			if err := q.Filter.Area.Check(); err != nil {
				return err
			}
		}
	}
	return nil
}

// search compares every row that passes. The lock is held.
func (f *Flat) search(ctx context.Context, op string, q *engine.Query) (out engine.Answer, err error) {
	if f.failed != nil {
		return engine.Answer{}, f.failed
	}
	pass := f.rows.Filter(q.Filter)
	near := newNearest(f.rows, q.K, q.Within)
	copies := f.copies()
	defer forget(copies)
	for start := 0; start < f.n; start += blockRows {
		if err := ctx.Err(); err != nil {
			return engine.Answer{}, engine.E(engine.CodeCanceled, op, "the search was stopped", err)
		}
		if err := f.needAll(start/blockRows, partLabels, partFaces); err != nil {
			return engine.Answer{}, err
		}
		templates, err := f.templatesOf(start/blockRows, copies)
		if err != nil {
			return engine.Answer{}, err
		}
		out.Searched += f.scan(&q.Template, templates, start, min(blockRows, f.n-start), pass, near)
	}
	out.Neighbours = near.sorted()
	if q.Count > 0 {
		if out.Distances, err = f.distances(ctx, op, &q.Template); err != nil {
			return engine.Answer{}, err
		}
		out.Distances.Keep(countedBins(q, out.Neighbours))
	}
	return out, nil
}

// countedBins is the number of bins that an answer counts.
func countedBins(q *engine.Query, found []engine.Neighbour) int {
	reach := q.Count
	if n := len(found); n > 0 {
		reach = max(reach, found[n-1].Distance)
	}
	return engine.BinsFor(reach)
}

// scan offers n rows of the block that begins at start to near and counts those that passed. The lock is held.
func (f *Flat) scan(probe *engine.Template, templates *kernel.Templates, start, n int, pass *rows.Filter, near *nearest) int {
	searched := 0
	top, rows := ceiling(near.bound()), uint32(math.MaxUint32)
	for i := range n {
		if pass != nil {
			if i%kernel.GroupRows == 0 {
				rows = pass.Narrow(start/blockRows, i/kernel.GroupRows, math.MaxUint32)
			}
			if rows>>(i%kernel.GroupRows)&1 == 0 {
				continue
			}
		}
		searched++
		t := &templates[i]
		if kernel.Estimate(probe, t) > top {
			continue
		}
		if d := Distance(probe, t); d <= near.bound() {
			near.offer(answer{distance: d, row: int32(start + i)})
			top = ceiling(near.bound())
		}
	}
	return searched
}
