package records

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"gabarit/engine"
	"gabarit/storage/vault"
)

// documentKind gives the kind of a document's record; 0 for one that is unknown.
func documentKind(k engine.DocumentKind) Kind {
	return map[engine.DocumentKind]Kind{
		engine.DocumentRequest: KindRequest, engine.DocumentPortrait: KindPortrait, engine.DocumentContact: KindContact,
		engine.DocumentPaper: KindPaper, engine.DocumentFile: KindFile, engine.DocumentCheck: KindCheck, engine.DocumentHidden: KindHidden,
		engine.DocumentUpkeep: KindUpkeep, engine.DocumentPerson: KindPerson,
	}[k]
}

// aboutPhoto tells of kinds whose documents have the ID of the photo that they say something of.
func aboutPhoto(k engine.DocumentKind) bool {
	return k == engine.DocumentCheck || k == engine.DocumentHidden
}

// ownKinds lists the kinds of records that have a key of their own and hang on no photo.
func ownKinds() []Kind {
	all := []Kind{KindCase}
	for _, k := range engine.DocumentKinds() {
		all = append(all, documentKind(k))
	}
	return all
}

// EachOwn calls fn for all cases and documents, sealed.
func (x Tx) EachOwn(fn func(k, sealed []byte) error) error {
	for _, k := range ownKinds() {
		if err := x.EachSealed(Key(k), fn); err != nil {
			return err
		}
	}
	return nil
}

// Documents is an engine.DocumentTx in a transaction.
type Documents struct {
	Tx
	Gone   []ErasingKey // of what was deleted
	logged int
}

// NewID implements engine.DocumentTx.
func (d *Documents) NewID() string { return d.db.NewID() }

// Now implements engine.DocumentTx.
func (d *Documents) Now() time.Time { return d.db.Now() }

// documentKey is where a document lies; nil if it can't lie anywhere.
func documentKey(kind engine.DocumentKind, id string) []byte {
	k, b := documentKind(kind), ID(id)
	if k == 0 || b == nil {
		return nil
	}
	return Key(k, b)
}

// Get implements engine.DocumentTx.
func (d *Documents) Get(kind engine.DocumentKind, id string) ([]byte, error) {
	data, _, err := d.Document(kind, id)
	return data, err
}

// Document reads a document and tells which key it is sealed under.
func (x Tx) Document(kind engine.DocumentKind, id string) ([]byte, vault.KeyRef, error) {
	missing := engine.E(engine.CodeNotFound, "storage.Document", "there is no such document", errors.New(id))
	k := documentKey(kind, id)
	if k == nil {
		return nil, vault.KeyRef{}, missing
	}
	plain, ref, err := x.Owned(missing, k)
	if err != nil {
		return nil, ref, err
	}
	data, err := DecodeBytes(plain)
	return data, ref, err
}

// EachDocument calls fn for the documents of a kind; it may keep data.
func (x Tx) EachDocument(kind engine.DocumentKind, fn func(id string, data []byte) error) error {
	return x.Each(Key(documentKind(kind)), func(k, plain []byte) error {
		data, err := DecodeBytes(plain)
		if err != nil {
			return err
		}
		return fn(IDText(k[1:]), data)
	})
}

// Put implements engine.DocumentTx.
func (d *Documents) Put(kind engine.DocumentKind, id string, data []byte) error {
	k := documentKey(kind, id)
	if k == nil || len(data) > engine.MaxDocument {
		return engine.E(engine.CodeInvalid, "storage.ChangeDocuments", "this can't be a document", fmt.Errorf("%s %s of %d bytes", kind, id, len(data)))
	}
	if aboutPhoto(kind) {
		if held, err := d.Has(Key(KindPhoto, ID(id))); err != nil || !held {
			return cmp.Or(err, engine.E(engine.CodeNotFound, "storage.ChangeDocuments", "the vault holds no such photo", errors.New(id)))
		}
	}
	_, ref, err := d.Document(kind, id)
	if engine.CodeOf(err) == engine.CodeNotFound {
		ref, err = d.NewKey()
	}
	if err != nil {
		return err
	}
	return d.PutPlain(ref, k, EncodeBytes(data))
}

// Delete implements engine.DocumentTx.
func (d *Documents) Delete(kind engine.DocumentKind, id string) error {
	_, ref, err := d.Document(kind, id)
	switch engine.CodeOf(err) {
	case "":
	case engine.CodeNotFound:
		return nil
	default:
		return err
	}
	d.Gone = append(d.Gone, ErasingKey{Ref: ref, Record: id})
	return d.Tx.Delete(documentKey(kind, id))
}

// Log implements engine.DocumentTx.
func (d *Documents) Log(e engine.AuditEntry) error {
	d.logged++
	return d.Append(e)
}

// Check tells whether the change may be stored.
func (d *Documents) Check() error {
	if d.logged == 0 {
		return engine.E(engine.CodeInvalid, "storage.ChangeDocuments", "a change of documents needs an entry in the log", nil)
	}
	return nil
}
