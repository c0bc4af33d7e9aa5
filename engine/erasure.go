package engine

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// EraseReason says in one word why something is erased; it goes to the audit log.
type EraseReason string

// The reasons.
const (
	EraseRequest    EraseReason = "request"      // a person asked (GDPR art. 17)
	EraseOwn        EraseReason = "own-decision" // whoever answers for the vault decided so
	EraseRetention  EraseReason = "retention"    // kept long enough (art. 5(1)(e))
	EraseSource     EraseReason = "source"       // gone, closed or withdrawn where it came from
	EraseCollection EraseReason = "collection"   // the collection is given up
)

// EraseReasons lists them in the order they are offered.
func EraseReasons() []EraseReason {
	return []EraseReason{EraseRequest, EraseOwn, EraseRetention, EraseSource, EraseCollection}
}

// ErasureID names one erasure (a ULID).
type ErasureID string

// ErasureRequest says what is to be erased from the vault. Photos go whole. Faces take only that face out of
// its photo where the photo shows other people too, else the whole photo. A collection goes with all its photos,
// records of runs and failed items, and itself.
type ErasureRequest struct {
	Photos     []PhotoID
	Faces      []FaceID
	Collection CollectionID
	Reason     EraseReason
	Ref        string // number of the request that led to it; goes to the log, so: no names
	// Suppress refuses the same address and the same file when they are collected again. That goes for photos that stay without
	// a face too: their file, into another collection or once they are erased whole, would bring the face back. Where such a
	// photo is held, the same bytes from elsewhere are a further find of it, as before.
	Suppress bool
	Similar  bool // and files that look alike (perceptual hash); only by the person's recorded choice
	Cases    bool // take the finds out of the cases that list them, too
}

// PhotoErasure is what a plan says of one photo.
type PhotoErasure struct {
	Photo      PhotoID      `json:"photo"`
	Collection CollectionID `json:"-"`
	Faces      []FaceID     `json:"faces"` // that go; all of the photo's where Whole
	Was        []FaceID     `json:"-"`     // IDs that these had before they were found anew: cases may name them
	Whole      bool         `json:"whole"` // else the photo stays without these faces
	Finds      int          `json:"finds"` // places it was found at
	// Thumbnail replaces the photo's where it stays: the erased faces are made unrecognisable in it. Crops replace those of
	// faces that stay, where an erased face shows in them; a face without an entry keeps its own. A plan that is shown
	// leaves both nil.
	Thumbnail []byte            `json:"-"`
	Crops     map[FaceID][]byte `json:"-"`
}

// CaseMention is a case that lists something the plan erases. It is the person's own file on a letter sent or to be
// sent: it stays as it is unless the request says otherwise.
type CaseMention struct {
	Case  CaseID `json:"case"`
	Ref   string `json:"ref"`
	Items int    `json:"items"`
	Kept  bool   `json:"kept"`
}

// ErasureCounts counts what goes, by kind. Zeros are told too.
type ErasureCounts struct {
	Photos       int `json:"photos"`       // whole photos
	Partly       int `json:"partly"`       // photos that stay without some face
	Thumbnails   int `json:"thumbnails"`   // removed or made anew
	Crops        int `json:"crops"`        // of faces
	Templates    int `json:"templates"`    // and as many rows of the index
	Finds        int `json:"finds"`        // addresses and titles of where they were found
	Items        int `json:"items"`        // records of collected and failed items
	Runs         int `json:"runs"`         // records of collection runs
	Collections  int `json:"collections"`  //
	CaseItems    int `json:"case_items"`   // finds taken out of cases
	Keys         int `json:"keys"`         // destroyed
	Suppressions int `json:"suppressions"` // entries added to keep it from being collected again
}

// Add adds o to c.
func (c *ErasureCounts) Add(o ErasureCounts) {
	c.Photos += o.Photos
	c.Partly += o.Partly
	c.Thumbnails += o.Thumbnails
	c.Crops += o.Crops
	c.Templates += o.Templates
	c.Finds += o.Finds
	c.Items += o.Items
	c.Runs += o.Runs
	c.Collections += o.Collections
	c.CaseItems += o.CaseItems
	c.Keys += o.Keys
	c.Suppressions += o.Suppressions
}

// ErasurePlan is what an erasure would do, computed before anything is done (rights.PlanErasure) and shown.
//
// Of Expected, some can't be known before: Items counts one for each find of whole photos, Runs none, and Suppressions an entry
// for each address and file (and look) as if none were there yet. The store counts what it finds while it erases.
type ErasurePlan struct {
	Request  ErasureRequest
	Photos   []PhotoErasure
	Cases    []CaseMention
	Expected ErasureCounts
}

// Empty reports whether the plan erases nothing.
func (p ErasurePlan) Empty() bool { return len(p.Photos) == 0 && p.Request.Collection == "" }

