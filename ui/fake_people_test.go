package ui

import (
	"context"
	"slices"
	"time"

	"gabarit/engine"
)

// fakePeople is the part of fakeService that grouping needs. Its fields are guarded by fakeService.mu.
type fakePeople struct {
	groups  [][]engine.FaceID
	asked   []engine.GroupQuery
	looked  [][]engine.FaceID
	decided []engine.GroupDecision
	err     error
	hold    chan struct{} // nil: grouping takes no time; else it goes on until this is closed
}

func (f *fakeService) People(ctx context.Context, q engine.GroupQuery, progress func(done, total int)) (engine.Grouping, error) {
	f.mu.Lock()
	f.people.asked = append(f.people.asked, q)
	hold := f.people.hold
	f.mu.Unlock()
	progress(50, 100)
	if hold != nil {
		select {
		case <-hold:
		case <-ctx.Done():
			return engine.Grouping{}, engine.E(engine.CodeCanceled, "fake", "stopped", ctx.Err())
		}
	}
	defer f.lock()()
	if f.people.err != nil {
		return engine.Grouping{}, f.people.err
	}
	var out engine.Grouping
	for _, faces := range f.people.groups {
		out.Faces += len(faces)
		if len(faces) < q.Min {
			out.Smaller++
			continue
		}
		day := time.Date(2020, 1, 2, 12, 0, 0, 0, time.UTC)
		out.Groups = append(out.Groups, engine.GroupInfo{Group: engine.Group{Faces: slices.Clone(faces)}, Cover: faces[0],
			Collections: []engine.CollectionID{"C"}, Hosts: []string{"site.example"}, First: day, Last: day.AddDate(0, 0, len(faces))})
	}
	slices.SortStableFunc(out.Groups, func(a, b engine.GroupInfo) int { return len(b.Faces) - len(a.Faces) })
	return out, nil
}

func (f *fakeService) PeopleFaces(_ context.Context, faces []engine.FaceID) (out []engine.GroupFace, err error) {
	defer f.lock()()
	f.people.looked = append(f.people.looked, faces)
	for _, id := range faces {
		photo, _, _ := id.Photo()
		out = append(out, engine.GroupFace{Face: id, Photo: photo, Collection: "Press", Source: engine.Provenance{PageURL: "https://site.example/" + string(photo), PageTitle: "Story " + string(photo)}})
	}
	return out, nil
}

func (f *fakeService) MergePeople(_ context.Context, faces ...engine.FaceID) error {
	defer f.lock()()
	if f.people.err != nil {
		return f.people.err
	}
	f.people.decided = append(f.people.decided, engine.GroupDecision{Same: faces})
	var one []engine.FaceID
	f.people.groups = slices.DeleteFunc(f.people.groups, func(g []engine.FaceID) bool {
		named := slices.ContainsFunc(g, func(id engine.FaceID) bool { return slices.Contains(faces, id) })
		if named {
			one = append(one, g...)
		}
		return named
	})
	slices.Sort(one)
	f.people.groups = append(f.people.groups, one)
	return nil
}

func (f *fakeService) SplitPeople(_ context.Context, faces ...engine.FaceID) error {
	defer f.lock()()
	f.people.decided = append(f.people.decided, engine.GroupDecision{Out: faces})
	for i, g := range f.people.groups {
		f.people.groups[i] = slices.DeleteFunc(g, func(id engine.FaceID) bool { return slices.Contains(faces, id) })
	}
	f.people.groups = append(f.people.groups, slices.Clone(faces))
	return nil
}
