package library

import (
	"slices"
	"strings"
	"time"

	"gabarit/engine"
	"gabarit/engine/formats"
)

// Presenter is the state of the library screen. All methods are for one goroutine.
type Presenter struct {
	collections []engine.CollectionInfo
	known       bool
	selected    engine.CollectionID
	wanted      string // name of the collection to be marked when it is listed
	failures    []engine.FailedItem
	shown       FailureKind
	jobs        []engine.Job
	unfinished  []engine.CollectRequest
	tracks      map[engine.JobID]track
}

// track remembers how far a job was when first seen, so that its rate leaves out what an earlier run had done.
type track struct {
	done    int
	elapsed time.Duration
}

// NewPresenter gives the state before anything was read.
func NewPresenter() *Presenter { return &Presenter{tracks: map[engine.JobID]track{}} }

// SetCollections takes the list and keeps the selection, or selects the first.
func (p *Presenter) SetCollections(list []engine.CollectionInfo) {
	p.collections, p.known = list, true
	if p.wanted != "" {
		p.SelectName(p.wanted)
	}
	if _, ok := p.Selected(); !ok {
		p.selected = ""
		if len(list) > 0 {
			p.selected = list[0].ID
		}
	}
}

// Collections lists the collections.
func (p *Presenter) Collections() []engine.CollectionInfo { return p.collections }

// Empty reports whether there is known to be no collection.
func (p *Presenter) Empty() bool { return p.known && len(p.collections) == 0 }

// Select marks a collection and forgets the other one's failed items.
func (p *Presenter) Select(id engine.CollectionID) {
	if p.selected != id {
		p.selected, p.failures = id, nil
	}
}

// SelectName marks the collection of that name, now or when it is listed.
func (p *Presenter) SelectName(name string) {
	p.wanted = name
	for _, c := range p.collections {
		if c.Name == name {
			p.Select(c.ID)
			p.wanted = ""
		}
	}
}

// Selected is the marked collection.
func (p *Presenter) Selected() (engine.CollectionInfo, bool) {
	i := slices.IndexFunc(p.collections, func(c engine.CollectionInfo) bool { return c.ID == p.selected })
	if i < 0 {
		return engine.CollectionInfo{}, false
	}
	return p.collections[i], true
}

// SetFailures takes the failed items of a collection; those of another than the marked one are dropped.
func (p *Presenter) SetFailures(id engine.CollectionID, items []engine.FailedItem) {
	if id == p.selected {
		p.failures = items
	}
}

// FailureKind tells why an item is listed.
type FailureKind int

// The kinds: what could not be read and may be tried again, what a rule forbids, and what was read in part.
const (
	Failed FailureKind = iota
	Refused
	Partial
	failureKinds
)

func kindOf(f engine.FailedItem) FailureKind {
	switch {
	case f.Partial:
		return Partial
	case f.Code == engine.CodeRefused:
		return Refused
	}
	return Failed
}

// Show chooses the kind that Failures lists.
func (p *Presenter) Show(k FailureKind) { p.shown = k }

// Failures are the marked collection's items of the kind that is shown; where there are none of it, of the first kind that there is.
func (p *Presenter) Failures() (out []engine.FailedItem) {
	for _, f := range p.failures {
		if kindOf(f) == p.Shown() {
			out = append(out, f)
		}
	}
	return out
}

// Shown is the kind that Failures lists.
func (p *Presenter) Shown() FailureKind {
	counts := p.Unread()
	if counts[p.shown] > 0 {
		return p.shown
	}
	for k, n := range counts {
		if n > 0 {
			return FailureKind(k)
		}
	}
	return Failed
}

// Unread counts the items of each kind.
func (p *Presenter) Unread() (counts [failureKinds]int) {
	for _, f := range p.failures {
		counts[kindOf(f)]++
	}
	return counts
}

// SetUnfinished takes what was broken off before this program run.
func (p *Presenter) SetUnfinished(list []engine.CollectRequest) { p.unfinished = list }

// Unfinished is what was broken off, newest first.
func (p *Presenter) Unfinished() []engine.CollectRequest { return p.unfinished }

