package matter

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gabarit/engine"
)

// courseVersion is the form of a stored Course. One that is newer than the program is refused, never guessed at.
const courseVersion = 1

// Course is how a case goes on: who it is addressed to, and everything that happened, in the order in which it was recorded. Events are
// only ever added; one that was wrong is followed by one that corrects it. State, dates and next step follow from it, see
// engine/rights/procedure.
type Course struct {
	Regime    Regime
	Residence string // of the person, ISO 3166-1; decides the authority that is proposed
	Land      string // of Germany, where the authority is one of a Land: the last two letters of ISO 3166-2
	To        Addressee
	Events    []Event
}

// Addressee is the controller as the letters of a case named it.
type Addressee struct {
	Name     string
	Address  string
	Email    string
	Web      string
	Country  string // ISO 3166-1; "": unknown, and then no public holidays are counted
	Zone     string // of IANA; "": the one of the country's capital
	Source   string // where the address is from, in words
	SourceAt Day    // when it was read there
}

// EventKind tells what happened.
type EventKind string

// What can happen in a case.
const (
	EventDrafted       EventKind = "drafted"        // a letter is going to be sent
	EventSent          EventKind = "sent"           // the letter left
	EventReceived      EventKind = "received"       // it reached the controller
	EventIdentityAsked EventKind = "identity_asked" // the controller asks who the person is
	EventIdentityGiven EventKind = "identity_given" // the person answered that
	EventExtended      EventKind = "extended"       // the controller takes more time
	EventAnswered      EventKind = "answered"
	EventReminded      EventKind = "reminded"
	EventComplained    EventKind = "complained"         // to an authority
	EventToController  EventKind = "complained_to_them" // to the controller itself, as UK law asks first
	EventAuthority     EventKind = "authority_informed" // the authority told of progress or outcome
	EventClosed        EventKind = "closed"
	EventAbandoned     EventKind = "abandoned"
	EventReopened      EventKind = "reopened"
)

// EventKinds lists them.
func EventKinds() []EventKind {
	return []EventKind{EventDrafted, EventSent, EventReceived, EventIdentityAsked, EventIdentityGiven, EventExtended, EventAnswered,
		EventReminded, EventComplained, EventToController, EventAuthority, EventClosed, EventAbandoned, EventReopened}
}

// Channel is how a letter went out.
type Channel string

// The channels.
const (
	ChannelEmail   Channel = "email"
	ChannelForm    Channel = "form"
	ChannelPost    Channel = "post"
	ChannelTracked Channel = "tracked" // post with proof of delivery
	ChannelHand    Channel = "hand"
)

// Channels lists them.
func Channels() []Channel {
	return []Channel{ChannelEmail, ChannelForm, ChannelPost, ChannelTracked, ChannelHand}
}

// AnswerKind tells how much of what was asked an answer gives.
type AnswerKind string

// The kinds of answer.
const (
	AnswerFull    AnswerKind = "full"
	AnswerPartial AnswerKind = "partial"
	AnswerRefused AnswerKind = "refused"
)

// AnswerPart is one of the things that an answer to an access request owes.
type AnswerPart string

// AnswerParts lists them: points (a) to (h) of art. 15(1), the copy of art. 15(3), templates and derived hashes, the recipients by name, and
// what art. 14 adds.
func AnswerParts() []AnswerPart {
	return []AnswerPart{"a", "b", "c", "d", "e", "f", "g", "h", "copy", "templates", "recipients", "art14"}
}

// Refusal is the ground that a refusal gives.
type Refusal string

// The grounds met, whether the law knows them or not.
const (
	RefusalNone      Refusal = "none"      // no reason given
	RefusalIdentity  Refusal = "identity"  // cannot identify the person, art. 11(2), 12(2)
	RefusalUnfounded Refusal = "unfounded" // manifestly unfounded, art. 12(5)
	RefusalExcessive Refusal = "excessive" // excessive, art. 12(5)
	RefusalCap       Refusal = "cap"       // a limit of time or number that the GDPR does not know
	RefusalException Refusal = "exception" // art. 17(3) or another exception of the law
	RefusalNotBound  Refusal = "not_bound" // says that this law does not bind it
	RefusalSecret    Refusal = "secret"    // trade secret, rights of others
	RefusalOther     Refusal = "other"
)

