package matter

import (
	"slices"
	"strings"
	"time"

	"gabarit/engine"
)

// PaperFormat is the version of the JSON of papers.
const PaperFormat = 1

// Paper is one document of kind engine.DocumentPaper: exactly one of Profile, Recipient and Order is set.
type Paper struct {
	Version   int        `json:"version"` // PaperFormat
	Profile   *Profile   `json:"profile,omitempty"`
	Recipient *Recipient `json:"recipient,omitempty"`
	Order     *Order     `json:"order,omitempty"`
}

// Territory is why the GDPR applies to a controller, or why not (art. 3).
type Territory string

// The answers to that question.
const (
	TerritoryUnstated   Territory = ""
	TerritoryEstablish  Territory = "3(1)"    // an establishment in the Union
	TerritoryOffering   Territory = "3(2)(a)" // none, but goods or services for people in the Union
	TerritoryMonitoring Territory = "3(2)(b)" // none, but their behaviour is monitored
	TerritoryNone       Territory = "none"
)

// Territories lists the answers that can be given, in the order of the article.
func Territories() []Territory {
	return []Territory{TerritoryEstablish, TerritoryOffering, TerritoryMonitoring, TerritoryNone}
}

// FromOutside reports whether art. 3(2) applies, and with it the duty to name a representative (art. 27).
func (t Territory) FromOutside() bool { return t == TerritoryOffering || t == TerritoryMonitoring }

// Party is somebody who can be written to. Countries are ISO 3166 codes of two letters.
type Party struct {
	Name    string `json:"name"`
	Address string `json:"address,omitempty"`
	Email   string `json:"email,omitempty"`
	Country string `json:"country,omitempty"` // where it is established
}

// Empty reports whether nothing is said.
func (p Party) Empty() bool { return p == Party{} }

// Representative is designated in writing by a controller without an establishment (GDPR art. 27, UK GDPR art. 27, Swiss FADP art. 14).
type Representative struct {
	Party
	Mandated time.Time `json:"mandated,omitzero"` // day of the mandate
}

// Empty reports whether nothing is said.
func (r Representative) Empty() bool { return r == Representative{} }

// Profile says who answers for the vault: the controller.
type Profile struct {
	Party                       // Country: of the main establishment
	DPO          Party          `json:"dpo,omitzero"`    // data protection officer (art. 37)
	Joint        []Party        `json:"joint,omitempty"` // joint controllers (art. 26)
	Territory    Territory      `json:"territory"`
	Reasons      string         `json:"reasons,omitempty"` // for the answer in Territory
	EU           Representative `json:"eu_representative,omitzero"`
	UK           Representative `json:"uk_representative,omitzero"`
	CH           Representative `json:"ch_representative,omitzero"`
	Authority    Party          `json:"authority,omitzero"`     // supervisory authority people can complain to
	Measures     string         `json:"measures,omitempty"`     // of security beside those of the program (art. 32(1))
	DPIA         string         `json:"dpia,omitempty"`         // reference of the assessment
	DPIAReviewed time.Time      `json:"dpia_reviewed,omitzero"` // day of its last review
	ChangedAt    time.Time      `json:"changed_at,omitzero"`
}

// Gap is something that a profile lacks. Its text is a key of the translations.
type Gap string

// The gaps of a profile.
const (
	GapProfile        Gap = "It is not recorded who the controller is (GDPR article 14(1)(a))."
	GapContact        Gap = "The controller can't be written to: neither an address nor an e-mail address is recorded."
	GapTerritory      Gap = "It is not recorded why the GDPR applies, or does not (article 3)."
	GapRepresentative Gap = "No representative in the Union is designated, although article 27 of the GDPR requires one."
)

// Gaps lists what the profile lacks. Answers that leave the program carry them (representative: see BlocksCollecting).
func (p Profile) Gaps() []Gap {
	var gaps []Gap
	if strings.TrimSpace(p.Name) == "" {
		gaps = append(gaps, GapProfile)
	}
	if p.Name != "" && p.Address == "" && p.Email == "" {
		gaps = append(gaps, GapContact)
	}
	if p.Territory == TerritoryUnstated {
		gaps = append(gaps, GapTerritory)
	}
	if p.Territory.FromOutside() && !p.represented() {
		gaps = append(gaps, GapRepresentative)
	}
	return gaps
}

// BlocksCollecting reports whether nothing may be collected: art. 3(2) applies and nobody represents the controller in the Union.
func (p Profile) BlocksCollecting() bool { return slices.Contains(p.Gaps(), GapRepresentative) }

// represented reports whether the representative has a name, a way to be reached, a place in the Union or the EEA, and a mandate.
func (p Profile) represented() bool {
	r := p.EU
	return r.Name != "" && (r.Address != "" || r.Email != "") && InUnion(r.Country) && !r.Mandated.IsZero()
}

