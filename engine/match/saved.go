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
// reads all; what changes rows calls Load first. So rows and what is read of them never change at the same time.
type opened struct {
	from   engine.Segments
	place  func(block, piece int, plain []byte) error
	blocks []openedBlock
}

// openedBlock tells what was read of a block.
type openedBlock struct {
	mu  sync.Mutex // held by the one who reads
	has [partCount]atomic.Uint64
}

// allPieces marks each piece of a part.
func allPieces(part int) uint64 { return ^uint64(0) >> (64 - (partStart(part+1) - partStart(part))) }

// Open gives the index that was saved with this head. It has read what every search needs, 32 bytes a face; the rest is read when
// searches ask for it, and by Load. CodeUnsupported: another version saved it; CodeCorrupt, CodeUnavailable: see
// engine.Segments. Later calls of the index fail with these two if what they need can't be read; none gives an answer without it.
func Open(ctx context.Context, head []byte, from engine.Segments) (*Cascade, error) {
	return openCascade(ctx, head, from, fitRows, runtime.GOMAXPROCS(0))
}

func openCascade(ctx context.Context, head []byte, from engine.Segments, least, threads int) (*Cascade, error) {
	c, err := parseHead(head, least, threads)
	if err != nil {
		return nil, err
	}
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
	o := &opened{from: from, place: c.setPiece, blocks: make([]openedBlock, blocks)}
	c.flat.opened = o
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

// read reads the wanted pieces of a part, of which the first is bit 0, unless they are there.
func (o *opened) read(block, part int, wanted uint64) error {
	b := &o.blocks[block]
	if wanted &^= b.has[part].Load(); wanted == 0 {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	wanted &^= b.has[part].Load()
	var list [64]int
	pieces := list[:0]
	for i := range 64 {
		if wanted>>i&1 == 1 {
			pieces = append(pieces, partStart(part)+i)
		}
	}
	if len(pieces) == 0 {
		return nil
	}
	err := o.from.Read(block, pieces, func(piece int, plain []byte) error {
		if err := o.place(block, piece, plain); err != nil {
			return engine.E(engine.CodeCorrupt, "match.read", "the saved index is damaged", err)
		}
		return nil
	})
	if err == nil {
		b.has[part].Or(wanted)
	}
	return err
}

// need reads what is not there yet of rows of a block; the lock is held, for reading at least.
func (f *Flat) need(block, part int, rows []uint32) error {
	if f.opened == nil {
		return nil
	}
	wanted := uint64(0)
	per := uint32(partRows(part))
	for _, r := range rows {
		wanted |= 1 << (r % blockRows / per)
	}
	return f.opened.read(block, part, wanted)
}

// needAll is need for all rows of a block.
func (f *Flat) needAll(block int, parts ...int) error {
	if f.opened == nil {
		return nil
	}
	for _, p := range parts {
		if err := f.opened.read(block, p, allPieces(p)); err != nil {
			return err
		}
	}
	return nil
}

// Load reads all that was not read yet, with all processors; searches go on meanwhile. It does nothing for an index that is in
// memory. After an error of the disk it can be called again.
func (c *Cascade) Load(ctx context.Context) error {
	o := c.source()
	if o == nil {
		return nil
	}
	read := func(i int) error {
		c.flat.mu.RLock()
		defer c.flat.mu.RUnlock()
		if c.flat.opened != o {
			return nil // cleared
		}
		c.flat.pieces.Advise(c.flat.blocks, i)
		c.pieces.Advise(c.blocks, i)
		return c.flat.needAll(i, partCells, partLabels, partHeads, partTails, partTemplates, partFaces)
	}
	if err := spread(ctx, "match.Load", len(o.blocks), read); err != nil {
		return err
	}
	c.flat.mu.Lock()
	defer c.flat.mu.Unlock()
	if c.flat.opened == o {
		c.flat.opened = nil
	}
	return nil
}

func (c *Cascade) source() *opened {
	c.flat.mu.RLock()
	defer c.flat.mu.RUnlock()
	return c.flat.opened
}

// lockLoaded takes the lock for writing on an index that is in memory.
func (c *Cascade) lockLoaded() error {
	for {
		// It is not to be stopped: who changes the index must be able to rely on it.
		if err := c.Load(context.Background()); err != nil {
			return err
		}
		c.flat.mu.Lock()
		if c.flat.opened == nil && c.flat.failed == nil {
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
// all is asked for. Searches go on meanwhile, what changes rows waits. One call at a time.
func (c *Cascade) Save(ctx context.Context, to engine.Segments, all bool) error {
	if err := c.Load(ctx); err != nil {
		return err
	}
	c.flat.mu.RLock()
	defer c.flat.mu.RUnlock()
	if c.flat.failed != nil {
		return c.flat.failed
	}
	if c.flat.opened != nil {
		return engine.E(engine.CodeConflict, "match.Save", "the index is being replaced", nil)
	}
	s := engine.SavedIndex{Head: c.appendHead(nil), Blocks: (c.flat.n + blockRows - 1) / blockRows, Pieces: pieceCount, Piece: c.appendPiece}
	for i := range s.Blocks {
		if all || i >= len(c.flat.dirty) || c.flat.dirty[i] {
			s.Changed = append(s.Changed, i)
		}
	}
	if err := to.Replace(ctx, s); err != nil {
		return err
	}
	clear(c.flat.dirty)
	c.flat.dirty = c.flat.dirty[:min(s.Blocks, len(c.flat.dirty))]
	return nil
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
