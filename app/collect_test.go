package app_test

import (
	"context"
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gabarit/app"
	"gabarit/engine"
)

func TestCollectFillsTheIndexAndListsWhatFailed(t *testing.T) {
	a := openApp(t, &drawn{})
	dir := album(t)
	rep := collect(t, a, dir)
	want := engine.CollectCounts{Photos: 4, Faces: 3, NoFace: 1, Duplicates: 1, Failed: 1}
	if diff := cmp.Diff(want, rep.Counts); diff != "" {
		t.Error(diff)
	}
	if len(rep.Failed) != 1 || rep.Failed[0].Item != filepath.Join(dir, "broken.png") {
		t.Errorf("failed: %+v", rep.Failed)
	}
	info, err := a.CollectionByName(t.Context(), "people")
	must(t, err)
	if info.Photos != 4 || info.Faces != 3 || info.NoFace != 1 || info.Failed != 1 {
		t.Errorf("collection: %+v", info)
	}
	failures, err := a.Failures(t.Context(), info.ID)
	must(t, err)
	if len(failures) != 1 || failures[0].Code != engine.CodeCorrupt {
		t.Errorf("failures: %+v", failures)
	}
	st, err := a.Status(t.Context())
	must(t, err)
	if st.Totals != (engine.Totals{Faces: 3, Photos: 4, Collections: 1}) {
		t.Errorf("totals: %+v", st.Totals)
	}
}

func TestTheIndexIsLoadedWhenTheVaultOpens(t *testing.T) {
	cfg := app.Config{VaultDir: filepath.Join(t.TempDir(), "v"), Detector: &drawn{}, Now: clock}
	dir := album(t)
	a := app.New(cfg)
	must(t, a.CreateVault(t.Context(), ""))
	_, err := a.AddCollection(t.Context(), people())
	must(t, err)
	collect(t, a, dir)
	must(t, a.Close())

	a = app.New(cfg)
	defer a.Close()
	must(t, a.Unlock(t.Context(), ""))
	res := search(t, a, filepath.Join(dir, "red.png"))
	if len(res.Probes[0].Matches) != 1 || res.Searched != 3 {
		t.Errorf("result: %+v", res)
	}
}

func TestCollectRefuses(t *testing.T) {
	a := openApp(t, &drawn{})
	dir := album(t)
	st, err := a.Status(t.Context())
	must(t, err)
	for name, c := range map[string]struct {
		req  engine.CollectRequest
		want engine.Code
	}{
		"an unknown collection":   {engine.CollectRequest{Collection: "nobody", Sources: []string{dir}}, engine.CodeNotFound},
		"no source":               {engine.CollectRequest{Collection: "people"}, engine.CodeInvalid},
		"a source that is gone":   {engine.CollectRequest{Collection: "people", Sources: []string{dir, dir + "/gone"}}, engine.CodeNotFound},
		"a site, with no contact": {engine.CollectRequest{Collection: "people", Sources: []string{"https://example.org/"}}, engine.CodeInvalid},
		"an unknown detector":     {engine.CollectRequest{Collection: "people", Sources: []string{dir}, Look: engine.Look{Detector: "best"}}, engine.CodeInvalid},
		"the vault's own folder":  {engine.CollectRequest{Collection: "people", Sources: []string{st.Dir}}, engine.CodeInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := a.Collect(t.Context(), c.req, nil)
			wantCode(t, err, c.want)
			_, err = a.StartCollect(c.req)
			wantCode(t, err, c.want)
		})
	}
	if jobs := a.Jobs(); len(jobs) != 0 {
		t.Errorf("refused jobs are listed: %+v", jobs)
	}
}

