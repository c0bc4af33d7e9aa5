package retention

import (
	"context"
	"strings"
	"time"

	"gabarit/app/opened"
	"gabarit/engine"
	"gabarit/engine/entry"
	"gabarit/engine/matter"
)

// wholeVault is the ID under which what concerns no single collection is kept: a ULID of zeros.
const wholeVault = "00000000000000000000000000"

// state is what concerns the whole vault: a document of kind engine.DocumentUpkeep.
type state struct {
	Version int       `json:"version"`
	Contact string    `json:"contact,omitempty"` // see web.Options
	RanAt   time.Time `json:"ran_at,omitzero"`   // when Retain last ended well
}

// kept is what is kept of a collection: the same kind, under its ID.
type kept struct {
	Version int `json:"version"`
	matter.Upkeep
}

func readState(ctx context.Context, v opened.Vault) (s state, err error) {
	data, err := v.Store.Document(ctx, engine.DocumentUpkeep, wholeVault)
	if engine.CodeOf(err) == engine.CodeNotFound {
		return s, nil
	}
	if err == nil {
		err = read(data, &s, func() int { return s.Version })
	}
	return s, err
}

// changeState changes what concerns the whole vault, with an entry in the log.
func changeState(ctx context.Context, v opened.Vault, e engine.AuditEntry, change func(*state)) error {
	return v.Store.ChangeDocuments(ctx, func(x engine.DocumentTx) error {
		if err := inState(x, change); err != nil {
			return err
		}
		return x.Log(e)
	})
}

func inState(x engine.DocumentTx, change func(*state)) error {
	var s state
	return update(x, wholeVault, &s, func() int { return s.Version }, func() { change(&s); s.Version = version })
}

// changeKept changes what is kept of a collection.
func changeKept(x engine.DocumentTx, c engine.CollectionID, change func(*matter.Upkeep)) error {
	var k kept
	return update(x, string(c), &k, func() int { return k.Version }, func() { change(&k.Upkeep); k.Version = version })
}

func update(x engine.DocumentTx, id string, what any, written func() int, change func()) error {
	data, err := x.Get(engine.DocumentUpkeep, id)
	if err == nil {
		err = read(data, what, written)
	} else if engine.CodeOf(err) == engine.CodeNotFound {
		err = nil
	}
	if err != nil {
		return err
	}
	change()
	return put(x, engine.DocumentUpkeep, id, what)
}

// Contact gives the contact under which sources are asked; "" none is known.
func (k *Keeper) Contact(ctx context.Context) (string, error) {
	return opened.Use(ctx, k.parts.Door, "retention.Contact", func(ctx context.Context, v opened.Vault) (string, error) {
		s, err := readState(ctx, v)
		return s.Contact, err
	})
}

// SetContact keeps the contact under which sources are asked, an e-mail address or a page, for the checks that run by themselves. "" forgets it.
// CodeInvalid: it is neither.
func (k *Keeper) SetContact(ctx context.Context, contact string) error {
	contact = strings.TrimSpace(contact)
	if contact != "" {
		c, err := k.checker(contact)
		if err != nil {
			return err
		}
		c.Close()
	}
	_, err := opened.Use(ctx, k.parts.Door, "retention.SetContact", func(ctx context.Context, v opened.Vault) (struct{}, error) {
		return struct{}{}, keepContact(ctx, v, contact)
	})
	if err == nil {
		k.parts.Door.Tell(engine.EventUpkeep, engine.EventAudit)
	}
	return err
}

func keepContact(ctx context.Context, v opened.Vault, contact string) error {
	s, err := readState(ctx, v)
	if err != nil || s.Contact == contact {
		return err
	}
	return changeState(ctx, v, entry.ContactKept(), func(s *state) { s.Contact = contact })
}
