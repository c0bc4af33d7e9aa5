package match

import (
	"context"
	"sync/atomic"

	"gabarit/engine"
)

// NewCascadeFrom gives an index that keeps codes from the given number of faces on.
func NewCascadeFrom(least int) *Cascade { return newCascade(least, 1) }

// Flat gives the index that compares every face, of the same faces.
func (c *Cascade) Flat() *Flat { return c.flat }

// Left tells how many rows each of the first three tiers leaves of a query, in one thread.
func (c *Cascade) Left(q engine.Query) [3]int {
	s := newSeeker(c, []*descent{c.descent(&q)})
	s.work(context.Background(), new(atomic.Int64), len(c.blocks))
	return s.lanes[0].left
}