// gatedDetector lets one Detect pass for every token.
func gatedDetector() (*drawn, chan struct{}) {
	tokens := make(chan struct{})
	return &drawn{onDetect: func(ctx context.Context) error {
		select {
		case <-tokens:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}}, tokens
}

// waitJob waits until a job is in a state, by the events that tell of changes.
func waitJob(t *testing.T, a *app.App, id engine.JobID, want engine.JobState) engine.Job {
	t.Helper()
	changed := make(chan struct{}, 1)
	cancel := a.Subscribe(func(engine.Event) {
		select {
		case changed <- struct{}{}:
		default:
		}
	})
	defer cancel()
	for {
		if j := a.Jobs()[id-1]; j.State == want {
			return j
		}
		select {
		case <-changed:
		case <-t.Context().Done():
			t.Fatalf("job: %+v, want %s", a.Jobs()[id-1], want)
		}
	}
}

func TestJobsPauseStopAndResume(t *testing.T) {
	d, tokens := gatedDetector()
	a := openApp(t, d)
	dir := album(t)
	id, err := a.StartCollect(engine.CollectRequest{Collection: "people", Sources: []string{dir}})
	must(t, err)
	waitJob(t, a, id, engine.JobRunning)
	tokens <- struct{}{}
	a.PauseJob(id)
	waitJob(t, a, id, engine.JobPaused)
	a.ResumeJob(id)
	waitJob(t, a, id, engine.JobRunning)
	a.StopJob(id)
	waitJob(t, a, id, engine.JobStopped)

	close(tokens) // everything may pass from now on
	a.ResumeJob(id)
	j := waitJob(t, a, id, engine.JobDone)
	want := engine.CollectCounts{Photos: 4, Faces: 3, NoFace: 1, Duplicates: 1, Failed: 1}
	if diff := cmp.Diff(want, j.Progress.Counts); diff != "" {
		t.Error(diff)
	}
	info, err := a.CollectionByName(t.Context(), "people")
	must(t, err)
	if info.Photos != 4 || info.Faces != 3 {
		t.Errorf("collection: %+v", info)
	}
	a.StopJob(id)
	a.PauseJob(id)
	a.ResumeJob(id)
	a.StopJob(99)
	if got := a.Jobs()[0].State; got != engine.JobDone {
		t.Errorf("an ended job changed to %s", got)
	}
}

func TestAJobWaitsForItsTurnAndCanBeStoppedMeanwhile(t *testing.T) {
	d, tokens := gatedDetector()
	a := openApp(t, d)
	first, err := a.StartCollect(engine.CollectRequest{Collection: "people", Sources: []string{album(t)}})
	must(t, err)
	waitJob(t, a, first, engine.JobRunning)
	second, err := a.StartCollect(engine.CollectRequest{Collection: "people", Sources: []string{album(t)}})
	must(t, err)
	if got := a.Jobs()[1].State; got != engine.JobQueued {
		t.Errorf("the second job is %s beside a running one", got)
	}
	a.StopJob(second)
	waitJob(t, a, second, engine.JobStopped)
	if got := a.Jobs()[0].State; got != engine.JobRunning {
		t.Errorf("stopping the second job made the first one %s", got)
	}
	close(tokens)
	waitJob(t, a, first, engine.JobDone)
}

func TestJobsRunOneAtATime(t *testing.T) {
	var mu sync.Mutex
	var order []string
	d := &drawn{}
	a := openApp(t, d)
	var dirs []string
	for n := range 3 {
		dir := t.TempDir()
		for i := range 4 {
			draw(t, filepath.Join(dir, string(rune('a'+i))+".png"), color.RGBA{uint8(50 * (n + 1)), uint8(50 * i), 99, 255}, uint32(i))
		}
		dirs = append(dirs, dir)
	}
	cancel := a.Subscribe(func(engine.Event) {
		mu.Lock()
		defer mu.Unlock()
		busy := 0
		for _, j := range a.Jobs() {
			if j.State == engine.JobRunning && j.Progress.Counts.Done() > 0 && j.Progress.Counts.Done() < 4 {
				busy++
			}
		}
		if busy > 1 {
			order = append(order, "two at once")
		}
	})
	defer cancel()
	for _, dir := range dirs {
		_, err := a.StartCollect(engine.CollectRequest{Collection: "people", Sources: []string{dir}})
		must(t, err)
	}
	for id := range dirs {
		waitJob(t, a, engine.JobID(id+1), engine.JobDone)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(order) > 0 {
		t.Error("two collections worked at the same time")
	}
	info, err := a.CollectionByName(t.Context(), "people")
	must(t, err)
	if info.Photos != 12 || info.Faces != 12 {
		t.Errorf("collection: %+v", info)
	}
}

func TestCloseStopsRunningAndWaitingJobs(t *testing.T) {
	d, _ := gatedDetector()
	a := openApp(t, d)
	dir := album(t)
	for range 3 {
		_, err := a.StartCollect(engine.CollectRequest{Collection: "people", Sources: []string{dir}})
		must(t, err)
	}
	must(t, a.Close())
	for _, j := range a.Jobs() {
		if j.State != engine.JobStopped {
			t.Errorf("job %d is %s after Close", j.ID, j.State)
		}
	}
	_, err := a.StartCollect(engine.CollectRequest{Collection: "people", Sources: []string{dir}})
	wantCode(t, err, engine.CodeCanceled)
}

// A call that came between the beginning of Close and the locking of the vault was refused, but counted as under way for ever.
func TestACallThatComesWhileTheProgramEndsHoldsNothing(t *testing.T) {
	a := openApp(t, &drawn{})
	a.BeginClose()
	_, err := a.CollectionByName(t.Context(), "people")
	wantCode(t, err, engine.CodeCanceled)
	must(t, a.Close())
}

func TestACrashOfTheDetectorIsThatPhotosError(t *testing.T) {
	a := openApp(t, &drawn{onDetect: func(context.Context) error { panic("boom") }})
	dir := t.TempDir()
	draw(t, filepath.Join(dir, "a.png"), red(), 1)
	rep := collect(t, a, dir)
	if rep.Counts.Failed != 1 || rep.Counts.NoFace != 0 || rep.Failed[0].Code != engine.CodeInternal {
		t.Errorf("report: %+v", rep)
	}
}

func TestAJobThatCanNotGoOnFailsWithItsReason(t *testing.T) {
	a := app.New(app.Config{VaultDir: filepath.Join(t.TempDir(), "v"), ModelsDir: t.TempDir(), Now: clock})
	defer a.Close()
	must(t, a.CreateVault(t.Context(), ""))
	_, err := a.AddCollection(t.Context(), people())
	must(t, err)
	id, err := a.StartCollect(engine.CollectRequest{Collection: "people", Sources: []string{album(t)}})
	must(t, err)
	j := waitJob(t, a, id, engine.JobFailed)
	wantCode(t, j.Err, engine.CodeNoModel)
}

func TestProgressReachesTheCaller(t *testing.T) {
	a := openApp(t, &drawn{})
	var last engine.CollectProgress
	_, err := a.Collect(t.Context(), engine.CollectRequest{Collection: "people", Sources: []string{album(t)}},
		func(p engine.CollectProgress) { last = p })
	must(t, err)
	if !last.Listed || last.Total != 6 || last.Counts.Done() != 6 {
		t.Errorf("last progress: %+v", last)
	}
}

func TestASourceNamedTwiceIsReadOnce(t *testing.T) {
	a := openApp(t, &drawn{})
	dir := album(t)
	rel, err := filepath.Rel(mustWd(t), dir)
	must(t, err)
	rep := collect(t, a, dir, rel, dir+string(os.PathSeparator))
	if rep.Counts.Photos != 4 || rep.Counts.Duplicates != 1 {
		t.Errorf("report: %+v", rep.Counts)
	}
	again := collect(t, a, dir)
	if again.Counts.Unchanged != 5 || again.Counts.Failed != 1 || strings.TrimSpace(string(again.Run)) == "" {
		t.Errorf("second run: %+v", again)
	}
}

func mustWd(t *testing.T) string {
	t.Helper()
	wd, err := os.Getwd()
	must(t, err)
	return wd
}
