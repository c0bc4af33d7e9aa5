package app

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"gabarit/app/sources"
	"gabarit/engine"
	"gabarit/engine/pipeline"
)

// jobList holds the background collections of this program run, oldest first. One works at a time; the
// others wait for their turn. A paused one keeps its turn.
type jobList struct {
	turn chan struct{} // holds one token while a collection works

	mu   sync.Mutex
	wg   sync.WaitGroup
	all  []*job
	over bool // no new work is taken: the vault is not open (any more)
}

// job is one background collection. Its fields are guarded by the list's lock.
type job struct {
	engine.Job
	run  engine.Run // without an ID
	gate *pipeline.Gate
	stop context.CancelFunc
	told time.Time // when its progress was last hinted at
}

// StartCollect starts a collection in the background, or queues it behind the running one. It returns once
// the request is found to be in order; how it goes on is read from Jobs.
func (a *App) StartCollect(req engine.CollectRequest) (engine.JobID, error) {
	const op = "app.StartCollect"
	s, ctx, done, err := a.enter(a.life, op)
	if err != nil {
		return 0, err
	}
	run, from, err := s.plan(ctx, a.cfg, req)
	err = cmp.Or(err, sources.Close(from)) // the job opens them again
	done()
	if err != nil {
		return 0, err
	}
	l := &a.jobs
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over {
		return 0, engine.E(engine.CodeCanceled, op, "the vault is being locked", nil)
	}
	j := &job{Job: engine.Job{ID: engine.JobID(len(l.all) + 1), Request: req}, run: run}
	l.all = append(l.all, j)
	a.launch(j)
	return j.ID, nil
}

// Jobs gives a snapshot of the background collections of this program run, oldest first; none while the vault is
// not open, as they name what it holds.
func (a *App) Jobs() []engine.Job {
	a.jobs.mu.Lock()
	defer a.jobs.mu.Unlock()
	if a.jobs.over {
		return []engine.Job{}
	}
	out := make([]engine.Job, len(a.jobs.all))
	for i, j := range a.jobs.all {
		out[i] = j.Job
	}
	return out
}

// Unfinished lists what was broken off, by the end of the program or by the user, and is no job of this program run: StartCollect with the request of
// one goes on with it. Newest first.
func (a *App) Unfinished(ctx context.Context) ([]engine.CollectRequest, error) {
	return use(ctx, a, "app.Unfinished", func(ctx context.Context, s *session) ([]engine.CollectRequest, error) {
		runs, err := s.store.UnfinishedRuns(ctx)
		if err != nil {
			return nil, err
		}
		list, err := s.store.Collections(ctx)
		if err != nil {
			return nil, err
		}
		names := map[engine.CollectionID]string{}
		for _, c := range list {
			names[c.ID] = c.Name
		}
		a.jobs.mu.Lock()
		defer a.jobs.mu.Unlock()
		var out []engine.CollectRequest
		for _, r := range slices.Backward(runs) {
			named := !slices.ContainsFunc(r.Sources, func(s string) bool { return strings.HasPrefix(s, hashedSource) }) // else it can't be opened again
			if name, ok := names[r.Collection]; ok && named && !slices.ContainsFunc(a.jobs.all, func(j *job) bool { return j.run.SameWork(r) }) {
				out = append(out, r.Request(name))
			}
		}
		return out, nil
	})
}

// PauseJob holds a running job before its next item; unknown or ended jobs are left alone.
func (a *App) PauseJob(id engine.JobID) {
	a.change(id, func(j *job) {
		if j.State == engine.JobRunning || j.State == engine.JobQueued {
			j.gate.Pause()
			j.State = engine.JobPaused
		}
	})
}

