package ui

import (
	"context"
	"slices"
	"time"

	"gabarit/assets"
	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/engine/rights"
)

// fakeVault is the part of fakeService that the vault, the log and erasures need. Its fields are guarded by fakeService.mu.
type fakeVault struct {
	locks      int
	touches    int
	after      time.Duration
	remembered bool
	warnings   []engine.Warning
	changes    [][2]string // of the passphrase: old, new
	log        []engine.AuditEntry
	report     engine.AuditReport // of VerifyAudit
	known      []string           // checkpoints that VerifyAudit was given
	exported   []string
	judged     []engine.VerdictRequest
	viewed     []engine.FaceID
	shared     map[engine.PhotoID]bool // photos that show other people, too
	mentions   []engine.CaseMention
	plans      []engine.ErasureRequest
	erased     []engine.ErasurePlan
	erase      error // of Erase, before anything is done
	views      []matter.CaseView
	recorded   []matter.Event
	mailbox    string // of the controller of every case
	contacts   []matter.Controller
	candidates []matter.Candidate
	directory  matter.DirectoryReport
	imports    []string
	set        []matter.CourseSettings
}

func (f *fakeService) Lock() error {
	defer f.lock()()
	f.locks++
	f.state = engine.VaultSealed
	if f.pass == "" {
		f.state = engine.VaultClosed
	}
	return nil
}
func (f *fakeService) LockAfter(d time.Duration) { defer f.lock()(); f.after = d }
func (f *fakeService) Touch()                    { defer f.lock()(); f.touches++ }
func (f *fakeService) UnlockRemembered(context.Context) error {
	defer f.lock()()
	f.state = engine.VaultOpen
	return nil
}

func (f *fakeService) ChangePassphrase(_ context.Context, old, fresh string) error {
	defer f.lock()()
	if old != f.pass {
		return engine.E(engine.CodeBadKey, "fake", "", nil)
	}
	f.changes = append(f.changes, [2]string{old, fresh})
	f.pass = fresh
	return nil
}

func (f *fakeService) Remember(_ context.Context, pass string) error {
	defer f.lock()()
	if pass != f.pass {
		return engine.E(engine.CodeBadKey, "fake", "", nil)
	}
	f.remembered = true
	return nil
}
func (f *fakeService) Forget(context.Context) error {
	defer f.lock()()
	f.remembered = false
	return nil
}

func (f *fakeService) VerifyAudit(_ context.Context, checkpoint string) (engine.AuditReport, error) {
	defer f.lock()()
	f.known = append(f.known, checkpoint)
	return f.report, nil
}

func (f *fakeService) ExportAudit(_ context.Context, path string) (engine.AuditReport, error) {
	defer f.lock()()
	f.exported = append(f.exported, path)
	return f.report, nil
}

func (f *fakeService) Judge(_ context.Context, req engine.VerdictRequest) error {
	defer f.lock()()
	f.judged = append(f.judged, req)
	return nil
}

func (f *fakeService) View(_ context.Context, id engine.FaceID) error {
	defer f.lock()()
	f.viewed = append(f.viewed, id)
	return nil
}

func (f *fakeService) Offered(regime matter.Regime, right engine.Right) []string {
	l, err := rights.NewLetters(assets.FS())
	if err != nil {
		panic(err)
	}
	return l.Offered(regime, right)
}
func (f *fakeService) FindControllers(context.Context, []string, []string, string) ([]matter.Candidate, error) {
	defer f.lock()()
	return f.candidates, nil
}
func (f *fakeService) MissingFields(req matter.LetterRequest) []string {
	l, err := rights.NewLetters(assets.FS())
	if err != nil {
		panic(err)
	}
	return l.Missing(req)
}