// InUnion reports whether the GDPR's establishment rules take a country as one of the Union: its members, and by the EEA Agreement (joint
// committee decision 154/2018) Iceland, Liechtenstein and Norway.
func InUnion(country string) bool {
	return slices.Contains(strings.Fields("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK IS LI NO"), country)
}

// Recipient is somebody whom personal data are given to (art. 4(9)), or who processes them for the controller (art. 28).
type Recipient struct {
	ID         string `json:"id"`
	Party             // Country: where the data go
	Processor  bool   `json:"processor,omitempty"`
	What       string `json:"what"`                 // categories of data
	Purpose    string `json:"purpose"`              // why they get them
	Safeguards string `json:"safeguards,omitempty"` // of a transfer to a third country (art. 46)
	// Since is the day of the first disclosure; zero: none so far.
	Since   time.Time `json:"since,omitzero"`
	AddedAt time.Time `json:"added_at,omitzero"`
	Removed time.Time `json:"removed,omitzero"` // gets nothing any more since then; people who ask are still told of it
}

// Gone reports whether the recipient gets nothing any more.
func (r Recipient) Gone() bool { return !r.Removed.IsZero() }

// Third reports whether the data leave the Union and the EEA.
func (r Recipient) Third() bool { return r.Country != "" && !InUnion(r.Country) }

// Order is a measure that an authority has imposed (art. 58(2)).
type Order struct {
	ID        string    `json:"id"`
	Authority string    `json:"authority"`
	Reference string    `json:"reference"`
	Received  time.Time `json:"received"`
	Due       time.Time `json:"due"`               // last day to comply
	Penalty   int64     `json:"penalty,omitempty"` // for each day after Due, in hundredths of Currency
	Currency  string    `json:"currency,omitempty"`
	Ordered   string    `json:"ordered"` // what is ordered
	Proof     []Proof   `json:"proof,omitempty"`
	ClosedAt  time.Time `json:"closed_at,omitzero"`
	Note      string    `json:"note,omitempty"` // said when it was closed
}

// Proof is a file that shows that an order was complied with.
type Proof struct {
	File   string    `json:"file"` // ID of the document of kind engine.DocumentFile
	Name   string    `json:"name"`
	SHA256 string    `json:"sha256"` // hex
	Size   int       `json:"size"`
	At     time.Time `json:"at"`
}

// ProofFile is a document of kind engine.DocumentFile that belongs to an order.
type ProofFile struct {
	Version int    `json:"version"` // PaperFormat
	Order   string `json:"order"`
	Name    string `json:"name"`
	Data    []byte `json:"data"`
}

// MaxProof is the largest file of proof in bytes: as JSON it still is a document.
const MaxProof = engine.MaxDocument * 5 / 8

// OrderState says where an order stands.
type OrderState string

// The states of an order.
const (
	OrderOpen    OrderState = "open"
	OrderOverdue OrderState = "overdue"
	OrderClosed  OrderState = "closed"
)

// State tells where an order stands at a moment, by the calendar of its zone: on the day it is due it is still open.
func (o Order) State(now time.Time) OrderState {
	switch {
	case !o.ClosedAt.IsZero():
		return OrderClosed
	case o.DaysLate(now) > 0:
		return OrderOverdue
	}
	return OrderOpen
}

// DaysLate counts the days that have begun since the day the order was due; an order that was closed counts until then.
func (o Order) DaysLate(now time.Time) int {
	if !o.ClosedAt.IsZero() {
		now = o.ClosedAt.In(now.Location())
	}
	return max(0, int(day(now).Sub(day(o.Due))/(24*time.Hour)))
}

// PenaltySoFar is what the days late have cost, in hundredths of the currency, if the authority claims all of it.
func (o Order) PenaltySoFar(now time.Time) int64 { return int64(o.DaysLate(now)) * o.Penalty }

// day is the calendar day of t in its zone, as midnight UTC, so that days can be subtracted.
func day(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// PaperFiles asks for a paper as files.
type PaperFiles struct {
	Lang    string   // "en", "fr"
	Formats []string // of those that the paper has; empty: all
	Dir     string   // where files are written; existing files are never overwritten
}

// PaperWritten tells what was written.
type PaperWritten struct {
	Files   []string
	Gaps    []Gap // that the paper tells of
	ToWrite int   // places that a person must still fill in, in one language
}

// NoticeDue tells by when people must have been informed of a collection (art. 14(3)).
type NoticeDue struct {
	Collection engine.CollectionID
	Name       string
	First      time.Time // the first photos were collected then; zero: none so far
	Due        time.Time // last day, midnight UTC; zero as long as First is
	WrittenAt  time.Time // the notice was last written to a file then; zero: never. Publishing it is the operator's act
}

// Late reports whether the day has passed and no notice was written.
func (n NoticeDue) Late(now time.Time) bool {
	return !n.Due.IsZero() && n.WrittenAt.IsZero() && day(now).After(n.Due)
}