// ResumeJob lets a paused job go on and starts a stopped or failed one again where it ended. While the vault is
// not open it does nothing.
func (a *App) ResumeJob(id engine.JobID) {
	a.change(id, func(j *job) {
		switch j.State {
		case engine.JobPaused:
			j.State = engine.JobRunning
			j.gate.Resume()
		case engine.JobStopped, engine.JobFailed:
			j.Request.Resume = true
			a.launch(j)
		case engine.JobQueued, engine.JobRunning, engine.JobDone:
		}
	})
}

// StopJob ends a job at its next item; what it stored stays. Its state becomes stopped once it has ended.
func (a *App) StopJob(id engine.JobID) {
	a.change(id, func(j *job) {
		switch j.State {
		case engine.JobQueued, engine.JobRunning, engine.JobPaused:
			j.stop()
		case engine.JobDone, engine.JobStopped, engine.JobFailed:
		}
	})
}

// change applies fn to a job under the list's lock and tells the subscribers.
func (a *App) change(id engine.JobID, fn func(*job)) {
	l := &a.jobs
	l.mu.Lock()
	known := !l.over && id >= 1 && int(id) <= len(l.all)
	if known {
		fn(l.all[id-1])
	}
	l.mu.Unlock()
	if known {
		a.events.send(engine.EventJobs)
	}
}

// launch starts j's goroutine; the list's lock is held. stopAll waits for it.
func (a *App) launch(j *job) {
	ctx, stop := context.WithCancel(a.life)
	j.State, j.Err, j.stop, j.gate = engine.JobQueued, nil, stop, pipeline.NewGate()
	req, gate := j.Request, j.gate
	a.jobs.wg.Go(func() {
		defer stop()
		a.finish(j, a.work(ctx, j, req, gate))
	})
}

// work runs one collection; a panic in it becomes this job's error.
func (a *App) work(ctx context.Context, j *job, req engine.CollectRequest, gate *pipeline.Gate) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = engine.E(engine.CodeInternal, "app.StartCollect", "a defect of the program showed up", fmt.Errorf("panic: %v", p))
		}
	}()
	report, err := a.collect(ctx, req, gate, func(p engine.CollectProgress) { a.progress(j, p) })
	if err != nil && (ctx.Err() != nil || !a.isOpen()) { // the vault locks: perhaps the job had not even begun
		return engine.E(engine.CodeCanceled, "app.StartCollect", "stopped", err)
	}
	if err == nil {
		a.jobs.mu.Lock()
		j.Progress.Counts, j.Progress.Elapsed = report.Counts, report.Elapsed
		a.jobs.mu.Unlock()
	}
	return err
}

// jobHintEvery is how often a job's progress is worth reading again.
const jobHintEvery = 200 * time.Millisecond

func (a *App) progress(j *job, p engine.CollectProgress) {
	now := a.cfg.Now()
	a.jobs.mu.Lock()
	j.Progress = p
	begins := j.State == engine.JobQueued
	if begins {
		j.State = engine.JobRunning // its turn has come
	}
	tell := begins || now.Sub(j.told) >= jobHintEvery
	if tell {
		j.told = now
	}
	a.jobs.mu.Unlock()
	if tell {
		a.events.send(engine.EventJobs)
	}
}

func (a *App) finish(j *job, err error) {
	a.jobs.mu.Lock()
	switch {
	case err == nil:
		j.State = engine.JobDone
	case engine.CodeOf(err) == engine.CodeCanceled:
		j.State = engine.JobStopped
	default:
		j.State, j.Err = engine.JobFailed, err
	}
	a.jobs.mu.Unlock()
	a.events.send(engine.EventJobs)
}

// begin takes new work: the vault is open.
func (l *jobList) begin() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.over = false
}

// stopAll refuses new work, stops the jobs and waits for them.
func (l *jobList) stopAll() {
	l.mu.Lock()
	l.over = true
	for _, j := range l.all {
		j.stop()
	}
	l.mu.Unlock()
	l.wg.Wait()
}

// paused tells how many jobs hold still although they are under way.
func (l *jobList) paused() (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, j := range l.all {
		if j.State == engine.JobPaused {
			n++
		}
	}
	return n
}
