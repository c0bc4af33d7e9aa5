package enginetest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"

	"gabarit/engine"
	"gabarit/engine/entry"
)

// Store is an engine.Store in memory for tests of packages that need one. It keeps the port's
// contract (TestStore holds for it) except durability. Make it with NewStore.
type Store struct {
	// Now is the clock; NewStore sets time.Now. Change it before the first call only.
	Now func() time.Time

	mu          sync.Mutex
	entropy     *ulid.MonotonicEntropy
	collections map[engine.CollectionID]engine.Collection
	runs        []engine.Run // in the order they started
	items       map[engine.CollectionID]map[string]engine.ItemRecord
	photos      map[engine.PhotoID]storedPhoto
	hashes      map[bytesOf]engine.PhotoID
	order       []engine.PhotoID
	cases       []engine.Case
	documents   map[documentKey][]byte
	audit       []engine.AuditEntry
	suppressed  []suppression
	erasures    []memoryErasure
	retemplated []engine.ErasureID     // runs of which no Purge was made yet
	decisions   []engine.GroupDecision // in the order they were made, with the IDs of then
}

// bytesOf names a photo file's content in one collection.
type bytesOf struct {
	collection engine.CollectionID
	hash       engine.SHA256
}

type storedPhoto struct {
	photo     engine.Photo
	used      int // numbers below it were given to faces
	first     int // those below it to faces that were found anew since
	crops     map[engine.FaceID][]byte
	thumbnail []byte
}

var _ engine.Store = (*Store)(nil)

// NewStore gives an empty store.
func NewStore() *Store {
	s := &Store{
		Now:         time.Now,
		entropy:     ulid.Monotonic(rand.Reader, 0),
		collections: map[engine.CollectionID]engine.Collection{},
		items:       map[engine.CollectionID]map[string]engine.ItemRecord{},
		photos:      map[engine.PhotoID]storedPhoto{},
		hashes:      map[bytesOf]engine.PhotoID{},
	}
	s.record(entry.VaultCreated())
	return s
}

// record appends to the log; callers hold mu.
func (s *Store) record(e engine.AuditEntry) {
	e = cloneEntry(e)
	e.Seq, e.At = uint64(len(s.audit)+1), s.Now()
	s.audit = append(s.audit, e)
}

func cloneEntry(e engine.AuditEntry) engine.AuditEntry {
	e.Objects, e.Counts, e.Detail, e.Returned = slices.Clone(e.Objects), maps.Clone(e.Counts), maps.Clone(e.Detail), slices.Clone(e.Returned)
	return e
}

// newID gives a fresh ULID; callers hold mu.
func (s *Store) newID() string { return ulid.MustNew(ulid.Timestamp(s.Now()), s.entropy).String() }

// start begins every method: it reports an ended context and takes the lock.
func (s *Store) start(ctx context.Context) (unlock func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, engine.E(engine.CodeCanceled, "enginetest.Store", "stopped", err)
	}
	s.mu.Lock()
	return s.mu.Unlock, nil
}

