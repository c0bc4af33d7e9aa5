package kit

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"fyne.io/fyne/v2"

	"gabarit/engine"
)

// Slots owns the background work of one window. Closing it cancels what runs and waits for its end.
type Slots struct {
	ctx     context.Context // the window's life: ended by Close
	cancel  context.CancelFunc
	deliver func(func())
	parent  *Slots // nil for the window's own

	work   sync.WaitGroup
	mu     sync.Mutex
	closed bool
}

// NewSlots gives an owner whose work ends with ctx at the latest. deliver brings a function to the window's
// thread without waiting for it; nil means fyne.Do. Tests hand in a queue that they empty themselves.
func NewSlots(ctx context.Context, deliver func(func())) *Slots {
	if deliver == nil {
		deliver = fyne.Do
	}
	ctx, cancel := context.WithCancel(ctx)
	return &Slots{ctx: ctx, cancel: cancel, deliver: deliver}
}

// Part gives an owner for the work of a part of the window's life, as while a vault is open. It ends with s at
// the latest, or earlier with End.
func (s *Slots) Part() *Slots {
	ctx, cancel := context.WithCancel(s.ctx)
	return &Slots{ctx: ctx, cancel: cancel, deliver: s.deliver, parent: s}
}

// End cancels the work of a part without waiting for its end, which Close of the whole does. Nothing of it is
// delivered any more.
func (s *Slots) End() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.cancel()
}

// Close cancels all work and waits until it has ended. Nothing is delivered any more.
func (s *Slots) Close() {
	s.End()
	s.work.Wait()
}

// NewSlot gives a place for one kind of work, of which only the newest run matters.
func (s *Slots) NewSlot() *Slot { return &Slot{owner: s} }

// enter counts one more goroutine, for a part also in the whole, unless the owner is closed.
func (s *Slots) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || (s.parent != nil && !s.parent.enter()) {
		return false
	}
	s.work.Add(1)
	return true
}

// leave takes back what enter counted.
func (s *Slots) leave() {
	s.work.Done()
	if s.parent != nil {
		s.parent.leave()
	}
}

func (s *Slots) isClosed() bool {
	s.mu.Lock()
	closed := s.closed
	s.mu.Unlock()
	return closed || (s.parent != nil && s.parent.isClosed())
}

// Slot holds the newest run of one kind of work.
type Slot struct {
	owner *Slots

	mu     sync.Mutex
	run    uint64 // number of the newest run
	cancel context.CancelFunc
}

// Stop cancels the slot's run; its result is dropped.
func (s *Slot) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.run++
	if s.cancel != nil {
		s.cancel()
		s.cancel = nil
	}
}

func (s *Slot) begin() (context.Context, uint64) {
	s.Stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	ctx, cancel := context.WithCancel(s.owner.ctx)
	s.cancel = cancel
	return ctx, s.run
}

// finish reports whether run is still the newest, and releases its context.
func (s *Slot) finish(run uint64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.run != run || s.owner.isClosed() {
		return false
	}
	s.run++
	if s.cancel != nil {
		s.cancel()
		s.cancel = nil
	}
	return true
}

// Run cancels the slot's previous run, does work in a goroutine and calls done on the window's thread,
// only if no newer run was started, the slot was not stopped and the owner is still open by then. A panic in work
// becomes an error of CodeInternal. Call it on the window's thread.
func Run[T any](slot *Slot, work func(context.Context) (T, error), done func(T, error)) {
	ctx, run := slot.begin()
	if !slot.owner.enter() {
		return
	}
	go func() {
		defer slot.owner.leave()
		value, err := guard(ctx, work)
		slot.owner.deliver(func() {
			if slot.finish(run) {
				done(value, err)
			}
		})
	}()
}

func guard[T any](ctx context.Context, work func(context.Context) (T, error)) (value T, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = engine.E(engine.CodeInternal, "kit.Run", "the program made a mistake",
				fmt.Errorf("panic: %v\n%s", r, debug.Stack()))
		}
	}()
	return work(ctx)
}

// Hints gathers notices that come from any goroutine and hands them over on the window's thread, each
// kind at most once per interval, the last one never lost.
type Hints[T comparable] struct {
	slots  *Slots
	every  time.Duration
	notify func([]T)

	mu      sync.Mutex
	pending []T
	waiting bool
}

// NewHints gives a gatherer that calls notify on the window's thread.
func NewHints[T comparable](slots *Slots, every time.Duration, notify func([]T)) *Hints[T] {
	return &Hints[T]{slots: slots, every: every, notify: notify}
}

// Add notes a hint and returns at once. Safe for concurrent use.
func (h *Hints[T]) Add(hint T) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, p := range h.pending {
		if p == hint {
			return
		}
	}
	h.pending = append(h.pending, hint)
	if h.waiting || !h.slots.enter() {
		return
	}
	h.waiting = true
	go func() {
		defer h.slots.leave()
		select {
		case <-time.After(h.every):
		case <-h.slots.ctx.Done():
			return
		}
		h.slots.deliver(h.flush)
	}()
}

func (h *Hints[T]) flush() {
	h.mu.Lock()
	hints := h.pending
	h.pending, h.waiting = nil, false
	h.mu.Unlock()
	if !h.slots.isClosed() && len(hints) > 0 {
		h.notify(hints)
	}
}
