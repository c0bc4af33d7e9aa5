package kv

import (
	"context"

	"github.com/dgraph-io/badger/v4"
)

// Versions calls fn for all versions the database still holds of keys that start with prefix, newest first of
// each key, notes of deletion included (their value is nil). fn may keep neither argument; it may call in
// again. A value that can't be read is an error.
func (d *DB) Versions(ctx context.Context, prefix []byte, fn func(key, value []byte, deleted bool) error) error {
	const op = "kv.Versions"
	if err := d.Enter(ctx, Walk); err != nil {
		return err
	}
	defer d.Leave(Walk)
	txn := d.db.NewTransaction(false)
	defer txn.Discard()
	it := txn.NewIterator(badger.IteratorOptions{Prefix: prefix, AllVersions: true})
	defer it.Close()
	for it.Rewind(); it.Valid(); it.Next() {
		if err := ctx.Err(); err != nil {
			return Translate(op, err)
		}
		item := it.Item()
		if item.IsDeletedOrExpired() {
			if err := fn(item.Key(), nil, true); err != nil {
				return err
			}
			continue
		}
		var own error
		err := UseValue(item, func(value []byte) error {
			d.Used(int64(len(value)))
			own = fn(item.Key(), value, false)
			return own
		})
		if own != nil {
			return own // the caller's error as it is
		}
		if err != nil {
			return Translate(op, err)
		}
	}
	return nil
}
