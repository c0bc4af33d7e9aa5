package match

import (
	"gabarit/engine/match/codes"
	"gabarit/engine/match/kernel"
)

const (
	regrown   = 4  // times the faces of the last fit: fitted anew
	oddShare  = 32 // one face in so many outside what codes can say: fitted anew, if
	oddGrowth = 4  // the index grew by one face in so many since
)

// block gives the block of row i. The lock is held.
func (c *Cascade) block(i int) *kernel.Block { return c.blocks[i/blockRows] }

// outgrown reports whether the codes are to be fitted, for the first time or anew. The lock is held.
func (c *Cascade) outgrown() bool {
	n := c.flat.n
	if c.basis == nil {
		return n >= c.least
	}
	return n >= c.fitted*regrown || c.odd*oddShare > n && n >= c.fitted+c.fitted/oddGrowth
}

// refit fits the codes to the faces of the index and writes them all. The lock is held.
func (c *Cascade) refit() {
	n := c.flat.n
	c.basis, c.fitted = codes.Fit(n, c.flat.template), n
	c.head, c.whole = 0, 0
	for i := range n {
		c.flat.touch(i)
		c.grow(i)
		c.encode(i)
	}
}

// grow makes room for row i. The lock is held.
func (c *Cascade) grow(i int) {
	if i >= len(c.blocks)*blockRows {
		c.blocks = append(c.blocks, c.pieces.Next(len(c.blocks)))
	}
}

// encode writes the code of row i, in place of the one it had. The lock is held.
func (c *Cascade) encode(i int) {
	b, r := c.block(i), i%blockRows
	if b.IsOdd(r) {
		c.odd--
	}
	code := c.basis.Encode(c.flat.template(i))
	if code.Clipped {
		b.PutOdd(r)
		c.odd++
		return
	}
	cells := c.basis.Cells(&code)
	b.Put(r, &code.Steps, &cells)
	c.head, c.whole = max(c.head, code.Head), max(c.whole, code.Whole)
}

// wipe overwrites what is kept of row i, the last one, with zeros. The lock is held.
func (c *Cascade) wipe(i int) {
	b, r := c.block(i), i%blockRows
	if b.IsOdd(r) {
		c.odd--
	}
	b.Wipe(r)
}

// shrink gives back blocks without a row, all but one, and all codes when few faces are left. The lock is held.
func (c *Cascade) shrink() {
	n := c.flat.n
	if c.basis == nil {
		return
	}
	if n < c.least/4 && c.flat.holdAll() == nil {
		for i := range n {
			c.flat.touch(i)
		}
		c.forget()
		return
	}
	need := (n+blockRows-1)/blockRows + 1
	if len(c.blocks) > need {
		clear(c.blocks[need:])
		c.blocks = c.blocks[:need]
	}
}

// forget drops all codes, overwritten with zeros. The lock is held.
func (c *Cascade) forget() {
	for _, b := range c.blocks {
		*b = kernel.Block{}
	}
	c.tiers = tiers{}
}