func (s *Store) locked(ctx context.Context, fn func() error) error {
	unlock, err := s.start(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	return fn()
}

func locked[T any](ctx context.Context, s *Store, fn func() (T, error)) (out T, err error) {
	err = s.locked(ctx, func() error { out, err = fn(); return err })
	return out, err
}

// walk lists under the lock and calls fn without it.
func walk[T any](ctx context.Context, s *Store, list func() []T, fn func(T) error) error {
	all, err := locked(ctx, s, func() ([]T, error) { return list(), nil })
	if err != nil {
		return err
	}
	for _, one := range all {
		if err := ctx.Err(); err != nil {
			return engine.E(engine.CodeCanceled, "enginetest.Store", "stopped", err)
		}
		if err := fn(one); err != nil {
			return err
		}
	}
	return nil
}

func missing(what string) error {
	return engine.E(engine.CodeNotFound, "enginetest.Store", what, nil)
}

// AddCollection implements engine.Store.
func (s *Store) AddCollection(ctx context.Context, c engine.Collection) (engine.Collection, error) {
	return locked(ctx, s, func() (engine.Collection, error) {
		if err := c.Validate(); err != nil {
			return engine.Collection{}, err
		}
		for _, o := range s.collections {
			if o.Name == c.Name {
				return engine.Collection{}, engine.E(engine.CodeConflict, "enginetest.Store", "a collection has this name already", nil)
			}
		}
		c.ID, c.CreatedAt = engine.CollectionID(s.newID()), s.Now()
		s.collections[c.ID] = c
		s.items[c.ID] = map[string]engine.ItemRecord{}
		s.record(entry.CollectionAdded(c))
		return c, nil
	})
}

// info counts a collection; callers hold mu.
func (s *Store) info(c engine.Collection) engine.CollectionInfo {
	i := engine.CollectionInfo{Collection: c}
	for _, p := range s.photos {
		if p.photo.Collection != c.ID {
			continue
		}
		i.Photos++
		i.Faces += len(p.photo.Faces)
		if len(p.photo.Faces) == 0 {
			i.NoFace++
		}
	}
	for _, r := range s.items[c.ID] {
		if r.Outcome == engine.OutcomeFailed {
			i.Failed++
		}
	}
	return i
}

// Collections implements engine.Store.
func (s *Store) Collections(ctx context.Context) ([]engine.CollectionInfo, error) {
	return locked(ctx, s, func() ([]engine.CollectionInfo, error) {
		var all []engine.CollectionInfo
		for _, c := range s.collections {
			all = append(all, s.info(c))
		}
		slices.SortFunc(all, func(a, b engine.CollectionInfo) int { return strings.Compare(a.Name, b.Name) })
		return all, nil
	})
}

// CollectionByName implements engine.Store.
func (s *Store) CollectionByName(ctx context.Context, name string) (engine.CollectionInfo, error) {
	return locked(ctx, s, func() (engine.CollectionInfo, error) {
		for _, c := range s.collections {
			if c.Name == name {
				return s.info(c), nil
			}
		}
		return engine.CollectionInfo{}, missing("there is no such collection")
	})
}

// BeginRun implements engine.Store.
func (s *Store) BeginRun(ctx context.Context, r engine.Run, resume bool) (engine.Run, engine.CollectCounts, error) {
	var counts engine.CollectCounts
	unlock, err := s.start(ctx)
	if err != nil {
		return engine.Run{}, counts, err
	}
	defer unlock()
	if err := r.Check(); err != nil {
		return engine.Run{}, counts, err
	}
	if _, ok := s.collections[r.Collection]; !ok {
		return engine.Run{}, counts, missing("there is no such collection")
	}
	for i := len(s.runs) - 1; i >= 0; i-- {
		old := &s.runs[i]
		if !old.SameWork(r) {
			continue
		}
		if !old.FinishedAt.IsZero() && !resume {
			break
		}
		old.FinishedAt, old.Web = time.Time{}, r.Web
		for _, rec := range s.items[r.Collection] {
			if rec.Run == old.ID {
				counts.Add(rec)
			}
		}
		s.record(entry.Run(engine.ActionRunContinued, *old))
		return cloneRun(*old), counts, nil
	}
	r = cloneRun(r)
	r.ID, r.StartedAt, r.FinishedAt = engine.RunID(s.newID()), s.Now(), time.Time{}
	s.runs = append(s.runs, r)
	s.record(entry.Run(engine.ActionRunStarted, r))
	return cloneRun(r), counts, nil
}

// UnfinishedRuns implements engine.Store.
func (s *Store) UnfinishedRuns(ctx context.Context) (runs []engine.Run, err error) {
	unlock, err := s.start(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	for _, r := range s.runs {
		if r.FinishedAt.IsZero() {
			runs = append(runs, cloneRun(r))
		}
	}
	return runs, nil
}

func cloneRun(r engine.Run) engine.Run {
	r.Sources = slices.Clone(r.Sources)
	return r
}

func (s *Store) run(id engine.RunID) (*engine.Run, error) {
	i := slices.IndexFunc(s.runs, func(r engine.Run) bool { return r.ID == id })
	if i < 0 {
		return nil, missing("there is no such run")
	}
	return &s.runs[i], nil
}

// FinishRun implements engine.Store.
func (s *Store) FinishRun(ctx context.Context, id engine.RunID, counts engine.CollectCounts) error {
	return s.locked(ctx, func() error {
		r, err := s.run(id)
		if err != nil {
			return err
		}
		r.FinishedAt = s.Now()
		s.record(entry.RunFinished(*r, counts))
		return nil
	})
}

// failures lists failed items by key; callers hold mu.
func (s *Store) failures(id engine.CollectionID, want func(engine.ItemRecord) bool) []engine.FailedItem {
	var all []engine.FailedItem
	for _, r := range s.items[id] {
		if r.Reason != "" && want(r) {
			all = append(all, engine.FailedItem{Item: r.Key, Code: r.Code, Reason: r.Reason, Detail: r.Detail, At: r.At, Partial: r.Outcome != engine.OutcomeFailed})
		}
	}
	slices.SortFunc(all, func(a, b engine.FailedItem) int { return strings.Compare(a.Item, b.Item) })
	return all
}

// RunFailures implements engine.Store.
func (s *Store) RunFailures(ctx context.Context, id engine.RunID) ([]engine.FailedItem, error) {
	return locked(ctx, s, func() ([]engine.FailedItem, error) {
		r, err := s.run(id)
		if err != nil {
			return nil, err
		}
		return s.failures(r.Collection, func(rec engine.ItemRecord) bool { return rec.Run == id }), nil
	})
}

// CollectionFailures implements engine.Store.
func (s *Store) CollectionFailures(ctx context.Context, id engine.CollectionID) ([]engine.FailedItem, error) {
	return locked(ctx, s, func() ([]engine.FailedItem, error) {
		if _, ok := s.collections[id]; !ok {
			return nil, missing("there is no such collection")
		}
		return s.failures(id, func(engine.ItemRecord) bool { return true }), nil
	})
}

// Totals implements engine.Store.
func (s *Store) Totals(ctx context.Context) (engine.Totals, error) {
	return locked(ctx, s, func() (engine.Totals, error) {
		t := engine.Totals{Collections: len(s.collections), Photos: len(s.photos)}
		for _, p := range s.photos {
			t.Faces += len(p.photo.Faces)
		}
		return t, nil
	})
}

// RecordSearch implements engine.Store.
func (s *Store) RecordSearch(ctx context.Context, r engine.SearchRecord) error {
	return s.locked(ctx, func() error {
		if err := r.Check(); err != nil {
			return err
		}
		keyed := sha256.Sum256(append([]byte("enginetest probe "), r.ProbeHash[:]...))
		s.record(entry.Search(r, hex.EncodeToString(keyed[:])))
		return nil
	})
}

// AuditLog implements engine.Store.
func (s *Store) AuditLog(ctx context.Context, fn func(engine.AuditEntry) error) error {
	list := func() []engine.AuditEntry { return slices.Clone(s.audit) }
	return walk(ctx, s, list, func(e engine.AuditEntry) error { return fn(cloneEntry(e)) })
}
