package match

import (
	"context"
	"sync/atomic"

	"gabarit/engine"
	"gabarit/engine/match/kernel"
)

// NewCascadeFrom gives an index that keeps codes from the given number of faces on.
func NewCascadeFrom(least int) *Cascade { return newCascade(least, 1, 1) }

// NewThreadedFrom gives an index that keeps codes from the given number of faces on, and uses so many goroutines wherever there are blocks for them.
func NewThreadedFrom(least, threads int) *Cascade { return newCascade(least, threads, 1) }

// OpenFrom is Open for an index that keeps codes from the given number of faces on.
func OpenFrom(ctx context.Context, head []byte, from engine.Segments, least int) (*Cascade, error) {
	return openCascade(ctx, head, from, 0, least, 1)
}

// OpenOnDisk is OpenFrom with all templates but those of the first block left on disk.
func OpenOnDisk(ctx context.Context, head []byte, from engine.Segments, least int) (*Cascade, error) {
	return openCascade(ctx, head, from, 1, least, 1)
}

// HeldTemplates counts the blocks that have templates in memory, and those among them that are said to be on disk.
func (c *Cascade) HeldTemplates() (held, forgotten int) {
	for i, b := range c.flat.blocks {
		if *b == (kernel.Templates{}) {
			continue
		}
		held++
		if o := c.flat.opened; o != nil && !o.blocks[i].holds(partTemplates) {
			forgotten++
		}
	}
	return held, forgotten
}

// PieceCount is the number of pieces of a saved block.
const PieceCount = pieceCount

// Flat gives the index that compares every face, of the same faces.
func (c *Cascade) Flat() *Flat { return c.flat }

// Left tells how many rows each of the first three tiers leaves of a query, in one thread.
func (c *Cascade) Left(q engine.Query) [3]int {
	s := c.seeker([]*descent{c.descent(&q)})
	s.work(context.Background(), new(atomic.Int64), len(c.blocks))
	return s.lanes[0].left
}
