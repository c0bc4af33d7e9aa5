package records

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/dgraph-io/badger/v4"

	"gabarit/engine"
	"gabarit/storage/auditlog"
	"gabarit/storage/vault"
)

// Names of the log's records of kind m, beside "audit".
const (
	treeName     = "tree"
	pointName    = "checkpoint"
	pointOfDay   = "checkpoint/" // and a date: the last checkpoint of that day
	misfitName   = "misfit/"     // and where it was: a checkpoint that the log did not fit when it was opened
	dateOnly     = "2006-01-02"
	actorHashLen = 8
)

// treeRecord is what the next entry needs of those before it.
type treeRecord struct {
	Tree auditlog.Tree `json:"tree"`
	Last string        `json:"last,omitempty"` // leaf hash of the last entry, hex
}

// pointRecord is a signed checkpoint and when it was made.
type pointRecord struct {
	At   time.Time `json:"at"`
	Text string    `json:"text"`
}

// logIdentity is whose log it is and who writes to it.
type logIdentity struct {
	signer   *auditlog.Signer
	verifier *auditlog.Verifier
	actor    string // keyed hash of Options.Actor
	software string
}

func (d *DB) identify(o Options) error {
	signer, err := auditlog.NewSigner(auditlog.Origin(d.Vault.ID()), d.Vault.LogKey(), d.Vault.SignLog)
	if err != nil {
		return err
	}
	verifier, err := auditlog.NewVerifier(signer.Key())
	if err != nil {
		return err
	}
	d.log = logIdentity{signer: signer, verifier: verifier, software: o.Software}
	if o.Actor != "" {
		h := d.Vault.Hash("actor", []byte(o.Actor))
		d.log.actor = hex.EncodeToString(h[:actorHashLen])
	}
	return nil
}

// Append is the only writer of the log: it numbers e, names the entry before it and stores it in the transaction of
// what it records, with the tree and the checkpoint that cover it.
func (x Tx) Append(e engine.AuditEntry) error {
	state, err := x.readLog()
	if err != nil {
		return err
	}
	e.Seq, e.At, e.Actor, e.Software, e.Prev = state.last+1, x.db.Now().UTC(), x.db.log.actor, x.db.log.software, state.tree.Last
	if gap := x.db.restored; gap != nil && e.Action == engine.ActionRestored {
		e.Counts = gap.addTo(e.Counts)
		x.db.restored = nil
	}
	plain, err := encode(e)
	if err != nil {
		return err
	}
	leaf := plain[1:]
	if len(leaf) > auditlog.MaxEntry {
		return engine.E(engine.CodeInvalid, "storage.appendAudit", "too much for one write", fmt.Errorf("entry of %d bytes", len(leaf)))
	}
	if err := x.PutPlain(vault.KeyRef{}, auditKey(e.Seq), plain); err != nil {
		return err
	}
	state.last = e.Seq
	state.tree.add(leaf)
	return x.putLog(state, e.At)
}

func (r *treeRecord) add(leaf []byte) {
	h := auditlog.LeafHash(leaf)
	r.Tree.Append(leaf)
	r.Last = hex.EncodeToString(h[:])
}

// logState is what is kept of the log beside its entries.
type logState struct {
	last  uint64
	tree  treeRecord
	point pointRecord
}

// readLog reads what the transaction sees. CodeCorrupt if it can't be gone on from; what can be read is given all the same.
func (x Tx) readLog() (logState, error) {
	var l logState
	_, lastErr := x.Get(MetaKey("audit"), &l.last)
	_, treeErr := x.Get(MetaKey(treeName), &l.tree)
	_, pointErr := x.Get(MetaKey(pointName), &l.point)
	for _, err := range []error{lastErr, treeErr, pointErr} {
		if err != nil {
			return l, err
		}
	}
	if size := l.tree.Tree.Size(); size != l.last {
		return l, logDamaged(fmt.Errorf("%d entries, tree of %d", l.last, size))
	}
	return l, nil
}

func logDamaged(cause error) error {
	return engine.E(engine.CodeCorrupt, "storage.readLog", "the record of the audit log's tree is damaged", cause)
}

// putLog stores l with a new checkpoint; the one before it is kept if it was the last of its day.
func (x Tx) putLog(l logState, at time.Time) error {
	if day := l.point.At.Format(dateOnly); l.point.Text != "" && day != at.Format(dateOnly) {
		if err := x.Put(MetaKey(pointOfDay+day), l.point); err != nil {
			return err
		}
	}
	text, err := x.db.log.signer.Checkpoint(l.tree.Tree)
	if err != nil {
		return err
	}
	x.db.signed = text // for the files, once this is committed
	if err := x.Put(MetaKey(pointName), pointRecord{At: at, Text: text}); err != nil {
		return err
	}
	if err := x.Put(MetaKey(treeName), l.tree); err != nil {
		return err
	}
	return x.Put(MetaKey("audit"), l.last)
}

// eachEntry calls fn for the entries as they are stored, with nil for one that can't be read.
func (x Tx) eachEntry(fn func(seq uint64, leaf []byte) error) error {
	o := badger.DefaultIteratorOptions
	o.Prefix = Key(KindAudit)
	it := x.txn.NewIterator(o)
	defer it.Close()
	for it.Rewind(); it.Valid(); it.Next() {
		if err := x.ctx.Err(); err != nil {
			return err
		}
		k := it.Item().KeyCopy(nil)
		if len(k) != len(auditKey(0)) {
			return unreadable(errors.New("key of an audit entry"))
		}
		leaf, err := x.leaf(it.Item(), k)
		if err != nil {
			leaf = nil
		}
		if err := fn(binary.BigEndian.Uint64(k[1:]), leaf); err != nil {
			return err
		}
	}
	return nil
}

func (x Tx) leaf(item *badger.Item, k []byte) ([]byte, error) {
	sealed, err := item.ValueCopy(nil)
	if err != nil {
		return nil, err
	}
	plain, err := x.db.Vault.Unseal(KindAudit.Domain(), k, sealed)
	if err != nil {
		return nil, err
	}
	return DecodeBytes(plain)
}

// AuditLog calls fn for each entry, oldest first; fn may call the store. An error of fn ends the walk and comes back as it is.
func (d *DB) AuditLog(ctx context.Context, fn func(engine.AuditEntry) error) error {
	var own error
	err := d.Walk(ctx, "storage.AuditLog", func(x Tx) error {
		return x.Each(Key(KindAudit), func(_, plain []byte) error {
			var e engine.AuditEntry
			if err := Decode(plain, &e); err != nil {
				return err
			}
			own = fn(e)
			return own
		})
	})
	if own != nil {
		return own // the caller's error as it is
	}
	return err
}

// Record adds an entry to the log that goes with no other record.
func (d *DB) Record(ctx context.Context, e engine.AuditEntry) error {
	return d.Update(ctx, "storage.Record", 0, func(x Tx) error { return x.Append(e) })
}
