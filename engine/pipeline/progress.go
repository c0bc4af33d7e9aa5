package pipeline

import (
	"time"

	"gabarit/engine"
)

const (
	tellEvery = 100 * time.Millisecond
	quiet     = 10 // ticks without news after which the time is told all the same
)

// teller reports progress. It belongs to the committing goroutine.
type teller struct {
	tell    func(engine.CollectProgress)
	started time.Time
	now     func() time.Time
	counts  engine.CollectCounts // committed
	current string
	walkers []engine.Walker
	last    engine.CollectProgress
	silent  int
}

// tick reports if there is news.
func (t *teller) tick(tl *tally) {
	p := t.progress(tl)
	p.Elapsed = t.last.Elapsed
	if t.silent++; p != t.last || t.silent >= quiet {
		t.report(tl)
	}
}

func (t *teller) report(tl *tally) {
	t.silent, t.last = 0, t.progress(tl)
	if t.tell != nil {
		t.tell(t.last)
	}
}

// progress never tells of fewer items than were dealt with: an interrupted run may have
// met some that are gone since.
func (t *teller) progress(tl *tally) engine.CollectProgress {
	total, listed := tl.total()
	p := engine.CollectProgress{Counts: t.counts, Total: max(total, t.counts.Done()), Listed: listed,
		Current: t.current, Elapsed: t.now().Sub(t.started)}
	for _, w := range t.walkers {
		far := w.Walk()
		p.Walk.Pages += far.Pages
		p.Walk.Refused += far.Refused
		p.Walk.Waiting += far.Waiting
	}
	return p
}

// forget takes a record out of the counts that another one of the same run replaces.
func (t *teller) forget(r engine.ItemRecord) {
	var was engine.CollectCounts
	was.Add(r)
	t.counts.Photos -= was.Photos
	t.counts.Faces -= was.Faces
	t.counts.NoFace -= was.NoFace
	t.counts.Duplicates -= was.Duplicates
	t.counts.Failed -= was.Failed
	t.counts.Suppressed -= was.Suppressed
	t.counts.Renewed -= was.Renewed
	t.counts.NewFaces -= was.NewFaces
}
