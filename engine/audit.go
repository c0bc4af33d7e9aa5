package engine

import "time"

// AuditAction names what an audit entry records.
type AuditAction string

// The actions recorded so far.
const (
	ActionVaultCreated    AuditAction = "vault_created"
	ActionCollectionAdded AuditAction = "collection_added"
	ActionRunStarted      AuditAction = "collect_started"
	ActionRunContinued    AuditAction = "collect_continued"
	ActionIngest          AuditAction = "ingest"
	ActionRunFinished     AuditAction = "collect_finished"
	ActionSearch          AuditAction = "search"
	ActionCaseOpened      AuditAction = "case_opened"
	ActionLetterExported  AuditAction = "letter_exported"
)

// AuditEntry is one line of the audit log. It never holds a name, address, image or template: objects
// are named by their IDs, numbers are counts. Purpose is what the user stated for a search or collection.
type AuditEntry struct {
	Seq     uint64            `json:"seq"` // from 1, without gaps
	At      time.Time         `json:"at"`
	Action  AuditAction       `json:"action"`
	Purpose string            `json:"purpose,omitempty"`
	Objects []string          `json:"objects,omitempty"` // IDs of collections, runs, cases
	Counts  map[string]int    `json:"counts,omitempty"`
	Detail  map[string]string `json:"detail,omitempty"` // fixed words only: right, language, format
}

// SearchRecord is what is kept of a search. The probe itself is not kept: the store turns ProbeHash into a
// keyed hash, so that nobody can guess by trying photos.
type SearchRecord struct {
	Purpose     string
	ProbeHash   SHA256
	ProbeFaces  int            // faces searched
	Searched    int            // faces of the index compared
	Matches     int            // matches returned
	Strong      int            // of them in the strong band
	Collections []CollectionID // filter; empty: all
}
