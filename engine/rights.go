package engine

import (
	"encoding/json"
	"time"
)

// CaseID names a case (a ULID).
type CaseID string

// Right is a right of the person, or what follows where it is not answered.
type Right string

// The rights that letters can be written for.
const (
	RightAccess      Right = "access"      // art. 15, with the information of art. 14
	RightErasure     Right = "erasure"     // art. 17
	RightObjection   Right = "objection"   // art. 21(1)
	RightRestriction Right = "restriction" // art. 18
	RightDelisting   Right = "delisting"   // art. 17 and 21(1), to a search engine
	RightReminder    Right = "reminder"    // after the period of a request
	RightComplaint   Right = "complaint"   // art. 77, to the authority
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
	Confirmed   Verdict // only items confirmed enter a letter
}

// Case is one outgoing matter: one site, its items, the letters written.
type Case struct {
	ID        CaseID
	Ref       string // "2026-CAS-0007", unique in the vault; its letters bear matter.LetterRef
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
	Regime  string // engine/matter.Regime
}