func (f *fakeService) PlanErasure(_ context.Context, req engine.ErasureRequest) (engine.ErasurePlan, error) {
	defer f.lock()()
	f.plans = append(f.plans, req)
	p := engine.ErasurePlan{Request: req}
	for _, id := range req.Faces {
		photo, _, _ := id.Photo()
		p.Photos = append(p.Photos, engine.PhotoErasure{Photo: photo, Faces: []engine.FaceID{id}, Whole: !f.shared[photo]})
	}
	for _, id := range req.Photos {
		p.Photos = append(p.Photos, engine.PhotoErasure{Photo: id, Faces: []engine.FaceID{engine.NewFaceID(id, 0)}, Whole: true})
	}
	for _, m := range f.mentions {
		m.Kept = !req.Cases
		p.Cases = append(p.Cases, m)
	}
	p.Expected.Templates = len(p.Faces())
	return p, nil
}

func (f *fakeService) Erase(_ context.Context, p engine.ErasurePlan, progress func(engine.ErasureStep)) (engine.ErasureReport, error) {
	defer f.lock()()
	if f.erase != nil {
		return engine.ErasureReport{}, f.erase
	}
	f.erased = append(f.erased, p)
	for _, s := range []engine.ErasureStep{engine.EraseHide, engine.EraseDelete, engine.ErasePurge, engine.EraseCheck} {
		progress(s)
	}
	f.list = slices.DeleteFunc(f.list, func(c engine.CollectionInfo) bool { return c.ID == p.Request.Collection })
	r := engine.ErasureReport{ID: "E1", Counts: p.Expected, Check: engine.ErasedCheck{Records: 321}}
	r.Counts.Photos, r.Counts.Keys = len(p.Photos), len(p.Photos)
	for _, m := range p.Cases {
		if m.Kept {
			r.Cases = append(r.Cases, m)
		}
	}
	return r, nil
}

func (f *fakeService) CaseViews(context.Context) ([]matter.CaseView, error) {
	defer f.lock()()
	return slices.Clone(f.views), nil
}
func (f *fakeService) RecordFiles(_ context.Context, _ engine.CaseID, e matter.Event, _ []string) (matter.CaseView, error) {
	defer f.lock()()
	f.recorded = append(f.recorded, e)
	return f.views[0], nil
}
func (f *fakeService) SetCourse(_ context.Context, _ engine.CaseID, s matter.CourseSettings) (matter.CaseView, error) {
	defer f.lock()()
	f.set = append(f.set, s)
	return f.views[0], nil
}
func (f *fakeService) WriteCalendar(context.Context, []engine.CaseID, string, string) (int, error) {
	return 0, nil
}
func (f *fakeService) ExportCases(context.Context, string, string) (int, error) { return 0, nil }
func (f *fakeService) SaveCaseFile(context.Context, engine.CaseID, string, string) (string, error) {
	return "", nil
}
func (f *fakeService) PrepareLetter(_ context.Context, req matter.LetterRequest) (matter.LetterRequest, error) {
	req.Fields.ControllerName, req.Fields.ControllerEmail = "Late Ltd", f.mailbox
	return req, nil
}
func (f *fakeService) Provisions(matter.Regime, string) ([]string, map[string]string) {
	return []string{"12"}, map[string]string{"12": "Article 12"}
}
func (f *fakeService) Authorities() ([]matter.Authority, error) { return nil, nil }
func (f *fakeService) AuthorityChoice(matter.Course) (matter.AuthorityChoice, error) {
	return matter.AuthorityChoice{}, nil
}
func (f *fakeService) Preflight(string, matter.Filing) ([]matter.Finding, error) { return nil, nil }

func (f *fakeService) AddressBook(context.Context) ([]matter.Controller, matter.DirectoryReport, time.Time, error) {
	defer f.lock()()
	return slices.Clone(f.contacts), f.directory, time.Time{}, nil
}

func (f *fakeService) ImportControllers(_ context.Context, path string) (matter.DirectoryReport, error) {
	defer f.lock()()
	f.imports = append(f.imports, path)
	return f.directory, nil
}

func (f *fakeService) SaveController(_ context.Context, c matter.Controller) (matter.Controller, error) {
	defer f.lock()()
	c.ID, c.Origin = "N1", matter.OriginOwn
	f.contacts = append(f.contacts, c)
	return c, nil
}

func (f *fakeService) RemoveController(_ context.Context, id string) error {
	defer f.lock()()
	f.contacts = slices.DeleteFunc(f.contacts, func(c matter.Controller) bool { return c.ID == id })
	return nil
}
