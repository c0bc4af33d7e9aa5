package matter

import "time"

// Controller is who answers for a site or an index, and how to reach them: an entry of the user's address book, or one of an imported
// directory.
type Controller struct {
	ID        string   `json:"id,omitempty"`   // of the document, for the user's own
	Slug      string   `json:"slug,omitempty"` // of the directory's record, also on the user's copy of it
	Name      string   `json:"name"`
	Address   string   `json:"address,omitempty"` // lines
	Email     string   `json:"email,omitempty"`
	Web       string   `json:"web,omitempty"` // as written, not always an address that can be opened
	Webform   string   `json:"webform,omitempty"`
	Rep       string   `json:"representative,omitempty"` // under art. 27
	Domains   []string `json:"domains,omitempty"`        // registrable domains that the user knows to be theirs
	Runs      []string `json:"runs,omitempty"`           // other services, free text
	Audience  []string `json:"countries,omitempty"`      // whom it serves, "all" or ISO 3166-1; not its seat, not the law that binds it
	Lang      string   `json:"language,omitempty"`       // in which it asks to be written to
	Quality   string   `json:"quality,omitempty"`        // "tested", "verified", "imported", "scraped"
	Medium    string   `json:"medium,omitempty"`         // that is suggested: "email", "webform", "letter"
	NeedsID   bool     `json:"needs_id,omitempty"`       // it is said to ask for an identity document
	Biometric bool     `json:"biometric,omitempty"`      // it runs a face search or index
	Comments  []string `json:"comments,omitempty"`
	Sources   []string `json:"sources,omitempty"` // where the directory has it from

	Origin Origin    `json:"origin"`
	Source string    `json:"source,omitempty"` // of the address: the directory's name and state, or where the user read it
	At     time.Time `json:"at"`               // when it was imported, or last changed by the user
}

// Origin tells whose an entry is.
type Origin string

// The origins.
const (
	OriginOwn      Origin = "own"      // the user's: an import never changes it
	OriginImported Origin = "imported" // from a directory: replaced by the next import
)

// Candidate is a controller that may be the one of an address. There is no best one: the user chooses.
type Candidate struct {
	Controller Controller
	Weight     int      // 110 and less: how directly the address leads to it
	Why        string   // English phrase of the translations
	Warnings   []string // English phrases of the translations
}

// DirectoryReport tells what an import brought.
type DirectoryReport struct {
	Controllers int
	Redirected  int      // old names that lead to a record
	Warnings    []Remark // records that were taken although something is odd
	Failed      []Remark // files and records that were not taken
	Kept        int      // entries of the user that the import left alone although it has them too
	Source      string
}

// Remark is one thing said of a file or record of an import.
type Remark struct {
	Item   string
	Reason string // English phrase of the translations
}
