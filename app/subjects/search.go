package subjects

import (
	"context"
	"slices"

	"gabarit/app/opened"
	"gabarit/engine"
	"gabarit/engine/entry"
	"gabarit/engine/matter"
	"gabarit/engine/rights/document"
	"gabarit/engine/rights/subject"
)

// groupWithin is how near a face must be to a portrait for its group to be looked at: the groups of faces farther away would bring in mostly strangers.
const groupWithin = 0.45

// progressEvery is how many faces are looked at between two calls of progress.
const progressEvery = 4096

// SearchSubject searches every store for the person of a request: all faces held, those that no search may find included, up to a distance from the
// portraits; all photos by the addresses that the person named, by the files they sent, exactly and by their look; and the groups of faces that are near. It
// reads the records, not the index. Decisions made before are kept. The search is recorded with the faces it returned. distance 0 is
// matter.DefaultReviewDistance; progress may be nil and is told how many faces were looked at, of how many. CodeInvalid: there is nothing to search by.
func (q *Requests) SearchSubject(ctx context.Context, name string, distance float64, progress func(done, total int)) (matter.Request, error) {
	if distance == 0 {
		distance = matter.DefaultReviewDistance
	}
	return q.on(ctx, "subjects.SearchSubject", name, func(ctx context.Context, v opened.Vault, r matter.Request) (matter.Request, error) {
		found, s, err := q.sweep(ctx, v, r, distance, progress)
		if err != nil {
			return r, err
		}
		s.At = q.counter.Door.Now()
		r, err = q.change(ctx, v, r.ID, "All stores searched", func(_ engine.DocumentTx, r *matter.Request) (engine.AuditEntry, error) {
			r.Candidates, r.Search = found, &s
			refreeze(r)
			var returned []engine.FaceID
			for _, c := range found {
				if c.Face != "" {
					returned = append(returned, c.Face)
				}
			}
			return entry.RequestSearched(*r, s, returned), nil
		})
		if err == nil && !r.FrozenAt.IsZero() {
			err = q.withhold(ctx, v, r)
		}
		return r, err
	})
}

// sweep looks through everything held and gives the candidates, with what is known of them from before.
func (q *Requests) sweep(ctx context.Context, v opened.Vault, r matter.Request, distance float64, progress func(done, total int)) ([]matter.SubjectCandidate, matter.SubjectSearch, error) {
	m, shown, err := q.matcher(ctx, v, r, distance)
	if err != nil {
		return nil, shown, err
	}
	walk := &walker{ctx: ctx, store: v.Store}
	if err := walk.photos(m.Photo); err != nil {
		return nil, shown, err
	}
	was, err := walk.resolve(r.Candidates)
	if err != nil {
		return nil, shown, err
	}
	done := 0
	err = v.Store.Templates(ctx, func(e engine.IndexEntry) error {
		m.Face(e)
		if done++; progress != nil && done%progressEvery == 0 {
			progress(done, max(done, walk.faces))
		}
		return nil
	})
	if err != nil {
		return nil, shown, err
	}
	files, looks, err := walk.copies(was, m)
	if err == nil && len(files) > 0 { // the same files in other collections
		m.Alike(files, looks)
		err = walk.photos(m.Copy)
	}
	if err == nil {
		err = groups(ctx, v, m)
	}
	if err == nil && m.Uncompared() {
		err = v.Store.Templates(ctx, func(e engine.IndexEntry) error { m.Again(e); return nil })
	}
	if err != nil {
		return nil, shown, err
	}
	found, s := m.Result(was, func(matter.SubjectCandidate) bool { return true }) // resolve has left out what is gone
	s.Portraits, s.Hashes, s.Collections = shown.Portraits, shown.Hashes, walk.collections
	return found, s, nil
}

// matcher is made of the request's portraits and addresses.
func (q *Requests) matcher(ctx context.Context, v opened.Vault, r matter.Request, distance float64) (*subject.Matcher, matter.SubjectSearch, error) {
	w := subject.Wanted{Model: v.Model, URLs: r.URLs, Within: distance}
	var s matter.SubjectSearch
	ps, err := portraits(ctx, v.Store, r)
	if err != nil {
		return nil, s, err
	}
	for _, p := range ps {
		w.Files, w.Looks = append(w.Files, p.SHA256), append(w.Looks, p.PHash)
		for _, f := range p.Faces {
			if f.Used && f.Model == v.Model {
				w.Templates = append(w.Templates, f.Template)
			}
		}
	}
	s.Portraits, s.Hashes = len(ps), len(w.Files)
	m, err := subject.NewMatcher(w)
	return m, s, err
}

// groups adds the faces that are in one group with a near one.
func groups(ctx context.Context, v opened.Vault, m *subject.Matcher) error {
	near := m.Near(groupWithin)
	if len(near) == 0 {
		return nil
	}
	found, err := v.Groups(ctx, near)
	if err != nil {
		return err
	}
	for _, g := range found {
		m.Group(g.Faces)
	}
	return nil
}

// walker goes through all photos of all collections.
type walker struct {
	ctx         context.Context //nolint:containedctx // lives as long as the call
	store       engine.Store
	collections int
	faces       int
}

