package matters

import (
	"context"

	"gabarit/engine"
	"gabarit/storage/records"
)

// Document implements engine.Store.
func (s *Store) Document(ctx context.Context, kind engine.DocumentKind, id string) (data []byte, err error) {
	err = s.db.View(ctx, "storage.Document", func(x records.Tx) error {
		data, _, err = x.Document(kind, id)
		return err
	})
	return data, err
}

// Documents implements engine.Store.
func (s *Store) Documents(ctx context.Context, kind engine.DocumentKind, fn func(id string, data []byte) error) error {
	var own error // the caller's, as it is
	err := s.db.Walk(ctx, "storage.Documents", func(x records.Tx) error {
		return x.EachDocument(kind, func(id string, data []byte) error {
			own = fn(id, data)
			return own
		})
	})
	if own != nil {
		return own
	}
	return err
}

// ChangeDocuments implements engine.Store. What is deleted is an erasure like any other: noted as pending in the transaction, its keys noted
// outside the records and destroyed before this returns, purged with the next Purge. A crash in between is gone on with by Open.
func (s *Store) ChangeDocuments(ctx context.Context, change func(engine.DocumentTx) error) error {
	const op = "storage.ChangeDocuments"
	var own error
	deleted := false
	err := s.db.Update(ctx, op, 0, func(x records.Tx) error {
		d := &records.Documents{Tx: x}
		if own = change(d); own != nil {
			return own
		}
		if own = d.Check(); own != nil || len(d.Gone) == 0 {
			return own
		}
		deleted = true
		erasure := engine.ErasureID(s.db.NewID())
		return x.Put(records.MetaKey(records.ErasingName+string(erasure)+"/"+s.db.NewID()), records.Erasing{Erasure: erasure, Keys: d.Gone, Swept: true})
	})
	switch {
	case own != nil:
		return own
	case err != nil || !deleted:
		return err
	}
	return s.settle(context.WithoutCancel(ctx)) // it is deleted: its keys must go whatever happens
}
