package library

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine"
	"gabarit/ui/kit"
)

// detailPane shows the marked collection and its failed items.
type detailPane struct {
	view                                   *View
	name, purpose, basis, condition, scope *widget.Label
	keep, content, upkeep                  *widget.Label
	failed                                 *widget.Label
	retry                                  *kit.Button
	items                                  *kit.List
	box                                    *fyne.Container
	root                                   fyne.CanvasObject
}

func newDetailPane(v *View) *detailPane {
	d := &detailPane{view: v, name: kit.NewTitle(""), purpose: kit.NewText(""), basis: kit.NewText(""), condition: kit.NewText(""),
		scope: kit.NewText(""), keep: kit.NewText(""), content: kit.NewText(""), upkeep: kit.NewText(""), failed: widget.NewLabel("")}
	d.name.Truncation = fyne.TextTruncateEllipsis
	d.failed.TextStyle.Bold = true
	d.retry = v.env.NewButton(kit.T("Retry"), theme.ViewRefreshIcon(), v.retry)
	form := widget.NewForm(
		widget.NewFormItem(kit.T("Purpose"), d.purpose),
		widget.NewFormItem(kit.T("Legal basis"), d.basis),
		widget.NewFormItem(kit.T("Condition (art. 9)"), d.condition),
		widget.NewFormItem(kit.T("Sources"), d.scope),
		widget.NewFormItem(kit.T("Kept"), d.keep),
		widget.NewFormItem(kit.T("Holds"), d.content),
		widget.NewFormItem(kit.T("Upkeep"), d.upkeep))
	d.items = v.env.NewList(func() int { return len(v.p.Failures()) },
		func() fyne.CanvasObject {
			item, why := kit.NewLine(""), kit.NewLine("")
			why.SizeName = theme.SizeNameCaptionText
			return kit.Compact(container.NewVBox(item, why))
		}, d.drawItem)
	dates := v.env.NewButton(kit.T("Dates and sources…"), theme.HistoryIcon(), v.showUpkeep)
	v.env.Dump.Name("library.upkeep", dates)
	remove := v.env.NewButton(kit.T("Remove collection…"), theme.DeleteIcon(), v.remove)
	v.env.Dump.Name("library.remove", remove)
	head := container.NewVBox(container.NewBorder(nil, nil, nil, container.NewHBox(dates, remove), d.name), kit.Compact(form), widget.NewSeparator(), container.NewBorder(nil, nil, nil, d.retry, d.failed))
	d.box = container.NewBorder(head, nil, nil, nil, d.items)
	d.root = container.NewPadded(d.box)
	v.env.Dump.Name("library.detail", d.content)
	return d
}

func (d *detailPane) drawItem(i int, o fyne.CanvasObject) {
	items := d.view.p.Failures()
	if i >= len(items) {
		return
	}
	box := o.(*container.ThemeOverride).Content.(*fyne.Container)
	kit.SetText(box.Objects[0].(*widget.Label), items[i].Item)
	why := kit.Reason(items[i].Code, items[i].Reason)
	if items[i].Detail != "" {
		why += " (" + items[i].Detail + ")"
	}
	kit.SetText(box.Objects[1].(*widget.Label), why)
}

func (d *detailPane) refresh() {
	c, ok := d.view.p.Selected()
	kit.Show(ok, d.box)
	if !ok {
		return
	}
	kit.SetText(d.name, c.Name)
	kit.SetText(d.purpose, c.Purpose)
	kit.SetText(d.basis, basisWords(c.Basis))
	kit.SetText(d.condition, conditionWords(c.Condition))
	kit.SetText(d.scope, scopeWords(c.Scope))
	kit.SetText(d.keep, kit.N("{{.N}} days after collection", int(c.Retain/day)))
	kit.SetText(d.content, countWords(c))
	kit.SetText(d.upkeep, upkeepWords(d.view.upkeep[c.ID]))
	failed, partial := d.view.p.Unread()
	kit.Show(failed+partial > 0, d.failed, d.items)
	kit.Show(failed > 0, d.retry)
	said := kit.N("{{.N}} items could not be read", failed)
	if partial > 0 {
		said += ", " + kit.N("{{.N}} items were read in part", partial)
	}
	kit.SetText(d.failed, said)
	d.items.Refresh()
}

// jobsPane lists the jobs of this session.
type jobsPane struct {
	view *View
	rows map[engine.JobID]*jobRow
	list *fyne.Container
	root *fyne.Container
}

// maxJobs is how many of the newest jobs are shown.
const maxJobs = 4

func newJobsPane(v *View) *jobsPane {
	j := &jobsPane{view: v, rows: map[engine.JobID]*jobRow{}, list: container.NewVBox()}
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
	kit.Show(len(jobs) > 0, j.root)
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
	if len(objects) != len(j.list.Objects) || (len(objects) > 0 && objects[0] != j.list.Objects[0]) {
		j.list.Objects = objects
		j.list.Refresh()
	}
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
	v.env.Dump.Name("library.job.pause", r.pause)
	v.env.Dump.Name("library.job.stop", r.stop)
	bars := container.NewStack(r.bar, r.busy)
	text := container.NewVBox(container.NewBorder(nil, nil, nil, r.state, r.what), bars, r.done)
	buttons := container.NewCenter(container.NewHBox(r.pause, r.stop))
	r.root = container.NewBorder(nil, nil, nil, buttons, kit.Compact(text))
	return r
}

func (r *jobRow) show(j engine.Job, p Pace) {
	var names []string
	for _, s := range j.Request.Sources {
		names = append(names, base(s))
	}
	kit.SetText(r.what, j.Request.Collection+" ← "+strings.Join(names, ", "))
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
