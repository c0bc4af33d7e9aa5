package match

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"

	"gabarit/engine"
)

// opened is what is still to be read of an index that was opened from where it was saved. Searches read what they need and it is not there yet, Load
// reads all; what changes rows calls Load first. So rows and what is read of them never change at the same time. Where templates are left on disk,
// it stays, see Room.
type opened struct {
	from    engine.Segments
	place   func(block, piece int, plain []byte) error
	blocks  []*openedBlock // as many as the index has; guarded by Flat.mu
	settled bool           // all but templates is in memory; guarded by Flat.mu
}

// openedBlock tells what was read of a block.
type openedBlock struct {
	mu  sync.Mutex // held by the one who reads
	has [partCount][templatePieces / 64]atomic.Uint64
}

// missing takes out of wanted what is there, and reports whether something is left.
func (b *openedBlock) missing(part int, wanted *pieceSet) bool {
	left := uint64(0)
	for i := range wanted {
		wanted[i] &^= b.has[part][i].Load()
		left |= wanted[i]
	}
	return left != 0
}

// hasPiece reports whether a piece of a part is there.
func (b *openedBlock) hasPiece(part, piece int) bool {
	i := piece - partStart(part)
	return b.has[part][i/64].Load()>>(i%64)&1 == 1
}

func (b *openedBlock) add(part int, read *pieceSet) {
	for i, word := range read {
		b.has[part][i].Or(word)
	}
}

// Open gives the index that was saved with this head. It has read what every search needs, 32 bytes a face; the rest is read when
// searches ask for it, and by Load. room as for Cascade.Room. CodeUnsupported: another version saved it; CodeCorrupt, CodeUnavailable: see
// engine.Segments. Later calls of the index fail with these two if what they need can't be read; none gives an answer without it.
func Open(ctx context.Context, head []byte, from engine.Segments, room int64) (*Cascade, error) {
	return openCascade(ctx, head, from, room, fitRows, runtime.GOMAXPROCS(0))
}

func openCascade(ctx context.Context, head []byte, from engine.Segments, room int64, least, threads int) (*Cascade, error) {
	c, err := parseHead(head, least, threads)
	if err != nil {
		return nil, err
	}
	c.Room(room)
	blocks := (c.flat.n + blockRows - 1) / blockRows
	if blocks != from.Blocks() {
		return nil, engine.E(engine.CodeCorrupt, "match.Open", "the saved index is damaged", errPiece)
	}
	c.flat.blocks = c.flat.pieces.Many(blocks)
	c.flat.rows.Grow(c.flat.n)
	c.flat.dirty = make([]bool, blocks)
	if c.basis != nil {
		c.blocks = c.pieces.Many(blocks)
	}
	o := &opened{from: from, place: c.setPiece, blocks: make([]*openedBlock, blocks)}
	for i := range o.blocks {
		o.blocks[i] = &openedBlock{}
	}
	c.flat.opened, c.flat.onDisk = o, c.flat.tooMany()
	if err := spread(ctx, "match.Open", blocks, func(i int) error { return o.read(i, partCells, allPieces(partCells)) }); err != nil {
		return nil, err
	}
	for _, b := range c.blocks {
		c.odd += b.Count[1]
	}
	return c, nil
}

// spread calls fn for 0 to n-1 from as many goroutines as there are processors, and waits for them.
func spread(ctx context.Context, op string, n int, fn func(i int) error) error {
	var next atomic.Int64
	var work sync.WaitGroup
	errs := make([]error, min(runtime.GOMAXPROCS(0), n))
	for w := range errs {
		work.Go(func() {
			for errs[w] == nil {
				i := int(next.Add(1) - 1)
				if i >= n {
					return
				}
				if err := ctx.Err(); err != nil {
					errs[w] = engine.E(engine.CodeCanceled, op, "stopped", err)
					return
				}
				errs[w] = fn(i)
			}
		})
	}
	work.Wait()
	return errors.Join(errs...)
}

