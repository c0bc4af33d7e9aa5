package matter

import (
	"time"

	"gabarit/engine"
)

// HoldReason says in one word why something is kept out of every search; it goes to the audit log.
type HoldReason string

// The reasons.
const (
	HoldSource      HoldReason = "source"      // gone, closed, changed or withdrawn where it came from
	HoldRestriction HoldReason = "restriction" // a person asked for restriction of processing (GDPR art. 18)
	HoldObjection   HoldReason = "objection"   // a person objected, until that is decided (art. 21 and 18(1)(d))
)

// Hold keeps a photo, or some of its faces, out of every search, although the records stay. A photo may be under several; what one of them
// keeps out is out.
type Hold struct {
	Photo   engine.PhotoID  `json:"-"`
	Faces   []engine.FaceID `json:"faces,omitempty"` // none: all of the photo, those too that are found later
	Why     HoldReason      `json:"why"`
	Ref     string          `json:"ref,omitempty"` // number of the request; goes to the log, so: no names
	Finding string          `json:"finding,omitempty"`
	Since   time.Time       `json:"since"`
}
