package records

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

// Tx is one transaction; what it reads is unsealed, what it writes sealed.
type Tx struct {
	db   *DB
	ctx  context.Context //nolint:containedctx // lives as long as the transaction
	txn  *badger.Txn
	keys *[]vault.KeyRef // made by this transaction

	touched *bool // it changes templates
}

// View runs fn on a snapshot. fn must not run a caller's code: that is for Walk.
func (d *DB) View(ctx context.Context, op string, fn func(Tx) error) error {
	return d.read(ctx, kv.Call, op, fn)
}

// Walk is View for a fn that takes long, or runs code of the caller, which may call the store in turn.
func (d *DB) Walk(ctx context.Context, op string, fn func(Tx) error) error {
	return d.read(ctx, kv.Walk, op, fn)
}

func (d *DB) read(ctx context.Context, use kv.Use, op string, fn func(Tx) error) (err error) {
	if err := d.KV.Enter(ctx, use); err != nil {
		return kv.Translate(op, err)
	}
	defer d.KV.Leave(use)
	defer recovered(op, &err)
	txn := d.KV.NewTransaction(false)
	defer txn.Discard()
	return kv.Translate(op, fn(Tx{db: d, ctx: ctx, txn: txn}))
}

// Update runs fn, which writes about size bytes, and commits: all of it, durably, or after an error
// nothing. Only an error of the last step, the commit itself, leaves that open.
func (d *DB) Update(ctx context.Context, op string, size int64, fn func(Tx) error) (err error) {
	if err := d.KV.Enter(ctx, kv.Call); err != nil {
		return kv.Translate(op, err)
	}
	defer d.KV.Leave(kv.Call)
	d.write.Lock()
	defer d.write.Unlock()
	d.signed = ""
	defer recovered(op, &err)
	if err := d.KV.CheckFree(size); err != nil {
		return kv.Translate(op, err)
	}
	txn := d.KV.NewTransaction(true)
	defer txn.Discard()
	x := Tx{db: d, ctx: ctx, txn: txn, keys: &[]vault.KeyRef{}, touched: new(bool)}
	err = fn(x)
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		err = x.restamp()
	}
	if err == nil && len(*x.keys) > 0 {
		if err = x.keepSlots(); err == nil {
			err = d.Vault.SyncKeys() // before Badger: no record without its key
		}
	}
	if err != nil {
		if len(*x.keys) > 0 { // nothing refers to them: give the slots back
			err = errors.Join(err, d.Vault.DestroyKeys(*x.keys...))
		}
		return kv.Translate(op, err)
	}
	// From here on the keys stay whatever happens: the commit may be on disk although it failed.
	if err := d.KV.Commit(txn); err != nil {
		return kv.Translate(op, err)
	}
	if d.signed != "" {
		d.keep(d.signed)
	}
	return nil
}

func recovered(op string, err *error) {
	if p := recover(); p != nil {
		*err = engine.E(engine.CodeInternal, op, "the record store failed unexpectedly", fmt.Errorf("panic: %v", p))
	}
}

// NewKey makes a key for a photo or case.
func (x Tx) NewKey() (vault.KeyRef, error) {
	ref, err := x.db.Vault.NewKey()
	if err == nil {
		*x.keys = append(*x.keys, ref)
	}
	return ref, err
}

// keepSlots notes how long the key table must be from now on.
func (x Tx) keepSlots() error {
	var slots uint32
	if _, err := x.Get(MetaKey("keys"), &slots); err != nil {
		return err
	}
	need := slots
	for _, ref := range *x.keys {
		need = max(need, ref.Slot+1)
	}
	if need == slots {
		return nil
	}
	return x.Put(MetaKey("keys"), need)
}

