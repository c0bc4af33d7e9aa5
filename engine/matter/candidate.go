package matter

import (
	"slices"
	"time"

	"gabarit/engine"
)

// FoundBy says by what a candidate was found.
type FoundBy string

// The ways to find candidates.
const (
	FoundPortrait FoundBy = "portrait" // near one of the portraits
	FoundURL      FoundBy = "url"      // found at an address that the person named
	FoundFile     FoundBy = "file"     // the very file that the person sent
	FoundLooks    FoundBy = "looks"    // its perceptual hash is near that of a photo the person sent
	FoundGroup    FoundBy = "group"    // in one group with a face that was found otherwise
)

// Decision is what a reviewer says of a candidate.
type Decision string

// The decisions.
const (
	DecidedYes    Decision = "yes"
	DecidedNo     Decision = "no"
	DecidedUnsure Decision = "unsure"
)

// Decisions lists them.
func Decisions() []Decision { return []Decision{DecidedYes, DecidedNo, DecidedUnsure} }

// Verdict is what the reviews of a candidate come to.
type Verdict string

// The verdicts.
const (
	VerdictOpen   Verdict = "open" // no review, one too few, or they differ
	VerdictYes    Verdict = "yes"
	VerdictNo     Verdict = "no"
	VerdictUnsure Verdict = "unsure" // it is not sent, and the answer says how many there are
)

// Review is one person's decision about a candidate.
type Review struct {
	By       string    `json:"by"` // as the reviewer signs; stays in the request, never in the log
	Decision Decision  `json:"decision"`
	Reason   string    `json:"reason"`
	At       time.Time `json:"at"`
}

// SubjectCandidate is a face, or a photo as a whole (Face is ""), that may show the person. People decide.
type SubjectCandidate struct {
	Face  engine.FaceID  `json:"face,omitempty"`
	Photo engine.PhotoID `json:"photo"`
	By    []FoundBy      `json:"by"`
	// Distance is that to the nearest portrait; 0 where it was not compared: it is no face, the template is another model's, or there is no portrait.
	Distance float64  `json:"distance,omitempty"`
	Compared bool     `json:"compared,omitempty"`
	Reviews  []Review `json:"reviews,omitempty"`
}

// Where a second reviewer is needed. Distances are of dlib's templates: on the test photos 1 of 20 pairs of one person lies beyond .55, and 1 of 10,000
// pairs of strangers within .49; see "make desk".
const (
	// SecondBeyond is the distance beyond which one person may not say "yes" alone.
	SecondBeyond = 0.50
	// SecondWithin is the distance within which one person may not say "no" alone.
	SecondWithin = 0.42
)

// NeedsSecond reports whether a decision about the candidate takes two people: it goes against what the distance says, or there is none to go by.
func (c SubjectCandidate) NeedsSecond(d Decision) bool {
	switch d {
	case DecidedYes:
		return !c.Compared || c.Distance > SecondBeyond
	case DecidedNo:
		return c.Compared && c.Distance < SecondWithin
	}
	return false
}

// Verdict tells what the reviews come to. The last decision of each reviewer counts.
func (c SubjectCandidate) Verdict() Verdict {
	last := map[string]Decision{}
	for _, r := range c.Reviews {
		last[r.By] = r.Decision
	}
	if len(last) == 0 {
		return VerdictOpen
	}
	var said Decision
	for _, d := range last {
		if said != "" && d != said {
			return VerdictOpen
		}
		said = d
	}
	if c.NeedsSecond(said) && len(last) < 2 {
		return VerdictOpen
	}
	return Verdict(said)
}

// Borderline reports whether the candidate lies where both decisions about it take care, for lists: those that need a second reviewer either way
// once it is decided against the distance.
func (c SubjectCandidate) Borderline() bool {
	return !c.Compared || c.Distance > SecondWithin && c.Distance <= DefaultReviewDistance
}

// WaitsForSecond reports whether one reviewer has decided and another one is needed.
func (c SubjectCandidate) WaitsForSecond() bool {
	return len(c.Reviews) > 0 && c.Verdict() == VerdictOpen
}

// Found reports whether it was found in this way.
func (c SubjectCandidate) Found(by FoundBy) bool { return slices.Contains(c.By, by) }

// Key names the candidate among those of its request: its face, or its photo.
func (c SubjectCandidate) Key() string {
	if c.Face != "" {
		return string(c.Face)
	}
	return string(c.Photo)
}

// Decide is a reviewer's decision about candidates, named by their keys.
type Decide struct {
	Keys     []string
	By       string
	Decision Decision
	Reason   string
}

// CandidateView is a candidate as a reviewer is shown it.
type CandidateView struct {
	SubjectCandidate
	Collection  string // name
	Source      engine.Provenance
	Also        []engine.Provenance
	CollectedAt time.Time
	Box         engine.Box
	Quality     float64
	Others      int  // other faces in the photo
	Frozen      bool // no search finds it
	Gone        bool // the vault holds it no more
}

// DefaultReviewDistance is how far from a portrait candidates are looked for. A search calls nothing beyond .6 even possible; this is looser. Measured ("make desk"), among
// 12,304 faces: with one portrait 743 of a person's 747 photos reach review, and half the reviewers have at most 113 strangers to reject; at .60 it is
// 742 and 55, at .65 744 and 287. The last photos are missed at any distance, as no face is found in them.
const DefaultReviewDistance = 0.62

// MaxReviewDistance bounds what can be asked for.
const MaxReviewDistance = 0.9

// SubjectSearch is what was searched for a request, and how: "no data found" is told by it.
type SubjectSearch struct {
	At        time.Time      `json:"at"`
	Distance  float64        `json:"distance"` // to a portrait, at most
	Model     engine.ModelID `json:"model"`
	Portraits int            `json:"portraits"` // files
	Faces     int            `json:"faces"`     // on them: the templates compared
	URLs      int            `json:"urls"`
	Hashes    int            `json:"hashes"`     // files compared by SHA-256 and perceptual hash
	LookAlike int            `json:"look_alike"` // bits in which perceptual hashes may differ
	Grouped   bool           `json:"grouped"`    // the person's group was looked at, too

	Collections int `json:"collections"` // all of them: nothing is filtered
	Photos      int `json:"photos"`      // looked at
	Held        int `json:"held"`        // faces held
	Compared    int `json:"compared"`    // of them: all that can be, those that a restriction hides too
	OtherModel  int `json:"other_model"` // of them: not comparable with a portrait

	Found   map[FoundBy]int `json:"found"`             // candidates by how they were found, zeros too
	Nearest float64         `json:"nearest,omitempty"` // the least distance met, whatever the bound; 0: none
}

// Portrait is a photo that came with a request: a document of kind engine.DocumentPortrait, erased when the request ends. The file itself is not kept.
type Portrait struct {
	Version int            `json:"version"` // RequestFormat
	Request RequestID      `json:"request"`
	SHA256  engine.SHA256  `json:"sha256"`
	PHash   uint64         `json:"phash"`
	Added   time.Time      `json:"added"`
	Preview []byte         `json:"preview"` // JPEG
	Faces   []PortraitFace `json:"faces"`
}

// PortraitFace is a face of a portrait.
type PortraitFace struct {
	engine.Detection
	Crop []byte `json:"crop"` // JPEG
	Used bool   `json:"used"` // it is the person: compared
}
