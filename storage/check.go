package storage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"gabarit/engine"
	"gabarit/engine/entry"
	"gabarit/storage/kv"
	"gabarit/storage/records"
	"gabarit/storage/vault"
)

// Purge implements engine.Store. It goes on with all that was erased and is not purged yet, and also removes what
// nothing refers to: suppressions that expired, and keys that were made for records which then were not stored.
func (s *Store) Purge(ctx context.Context) (engine.PurgeStats, engine.ErasedCheck, error) {
	const op = "storage.Purge"
	s.erasing.Lock()
	defer s.erasing.Unlock()
	start := time.Now()
	stats, check, err := s.purge(ctx)
	return engine.PurgeStats{Rewritten: stats.Rewritten, Freed: stats.Freed, Elapsed: time.Since(start)}, check, kv.Translate(op, err)
}

func (s *Store) purge(ctx context.Context) (stats kv.Stats, check engine.ErasedCheck, err error) {
	_, keys, err := s.settle(ctx)
	if err == nil {
		err = s.db.Vault.DestroyKeys(keys...)
	}
	if err == nil {
		err = s.expire(ctx)
	}
	if err != nil {
		return stats, check, err
	}
	all, due, err := s.due(ctx)
	if err != nil {
		return stats, check, err
	}
	if stats, err = s.db.KV.Purge(ctx, due); err != nil {
		return stats, check, err
	}
	orphans, err := s.keysNow(ctx)
	if err != nil {
		return stats, check, err
	}
	if check, err = s.prove(ctx, func(ref vault.KeyRef) { delete(orphans, ref) }); err != nil {
		return stats, check, err
	}
	if check.Pending = 0; !check.Clean() {
		return stats, check, engine.E(engine.CodeInternal, "storage.Purge", "something of what was erased is left", fmt.Errorf("%+v", check))
	}
	err = s.db.Vault.DestroyKeys(slices.Collect(maps.Keys(orphans))...)
	if err == nil && len(all) > 0 {
		err = s.purged(ctx, all, check)
	}
	return stats, check, err
}

