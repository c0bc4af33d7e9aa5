package storage

import (
	"context"
	"time"

	"gabarit/engine"
	"gabarit/engine/entry"
	"gabarit/storage/kv"
)

// Compact writes the records' files anew without what is no longer needed. It may take long; the store can be used meanwhile.
func (s *Store) Compact(ctx context.Context) (engine.PurgeStats, error) {
	start := time.Now()
	stats, err := s.db.KV.Compact(ctx)
	out := engine.PurgeStats{Rewritten: stats.Rewritten, Freed: stats.Freed, Elapsed: time.Since(start)}
	if err != nil {
		return out, kv.Translate("storage.Compact", err)
	}
	return out, s.Record(ctx, entry.Compacted())
}

// Pending counts the erasures of which bytes may still be in the files: Purge removes them.
func (s *Store) Pending(ctx context.Context) (erasures int, err error) {
	err = s.view(ctx, "storage.Pending", func(x tx) error {
		all, err := x.pending()
		erasures = len(erasuresOf(all))
		return err
	})
	return erasures, err
}