// Faces lists the faces that leave the index.
func (p ErasurePlan) Faces() []FaceID {
	var all []FaceID
	for _, ph := range p.Photos {
		all = append(all, ph.Faces...)
	}
	return all
}

// Takes gives a test of whether the plan erases what an item of a case is about.
func (p ErasurePlan) Takes() func(CaseItem) bool {
	whole, faces := map[PhotoID]bool{}, map[FaceID]bool{}
	for _, ph := range p.Photos {
		whole[ph.Photo] = ph.Whole
		for _, f := range append(slices.Clone(ph.Faces), ph.Was...) {
			faces[f] = true
		}
	}
	return func(it CaseItem) bool { return whole[it.Photo] || faces[it.Face] }
}

// PurgeStats tells what removing the erased bytes from the vault's files took.
type PurgeStats struct {
	Rewritten int64         `json:"rewritten_bytes"` // bytes of the files that were written anew
	Freed     int64         `json:"freed_bytes"`     // by which the vault shrank
	Elapsed   time.Duration `json:"-"`
}

// ErasureStep tells how far an erasure has come.
type ErasureStep string

// The steps in their order.
const (
	EraseHide   ErasureStep = "hide"   // no search finds it any more
	EraseDelete ErasureStep = "delete" // its records go and its keys are destroyed
	ErasePurge  ErasureStep = "purge"  // its bytes are removed from the files
	EraseCheck  ErasureStep = "check"  // all is looked through for something left
)

// ErasureReport closes an erasure. It is given only after Check found nothing left.
type ErasureReport struct {
	ID      ErasureID
	At      time.Time
	Counts  ErasureCounts
	Purge   PurgeStats
	Check   ErasedCheck
	Cases   []CaseMention // that still list an erased find
	Elapsed time.Duration
}

// ErasedCheck is the proof that what was erased is gone. All of Left are zero, or something is wrong.
type ErasedCheck struct {
	Erasures int `json:"erasures"`      // noted so far
	Keys     int `json:"keys"`          // destroyed by them, and by Store.Retemplate until that is purged
	Records  int `json:"records"`       // stored records looked at, all versions the database still holds
	Live     int `json:"live_keys"`     // destroyed keys that are there again
	Left     int `json:"left_records"`  // records sealed under a destroyed key
	Indexed  int `json:"left_in_index"` // erased faces that a search would still compare or the saved index holds, and files of an older one
	Pending  int `json:"pending"`       // erasures, and runs that found faces anew, whose bytes have not been purged from the files yet
}

// Clean reports whether nothing erased is left.
func (c ErasedCheck) Clean() bool {
	return c.Live == 0 && c.Left == 0 && c.Indexed == 0 && c.Pending == 0
}

// Suspect is what is known of an item before it is collected, to be compared with what was erased.
// Zero fields are unknown and match nothing.
type Suspect struct {
	URL     string // address of the image
	SHA256  SHA256 // of the file's bytes
	PHash   uint64
	Decoded bool // PHash is set
}

// CanonicalURL gives one form to the spellings of a web address: scheme and host in lower case, no default port, no
// fragment, "/" as the least path. What is no web address comes back without spaces around it; "" stays "".
func CanonicalURL(raw string) string {
	raw = strings.TrimSpace(raw)
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return raw
	}
	u.Scheme, u.Host = strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	if port := u.Port(); port == "80" && u.Scheme == "http" || port == "443" && u.Scheme == "https" {
		u.Host = strings.TrimSuffix(u.Host, ":"+port)
	}
	u.Fragment, u.RawFragment = "", ""
	if u.Path == "" {
		u.Path = "/"
	}
	return u.String()
}

// SuppressionKind tells by what an item was recognised as erased.
type SuppressionKind string

// The kinds: keyed hashes of address and file, and, where the person chose it, the perceptual hash.
const (
	SuppressURL   SuppressionKind = "url"
	SuppressFile  SuppressionKind = "file"
	SuppressLooks SuppressionKind = "looks"
)

// SuppressionID names an entry of the suppression list (a ULID); it tells nothing of what is suppressed.
type SuppressionID string

// SuppressionCounts counts the entries of the suppression list and how often they refused something.
type SuppressionCounts struct {
	URLs  int `json:"urls"`
	Files int `json:"files"`
	Looks int `json:"looks"`
	Hits  int `json:"hits"`
}

// SuppressFor is how long a suppression entry is kept: three years (recital 64 forbids keeping data only to be able
// to react to requests; what is kept must be no more than restricting the erased data takes).
const SuppressFor = 3 * 365 * 24 * time.Hour

// LookAlike is the largest number of differing bits of two perceptual hashes for which files count as alike.
const LookAlike = 6
