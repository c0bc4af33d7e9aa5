package document

import (
	"time"

	"gabarit/engine/matter"
)

// Party is somebody who can be written to.
type Party struct {
	Name    string `json:"name"`
	Address string `json:"address"`
	Email   string `json:"email"`
	Country string `json:"country"`
}

// NewParty is the document of a party.
func NewParty(p matter.Party) Party { return Party(p) }

// Representative is one designated by a controller that is not established there.
type Representative struct {
	Party
	Mandated string `json:"mandated"` // year-month-day
}

// Profile is what papers profile show prints. papers profile set --file takes it.
type Profile struct {
	Party
	DPO          Party            `json:"dpo"`
	Joint        []Party          `json:"joint"`
	Territory    matter.Territory `json:"territory"`
	Reasons      string           `json:"reasons"`
	EU           Representative   `json:"eu_representative"`
	UK           Representative   `json:"uk_representative"`
	CH           Representative   `json:"ch_representative"`
	Authority    Party            `json:"authority"`
	Measures     string           `json:"measures"`
	DPIA         string           `json:"dpia"`
	DPIAReviewed string           `json:"dpia_reviewed"`
	ChangedAt    string           `json:"changed_at"`
	Gaps         []matter.Gap     `json:"gaps"`
	Blocks       bool             `json:"blocks_collecting"`
}

// Day gives a day, "" for none.
func Day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// NewProfile is the document of a profile.
func NewProfile(p matter.Profile) Profile {
	rep := func(r matter.Representative) Representative {
		return Representative{NewParty(r.Party), Day(r.Mandated)}
	}
	return Profile{Party: NewParty(p.Party), DPO: NewParty(p.DPO), Joint: Each(p.Joint, NewParty), Territory: p.Territory, Reasons: p.Reasons,
		EU: rep(p.EU), UK: rep(p.UK), CH: rep(p.CH), Authority: NewParty(p.Authority), Measures: p.Measures, DPIA: p.DPIA,
		DPIAReviewed: Day(p.DPIAReviewed), ChangedAt: Stamp(p.ChangedAt), Gaps: List(p.Gaps()), Blocks: p.BlocksCollecting()}
}

// Recipient is one of papers recipient list.
type Recipient struct {
	ID string `json:"id"`
	Party
	Processor  bool   `json:"processor"`
	What       string `json:"what"`
	Purpose    string `json:"purpose"`
	Safeguards string `json:"safeguards"`
	Since      string `json:"since"`
	AddedAt    string `json:"added_at"`
	RemovedAt  string `json:"removed_at"`
}

// NewRecipient is the document of a recipient.
func NewRecipient(r matter.Recipient) Recipient {
	return Recipient{ID: r.ID, Party: NewParty(r.Party), Processor: r.Processor, What: r.What, Purpose: r.Purpose, Safeguards: r.Safeguards,
		Since: Day(r.Since), AddedAt: Stamp(r.AddedAt), RemovedAt: Stamp(r.Removed)}
}

// Order is one of papers order list. Penalties are in hundredths of the currency.
type Order struct {
	ID         string            `json:"id"`
	Authority  string            `json:"authority"`
	Reference  string            `json:"reference"`
	Ordered    string            `json:"ordered"`
	Received   string            `json:"received"`
	Due        string            `json:"due"`
	State      matter.OrderState `json:"state"`
	DaysLate   int               `json:"days_late"`
	Penalty    int64             `json:"penalty_per_day"`
	SoFar      int64             `json:"penalty_so_far"`
	Currency   string            `json:"currency"`
	Proofs     []Proof           `json:"proofs"`
	ClosedAt   string            `json:"closed_at"`
	ClosedNote string            `json:"note"`
}

// Proof is a file attached to an order.
type Proof struct {
	File   string `json:"file"`
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
	Size   int    `json:"size"`
	At     string `json:"at"`
}

// NewOrder is the document of an order at a moment.
func NewOrder(o matter.Order, now time.Time) Order {
	proof := func(p matter.Proof) Proof { return Proof{p.File, p.Name, p.SHA256, p.Size, Stamp(p.At)} }
	return Order{ID: o.ID, Authority: o.Authority, Reference: o.Reference, Ordered: o.Ordered, Received: Day(o.Received), Due: Day(o.Due), State: o.State(now),
		DaysLate: o.DaysLate(now), Penalty: o.Penalty, SoFar: o.PenaltySoFar(now), Currency: o.Currency, Proofs: Each(o.Proof, proof), ClosedAt: Stamp(o.ClosedAt), ClosedNote: o.Note}
}

// Paper is what the commands print that write a paper.
type Paper struct {
	Files   []string     `json:"files"`
	Gaps    []matter.Gap `json:"gaps"`
	ToWrite int          `json:"to_write"`
}

// NewPaper is the document of a paper that was written.
func NewPaper(p matter.PaperWritten) Paper {
	return Paper{Files: List(p.Files), Gaps: List(p.Gaps), ToWrite: p.ToWrite}
}

// NoticeDue tells by when people must have been informed of a collection.
type NoticeDue struct {
	Collection string `json:"collection"`
	First      string `json:"first_collected"`
	Due        string `json:"due"`
	WrittenAt  string `json:"written_at"`
	Late       bool   `json:"late"`
}

// NewNoticeDue is the document of when a notice is due.
func NewNoticeDue(n matter.NoticeDue, now time.Time) NoticeDue {
	return NoticeDue{Collection: n.Name, First: Stamp(n.First), Due: Day(n.Due), WrittenAt: Stamp(n.WrittenAt), Late: n.Late(now)}
}
