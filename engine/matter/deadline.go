package matter

import "gabarit/engine"

// CourseState tells where a case stands, as it follows from its events and the time.
type CourseState string

// The states.
const (
	CourseDraft     CourseState = "draft"
	CourseSent      CourseState = "sent"    // the day of receipt is an estimate
	CourseWaiting   CourseState = "waiting" // for the controller, or for an authority
	CourseOverdue   CourseState = "overdue" // the last day has passed
	CourseAnswered  CourseState = "answered"
	CourseDone      CourseState = "done"
	CourseAbandoned CourseState = "abandoned"
)

// CourseStates lists them in the order of a case's life.
func CourseStates() []CourseState {
	return []CourseState{CourseDraft, CourseSent, CourseWaiting, CourseOverdue, CourseAnswered, CourseDone, CourseAbandoned}
}

// Doubt names why a date is to be read with care. It is shown wherever the date is.
type Doubt string

// The doubts. Those marked (K) wait for a lawyer.
const (
	DoubtCountry   Doubt = "country"    // the controller's country or its public holidays are unknown: weekends count only, the earliest reading
	DoubtReceipt   Doubt = "receipt"    // the day of receipt is an estimate
	DoubtZone      Doubt = "zone"       // the controller's time zone is unknown: a day has passed when it has everywhere
	DoubtIdentity  Doubt = "identity"   // whether a question about identity stops the period (K): both dates are shown, the latest counts
	DoubtRegional  Doubt = "regional"   // a holiday of a region; whether it counts is unclear (K)
	DoubtSwissRoll Doubt = "swiss_roll" // whether a Swiss period moves to the next working day (K)
	DoubtFirstDay  Doubt = "first_day"  // whether the first of the 30 days of a UK complaint counts (K)
)

// Extension is a controller's notice that it takes more time.
type Extension struct {
	Notice    Day
	Claimed   Day  // until when: as the controller says, but no later than the law allows where it names a date
	Named     Day  // the day that the controller named, where that is later than the law allows
	Late      bool // the notice came after the first period
	NoReasons bool // it gives none, as it has to
}

// Valid tells whether the notice extends the period.
func (e Extension) Valid() bool { return !e.Notice.IsZero() && !e.Late && !e.NoReasons }

// Reading is one way to count a period.
type Reading struct {
	Raw Day // before days off are looked at
	Due Day // the last day
}

// Thread is one request of a case with its period and what came of it. Days are local dates at the controller's place.
type Thread struct {
	Right     engine.Right
	Sent      Day
	Channel   Channel
	Proof     string
	Received  Day
	Estimated bool

	Running  Reading // the period runs on whatever is asked about identity
	Restart  Reading // it begins anew when the person has answered that
	Paused   Reading // it stands still until then
	Asked    bool    // the person has not answered yet: the latest date is open
	Base     Day     // the latest of the readings; unknown while Asked
	Extended Extension
	End      Day // the last day to answer: overdue from the next day on
	RemindOn Day // from this day on a reminder can go out
	Complain Day // from this day on a complaint can; unknown while the latest date is

	Answer    AnswerKind
	AnswerDay Day
	Missing   []AnswerPart
	Ground    Refusal
	Reminded  Day
	Grace     Day // the courtesy date of the reminder
	Doubts    []Doubt
}

// Open tells whether the controller still owes something.
func (t Thread) Open() bool { return t.Answer != AnswerFull }

// StepKind is something to do next.
type StepKind string

// The steps.
const (
	StepSend          StepKind = "send"
	StepReceipt       StepKind = "receipt" // find out when the letter arrived
	StepWait          StepKind = "wait"
	StepIdentity      StepKind = "identity" // answer the question about identity
	StepRemind        StepKind = "remind"
	StepToController  StepKind = "complain_to_them"
	StepComplain      StepKind = "complain"
	StepWaitAuthority StepKind = "wait_authority"
	StepCourt         StepKind = "court"
	StepClose         StepKind = "close"
)

// Step is one thing to do, from a day on; Day is unknown where it can be done at once.
type Step struct {
	Kind  StepKind
	Right engine.Right
	Day   Day
}

// Standing is where a case stands on a day.
type Standing struct {
	State     CourseState
	Due       Day // the next date that counts; unknown if none does
	Threads   []Thread
	Steps     []Step // the first is what is proposed
	Complaint Complaint
}

// Next is the step that is proposed.
func (s Standing) Next() Step {
	if len(s.Steps) == 0 {
		return Step{}
	}
	return s.Steps[0]
}

// Thread gives the request under a right.
func (s Standing) Thread(r engine.Right) (Thread, bool) {
	for _, t := range s.Threads {
		if t.Right == r {
			return t, true
		}
	}
	return Thread{}, false
}

// Complaint is what was lodged, with the controller itself (as UK law asks first) and with an authority.
type Complaint struct {
	ToController    Day
	Acknowledge     Day // by when the controller has to acknowledge it, on the earlier reading
	AcknowledgeLate Day // on the other
	Lodged          Day
	Authority       string
	Reference       string
	AuthorityDue    Day // art. 78(2)
	Informed        Day
}

// CaseView is a case with its course and where it stands.
type CaseView struct {
	Case     engine.Case
	Course   Course
	Standing Standing
}

// Rights lists the rights that letters were written for.
func Rights(c engine.Case) []engine.Right {
	var out []engine.Right
	for _, l := range c.Letters {
		out = append(out, l.Right)
	}
	return out
}

// NewFile is bytes to attach to an event.
type NewFile struct {
	Name string
	Data []byte
}

// AuthorityChoice is whom a person can complain to.
type AuthorityChoice struct {
	Default Authority   // where the person lives; without an ID if the table has none or a Land must be named first
	Others  []Authority // where the controller is; the person chooses (art. 77(1))
	AskLand bool        // private controllers in Germany are supervised by the Länder: one must be named
}

// CourseSettings is what can be changed of a course beside its events.
type CourseSettings struct {
	Regime    Regime
	Residence string
	Land      string
	To        Addressee
}
