package records

import (
	"bytes"
	"context"
	"encoding/json"

	"gabarit/engine"
	"gabarit/storage/vault"
)

// What follows does to the log what somebody with the passphrase and a program of their own could do.

// Leaves gives the entries as they are stored.
func (d *DB) Leaves(ctx context.Context) (leaves [][]byte, err error) {
	err = d.View(ctx, "test", func(x Tx) error {
		return x.eachEntry(func(_ uint64, leaf []byte) error {
			leaves = append(leaves, bytes.Clone(leaf))
			return nil
		})
	})
	return leaves, err
}

// RewriteLog puts leaves in place of the log, sealed as the program does, each under its own number or, with inRow, under
// the number of its place. With sign the tree and the checkpoint are made anew, in the files too.
func (d *DB) RewriteLog(ctx context.Context, leaves [][]byte, inRow, sign bool) error {
	return d.Update(ctx, "test", 0, func(x Tx) error {
		old := map[uint64]bool{}
		if err := x.eachEntry(func(seq uint64, _ []byte) error { old[seq] = true; return nil }); err != nil {
			return err
		}
		for seq := range old {
			if err := x.txn.Delete(auditKey(seq)); err != nil {
				return err
			}
		}
		var l logState
		for i, leaf := range leaves {
			var e engine.AuditEntry
			if err := json.Unmarshal(leaf, &e); err != nil || inRow {
				e.Seq = uint64(i + 1)
			}
			if err := x.PutPlain(vault.KeyRef{}, auditKey(e.Seq), EncodeBytes(leaf)); err != nil {
				return err
			}
			l.tree.add(leaf)
		}
		if !sign {
			return nil
		}
		l.last = l.tree.Tree.Size()
		return x.putLog(l, x.db.Now())
	})
}

// MoveEntry stores an entry under another number.
func (d *DB) MoveEntry(ctx context.Context, from, to uint64) error {
	return d.Update(ctx, "test", 0, func(x Tx) error {
		plain, err := x.Plain(auditKey(from))
		if err != nil {
			return err
		}
		if err := x.txn.Delete(auditKey(from)); err != nil {
			return err
		}
		return x.PutPlain(vault.KeyRef{}, auditKey(to), plain)
	})
}

// DropMeta deletes records of the log or the layout by name.
func (d *DB) DropMeta(ctx context.Context, names ...string) error {
	return d.Update(ctx, "test", 0, func(x Tx) error {
		for _, n := range names {
			if err := x.txn.Delete(MetaKey(n)); err != nil {
				return err
			}
		}
		return nil
	})
}

// PutMeta stores a record by name.
func (d *DB) PutMeta(ctx context.Context, name string, record any) error {
	return d.Update(ctx, "test", 0, func(x Tx) error { return x.Put(MetaKey(name), record) })
}

// MakeOld turns the store into one of version 1 of the layout: a log without hashes, tree and checkpoints.
func (d *DB) MakeOld(ctx context.Context) error {
	leaves, err := d.Leaves(ctx)
	if err != nil {
		return err
	}
	for i, leaf := range leaves {
		var e engine.AuditEntry
		if err := json.Unmarshal(leaf, &e); err != nil {
			return err
		}
		e.Prev, e.Actor, e.Software = "", "", ""
		if leaves[i], err = json.Marshal(e); err != nil {
			return err
		}
	}
	if err := d.RewriteLog(ctx, leaves, false, false); err != nil {
		return err
	}
	if err := d.DropMeta(ctx, treeName, pointName); err != nil {
		return err
	}
	return d.PutMeta(ctx, "format", metaRecord{Version: 1, Created: d.Now()})
}

// FormatVersion gives the version of the layout.
func (d *DB) FormatVersion(ctx context.Context) (version int, err error) {
	err = d.View(ctx, "test", func(x Tx) error {
		var meta metaRecord
		_, err := x.Get(MetaKey("format"), &meta)
		version = meta.Version
		return err
	})
	return version, err
}

// RecordSeveral writes entries in one transaction; with fail it is given up.
func (d *DB) RecordSeveral(ctx context.Context, fail error, entries ...engine.AuditEntry) error {
	return d.Update(ctx, "test", 0, func(x Tx) error {
		for _, e := range entries {
			if err := x.Append(e); err != nil {
				return err
			}
		}
		return fail
	})
}

// WritePoints writes the checkpoint files.
func (d *DB) WritePoints(text string) { d.keep(text) }

// DecodeAll runs every decoder of stored records on the same bytes.
func DecodeAll(plain []byte) (errs []error) {
	for _, record := range []any{&Collection{}, &Counts{}, &Run{}, &Item{},
		&Find{}, &engine.AuditEntry{}, new(engine.PhotoID), new(uint64), &map[int]int{}, &metaRecord{}, &treeRecord{}, &pointRecord{},
		&Suppression{}, &Erasing{}, &[]Part{}} {
		errs = append(errs, Decode(plain, record))
	}
	var p Photo
	if err := Decode(plain, &p); err != nil {
		errs = append(errs, err)
	} else if _, err := p.Engine("x"); err != nil {
		errs = append(errs, err)
	}
	_, err := DecodeCase(plain)
	_, _, terr := DecodeTemplates(plain)
	return append(errs, err, terr)
}

// AsBeforeDecisions makes the layout that of the version that had no decisions about groups.
func (d *DB) AsBeforeDecisions(ctx context.Context) error {
	return d.PutMeta(ctx, "format", metaRecord{Version: decisionsVersion - 1, Created: d.Now()})
}
