package kv

import (
	"context"
	"sync"

	"github.com/dgraph-io/badger/v4"
)

// Use says what a call does inside.
type Use bool

// The uses. Walk is for a call that runs code of its caller, which may come in again: as long as a
// walk is inside, nobody is kept waiting, or the two would wait for each other. It is for long calls, too, for
// which others are not to be kept waiting.
const (
	Call Use = false
	Walk Use = true
)

// gate counts who is inside and lets somebody be alone.
type gate struct {
	mu      sync.Mutex
	inside  int
	walks   int  // of those inside
	waiting bool // somebody wants to be alone
	alone   bool
	closed  error         // why nobody comes in any more
	changed chan struct{} // closed, and replaced, when those who wait should look again
}

func newGate() gate { return gate{changed: make(chan struct{})} }

// Enter lets a call in, at once unless somebody is, or waits to be, alone. Each call that entered leaves.
func (d *DB) Enter(ctx context.Context, use Use) error {
	const op = "kv.Enter"
	if err := ctx.Err(); err != nil {
		return Translate(op, err)
	}
	g := &d.gate
	g.mu.Lock()
	for g.closed == nil && (g.alone || g.waiting && g.walks == 0) {
		if err := g.wait(ctx); err != nil {
			g.mu.Unlock()
			return Translate(op, err)
		}
	}
	defer g.mu.Unlock()
	if g.closed != nil {
		return Translate(op, g.closed)
	}
	g.inside++
	if use == Walk {
		g.walks++
	}
	return nil
}

// Leave ends what Enter began, with the same use.
func (d *DB) Leave(use Use) {
	g := &d.gate
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inside--
	if use == Walk {
		g.walks--
	}
	if g.inside == 0 {
		g.wake()
	}
}

// wait lets go of the lock until something changed; it holds it again when it returns.
func (g *gate) wait(ctx context.Context) error {
	changed := g.changed
	g.mu.Unlock()
	defer g.mu.Lock()
	select {
	case <-changed:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (g *gate) wake() {
	close(g.changed)
	g.changed = make(chan struct{})
}

// enterAlone waits until nobody is inside and then keeps everybody out until leaveAlone. While it waits it
// delays those who come, unless a walk is inside.
func (g *gate) enterAlone(ctx context.Context) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waiting = true
	defer func() {
		g.waiting = false
		if !g.alone {
			g.wake()
		}
	}()
	for g.closed == nil && g.inside > 0 {
		if err := g.wait(ctx); err != nil {
			return err
		}
	}
	g.alone = g.closed == nil
	return g.closed
}

// leaveAlone lets the others in, or keeps them out for good with an error.
func (g *gate) leaveAlone(broken error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.alone = false
	if g.closed == nil {
		g.closed = broken
	}
	g.wake()
}

// shut closes the gate and waits until nobody is inside; false if it was closed before.
func (g *gate) shut() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed != nil {
		return false
	}
	g.closed = badger.ErrDBClosed
	g.wake()
	for g.inside > 0 || g.alone {
		changed := g.changed
		g.mu.Unlock()
		<-changed
		g.mu.Lock()
	}
	return true
}
