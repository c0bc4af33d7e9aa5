package matters

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gabarit/engine"
	"gabarit/engine/entry"
	"gabarit/storage/records"
	"gabarit/storage/vault"
)

// maxCase bounds a case's record, which is one value of Badger.
const maxCase = 8 << 20

// Store is the part of engine.Store that keeps cases and documents. Safe for concurrent use.
type Store struct {
	db     *records.DB
	settle func(context.Context) error
}

// New gives the cases and documents of db. settle brings what was deleted to the point where its keys are noted, and destroys them.
func New(db *records.DB, settle func(context.Context) error) *Store { return &Store{db, settle} }

// AddCases implements engine.Store.
func (s *Store) AddCases(ctx context.Context, cases []engine.Case) ([]engine.Case, error) {
	const op = "storage.AddCases"
	for _, c := range cases {
		if err := c.Check(); err != nil {
			return nil, err
		}
	}
	if len(cases) == 0 {
		return nil, nil
	}
	var added []engine.Case
	err := s.db.Update(ctx, op, 0, func(x records.Tx) error {
		last := map[int]int{} // reference numbers used, by year
		if _, err := x.Get(records.MetaKey("cases"), &last); err != nil {
			return err
		}
		for _, c := range cases {
			c.Items = slices.Clone(c.Items)
			c.ID, c.State, c.CreatedAt, c.Letters = engine.CaseID(s.db.NewID()), engine.CaseDraft, s.db.Now(), nil
			year := c.CreatedAt.Year()
			last[year]++
			c.Ref = fmt.Sprintf("%04d-CAS-%04d", year, last[year])
			ref, err := x.NewKey()
			if err != nil {
				return err
			}
			if err := PutCase(x, ref, c); err != nil {
				return err
			}
			added = append(added, c)
		}
		if err := x.Put(records.MetaKey("cases"), last); err != nil {
			return err
		}
		return x.Append(entry.CasesOpened(added))
	})
	if err != nil {
		return nil, err
	}
	return added, nil
}

// PutCase stores a case, sealed under ref. CodeInvalid: it has too many items.
func PutCase(x records.Tx, ref vault.KeyRef, c engine.Case) error {
	plain, err := records.EncodeCase(c)
	if err != nil {
		return err
	}
	if len(plain) > maxCase {
		return engine.E(engine.CodeInvalid, "storage.AddCases", "the case has too many items", nil)
	}
	return x.PutPlain(ref, records.Key(records.KindCase, records.ID(c.ID)), plain)
}

// Cases implements engine.Store.
func (s *Store) Cases(ctx context.Context) ([]engine.Case, error) {
	var all []engine.Case
	err := s.db.View(ctx, "storage.Cases", func(x records.Tx) error {
		return x.Each(records.Key(records.KindCase), func(_, plain []byte) error {
			c, err := records.DecodeCase(plain)
			all = append(all, c)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, func(a, b engine.Case) int {
		if n := a.CreatedAt.Compare(b.CreatedAt); n != 0 {
			return n
		}
		return strings.Compare(string(a.ID), string(b.ID))
	})
	return all, nil
}

// CaseOf reads a case and which key it is sealed under.
func CaseOf(x records.Tx, c engine.CaseID) (engine.Case, vault.KeyRef, error) {
	missing := engine.E(engine.CodeNotFound, "storage.Case", "there is no such case", nil)
	b := records.ID(c)
	if b == nil {
		return engine.Case{}, vault.KeyRef{}, missing
	}
	plain, ref, err := x.Owned(missing, records.Key(records.KindCase, b))
	if err != nil {
		return engine.Case{}, ref, err
	}
	found, err := records.DecodeCase(plain)
	return found, ref, err
}

// Case implements engine.Store.
func (s *Store) Case(ctx context.Context, c engine.CaseID) (engine.Case, error) {
	var found engine.Case
	err := s.db.View(ctx, "storage.Case", func(x records.Tx) error {
		var err error
		found, _, err = CaseOf(x, c)
		return err
	})
	return found, err
}

// RecordLetter implements engine.Store.
func (s *Store) RecordLetter(ctx context.Context, c engine.CaseID, l engine.LetterRecord) error {
	return s.db.Update(ctx, "storage.RecordLetter", 0, func(x records.Tx) error {
		found, ref, err := CaseOf(x, c)
		if err != nil {
			return err
		}
		found.State = engine.CaseExported
		found.Letters = append(found.Letters, l)
		if err := PutCase(x, ref, found); err != nil {
			return err
		}
		return x.Append(entry.LetterExported(c, l))
	})
}

// ChangeCase implements engine.Store.
func (s *Store) ChangeCase(ctx context.Context, c engine.CaseID, change func(*engine.Case) (engine.AuditEntry, error)) error {
	return s.db.Update(ctx, "storage.ChangeCase", 0, func(x records.Tx) error {
		was, ref, err := CaseOf(x, c)
		if err != nil {
			return err
		}
		now := was
		e, err := change(&now)
		if err != nil {
			return err
		}
		now.ID, now.Ref, now.CreatedAt = was.ID, was.Ref, was.CreatedAt
		if err := PutCase(x, ref, now); err != nil {
			return err
		}
		return x.Append(e)
	})
}