// Contact is what was told to sites last, "" for nothing.
func (p *Presenter) Contact() string {
	for _, j := range p.jobs {
		if c := j.Request.Web.Contact; c != "" {
			return c
		}
	}
	for _, r := range p.unfinished {
		if c := r.Web.Contact; c != "" {
			return c
		}
	}
	return ""
}

// SetJobs takes the jobs, newest first on the screen.
func (p *Presenter) SetJobs(jobs []engine.Job) {
	p.jobs = slices.Clone(jobs)
	slices.SortFunc(p.jobs, func(a, b engine.Job) int { return int(b.ID) - int(a.ID) })
	for _, j := range p.jobs {
		t, ok := p.tracks[j.ID]
		if !ok || j.Progress.Elapsed < t.elapsed {
			p.tracks[j.ID] = track{j.Progress.Counts.Done(), j.Progress.Elapsed}
		}
	}
}

// Jobs lists the jobs of this session, newest first.
func (p *Presenter) Jobs() []engine.Job { return p.jobs }

// Job finds a job.
func (p *Presenter) Job(id engine.JobID) (engine.Job, bool) {
	i := slices.IndexFunc(p.jobs, func(j engine.Job) bool { return j.ID == id })
	if i < 0 {
		return engine.Job{}, false
	}
	return p.jobs[i], true
}

// Pace is how fast a job goes and how long it has still to go.
type Pace struct {
	PerSecond float64       // 0: not known yet
	Left      time.Duration // 0: not known yet
	Share     float64       // 0 to 1; negative while the items are still being counted
}

// Pace estimates a job's pace from what this session saw of it.
func (p *Presenter) Pace(j engine.Job) Pace {
	pr := j.Progress
	pace := Pace{Share: -1}
	if pr.Listed && pr.Total > 0 {
		pace.Share = min(float64(pr.Counts.Done())/float64(pr.Total), 1)
	}
	if j.State == engine.JobDone {
		pace.Share = 1
	}
	t, ok := p.tracks[j.ID]
	spent := pr.Elapsed - t.elapsed
	done := pr.Counts.Done() - t.done
	if !ok || spent < time.Second || done <= 0 {
		return pace
	}
	pace.PerSecond = float64(done) / spent.Seconds()
	if pr.Listed && j.State == engine.JobRunning {
		pace.Left = time.Duration(float64(pr.Total-pr.Counts.Done()) / pace.PerSecond * float64(time.Second))
	}
	return pace
}

// RetryRequest is the request that reads a collection's failed items again: the sources of the latest job into it,
// or else the failed items themselves.
func (p *Presenter) RetryRequest() (engine.CollectRequest, bool) {
	c, ok := p.Selected()
	if !ok || p.Unread()[Failed] == 0 {
		return engine.CollectRequest{}, false
	}
	for _, j := range p.jobs {
		if j.Request.Collection == c.Name {
			req := j.Request
			req.Resume = true
			return req, true
		}
	}
	req := engine.CollectRequest{Collection: c.Name, Look: engine.Look{Detector: engine.DetectorFast}, Resume: true}
	for _, f := range p.failures {
		if s := sourceOf(f.Item); kindOf(f) == Failed && !slices.Contains(req.Sources, s) && len(req.Sources) < maxRetried {
			req.Sources = append(req.Sources, s)
		}
	}
	if slices.ContainsFunc(req.Sources, isAddress) {
		req.Web.Contact = p.Contact()
	}
	return req, true
}

// maxRetried is how many sources one retry reads; those left are still listed after it.
const maxRetried = 500

func isAddress(s string) bool {
	return strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://")
}

// sourceOf is what must be read to try an item again: the manifest, archive or page that it is from (list.csv#row12, crawl.warc.gz#byte4711 ADDRESS,
// page_files/a.jpg on page.html), the page of a site that shows it, else the file itself.
func sourceOf(item string) string {
	if isAddress(item) {
		if _, on, ok := strings.Cut(item, " on "); ok {
			item = on
		}
		at, _, _ := strings.Cut(item, "#")
		return at
	}
	for i := range len(item) {
		if item[i] == '#' && formats.HoldsPhotos(item[:i]) {
			return item[:i]
		}
	}
	if i := strings.LastIndex(item, " on "); i > 0 && formats.HoldsPhotos(item[i+4:]) && !strings.Contains(item[i:], "://") {
		return item[i+4:]
	}
	return item
}
