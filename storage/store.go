package storage

import (
	"context"
	"errors"
	"sync"

	"gabarit/engine"
	"gabarit/storage/matters"
	"gabarit/storage/records"
	"gabarit/storage/vault"
)

// Options of a store.
type Options = records.Options

// Store is the engine.Store of a vault. Safe for concurrent use; writes follow one another.
type Store struct {
	records.Ledger
	*matters.Store

	db      *records.DB
	erasing sync.Mutex // held by Erase and Purge; taken before the lock of the one that writes
}

var _ engine.Store = (*Store)(nil)

// Open opens the records of v, or makes them in a new vault. The caller keeps v open until after
// Close. CodeCorrupt: damaged, or their key table is; CodeUnsupported: made by a newer version;
// CodeUnavailable: the disk.
func Open(ctx context.Context, v *vault.Vault, o Options) (*Store, error) {
	db, err := records.Open(ctx, v, o)
	if err != nil {
		return nil, err
	}
	s := &Store{Ledger: db, db: db}
	s.Store = matters.New(db, s.destroy)
	if err = s.reopen(ctx); err == nil {
		err = db.RecordRestored(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// tx is a transaction with what this package reads and writes in it.
type tx struct {
	records.Tx
	s *Store
}

// view runs fn on a snapshot. fn must not run a caller's code: that is for walk.
func (s *Store) view(ctx context.Context, op string, fn func(tx) error) error {
	return s.db.View(ctx, op, func(x records.Tx) error { return fn(tx{x, s}) })
}

// walk is view for a fn that takes long, or runs code of the caller, which may call the store in turn.
func (s *Store) walk(ctx context.Context, op string, fn func(tx) error) error {
	return s.db.Walk(ctx, op, func(x records.Tx) error { return fn(tx{x, s}) })
}

// update runs fn, which writes about size bytes, and commits, see records.DB.Update.
func (s *Store) update(ctx context.Context, op string, size int64, fn func(tx) error) error {
	return s.db.Update(ctx, op, size, func(x records.Tx) error { return fn(tx{x, s}) })
}

// NewPhotoID implements engine.Store.
func (s *Store) NewPhotoID() engine.PhotoID { return engine.PhotoID(s.db.NewID()) }

// Close waits for calls under way and closes the store, not the vault. Calls that start later get
// CodeUnavailable. A second Close does nothing. Not to be called from a callback of the store.
func (s *Store) Close() error { return s.db.Close() }