// Raw reads sealed bytes; nil if there are none.
func (x Tx) Raw(k []byte) ([]byte, error) {
	item, err := x.txn.Get(k)
	if errors.Is(err, badger.ErrKeyNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return kv.Value(item)
}

// Has tells whether something is stored at k.
func (x Tx) Has(k []byte) (bool, error) {
	_, err := x.txn.Get(k)
	if errors.Is(err, badger.ErrKeyNotFound) {
		return false, nil
	}
	return err == nil, err
}

// Plain unseals what is stored at k; nil if there is nothing or its key was destroyed.
func (x Tx) Plain(k []byte) ([]byte, error) {
	sealed, err := x.Raw(k)
	if err != nil || sealed == nil {
		return nil, err
	}
	return x.Unseal(k, sealed)
}

// Unseal opens what is stored at k; nil if its key was destroyed.
func (x Tx) Unseal(k, sealed []byte) ([]byte, error) {
	plain, err := x.db.Vault.Unseal(Kind(k[0]).Domain(), k, sealed)
	if engine.CodeOf(err) == engine.CodeNotFound { // erased: hidden at once, deleted in time
		return nil, nil
	}
	return plain, err
}

// Owned unseals a record of a photo or case and tells which key it is sealed under.
func (x Tx) Owned(missing error, k []byte) (plain []byte, ref vault.KeyRef, err error) {
	sealed, err := x.Raw(k)
	if err != nil {
		return nil, ref, err
	}
	if sealed == nil {
		return nil, ref, missing
	}
	if plain, err = x.Unseal(k, sealed); err == nil && plain == nil {
		err = missing
	}
	ref, _ = vault.RefOf(sealed)
	return plain, ref, err
}

// Get decodes the record at k; found is false if there is none.
func (x Tx) Get(k []byte, record any) (found bool, err error) {
	plain, err := x.Plain(k)
	if err != nil || plain == nil {
		return false, err
	}
	return true, Decode(plain, record)
}

// GetOr is Get with an error for what is missing.
func (x Tx) GetOr(missing error, k []byte, record any) error {
	found, err := x.Get(k, record)
	if err == nil && !found {
		return missing
	}
	return err
}

// Put seals a record of nobody in particular.
func (x Tx) Put(k []byte, record any) error {
	plain, err := encode(record)
	if err != nil {
		return err
	}
	return x.PutPlain(vault.KeyRef{}, k, plain)
}

// PutUnder seals a record under the key of a photo or case.
func (x Tx) PutUnder(ref vault.KeyRef, k []byte, record any) error {
	plain, err := encode(record)
	if err != nil {
		return err
	}
	return x.PutPlain(ref, k, plain)
}

// PutPlain seals encoded bytes, under "main" for the zero ref.
func (x Tx) PutPlain(ref vault.KeyRef, k, plain []byte) error {
	var sealed []byte
	var err error
	if ref == (vault.KeyRef{}) {
		sealed, err = x.db.Vault.SealMain(Kind(k[0]).Domain(), k, plain)
	} else {
		sealed, err = x.db.Vault.Seal(ref, Kind(k[0]).Domain(), k, plain)
	}
	if err != nil {
		return err
	}
	x.touches(k)
	return x.txn.Set(k, sealed)
}

// empty reports whether the store holds nothing at all.
func (x Tx) empty() bool {
	it := x.txn.NewIterator(badger.IteratorOptions{})
	defer it.Close()
	it.Rewind()
	return !it.Valid()
}

// Each calls fn for the keys that start with prefix, in their order, with the unsealed value. What
// was sealed under a destroyed key is passed over.
func (x Tx) Each(prefix []byte, fn func(k, plain []byte) error) error {
	return x.EachSealed(prefix, func(k, sealed []byte) error {
		plain, err := x.Unseal(k, sealed)
		if err != nil || plain == nil {
			return err
		}
		return fn(k, plain)
	})
}

// EachSealed is Each without unsealing. fn may keep neither argument.
func (x Tx) EachSealed(prefix []byte, fn func(k, sealed []byte) error) error {
	o := badger.DefaultIteratorOptions
	o.Prefix = prefix
	return x.iterate(o, [][]byte{prefix}, fn)
}

// EachOf is EachSealed for many prefixes, sorted. It uses one iterator, as each sorts all that the transaction wrote, and
// seeks only forward of where it is, as a seek passes over all deleted keys up to the next that is there.
func (x Tx) EachOf(prefixes [][]byte, fn func(k, sealed []byte) error) error {
	return x.iterate(badger.IteratorOptions{}, prefixes, fn)
}

func (x Tx) iterate(o badger.IteratorOptions, prefixes [][]byte, fn func(k, sealed []byte) error) error {
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

// TooBig tells of an error of an update that wrote more than one transaction can hold: nothing of it is stored, and it may
// be tried in parts.
func TooBig(err error) bool { return errors.Is(err, badger.ErrTxnTooBig) }

// Err tells whether the transaction's context ended.
func (x Tx) Err() error { return x.ctx.Err() }

// Delete deletes keys.
func (x Tx) Delete(keys ...[]byte) error {
	for _, k := range keys {
		x.touches(k)
		if err := x.txn.Delete(k); err != nil {
			return err
		}
	}
	return nil
}

// Under lists the keys that start with prefix.
func (x Tx) Under(prefix []byte) (keys [][]byte, err error) {
	it := x.txn.NewIterator(badger.IteratorOptions{Prefix: prefix})
	defer it.Close()
	for it.Rewind(); it.Valid(); it.Next() {
		if err := x.ctx.Err(); err != nil {
			return nil, err
		}
		keys = append(keys, it.Item().KeyCopy(nil))
	}
	return keys, nil
}

// everything calls fn for all records, with the error of one that can't be read or unsealed, and goes on after it.
func (x Tx) everything(fn func(k, plain []byte, err error)) error {
	it := x.txn.NewIterator(badger.DefaultIteratorOptions)
	defer it.Close()
	for it.Rewind(); it.Valid(); it.Next() {
		if err := x.ctx.Err(); err != nil {
			return err
		}
		k := it.Item().KeyCopy(nil)
		sealed, err := kv.Value(it.Item())
		var plain []byte
		if err == nil {
			x.db.KV.Used(int64(len(sealed)))
			plain, err = x.db.Vault.Unseal(Kind(k[0]).Domain(), k, sealed)
		}
		fn(k, plain, err)
	}
	return nil
}
