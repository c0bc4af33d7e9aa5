package library

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine"
	"gabarit/ui/kit"
)

// jobsPane lists the jobs of this session, and what was broken off before.
type jobsPane struct {
	view   *View
	rows   map[engine.JobID]*jobRow
	broken map[string]fyne.CanvasObject // rows of what was broken off, by collection and sources
	list   *fyne.Container
	root   *fyne.Container
}

// maxJobs is how many of the newest jobs are shown.
const maxJobs = 4

func newJobsPane(v *View) *jobsPane {
	j := &jobsPane{view: v, rows: map[engine.JobID]*jobRow{}, broken: map[string]fyne.CanvasObject{}, list: container.NewVBox()}
	j.root = container.NewVBox(widget.NewSeparator(), j.list)
	v.env.Dump.Find("library.job", func() fyne.CanvasObject {
		if len(j.list.Objects) == 0 {
			return nil
		}
		return j.list.Objects[0]
	})
	v.env.Dump.Find("library.job.state", func() fyne.CanvasObject {
		for _, job := range v.p.Jobs() {
			if row := j.rows[job.ID]; row != nil {
				return row.state
			}
		}
		return nil
	})
	return j
}

func (j *jobsPane) refresh() {
	jobs := j.view.p.Jobs()
	var objects []fyne.CanvasObject
	for _, job := range jobs[:min(len(jobs), maxJobs)] {
		row := j.rows[job.ID]
		if row == nil {
			row = newJobRow(j.view, job.ID)
			j.rows[job.ID] = row
		}
		row.show(job, j.view.p.Pace(job))
		objects = append(objects, row.root)
	}
	unfinished := j.view.p.Unfinished()
	for _, req := range unfinished[:min(len(unfinished), maxJobs)] {
		key := strings.Join(append([]string{req.Collection}, req.Sources...), "\n")
		if j.broken[key] == nil {
			j.broken[key] = newBrokenRow(j.view, req)
		}
		objects = append(objects, j.broken[key])
	}
	kit.Show(len(objects) > 0, j.root)
	if !slices.Equal(objects, j.list.Objects) {
		j.list.Objects = objects
		j.list.Refresh()
	}
}

// newBrokenRow shows what was broken off, which can be gone on with.
func newBrokenRow(v *View, req engine.CollectRequest) fyne.CanvasObject {
	what := kit.NewLine(jobTitle(req))
	what.TextStyle.Bold = true
	resume := v.env.NewButton(kit.T("Resume"), theme.MediaPlayIcon(), func() {
		v.notice.Clear()
		v.p.SelectName(req.Collection)
		v.refresh()
		v.collect(req)
	})
	v.env.Dump.Name("library.resume", resume)
	said := kit.NewLine(kit.T("Broken off. It goes on where it ended, and reads nothing twice."))
	return container.NewBorder(nil, nil, nil, container.NewCenter(resume), kit.Compact(container.NewVBox(what, said)))
}

// jobTitle tells what goes where.
func jobTitle(req engine.CollectRequest) string {
	var names []string
	for _, s := range req.Sources {
		if strings.Contains(s, "://") {
			names = append(names, s)
		} else {
			names = append(names, base(s))
		}
	}
	return req.Collection + " ← " + strings.Join(names, ", ")
}

// jobRow shows one job.
type jobRow struct {
	what, state, done *widget.Label
	bar               *widget.ProgressBar
	busy              *widget.ProgressBarInfinite
	pause, stop       *kit.Button
	root              fyne.CanvasObject
	paused            bool
}

func newJobRow(v *View, id engine.JobID) *jobRow {
	r := &jobRow{what: kit.NewLine(""), state: widget.NewLabel(""), done: kit.NewLine(""),
		bar: widget.NewProgressBar(), busy: widget.NewProgressBarInfinite()}
	r.what.TextStyle.Bold = true
	r.bar.TextFormatter = func() string { return "" } // the state says it, readable on any colour
	r.pause = v.env.NewButton(kit.T("Pause"), theme.MediaPauseIcon(), func() {
		if r.paused {
			v.act(v.svc.ResumeJob, id)
		} else {
			v.act(v.svc.PauseJob, id)
		}
	})
	r.stop = v.env.NewButton(kit.T("Stop"), theme.MediaStopIcon(), func() { v.act(v.svc.StopJob, id) })
	v.env.Dump.Name("library.job.done", r.done)
	v.env.Dump.Name("library.job.pause", r.pause)
	v.env.Dump.Name("library.job.stop", r.stop)
	bars := container.NewStack(r.bar, r.busy)
	text := container.NewVBox(container.NewBorder(nil, nil, nil, r.state, r.what), bars, r.done)
	buttons := container.NewCenter(container.NewHBox(r.pause, r.stop))
	r.root = container.NewBorder(nil, nil, nil, buttons, kit.Compact(text))
	return r
}

func (r *jobRow) show(j engine.Job, p Pace) {
	kit.SetText(r.what, jobTitle(j.Request))
	state := stateWords(j.State)
	if p.Share >= 0 && j.State != engine.JobDone {
		state += " · " + kit.T("{{.V}} %", kit.Field(int(p.Share*100)))
	}
	if pace := paceWords(j, p); pace != "" {
		state += " · " + pace
	}
	kit.SetText(r.state, state)
	done := jobWords(j)
	if j.Err != nil && j.State == engine.JobFailed {
		done += " · " + kit.Explain(j.Err).What
	}
	kit.SetText(r.done, done)
	counting := p.Share < 0 && j.State == engine.JobRunning
	if counting != r.busy.Running() {
		if counting {
			r.busy.Start()
		} else {
			r.busy.Stop()
		}
	}
	kit.Show(counting, r.busy)
	kit.Show(!counting, r.bar)
	r.bar.SetValue(max(p.Share, 0))
	r.paused = j.State == engine.JobPaused || j.State == engine.JobStopped || j.State == engine.JobFailed
	if r.paused {
		r.pause.SetText(kit.T("Resume"))
		r.pause.SetIcon(theme.MediaPlayIcon())
	} else {
		r.pause.SetText(kit.T("Pause"))
		r.pause.SetIcon(theme.MediaPauseIcon())
	}
	kit.Show(j.State != engine.JobDone, r.pause)
	kit.Show(j.State == engine.JobQueued || j.State == engine.JobRunning || j.State == engine.JobPaused, r.stop)
}
