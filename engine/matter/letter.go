package matter

import (
	"time"

	"gabarit/engine"
)

// LetterFields is what a person fills in. Names, addresses and dates are used in the letter only.
type LetterFields struct {
	SenderName        string
	SenderAddress     string // postal address or e-mail: one reply channel is enough
	ReplyChannel      string // e-mail or postal address for the answer; empty: SenderAddress
	ControllerName    string // legal name, or words such as "the operator of example.org"
	ControllerAddress string
	ForDPO            bool // for the attention of the data protection officer
	Place             string
	Date              time.Time
	Biometric         bool     // the addressee computes templates (a face search or index)
	Site              bool     // the addressee is a site that shows the photo
	ObjectionReasons  string   // where set, the letter also objects under art. 21(1)
	Grounds           []string // of art. 17(1): "a", "b", "c", "d", "f"; empty: "d"
	Thumbnails        bool     // add face thumbnails (other people blurred) to the annex
}

// LetterRequest asks for one letter.
type LetterRequest struct {
	Case    engine.CaseID
	Right   engine.Right
	Lang    string   // "en", "fr"
	Formats []string // "pdf", "txt"
	Dir     string   // where files are written; existing files are never overwritten
	Fields  LetterFields
}

// AnnexItem is one row of a letter's annex.
type AnnexItem struct {
	No        int
	Source    engine.Provenance
	SHA256    engine.SHA256
	FoundAt   time.Time
	Thumbnail []byte // JPEG with everything but the one face blurred; nil: none
}

// LetterDoc is a composed letter, the one content that every format renders.
type LetterDoc struct {
	Lang      string
	Date      time.Time // the letter's date; formats that carry a creation date use it
	Title     string    // for the document's properties
	Sender    []string
	Addressee []string
	PlaceDate string
	Reference string
	Subject   string
	Body      []LetterBlock
	Signature string
	AnnexHead string
	AnnexNote string   // what was hashed, and that other faces were blurred
	GlyphNote string   // printed where a format can't show a character of the content
	Columns   []string // heads of the annex's columns
	Annex     []AnnexItem
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
