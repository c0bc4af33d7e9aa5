package app

import (
	"maps"
	"slices"
	"sync"

	"gabarit/engine"
)

// events hands hints to whoever subscribed. It keeps none: a hint only says "read again".
type events struct {
	mu   sync.Mutex
	next int
	subs map[int]func(engine.Event)
}

// Subscribe calls fn for every hint until cancel is called. fn is called from any goroutine, also from several
// at once, and must return at once; it may be called once more while cancel runs.
func (a *App) Subscribe(fn func(engine.Event)) (cancel func()) {
	e := &a.events
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.subs == nil {
		e.subs = map[int]func(engine.Event){}
	}
	id := e.next
	e.next++
	e.subs[id] = fn
	return func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		delete(e.subs, id)
	}
}

// send calls the subscribers outside the lock, so that one of them may subscribe or cancel.
func (e *events) send(hints ...engine.Event) {
	e.mu.Lock()
	subs := slices.Collect(maps.Values(e.subs))
	e.mu.Unlock()
	for _, fn := range subs {
		for _, h := range hints {
			fn(h)
		}
	}
}
