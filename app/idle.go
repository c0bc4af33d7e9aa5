package app

import (
	"sync"
	"time"

	"gabarit/engine"
)

// DefaultLockAfter is the idle time after which a vault with a passphrase locks itself.
const DefaultLockAfter = 10 * time.Minute

// idleWatch locks a vault that nobody uses.
type idleWatch struct {
	start sync.Once
	wake  chan struct{} // told when one of the fields below or what they apply to has changed

	after time.Duration // under App.mu
	last  time.Time     // when somebody was last seen using the vault; under App.mu
}

// LockAfter sets the idle time after which the vault locks itself; 0 for never. It applies to vaults with a
// passphrase only: another one would open again without being asked. Somebody uses the vault while a call that needs
// it is under way, a collection or an erasure for example, and whenever Touch is called. A paused collection does not
// keep it open.
func (a *App) LockAfter(d time.Duration) {
	a.mu.Lock()
	a.idle.after, a.idle.last = max(d, 0), a.cfg.Now()
	a.mu.Unlock()
	a.idle.nudge()
}

// Touch tells that the user is there.
func (a *App) Touch() {
	a.mu.Lock()
	a.idle.last = a.cfg.Now()
	a.mu.Unlock()
}

// lockAfter is the idle time that applies to a vault.
func (a *App) lockAfter(passphrase bool) time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !passphrase {
		return 0
	}
	return a.idle.after
}

func (w *idleWatch) nudge() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// watchIdle has the vault that was just opened watched. The goroutine ends with Close, which waits for it.
func (a *App) watchIdle() {
	a.Touch()
	a.idle.start.Do(func() { a.running.Go(a.lockWhenIdle) })
	a.idle.nudge()
}

// idleLook is how often at least a watched vault is looked at: timers stand still while the machine sleeps.
const idleLook = time.Minute

func (a *App) lockWhenIdle() {
	timer := time.NewTimer(idleLook)
	defer timer.Stop()
	for {
		a.mu.Lock()
		left, watched := a.idleTime()
		a.mu.Unlock()
		switch {
		case watched && left <= 0:
			if err := a.lockIf(a.isIdle); err != nil {
				a.warn(&a.troubles, engine.E(engine.CodeUnavailable, "app.Lock", "the vault was locked, but not without an error", err))
			}
			continue
		case watched:
			timer.Reset(min(left, idleLook))
		default:
			timer.Stop()
		}
		select {
		case <-timer.C:
		case <-a.idle.wake:
		case <-a.life.Done():
			return
		}
	}
}

// isIdle reports whether the vault is to be locked; mu is held.
func (a *App) isIdle() bool {
	left, watched := a.idleTime()
	return watched && left <= 0
}

// idleTime tells how long the vault stays open if nobody uses it; watched is false where it does anyway. mu is held.
func (a *App) idleTime() (left time.Duration, watched bool) {
	if a.open == nil || !a.open.sealed || a.idle.after == 0 {
		return 0, false
	}
	now := a.cfg.Now()
	if a.open.active > a.jobs.paused() {
		a.idle.last = now
	}
	// The clock on the wall counts too: the other one stands still while the machine sleeps.
	unused := max(now.Sub(a.idle.last), now.Round(0).Sub(a.idle.last.Round(0)))
	return a.idle.after - unused, true
}
