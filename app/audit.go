package app

import (
	"context"
	"errors"
	"io"
	"os"

	"gabarit/engine"
	"gabarit/engine/entry"
	"gabarit/storage/auditlog"
)

// Audit gives the audit log, newest last.
func (a *App) Audit(ctx context.Context) ([]engine.AuditEntry, error) {
	s, ctx, done, err := a.enter(ctx, "app.Audit")
	if err != nil {
		return nil, err
	}
	defer done()
	var out []engine.AuditEntry
	err = s.store.AuditLog(ctx, func(e engine.AuditEntry) error {
		out = append(out, e)
		return nil
	})
	return out, err
}

// View records that a face of the index was looked at closely; CodeNotFound.
func (a *App) View(ctx context.Context, id engine.FaceID) error {
	const op = "app.View"
	s, ctx, done, err := a.enter(ctx, op)
	if err != nil {
		return err
	}
	defer done()
	pid, _, _ := id.Photo()
	p, err := s.store.Photo(ctx, pid)
	if err != nil {
		return err
	}
	face, err := faceOf(p, id)
	if err != nil {
		return err
	}
	if err := s.store.Record(ctx, entry.Viewed(face.ID)); err != nil {
		return err
	}
	a.events.send(engine.EventAudit)
	return nil
}

// VerifyAudit checks the whole log. checkpoint is one that was kept elsewhere, or "": with it a log that was replaced as
// a whole is found too. What is wrong is told in the report. CodeInvalid: checkpoint is none.
func (a *App) VerifyAudit(ctx context.Context, checkpoint string) (engine.AuditReport, error) {
	return use(ctx, a, "app.VerifyAudit", func(ctx context.Context, s *session) (engine.AuditReport, error) {
		return s.store.VerifyAudit(ctx, checkpoint)
	})
}

// ExportAudit writes the log to a new file that VerifyAuditFile can check without the vault, and records that. The log is
// checked on the way; what is wrong with it is told in the report. An existing file is never overwritten: CodeConflict.
func (a *App) ExportAudit(ctx context.Context, path string) (engine.AuditReport, error) {
	const op = "app.ExportAudit"
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	switch {
	case errors.Is(err, os.ErrExist):
		return engine.AuditReport{}, engine.E(engine.CodeConflict, op, "there is a file of this name already", nil)
	case err != nil:
		return engine.AuditReport{}, engine.E(engine.CodeUnavailable, op, "the log can't be written to the file", err)
	}
	report, err := a.WriteAudit(ctx, f)
	if cerr := errors.Join(f.Sync(), f.Close()); err == nil && cerr != nil {
		err = engine.E(engine.CodeUnavailable, op, "the log can't be written to the file", cerr)
	}
	if err != nil { // half a log must not pass for one
		return report, errors.Join(err, os.Remove(path))
	}
	return report, nil
}

// WriteAudit is ExportAudit to w.
func (a *App) WriteAudit(ctx context.Context, w io.Writer) (engine.AuditReport, error) {
	const op = "app.WriteAudit"
	s, ctx, done, err := a.enter(ctx, op)
	if err != nil {
		return engine.AuditReport{}, err
	}
	defer done()
	report, err := s.store.ExportAudit(ctx, w)
	var known *engine.Error
	if err != nil && !errors.As(err, &known) { // of w
		err = engine.E(engine.CodeUnavailable, op, "the log can't be written to the file", err)
	}
	a.events.send(engine.EventAudit)
	return report, err
}

// VerifyAuditFile checks an exported log; it needs neither vault nor App. key is the public key that the log's checkpoints
// are signed with and checkpoint one that was kept elsewhere; "" for either: what the file itself says is taken.
// CodeInvalid: r is no exported log, or key or checkpoint are none. What is wrong with the log is told in the report.
func VerifyAuditFile(r io.Reader, key, checkpoint string) (engine.AuditReport, error) {
	return auditlog.VerifyExport(r, key, checkpoint)
}
