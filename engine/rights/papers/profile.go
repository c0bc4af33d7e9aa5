package papers

import (
	"errors"
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// maxField bounds a field in characters, maxText one that is running text.
const (
	maxField = 500
	maxText  = 8000
)

// CheckProfile reports the first field that is missing or wrong, as CodeInvalid. What may be missing for a while is no error but a gap, see
// matter.Profile.Gaps.
func CheckProfile(p matter.Profile) error {
	const op = "papers.CheckProfile"
	bad := func(msg string) error { return engine.E(engine.CodeInvalid, op, msg, nil) }
	if err := checkTerritory(op, p); err != nil {
		return err
	}
	switch {
	case p.Name == "":
		return bad("the controller needs a name")
	case p.EU.Name != "" && !matter.InUnion(p.EU.Country):
		return bad("the representative in the Union must be established there (article 27(3))")
	case tooLong(maxText, p.Reasons, p.Measures) || tooLong(maxField, p.DPIA):
		return bad("a text is too long")
	}
	for _, r := range []matter.Representative{p.EU, p.UK, p.CH} {
		if err := checkParty(op, r.Party); err != nil {
			return err
		}
		if !r.Empty() && r.Name == "" {
			return bad("a representative needs a name")
		}
	}
	return checkParties(op, p)
}

// checkTerritory checks why the GDPR applies, beside where the controller is established.
func checkTerritory(op string, p matter.Profile) error {
	bad := func(msg string) error { return engine.E(engine.CodeInvalid, op, msg, nil) }
	switch {
	case p.Territory != matter.TerritoryUnstated && !slices.Contains(matter.Territories(), p.Territory):
		return bad("why the GDPR applies is 3(1), 3(2)(a), 3(2)(b) or none")
	case p.Territory == matter.TerritoryNone && strings.TrimSpace(p.Reasons) == "":
		return bad("that the GDPR does not apply needs reasons")
	case p.Territory.FromOutside() && matter.InUnion(p.Country):
		return bad("article 3(2) is for controllers that are not established in the Union; with an establishment there it is 3(1)")
	case p.Territory.FromOutside() && p.Country == "":
		return bad("article 3(2) needs the country where the controller is established")
	}
	return nil
}

func checkParties(op string, p matter.Profile) error {
	for _, j := range p.Joint {
		if j.Name == "" {
			return engine.E(engine.CodeInvalid, op, "a joint controller needs a name", nil)
		}
	}
	for _, party := range append([]matter.Party{p.Party, p.DPO, p.Authority}, p.Joint...) {
		if err := checkParty(op, party); err != nil {
			return err
		}
	}
	return nil
}

func checkParty(op string, p matter.Party) error {
	bad := func(msg, what string) error { return engine.E(engine.CodeInvalid, op, msg, errors.New(what)) }
	switch {
	case tooLong(maxField, p.Name, p.Address, p.Email):
		return engine.E(engine.CodeInvalid, op, "a text is too long", nil)
	case p.Country != "" && !isCountry(p.Country):
		return bad("a country is written as two capital letters (ISO 3166)", p.Country)
	}
	if p.Email != "" {
		if a, err := mail.ParseAddress(p.Email); err != nil || a.Address != p.Email {
			return bad("this is no e-mail address", p.Email)
		}
	}
	return nil
}

func isCountry(s string) bool {
	return len(s) == 2 && strings.IndexFunc(s, func(r rune) bool { return r < 'A' || r > 'Z' }) < 0
}

func tooLong(limit int, texts ...string) bool {
	return slices.ContainsFunc(texts, func(s string) bool { return utf8.RuneCountInString(s) > limit })
}

// MayCollect refuses to collect where article 3(2) applies and nobody represents the controller in the Union (art. 27): CodeInvalid.
func MayCollect(p matter.Profile) error {
	if p.BlocksCollecting() {
		return engine.E(engine.CodeInvalid, "papers.MayCollect", "nothing is collected before a representative in the Union is recorded (GDPR articles 3(2) and 27)", nil)
	}
	return nil
}

// CheckRecipient reports the first field of a recipient that is missing or wrong, as CodeInvalid.
func CheckRecipient(r matter.Recipient) error {
	const op = "papers.CheckRecipient"
	bad := func(msg string) error { return engine.E(engine.CodeInvalid, op, msg, nil) }
	switch {
	case r.Name == "":
		return bad("a recipient needs a name: people may ask who it is")
	case r.Country == "":
		return bad("a recipient needs a country")
	case strings.TrimSpace(r.What) == "":
		return bad("it must be said which data the recipient gets")
	case strings.TrimSpace(r.Purpose) == "":
		return bad("it must be said why the recipient gets the data")
	case r.Third() && strings.TrimSpace(r.Safeguards) == "":
		return bad("a transfer out of the Union needs its safeguards (GDPR articles 44 to 49)")
	case tooLong(maxText, r.What, r.Purpose, r.Safeguards):
		return bad("a text is too long")
	}
	return checkParty(op, r.Party)
}

// CheckOrder reports the first field of an order that is missing or wrong, as CodeInvalid.
func CheckOrder(o matter.Order) error {
	const op = "papers.CheckOrder"
	bad := func(msg string) error { return engine.E(engine.CodeInvalid, op, msg, nil) }
	switch {
	case strings.TrimSpace(o.Authority) == "":
		return bad("an order needs the authority that gave it")
	case strings.TrimSpace(o.Ordered) == "":
		return bad("it must be said what is ordered")
	case o.Received.IsZero() || o.Due.IsZero():
		return bad("an order needs the day it was received and the day it is due")
	case o.Due.Before(o.Received):
		return bad("an order can't be due before it was received")
	case o.Penalty < 0:
		return bad("a penalty is a sum of money for each day")
	case o.Penalty > 0 && len(o.Currency) != 3:
		return bad("a penalty needs its currency, as EUR")
	case tooLong(maxField, o.Authority, o.Reference, o.Currency) || tooLong(maxText, o.Ordered, o.Note):
		return bad("a text is too long")
	}
	return nil
}

// CloseOrder closes an order at a moment: CodeInvalid without proof, however long it is overdue, or if it is closed already.
func CloseOrder(o matter.Order, note string, now time.Time) (matter.Order, error) {
	const op = "papers.CloseOrder"
	switch {
	case !o.ClosedAt.IsZero():
		return o, engine.E(engine.CodeConflict, op, "the order is closed already", nil)
	case len(o.Proof) == 0:
		return o, engine.E(engine.CodeInvalid, op, "an order can't be closed without proof that it was complied with", nil)
	case tooLong(maxText, note):
		return o, engine.E(engine.CodeInvalid, op, "a text is too long", nil)
	}
	o.ClosedAt, o.Note = now, note
	return o, nil
}
