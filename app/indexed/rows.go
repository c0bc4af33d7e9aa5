package indexed

import (
	"context"
	"errors"
	"slices"
	"sync"

	"gabarit/engine"
)

// Rows is the index of the open vault. Templates of two models can't be compared, so it holds only those of the model in
// use: entries of another are counted and kept out, and a probe of another is refused. Safe for concurrent use.
type Rows struct {
	engine.Index
	model  engine.ModelID
	groups *Groups // follow what changes; nil: nobody does

	turn sync.RWMutex // held by Exchange; its readers search

	mu     sync.Mutex
	others map[engine.FaceID]struct{} // kept out
}

// NewRows gives an index of templates of a model, kept in index, which is empty and nobody else's.
func NewRows(index engine.Index, m engine.ModelID) *Rows {
	return &Rows{Index: index, model: m, others: map[engine.FaceID]struct{}{}}
}

// Model names the model whose templates are compared.
func (s *Rows) Model() engine.ModelID { return s.model }

// Add implements engine.Index.
func (s *Rows) Add(entries ...engine.IndexEntry) error {
	foreign := func(e engine.IndexEntry) bool { return e.Model != s.model }
	if !slices.ContainsFunc(entries, foreign) {
		return s.add(entries)
	}
	ours := make([]engine.IndexEntry, 0, len(entries))
	defer clear(ours[:cap(ours)])
	s.mu.Lock()
	for _, e := range entries {
		if foreign(e) {
			s.others[e.Face] = struct{}{}
		} else {
			ours = append(ours, e)
		}
	}
	s.mu.Unlock()
	return s.add(ours)
}

func (s *Rows) add(ours []engine.IndexEntry) error {
	err := s.Index.Add(ours...)
	if err == nil && s.groups != nil {
		s.groups.added(ours)
	}
	return err
}

// Remove implements engine.Index.
func (s *Rows) Remove(faces ...engine.FaceID) {
	s.mu.Lock()
	for _, f := range faces {
		delete(s.others, f)
	}
	s.mu.Unlock()
	s.Index.Remove(faces...)
	if s.groups != nil {
		s.groups.removed(faces)
	}
}

// Exchange takes faces out and puts others in; a search sees both or neither. It waits for searches that have begun.
func (s *Rows) Exchange(gone []engine.FaceID, entries []engine.IndexEntry) error {
	s.turn.Lock()
	defer s.turn.Unlock()
	s.Remove(gone...)
	return s.Add(entries...)
}

// Clear implements engine.Index.
func (s *Rows) Clear() {
	s.mu.Lock()
	clear(s.others)
	s.mu.Unlock()
	s.Index.Clear()
	if s.groups != nil {
		s.groups.clear()
	}
}

// Search implements engine.Index. CodeInvalid: another model made the probe's template.
func (s *Rows) Search(ctx context.Context, q engine.Query) ([]engine.Neighbour, int, error) {
	a, err := s.SearchAll(ctx, []engine.Query{q})
	if err != nil {
		return nil, 0, err
	}
	return a[0].Neighbours, a[0].Searched, nil
}

// SearchAll implements engine.Index. CodeInvalid: another model made the template of a probe.
func (s *Rows) SearchAll(ctx context.Context, queries []engine.Query) ([]engine.Answer, error) {
	for i := range queries {
		if m := queries[i].Model; m != s.model {
			return nil, engine.E(engine.CodeInvalid, "app.Search", "the probe was made by another model than the index: open the photo again", errors.New(string(m)))
		}
	}
	s.turn.RLock()
	defer s.turn.RUnlock()
	return s.Index.SearchAll(ctx, queries)
}

// Distances implements engine.Index: those to the faces of the model in use.
func (s *Rows) Distances(ctx context.Context, probe engine.Template) (engine.Histogram, error) {
	s.turn.RLock()
	defer s.turn.RUnlock()
	return s.Index.Distances(ctx, probe)
}

// OtherModel counts the faces that were kept out.
func (s *Rows) OtherModel() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.others)
}
