package matter

import "time"

// CourseRecord is a course as it leaves the program, as JSON: all keys are always there, unknown days are "", lists are never null.
type CourseRecord struct {
	State      CourseState     `json:"state"`
	Due        Day             `json:"due"`
	Next       []StepRecord    `json:"next"`
	Regime     Regime          `json:"regime"`
	Residence  string          `json:"residence"`
	Land       string          `json:"land"`
	Controller AddresseeRecord `json:"controller"`
	Requests   []ThreadRecord  `json:"requests"`
	Complaint  ComplaintRecord `json:"complaint"`
	Events     []EventRecord   `json:"events"`
}

// StepRecord is one step that can be taken, from a day on.
type StepRecord struct {
	Step  StepKind `json:"step"`
	Right string   `json:"right"`
	Day   Day      `json:"day"`
}

// AddresseeRecord is an Addressee.
type AddresseeRecord struct {
	Name     string `json:"name"`
	Address  string `json:"address"`
	Email    string `json:"email"`
	Web      string `json:"web"`
	Country  string `json:"country"`
	Zone     string `json:"zone"`
	Source   string `json:"source"`
	SourceAt Day    `json:"source_at"`
}

// ThreadRecord is a Thread.
type ThreadRecord struct {
	Right             string       `json:"right"`
	Sent              Day          `json:"sent"`
	Channel           Channel      `json:"channel"`
	Proof             string       `json:"proof"`
	Received          Day          `json:"received"`
	ReceivedEstimated bool         `json:"received_estimated"`
	Raw               Day          `json:"raw"`
	DueIfRunning      Day          `json:"due_if_running"`
	DueIfRestarted    Day          `json:"due_if_restarted"`
	DueIfPaused       Day          `json:"due_if_paused"`
	IdentityAsked     bool         `json:"identity_asked"` // and not answered
	ExtensionNotice   Day          `json:"extension_notice"`
	ExtensionClaimed  Day          `json:"extension_claimed"`
	ExtensionLate     bool         `json:"extension_late"`
	NoReasons         bool         `json:"extension_without_reasons"`
	Due               Day          `json:"due"`
	RemindFrom        Day          `json:"remind_from"`
	ComplainFrom      Day          `json:"complain_from"`
	Answer            AnswerKind   `json:"answer"`
	AnswerDay         Day          `json:"answer_day"`
	Missing           []AnswerPart `json:"missing"`
	Ground            Refusal      `json:"ground"`
	Reminded          Day          `json:"reminded"`
	Grace             Day          `json:"grace"`
	Doubts            []Doubt      `json:"doubts"`
}

// ComplaintRecord is a Complaint.
type ComplaintRecord struct {
	ToController   Day    `json:"to_controller"`
	AcknowledgedBy Day    `json:"acknowledge_by"`
	Lodged         Day    `json:"lodged"`
	Authority      string `json:"authority"`
	Reference      string `json:"reference"`
	AuthorityDue   Day    `json:"authority_due"`
	Informed       Day    `json:"informed"`
}

// EventRecord is an Event.
type EventRecord struct {
	No        int          `json:"no"`
	At        time.Time    `json:"at"`
	Event     EventKind    `json:"event"`
	Day       Day          `json:"day"`
	Right     string       `json:"right"`
	Corrects  int          `json:"corrects"`
	Void      bool         `json:"void"`
	Channel   Channel      `json:"channel"`
	Proof     string       `json:"proof"`
	Estimated bool         `json:"estimated"`
	Reasons   string       `json:"reasons"`
	Until     Day          `json:"until"`
	Answer    AnswerKind   `json:"answer"`
	Missing   []AnswerPart `json:"missing"`
	Ground    Refusal      `json:"ground"`
	Authority string       `json:"authority"`
	Reference string       `json:"reference"`
	Note      string       `json:"note"`
	Files     []FileRecord `json:"files"`
}

// FileRecord is a FileRef.
type FileRecord struct {
	File   string `json:"file"`
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
	Size   int    `json:"size"`
}

// Record gives what leaves the program of a case's course.
func (v CaseView) Record() CourseRecord {
	c, s := v.Course, v.Standing
	out := CourseRecord{State: s.State, Due: s.Due, Next: []StepRecord{}, Regime: c.Regime, Residence: c.Residence, Land: c.Land,
		Controller: AddresseeRecord(c.To), Requests: []ThreadRecord{}, Events: []EventRecord{},
		Complaint: ComplaintRecord{s.Complaint.ToController, s.Complaint.Acknowledge, s.Complaint.Lodged, s.Complaint.Authority, s.Complaint.Reference,
			s.Complaint.AuthorityDue, s.Complaint.Informed}}
	for _, x := range s.Steps {
		out.Next = append(out.Next, StepRecord{x.Kind, string(x.Right), x.Day})
	}
	for _, t := range s.Threads {
		out.Requests = append(out.Requests, threadRecord(t))
	}
	for _, e := range c.Events {
		r := EventRecord{e.No, e.At, e.Kind, e.Day, string(e.Right), e.Corrects, e.Void, e.Channel, e.Proof, e.Estimated, e.Reasons, e.Until, e.Answer,
			append([]AnswerPart{}, e.Missing...), e.Ground, e.Authority, e.Reference, e.Note, []FileRecord{}}
		for _, f := range e.Files {
			r.Files = append(r.Files, FileRecord{f.ID, f.Name, f.SHA256, f.Size})
		}
		out.Events = append(out.Events, r)
	}
	return out
}

func threadRecord(t Thread) ThreadRecord {
	return ThreadRecord{Right: string(t.Right), Sent: t.Sent, Channel: t.Channel, Proof: t.Proof, Received: t.Received, ReceivedEstimated: t.Estimated,
		Raw: t.Running.Raw, DueIfRunning: t.Running.Due, DueIfRestarted: t.Restart.Due, DueIfPaused: t.Paused.Due, IdentityAsked: t.Asked,
		ExtensionNotice: t.Extended.Notice, ExtensionClaimed: t.Extended.Claimed, ExtensionLate: t.Extended.Late,
		NoReasons: t.Extended.NoReasons && !t.Extended.Notice.IsZero(), Due: t.End, RemindFrom: t.RemindOn, ComplainFrom: t.Complain,
		Answer: t.Answer, AnswerDay: t.AnswerDay, Missing: append([]AnswerPart{}, t.Missing...), Ground: t.Ground,
		Reminded: t.Reminded, Grace: t.Grace, Doubts: append([]Doubt{}, t.Doubts...)}
}
