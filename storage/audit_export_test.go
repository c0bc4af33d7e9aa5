package storage

import (
	"bytes"
	"context"
	"encoding/json"

	"gabarit/engine"
	"gabarit/storage/vault"
)

// What follows does to the log what somebody with the passphrase and a program of their own could do.

// Leaves gives the entries as they are stored.
func (s *Store) Leaves(ctx context.Context) (leaves [][]byte, err error) {
	err = s.view(ctx, "test", func(x tx) error {
		return x.eachEntry(func(_ uint64, leaf []byte) error {
			leaves = append(leaves, bytes.Clone(leaf))
			return nil
		})
	})
	return leaves, err
}

// RewriteLog puts leaves in place of the log, sealed as the program does, each under its own number or, with inRow, under
// the number of its place. With sign the tree and the checkpoint are made anew, in the files too.
func (s *Store) RewriteLog(ctx context.Context, leaves [][]byte, inRow, sign bool) error {
	return s.update(ctx, "test", 0, func(x tx) error {
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
			if err := x.putPlain(vault.KeyRef{}, auditKey(e.Seq), encodeBytes(leaf)); err != nil {
				return err
			}
			l.tree.add(leaf)
		}
		if !sign {
			return nil
		}
		l.last = l.tree.Tree.Size()
		return x.putLog(l, x.s.now())
	})
}

// MoveEntry stores an entry under another number.
func (s *Store) MoveEntry(ctx context.Context, from, to uint64) error {
	return s.update(ctx, "test", 0, func(x tx) error {
		plain, err := x.plain(auditKey(from))
		if err != nil {
			return err
		}
		if err := x.txn.Delete(auditKey(from)); err != nil {
			return err
		}
		return x.putPlain(vault.KeyRef{}, auditKey(to), plain)
	})
}

// DropMeta deletes records of the log or the layout by name.
func (s *Store) DropMeta(ctx context.Context, names ...string) error {
	return s.update(ctx, "test", 0, func(x tx) error {
		for _, n := range names {
			if err := x.txn.Delete(metaKey(n)); err != nil {
				return err
			}
		}
		return nil
	})
}

// PutMeta stores a record by name.
func (s *Store) PutMeta(ctx context.Context, name string, record any) error {
	return s.update(ctx, "test", 0, func(x tx) error { return x.put(metaKey(name), record) })
}

// MakeOld turns the store into one of version 1 of the layout: a log without hashes, tree and checkpoints.
func (s *Store) MakeOld(ctx context.Context) error {
	leaves, err := s.Leaves(ctx)
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
	if err := s.RewriteLog(ctx, leaves, false, false); err != nil {
		return err
	}
	if err := s.DropMeta(ctx, treeName, pointName); err != nil {
		return err
	}
	return s.PutMeta(ctx, "format", metaRecord{Version: 1, Created: s.now()})
}

// FormatVersion gives the version of the layout.
func (s *Store) FormatVersion(ctx context.Context) (version int, err error) {
	err = s.view(ctx, "test", func(x tx) error {
		var meta metaRecord
		_, err := x.get(metaKey("format"), &meta)
		version = meta.Version
		return err
	})
	return version, err
}

// RecordSeveral writes entries in one transaction; with fail it is given up.
func (s *Store) RecordSeveral(ctx context.Context, fail error, entries ...engine.AuditEntry) error {
	return s.update(ctx, "test", 0, func(x tx) error {
		for _, e := range entries {
			if err := x.appendAudit(e); err != nil {
				return err
			}
		}
		return fail
	})
}

// WritePoints writes the checkpoint files.
func (s *Store) WritePoints(text string) { s.keep(text) }
