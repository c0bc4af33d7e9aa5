package storage

import (
	"context"
	"encoding/hex"

	"gabarit/engine"
	"gabarit/engine/entry"
)

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
