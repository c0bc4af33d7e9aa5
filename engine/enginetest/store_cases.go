package enginetest

import (
	"context"
	"fmt"
	"slices"

	"gabarit/engine"
	"gabarit/engine/entry"
)

// AddCases implements engine.Store.
func (s *Store) AddCases(ctx context.Context, cases []engine.Case) ([]engine.Case, error) {
	return locked(ctx, s, func() ([]engine.Case, error) {
		for _, c := range cases {
			if err := c.Check(); err != nil {
				return nil, err
			}
		}
		if len(cases) == 0 {
			return nil, nil
		}
		var added []engine.Case
		for _, c := range cases {
			c = cloneCase(c)
			c.ID, c.State, c.CreatedAt, c.Letters = engine.CaseID(s.newID()), engine.CaseDraft, s.Now(), nil
			n := 1
			for _, o := range append(s.cases, added...) {
				if o.CreatedAt.Year() == c.CreatedAt.Year() {
					n++
				}
			}
			c.Ref = fmt.Sprintf("%04d-CAS-%04d", c.CreatedAt.Year(), n)
			added = append(added, c)
		}
		for _, c := range added {
			s.cases = append(s.cases, cloneCase(c))
		}
		s.record(entry.CasesOpened(added))
		return added, nil
	})
}

func cloneCase(c engine.Case) engine.Case {
	c.Items, c.Letters = slices.Clone(c.Items), slices.Clone(c.Letters)
	return c
}

// Cases implements engine.Store.
func (s *Store) Cases(ctx context.Context) ([]engine.Case, error) {
	return locked(ctx, s, func() ([]engine.Case, error) {
		var all []engine.Case
		for _, c := range s.cases {
			all = append(all, cloneCase(c))
		}
		return all, nil
	})
}

// Case implements engine.Store.
func (s *Store) Case(ctx context.Context, id engine.CaseID) (engine.Case, error) {
	return locked(ctx, s, func() (engine.Case, error) {
		i := slices.IndexFunc(s.cases, func(c engine.Case) bool { return c.ID == id })
		if i < 0 {
			return engine.Case{}, missing("there is no such case")
		}
		return cloneCase(s.cases[i]), nil
	})
}

// RecordLetter implements engine.Store.
func (s *Store) RecordLetter(ctx context.Context, id engine.CaseID, l engine.LetterRecord) error {
	return s.locked(ctx, func() error {
		i := slices.IndexFunc(s.cases, func(c engine.Case) bool { return c.ID == id })
		if i < 0 {
			return missing("there is no such case")
		}
		l.Formats = slices.Clone(l.Formats)
		s.cases[i].State = engine.CaseExported
		s.cases[i].Letters = append(s.cases[i].Letters, l)
		s.record(entry.LetterExported(id, l))
		return nil
	})
}
