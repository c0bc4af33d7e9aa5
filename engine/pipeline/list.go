package pipeline

import (
	"context"
	"crypto/sha256"
	"sync/atomic"

	"gabarit/engine"
)

// ticket is an item on its way. Its place in the lister's ordered queue is its place in the sources.
type ticket struct {
	item      engine.Item
	known     engine.ItemRecord  // what was recorded of it before; zero: nothing
	same      bool               // that was this very version, and it did not fail
	unchanged bool               // same, and nothing is to be done anew
	replaces  *engine.ItemRecord // known, if this run recorded it of an earlier version of the item
	done      chan result        // holds one
}

// tally counts items for progress. Safe for concurrent use.
type tally struct {
	counted  atomic.Int64 // by the counting pass
	listed   atomic.Int64 // by the lister
	repeated atomic.Int64 // met again by the lister, so counted twice
	complete atomic.Bool  // the counting pass has seen all
	finished atomic.Bool  // the lister has
}

// total is the number of items known so far, and whether these are all. The lister has the last word: only
// it knows of items met twice, and files may come and go between the two passes.
func (t *tally) total() (int, bool) {
	if t.finished.Load() {
		return int(t.listed.Load()), true
	}
	complete := t.complete.Load() // before the numbers, which only grow
	return int(max(t.counted.Load()-t.repeated.Load(), t.listed.Load())), complete
}

// count walks the sources only to count, except those that are walked once: their number is known at the end. A video counts as one item.
func (c *collector) count(ctx context.Context) error {
	all := true
	for _, src := range c.sources {
		if _, once := src.(engine.WalkedOnce); once {
			all = false
			continue
		}
		for item := range src.Items(ctx) {
			c.tally.counted.Add(1)
			all = all && item.Frames == nil // how many frames a video gives is known at its end
		}
	}
	if all && ctx.Err() == nil {
		c.tally.complete.Store(true)
	}
	return nil
}

// lister hands out tickets: all of them in order to the committing goroutine, those to be read to the readers too.
type lister struct {
	*collector
	ordered chan *ticket
	jobs    chan *ticket
}

// list walks the sources. ordered is closed only when all was listed, so that nobody takes an interrupted walk for a complete one.
func (l *lister) list(ctx context.Context) error {
	defer close(l.jobs)
	l.seen = map[[sha256.Size]byte]struct{}{}
	for _, src := range l.sources {
		for item := range src.Items(ctx) {
			if err := l.offer(ctx, item); err != nil {
				return err
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	l.tally.finished.Store(true)
	close(l.ordered)
	return nil
}

func (l *lister) offer(ctx context.Context, item engine.Item) error {
	if err := l.Gate.Wait(ctx); err != nil {
		return err
	}
	if item.Key == "" {
		return engine.E(engine.CodeInternal, "pipeline.Collect", "a source gave an item without a name", nil)
	}
	key := sha256.Sum256([]byte(item.Key))
	if _, again := l.seen[key]; again {
		l.tally.repeated.Add(1)
		return nil
	}
	l.seen[key] = struct{}{}
	l.tally.listed.Add(1)
	t, err := l.ticket(ctx, item)
	if err != nil || t == nil {
		return err
	}
	if item.Frames != nil && !t.unchanged {
		return l.video(ctx, t)
	}
	return l.send(ctx, t)
}

// ticket decides what becomes of an item; nil for one that this run has dealt with.
func (l *lister) ticket(ctx context.Context, item engine.Item) (*ticket, error) {
	t := &ticket{item: item, done: make(chan result, 1)}
	known, found, err := l.known(ctx, item.Key)
	same := item.Version != "" && known.Version == item.Version
	switch {
	case err != nil:
		return nil, err
	case !found:
		return t, nil
	case known.Run == l.run.ID && (same || item.Version == "" || known.Outcome == engine.OutcomeSuppressed):
		return nil, nil
	case known.Run == l.run.ID:
		t.replaces = &known
	default:
		t.same = same && known.Outcome != engine.OutcomeFailed // refused ones have no version and are never the same
		t.unchanged = t.same
	}
	t.known = known
	if item.Frames != nil {
		t.unchanged = t.unchanged && !l.run.Retemplate // its frames are asked one by one
		return t, nil
	}
	if t.unchanged && l.run.Retemplate {
		stale, err := l.stale(ctx, known.Photo)
		if err != nil {
			return nil, err
		}
		t.unchanged = stale == nil
	}
	return t, nil
}

// known gives what was recorded of an item that was there.
func (l *lister) known(ctx context.Context, key string) (r engine.ItemRecord, found bool, err error) {
	r, err = l.Store.Item(ctx, l.run.Collection, key)
	if engine.CodeOf(err) == engine.CodeNotFound || err == nil && r.Outcome == engine.OutcomeAbsent {
		return engine.ItemRecord{}, false, nil
	}
	return r, err == nil, err
}

func (l *lister) send(ctx context.Context, t *ticket) error {
	if t.unchanged {
		return l.settle(ctx, t, result{})
	}
	select {
	case l.ordered <- t:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case l.jobs <- t:
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

// settle hands out a ticket that no reader is needed for.
func (l *lister) settle(ctx context.Context, t *ticket, r result) error {
	t.done <- r
	select {
	case l.ordered <- t:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
