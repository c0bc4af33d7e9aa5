package matter

import (
	"time"

	"gabarit/engine"
)

// StoreName names a place of the vault where something about a person may lie. Packages and certificates count each, zeros too.
type StoreName string

// The stores.
const (
	StorePhotos       StoreName = "photos"       // records of photos: source, titles, dates, place, size, hashes
	StoreFinds        StoreName = "finds"        // addresses and files where they were found
	StoreThumbnails   StoreName = "thumbnails"   // small pictures of the whole photo
	StoreFaces        StoreName = "faces"        // boxes, qualities, models
	StoreCrops        StoreName = "crops"        // pictures of the face
	StoreTemplates    StoreName = "templates"    // and as many rows of the index, unless they are frozen
	StoreGroups       StoreName = "groups"       // links to other faces of the same person
	StoreDecisions    StoreName = "decisions"    // of the operator about such groups, and what users said of matches
	StoreCases        StoreName = "cases"        // items of the operator's own cases
	StoreChecks       StoreName = "checks"       // of the photo's source
	StoreRequests     StoreName = "requests"     // this and earlier ones
	StoreLog          StoreName = "log"          // searches and looks that returned the person
	StoreSuppressions StoreName = "suppressions" // entries that refuse the same address, file or look
)

// Stores lists them in the order they are told.
func Stores() []StoreName {
	return []StoreName{StorePhotos, StoreFinds, StoreThumbnails, StoreFaces, StoreCrops, StoreTemplates, StoreGroups, StoreDecisions, StoreCases, StoreChecks, StoreRequests,
		StoreLog, StoreSuppressions}
}

// StoreCounts counts by store.
type StoreCounts map[StoreName]int

// AccessItem is a point of art. 15(1) that an answer has to treat.
type AccessItem string

// The points, with 15(3), the copy, and 14(1), who the controller is and on which basis.
const (
	ItemPurposes   AccessItem = "15(1)(a)"
	ItemCategories AccessItem = "15(1)(b)"
	ItemRecipients AccessItem = "15(1)(c)"
	ItemRetention  AccessItem = "15(1)(d)"
	ItemRights     AccessItem = "15(1)(e)"
	ItemComplaint  AccessItem = "15(1)(f)"
	ItemSources    AccessItem = "15(1)(g)"
	ItemLogic      AccessItem = "15(1)(h)"
	ItemCopy       AccessItem = "15(3)"
	ItemController AccessItem = "14(1)"
)

// AccessItems lists them.
func AccessItems() []AccessItem {
	return []AccessItem{ItemPurposes, ItemCategories, ItemRecipients, ItemRetention, ItemRights, ItemComplaint, ItemSources, ItemLogic, ItemCopy, ItemController}
}

// Gap is a thing that keeps an access answer from being whole. Key is that of Request.Reasons which would explain it.
type AccessGap struct {
	Key    string `json:"key"`    // an AccessItem or StoreName
	Why    string `json:"why"`    // English, a key of the translations
	Reason string `json:"reason"` // as stated; "": it keeps the request from being closed
	// Fatal: no reason explains it, as the package lacks something that is held.
	Fatal bool `json:"fatal,omitempty"`
}

// Explained reports whether the gap is stated with its reason.
func (g AccessGap) Explained() bool { return !g.Fatal && g.Reason != "" }

// Access is what an access package says, before it is written.
type Access struct {
	Scan    StoreCounts // what a full scan of every store found
	Package StoreCounts // what the package holds
	Gaps    []AccessGap
	Unsure  int // candidates that nobody could decide: not sent, but said
}

// Complete reports whether nothing keeps the request from being closed.
func (a Access) Complete() bool {
	for _, g := range a.Gaps {
		if !g.Explained() {
			return false
		}
	}
	return true
}

// AccessOrder asks for an access package.
type AccessOrder struct {
	Dir        string // where the folder, and the sealed file if one is asked for, are written; nothing is overwritten
	Passphrase string // seals a zip; or
	Recipient  string // an age X25519 recipient ("age1...") does
	// Describe: templates are described, not delivered, as the person prefers.
	Describe bool
}

// PackageRecord says that a package was written.
type PackageRecord struct {
	At       time.Time   `json:"at"`
	Manifest string      `json:"manifest"` // SHA-256 of manifest.json, hex
	Counts   StoreCounts `json:"counts"`
	Scan     StoreCounts `json:"scan"`
	Sealed   string      `json:"sealed,omitempty"` // "passphrase", "recipient"
	Gaps     []AccessGap `json:"gaps,omitempty"`
	Folder   string      `json:"-"`
	File     string      `json:"-"` // the sealed zip; "": none
}

// Manifest lists the files of a package: manifest.json in it. Its signature is manifest.sig.
type Manifest struct {
	Format    string         `json:"format"` // "gabarit-access"
	Version   int            `json:"version"`
	Ref       string         `json:"ref"`
	At        time.Time      `json:"at"`
	Software  string         `json:"software"`
	State     time.Time      `json:"state_of_data"`
	Key       string         `json:"key"`         // that checks the signature
	KeyPrint  string         `json:"fingerprint"` // SHA-256 of the public key, hex
	Files     []ManifestFile `json:"files"`
	Counts    StoreCounts    `json:"counts"` // in this package
	Scan      StoreCounts    `json:"scan"`   // found by a full scan of every store
	Gaps      []AccessGap    `json:"gaps"`
	Templates string         `json:"templates"` // "delivered" or "described"
}

