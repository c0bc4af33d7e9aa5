package retention

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"gabarit/app/opened"
	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/engine/retention"
	"gabarit/engine/source/web"
)

// hosts is how many sites are asked at once; each by one question at a time, see web.Checker.
const hosts = 4

// SourceRequest says whose sources are to be asked.
type SourceRequest struct {
	Collection string // name; "": all
	Contact    string // see web.Options; "": the one that is known. A new one is kept for the checks that run by themselves
	All        bool   // those too that are not due
	Limit      int    // photos; those first that end first. 0: all
}

// SourceReport is what checks found.
type SourceReport struct {
	Photos int // whose sources were to be asked
	Counts map[engine.CollectionID]*matter.SourceCounts
	Names  map[engine.CollectionID]string
}

// Total adds up the collections.
func (r SourceReport) Total() (all matter.SourceCounts) {
	for _, c := range r.Counts {
		all.Add(*c)
	}
	return all
}

// SourcesDue tells how many photos CheckSources would ask about, by collection, without asking anything.
func (k *Keeper) SourcesDue(ctx context.Context, req SourceRequest) (SourceReport, map[engine.CollectionID]int, error) {
	type due struct {
		report SourceReport
		n      map[engine.CollectionID]int
	}
	d, err := opened.Use(ctx, k.parts.Door, "retention.SourcesDue", func(ctx context.Context, v opened.Vault) (due, error) {
		d := due{n: map[engine.CollectionID]int{}}
		work, report, err := k.work(ctx, v, req)
		d.report = report
		for _, r := range work {
			d.n[r.Collection]++
		}
		return d, err
	})
	return d.report, d.n, err
}

// CheckSources asks sources that are due whether what was collected is still there and allowed. What is gone, closed, changed or withdrawn leaves
// every search at once, and is erased in time by Retain; what is back is found again. A source that does not answer changes nothing: after three
// days it is told. Asking is slow, as a collection is: seconds for each address. progress may be nil. CodeInvalid: no contact is given or known,
// or it is wrong; CodeNotFound: no such collection. What was asked before an error is kept.
func (k *Keeper) CheckSources(ctx context.Context, req SourceRequest, progress func(done, total int)) (SourceReport, error) {
	return k.check(ctx, k.parts.Door, req, progress)
}

// AskSources is CheckSources for one collection, summed up.
func (k *Keeper) AskSources(ctx context.Context, collection, contact string, all bool, progress func(done, total int)) (matter.SourceCounts, error) {
	r, err := k.CheckSources(ctx, SourceRequest{Collection: collection, Contact: contact, All: all}, progress)
	return r.Total(), err
}

func (k *Keeper) check(ctx context.Context, door opened.Door, req SourceRequest, progress func(done, total int)) (SourceReport, error) {
	const op = "retention.CheckSources"
	select {
	case k.turn <- struct{}{}:
		defer func() { <-k.turn }()
	case <-ctx.Done():
		return SourceReport{}, engine.E(engine.CodeCanceled, op, "stopped", ctx.Err())
	}
	r := round{Keeper: k, door: door, progress: progress, shared: map[question]asked{}}
	var err error
	var work []record
	work, err = opened.Use(ctx, door, op, func(ctx context.Context, v opened.Vault) (work []record, err error) {
		req.Contact = strings.TrimSpace(req.Contact)
		if req.Contact == "" {
			s, err := readState(ctx, v)
			if err != nil {
				return nil, err
			}
			req.Contact = s.Contact
		}
		if r.checker, err = k.checker(req.Contact); err != nil {
			return nil, err
		}
		if err = keepContact(ctx, v, req.Contact); err == nil {
			work, r.report, err = k.work(ctx, v, req)
		}
		return work, err
	})
	if r.checker != nil {
		defer r.checker.Close()
	}
	if err != nil {
		return r.report, err
	}
	err = r.ask(ctx, work)
	if stored := r.flush(context.WithoutCancel(ctx)); err == nil {
		err = stored
	}
	if err != nil && errors.Is(err, context.Canceled) {
		err = engine.E(engine.CodeCanceled, op, "stopped", err)
	}
	door.Tell(engine.EventUpkeep, engine.EventAudit)
	return r.report, err
}

// work lists whose sources are to be asked, those first that end first.
func (k *Keeper) work(ctx context.Context, v opened.Vault, req SourceRequest) (work []record, report SourceReport, err error) {
	report = SourceReport{Counts: map[engine.CollectionID]*matter.SourceCounts{}, Names: map[engine.CollectionID]string{}}
	infos, err := v.Store.Collections(ctx)
	if err != nil {
		return nil, report, err
	}
	if req.Collection != "" {
		info, err := v.Store.CollectionByName(ctx, req.Collection)
		if err != nil {
			return nil, report, err
		}
		infos = []engine.CollectionInfo{info}
	}
	known, err := checks(ctx, v)
	if err != nil {
		return nil, report, err
	}
	now, ends := k.parts.Door.Now(), map[engine.PhotoID]time.Time{}
	for _, c := range infos {
		report.Names[c.ID] = c.Name
		err := records(ctx, v, c.ID, known, func(r record) error {
			if r.isDue(now) || req.All && r.Addressed {
				r.site = c.Scope != engine.ScopeLocal
				work = append(work, r)
				ends[r.Photo] = retention.EndOf(r.Record, c.Retain).At
			}
			return nil
		})
		if err != nil {
			return nil, report, err
		}
	}
	slices.SortStableFunc(work, func(a, b record) int { return ends[a.Photo].Compare(ends[b.Photo]) })
	if req.Limit > 0 && len(work) > req.Limit {
		work = work[:req.Limit]
	}
	report.Photos = len(work)
	return work, report, nil
}

// round is one round of checks.
type round struct {
	*Keeper
	door     opened.Door
	checker  *web.Checker
	progress func(done, total int)

	mu      sync.Mutex // held also while results are stored
	report  SourceReport
	done    int
	pending []result // found and not stored yet
	shared  map[question]asked
}

// question is what is asked once in a round, however many photos it is about: a page, or a video of which they are frames.
type question struct {
	url  string
	page bool
}

// ask asks about all photos: those of one site one after the other, some sites beside each other.
func (r *round) ask(ctx context.Context, work []record) error {
	bySite := map[string][]record{}
	var order []string
	for _, w := range work {
		site := siteOf(w.photo)
		if bySite[site] == nil {
			order = append(order, site)
		}
		bySite[site] = append(bySite[site], w)
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(hosts)
	for _, site := range order {
		g.Go(func() error {
			for _, w := range bySite[site] {
				res, err := r.look(ctx, w)
				if err == nil {
					err = r.found(ctx, res, len(work))
				}
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	return g.Wait()
}

// siteOf names the host of the first address of a photo.
func siteOf(p engine.Photo) string {
	for _, find := range append([]engine.Provenance{p.Source}, p.Also...) {
		for _, address := range addressesOf(find) {
			if u, err := url.Parse(address); err == nil {
				return strings.ToLower(u.Host)
			}
		}
	}
	return ""
}

func addressesOf(find engine.Provenance) (all []string) {
	image, page := retention.Addresses(find)
	for _, a := range []string{image, page} {
		if a != "" {
			all = append(all, a)
		}
	}
	return all
}

// result is what was found of a photo.
type result struct {
	record
	now     checked
	verdict asked
}
