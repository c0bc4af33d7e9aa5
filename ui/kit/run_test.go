package kit_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"gabarit/engine"
	"gabarit/ui/kit"
)

// thread stands for the window's thread: deliveries wait until the test takes them.
type thread struct{ queue chan func() }

func newThread() *thread { return &thread{queue: make(chan func(), 100)} }

func (th *thread) deliver(fn func()) { th.queue <- fn }

// next runs the next delivery.
func (th *thread) next(t *testing.T) {
	t.Helper()
	select {
	case fn := <-th.queue:
		fn()
	case <-time.After(10 * time.Second):
		t.Fatal("nothing was delivered")
	}
}

func (th *thread) empty() bool { return len(th.queue) == 0 }

func TestRunDeliversOnTheThread(t *testing.T) {
	th := newThread()
	slots := kit.NewSlots(t.Context(), th.deliver)
	defer slots.Close()
	got := 0
	kit.Run(slots.NewSlot(), func(context.Context) (int, error) { return 7, nil }, func(n int, err error) {
		if err != nil {
			t.Errorf("err = %v", err)
		}
		got = n
	})
	th.next(t)
	if got != 7 {
		t.Errorf("got %d, want 7", got)
	}
}

func TestNewerRunWinsAndCancelsTheOlder(t *testing.T) {
	th := newThread()
	slots := kit.NewSlots(t.Context(), th.deliver)
	defer slots.Close()
	slot := slots.NewSlot()
	var got []string
	canceled := make(chan struct{})
	kit.Run(slot, func(ctx context.Context) (string, error) {
		<-ctx.Done()
		close(canceled)
		return "old", nil
	}, func(s string, _ error) { got = append(got, s) })
	kit.Run(slot, func(context.Context) (string, error) {
		<-canceled
		return "new", nil
	}, func(s string, _ error) { got = append(got, s) })
	th.next(t)
	th.next(t)
	if len(got) != 1 || got[0] != "new" {
		t.Errorf("delivered %q, want only the newest", got)
	}
}

func TestAnOlderResultThatWaitsInTheQueueIsDropped(t *testing.T) {
	th := newThread()
	slots := kit.NewSlots(t.Context(), th.deliver)
	defer slots.Close()
	slot := slots.NewSlot()
	var got []int
	done := func(n int, _ error) { got = append(got, n) }
	first := make(chan struct{})
	kit.Run(slot, func(context.Context) (int, error) { defer close(first); return 1, nil }, done)
	<-first
	for th.empty() {
		time.Sleep(time.Millisecond)
	}
	kit.Run(slot, func(context.Context) (int, error) { return 2, nil }, done)
	th.next(t)
	th.next(t)
	if len(got) != 1 || got[0] != 2 {
		t.Errorf("delivered %v, want only 2", got)
	}
}

func TestStopDropsTheResult(t *testing.T) {
	th := newThread()
	slots := kit.NewSlots(t.Context(), th.deliver)
	defer slots.Close()
	slot := slots.NewSlot()
	kit.Run(slot, func(ctx context.Context) (int, error) { <-ctx.Done(); return 0, ctx.Err() },
		func(int, error) { t.Error("a stopped run was delivered") })
	slot.Stop()
	th.next(t)
}

func TestPanicBecomesAnError(t *testing.T) {
	th := newThread()
	slots := kit.NewSlots(t.Context(), th.deliver)
	defer slots.Close()
	var got error
	kit.Run(slots.NewSlot(), func(context.Context) (int, error) { panic("boom") }, func(_ int, err error) { got = err })
	th.next(t)
	if engine.CodeOf(got) != engine.CodeInternal || !strings.Contains(got.Error(), "boom") {
		t.Errorf("err = %v, want an internal error that tells of the panic", got)
	}
	if e := kit.Explain(got); strings.Contains(e.Detail, "\n") || e.Detail != "panic: boom" {
		t.Errorf("detail = %q, want the first line", e.Detail)
	}
}

func TestCloseWaitsAndDeliversNothingMore(t *testing.T) {
	th := newThread()
	slots := kit.NewSlots(t.Context(), th.deliver)
	ended := false
	started := make(chan struct{})
	kit.Run(slots.NewSlot(), func(ctx context.Context) (int, error) {
		close(started)
		<-ctx.Done()
		ended = true
		return 0, nil
	}, func(int, error) { t.Error("delivered after Close") })
	<-started
	slots.Close()
	if !ended {
		t.Error("Close did not wait for the work")
	}
	kit.Run(slots.NewSlot(), func(context.Context) (int, error) { t.Error("work started after Close"); return 0, nil }, func(int, error) {})
	for !th.empty() {
		th.next(t)
	}
}

func TestHintsAreGatheredAndNoneIsLost(t *testing.T) {
	th := newThread()
	slots := kit.NewSlots(t.Context(), th.deliver)
	defer slots.Close()
	var got []string
	calls := 0
	hints := kit.NewHints(slots, 20*time.Millisecond, func(list []string) { calls++; got = append(got, list...) })
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() { hints.Add("jobs") })
	}
	hints.Add("index")
	wg.Wait()
	th.next(t)
	if calls != 1 || len(got) != 2 {
		t.Errorf("%d calls with %q, want both kinds once", calls, got)
	}
	hints.Add("jobs")
	th.next(t)
	if calls != 2 || got[2] != "jobs" {
		t.Errorf("a later hint was lost: %d calls, %q", calls, got)
	}
}

func TestExplain(t *testing.T) {
	tests := []struct {
		name             string
		err              error
		what, do, detail string
	}{
		{"a static message becomes a sentence", engine.E(engine.CodeCorrupt, "photo.Decode", "the picture is cut off", errors.New("unexpected EOF")),
			"The picture is cut off.", "Get a fresh copy and try again.", "unexpected EOF"},
		{"a code without a message has a sentence of its own", engine.E(engine.CodeNoFace, "x", "", nil),
			"No face was found in this photo.", "Use a photo that shows the face larger and from the front.", ""},
		{"the innermost cause is told", engine.E(engine.CodeLocked, "a", "another process holds the vault", engine.E(engine.CodeLocked, "b", "", errors.New("pid 7"))),
			"Another process holds the vault.", "Close the other window or batch program, then retry.", "pid 7"},
		{"any other error is the program's", errors.New("odd"), "The program made a mistake.", "Nothing was changed. Please report this with the line below.", "odd"},
		{"a stop needs no advice", context.Canceled, "Stopped.", "", "context canceled"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := kit.Explain(tt.err)
			if e.What != tt.what || e.Do != tt.do || e.Detail != tt.detail {
				t.Errorf("got %q / %q / %q", e.What, e.Do, e.Detail)
			}
		})
	}
}

func TestEveryCodeIsExplained(t *testing.T) {
	for _, code := range []engine.Code{engine.CodeInvalid, engine.CodeNotFound, engine.CodeConflict, engine.CodeLocked, engine.CodeNoVault,
		engine.CodeBadKey, engine.CodeNoModel, engine.CodeUnsupported, engine.CodeCorrupt, engine.CodeLimit, engine.CodeNoFace,
		engine.CodeUnavailable, engine.CodeCanceled} {
		if e := kit.Explain(engine.E(code, "x", "", nil)); e.What == "The program made a mistake." || e.What == "" {
			t.Errorf("%s has no sentence of its own: %q", code, e.What)
		}
	}
}
