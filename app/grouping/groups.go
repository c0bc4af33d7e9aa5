package grouping

import (
	"context"
	"sync"
	"time"

	"gabarit/engine"
	"gabarit/engine/people"
)

// Store is what Groups need of the record of truth.
type Store interface {
	Templates(ctx context.Context, fn func(engine.IndexEntry) error) error
	GroupDecisions(ctx context.Context) ([]engine.GroupDecision, error)
	Decide(ctx context.Context, d engine.GroupDecision) error
}

const (
	lookUps  = 256  // faces of which the index is asked between two changes of the groups: so many templates are copied from the store at once
	maxFresh = 2048 // faces that arrived, of which the templates are kept until they are grouped; more are read from the store
	small    = 2000 // faces up to which all groups are made anew for each change; it takes milliseconds
)

// Groups are the faces of Rows grouped by person. Nothing is grouped before somebody asks: then all of it is, with one range query for each
// face, and from then on what arrived since whenever somebody asks again. Faces that leave the rows leave the groups at once.
//
// Safe for concurrent use. Groups are brought up to date by one call at a time; the others wait for it.
type Groups struct {
	store Store
	rows  Rows
	calib engine.Calibration
	turn  chan struct{} // holds one token while a call brings the groups up to date

	mu     sync.Mutex
	groups *people.Groups          // nil: nobody has asked yet
	about  map[engine.FaceID]about // of the faces held
	fresh  []engine.IndexEntry     // arrived since
	gone   map[engine.FaceID]bool  // left since the present call began: it may still come across them
	behind bool                    // the store has faces that are not held
	first  bool                    // the faces that the index holds are entered for the first time, each with what is near it now
	late   map[engine.FaceID]bool  // arrived meanwhile
	stale  bool                    // decisions must be read again
	moved  int                     // faces that came and went since all groups were made
	shown  map[engine.CollectionID]bool
}

// about is what is told of a face without its photo.
type about struct {
	collection engine.CollectionID
	hosts      []string
	when       time.Time
}

// Rows are the index of an open vault, of templates of one model.
type Rows interface {
	engine.Index
	Model() engine.ModelID
}

// New gives the groups of rows, which have none yet. What changes the rows tells the groups: see Added, Removed, Cleared.
func New(store Store, rows Rows, calib engine.Calibration) *Groups {
	return &Groups{store: store, rows: rows, calib: calib, turn: make(chan struct{}, 1), shown: map[engine.CollectionID]bool{}}
}

// Shown tells whether SetShown was called for a collection, "" for all, since the vault was opened.
func (g *Groups) Shown(c engine.CollectionID) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.shown[c]
}

// SetShown notes that the log tells that groups were shown.
func (g *Groups) SetShown(c engine.CollectionID) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.shown[c] = true
}

// Added notes that rows came. It keeps the entries.
func (g *Groups) Added(entries []engine.IndexEntry) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.groups == nil {
		return
	}
	for _, e := range entries {
		delete(g.gone, e.Face)
		if g.first {
			g.late[e.Face] = true
		}
	}
	if g.first {
		return
	}
	if !g.behind && len(g.fresh)+len(entries) <= maxFresh {
		g.fresh = append(g.fresh, entries...)
		return
	}
	g.behind = true
	g.forgetFresh()
}

func (g *Groups) forgetFresh() {
	clear(g.fresh[:cap(g.fresh)])
	g.fresh = nil
}

// Removed takes faces out at once.
func (g *Groups) Removed(faces []engine.FaceID) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.groups == nil {
		return
	}
	left := make(map[engine.FaceID]bool, len(faces))
	for _, f := range faces {
		left[f], g.gone[f] = true, true
		delete(g.about, f)
		delete(g.late, f)
	}
	kept := g.fresh[:0]
	for _, e := range g.fresh {
		if !left[e.Face] {
			kept = append(kept, e)
		}
	}
	clear(g.fresh[len(kept):])
	g.fresh = kept
	g.groups.Remove(faces...)
	g.moved += len(faces)
	g.stale = true // a face found anew keeps what was decided about it
}

// Cleared throws all away; nothing is kept of the vault.
func (g *Groups) Cleared() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.forgetFresh()
	g.groups, g.about, g.gone, g.late = nil, nil, nil, nil
}

// update brings the groups up to date. The caller has the turn. progress is told how many faces are grouped, of how many. After an error,
// and when ctx ends, what was grouped stays, and the next call goes on.
func (g *Groups) update(ctx context.Context, progress func(done, total int)) error {
	if err := g.begin(ctx); err != nil {
		return err
	}
	if err := g.fill(ctx, progress); err != nil {
		return err
	}
	for {
		more, err := g.next(ctx, progress)
		if err != nil {
			return err
		}
		if !more {
			return g.finish(ctx)
		}
	}
}

// begin makes empty groups where there are none.
func (g *Groups) begin(ctx context.Context) error {
	g.mu.Lock()
	known := g.groups != nil
	g.gone = map[engine.FaceID]bool{}
	g.mu.Unlock()
	if known {
		return nil
	}
	decisions, err := g.decisions(ctx)
	if err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.groups = people.NewGroups(g.rows, g.calib, decisions)
	g.about, g.late, g.first, g.behind, g.stale, g.moved = map[engine.FaceID]about{}, map[engine.FaceID]bool{}, true, false, true, 0
	return nil
}

func (g *Groups) decisions(ctx context.Context) (*people.Decisions, error) {
	all, err := g.store.GroupDecisions(ctx)
	if err != nil {
		return nil, err
	}
	return people.NewDecisions(all)
}

