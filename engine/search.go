package engine

import (
	"image"
	"time"
)

// Band says how near a match is, in words. It is never called identity.
type Band string

// The bands, nearest first.
const (
	BandStrong   Band = "strong"
	BandLikely   Band = "likely"
	BandPossible Band = "possible"
	BandNone     Band = "none"
)

// Limits of a search.
const (
	DefaultMax    = 50
	MaxResults    = 10_000
	MaxDistance   = 0.7 // beyond it dlib's templates of two people are nearer than of one
	MaxProbeFaces = 200
)

// Filter narrows a search. The zero value lets everything through.
type Filter struct {
	Collections []CollectionID
	Host        string    // host of the page or image address, without port; also its subdomains
	Since       time.Time // taken (else collected) at or after
	Until       time.Time // taken (else collected) before
	Area        *Area     // taken in it; what has no place is not
}

// IsZero reports whether the filter lets everything through.
func (f Filter) IsZero() bool {
	return len(f.Collections) == 0 && f.Host == "" && f.Since.IsZero() && f.Until.IsZero() && f.Area == nil
}

// IndexEntry is what the index keeps of one face: its template and what filters ask for.
type IndexEntry struct {
	Face       FaceID
	Model      ModelID // that made the template
	Collection CollectionID
	Hosts      []string  // of page and image addresses, lower case
	When       time.Time // taken, else collected
	Place      *Place    // where it was taken, if told
	Template   Template
}

// Query is one exact question to the index: the K nearest entries that pass Filter and,
// where Within > 0, lie at most Within away (both bounds hold together; K <= 0: no bound on number).
type Query struct {
	Model    ModelID // that made Template; the index holds templates of the same one only
	Template Template
	K        int
	Within   float64
	Filter   Filter
	Count    float64 // > 0: distances are counted as well, up to it and up to the farthest neighbour, see Answer
}

// Answer is what the index says to a Query.
type Answer struct {
	Neighbours []Neighbour // nearest first
	Searched   int         // entries that passed the filter
	// Distances counts the distances to every entry, filters or not, in BinsFor(d) bins, where d is Query.Count or the
	// distance of the last neighbour if that is larger. The zero value without Query.Count.
	Distances Histogram
}

// Neighbour is one answer of the index: a face and its L2 distance.
type Neighbour struct {
	Face     FaceID
	Distance float64
}

// Probe is the photo a search starts from. It is kept in memory only and never stored.
type Probe struct {
	File    string
	SHA256  SHA256
	Preview image.Image // upright, bounded for display
	Width   int         // of the upright photo, in whose pixels the boxes are
	Height  int
	Frames  int // pictures that the file holds, of which this is one
	Faces   []ProbeFace
}

// ProbeFace is one face of a probe with its crop for display.
type ProbeFace struct {
	Detection
	Crop []byte // JPEG
}

// SearchRequest asks for matches of one or several faces of a probe. A search without a
// purpose is refused.
type SearchRequest struct {
	Purpose string
	Probe   *Probe
	Faces   []int   // numbers of the probe's faces; empty: all
	Max     int     // 0: DefaultMax
	Within  float64 // 0: no bound but MaxDistance
	Filter  Filter
}

// Match is a face of the index near a probe face.
type Match struct {
	Face          FaceID
	Photo         PhotoID
	CollectionID  CollectionID
	Collection    string // name
	Distance      float64
	Band          Band
	Verdict       Verdict // what the user said of it before
	ExpectedFalse float64 // faces of other people expected this near to this probe in the whole index, filters or not
	Box           Box
	Quality       float64
	Seen          Span // of a frame: when the person was seen in the video
	Source        Provenance
	Also          []Provenance
	SHA256        SHA256
	CollectedAt   time.Time
	PhotoWidth    int
	PhotoHeight   int
}

// ProbeMatches holds the matches of one probe face, nearest first.
type ProbeMatches struct {
	Face    int
	Box     Box
	Quality float64
	Drawn   bool // a person drew the box
	// Compared is the number of faces that ExpectedFalse and Band are told for: those of the whole index when it was searched.
	Compared int
	Crowding float64 // how many times as many strangers are expected near this probe as near an ordinary one; see Crowded
	Matches  []Match
}

// SearchResult answers a SearchRequest. Index tells what the vault holds, and how many faces of that no search compares:
// "nothing found" and "nothing searched" differ by it. Searched counts the faces the filter let through.
type SearchResult struct {
	Index    Totals
	Searched int
	Probes   []ProbeMatches
}

// Crowded reports whether people should be told that more faces look like this one to the model than like most, so that its bands are stricter.
func (p ProbeMatches) Crowded() bool { return p.Crowding >= Crowded }

// Reliable reports whether any match is better than BandPossible.
func (r SearchResult) Reliable() bool {
	for _, p := range r.Probes {
		for _, m := range p.Matches {
			if m.Band == BandStrong || m.Band == BandLikely {
				return true
			}
		}
	}
	return false
}
