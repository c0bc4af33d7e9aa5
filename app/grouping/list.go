package grouping

import (
	"context"
	"maps"
	"slices"

	"gabarit/engine"
)

// hold takes the turn and brings the groups up to date; done gives the turn back, also after an error.
func (g *Groups) hold(ctx context.Context, progress func(done, total int)) (done func(), err error) {
	select {
	case g.turn <- struct{}{}:
	case <-ctx.Done():
		return func() {}, ended(ctx)
	}
	done = func() { <-g.turn }
	if err = g.update(ctx, progress); err == nil && ctx.Err() != nil {
		err = ended(ctx)
	}
	return done, err
}

// List gives the groups, brought up to date. progress may be nil; it is called from the calling goroutine. CodeCanceled: ctx ended or the
// vault was locked; the next call goes on from there.
func (g *Groups) List(ctx context.Context, q engine.GroupQuery, progress func(done, total int)) (engine.Grouping, error) {
	done, err := g.hold(ctx, progress)
	defer done()
	var out engine.Grouping
	if err != nil {
		return out, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.groups == nil {
		return out, ended(ctx)
	}
	for _, group := range g.groups.Groups() {
		if q.Collection != "" {
			group.Faces = slices.DeleteFunc(group.Faces, func(f engine.FaceID) bool { return g.about[f].collection != q.Collection })
		}
		out.Faces += len(group.Faces)
		switch n := len(group.Faces); {
		case n >= max(q.Min, 1):
			out.Groups = append(out.Groups, g.info(group))
		case n > 0:
			out.Smaller++
		}
	}
	if q.Collection != "" { // they were sorted by the faces of all collections
		slices.SortStableFunc(out.Groups, func(a, b engine.GroupInfo) int { return len(b.Faces) - len(a.Faces) })
	}
	return out, nil
}

// info tells about a group what is known without its photos.
func (g *Groups) info(group engine.Group) engine.GroupInfo {
	out := engine.GroupInfo{Group: group, Cover: g.groups.Central(group.Faces)}
	collections, hosts := map[engine.CollectionID]bool{}, map[string]bool{}
	for _, f := range group.Faces {
		a := g.about[f]
		collections[a.collection] = true
		for _, h := range a.hosts {
			hosts[h] = true
		}
		if out.First.IsZero() || a.when.Before(out.First) {
			out.First = a.when
		}
		if a.when.After(out.Last) {
			out.Last = a.when
		}
	}
	out.Collections = slices.Sorted(maps.Keys(collections))
	out.Hosts = slices.Sorted(maps.Keys(hosts))
	return out
}

// Merge decides that the groups of some faces show one person, and stores that. Errors: people.Groups.Merge and engine.Store.Decide.
func (g *Groups) Merge(ctx context.Context, faces ...engine.FaceID) error {
	return g.decide(ctx, func() (engine.GroupDecision, error) { return g.groups.Merge(faces...) })
}

// Split decides that some faces of a group don't show the person of its others, and stores that. Errors: people.Groups.Split and
// engine.Store.Decide.
func (g *Groups) Split(ctx context.Context, faces ...engine.FaceID) error {
	return g.decide(ctx, func() (engine.GroupDecision, error) { return g.groups.Split(faces...) })
}

// decide stores a decision and then groups by it. choose is called under mu.
func (g *Groups) decide(ctx context.Context, choose func() (engine.GroupDecision, error)) error {
	done, err := g.hold(ctx, nil)
	defer done()
	if err != nil {
		return err
	}
	g.mu.Lock()
	if g.groups == nil {
		g.mu.Unlock()
		return ended(ctx)
	}
	d, err := choose()
	g.mu.Unlock()
	if err != nil {
		return err
	}
	err = g.store.Decide(ctx, d)
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.groups == nil:
	case err != nil: // some of it may be stored
		g.stale = true
	default:
		g.groups.Take(d)
	}
	return err
}
