package app

import (
	"context"
	"errors"
	"fmt"

	"gabarit/engine"
	"gabarit/engine/entry"
)

// People gives the faces of the vault grouped by the person they probably show, largest group first. The first call since the vault was
// opened groups all faces, which takes a range query for each, later ones those that arrived since. progress may be nil; it is
// called from the calling goroutine with how many faces are grouped, of how many. A call that is stopped has lost nothing: the next
// goes on. That groups were shown is recorded, once for each collection since the vault was opened. An unknown collection
// has no faces.
func (a *App) People(ctx context.Context, q engine.GroupQuery, progress func(done, total int)) (engine.Grouping, error) {
	return use(ctx, a, "app.People", func(ctx context.Context, s *session) (engine.Grouping, error) {
		out, err := s.groups.List(ctx, q, progress)
		if err != nil {
			return engine.Grouping{}, err
		}
		if !s.groups.Shown(q.Collection) {
			if err := s.store.Record(ctx, entry.Grouped(q.Collection, out.Faces, len(out.Groups)+out.Smaller)); err != nil {
				return engine.Grouping{}, err
			}
			s.groups.SetShown(q.Collection)
			a.events.send(engine.EventAudit)
		}
		return out, nil
	})
}

// MergePeople decides that the groups of some faces show one person; grouping keeps to it from now on. CodeNotFound: a face is in no
// group; CodeConflict: the groups hold two faces of one photo; CodeInvalid: there is nothing to put together.
func (a *App) MergePeople(ctx context.Context, faces ...engine.FaceID) error {
	return a.decide(ctx, "app.MergePeople", func(ctx context.Context, s *session) error { return s.groups.Merge(ctx, faces...) })
}

// SplitPeople decides that some faces of a group don't show the person of its other faces; grouping keeps to it from now on. CodeNotFound: a
// face is in no group; CodeInvalid: they are of several groups, none or all of one; CodeLimit: there are too many of both.
func (a *App) SplitPeople(ctx context.Context, faces ...engine.FaceID) error {
	return a.decide(ctx, "app.SplitPeople", func(ctx context.Context, s *session) error { return s.groups.Split(ctx, faces...) })
}

func (a *App) decide(ctx context.Context, op string, do func(context.Context, *session) error) error {
	_, err := use(ctx, a, op, func(ctx context.Context, s *session) (struct{}, error) { return struct{}{}, do(ctx, s) })
	if err == nil {
		a.events.send(engine.EventAudit)
	}
	return err
}

// PeopleFaces tells where faces of groups come from, in the order asked for; those that are not there any more are left out. That they were
// looked at is recorded, and without the record nothing is given. CodeInvalid: more than engine.MaxGroupFaces.
func (a *App) PeopleFaces(ctx context.Context, faces []engine.FaceID) ([]engine.GroupFace, error) {
	const op = "app.PeopleFaces"
	return use(ctx, a, op, func(ctx context.Context, s *session) ([]engine.GroupFace, error) {
		if len(faces) > engine.MaxGroupFaces {
			return nil, engine.E(engine.CodeInvalid, op, "too many faces are asked for at once", errors.New(fmt.Sprint(len(faces))))
		}
		f, err := a.newFinder(ctx, s)
		if err != nil {
			return nil, err
		}
		var out []engine.GroupFace
		var shown []engine.FaceID
		for _, id := range faces {
			p, face, err := f.lookUp(ctx, id)
			if engine.CodeOf(err) == engine.CodeNotFound {
				continue
			}
			if err != nil {
				return nil, err
			}
			shown = append(shown, face.ID)
			out = append(out, engine.GroupFace{Face: face.ID, Photo: p.ID, Collection: f.names[p.Collection], Box: face.Box, Quality: face.Quality,
				Source: p.Source, Also: p.Also, CollectedAt: p.CollectedAt})
		}
		if len(out) == 0 {
			return nil, nil
		}
		if err := s.store.Record(ctx, entry.Viewed(shown...)); err != nil {
			return nil, err
		}
		a.events.send(engine.EventAudit)
		return out, nil
	})
}
