package enginetest

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"gabarit/engine"
)

type documentKey struct {
	kind engine.DocumentKind
	id   string
}

// ChangeCase implements engine.Store.
func (s *Store) ChangeCase(ctx context.Context, id engine.CaseID, change func(*engine.Case) (engine.AuditEntry, error)) error {
	return s.locked(ctx, func() error {
		i := slices.IndexFunc(s.cases, func(c engine.Case) bool { return c.ID == id })
		if i < 0 {
			return missing("there is no such case")
		}
		c := cloneCase(s.cases[i])
		e, err := change(&c)
		if err != nil {
			return err
		}
		c.ID, c.Ref, c.CreatedAt = id, s.cases[i].Ref, s.cases[i].CreatedAt
		s.cases[i] = cloneCase(c)
		s.record(e)
		return nil
	})
}

// Document implements engine.Store.
func (s *Store) Document(ctx context.Context, kind engine.DocumentKind, id string) ([]byte, error) {
	return locked(ctx, s, func() ([]byte, error) {
		data, ok := s.documents[documentKey{kind, id}]
		if !ok {
			return nil, missing("there is no such document")
		}
		return bytes.Clone(data), nil
	})
}

// Documents implements engine.Store.
func (s *Store) Documents(ctx context.Context, kind engine.DocumentKind, fn func(id string, data []byte) error) error {
	type one struct {
		id   string
		data []byte
	}
	return walk(ctx, s, func() (all []one) {
		for k, data := range s.documents {
			if k.kind == kind {
				all = append(all, one{k.id, bytes.Clone(data)})
			}
		}
		slices.SortFunc(all, func(a, b one) int { return strings.Compare(a.id, b.id) })
		return all
	}, func(o one) error { return fn(o.id, o.data) })
}

// ChangeDocuments implements engine.Store.
func (s *Store) ChangeDocuments(ctx context.Context, change func(engine.DocumentTx) error) error {
	return s.locked(ctx, func() error {
		x := &documentTx{s: s, now: maps.Clone(s.documents)}
		if x.now == nil {
			x.now = map[documentKey][]byte{}
		}
		if err := change(x); err != nil {
			return err
		}
		if len(x.entries) == 0 {
			return engine.E(engine.CodeInvalid, "enginetest.ChangeDocuments", "a change of documents needs an entry in the log", nil)
		}
		s.documents = x.now
		for _, e := range x.entries {
			s.record(e)
		}
		return nil
	})
}

// documentTx is a change of documents under way; the store's lock is held.
type documentTx struct {
	s       *Store
	now     map[documentKey][]byte
	entries []engine.AuditEntry
}

func (x *documentTx) NewID() string  { return x.s.newID() }
func (x *documentTx) Now() time.Time { return x.s.Now() }

func (x *documentTx) Get(kind engine.DocumentKind, id string) ([]byte, error) {
	data, ok := x.now[documentKey{kind, id}]
	if !ok {
		return nil, missing("there is no such document")
	}
	return bytes.Clone(data), nil
}

func (x *documentTx) Put(kind engine.DocumentKind, id string, data []byte) error {
	u, err := ulid.ParseStrict(id)
	if err != nil || u.String() != id || !slices.Contains(engine.DocumentKinds(), kind) || len(data) > engine.MaxDocument {
		return engine.E(engine.CodeInvalid, "enginetest.ChangeDocuments", "this can't be a document", err)
	}
	if kind == engine.DocumentCheck || kind == engine.DocumentHidden {
		if _, ok := x.s.photos[engine.PhotoID(id)]; !ok {
			return missing("the vault holds no such photo")
		}
	}
	x.now[documentKey{kind, id}] = bytes.Clone(data)
	return nil
}

func (x *documentTx) Delete(kind engine.DocumentKind, id string) error {
	delete(x.now, documentKey{kind, id})
	return nil
}

func (x *documentTx) Log(e engine.AuditEntry) error {
	x.entries = append(x.entries, cloneEntry(e))
	return nil
}
