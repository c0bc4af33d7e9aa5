package matter

import (
	"slices"
	"time"

	"gabarit/engine"
)

// RequestFormat is the version of the JSON of requests and portraits.
const RequestFormat = 1

// RequestID names a subject request (a ULID).
type RequestID string

// The rights that a subject request can be about, in the order in which they are dealt with: access is answered before anything is erased.
const (
	RightAccess      = engine.RightAccess      // art. 15
	RightRestriction = engine.RightRestriction // art. 18
	RightObjection   = engine.RightObjection   // art. 21(1)
	RightErasure     = engine.RightErasure     // art. 17
)

// RequestRights lists them.
func RequestRights() []engine.Right {
	return []engine.Right{RightAccess, RightRestriction, RightObjection, RightErasure}
}

// Stage says how far a request has come.
type Stage string

// The stages, in their order.
const (
	StageRegistered Stage = "registered"
	StageSearched   Stage = "searched" // candidates are there, some are undecided
	StageReviewed   Stage = "reviewed" // all candidates are decided
	StageAnswered   Stage = "answered" // the access package was sent
	StageErased     Stage = "erased"
	StageRefused    Stage = "refused"
	StageClosed     Stage = "closed"
)

// Request is one subject request: a document of kind engine.DocumentRequest. It has no field for nationality, age or residence, and nothing
// counts how often somebody asks: every request is dealt with alike.
type Request struct {
	Version int            `json:"version"` // RequestFormat
	ID      RequestID      `json:"id"`
	Ref     string         `json:"ref"` // "2026-REQ-0007", unique in the vault; the log and the erasure name it
	Rights  []engine.Right `json:"rights"`
	Channel string         `json:"channel,omitempty"` // how it came, in the operator's words; any is accepted
	Lang    string         `json:"lang"`              // of the answer: "en", "fr"; the request itself may be in any language
	Name    string         `json:"name,omitempty"`    // as the person signed, for the answer only
	Reply   string         `json:"reply,omitempty"`   // where the answer goes
	Note    string         `json:"note,omitempty"`    // what the person wrote, or the operator's remarks
	Doubts  string         `json:"doubts,omitempty"`  // about who asks (art. 12(6)); more is asked for only where they are noted

	Received     time.Time `json:"received"`       // an instant, shown in Zone
	Zone         string    `json:"zone,omitempty"` // IANA name of the place of receipt; its local date starts the clock
	Estimated    bool      `json:"estimated,omitempty"`
	RegisteredAt time.Time `json:"registered_at"`
	Due          time.Time `json:"due"` // last day to answer, at its end; art. 12(3)

	URLs      []string `json:"urls,omitempty"`      // that the person named
	Portraits []string `json:"portraits,omitempty"` // IDs of documents of kind engine.DocumentPortrait; none once they are deleted

	Search     *SubjectSearch     `json:"search,omitempty"` // the last one
	Candidates []SubjectCandidate `json:"candidates,omitempty"`
	Frozen     []engine.FaceID    `json:"frozen,omitempty"` // no search finds these faces (art. 18)
	FrozenAt   time.Time          `json:"frozen_at,omitzero"`
	Reasons    map[string]string  `json:"reasons,omitempty"` // why an item of art. 15(1) or a store is empty, by its key

	Packages   []PackageRecord `json:"packages,omitempty"` // written so far
	AnsweredAt time.Time       `json:"answered_at,omitzero"`
	Erasure    *SubjectErasure `json:"erasure,omitempty"`
	// PortraitsDeleted is when the portraits were deleted.
	PortraitsDeleted time.Time        `json:"portraits_deleted,omitzero"`
	Extension        *ExtensionNotice `json:"extension,omitempty"`
	Refusal          *RequestRefusal  `json:"refusal,omitempty"`
	Decided          string           `json:"decided,omitempty"` // what became of a restriction or objection, in words
	ClosedAt         time.Time        `json:"closed_at,omitzero"`

	// Told are the notices of a restriction that were sent, or not sent for a reason (art. 19); those of an erasure are in Erasure.
	Told []Notice `json:"restriction_notices,omitempty"`

	History []RequestStep `json:"history,omitempty"` // oldest first
}

// RequestStep is one thing done about a request.
type RequestStep struct {
	At   time.Time `json:"at"`
	What string    `json:"what"` // fixed English words, a key of the translations
}

// Asks reports whether the request is about a right.
func (r Request) Asks(right engine.Right) bool { return slices.Contains(r.Rights, right) }

