package kv_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gabarit/engine"
	"gabarit/storage/kv"
)

// erase deletes records and commits.
func erase(t testing.TB, d *kv.DB, is ...int) {
	t.Helper()
	for _, i := range is {
		gone := recordsOf(i, 1)
		for k := range gone {
			gone[k] = nil
		}
		must(t, change(d, gone))
	}
}

func TestAWalkCallsTheDatabaseWhileAPurgeWaits(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir, kv.Options{})
	fill(t, d, 0, 64)
	erase(t, d, 3)
	purged := make(chan error, 1)
	begun := false
	must(t, d.Versions(t.Context(), []byte("p-"), func([]byte, []byte, bool) error {
		if !begun {
			begun = true
			go func() {
				_, err := d.Purge(context.Background(), prefixes(3))
				purged <- err
			}()
			time.Sleep(50 * time.Millisecond) // so that it waits, most likely
		}
		select {
		case err := <-purged:
			t.Errorf("the purge went on during a walk: %v", err)
		default:
		}
		_, err := read(d, keyOf("p", 5)) // would wait for ever
		return err
	}))
	must(t, <-purged)
	if found, where := scan(t, dir, needles(3, 1)); found > 0 {
		t.Errorf("%d left in %v", found, where)
	}
}

func TestCallsThatNeverCeaseDoNotKeepAPurgeWaiting(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir, kv.Options{})
	fill(t, d, 0, 200)
	var stop atomic.Bool
	var wg sync.WaitGroup
	for worker := range 4 { // there is always one inside: each starts its next before the others end
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := 0; !stop.Load(); i++ {
				if _, err := read(d, keyOf("h", 100+(i+worker)%100)); err != nil {
					t.Error(err)
					return
				}
			}
		}()
	}
	wg.Add(1)
	written := 0
	go func() {
		defer wg.Done()
		for ; !stop.Load(); written++ {
			if err := change(d, recordsOf(1000+written, 1)); err != nil {
				t.Error(err)
				return
			}
		}
	}()
	for i := range 5 {
		erase(t, d, i)
		_, err := d.Purge(t.Context(), prefixes(i))
		must(t, err)
		if found, where := scan(t, dir, needles(i, 1)); found > 0 {
			t.Errorf("%d left in %v", found, where)
		}
	}
	stop.Store(true)
	wg.Wait()
	for i := range written {
		check(t, d, []int{1000 + i}, 1)
	}
	t.Logf("%d commits meanwhile", written)
}

func TestCancellingEndsTheWaitingAndNothingElse(t *testing.T) {
	d := open(t, t.TempDir(), kv.Options{})
	fill(t, d, 0, 16)
	must(t, d.Enter(t.Context(), kv.Call))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := d.Purge(ctx, prefixes(3))
		ended <- err
	}()
	cancel()
	if err := <-ended; engine.CodeOf(err) != engine.CodeCanceled {
		t.Errorf("Purge = %v", err)
	}
	d.Leave(kv.Call)
	check(t, d, []int{0, 3, 15}, 1)
	_, err := d.Purge(t.Context(), prefixes(3))
	must(t, err)
}

func TestAFailingReopenIsToldByEveryCallAndLosesNothing(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir, kv.Options{})
	fill(t, d, 0, 32)
	erase(t, d, 3)
	foreign := filepath.Join(dir, "foreign.vlog") // Badger refuses to open with it
	must(t, os.WriteFile(foreign, nil, 0o600))
	const msg = "the vault's records could not be opened again: lock the vault and open it"
	if _, err := d.Purge(t.Context(), prefixes(3)); engine.CodeOf(err) != engine.CodeUnavailable || engine.MessageOf(err) != msg {
		t.Errorf("Purge = %v", err)
	}
	for range 2 {
		if _, err := read(d, keyOf("p", 4)); engine.CodeOf(err) != engine.CodeUnavailable || engine.MessageOf(err) != msg {
			t.Errorf("a call then gives %v", err)
		}
	}
	if _, err := d.Purge(t.Context(), prefixes(3)); engine.MessageOf(err) != msg {
		t.Errorf("the next Purge = %v", err)
	}
	must(t, errors.Join(d.Close(), os.Remove(foreign)))
	d = open(t, dir, kv.Options{})
	check(t, d, []int{0, 4, 31}, 1)
	_, err := d.Purge(t.Context(), prefixes(3))
	must(t, err)
	if found, where := scan(t, dir, needles(3, 1)); found > 0 {
		t.Errorf("%d left in %v", found, where)
	}
}

func TestClosingWaitsAndThenRefuses(t *testing.T) {
	d := open(t, t.TempDir(), kv.Options{})
	must(t, d.Enter(t.Context(), kv.Call))
	closed := make(chan error, 1)
	go func() { closed <- d.Close() }()
	for { // until Close has begun
		if err := d.Enter(t.Context(), kv.Walk); err != nil {
			if engine.CodeOf(err) != engine.CodeUnavailable {
				t.Errorf("Enter = %v", err)
			}
			break
		}
		d.Leave(kv.Walk)
	}
	select {
	case err := <-closed:
		t.Fatalf("closed while somebody is inside: %v", err)
	default:
	}
	d.Leave(kv.Call)
	must(t, <-closed)
	if _, err := d.Purge(t.Context(), prefixes(1)); engine.CodeOf(err) != engine.CodeUnavailable {
		t.Errorf("Purge = %v", err)
	}
}
