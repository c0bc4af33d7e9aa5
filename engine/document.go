package engine

import "time"

// DocumentKind says what a document is about. A store knows these only.
type DocumentKind string

// The kinds of documents, see engine/matter.
const (
	DocumentRequest  DocumentKind = "request"  // a subject request
	DocumentPortrait DocumentKind = "portrait" // a photo that came with one: erased at its end
	DocumentContact  DocumentKind = "contact"  // an entry of the address book
	DocumentPaper    DocumentKind = "paper"    // of the operator: who the controller is, recipients, orders of authorities
	DocumentFile     DocumentKind = "file"     // bytes attached to a case or request: evidence, an answer
	DocumentCheck    DocumentKind = "check"    // by the ID of a photo: what checks of its source have found; goes with the photo
	DocumentUpkeep   DocumentKind = "upkeep"   // by the ID of a collection, or the zero ID: what retention and checks of sources last did; goes with the collection
	DocumentHidden   DocumentKind = "hidden"   // by the ID of a photo: why it, or faces of it, are kept out of every search; goes with the photo
	DocumentPerson   DocumentKind = "person"   // what the user said of matches of one person
)

// DocumentKinds lists them.
func DocumentKinds() []DocumentKind {
	return []DocumentKind{DocumentRequest, DocumentPortrait, DocumentContact, DocumentPaper, DocumentFile, DocumentCheck, DocumentHidden, DocumentUpkeep, DocumentPerson}
}

// MaxDocument is the largest document in bytes.
const MaxDocument = 8 << 20

// DocumentTx is a change of documents under way: all of it is stored, durably and with its log entries, or nothing. It is good inside the
// function it is given to, for one goroutine.
type DocumentTx interface {
	// NewID gives a fresh ID, later in order than those before.
	NewID() string
	// Now is the store's clock.
	Now() time.Time
	// Get gives a document; CodeNotFound.
	Get(kind DocumentKind, id string) ([]byte, error)
	// Put stores a document, also in the place of one; what was there before leaves the files when the document is deleted. id is from NewID or that of a photo or case;
	// CodeInvalid: it is no ID, the kind is unknown or the document too large. CodeNotFound: it is to be about a photo that is not there.
	Put(kind DocumentKind, id string, data []byte) error
	// Delete erases a document: it can't be read any more when the change is done, and its bytes leave the files with the next
	// Purge, see Store. What is not there is passed over.
	Delete(kind DocumentKind, id string) error
	// Log adds an entry to the audit log. A change without an entry is refused (CodeInvalid).
	Log(e AuditEntry) error
}
