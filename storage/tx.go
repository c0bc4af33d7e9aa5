package storage

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/dgraph-io/badger/v4"

	"gabarit/engine"
	"gabarit/storage/kv"
	"gabarit/storage/vault"
)

// tx is one transaction; what it reads is unsealed, what it writes sealed.
type tx struct {
	s    *Store
	ctx  context.Context //nolint:containedctx // lives as long as the transaction
	txn  *badger.Txn
	keys *[]vault.KeyRef // made by this transaction
}

// view runs fn on a snapshot. fn must not run a caller's code: that is for walk.
func (s *Store) view(ctx context.Context, op string, fn func(tx) error) error {
	return s.read(ctx, kv.Call, op, fn)
}

// walk is view for a fn that takes long, or runs code of the caller, which may call the store in turn.
func (s *Store) walk(ctx context.Context, op string, fn func(tx) error) error {
	return s.read(ctx, kv.Walk, op, fn)
}

func (s *Store) read(ctx context.Context, use kv.Use, op string, fn func(tx) error) (err error) {
	if err := s.db.Enter(ctx, use); err != nil {
		return kv.Translate(op, err)
	}
	defer s.db.Leave(use)
	defer recovered(op, &err)
	txn := s.db.NewTransaction(false)
	defer txn.Discard()
	return kv.Translate(op, fn(tx{s: s, ctx: ctx, txn: txn}))
}

// update runs fn, which writes about size bytes, and commits: all of it, durably, or after an error
// nothing. Only an error of the last step, the commit itself, leaves that open.
func (s *Store) update(ctx context.Context, op string, size int64, fn func(tx) error) (err error) {
	if err := s.db.Enter(ctx, kv.Call); err != nil {
		return kv.Translate(op, err)
	}
	defer s.db.Leave(kv.Call)
	s.write.Lock()
	defer s.write.Unlock()
	s.signed = ""
	defer recovered(op, &err)
	if err := s.db.CheckFree(size); err != nil {
		return kv.Translate(op, err)
	}
	txn := s.db.NewTransaction(true)
	defer txn.Discard()
	x := tx{s: s, ctx: ctx, txn: txn, keys: &[]vault.KeyRef{}}
	err = fn(x)
	if err == nil {
		err = ctx.Err()
	}
	if err == nil && len(*x.keys) > 0 {
		if err = x.keepSlots(); err == nil {
			err = s.v.SyncKeys() // before Badger: no record without its key
		}
	}
	if err != nil {
		if len(*x.keys) > 0 { // nothing refers to them: give the slots back
			err = errors.Join(err, s.v.DestroyKeys(*x.keys...))
		}
		return kv.Translate(op, err)
	}
	// From here on the keys stay whatever happens: the commit may be on disk although it failed.
	if err := s.db.Commit(txn); err != nil {
		return kv.Translate(op, err)
	}
	if s.signed != "" {
		s.keep(s.signed)
	}
	return nil
}

func recovered(op string, err *error) {
	if p := recover(); p != nil {
		*err = engine.E(engine.CodeInternal, op, "the record store failed unexpectedly", fmt.Errorf("panic: %v", p))
	}
}

// newKey makes a key for a photo or case.
func (x tx) newKey() (vault.KeyRef, error) {
	ref, err := x.s.v.NewKey()
	if err == nil {
		*x.keys = append(*x.keys, ref)
	}
	return ref, err
}

// keepSlots notes how long the key table must be from now on.
func (x tx) keepSlots() error {
	var slots uint32
	if _, err := x.get(metaKey("keys"), &slots); err != nil {
		return err
	}
	need := slots
	for _, ref := range *x.keys {
		need = max(need, ref.Slot+1)
	}
	if need == slots {
		return nil
	}
	return x.put(metaKey("keys"), need)
}

