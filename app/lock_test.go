package app_test

import (
	"context"
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gabarit/app"
	"gabarit/engine"
)

const secret = "correct horse battery staple"

// sealedApp gives an App with an open vault that has a passphrase, and a collection named "people".
func sealedApp(t testing.TB, d engine.FaceDetector) *app.App {
	t.Helper()
	a := newApp(t, d)
	a.CheapPassphrases()
	must(t, a.CreateVault(t.Context(), secret))
	_, err := a.AddCollection(t.Context(), people())
	must(t, err)
	return a
}

func TestALockedVaultShowsNothingAndOpensAgain(t *testing.T) {
	a := sealedApp(t, &drawn{})
	dir := album(t)
	collect(t, a, dir)
	before := search(t, a, filepath.Join(dir, "red.png"))
	open, err := a.Status(t.Context())
	must(t, err)

	must(t, a.Lock())
	must(t, a.Lock())
	if got := a.State(); got != engine.VaultSealed {
		t.Errorf("state %q", got)
	}
	st, err := a.Status(t.Context())
	must(t, err)
	if st.Totals != (engine.Totals{}) || !st.Passphrase || len(st.Jobs)+len(st.Warnings) != 0 {
		t.Errorf("a locked vault tells %+v", st)
	}
	_, err = a.Collections(t.Context())
	wantCode(t, err, engine.CodeBadKey)
	p := probe(t, a, filepath.Join(dir, "red.png")) // needs no vault
	_, err = a.Search(t.Context(), engine.SearchRequest{Purpose: "tests", Probe: p})
	wantCode(t, err, engine.CodeBadKey)
	_, err = a.StartCollect(engine.CollectRequest{Collection: "people", Sources: []string{dir}})
	wantCode(t, err, engine.CodeBadKey)

	wantCode(t, a.Unlock(t.Context(), "open sesame"), engine.CodeBadKey)
	must(t, a.Unlock(t.Context(), secret))
	must(t, a.Unlock(t.Context(), secret)) // does nothing
	if diff := cmp.Diff(before, search(t, a, filepath.Join(dir, "red.png"))); diff != "" {
		t.Error(diff)
	}
	again, err := a.Status(t.Context())
	must(t, err)
	if diff := cmp.Diff(open, again); diff != "" {
		t.Error(diff)
	}
}

func TestEventsTellOfLockingAndUnlocking(t *testing.T) {
	a := sealedApp(t, &drawn{})
	var states []engine.VaultState
	cancel := a.Subscribe(func(e engine.Event) {
		if e == engine.EventVault {
			states = append(states, a.State())
		}
	})
	defer cancel()
	must(t, a.Lock())
	must(t, a.Unlock(t.Context(), secret))
	want := []engine.VaultState{engine.VaultSealed, engine.VaultSealed, engine.VaultOpen}
	if diff := cmp.Diff(want, states); diff != "" {
		t.Error(diff)
	}
}

func TestUnlockingIsRecordedWithWhatOpenedTheVault(t *testing.T) {
	a := sealedApp(t, &drawn{})
	must(t, a.Lock())
	must(t, a.Unlock(t.Context(), secret))
	plain := newApp(t, &drawn{})
	must(t, plain.CreateVault(t.Context(), ""))
	must(t, plain.Lock())
	must(t, plain.Unlock(t.Context(), "ignored"))
	for want, a := range map[string]*app.App{"passphrase": a, "none": plain} {
		entry := lastEntry(t, a)
		if entry.Action != engine.ActionUnlocked || entry.Detail["with"] != want {
			t.Errorf("entry %+v, want unlocked with %s", entry, want)
		}
	}
}

func lastEntry(t testing.TB, a *app.App) engine.AuditEntry {
	t.Helper()
	log, err := a.Audit(t.Context())
	must(t, err)
	return log[len(log)-1]
}

func TestLockStopsJobsThatGoOnAfterwards(t *testing.T) {
	d, tokens := gatedDetector()
	a := sealedApp(t, d)
	dir := album(t)
	running, err := a.StartCollect(engine.CollectRequest{Collection: "people", Sources: []string{dir}})
	must(t, err)
	waitJob(t, a, running, engine.JobRunning)
	queued, err := a.StartCollect(engine.CollectRequest{Collection: "people", Sources: []string{album(t)}})
	must(t, err)
	tokens <- struct{}{}
	must(t, a.Lock())
	if jobs := a.Jobs(); len(jobs) != 0 {
		t.Errorf("a locked vault shows its jobs: %+v", jobs)
	}
	a.ResumeJob(running) // not while it is locked
	must(t, a.Unlock(t.Context(), secret))
	for _, j := range a.Jobs() {
		if j.State != engine.JobStopped {
			t.Errorf("job %+v after the vault was locked", j)
		}
	}
	close(tokens)
	a.ResumeJob(running)
	j := waitJob(t, a, running, engine.JobDone)
	want := engine.CollectCounts{Photos: 4, Faces: 3, NoFace: 1, Duplicates: 1, Failed: 1}
	if diff := cmp.Diff(want, j.Progress.Counts); diff != "" {
		t.Error(diff)
	}
	if got := a.Jobs()[queued-1].State; got != engine.JobStopped {
		t.Errorf("the job that was queued is %s", got)
	}
}

func TestLockEndsCallsUnderWay(t *testing.T) {
	started := make(chan struct{})
	var once sync.Once
	a := sealedApp(t, &drawn{onDetect: func(ctx context.Context) error {
		once.Do(func() { close(started) })
		<-ctx.Done()
		return ctx.Err()
	}})
	dir := album(t)
	done := make(chan error, 1)
	go func() {
		_, err := a.Collect(context.Background(), engine.CollectRequest{Collection: "people", Sources: []string{dir}}, nil)
		done <- err
	}()
	<-started
	must(t, a.Lock())
	wantCode(t, <-done, engine.CodeCanceled)
}

// Calls race with locking: each either does its work or says why not.
func TestLockRacesWithEverything(t *testing.T) {
	a := sealedApp(t, &drawn{})
	dir := album(t)
	collect(t, a, dir)
	p := probe(t, a, filepath.Join(dir, "red.png"))
	var fine sync.WaitGroup
	over := make(chan struct{})
	loop := func(call func() error) {
		fine.Go(func() {
			for {
				select {
				case <-over:
					return
				default:
				}
				switch err := call(); engine.CodeOf(err) {
				case "", engine.CodeBadKey, engine.CodeCanceled:
				default:
					t.Errorf("while the vault locks: %v", err)
				}
			}
		})
	}
	loop(func() error {
		_, err := a.Search(t.Context(), engine.SearchRequest{Purpose: "tests", Probe: p})
		return err
	})
	loop(func() error {
		_, err := a.Collect(t.Context(), engine.CollectRequest{Collection: "people", Sources: []string{dir}, Resume: true}, nil)
		return err
	})
	loop(func() error {
		_, err := a.StartCollect(engine.CollectRequest{Collection: "people", Sources: []string{dir}})
		return err
	})
	loop(func() error { _, err := a.Status(t.Context()); return err })
	for range 6 {
		must(t, a.Lock())
		must(t, a.Unlock(t.Context(), secret))
	}
	close(over)
	fine.Wait()
	must(t, a.Lock())
	must(t, a.Unlock(t.Context(), secret))
	if res := search(t, a, filepath.Join(dir, "red.png")); len(res.Probes[0].Matches) != 1 || res.Index.Photos != 4 {
		t.Errorf("after all that the vault holds %+v", res.Index)
	}
}