// due lists the parts of erasures that are not purged yet and the Badger keys, or what they start with, under which
// something was deleted or is sealed under a destroyed key.
func (s *Store) due(ctx context.Context) (all []pendingPart, due [][]byte, err error) {
	err = s.view(ctx, "storage.Purge", func(x tx) error {
		all, err = x.pending()
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	noted, err := s.noted(all)
	if err != nil {
		return nil, nil, err
	}
	for _, r := range all {
		for _, k := range r.Keys {
			for _, of := range k.Kinds() {
				due = append(due, records.Key(of, records.ID(k.Record)))
			}
		}
	}
	for _, of := range []records.Kind{records.KindItem, records.KindBytes, records.KindCollection, records.KindCounts, records.KindRun,
		records.KindSuppressed, records.KindLooks} { // those that are in Badger's tables, of which looking through takes no time
		err := s.versions(ctx, records.Key(of), noted, func(k []byte, _ vault.KeyRef, left bool) {
			if left {
				due = append(due, bytes.Clone(k))
			}
		})
		if err != nil {
			return nil, nil, err
		}
	}
	return all, due, nil
}

// keysNow lists the keys that are there. No record is being written, so that each has its records in the database by now.
func (s *Store) keysNow(ctx context.Context) (map[vault.KeyRef]bool, error) {
	refs := map[vault.KeyRef]bool{}
	err := s.update(ctx, "storage.Purge", 0, func(tx) error {
		live, err := s.db.Vault.LiveKeys()
		for _, ref := range live {
			refs[ref] = true
		}
		return err
	})
	return refs, err
}

// purged ends erasures: the log tells that nothing of them is left.
func (s *Store) purged(ctx context.Context, all []pendingPart, check engine.ErasedCheck) error {
	return s.update(ctx, "storage.Purge", 0, func(x tx) error {
		for _, r := range all {
			if err := x.Delete(r.key); err != nil {
				return err
			}
		}
		return x.Append(entry.ErasureChecked(erasuresOf(all), check))
	})
}

// erasuresOf lists the erasures that the parts are of, each once. Parts of one follow one another.
func erasuresOf(all []pendingPart) (ids []engine.ErasureID) {
	for _, r := range all {
		if len(ids) == 0 || ids[len(ids)-1] != r.Erasure {
			ids = append(ids, r.Erasure)
		}
	}
	return ids
}

// expire deletes suppressions that expired.
func (s *Store) expire(ctx context.Context) error {
	const op = "storage.Purge"
	var expired [][]byte
	err := s.view(ctx, op, func(x tx) error {
		keep := func(k []byte, r records.Suppression) {
			if !s.refuses(r) {
				expired = append(expired, k)
			}
		}
		return errors.Join(x.Suppressions(records.KindSuppressed, keep), x.Suppressions(records.KindLooks, keep))
	})
	if err != nil {
		return err
	}
	for some := range slices.Chunk(expired, maxUnits) {
		err := s.update(ctx, op, 0, func(x tx) error {
			for _, k := range some {
				if err := x.Delete(k); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// noted gives the keys of all erasures so far, and those that renewals among the pending parts replaced.
func (s *Store) noted(pending []pendingPart) (map[vault.KeyRef]bool, error) {
	all, err := s.db.Vault.NotedKeys()
	refs := map[vault.KeyRef]bool{}
	for _, k := range all {
		refs[k.Ref] = true
	}
	for _, r := range pending {
		for _, k := range r.Keys {
			if r.Renewal == "" || err != nil {
				continue
			}
			var now vault.Fingerprint
			if now, err = s.db.Vault.Fingerprint(k.Ref); now == (vault.Fingerprint{}) || now == k.Former[0].Mark {
				refs[k.Ref] = true // else another key has the slot: in a restored copy only
			}
		}
	}
	delete(refs, vault.KeyRef{}) // of a collection
	return refs, err
}

// versions calls fn for all versions of records that the database still holds; left tells that one must not be there:
// sealed under a key that an erasure destroyed, or deleted.
func (s *Store) versions(ctx context.Context, prefix []byte, noted map[vault.KeyRef]bool, fn func(k []byte, ref vault.KeyRef, left bool)) error {
	var deleted []byte
	return s.db.KV.Versions(ctx, prefix, func(k, sealed []byte, gone bool) error { // newest first
		if gone {
			deleted = append(deleted[:0], k...)
			return nil
		}
		ref, _ := vault.RefOf(sealed)
		fn(k, ref, noted[ref] || records.Kind(k[0]) != records.KindMeta && bytes.Equal(k, deleted))
		return nil
	})
}

// CheckErased implements engine.Store. It reads every version of every record that the database still holds.
func (s *Store) CheckErased(ctx context.Context) (engine.ErasedCheck, error) {
	check, err := s.prove(ctx, func(vault.KeyRef) {})
	return check, kv.Translate("storage.CheckErased", err)
}

// prove is CheckErased; it calls uses with the key of each record.
func (s *Store) prove(ctx context.Context, uses func(vault.KeyRef)) (check engine.ErasedCheck, err error) {
	if check.Erasures, _, err = s.db.Vault.Erasures(); err != nil {
		return check, err
	}
	live, err := s.db.Vault.LiveErased()
	if err != nil {
		return check, err
	}
	for _, e := range live {
		check.Live += len(e.Keys)
	}
	var all []pendingPart
	err = s.view(ctx, "storage.CheckErased", func(x tx) error {
		all, err = x.pending()
		check.Pending = len(erasuresOf(all))
		return err
	})
	if err != nil {
		return check, err
	}
	noted, err := s.noted(all)
	if err != nil {
		return check, err
	}
	check.Keys = len(noted)
	return check, s.versions(ctx, nil, noted, func(_ []byte, ref vault.KeyRef, left bool) {
		check.Records++
		if uses(ref); left {
			check.Left++
		}
	})
}