// read reads the wanted pieces of a part, unless they are there.
func (o *opened) read(block, part int, wanted pieceSet) error {
	b := o.blocks[block]
	if !b.missing(part, &wanted) {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.missing(part, &wanted) {
		return nil
	}
	var list [templatePieces]int
	err := o.from.Read(block, wanted.list(part, list[:0]), func(piece int, plain []byte) error {
		return damagedIf(o.place(block, piece, plain))
	})
	if err == nil {
		b.add(part, &wanted)
	}
	return err
}

// damagedIf is the error of what was read and no index wrote; nil stays nil.
func damagedIf(err error) error {
	if err == nil {
		return nil
	}
	return engine.E(engine.CodeCorrupt, "match.read", "the saved index is damaged", err)
}

// has reports whether a part of all rows is in memory for sure. The lock is held, for reading at least.
func (f *Flat) has(part int) bool {
	return f.opened == nil || f.opened.settled && part != partTemplates
}

// need reads what is not there yet of rows of a block; the lock is held, for reading at least.
func (f *Flat) need(block, part int, rows []uint32) error {
	if f.has(part) {
		return nil
	}
	var wanted pieceSet
	per := partRows(part)
	for _, r := range rows {
		wanted.mark(int(r%blockRows) / per)
	}
	return f.opened.read(block, part, wanted)
}

// needAll is need for all rows of a block.
func (f *Flat) needAll(block int, parts ...int) error {
	for _, p := range parts {
		if f.has(p) {
			continue
		}
		if err := f.opened.read(block, p, allPieces(p)); err != nil {
			return err
		}
	}
	return nil
}

// Load reads all that was not read yet, but for templates that are left on disk, with all processors; searches go on meanwhile. It does nothing
// for an index that is in memory. After an error of the disk it can be called again.
func (c *Cascade) Load(ctx context.Context) error {
	o, blocks := c.source()
	if o == nil {
		return nil
	}
	read := func(i int) error {
		c.flat.mu.RLock()
		defer c.flat.mu.RUnlock()
		if c.flat.opened != o || i >= len(o.blocks) {
			return nil // cleared, or shorter
		}
		c.pieces.Advise(c.blocks, i)
		if !c.flat.onDisk {
			c.flat.pieces.Advise(c.flat.blocks, i)
			if err := c.flat.needAll(i, partTemplates); err != nil {
				return err
			}
		}
		return c.flat.needAll(i, partCells, partLabels, partHeads, partTails, partFaces)
	}
	if err := spread(ctx, "match.Load", blocks, read); err != nil {
		return err
	}
	c.flat.mu.Lock()
	defer c.flat.mu.Unlock()
	if c.flat.opened == o {
		if o.settled = true; !c.flat.onDisk {
			c.flat.opened = nil
		}
	}
	return nil
}

// source gives what Load has to read, and of how many blocks; nil: nothing.
func (c *Cascade) source() (o *opened, blocks int) {
	c.flat.mu.RLock()
	defer c.flat.mu.RUnlock()
	if o := c.flat.opened; o != nil && (!o.settled || !c.flat.onDisk) {
		return o, len(o.blocks)
	}
	return nil, 0
}

// lockLoaded takes the lock for writing on an index that is in memory, but for templates that are left on disk.
func (c *Cascade) lockLoaded() error {
	for {
		// It is not to be stopped: who changes the index must be able to rely on it.
		if err := c.Load(context.Background()); err != nil {
			return err
		}
		c.flat.mu.Lock()
		if c.flat.has(partFaces) && c.flat.failed == nil {
			return nil
		}
		err := c.flat.failed
		c.flat.mu.Unlock()
		if err != nil {
			return err
		}
	}
}

// Save saves the index. What did not change since it was opened from there, or saved there last, is not written again, unless
// all is asked for. Searches go on meanwhile, what changes rows waits. One call at a time. See Room for what it leaves in memory.
func (c *Cascade) Save(ctx context.Context, to engine.Segments, all bool) error {
	if err := c.Load(ctx); err != nil {
		return err
	}
	blocks, err := c.save(ctx, to, all)
	if err != nil {
		return err
	}
	c.flat.mu.Lock()
	defer c.flat.mu.Unlock()
	c.leave(to, blocks)
	return nil
}

// save writes, and tells how many blocks are saved then.
func (c *Cascade) save(ctx context.Context, to engine.Segments, all bool) (blocks int, err error) {
	c.flat.mu.RLock()
	defer c.flat.mu.RUnlock()
	if c.flat.failed != nil {
		return 0, c.flat.failed
	}
	if !c.flat.has(partFaces) {
		return 0, engine.E(engine.CodeConflict, "match.Save", "the index is being replaced", nil)
	}
	s := engine.SavedIndex{Head: c.appendHead(nil), Blocks: (c.flat.n + blockRows - 1) / blockRows, Pieces: pieceCount, Piece: c.appendPiece}
	for i := range s.Blocks {
		if all || i >= len(c.flat.dirty) || c.flat.dirty[i] {
			if err := c.flat.needAll(i, partTemplates); err != nil {
				return 0, err
			}
			s.Changed = append(s.Changed, i)
		}
	}
	if err := to.Replace(ctx, s); err != nil {
		return 0, err
	}
	clear(c.flat.dirty)
	c.flat.dirty = c.flat.dirty[:min(s.Blocks, len(c.flat.dirty))]
	return s.Blocks, nil
}

// Faces calls fn for each face that is held.
func (c *Cascade) Faces(fn func(engine.FaceID)) error {
	c.flat.mu.RLock()
	defer c.flat.mu.RUnlock()
	if c.flat.failed != nil {
		return c.flat.failed
	}
	for i := range c.flat.n {
		if i%blockRows == 0 {
			if err := c.flat.needAll(i/blockRows, partFaces); err != nil {
				return err
			}
		}
		fn(c.flat.rows.Face(i))
	}
	return nil
}
