package desk

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"

	"gabarit/app/files"
	"gabarit/app/opened"
	"gabarit/engine"
	"gabarit/engine/entry"
	"gabarit/engine/matter"
	"gabarit/engine/rights/papers"
)

// Orders lists the orders of authorities in the order they were added.
func (p *Papers) Orders(ctx context.Context) ([]matter.Order, error) {
	return read(ctx, p, "desk.Orders", func(k kept) []matter.Order { return k.orders })
}

// AddOrder stores an order of an authority and gives it its ID. It has no proof and is not closed, whatever o says.
func (p *Papers) AddOrder(ctx context.Context, o matter.Order) (matter.Order, error) {
	if err := papers.CheckOrder(o); err != nil {
		return o, err
	}
	o.Proof = nil
	o.ClosedAt, o.Note = matter.Order{}.ClosedAt, ""
	err := p.change(ctx, "desk.AddOrder", func(_ kept, tx engine.DocumentTx) error {
		o.ID = tx.NewID()
		return cmp.Or(put(tx, o.ID, matter.Paper{Order: &o}), tx.Log(entry.OrderChanged(o.ID, "added")))
	})
	return o, err
}

// AttachProof keeps a copy of a file, sealed, as proof that an order was complied with. CodeNotFound; CodeConflict: the order is closed; CodeLimit: the
// file is larger than matter.MaxProof.
func (p *Papers) AttachProof(ctx context.Context, id, path string) (matter.Order, error) {
	data, err := files.Read(path, matter.MaxProof)
	if err != nil {
		return matter.Order{}, err
	}
	return p.changeOrder(ctx, "desk.AttachProof", id, "proof", func(o matter.Order, tx engine.DocumentTx) (matter.Order, error) {
		if !o.ClosedAt.IsZero() {
			return o, engine.E(engine.CodeConflict, "desk.AttachProof", "the order is closed already", nil)
		}
		name := filepath.Base(path)
		doc, err := json.Marshal(matter.ProofFile{Version: matter.PaperFormat, Order: id, Name: name, Data: data})
		if err != nil {
			return o, engine.E(engine.CodeInternal, "desk.AttachProof", "the paper can't be stored", err)
		}
		sum := sha256.Sum256(data)
		proof := matter.Proof{File: tx.NewID(), Name: name, SHA256: hex.EncodeToString(sum[:]), Size: len(data), At: tx.Now()}
		o.Proof = append(slices.Clone(o.Proof), proof)
		return o, tx.Put(engine.DocumentFile, proof.File, doc)
	})
}

// ProofOf gives the bytes of a proof of an order; CodeNotFound.
func (p *Papers) ProofOf(ctx context.Context, file string) (matter.ProofFile, error) {
	return opened.Use(ctx, p.program.Door, "desk.ProofOf", func(ctx context.Context, v opened.Vault) (matter.ProofFile, error) {
		return proofFile(ctx, v.Store, file)
	})
}

func proofFile(ctx context.Context, store engine.Store, id string) (matter.ProofFile, error) {
	var f matter.ProofFile
	data, err := store.Document(ctx, engine.DocumentFile, id)
	if err != nil {
		return f, err
	}
	if err = json.Unmarshal(data, &f); err != nil {
		err = engine.E(engine.CodeCorrupt, "desk.proofFile", "a stored paper can't be read", err)
	}
	return f, err
}

// CloseOrder closes an order; CodeInvalid without proof, however long it is overdue.
func (p *Papers) CloseOrder(ctx context.Context, id, note string) (matter.Order, error) {
	return p.changeOrder(ctx, "desk.CloseOrder", id, "closed", func(o matter.Order, tx engine.DocumentTx) (matter.Order, error) {
		return papers.CloseOrder(o, note, tx.Now())
	})
}

func (p *Papers) changeOrder(ctx context.Context, op, id, what string, change func(matter.Order, engine.DocumentTx) (matter.Order, error)) (o matter.Order, err error) {
	err = p.change(ctx, op, func(k kept, tx engine.DocumentTx) error {
		i := slices.IndexFunc(k.orders, func(o matter.Order) bool { return o.ID == id })
		if i < 0 {
			return engine.E(engine.CodeNotFound, op, "there is no such order", errors.New(id))
		}
		if o, err = change(k.orders[i], tx); err != nil {
			return err
		}
		return cmp.Or(put(tx, id, matter.Paper{Order: &o}), tx.Log(entry.OrderChanged(id, what)))
	})
	return o, err
}