// raw reads sealed bytes; nil if there are none.
func (x tx) raw(k []byte) ([]byte, error) {
	item, err := x.txn.Get(k)
	if errors.Is(err, badger.ErrKeyNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return kv.Value(item)
}

func (x tx) has(k []byte) (bool, error) {
	_, err := x.txn.Get(k)
	if errors.Is(err, badger.ErrKeyNotFound) {
		return false, nil
	}
	return err == nil, err
}

// plain unseals what is stored at k; nil if there is nothing or its key was destroyed.
func (x tx) plain(k []byte) ([]byte, error) {
	sealed, err := x.raw(k)
	if err != nil || sealed == nil {
		return nil, err
	}
	return x.unseal(k, sealed)
}

func (x tx) unseal(k, sealed []byte) ([]byte, error) {
	plain, err := x.s.v.Unseal(kind(k[0]).domain(), k, sealed)
	if engine.CodeOf(err) == engine.CodeNotFound { // erased: hidden at once, deleted in time
		return nil, nil
	}
	return plain, err
}

// owned unseals a record of a photo or case and tells which key it is sealed under.
func (x tx) owned(missing error, k []byte) (plain []byte, ref vault.KeyRef, err error) {
	sealed, err := x.raw(k)
	if err != nil {
		return nil, ref, err
	}
	if sealed == nil {
		return nil, ref, missing
	}
	if plain, err = x.unseal(k, sealed); err == nil && plain == nil {
		err = missing
	}
	ref, _ = vault.RefOf(sealed)
	return plain, ref, err
}

// get decodes the record at k; found is false if there is none.
func (x tx) get(k []byte, record any) (found bool, err error) {
	plain, err := x.plain(k)
	if err != nil || plain == nil {
		return false, err
	}
	return true, decode(plain, record)
}

// getOr is get with an error for what is missing.
func (x tx) getOr(missing error, k []byte, record any) error {
	found, err := x.get(k, record)
	if err == nil && !found {
		return missing
	}
	return err
}

// put seals a record of nobody in particular.
func (x tx) put(k []byte, record any) error {
	plain, err := encode(record)
	if err != nil {
		return err
	}
	return x.putPlain(vault.KeyRef{}, k, plain)
}

// putUnder seals a record under the key of a photo or case.
func (x tx) putUnder(ref vault.KeyRef, k []byte, record any) error {
	plain, err := encode(record)
	if err != nil {
		return err
	}
	return x.putPlain(ref, k, plain)
}

// putPlain seals encoded bytes, under "main" for the zero ref.
func (x tx) putPlain(ref vault.KeyRef, k, plain []byte) error {
	var sealed []byte
	var err error
	if ref == (vault.KeyRef{}) {
		sealed, err = x.s.v.SealMain(kind(k[0]).domain(), k, plain)
	} else {
		sealed, err = x.s.v.Seal(ref, kind(k[0]).domain(), k, plain)
	}
	if err != nil {
		return err
	}
	return x.txn.Set(k, sealed)
}

// empty reports whether the store holds nothing at all.
func (x tx) empty() bool {
	it := x.txn.NewIterator(badger.IteratorOptions{})
	defer it.Close()
	it.Rewind()
	return !it.Valid()
}

// each calls fn for the keys that start with prefix, in their order, with the unsealed value. What
// was sealed under a destroyed key is passed over.
func (x tx) each(prefix []byte, fn func(k, plain []byte) error) error {
	return x.eachSealed(prefix, func(k, sealed []byte) error {
		plain, err := x.unseal(k, sealed)
		if err != nil || plain == nil {
			return err
		}
		return fn(k, plain)
	})
}

// eachSealed is each without unsealing. fn may keep neither argument.
func (x tx) eachSealed(prefix []byte, fn func(k, sealed []byte) error) error {
	o := badger.DefaultIteratorOptions
	o.Prefix = prefix
	return x.iterate(o, [][]byte{prefix}, fn)
}

// eachOf is eachSealed for many prefixes, sorted. It uses one iterator, as each sorts all that the transaction wrote, and
// seeks only forward of where it is, as a seek passes over all deleted keys up to the next that is there.
func (x tx) eachOf(prefixes [][]byte, fn func(k, sealed []byte) error) error {
	return x.iterate(badger.IteratorOptions{}, prefixes, fn)
}

func (x tx) iterate(o badger.IteratorOptions, prefixes [][]byte, fn func(k, sealed []byte) error) error {
	it := x.txn.NewIterator(o)
	defer it.Close()
	for i, prefix := range prefixes {
		if i == 0 || it.Valid() && bytes.Compare(it.Item().Key(), prefix) < 0 {
			it.Seek(prefix)
		}
		for ; it.ValidForPrefix(prefix); it.Next() {
			if err := x.ctx.Err(); err != nil {
				return err
			}
			item := it.Item()
			err := item.Value(func(sealed []byte) error { return fn(item.Key(), sealed) })
			if err != nil {
				return err
			}
		}
	}
	return nil
}
