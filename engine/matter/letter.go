package matter

import (
	"time"

	"gabarit/engine"
)

// LetterFields is what a letter is filled with. Names, addresses and dates are used in the letter only. A letter takes what it needs of
// them; which that is depends on right and regime.
type LetterFields struct {
	SenderName     string
	SenderAddress  string // postal address or e-mail: one reply channel is enough
	ReplyChannel   string // e-mail or postal address for the answer; empty: SenderAddress
	Represented    string // the person the sender writes for; "": the sender
	Parent         bool   // Represented is a child of the sender (else: a written mandate)
	AuthorityProof string // name of the attached proof that the sender may act for Represented

	ControllerName    string // legal name, or words such as "the operator of example.org"
	ControllerAddress string
	ControllerEmail   string
	ControllerWeb     string
	ControllerRep     string // representative under art. 27; "": none found
	ForDPO            bool   // for the attention of the data protection officer
	Biometric         bool   // the addressee computes templates (a face search or index)
	Site              bool   // the addressee is a site that shows the photo

	Place            string
	Date             time.Time
	ObjectionReasons string   // where set, an erasure letter also objects under art. 21(1)
	Grounds          []string // of art. 17(1): "a", "b", "c", "d", "f"; empty: "d"
	Restriction      string   // point of art. 18(1): "a" to "d"
	Marketing        bool     // the data are also used for direct marketing
	Thumbnails       bool     // add face thumbnails (other people blurred) to the annex
	NoItems          bool     // leave the list of items out
	Portrait         string   // name of the attached portrait; only for an addressee that runs a face search
	AccessFirst      bool     // access and erasure are asked together: access is to be answered first
	AccessDate       time.Time
	AccessRef        string // empty: the case's reference
	Delisting        Delisting
	FollowUp         FollowUp
}

// Delisting is what a search engine is asked to stop showing: the case's items, for searches made with names.
type Delisting struct {
	Names   string // the searches, as typed
	Country string // version of the search engine, "google.fr"
}

// FollowUp is what a reminder and a complaint tell of the request before them.
type FollowUp struct {
	Right         engine.Right // that was exercised
	RequestDate   time.Time
	Channel       string // how it was sent, in the letter's language
	ReceivedDate  time.Time
	ReceivedKnown bool // else estimated
	DueDate       time.Time

	NoAnswer        bool
	ExtensionDate   time.Time // of a notice that the controller takes more time
	ExtensionInTime bool
	NoReasons       bool      // it gives none, and would have to
	NoUntil         bool      // it does not say until when, and would have to (Swiss law)
	AnswerDate      time.Time // of a partial answer or refusal
	MissingList     string    // what a partial answer lacks
	CapText         string    // the limit it is kept within, "the last twelve months"
	RefusalReason   string
	RefusalRule     string    // the rule that does not cover it, "Article 12(5)"
	LastChecked     time.Time // items were still online then
	StillOnline     string    // their numbers, "1, 3"
	GraceDate       time.Time // courtesy date of a reminder

	// Of a complaint.
	AuthorityName    string
	AuthorityAddress string
	SenderEmail      string
	Residence        string // country
	Facts            string
	Chronology       string   // a line for each step: date – step – channel – proof
	Reminded         bool     // a reminder was sent
	Established      bool     // the controller is established where the law applies, and needs no representative
	ToController     bool     // the person complained to the controller itself, as UK law asks first
	Infringed        []string // keys of rights.Provisions
	Court            string   // proceedings that are pending; "": none
	NoDisclosure     bool     // the authority is not to name the person to the controller
}

// LetterRequest asks for one letter.
type LetterRequest struct {
	Case    engine.CaseID
	Right   engine.Right
	Regime  Regime   // "": RegimeEU
	Lang    string   // "en", "fr"; "de" and "it" as outlines
	Formats []string // "pdf", "docx", "odt", "eml", "txt", "mailto"
	Dir     string   // where files are written; existing files are never overwritten
	Fields  LetterFields
	Edit    LetterEdit
	Files   LetterFiles

	AccessAnswered bool              // the access request of the case was answered: erasure no longer waits for it
	Gaps           map[string]string // previews only: what stands for a field that is still empty, by the field's name
}

