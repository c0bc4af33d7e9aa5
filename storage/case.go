package storage

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
	err := s.update(ctx, op, 0, func(x tx) error {
		last := map[int]int{} // reference numbers used, by year
		if _, err := x.Get(records.MetaKey("cases"), &last); err != nil {
			return err
		}
		for _, c := range cases {
			c.Items = slices.Clone(c.Items)
			c.ID, c.State, c.CreatedAt, c.Letters = engine.CaseID(s.db.NewID()), engine.CaseDraft, s.db.Now(), nil
			year := c.CreatedAt.Year()
			last[year]++
			c.Ref = fmt.Sprintf("%04d-ERA-%04d", year, last[year])
			ref, err := x.NewKey()
			if err != nil {
				return err
			}
			if err := x.putCase(ref, c); err != nil {
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

func (x tx) putCase(ref vault.KeyRef, c engine.Case) error {
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
	err := s.view(ctx, "storage.Cases", func(x tx) error {
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

// caseByID reads a case and which key it is sealed under.
func (x tx) caseByID(c engine.CaseID) (engine.Case, vault.KeyRef, error) {
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
	err := s.view(ctx, "storage.Case", func(x tx) error {
		var err error
		found, _, err = x.caseByID(c)
		return err
	})
	return found, err
}

// RecordLetter implements engine.Store.
func (s *Store) RecordLetter(ctx context.Context, c engine.CaseID, l engine.LetterRecord) error {
	return s.update(ctx, "storage.RecordLetter", 0, func(x tx) error {
		found, ref, err := x.caseByID(c)
		if err != nil {
			return err
		}
		found.State = engine.CaseExported
		found.Letters = append(found.Letters, l)
		if err := x.putCase(ref, found); err != nil {
			return err
		}
		return x.Append(entry.LetterExported(c, l))
	})
}
