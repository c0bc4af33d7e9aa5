package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"sync"

	"gabarit/app/opened"
	"gabarit/engine"
	"gabarit/engine/entry"
	"gabarit/engine/matter"
	"gabarit/engine/rights/papers"
)

// Program is what Papers asks of the program around the open vault.
type Program struct {
	Door opened.Door
	// Status tells whether a passphrase protects the vault.
	Status func(ctx context.Context) (engine.Status, error)
	// WriteAudit exports the log and checks it on the way.
	WriteAudit func(ctx context.Context, w io.Writer) (engine.AuditReport, error)
	Model      func() engine.ModelID
	Software   string
}

// Papers keeps the papers of an operator. Safe for concurrent use. Errors are those of the store, and CodeInvalid for what is missing or wrong.
type Papers struct {
	program  Program
	changing sync.Mutex // what is read before a change is still so during it
}

// NewPapers gives the papers of the vault behind a door.
func NewPapers(p Program) *Papers { return &Papers{program: p} }

// kept is all papers of a vault.
type kept struct {
	profileID  string // "" while there is none
	profile    matter.Profile
	recipients []matter.Recipient // in the order they were added, those that are gone included
	orders     []matter.Order
}

// readPapers reads all papers.
func readPapers(ctx context.Context, store engine.Store) (kept, error) {
	const op = "desk.readPapers"
	var k kept
	err := store.Documents(ctx, engine.DocumentPaper, func(id string, data []byte) error {
		var p matter.Paper
		if err := json.Unmarshal(data, &p); err != nil {
			return engine.E(engine.CodeCorrupt, op, "a stored paper can't be read", err)
		}
		if p.Version > matter.PaperFormat {
			return engine.E(engine.CodeUnsupported, op, "a stored paper was written by a later version of the program", errors.New(id))
		}
		switch {
		case p.Profile != nil:
			k.profileID, k.profile = id, *p.Profile
		case p.Recipient != nil:
			p.Recipient.ID = id
			k.recipients = append(k.recipients, *p.Recipient)
		case p.Order != nil:
			p.Order.ID = id
			k.orders = append(k.orders, *p.Order)
		}
		return nil
	})
	return k, err
}

// MayCollect refuses to collect where the profile's scope is art. 3(2) and no representative in the Union is recorded: CodeInvalid.
func MayCollect(ctx context.Context, store engine.Store) error {
	k, err := readPapers(ctx, store)
	return cmp.Or(err, papers.MayCollect(k.profile))
}

// change runs a change of papers with what is stored, one at a time.
func (p *Papers) change(ctx context.Context, op string, fn func(k kept, tx engine.DocumentTx) error) error {
	v, ctx, done, err := p.program.Door.Enter(ctx, op)
	if err != nil {
		return err
	}
	defer done()
	p.changing.Lock()
	defer p.changing.Unlock()
	k, err := readPapers(ctx, v.Store)
	if err != nil {
		return err
	}
	if err = v.Store.ChangeDocuments(ctx, func(tx engine.DocumentTx) error { return fn(k, tx) }); err == nil {
		p.program.Door.Tell(engine.EventAudit)
	}
	return err
}

func put(tx engine.DocumentTx, id string, paper matter.Paper) error {
	paper.Version = matter.PaperFormat
	data, err := json.Marshal(paper)
	if err != nil {
		return engine.E(engine.CodeInternal, "desk.put", "the paper can't be stored", err)
	}
	return tx.Put(engine.DocumentPaper, id, data)
}

// read gives a part of what is stored.
func read[T any](ctx context.Context, p *Papers, op string, part func(kept) T) (T, error) {
	return opened.Use(ctx, p.program.Door, op, func(ctx context.Context, v opened.Vault) (T, error) {
		k, err := readPapers(ctx, v.Store)
		return part(k), err
	})
}

// Profile tells who answers for the vault; a profile without a name where nothing is recorded.
func (p *Papers) Profile(ctx context.Context) (matter.Profile, error) {
	return read(ctx, p, "desk.Profile", func(k kept) matter.Profile { return k.profile })
}

// SetProfile stores who answers for the vault. The name does not go to the log.
func (p *Papers) SetProfile(ctx context.Context, profile matter.Profile) error {
	if err := papers.CheckProfile(profile); err != nil {
		return err
	}
	return p.change(ctx, "desk.SetProfile", func(k kept, tx engine.DocumentTx) error {
		id := k.profileID
		if id == "" {
			id = tx.NewID()
		}
		profile.ChangedAt = tx.Now()
		return cmp.Or(put(tx, id, matter.Paper{Profile: &profile}), tx.Log(entry.ProfileChanged(string(profile.Territory))))
	})
}

// Recipients lists who gets data, in the order they were added, those that get nothing any more included.
func (p *Papers) Recipients(ctx context.Context) ([]matter.Recipient, error) {
	return read(ctx, p, "desk.Recipients", func(k kept) []matter.Recipient { return k.recipients })
}

// AddRecipient stores a recipient or processor and gives it its ID.
func (p *Papers) AddRecipient(ctx context.Context, r matter.Recipient) (matter.Recipient, error) {
	if err := papers.CheckRecipient(r); err != nil {
		return r, err
	}
	err := p.change(ctx, "desk.AddRecipient", func(_ kept, tx engine.DocumentTx) error {
		r.ID, r.AddedAt = tx.NewID(), tx.Now()
		return cmp.Or(put(tx, r.ID, matter.Paper{Recipient: &r}), tx.Log(entry.RecipientChanged(r.ID, "added")))
	})
	return r, err
}

// RemoveRecipient notes that a recipient gets nothing any more. It stays on record: people may still ask who got their data. CodeNotFound, CodeConflict: it is
// gone already.
func (p *Papers) RemoveRecipient(ctx context.Context, id string) error {
	const op = "desk.RemoveRecipient"
	return p.change(ctx, op, func(k kept, tx engine.DocumentTx) error {
		i := slices.IndexFunc(k.recipients, func(r matter.Recipient) bool { return r.ID == id })
		switch {
		case i < 0:
			return engine.E(engine.CodeNotFound, op, "there is no such recipient", errors.New(id))
		case k.recipients[i].Gone():
			return engine.E(engine.CodeConflict, op, "the recipient gets nothing any more already", nil)
		}
		r := k.recipients[i]
		r.Removed = tx.Now()
		return cmp.Or(put(tx, id, matter.Paper{Recipient: &r}), tx.Log(entry.RecipientChanged(id, "removed")))
	})
}
