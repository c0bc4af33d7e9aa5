package storage

import (
	"context"

	"github.com/dgraph-io/badger/v4"

	"gabarit/engine"
	"gabarit/storage/matters"
	"gabarit/storage/records"
)

// AsBeforeModels makes a photo's records those of the versions that knew of no model but each face's own, and kept no place with templates.
func (s *Store) AsBeforeModels(ctx context.Context, photo engine.PhotoID) error {
	return s.update(ctx, "test", 0, func(x tx) error {
		r, ref, err := x.Photo(photo)
		if err != nil {
			return err
		}
		r.Model, r.Look, r.Cut = "", nil, false
		if err := x.PutUnder(ref, records.Key(records.KindPhoto, records.ID(photo)), r); err != nil {
			return err
		}
		k := records.Key(records.KindTemplates, records.ID(photo))
		plain, err := x.Plain(k)
		if err != nil || plain == nil {
			return err
		}
		head, faces, err := records.DecodeTemplates(plain)
		if err != nil {
			return err
		}
		head.Model, head.Place, head.Placed = "", nil, false
		if plain, err = records.EncodeTemplates(head, faces); err != nil {
			return err
		}
		return x.PutPlain(ref, k, plain)
	})
}

// Swap lets a test of this package exchange the values of two keys that start with kind k, as
// someone with the disk in hand could.
func (s *Store) Swap(k byte) error {
	return s.change(func(txn *badger.Txn) error {
		var keys, values [][]byte
		it := txn.NewIterator(badger.IteratorOptions{Prefix: []byte{k}})
		for it.Rewind(); it.Valid(); it.Next() {
			v, err := it.Item().ValueCopy(nil)
			if err != nil {
				it.Close()
				return err
			}
			keys, values = append(keys, it.Item().KeyCopy(nil)), append(values, v)
		}
		it.Close()
		if err := txn.Set(keys[0], values[1]); err != nil {
			return err
		}
		return txn.Set(keys[1], values[0])
	})
}

// change runs fn in a transaction of Badger.
func (s *Store) change(fn func(*badger.Txn) error) error {
	txn := s.db.KV.NewTransaction(true)
	defer txn.Discard()
	if err := fn(txn); err != nil {
		return err
	}
	return txn.Commit()
}

// Drop deletes the last key that starts with kind k and gives a function that puts it back.
func (s *Store) Drop(k byte) (restore func() error, err error) {
	var last, value []byte
	err = s.change(func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.IteratorOptions{Prefix: []byte{k}})
		for it.Rewind(); it.Valid(); it.Next() {
			last = it.Item().KeyCopy(last)
			if value, err = it.Item().ValueCopy(value); err != nil {
				break
			}
		}
		it.Close()
		if err != nil {
			return err
		}
		return txn.Delete(last)
	})
	return func() error { return s.change(func(txn *badger.Txn) error { return txn.Set(last, value) }) }, err
}

// Keys lists all keys of Badger.
func (s *Store) Keys() (keys [][]byte) {
	txn := s.db.KV.NewTransaction(false)
	defer txn.Discard()
	it := txn.NewIterator(badger.IteratorOptions{})
	defer it.Close()
	for it.Rewind(); it.Valid(); it.Next() {
		keys = append(keys, it.Item().KeyCopy(nil))
	}
	return keys
}

// Sealed gives the stored bytes by Badger key, as a copy of the files would hold them.
func (s *Store) Sealed() map[string][]byte {
	all := map[string][]byte{}
	txn := s.db.KV.NewTransaction(false)
	defer txn.Discard()
	it := txn.NewIterator(badger.DefaultIteratorOptions)
	defer it.Close()
	for it.Rewind(); it.Valid(); it.Next() {
		v, err := it.Item().ValueCopy(nil)
		if err != nil {
			panic(err)
		}
		all[string(it.Item().KeyCopy(nil))] = v
	}
	return all
}

// OnDestroy has fn called in the place of what destroys the keys of deleted documents; noted tells that they are noted by then.
func (s *Store) OnDestroy(noted bool, fn func()) {
	s.Store = matters.New(s.db, func(ctx context.Context) error {
		if noted {
			if _, _, err := s.settle(ctx); err != nil {
				return err
			}
		}
		fn()
		return nil
	})
}
