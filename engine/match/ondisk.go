package match

import (
	"context"

	"gabarit/engine"
	"gabarit/engine/match/kernel"
)

// Templates left on disk. Of the 680 bytes that a Cascade needs for a face, 512 are the template, of which a search compares a few hundred. So an
// index with too little room for them leaves them where it is saved: a search reads the pieces of those that it compares, which the other tiers left,
// and forgets them again. Blocks that were changed since the index was saved have theirs in memory, and so has the first block, where each search
// begins. What is computed is the same.

// Room tells how many bytes templates may take in memory; 0: any number. It is called before the index is used. Where they need more, they are left
// on disk from the time on when the index is opened or saved; until then, and while all are needed (where the codes are fitted anew), they are in
// memory all the same. Answers don't depend on it.
func (c *Cascade) Room(bytes int64) { c.flat.room = bytes }

// Detach brings all into memory, so that what is saved can be thrown away.
func (c *Cascade) Detach(ctx context.Context) error {
	c.flat.mu.Lock()
	c.flat.onDisk = false
	c.flat.mu.Unlock()
	return c.Load(ctx)
}

// tooMany reports whether templates are to be left on disk.
func (f *Flat) tooMany() bool { return f.room > 0 && int64(f.n)*templateBytes > f.room }

// leave gives back the memory of templates that are saved, if there are too many; so many blocks are saved. The lock is held.
func (c *Cascade) leave(to engine.Segments, blocks int) {
	f := c.flat
	if f.onDisk = f.tooMany(); !f.onDisk {
		return // what is still on disk, Load reads
	}
	if f.opened == nil {
		f.opened = &opened{place: c.setPiece, settled: true}
		f.opened.follow(len(f.blocks))
	}
	f.opened.from = to
	for i := 1; i < min(blocks, len(f.blocks)); i++ {
		changed := i < len(f.dirty) && f.dirty[i] // since it was saved
		if b := f.opened.blocks[i]; !changed && b.holds(partTemplates) {
			kernel.Release(f.blocks[i])
			for w := range b.has[partTemplates] {
				b.has[partTemplates][w].Store(0)
			}
		}
	}
}

// holds reports whether any piece of a part is there.
func (b *openedBlock) holds(part int) bool {
	for w := range b.has[part] {
		if b.has[part][w].Load() != 0 {
			return true
		}
	}
	return false
}

// follow keeps the list of blocks as long as that of the index. New blocks are in memory. The lock is held.
func (o *opened) follow(blocks int) {
	for len(o.blocks) < blocks {
		b := &openedBlock{}
		for part := range b.has {
			all := allPieces(part)
			b.add(part, &all)
		}
		o.blocks = append(o.blocks, b)
	}
	clear(o.blocks[blocks:])
	o.blocks = o.blocks[:blocks]
}

// hold brings the templates of blocks into memory that are about to be changed. The lock is held for writing.
func (f *Flat) hold(blocks ...int) error {
	if f.opened == nil {
		return nil
	}
	for _, i := range blocks {
		if i < len(f.opened.blocks) {
			if err := f.needAll(i, partTemplates); err != nil {
				return err
			}
		}
	}
	return nil
}

// holdFor is hold for rows that entries are about to be written to.
func (f *Flat) holdFor(entries []engine.IndexEntry) error {
	if f.opened == nil {
		return nil
	}
	held := -1
	for i := range entries {
		row, known := f.rows.RowOf(entries[i].Face)
		if !known {
			row = f.n // behind the last
		}
		if row/blockRows == held {
			continue // most are new: their block is looked at once
		}
		held = row / blockRows
		if err := f.hold(held); err != nil {
			return err
		}
	}
	return nil
}

// holdToTake is hold for what a face that is about to be taken out leaves, and the last row, which fills the gap.
func (c *Cascade) holdToTake(face engine.FaceID) error {
	f := c.flat
	if f.opened == nil {
		return nil
	}
	row, known := f.rows.RowOf(face)
	if !known {
		return nil
	}
	return f.hold(row/blockRows, (f.n-1)/blockRows)
}

// holdAll is hold for all.
func (f *Flat) holdAll() error {
	if f.opened == nil {
		return nil
	}
	for i := range f.opened.blocks {
		if err := f.hold(i); err != nil {
			return err
		}
	}
	return nil
}

// copies gives room for the templates of a block; nil: none are on disk.
func (f *Flat) copies() *kernel.Templates {
	if !f.onDisk {
		return nil
	}
	return new(kernel.Templates)
}

// forget overwrites copies with zeros.
func forget(copies *kernel.Templates) {
	if copies != nil {
		clear(copies[:])
	}
}

// templatesOf gives the templates of a block: those of the index, or a copy in to. The lock is held.
func (f *Flat) templatesOf(block int, to *kernel.Templates) (*kernel.Templates, error) {
	if !f.onDisk || block == 0 {
		return f.blocks[block], f.needAll(block, partTemplates)
	}
	n := min(f.n-block*blockRows, blockRows)
	rows := make([]uint32, n)
	for i := range rows {
		rows[i] = uint32(block*blockRows + i)
	}
	return to, f.copyTemplates(rows, to[:n])
}

// copyTemplates copies the templates of rows of one block, which rise, from memory or from the disk. The lock is held.
func (f *Flat) copyTemplates(rows []uint32, to []engine.Template) error {
	block := int(rows[0] / blockRows)
	b, held := f.opened.blocks[block], f.blocks[block]
	var few [fetchRows]int
	pieces := few[:0]
	for i, r := range rows {
		p := templatePiece(r)
		if b.hasPiece(partTemplates, p) {
			to[i] = held[r%blockRows]
		} else if n := len(pieces); n == 0 || pieces[n-1] != p {
			pieces = append(pieces, p)
		}
	}
	if len(pieces) == 0 {
		return nil
	}
	next := 0
	return f.opened.from.Read(block, pieces, func(piece int, plain []byte) error {
		if _, first, end := partOf(piece, f.rowsIn(block)); len(plain) != (end-first)*templateBytes {
			return damagedIf(errPiece)
		}
		for ; next < len(rows) && templatePiece(rows[next]) <= piece; next++ {
			r := rows[next]
			if templatePiece(r) < piece {
				continue // it was in memory
			}
			if err := setTemplate(&to[next], plain[r%templateRows*templateBytes:]); err != nil {
				return damagedIf(err)
			}
		}
		return nil
	})
}

// templatePiece is the piece of its block that holds the template of a row.
func templatePiece(row uint32) int { return partStart(partTemplates) + int(row%blockRows/templateRows) }