// fill enters the faces that the index holds when all groups are new; those that arrive meanwhile are entered after them.
func (g *Groups) fill(ctx context.Context, progress func(done, total int)) error {
	g.mu.Lock()
	first := g.first
	g.mu.Unlock()
	if !first {
		return nil
	}
	if err := g.walk(ctx, nil, progress); err != nil {
		return err
	}
	g.mu.Lock()
	if g.groups == nil {
		g.mu.Unlock()
		return ended(ctx)
	}
	g.groups.Settle()
	late := g.late
	g.first, g.late = false, nil
	g.mu.Unlock()
	if len(late) == 0 {
		return nil
	}
	if err := g.walk(ctx, late, progress); err != nil {
		return g.giveBack(err)
	}
	return nil
}

// next enters faces: those that arrived, then those that only the store has, and at last those that lost many neighbours. more is false where there
// were none: the groups are up to date.
func (g *Groups) next(ctx context.Context, progress func(done, total int)) (more bool, err error) {
	g.mu.Lock()
	batch, behind := g.fresh, g.behind
	g.fresh = nil
	if len(batch) == 0 {
		g.behind = false // what arrives from here on may set it again
	}
	g.mu.Unlock()
	if len(batch) > 0 {
		err := g.enter(ctx, batch, progress)
		clear(batch)
		return true, err
	}
	if behind {
		if err := g.walk(ctx, nil, progress); err != nil {
			return false, g.giveBack(err)
		}
		return true, nil
	}
	short, err := g.short(ctx)
	if err != nil || len(short) == 0 {
		return false, err
	}
	return true, g.walk(ctx, short, progress)
}

func (g *Groups) short(ctx context.Context) (map[engine.FaceID]bool, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.groups == nil {
		return nil, ended(ctx)
	}
	short := map[engine.FaceID]bool{}
	for _, f := range g.groups.Short() {
		short[f] = true
	}
	return short, nil
}

// walk enters faces from the store: those that are not held, or those named. Each template is copied for as long as its face is entered.
func (g *Groups) walk(ctx context.Context, named map[engine.FaceID]bool, progress func(done, total int)) error {
	batch := make([]engine.IndexEntry, 0, lookUps)
	defer clear(batch[:lookUps])
	err := g.store.Templates(ctx, func(e engine.IndexEntry) error {
		if e.Model != g.rows.Model() || !g.wants(e.Face, named) {
			return nil
		}
		if batch = append(batch, e); len(batch) < lookUps {
			return nil
		}
		err := g.enter(ctx, batch, progress)
		batch = batch[:0]
		return err
	})
	if err != nil {
		return err
	}
	return g.enter(ctx, batch, progress)
}

func (g *Groups) wants(f engine.FaceID, named map[engine.FaceID]bool) bool {
	if len(named) > 0 {
		return named[f]
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.groups != nil && !g.gone[f] && !g.groups.Holds(f)
}

// enter asks the index about faces and takes them in.
func (g *Groups) enter(ctx context.Context, batch []engine.IndexEntry, progress func(done, total int)) error {
	queries := make([]engine.Query, 0, lookUps)
	defer clear(queries[:lookUps])
	most := 0 // all
	g.mu.Lock()
	if g.first {
		most = people.FillMost
	}
	g.mu.Unlock()
	for len(batch) > 0 {
		some := batch[:min(lookUps, len(batch))]
		queries = queries[:0]
		for i := range some {
			queries = append(queries, engine.Query{Model: some[i].Model, Template: some[i].Template, K: most, Within: people.Reach})
		}
		near, err := g.rows.SearchAll(ctx, queries)
		if err != nil {
			return g.giveBack(err)
		}
		done, err := g.take(ctx, some, near, most > 0)
		if err != nil {
			return err
		}
		if progress != nil {
			progress(done, max(done, g.rows.Len()))
		}
		batch = batch[len(some):]
	}
	return nil
}

// giveBack notes that faces were not entered, and passes the error on.
func (g *Groups) giveBack(err error) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.behind = true
	return err
}

func (g *Groups) take(ctx context.Context, some []engine.IndexEntry, near []engine.Answer, fill bool) (held int, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.groups == nil {
		return 0, ended(ctx)
	}
	placed := make([]engine.FaceID, 0, len(some))
	for i, e := range some {
		if g.gone[e.Face] {
			continue
		}
		if fill {
			g.groups.Fill(e.Face, near[i].Neighbours)
		} else {
			g.groups.Enter(e.Face, near[i].Neighbours)
		}
		g.about[e.Face] = about{e.Collection, e.Hosts, e.When}
		placed = append(placed, e.Face)
	}
	g.moved += len(placed)
	if !fill && g.few() {
		g.groups.Place(placed...)
	}
	return g.groups.Len(), nil
}

// few tells that so few faces came and went that it is enough to place the new ones; all groups are made anew otherwise, and where that takes no time.
func (g *Groups) few() bool { return g.groups.Len() > small && g.moved < g.groups.Len()/20 }

// finish makes the groups of what was entered.
func (g *Groups) finish(ctx context.Context) error {
	g.mu.Lock()
	stale := g.stale
	g.stale = false
	g.mu.Unlock()
	var decisions *people.Decisions
	if stale {
		var err error
		if decisions, err = g.decisions(ctx); err != nil {
			g.mu.Lock()
			g.stale = true
			g.mu.Unlock()
			return err
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.groups == nil:
		return ended(ctx)
	case stale:
		g.groups.Reconsider(decisions)
		g.moved = 0
	case g.moved > 0 && !g.few():
		g.groups.Regroup()
		g.moved = 0
	}
	return nil
}

// ended is the error of a call during which the vault was locked.
func ended(ctx context.Context) error {
	return engine.E(engine.CodeCanceled, "grouping.Groups", "stopped", ctx.Err())
}