// About is the right that a letter is about: the one it exercises, or for a reminder or complaint the one that was exercised.
func (r LetterRequest) About() engine.Right {
	if r.Right == engine.RightReminder || r.Right == engine.RightComplaint {
		return r.Fields.FollowUp.Right
	}
	return r.Right
}

// LetterFiles are paths of what goes with a letter. An e-mail carries them; with other formats the user sends them along.
type LetterFiles struct {
	Portrait string // re-encoded without metadata
	Proof    string // of the authority to act for somebody
}

// LetterEdit is the body of a letter as the user changed it: paragraphs separated by empty lines.
type LetterEdit struct {
	Base string // the body that was changed, as the program wrote it
	Text string // "": not changed
}

// LetterDraft is a letter for the screen.
type LetterDraft struct {
	Text  string       // the whole letter as plain text
	Head  string       // what stands above the body, as plain text
	Tail  string       // what stands below it
	Base  string       // the body as the program wrote it
	Body  string       // the body with the user's changes
	Parts []LetterPart // the paragraphs of Body
	Notes []string     // what is to be known beside the letter, English phrases of the translations
	To    string       // the mail address that it goes to; "": none is known
	Mail  string       // a mailto: link, where one holds the letter with all that goes with it
}

// LetterPart is a paragraph of an edited body.
type LetterPart struct {
	Text    string
	Changed bool // by the user
	Clash   bool // and the program's text changed too since: the user's stands
}

// AnnexItem is one find as a letter is composed of it.
type AnnexItem struct {
	No        int
	Source    engine.Provenance
	SHA256    engine.SHA256
	FoundAt   time.Time
	Confirmed engine.Verdict // only those confirmed enter a letter
	Thumbnail []byte         // JPEG with everything but the one face blurred; nil: none
}

// LetterDoc is a composed letter, the one content that every format renders.
type LetterDoc struct {
	Lang       string
	Regime     Regime
	Date       time.Time // the letter's date; formats that carry a creation date use it
	Title      string    // for the document's properties
	Outline    string    // the first line of a letter that is an outline only; "" for a complete one
	Sender     []string
	Addressee  []string
	PlaceDate  string
	Reference  string
	Subject    string
	Body       []LetterBlock
	Signature  string
	Enclosures []string // what goes with the letter, a line each
	AnnexHead  string
	AnnexNote  string // what was hashed, and that other faces were blurred
	GlyphNote  string // printed where a format can't show a character of the content
	LabelEnd   string // ends the label of a row, ":"
	Annex      []LetterItem

	From, To string // e-mail addresses, where known
	MailHead string // subject of an e-mail: Subject without the word "Subject"
	Files    []LetterFile
}

// LetterItem is a row of the annex: labelled values.
type LetterItem struct {
	No        int
	Rows      []LetterRow
	Thumbnail []byte // JPEG; nil: none
	Alt       string // says what the thumbnail shows, for who can't see it
}

// LetterRow is one labelled value.
type LetterRow struct {
	Label string
	Value string
	Kind  RowKind
	Link  string // what a click opens, in ASCII; "": nothing
}

// RowKind tells how the value of a row is set.
type RowKind int

// The kinds of row.
const (
	RowWords   RowKind = iota
	RowAddress         // never broken in text
	RowHash
)

// LetterFile goes with an e-mail.
type LetterFile struct {
	Name string
	Type string // media type
	Data []byte
}

// LetterBlock is a paragraph or a list entry of a letter.
type LetterBlock struct {
	Kind   BlockKind
	Marker string // for list entries: "1." or "–"
	Text   string
}

// BlockKind tells how a block is set.
type BlockKind int

// The kinds of block.
const (
	BlockParagraph BlockKind = iota
	BlockListItem
)
