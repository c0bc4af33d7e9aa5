package storage

import (
	"context"
	"encoding/hex"

	"gabarit/engine"
)

// appendAudit is the only writer of the log: it numbers e and stores it in the transaction of what
// it records.
func (x tx) appendAudit(e engine.AuditEntry) error {
	var last uint64
	if _, err := x.get(metaKey("audit"), &last); err != nil {
		return err
	}
	e.Seq, e.At = last+1, x.s.now().UTC()
	if err := x.put(auditKey(e.Seq), e); err != nil {
		return err
	}
	return x.put(metaKey("audit"), e.Seq)
}

// AuditLog implements engine.Store. fn may call the store.
func (s *Store) AuditLog(ctx context.Context, fn func(engine.AuditEntry) error) error {
	var own error
	err := s.walk(ctx, "storage.AuditLog", func(x tx) error {
		return x.each(key(kindAudit), func(_, plain []byte) error {
			var e engine.AuditEntry
			if err := decode(plain, &e); err != nil {
				return err
			}
			own = fn(e)
			return own
		})
	})
	if own != nil {
		return own // the caller's error as it is
	}
	return err
}

// RecordSearch implements engine.Store.
func (s *Store) RecordSearch(ctx context.Context, r engine.SearchRecord) error {
	if err := r.Check(); err != nil {
		return err
	}
	probe := s.v.Hash("probe", r.ProbeHash[:])
	return s.update(ctx, "storage.RecordSearch", 0, func(x tx) error {
		return x.appendAudit(engine.EntrySearch(r, hex.EncodeToString(probe[:])))
	})
}

// Record implements engine.Store.
func (s *Store) Record(ctx context.Context, e engine.AuditEntry) error {
	return s.update(ctx, "storage.Record", 0, func(x tx) error { return x.appendAudit(e) })
}
