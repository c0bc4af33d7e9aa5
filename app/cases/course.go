package cases

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"gabarit/app/opened"
	"gabarit/assets"
	"gabarit/engine"
	"gabarit/engine/entry"
	"gabarit/engine/matter"
	"gabarit/engine/rights/procedure"
)

// MaxCaseFile is the largest file that a case keeps, in bytes: a document holds it in a text form a third larger.
const MaxCaseFile = 5 << 20

// caseFileForm is the version of matter.CaseFile.
const caseFileForm = 1

// view derives where a case stands.
func view(c engine.Case, now time.Time) (matter.CaseView, error) {
	course, err := matter.ReadCourse(c.Course)
	if err != nil {
		return matter.CaseView{Case: c}, err
	}
	return matter.CaseView{Case: c, Course: course, Standing: procedure.Stand(course, matter.Rights(c), now)}, nil
}

// CaseViews lists the cases with their courses: those with a date first, the earliest at the top, then those without, those that are over last.
func (m *Matters) CaseViews(ctx context.Context) ([]matter.CaseView, error) {
	return opened.Use(ctx, m.door, "cases.CaseViews", func(ctx context.Context, v opened.Vault) ([]matter.CaseView, error) {
		all, err := v.Store.Cases(ctx)
		if err != nil {
			return nil, err
		}
		out := make([]matter.CaseView, len(all))
		for i, c := range all {
			if out[i], err = view(c, m.door.Now()); err != nil {
				return nil, err
			}
		}
		SortByDue(out)
		return out, nil
	})
}

// SortByDue puts first what has the earliest date.
func SortByDue(all []matter.CaseView) {
	rank := func(v matter.CaseView) int {
		switch {
		case v.Standing.State == matter.CourseDone || v.Standing.State == matter.CourseAbandoned:
			return 2
		case v.Standing.Due.IsZero():
			return 1
		}
		return 0
	}
	slices.SortStableFunc(all, func(a, b matter.CaseView) int {
		return cmp.Or(rank(a)-rank(b), a.Standing.Due.Compare(b.Standing.Due), strings.Compare(b.Case.Ref, a.Case.Ref))
	})
}

// CaseView gives one case with its course; CodeNotFound.
func (m *Matters) CaseView(ctx context.Context, id engine.CaseID) (matter.CaseView, error) {
	return opened.Use(ctx, m.door, "cases.CaseView", func(ctx context.Context, v opened.Vault) (matter.CaseView, error) {
		c, err := v.Store.Case(ctx, id)
		if err != nil {
			return matter.CaseView{}, err
		}
		return view(c, m.door.Now())
	})
}

// RecordEvent adds an event to a case, with files that belong to it, and gives the case as it stands then. What makes no sense is refused
// (CodeInvalid, CodeConflict) and nothing is kept.
func (m *Matters) RecordEvent(ctx context.Context, id engine.CaseID, e matter.Event, attached []matter.NewFile) (matter.CaseView, error) {
	const op = "cases.RecordEvent"
	v, ctx, done, err := m.door.Enter(ctx, op)
	if err != nil {
		return matter.CaseView{}, err
	}
	defer done()
	if len(attached) > 0 {
		c, err := v.Store.Case(ctx, id)
		if err == nil { // refused before its files are stored
			_, err = m.recorded(&c, e)
		}
		if err != nil {
			return matter.CaseView{}, err
		}
		if e.Files, err = keepFiles(ctx, v, id, attached); err != nil {
			return matter.CaseView{}, err
		}
	}
	var now matter.CaseView
	err = v.Store.ChangeCase(ctx, id, func(c *engine.Case) (engine.AuditEntry, error) {
		e, err := m.recorded(c, e)
		if err != nil {
			return engine.AuditEntry{}, err
		}
		now, err = view(*c, m.door.Now())
		return entry.CaseChanged(id, e), err
	})
	if err != nil {
		return matter.CaseView{}, errors.Join(err, dropFiles(context.WithoutCancel(ctx), v, id, e.Files))
	}
	m.door.Tell(engine.EventCases)
	return now, nil
}

// recorded adds an event to the course of a case.
func (m *Matters) recorded(c *engine.Case, e matter.Event) (matter.Event, error) {
	course, err := matter.ReadCourse(c.Course)
	if err != nil {
		return e, err
	}
	if e.Day.IsZero() && !e.At.IsZero() { // an instant is a day of the controller's place
		zone, _ := procedure.Zone(course.To)
		e.Day = matter.DayOf(e.At, zone)
	}
	if course, e, err = procedure.Record(course, e, matter.Rights(*c), m.door.Now()); err != nil {
		return e, err
	}
	c.Course, err = course.Encode()
	return e, err
}

