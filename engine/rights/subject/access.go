package subject

import (
	"slices"
	"time"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// Dossier is all that is held about a person, as an access package tells it.
type Dossier struct {
	Request     matter.Request
	At          time.Time // state of the data
	Software    string
	Answering   matter.Answering
	Collections []engine.CollectionInfo // that hold a photo of Photos
	Photos      []engine.Photo          // confirmed
	Faces       map[engine.FaceID]bool  // confirmed, of Photos
	Templates   map[engine.FaceID]engine.Template
	Described   bool // templates are described, not delivered
	Groups      []GroupLink
	Decisions   []engine.GroupDecision // that name a confirmed face
	Judgements  []Judgement            // of users, about a confirmed face
	Cases       []CaseUse
	Checks      []Check
	Requests    []RequestUse
	Log         []engine.AuditEntry // that returned a confirmed face
	Frozen      map[engine.FaceID]bool
	Suppressed  int // entries that stand for an address, file or look of Photos
	Thumbnails  int // delivered
	Crops       int
	Unsure      int
	Near        Nearness
}

// Nearness says how near faces must be, for 15(1)(h).
type Nearness struct {
	Search, Possible, Review float64 // distances: the bound of a search, the farthest band, of the search for this request
}

// GroupLink says that a face is in one group with others.
type GroupLink struct {
	Face   engine.FaceID   `json:"face"`
	Size   int             `json:"faces_in_group"`
	Own    []engine.FaceID `json:"own_faces"` // the person's others in it
	Others int             `json:"other_faces"`
}

// Judgement is what a user of the vault said of a face as a match of a search.
type Judgement struct {
	Face   engine.FaceID  `json:"face"`
	Said   engine.Verdict `json:"said"`                 // that it shows the person searched for: yes, no, unsure
	With   int            `json:"together_with"`        // other faces of the person about whom something was said of the same person
	Probes int            `json:"photos_searched_with"` // whose keyed hashes are kept
}

// CaseUse is an item of one of the operator's own cases.
type CaseUse struct {
	Ref   string
	Item  engine.CaseItem
	State engine.CaseState
}

// Check is what a check of a photo's source found, as it is stored.
type Check struct {
	Photo engine.PhotoID `json:"photo"`
	Data  any            `json:"check"`
}

// RequestUse is a request about the same faces.
type RequestUse struct {
	Ref      string    `json:"ref"`
	Received time.Time `json:"received"`
	Rights   []string  `json:"rights"`
	Stage    string    `json:"stage"`
}

// Empty reports whether nothing was found about the person.
func (d Dossier) Empty() bool { return len(d.Photos) == 0 }

// Keys that explain a gap by themselves.
const (
	whyEmptyItem  = "the answer says nothing on this point"
	whyEmptyStore = "the vault holds none"
	whyMissing    = "the package lacks something that the vault holds"
	whyNew        = "faces have come since the candidates were reviewed: search again"
	whyUndecided  = "candidates are not decided yet"

	// Scanned is the reason that the program itself states for an empty store: a full scan found none.
	Scanned = "a full scan of every store found none"
	// NothingHeld is the reason for points of an answer about somebody of whom nothing is held.
	NothingHeld = "no data about the person were found"
	// Undelivered is the reason for templates that are described.
	Undelivered = "described instead of delivered, as the person prefers"
)

// Gaps tells what keeps an answer from being whole (B-04): points of art. 15(1) of which nothing is said, and stores that are empty or not delivered in
// full. scan is what a full scan of every store found, got what the package holds. A store is empty with a reason where the scan proves it; a point of
// 15(1) only where the operator states one. undecided and fresh count candidates without a verdict, and faces that a scan finds and nobody has reviewed.
func Gaps(d Dossier, scan, got matter.StoreCounts, undecided, fresh int) (gaps []matter.AccessGap) {
	reasons := d.Request.Reasons
	for _, item := range matter.AccessItems() {
		if !d.says(item) {
			g := matter.AccessGap{Key: string(item), Why: whyEmptyItem, Reason: reasons[string(item)]}
			if d.Empty() && g.Reason == "" && aboutData(item) {
				g.Reason = NothingHeld
			}
			gaps = append(gaps, g)
		}
	}
	for _, s := range matter.Stores() {
		switch {
		case got[s] != scan[s] && s == matter.StoreTemplates && d.Described:
			gaps = append(gaps, matter.AccessGap{Key: string(s), Why: whyMissing, Reason: Undelivered})
		case got[s] != scan[s]:
			gaps = append(gaps, matter.AccessGap{Key: string(s), Why: whyMissing, Fatal: true})
		case scan[s] == 0:
			reason := reasons[string(s)]
			if reason == "" {
				reason = Scanned
			}
			gaps = append(gaps, matter.AccessGap{Key: string(s), Why: whyEmptyStore, Reason: reason})
		}
	}
	if undecided > 0 {
		gaps = append(gaps, matter.AccessGap{Key: "candidates", Why: whyUndecided, Fatal: true})
	}
	if fresh > 0 {
		gaps = append(gaps, matter.AccessGap{Key: "candidates", Why: whyNew, Fatal: true})
	}
	return gaps
}

// aboutData reports whether a point is about data: of none nothing can be said.
func aboutData(item matter.AccessItem) bool {
	return slices.Contains([]matter.AccessItem{matter.ItemPurposes, matter.ItemRecipients, matter.ItemRetention, matter.ItemSources, matter.ItemCopy}, item)
}

// says reports whether the dossier has something to say on a point. Categories, rights and logic are told by the program itself.
func (d Dossier) says(item matter.AccessItem) bool {
	switch item {
	case matter.ItemPurposes, matter.ItemRetention:
		return len(d.Collections) > 0
	case matter.ItemRecipients:
		return len(d.Answering.Recipients) > 0
	case matter.ItemComplaint:
		return len(d.Answering.Authority) > 0
	case matter.ItemController:
		return len(d.Answering.Controller) > 0
	case matter.ItemSources, matter.ItemCopy:
		return !d.Empty()
	}
	return true
}

// Returns reports whether an entry of the log tells of a search or look that returned one of the faces (CJEU C-579/21).
func Returns(e engine.AuditEntry, faces map[engine.FaceID]bool) bool {
	return slices.ContainsFunc(e.Returned, func(f engine.FaceID) bool { return faces[f] })
}

// OldNames adds to a set of faces the IDs that they had before they were found anew: the log and cases name them so.
func OldNames(photos []engine.Photo, faces map[engine.FaceID]bool) map[engine.FaceID]bool {
	all := map[engine.FaceID]bool{}
	for f := range faces {
		all[f] = true
	}
	for _, p := range photos {
		for _, f := range p.Faces {
			if faces[f.ID] {
				for _, was := range f.Was {
					all[was] = true
				}
			}
		}
	}
	return all
}