// Refusals lists them.
func Refusals() []Refusal {
	return []Refusal{RefusalNone, RefusalIdentity, RefusalUnfounded, RefusalExcessive, RefusalCap, RefusalException, RefusalNotBound, RefusalSecret, RefusalOther}
}

// Event is one thing that happened. Which fields count depends on Kind.
type Event struct {
	No   int       // from 1; given when it is recorded
	At   time.Time // when it was recorded
	Kind EventKind
	Day  Day // when it happened: for what the controller received, the local date at its place
	// Right is the request of the case that it is about.
	Right engine.Right `json:",omitempty"`
	// Corrects is the number of the event that this one takes the place of; Void: it never happened.
	Corrects int  `json:",omitempty"`
	Void     bool `json:",omitempty"`

	Channel   Channel      `json:",omitempty"`
	Proof     string       `json:",omitempty"` // tracking number, mail headers, ...
	Estimated bool         `json:",omitempty"` // the day of receipt is not known for certain
	Reasons   string       `json:",omitempty"` // of an extension; "": none were given
	Until     Day          `json:",omitzero"`  // the date a controller names itself
	Answer    AnswerKind   `json:",omitempty"`
	Missing   []AnswerPart `json:",omitempty"`
	Ground    Refusal      `json:",omitempty"`
	Authority string       `json:",omitempty"` // ID in the table of authorities
	Reference string       `json:",omitempty"` // the other side's
	Note      string       `json:",omitempty"`
	Files     []FileRef    `json:",omitempty"`
}

// FileRef names bytes that are kept with a case: a document of kind engine.DocumentFile.
type FileRef struct {
	ID     string
	Name   string // as the file was called, without its folder
	SHA256 string // of the bytes, in hex
	Size   int
}

// CaseFile is the document of a FileRef.
type CaseFile struct {
	V    int
	Case engine.CaseID
	Name string
	Data []byte
}

// storedCourse is a Course with its version.
type storedCourse struct {
	V int
	Course
}

// ReadCourse decodes what Encode gave; nothing is a course without events. CodeCorrupt; CodeUnsupported for a newer form.
func ReadCourse(raw json.RawMessage) (Course, error) {
	const op = "matter.ReadCourse"
	if len(bytes.TrimSpace(raw)) == 0 {
		return Course{}, nil
	}
	var s storedCourse
	if err := json.Unmarshal(raw, &s); err != nil {
		return Course{}, engine.E(engine.CodeCorrupt, op, "the course of this case can't be read", err)
	}
	switch {
	case s.V > courseVersion:
		return Course{}, engine.E(engine.CodeUnsupported, op, "the course of this case was written by a newer version of this program", fmt.Errorf("form %d", s.V))
	case s.V < 1:
		return Course{}, engine.E(engine.CodeCorrupt, op, "the course of this case can't be read", errors.New("no version"))
	}
	return s.Course, nil
}

// Encode gives the JSON to keep in engine.Case.
func (c Course) Encode() (json.RawMessage, error) {
	return json.Marshal(storedCourse{courseVersion, c})
}

// Effective lists the events as they are known today: each in its last correction, those that never happened left out, in the order in
// which they were first recorded.
func (c Course) Effective() []Event {
	at := map[int]int{} // number of an event -> its place in out
	var out []Event
	for _, e := range c.Events {
		i, known := at[e.Corrects]
		if e.Corrects == 0 || !known {
			i = len(out)
			out = append(out, e)
		}
		out[i] = e
		at[e.No] = i
	}
	live := out[:0]
	for _, e := range out {
		if !e.Void {
			live = append(live, e)
		}
	}
	return live
}