func (w *walker) photos(fn func(engine.Photo)) error {
	infos, err := w.store.Collections(w.ctx)
	if err != nil {
		return err
	}
	w.collections, w.faces = len(infos), 0
	for _, c := range infos {
		err := w.store.Photos(w.ctx, c.ID, func(p engine.Photo) error {
			w.faces += len(p.Faces)
			fn(p)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// resolve gives candidates from before by the IDs that their faces have now, without those that the vault holds no more. A photo is read for those
// with decisions only: the rest is found anew.
func (w *walker) resolve(was []matter.SubjectCandidate) (out []matter.SubjectCandidate, err error) {
	for _, c := range was {
		if len(c.Reviews) == 0 {
			continue
		}
		p, err := w.store.Photo(w.ctx, c.Photo)
		if engine.CodeOf(err) == engine.CodeNotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		if c.Face != "" {
			i := slices.IndexFunc(p.Faces, func(f engine.Face) bool { return f.Is(c.Face) })
			if i < 0 {
				continue
			}
			c.Face = p.Faces[i].ID
		}
		out = append(out, c)
	}
	return out, nil
}

// copies gives the hashes of photos that were decided to show the person, and of those found at an address that they named.
func (w *walker) copies(was []matter.SubjectCandidate, m *subject.Matcher) (files []engine.SHA256, looks []uint64, err error) {
	var photos []engine.PhotoID
	for _, c := range was {
		if c.Verdict() == matter.VerdictYes {
			photos = append(photos, c.Photo)
		}
	}
	photos = append(photos, m.Named()...)
	slices.Sort(photos)
	for _, id := range slices.Compact(photos) {
		p, err := w.store.Photo(w.ctx, id)
		if engine.CodeOf(err) == engine.CodeNotFound {
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		files, looks = append(files, p.SHA256), append(looks, p.PHash)
	}
	return files, looks, nil
}

// CandidatesOf shows the candidates of a request, nearest first, with where they come from. That they were looked at is recorded.
func (q *Requests) CandidatesOf(ctx context.Context, name string) ([]matter.CandidateView, error) {
	return opened.Use(ctx, q.counter.Door, "subjects.CandidatesOf", func(ctx context.Context, v opened.Vault) ([]matter.CandidateView, error) {
		r, err := find(ctx, v.Store, name)
		if err != nil {
			return nil, err
		}
		infos, err := v.Store.Collections(ctx)
		if err != nil {
			return nil, err
		}
		names := map[engine.CollectionID]string{}
		for _, c := range infos {
			names[c.ID] = c.Name
		}
		var out []matter.CandidateView
		var seen []engine.FaceID
		for _, c := range r.Candidates {
			view, err := viewOf(ctx, v.Store, r, c, names)
			if err != nil {
				return nil, err
			}
			if c.Face != "" && !view.Gone {
				seen = append(seen, c.Face)
			}
			out = append(out, view)
		}
		if len(seen) > 0 {
			err = v.Store.Record(ctx, entry.CandidatesViewed(r, seen))
			q.counter.Door.Tell(engine.EventAudit)
		}
		return out, err
	})
}

func viewOf(ctx context.Context, store engine.Store, r matter.Request, c matter.SubjectCandidate, names map[engine.CollectionID]string) (matter.CandidateView, error) {
	view := matter.CandidateView{SubjectCandidate: c, Frozen: slices.Contains(r.Frozen, c.Face) && c.Face != ""}
	p, err := store.Photo(ctx, c.Photo)
	if engine.CodeOf(err) == engine.CodeNotFound {
		view.Gone = true
		return view, nil
	}
	if err != nil {
		return view, err
	}
	view.Collection, view.Source, view.Also, view.CollectedAt, view.Others = names[p.Collection], p.Source, p.Also, p.CollectedAt, len(p.Faces)
	if c.Face == "" {
		return view, nil
	}
	i := slices.IndexFunc(p.Faces, func(f engine.Face) bool { return f.Is(c.Face) })
	if view.Gone = i < 0; !view.Gone {
		view.Box, view.Quality, view.Others = p.Faces[i].Box, p.Faces[i].Quality, len(p.Faces)-1
	}
	return view, nil
}

// NothingFound is the answer where no candidate shows the person: what was searched, how, how far and when. CodeConflict: it was not searched, or not all
// candidates are decided, or some show the person.
func (q *Requests) NothingFound(ctx context.Context, name string) (string, error) {
	return opened.Use(ctx, q.counter.Door, "subjects.NothingFound", func(ctx context.Context, v opened.Vault) (string, error) {
		r, err := find(ctx, v.Store, name)
		if err != nil {
			return "", err
		}
		switch {
		case r.Search == nil:
			return "", conflict("the vault was not searched for the subject request yet", nil)
		case r.Undecided() > 0:
			return "", conflict("candidates are not decided yet", nil)
		case len(r.Confirmed()) > 0:
			return "", conflict("data about the person were found", nil)
		}
		from, err := q.counter.Answering(ctx, v.Store)
		if err != nil {
			return "", err
		}
		return document.Text(subject.NothingFound(r, from, near(r), q.counter.Door.Now())), nil
	})
}