// ManifestFile is one file of a package.
type ManifestFile struct {
	Path   string    `json:"path"` // with slashes
	SHA256 string    `json:"sha256"`
	Size   int64     `json:"size"`
	Store  StoreName `json:"store,omitempty"` // whose records it holds, one each file or Records
	Count  int       `json:"count,omitempty"` // of records
}

// PackageKey opens a sealed package: one of both.
type PackageKey struct {
	Passphrase string
	Identity   string // text of an age key file ("AGE-SECRET-KEY-1...")
}

// PackageCheck is what checking a package found.
type PackageCheck struct {
	Manifest    Manifest `json:"manifest"`
	Files       int      `json:"files"`       // checked
	Fingerprint string   `json:"fingerprint"` // of the key that signed
	Signed      bool     `json:"signed"`
	Problems    []string `json:"problems"` // English
}

// Sound reports whether nothing is wrong with it.
func (c PackageCheck) Sound() bool { return c.Signed && len(c.Problems) == 0 }

// Answering says who answers for the vault, as packages and certificates tell it. Empty fields are gaps, and told as such.
type Answering struct {
	Controller     []string // name, address, contact: one line each
	Representative []string // art. 27
	DPO            []string
	Joint          []string
	Authority      []string // that people can complain to
	Gaps           []string // what is lacking, in words of the translations
	Country        string   // of the controller, ISO 3166: its holidays count; "": unknown
	Recipients     []Disclosure
}

// Disclosure is somebody who was given data, for packages and notices.
type Disclosure struct {
	ID         string    `json:"id"`
	Name       string    `json:"name"`
	Address    string    `json:"address,omitempty"`
	Country    string    `json:"country,omitempty"`
	Third      bool      `json:"third_country"`
	Processor  bool      `json:"processor"`
	What       string    `json:"what"`
	Purpose    string    `json:"purpose"`
	Safeguards string    `json:"safeguards,omitempty"`
	Since      time.Time `json:"since,omitzero"` // the first disclosure; zero: there was none
	Until      time.Time `json:"until,omitzero"` // nothing was disclosed after it; zero: it goes on
}

// Had reports whether data held since an instant can have been disclosed to the recipient: art. 19 wants those told to whom they were.
func (d Disclosure) Had(since time.Time) bool {
	return !d.Since.IsZero() && (d.Until.IsZero() || d.Until.After(since))
}

// ErasureChoice is what the person chose of what keeps their data from being collected again. Address and file (A, B) are refused always; a template
// kept as a block list (D) is not offered: it would take a template of everybody collected to compare with.
type ErasureChoice struct {
	Looks  bool   // C: files that look alike, too (engine.ErasureRequest.Similar)
	Chosen string // how the person chose it, for the record; required for C
	Cases  bool   // take the finds out of the operator's own cases, too
	Whole  bool   // group photos go whole, not only the person's face in them
}

// SubjectPlan is what erasing would do, and what keeps it from being done.
type SubjectPlan struct {
	Plan    engine.ErasurePlan
	Choice  ErasureChoice
	Blocked string // English, a key of the translations; "": it can be done
	Unsure  int    // candidates that stay because nobody could decide
}

// SubjectErasure is what was erased, for the certificate.
type SubjectErasure struct {
	ID         engine.ErasureID         `json:"id"`
	At         time.Time                `json:"at"`
	Counts     engine.ErasureCounts     `json:"counts"`
	Check      engine.ErasedCheck       `json:"check"`
	Choice     ErasureChoice            `json:"choice"`
	Scan       int                      `json:"scan_left"`           // faces and photos of the plan that a full scan still finds: 0
	Distance   float64                  `json:"distance"`            // of the search with every portrait afterwards
	Searched   int                      `json:"searched"`            // faces compared by it
	Hits       int                      `json:"hits"`                // of it that were not decided to be somebody else: 0
	Rejected   int                      `json:"rejected"`            // look-alikes that reviewers had told apart
	Portraits  int                      `json:"portraits"`           // searched with
	Unsearched bool                     `json:"unsearched"`          // there was no portrait to search with
	Since      time.Time                `json:"held_since,omitzero"` // when the first of the photos was collected
	Notices    []Notice                 `json:"notices"`
	Suppressed engine.SuppressionCounts `json:"suppressed"` // entries of the whole list afterwards
	Cases      int                      `json:"cases"`      // of the operator's own that still list a find
	Finished   bool                     `json:"finished"`   // bytes are purged and checked; false: it goes on in the background
}

// NoticeText is a notice with its text.
type NoticeText struct {
	Notice
	Text string
}

// Notice tells a recipient that data were erased (art. 19).
type Notice struct {
	Recipient string    `json:"recipient"` // ID
	Name      string    `json:"name"`
	At        time.Time `json:"at"` // produced
	Sent      time.Time `json:"sent,omitzero"`
	// Needless says why none is sent: nothing of the person's data was disclosed to the recipient, or telling it is impossible or takes a disproportionate effort.
	Needless string `json:"needless,omitempty"`
}

// Open reports whether the notice is still to be sent.
func (n Notice) Open() bool { return n.Sent.IsZero() && n.Needless == "" }