// SetCourse changes who a case is addressed to, its regime and the person's residence. Periods are counted anew.
func (m *Matters) SetCourse(ctx context.Context, id engine.CaseID, s matter.CourseSettings) (matter.CaseView, error) {
	const op = "cases.SetCourse"
	v, ctx, done, err := m.door.Enter(ctx, op)
	if err != nil {
		return matter.CaseView{}, err
	}
	defer done()
	if err := procedure.CheckSettings(s); err != nil {
		return matter.CaseView{}, err
	}
	var now matter.CaseView
	err = v.Store.ChangeCase(ctx, id, func(c *engine.Case) (engine.AuditEntry, error) {
		course, err := matter.ReadCourse(c.Course)
		if err != nil {
			return engine.AuditEntry{}, err
		}
		course.Regime, course.Residence, course.Land, course.To = s.Regime, s.Residence, s.Land, s.To
		if c.Course, err = course.Encode(); err != nil {
			return engine.AuditEntry{}, err
		}
		now, err = view(*c, m.door.Now())
		return entry.CaseAddressed(id, s.Regime), err
	})
	if err == nil {
		m.door.Tell(engine.EventCases)
	}
	return now, err
}

// keepFiles stores files as documents of a case.
func keepFiles(ctx context.Context, v opened.Vault, id engine.CaseID, attached []matter.NewFile) (refs []matter.FileRef, err error) {
	const op = "cases.keepFiles"
	err = v.Store.ChangeDocuments(ctx, func(tx engine.DocumentTx) error {
		refs = nil
		for _, f := range attached {
			name := filepath.Base(f.Name)
			if len(f.Data) > MaxCaseFile {
				return engine.E(engine.CodeLimit, op, "this file is too large to be kept with a case", errors.New(name))
			}
			data, err := json.Marshal(matter.CaseFile{V: caseFileForm, Case: id, Name: name, Data: f.Data})
			if err != nil {
				return err
			}
			sum := sha256.Sum256(f.Data)
			ref := matter.FileRef{ID: tx.NewID(), Name: name, SHA256: hex.EncodeToString(sum[:]), Size: len(f.Data)}
			if err := tx.Put(engine.DocumentFile, ref.ID, data); err != nil {
				return err
			}
			refs = append(refs, ref)
		}
		return tx.Log(entry.CaseFiles(id, len(attached), true))
	})
	return refs, err
}

// dropFiles takes files back that were stored for an event which was then refused.
func dropFiles(ctx context.Context, v opened.Vault, id engine.CaseID, refs []matter.FileRef) error {
	if len(refs) == 0 {
		return nil
	}
	return v.Store.ChangeDocuments(ctx, func(tx engine.DocumentTx) error {
		for _, r := range refs {
			if err := tx.Delete(engine.DocumentFile, r.ID); err != nil {
				return err
			}
		}
		return tx.Log(entry.CaseFiles(id, len(refs), false))
	})
}

// CaseFile gives the bytes of a file that a case keeps, checked against its SHA-256; CodeNotFound, CodeCorrupt.
func (m *Matters) CaseFile(ctx context.Context, id engine.CaseID, file string) (matter.NewFile, error) {
	const op = "cases.CaseFile"
	return opened.Use(ctx, m.door, op, func(ctx context.Context, v opened.Vault) (matter.NewFile, error) {
		c, err := v.Store.Case(ctx, id)
		if err != nil {
			return matter.NewFile{}, err
		}
		course, err := matter.ReadCourse(c.Course)
		if err != nil {
			return matter.NewFile{}, err
		}
		for _, e := range course.Events {
			i := slices.IndexFunc(e.Files, func(f matter.FileRef) bool { return f.ID == file })
			if i >= 0 {
				return readFile(ctx, v, e.Files[i])
			}
		}
		return matter.NewFile{}, engine.E(engine.CodeNotFound, op, "this case keeps no such file", errors.New(file))
	})
}

func readFile(ctx context.Context, v opened.Vault, ref matter.FileRef) (matter.NewFile, error) {
	data, err := v.Store.Document(ctx, engine.DocumentFile, ref.ID)
	if err != nil {
		return matter.NewFile{}, err
	}
	var f matter.CaseFile
	err = json.Unmarshal(data, &f)
	if sum := sha256.Sum256(f.Data); err != nil || hex.EncodeToString(sum[:]) != ref.SHA256 {
		return matter.NewFile{}, engine.E(engine.CodeCorrupt, "cases.CaseFile", "this file is not what it was when it was kept", errors.Join(err, errors.New(ref.Name)))
	}
	return matter.NewFile{Name: f.Name, Data: f.Data}, nil
}

// Authorities lists the authorities that are known, and AuthorityChoice those that a case can go to.
func (*Matters) Authorities() ([]matter.Authority, error) {
	table, err := procedure.ReadAuthorities(assets.FS())
	return table.All(), err
}

// AuthorityChoice proposes the authority for a course and offers others.
func (*Matters) AuthorityChoice(c matter.Course) (matter.AuthorityChoice, error) {
	table, err := procedure.ReadAuthorities(assets.FS())
	if err != nil {
		return matter.AuthorityChoice{}, err
	}
	return table.Choose(c), nil
}

// Preflight looks at a complaint before it goes to an authority; CodeNotFound.
func (*Matters) Preflight(authority string, f matter.Filing) ([]matter.Finding, error) {
	table, err := procedure.ReadAuthorities(assets.FS())
	if err != nil {
		return nil, err
	}
	a, err := table.Get(authority)
	if err != nil {
		return nil, err
	}
	return procedure.Preflight(a, f), nil
}
