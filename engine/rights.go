package engine

import (
	"encoding/json"
	"time"
)

// CaseID names a case (a ULID).
type CaseID string

// Right is a right of the person under the GDPR.
type Right string

// The rights that letters can be written for.
const (
	RightErasure Right = "erasure" // art. 17
)

// CaseState tells where an outgoing matter stands.
type CaseState string

// The states used so far.
const (
	CaseDraft    CaseState = "draft"
	CaseExported CaseState = "exported" // a letter was written to a file; sending it is the user's act
)

// CaseItem is one find that a case is about.
type CaseItem struct {
	Face        FaceID
	Photo       PhotoID
	Source      Provenance
	SHA256      SHA256
	FoundAt     time.Time // when the search returned it
	CollectedAt time.Time
}

// Case is one outgoing matter: one site, its items, the letters written.
type Case struct {
	ID        CaseID
	Ref       string // "2026-ERA-0007", unique in the vault
	Site      string // registrable host the items were found on; "" for local files
	Items     []CaseItem
	State     CaseState
	CreatedAt time.Time
	Letters   []LetterRecord

	// Course tells how the matter goes on: its controller, what was sent and answered, and when (engine/matter.Course as JSON).
	Course json.RawMessage `json:",omitempty"`
}

// LetterRecord notes that a letter was exported.
type LetterRecord struct {
	Right   Right
	Lang    string
	Formats []string
	At      time.Time
}
