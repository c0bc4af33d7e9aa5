package engine

import "time"

// AuditAction names what an audit entry records.
type AuditAction string

// The actions recorded.
const (
	ActionVaultCreated    AuditAction = "vault_created"
	ActionCollectionAdded AuditAction = "collection_added"
	ActionRunStarted      AuditAction = "collect_started"
	ActionRunContinued    AuditAction = "collect_continued"
	ActionIngest          AuditAction = "ingest"
	ActionRetemplated     AuditAction = "retemplated" // faces of photos replaced by those found anew
	ActionRunFinished     AuditAction = "collect_finished"
	ActionSearch          AuditAction = "search"
	ActionCaseOpened      AuditAction = "case_opened"
	ActionLetterExported  AuditAction = "letter_exported"
	ActionCaseChanged     AuditAction = "case_changed"       // something happened in a case, or it was addressed anew
	ActionCasesExported   AuditAction = "cases_exported"     // as a table, a document or a calendar
	ActionUnlocked        AuditAction = "unlocked"           // opened by somebody
	ActionPassphrase      AuditAction = "passphrase_changed" // set, changed or taken away
	ActionKeyring         AuditAction = "keyring"            // the system's keyring opens the vault, or no longer
	ActionViewed          AuditAction = "viewed"             // found faces, or those of a group, were looked at closely
	ActionGrouped         AuditAction = "grouped"            // faces were grouped by person, and the groups shown
	ActionDecided         AuditAction = "groups_decided"     // groups were put together, or faces taken out of one
	ActionJudged          AuditAction = "judged"
	ActionErased          AuditAction = "erased"          // hidden, records deleted, keys destroyed
	ActionErasureChecked  AuditAction = "erasure_checked" // bytes purged from the files, nothing left
	ActionRestored        AuditAction = "restored"        // an old copy of the vault was found; erasures done again
	ActionLoss            AuditAction = "loss"            // entries that were in the log are gone
	ActionAuditExported   AuditAction = "audit_exported"
	ActionCompacted       AuditAction = "compacted"
	ActionProfile         AuditAction = "profile_changed" // of the controller
	ActionRecipient       AuditAction = "recipient_changed"
	ActionOrder           AuditAction = "order_changed"     // of an authority
	ActionPaper           AuditAction = "paper_written"     // records of processing, an impact assessment, a notice, a file for the authority
	ActionHidden          AuditAction = "hidden"            // photos, or faces of them, are kept out of every search
	ActionShown           AuditAction = "shown"             // and no longer
	ActionSourceChecked   AuditAction = "source_checked"    // addresses were asked whether what was collected is still there
	ActionContacts        AuditAction = "contacts_changed"  // entries of the address book, or an imported directory
	ActionRetention       AuditAction = "retention_applied" // what was kept long enough was looked for

	ActionSearchRefused     AuditAction = "search_refused" // it had no purpose
	ActionRequestRegistered AuditAction = "request_registered"
	ActionRequestChanged    AuditAction = "request_changed"  // a portrait, doubts, a reason; the detail says which
	ActionRequestSearched   AuditAction = "request_searched" // all stores, for a subject request
	ActionRequestReviewed   AuditAction = "request_reviewed" // candidates were decided
	ActionRestricted        AuditAction = "restricted"       // faces were hidden from searches, or are shown again
	ActionPackageWritten    AuditAction = "package_written"
	ActionRequestAnswered   AuditAction = "request_answered"
	ActionRequestExtended   AuditAction = "request_extended"
	ActionRequestRefused    AuditAction = "request_refused"
	ActionCertificate       AuditAction = "certificate_issued"
	ActionRecipientNotified AuditAction = "recipient_notified"
	ActionRequestClosed     AuditAction = "request_closed"
)

// AuditEntry is one line of the audit log. It never holds a name, address, image or template: objects
// are named by their IDs, numbers are counts. Purpose is what the user stated for a search or collection.
//
// The bytes of its JSON are a leaf of the log's Merkle tree, so the order of fields is part of the format: new ones are
// added at the end, with omitempty.
type AuditEntry struct {
	Seq     uint64            `json:"seq"` // from 1, without gaps
	At      time.Time         `json:"at"`
	Action  AuditAction       `json:"action"`
	Purpose string            `json:"purpose,omitempty"`
	Objects []string          `json:"objects,omitempty"` // IDs of collections, runs, cases
	Counts  map[string]int    `json:"counts,omitempty"`
	Detail  map[string]string `json:"detail,omitempty"` // fixed words only: right, language, format
	// Returned lists the faces a search showed, so that a person can be told who looked at them (CJEU C-579/21). After an
	// erasure the IDs are numbers without meaning.
	Returned []FaceID `json:"returned,omitempty"`
	Actor    string   `json:"actor,omitempty"`    // keyed hash of the system's user name
	Software string   `json:"software,omitempty"` // version of the program
	Prev     string   `json:"prev,omitempty"`     // hex leaf hash of the entry before
}

// AuditDamage says in one word what is wrong with a log.
type AuditDamage string

// What can be wrong with a log.
const (
	AuditAltered   AuditDamage = "altered"   // an entry is not what it was
	AuditMissing   AuditDamage = "missing"   // an entry was dropped
	AuditReordered AuditDamage = "reordered" // entries changed places
	AuditCutOff    AuditDamage = "cut_off"   // entries at the end are gone
	AuditReplaced  AuditDamage = "replaced"  // the log is not the one a checkpoint was made of
	AuditSignature AuditDamage = "signature" // a checkpoint's signature is wrong
	AuditUnread    AuditDamage = "unread"    // what should be an entry is none
)

// AuditProblem is one thing wrong with a log, and where: the sequence number of the first entry concerned, 0 for the whole.
type AuditProblem struct {
	Seq    uint64      `json:"seq"`
	Damage AuditDamage `json:"damage"`
	Detail string      `json:"detail,omitempty"` // for developers
}

// AuditReport is what checking a log found. Key is the public key that its checkpoints are signed with, in the form
// of golang.org/x/mod/sumdb/note; who keeps the checkpoint elsewhere can later prove that the log was not replaced.
type AuditReport struct {
	Entries    uint64         `json:"entries"`
	Root       string         `json:"root"` // hex, RFC 6962
	Checkpoint string         `json:"checkpoint"`
	Key        string         `json:"key"`
	Problems   []AuditProblem `json:"problems"`
}

// Intact reports whether nothing was wrong.
func (r AuditReport) Intact() bool { return len(r.Problems) == 0 }

// SearchRecord is what is kept of a search. The probe itself is not kept: the store turns ProbeHash into a
// keyed hash, so that nobody can guess by trying photos.
type SearchRecord struct {
	Purpose     string
	ProbeHash   SHA256
	ProbeFaces  int            // faces searched
	Drawn       int            // of them drawn by a person
	Searched    int            // faces of the index compared
	Matches     int            // matches returned
	Strong      int            // of them in the strong band
	Collections []CollectionID // filter; empty: all
	Returned    []FaceID       // the matches
}
