package retention

import (
	"context"
	"errors"

	"gabarit/app/opened"
	"gabarit/engine"
	"gabarit/engine/entry"
	"gabarit/engine/matter"
	"gabarit/engine/source/web"
)

// together is how many results are stored in one transaction at most. A crash loses no more than so many answers, which are asked for again; what
// hides a photo is stored at once.
const together = 50

// found takes a result. What has to leave the searches does so before it returns.
func (r *round) found(ctx context.Context, res result, total int) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pending = append(r.pending, res)
	hides := withdraws(res.verdict.Finding, res.site)
	shows := res.verdict.Finding == web.Same && !res.Hidden.IsZero()
	var err error
	if len(r.pending) >= together || hides != !res.Hidden.IsZero() {
		err = r.store(ctx, hides && res.Hidden.IsZero(), shows, res)
	}
	if r.done++; err == nil && r.progress != nil {
		r.progress(r.done, total)
	}
	return err
}

// flush stores what is not yet.
func (r *round) flush(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.pending) == 0 {
		return nil
	}
	return r.store(ctx, false, false, result{})
}

// store hides or shows the photo of one result and stores all that are pending. mu is held.
func (r *round) store(ctx context.Context, hide, show bool, res result) error {
	_, err := opened.Use(ctx, r.door, "retention.CheckSources", func(ctx context.Context, v opened.Vault) (none struct{}, err error) {
		switch {
		case hide:
			err = v.Hidden.Hide(ctx, matter.Hold{Photo: res.Photo, Why: matter.HoldSource, Finding: string(res.verdict.Finding), Since: res.now.At})
		case show:
			_, err = v.Hidden.Release(ctx, matter.HoldSource, "", res.Photo)
		}
		if err != nil {
			return none, err
		}
		return none, r.keep(ctx, v, hide, show, res.Collection)
	})
	if err == nil && (hide || show) {
		r.door.Tell(engine.EventIndex)
	}
	return err
}

// keep stores the pending results with their entries in the log, and counts them.
func (r *round) keep(ctx context.Context, v opened.Vault, hidden, shown bool, c engine.CollectionID) error {
	counts := map[engine.CollectionID]*matter.SourceCounts{}
	of := func(c engine.CollectionID) *matter.SourceCounts {
		if counts[c] == nil {
			counts[c] = &matter.SourceCounts{}
		}
		return counts[c]
	}
	for _, p := range r.pending {
		count(of(p.Collection), p.verdict.Finding)
	}
	if hidden {
		of(c).Hidden++
	}
	if shown {
		of(c).Shown++
	}
	total := map[engine.CollectionID]matter.SourceCounts{} // of the whole round
	for c, n := range counts {
		var sum matter.SourceCounts
		if r.report.Counts[c] != nil {
			sum = *r.report.Counts[c]
		}
		sum.Add(*n)
		total[c] = sum
	}
	err := v.Store.ChangeDocuments(ctx, func(x engine.DocumentTx) error {
		for _, p := range r.pending {
			err := put(x, engine.DocumentCheck, string(p.Photo), p.now)
			if err != nil && engine.CodeOf(err) != engine.CodeNotFound { // erased meanwhile
				return err
			}
		}
		var errs []error
		for c, n := range counts {
			errs = append(errs, changeKept(x, c, func(u *matter.Upkeep) { u.CheckedAt, u.Sources = x.Now(), total[c] }), x.Log(entry.SourcesChecked(c, *n)))
		}
		return errors.Join(errs...)
	})
	if err != nil {
		return err
	}
	for c, n := range total {
		r.report.Counts[c] = &n
	}
	r.pending = nil
	return nil
}

func count(c *matter.SourceCounts, f web.Finding) {
	c.Checked++
	switch f {
	case web.Same:
		c.Same++
	case web.Gone:
		c.Gone++
	case web.Closed:
		c.Closed++
	case web.NoIndex:
		c.NoIndex++
	case web.Disallowed:
		c.Disallowed++
	case web.Changed:
		c.Changed++
	case web.Unreachable:
		c.Unreachable++
	}
}
