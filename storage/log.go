package storage

import (
	"context"
	"encoding/hex"
	"io"

	"gabarit/engine"
	"gabarit/engine/entry"
)

// AuditLog implements engine.Store. fn may call the store.
func (s *Store) AuditLog(ctx context.Context, fn func(engine.AuditEntry) error) error {
	return s.db.AuditLog(ctx, fn)
}

// Record implements engine.Store.
func (s *Store) Record(ctx context.Context, e engine.AuditEntry) error { return s.db.Record(ctx, e) }

// RecordSearch implements engine.Store.
func (s *Store) RecordSearch(ctx context.Context, r engine.SearchRecord) error {
	if err := r.Check(); err != nil {
		return err
	}
	probe := s.db.Vault.Hash("probe", r.ProbeHash[:])
	return s.update(ctx, "storage.RecordSearch", 0, func(x tx) error {
		return x.Append(entry.Search(r, hex.EncodeToString(probe[:])))
	})
}

// VerifyAudit reads the whole log and finds what is wrong with it, see records.DB.VerifyAudit. known is the text of a checkpoint
// that was kept elsewhere, or "". What is wrong is in the report, not in the error. CodeInvalid: known is no checkpoint.
func (s *Store) VerifyAudit(ctx context.Context, known string) (engine.AuditReport, error) {
	return s.db.VerifyAudit(ctx, known)
}

// ExportAudit writes the log as it is to w in the format of storage/auditlog, checks it on the way, and records that
// it was exported. An error of w comes back as it is.
func (s *Store) ExportAudit(ctx context.Context, w io.Writer) (engine.AuditReport, error) {
	return s.db.ExportAudit(ctx, w)
}
