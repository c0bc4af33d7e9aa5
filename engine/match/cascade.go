package match

import (
	"context"
	"sync"

	"gabarit/engine"
	"gabarit/engine/match/codes"
	"gabarit/engine/match/kernel"
)

// fitRows is the number of faces from which codes are kept. Below it a search compares all faces in no time.
const fitRows = 4096

// Cascade is an exact index, several times as fast as comparing every face, for 112 bytes a face more than Flat.
//
// It gives the answers of Flat, to the last bit: see the package comment. Of each face it keeps, besides the template, short codes, which bound its
// distance from below; most faces are ruled out by their 32 bytes of cells. Until it holds fitRows faces it is a Flat.
//
// Safe for concurrent use, as Flat is. An Add that makes the index several times as large as when its codes were fitted
// fits them anew, which takes some seconds a million faces.
type Cascade struct {
	least   int // faces from which codes are kept
	threads int // that one search may use, each for
	worth   int // so many blocks of codes, times queries, at least
	flat    *Flat
	idle    sync.Pool // of *seeker, whose buffers are used again

	tiers // guarded by flat.mu, as the templates and rows of flat are
}

// tiers is what a Cascade keeps besides templates, while it holds enough faces.
type tiers struct {
	basis       *codes.Basis // nil: no codes
	fitted      int          // faces when basis was fitted
	odd         int          // faces outside what codes can say
	head, whole float64      // the largest of the coded faces, see codes.Code
	blocks      []*kernel.Block
	pieces      kernel.Pieces[kernel.Block]
}

var _ engine.Index = (*Cascade)(nil)

// NewCascade gives an empty index. One search uses up to threads goroutines at a time, the caller's own among them, where the index is
// large enough for that; 1 or less: none but the caller's. Answers don't depend on it.
func NewCascade(threads int) *Cascade { return newCascade(fitRows, threads, threadBlocks) }

func newCascade(least, threads, worth int) *Cascade {
	return &Cascade{least: least, threads: threads, worth: worth, flat: NewFlat()}
}

// Len is the number of faces held.
func (c *Cascade) Len() int { return c.flat.Len() }

// Add puts entries into the index; one with a known face ID replaces what was held of that face. All are
// checked first: with a CodeInvalid error (no face ID, or a template with NaN or infinity) none is added.
func (c *Cascade) Add(entries ...engine.IndexEntry) error {
	prepared, err := c.flat.prepare("match.Cascade.Add", entries)
	if err != nil {
		return err
	}
	if err := c.lockLoaded(); err != nil {
		return err
	}
	defer c.flat.mu.Unlock()
	if err := c.flat.holdFor(entries); err != nil {
		return err
	}
	written := make([]int, len(entries))
	for i := range entries {
		written[i] = c.flat.put(prepared[i], &entries[i].Template)
	}
	if c.basis != nil {
		for _, i := range written {
			c.grow(i)
		}
	}
	// Codes that don't fit well make searches slower, not wrong: where templates can't be read, they stay for now.
	if c.outgrown() && c.flat.holdAll() == nil {
		c.refit()
	} else if c.basis != nil {
		for _, i := range written {
			c.encode(i)
		}
	}
	return nil
}

// Remove takes faces out; unknown ones are ignored. The last row moves into the gap and its old place is overwritten
// with zeros, in the templates and in the codes. Where what was opened can't be read, all faces are taken out: see Load.
func (c *Cascade) Remove(faces ...engine.FaceID) {
	if err := c.lockLoaded(); err != nil {
		c.fail(err)
		return
	}
	defer c.flat.mu.Unlock()
	for _, id := range faces {
		if err := c.holdToTake(id); err != nil {
			c.empty(err)
			return
		}
		gap, last, known := c.flat.take(id)
		if !known || c.basis == nil {
			continue
		}
		if gap != last {
			c.encode(gap)
		}
		c.wipe(last)
	}
	c.flat.shrink()
	c.shrink()
}

// Clear takes every face out and overwrites templates and codes with zeros.
func (c *Cascade) Clear() {
	c.flat.mu.Lock()
	defer c.flat.mu.Unlock()
	c.flat.clear()
	c.forget()
}

// fail empties an index of which nothing can be said any more, until Clear is called.
func (c *Cascade) fail(err error) {
	c.flat.mu.Lock()
	defer c.flat.mu.Unlock()
	c.empty(err)
}

// empty is fail; the lock is held.
func (c *Cascade) empty(err error) {
	c.flat.clear()
	c.forget()
	c.flat.failed = err
}

// Search answers as Flat.Search does.
func (c *Cascade) Search(ctx context.Context, q engine.Query) ([]engine.Neighbour, int, error) {
	a, err := c.searchAll(ctx, "match.Cascade.Search", []engine.Query{q})
	if err != nil {
		return nil, 0, err
	}
	return a[0].Neighbours, a[0].Searched, nil
}

// SearchAll answers as Flat.SearchAll does. The codes of a block are read once for up to groupProbes queries, so that many queries about
// a large index cost less than as many searches.
func (c *Cascade) SearchAll(ctx context.Context, queries []engine.Query) ([]engine.Answer, error) {
	return c.searchAll(ctx, "match.Cascade.SearchAll", queries)
}

func (c *Cascade) searchAll(ctx context.Context, op string, queries []engine.Query) ([]engine.Answer, error) {
	if err := checkQueries(op, queries); err != nil {
		return nil, err
	}
	c.flat.mu.RLock()
	defer c.flat.mu.RUnlock()
	out := make([]engine.Answer, len(queries))
	for start := 0; start < len(queries); start += groupProbes {
		end := min(start+groupProbes, len(queries))
		if err := c.searchGroup(ctx, op, queries[start:end], out[start:end]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// searchGroup answers queries together. The lock is held.
func (c *Cascade) searchGroup(ctx context.Context, op string, queries []engine.Query, out []engine.Answer) error {
	var descents []*descent
	var of []int // the query of each descent
	for i := range queries {
		if c.basis != nil {
			if d := c.descent(&queries[i]); d != nil {
				descents, of = append(descents, d), append(of, i)
				continue
			}
		}
		var err error
		if out[i], err = c.flat.search(ctx, op, &queries[i]); err != nil {
			return err
		}
	}
	if len(descents) == 0 {
		return nil
	}
	answers, err := c.descend(ctx, descents)
	if engine.CodeOf(err) == engine.CodeCorrupt || engine.CodeOf(err) == engine.CodeUnavailable {
		return err
	}
	if err != nil {
		return engine.E(engine.CodeCanceled, op, "the search was stopped", err)
	}
	for k, i := range of {
		out[i] = answers[k]
	}
	return nil
}
