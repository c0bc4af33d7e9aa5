package papers

import (
	"strconv"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// view is what the texts of papers are filled in with. All values are plain text on one line.
type view struct {
	Controller, DPO, Joint, EU, UK, CH, Authority string
	Contact                                       string // e-mail, else address
	Photos, Faces, Collections                    string
	Model, RatesFrom, Software                    string
	Searches, Returned, Erased, Requests          string // counted in the log
	URLs, Files, Looks, Hits                      string // entries of the suppression list
	Passphrase, Outside, Third, Overdue           bool
	DPIA, Reviewed, Measures, Territory, Reasons  string

	// of a notice
	Name, Purpose, Basis, Condition, Scope, Retain, Since, By string
	Consent, Interests, Law, Local, Objection                 bool
}

func newView(k Known) view {
	p := k.Profile
	v := view{Controller: partyLine(p.Party), DPO: partyLine(p.DPO), Joint: parties(p.Joint), EU: partyLine(p.EU.Party), UK: partyLine(p.UK.Party), CH: partyLine(p.CH.Party),
		Authority: partyLine(p.Authority), Contact: oneLine(p.Email),
		Photos: number(k.Totals.Photos), Faces: number(k.Totals.Faces), Collections: number(len(k.Collections)),
		Model: string(k.Model), RatesFrom: k.RatesFrom, Software: k.Software,
		Searches: number(k.Stats.Total.Actions[engine.ActionSearch]), Returned: number(k.Stats.Total.Counts["search.returned"]),
		Erased: number(k.Stats.Total.Counts["erased.templates"]),
		URLs:   number(k.Suppressions.URLs), Files: number(k.Suppressions.Files), Looks: number(k.Suppressions.Looks), Hits: number(k.Suppressions.Hits),
		Passphrase: k.Passphrase, Outside: p.Territory.FromOutside(), DPIA: oneLine(p.DPIA), Reviewed: dateText(p.DPIAReviewed),
		Measures: oneLine(p.Measures), Territory: string(p.Territory), Reasons: oneLine(p.Reasons)}
	if v.Contact == "" {
		v.Contact = oneLine(p.Address)
	}
	for _, r := range k.Recipients {
		v.Third = v.Third || r.Third() && !r.Gone()
	}
	for _, o := range k.Orders {
		v.Overdue = v.Overdue || o.State(k.At) == matter.OrderOverdue
	}
	return v
}

// DPIA gives the outline of an impact assessment (art. 35(7)): what the vault knows is filled in, what a person must judge is marked.
func (t Texts) DPIA(lang string, k Known, say Say) (Sheet, error) {
	v := newView(k)
	v.RatesFrom = say(k.RatesFrom)
	s, err := t.compose("dpia", lang, v, map[string][]Block{
		"gaps":        gapBlocks(say, k),
		"collections": collectionTable(k, say),
		"rates":       rateTable(k, lang, say),
		"recipients":  recipientTable(k, say),
		"orders":      orderTable(k, say),
	})
	s.Date, s.Author = dateText(k.At), oneLine(k.Profile.Name)
	return s, err
}

func collectionTable(k Known, say Say) []Block {
	var rows [][]string
	for _, c := range k.Collections {
		rows = append(rows, []string{oneLine(c.Name), oneLine(c.Purpose), basisWords(say, c.Basis) + "; " + conditionWords(say, c.Condition), scopeWords(say, c.Scope),
			number(c.Photos) + " / " + number(c.Faces), daysText(say, c.Retain)})
	}
	return tableBlock(say("Collections"), []string{say("Name"), say("Purpose"), say("Basis and condition"), say("Sources"), say("Photos / faces"), say("Kept for")}, rows)
}

func rateTable(k Known, lang string, say Say) []Block {
	var rows [][]string
	for _, r := range k.Rates {
		rows = append(rows, []string{point(lang, strconv.FormatFloat(r.Distance, 'f', 2, 64)), decimal(lang, r.Share), decimal(lang, r.Expected)})
	}
	return tableBlock(say("False matches to expect"), []string{say("Distance up to"), say("Share of pairs of different people"), say("Faces of others expected in this index, for one portrait")}, rows)
}

func recipientTable(k Known, say Say) []Block {
	var rows [][]string
	for _, r := range append(k.present(true), k.present(false)...) {
		role := say("recipient")
		if r.Processor {
			role = say("processor")
		}
		rows = append(rows, []string{oneLine(r.Name), role, r.Country, oneLine(r.What), oneLine(r.Purpose), oneLine(r.Safeguards)})
	}
	return tableBlock(say("Recipients and processors"), []string{say("Name"), say("Role"), say("Country"), say("Data"), say("Purpose"), say("Safeguards")}, rows)
}

func orderTable(k Known, say Say) []Block {
	var rows [][]string
	for _, o := range k.Orders {
		rows = append(rows, []string{oneLine(o.Authority), oneLine(o.Reference), oneLine(o.Ordered), dateText(o.Due), orderWords(say, o.State(k.At)), strconv.Itoa(len(o.Proof))})
	}
	return tableBlock(say("Orders of authorities"), []string{say("Authority"), say("Reference"), say("Ordered"), say("Due"), say("State"), say("Proofs")}, rows)
}

func orderWords(say Say, s matter.OrderState) string {
	switch s {
	case matter.OrderOverdue:
		return say("overdue")
	case matter.OrderClosed:
		return say("closed")
	}
	return say("open")
}
