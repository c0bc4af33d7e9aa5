package match

import (
	"context"

	"gabarit/engine"
)

// fitRows is the number of faces from which codes are kept. Below it a search compares all faces in no time.
const fitRows = 4096

// Cascade is an exact index, several times as fast as comparing every face, for 160 bytes a face more than Flat.
//
// It gives the answers of Flat, to the last bit: see the package comment. Of each face it keeps, besides the template, short
// codes, which bound its distance from below; most faces are ruled out by their 32 bytes of cells. Until it holds fitRows
// faces it is a Flat.
//
// Safe for concurrent use, as Flat is. An Add that makes the index several times as large as when its codes were fitted
// fits them anew, which takes some seconds a million faces.
type Cascade struct {
	least int // faces from which codes are kept
	flat  *Flat

	tiers // guarded by flat.mu, as the templates and rows of flat are
}

// tiers is what a Cascade keeps besides templates, while it holds enough faces.
type tiers struct {
	basis       *basis  // nil: no codes
	fitted      int     // faces when basis was fitted
	odd         int     // faces outside what codes can say
	head, whole float64 // the largest of the coded faces, see code
	blocks      []*codeBlock
	pieces      pieces[codeBlock]
}

var _ engine.Index = (*Cascade)(nil)

// New gives an empty index of the kind that the application uses.
func New() engine.Index { return NewCascade() }

// NewCascade gives an empty index.
func NewCascade() *Cascade { return newCascade(fitRows) }

func newCascade(least int) *Cascade { return &Cascade{least: least, flat: NewFlat()} }

// Len is the number of faces held.
func (c *Cascade) Len() int { return c.flat.Len() }

// Add puts entries into the index; one with a known face ID replaces what was held of that face. All are
// checked first: with a CodeInvalid error (no face ID, or a template with NaN or infinity) none is added.
func (c *Cascade) Add(entries ...engine.IndexEntry) error {
	rows, err := c.flat.prepare("match.Cascade.Add", entries)
	if err != nil {
		return err
	}
	if err := c.lockLoaded(); err != nil {
		return err
	}
	defer c.flat.mu.Unlock()
	written := make([]int, len(entries))
	for i := range entries {
		written[i] = c.flat.put(rows[i], &entries[i].Template)
	}
	if c.basis != nil {
		for _, i := range written {
			c.grow(i)
		}
	}
	if c.outgrown() {
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
	c.flat.clear()
	c.forget()
	c.flat.failed = err
}

// Search answers as Flat.Search does.
func (c *Cascade) Search(ctx context.Context, q engine.Query) ([]engine.Neighbour, int, error) {
	const op = "match.Cascade.Search"
	if err := checkQuery(op, &q); err != nil {
		return nil, 0, err
	}
	c.flat.mu.RLock()
	defer c.flat.mu.RUnlock()
	if c.basis != nil {
		if d := c.descent(&q); d != nil {
			return d.search(ctx, op)
		}
	}
	return c.flat.search(ctx, op, &q)
}
