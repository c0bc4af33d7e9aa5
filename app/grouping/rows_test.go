package grouping_test

import (
	"gabarit/app/grouping"
	"gabarit/engine"
)

// rows are an index that tells the groups what comes and leaves, as that of the application does.
type rows struct {
	engine.Index
	groups *grouping.Groups
}

func (r *rows) Model() engine.ModelID { return model }

func (r *rows) Add(entries ...engine.IndexEntry) error {
	err := r.Index.Add(entries...)
	if err == nil {
		r.groups.Added(entries)
	}
	return err
}

func (r *rows) Remove(faces ...engine.FaceID) {
	r.Index.Remove(faces...)
	r.groups.Removed(faces)
}

func (r *rows) Exchange(gone []engine.FaceID, entries []engine.IndexEntry) error {
	r.Remove(gone...)
	return r.Add(entries...)
}

func (r *rows) Clear() {
	r.Index.Clear()
	r.groups.Cleared()
}