// Open reports whether something is still to be done.
func (r Request) Open() bool { return r.ClosedAt.IsZero() }

// AccessOpen reports whether access was asked for and has not been answered or refused.
func (r Request) AccessOpen() bool {
	return r.Open() && r.Asks(RightAccess) && r.AnsweredAt.IsZero() && r.Refusal == nil
}

// Until is the last day to answer: Due, or the extended date.
func (r Request) Until() time.Time {
	if r.Extension != nil {
		return r.Extension.Until
	}
	return r.Due
}

// Answered reports whether the clock has stopped: everything asked for was dealt with or refused.
func (r Request) Answered() bool {
	switch {
	case !r.Open(), r.Refusal != nil:
		return true
	case r.Asks(RightAccess) && r.AnsweredAt.IsZero():
		return false
	case r.Asks(RightErasure) && r.Erasure == nil:
		return false
	case (r.Asks(RightObjection) || r.Asks(RightRestriction)) && r.Decided == "" && r.Erasure == nil:
		return false
	}
	return !r.AnsweredAt.IsZero() || r.Erasure != nil || r.Decided != ""
}

// Overdue reports whether the last day has passed and something is unanswered. On the day itself nothing is overdue.
func (r Request) Overdue(now time.Time) bool { return !r.Answered() && now.After(r.Until()) }

// Stage tells how far the request has come.
func (r Request) Stage() Stage {
	switch {
	case !r.ClosedAt.IsZero():
		return StageClosed
	case r.Refusal != nil:
		return StageRefused
	case r.Erasure != nil:
		return StageErased
	case !r.AnsweredAt.IsZero():
		return StageAnswered
	case r.Search == nil:
		return StageRegistered
	case r.Undecided() > 0:
		return StageSearched
	}
	return StageReviewed
}

// Undecided counts the candidates without a verdict.
func (r Request) Undecided() (n int) {
	for _, c := range r.Candidates {
		if c.Verdict() == VerdictOpen {
			n++
		}
	}
	return n
}

// Confirmed lists the candidates that show the person.
func (r Request) Confirmed() (out []SubjectCandidate) {
	for _, c := range r.Candidates {
		if c.Verdict() == VerdictYes {
			out = append(out, c)
		}
	}
	return out
}

// ConfirmedFaces lists the faces of Confirmed.
func (r Request) ConfirmedFaces() (out []engine.FaceID) {
	for _, c := range r.Confirmed() {
		if c.Face != "" {
			out = append(out, c.Face)
		}
	}
	return out
}

// ConfirmedPhotos lists, each once, the photos of Confirmed.
func (r Request) ConfirmedPhotos() (out []engine.PhotoID) {
	for _, c := range r.Confirmed() {
		if !slices.Contains(out, c.Photo) {
			out = append(out, c.Photo)
		}
	}
	return out
}

// NewRequest is what is registered. Nothing but a right is required: whatever came, the clock runs.
type NewRequest struct {
	Rights    []engine.Right
	Received  time.Time // zero: now
	Zone      string    // ""; the program's
	Estimated bool
	Channel   string
	Lang      string // "": en
	Name      string
	Reply     string
	Note      string
	URLs      []string
	Photos    []string // paths
}

// PhotoProblem is a photo that could not be used as a portrait. The request stands all the same.
type PhotoProblem struct {
	File string
	Err  error
}

// ExtensionNotice is the notice that an answer takes longer (art. 12(3)).
type ExtensionNotice struct {
	At      time.Time `json:"at"` // sent; not later than Due
	Reasons string    `json:"reasons"`
	Until   time.Time `json:"until"`
}

// RefusalGround is one of the two grounds of art. 12(5). There is no third.
type RefusalGround string

// The grounds.
const (
	RefusedUnfounded RefusalGround = "manifestly-unfounded"
	RefusedExcessive RefusalGround = "excessive"
)

// RefusalGrounds lists them.
func RefusalGrounds() []RefusalGround { return []RefusalGround{RefusedUnfounded, RefusedExcessive} }

// RequestRefusal is a request that was refused: the controller bears the burden of proof (art. 12(5)), so evidence is required, and two people.
type RequestRefusal struct {
	Ground   RefusalGround `json:"ground"`
	Reasons  string        `json:"reasons"`  // given to the person (art. 12(4))
	Evidence string        `json:"evidence"` // what shows it, in writing
	By       string        `json:"by"`
	Second   string        `json:"second"` // who confirmed it; not By
	At       time.Time     `json:"at"`
}

// MaxRequestText bounds each text of a request in characters.
const MaxRequestText = 20_000
