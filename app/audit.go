package app

import (
	"context"
	"io"

	"gabarit/engine"
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
	if _, err := faceOf(p, id); err != nil {
		return err
	}
	if err := s.store.Record(ctx, engine.EntryViewed(id)); err != nil {
		return err
	}
	a.events.send(engine.EventAudit)
	return nil
}

// CheckVault reads everything the vault holds: records, log, and what is left of what was erased. What is damaged is told in
// the result; an error means that the check itself could not be done.
func (a *App) CheckVault(ctx context.Context) (engine.VaultCheck, error) {
	const op = "app.CheckVault"
	_, _, done, err := a.enter(ctx, op)
	if err != nil {
		return engine.VaultCheck{}, err
	}
	defer done()
	return engine.VaultCheck{}, engine.E(engine.CodeUnsupported, op, "not built yet", nil)
}

// VerifyAudit checks the whole log. checkpoint is one that was kept elsewhere, or "": with it a log that was replaced as
// a whole is found too. What is wrong is told in the report.
func (a *App) VerifyAudit(ctx context.Context, checkpoint string) (engine.AuditReport, error) {
	const op = "app.VerifyAudit"
	_, _, done, err := a.enter(ctx, op)
	if err != nil {
		return engine.AuditReport{}, err
	}
	defer done()
	return engine.AuditReport{}, engine.E(engine.CodeUnsupported, op, "not built yet", nil)
}

// ExportAudit writes the log to a new file that VerifyAuditFile can check without the vault. An existing file is never
// overwritten: CodeConflict.
func (a *App) ExportAudit(ctx context.Context, path string) (engine.AuditReport, error) {
	const op = "app.ExportAudit"
	_, _, done, err := a.enter(ctx, op)
	if err != nil {
		return engine.AuditReport{}, err
	}
	defer done()
	return engine.AuditReport{}, engine.E(engine.CodeUnsupported, op, "not built yet", nil)
}

// WriteAudit is ExportAudit to w.
func (a *App) WriteAudit(ctx context.Context, _ io.Writer) (engine.AuditReport, error) {
	const op = "app.WriteAudit"
	_, _, done, err := a.enter(ctx, op)
	if err != nil {
		return engine.AuditReport{}, err
	}
	defer done()
	return engine.AuditReport{}, engine.E(engine.CodeUnsupported, op, "not built yet", nil)
}

// VerifyAuditFile checks an exported log; it needs neither vault nor App. key is the public key that the log's checkpoints
// are signed with and checkpoint one that was kept elsewhere; "" for either: what the file itself says is taken.
// CodeInvalid: r is no exported log, or key or checkpoint are none. What is wrong with the log is told in the report.
func VerifyAuditFile(r io.Reader, key, checkpoint string) (engine.AuditReport, error) {
	return auditlog.VerifyExport(r, key, checkpoint)
}
