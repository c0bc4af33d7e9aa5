package app_test

import (
	"context"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"gabarit/app"
	"gabarit/engine"
)

// idleTest runs a test in a bubble in which time passes at once when nothing is done. Its App has an open vault with a passphrase.
func idleTest(t *testing.T, cfg app.Config, test func(t *testing.T, a *app.App)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		cfg.VaultDir, cfg.StateDir = filepath.Join(t.TempDir(), "vault"), t.TempDir()
		if cfg.Detector == nil {
			cfg.Detector = &drawn{}
		}
		a := app.New(cfg)
		a.CheapPassphrases()
		must(t, a.CreateVault(t.Context(), secret))
		_, err := a.AddCollection(t.Context(), people())
		must(t, err)
		test(t, a)
		must(t, a.Close())
	})
}

// stays and locks let time pass and check whether the vault is open then.
func stays(t *testing.T, a *app.App, d time.Duration) {
	t.Helper()
	time.Sleep(d)
	synctest.Wait()
	if got := a.State(); got != engine.VaultOpen {
		t.Fatalf("after %v the vault is %s", d, got)
	}
}

func locks(t *testing.T, a *app.App, d time.Duration) {
	t.Helper()
	time.Sleep(d)
	synctest.Wait()
	if got := a.State(); got != engine.VaultSealed {
		t.Fatalf("after %v the vault is %s", d, got)
	}
}

func TestAnUnusedVaultLocksItself(t *testing.T) {
	idleTest(t, app.Config{}, func(t *testing.T, a *app.App) {
		stays(t, a, app.DefaultLockAfter-time.Second)
		locks(t, a, 2*time.Second)
		must(t, a.Unlock(t.Context(), secret))
		a.LockAfter(time.Hour)
		stays(t, a, time.Hour-time.Second)
		a.Touch()
		stays(t, a, time.Hour-time.Second)
		_, err := a.Cases(t.Context()) // use, too
		must(t, err)
		stays(t, a, time.Hour-time.Second)
		st, err := a.Status(t.Context()) // no use: windows ask for it by themselves
		must(t, err)
		if st.LockAfter != time.Hour {
			t.Errorf("status tells %v", st.LockAfter)
		}
		locks(t, a, 2*time.Second)
	})
}

func TestAVaultThatIsNotToLockStaysOpen(t *testing.T) {
	idleTest(t, app.Config{}, func(t *testing.T, a *app.App) {
		a.LockAfter(0)
		stays(t, a, 2*app.DefaultLockAfter)
		a.LockAfter(time.Minute)
		must(t, a.ChangePassphrase(t.Context(), secret, ""))
		time.Sleep(time.Hour)
		st, err := a.Status(t.Context())
		must(t, err)
		if st.Vault != engine.VaultOpen || st.LockAfter != 0 {
			t.Errorf("without passphrase: %+v", st)
		}
		must(t, a.ChangePassphrase(t.Context(), "", secret))
		locks(t, a, time.Minute+time.Second)
	})
}

func TestAVaultInUseStaysOpen(t *testing.T) {
	work := make(chan struct{})
	d := &drawn{onDetect: func(ctx context.Context) error {
		select {
		case <-work:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}}
	idleTest(t, app.Config{Detector: d}, func(t *testing.T, a *app.App) {
		work = make(chan struct{}) // of this bubble
		id, err := a.StartCollect(engine.CollectRequest{Collection: "people", Sources: []string{album(t)}})
		must(t, err)
		stays(t, a, 5*app.DefaultLockAfter)
		close(work)
		synctest.Wait()
		if got := a.Jobs()[id-1].State; got != engine.JobDone {
			t.Fatalf("the job is %s", got)
		}
		stays(t, a, app.DefaultLockAfter-time.Second)
		locks(t, a, 2*time.Second)

		must(t, a.Unlock(t.Context(), secret))
		work = make(chan struct{})
		id, err = a.StartCollect(engine.CollectRequest{Collection: "people", Sources: []string{album(t)}})
		must(t, err)
		synctest.Wait()
		a.PauseJob(id)
		locks(t, a, app.DefaultLockAfter+time.Second) // paused, and nobody there
	})
}

func TestASleepingMachineWakesUpLocked(t *testing.T) {
	var slept atomic.Int64
	now := func() time.Time { return time.Now().Round(0).Add(time.Duration(slept.Load())) }
	idleTest(t, app.Config{Now: now}, func(t *testing.T, a *app.App) {
		stays(t, a, time.Minute)
		slept.Store(int64(time.Hour)) // while timers stood still
		locks(t, a, time.Minute)
	})
}
