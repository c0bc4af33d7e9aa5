package course

import (
	"slices"
	"time"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// soonDays is how many days before a date the bar tells of it.
const soonDays = 7

// Presenter is the state of the screen. For one goroutine.
type Presenter struct {
	now   func() time.Time
	views []matter.CaseView
	id    engine.CaseID // of the case that is shown
}

// NewPresenter gives the state at the time that now tells.
func NewPresenter(now func() time.Time) *Presenter { return &Presenter{now: now} }

// SetViews takes the cases, in the order in which they are listed. The case that was shown stays shown; else the first is.
func (p *Presenter) SetViews(views []matter.CaseView) {
	p.views = views
	if _, ok := p.Current(); !ok {
		p.id = ""
		if len(views) > 0 {
			p.id = views[0].Case.ID
		}
	}
}

// Replace takes a case that was changed; the list is read anew later.
func (p *Presenter) Replace(v matter.CaseView) {
	if i := p.index(v.Case.ID); i >= 0 {
		p.views[i] = v
	}
}

func (p *Presenter) index(id engine.CaseID) int {
	return slices.IndexFunc(p.views, func(v matter.CaseView) bool { return v.Case.ID == id })
}

// Views are the cases in order.
func (p *Presenter) Views() []matter.CaseView { return p.views }

// Select shows a case.
func (p *Presenter) Select(i int) {
	if i >= 0 && i < len(p.views) {
		p.id = p.views[i].Case.ID
	}
}

// Selected is the place of the case that is shown; -1 if there is none.
func (p *Presenter) Selected() int { return p.index(p.id) }

// Current is the case that is shown.
func (p *Presenter) Current() (matter.CaseView, bool) {
	i := p.index(p.id)
	if i < 0 {
		return matter.CaseView{}, false
	}
	return p.views[i], true
}

// today is the day here, which is where the person reads a date.
func (p *Presenter) today() matter.Day { return matter.DayOf(p.now(), time.Local) }

// Left is the number of days until a date; negative once it has passed.
func (p *Presenter) Left(d matter.Day) int { return d.DaysSince(p.today()) }

// Duty is what is due, for the bar.
type Duty struct {
	Overdue int // cases whose last day has passed
	Soon    int // cases with a date within the next days
	ToDo    int // others in which a step can be taken now that no one waits for: a reminder, a complaint, an answer about identity
}

// Duty counts what is due. Cases that are over count for nothing.
func (p *Presenter) Duty() (d Duty) {
	for _, v := range p.views {
		s := v.Standing
		left := p.Left(s.Due)
		switch {
		case s.State == matter.CourseDone || s.State == matter.CourseAbandoned:
		case s.State == matter.CourseOverdue:
			d.Overdue++
		case urgent(s.Next().Kind):
			d.ToDo++
		case !s.Due.IsZero() && left >= 0 && left <= soonDays:
			d.Soon++
		}
	}
	return d
}

// urgent tells the steps that a person should be told of.
func urgent(k matter.StepKind) bool {
	switch k {
	case matter.StepRemind, matter.StepComplain, matter.StepToController, matter.StepIdentity, matter.StepCourt:
		return true
	}
	return false
}

// Form is what the dialog gathers about something that happened.
type Form struct {
	Kind      matter.EventKind
	Right     engine.Right
	Date      string // year-month-day
	Until     string
	Channel   matter.Channel
	Proof     string
	Estimated bool
	Reasons   string
	Answer    matter.AnswerKind
	Ground    matter.Refusal
	Authority string
	Reference string
	Note      string
	Void      bool
	Corrects  int
	Files     []string

	missing map[matter.AnswerPart]bool
}

// NewForm gives the form for an event of today.
func (p *Presenter) NewForm(k matter.EventKind, right engine.Right) *Form {
	return &Form{Kind: k, Right: right, Date: p.today().String(), Channel: matter.ChannelEmail, Answer: matter.AnswerPartial, Ground: matter.RefusalNone}
}

// NewCorrection gives the form that corrects an event, filled with what it says.
func NewCorrection(e matter.Event) *Form {
	f := &Form{Kind: e.Kind, Right: e.Right, Date: e.Day.String(), Until: e.Until.String(), Channel: e.Channel, Proof: e.Proof, Estimated: e.Estimated, Reasons: e.Reasons,
		Answer: e.Answer, Ground: e.Ground, Authority: e.Authority, Reference: e.Reference, Note: e.Note, Corrects: e.No}
	for _, m := range e.Missing {
		f.SetMissing(m, true)
	}
	return f
}

// SetMissing ticks a part of an answer as missing.
func (f *Form) SetMissing(m matter.AnswerPart, on bool) {
	if f.missing == nil {
		f.missing = map[matter.AnswerPart]bool{}
	}
	f.missing[m] = on
}

// Missing tells whether a part is ticked.
func (f *Form) Missing(m matter.AnswerPart) bool { return f.missing[m] }

// Event is what the form says. CodeInvalid: a date is none.
func (f *Form) Event() (matter.Event, error) {
	e := matter.Event{Kind: f.Kind, Right: f.Right, Note: f.Note, Corrects: f.Corrects, Void: f.Void}
	var err error
	if e.Day, err = matter.ParseDay(f.Date); err != nil {
		return e, err
	}
	if e.Until, err = matter.ParseDay(f.Until); err != nil {
		return e, err
	}
	switch f.Kind {
	case matter.EventSent:
		e.Channel, e.Proof = f.Channel, f.Proof
	case matter.EventReceived:
		e.Estimated, e.Proof = f.Estimated, f.Proof
	case matter.EventExtended:
		e.Reasons = f.Reasons
	case matter.EventAnswered:
		e.Answer = f.Answer
		for _, m := range matter.AnswerParts() {
			if f.missing[m] && f.Answer == matter.AnswerPartial {
				e.Missing = append(e.Missing, m)
			}
		}
		if f.Answer == matter.AnswerRefused {
			e.Ground = f.Ground
		}
	case matter.EventComplained:
		e.Authority, e.Reference = f.Authority, f.Reference
	case matter.EventAuthority:
		e.Reference = f.Reference
	}
	return e, nil
}

// Recordable lists what can be noted of a case as it stands, in the order of a case's life.
func Recordable(v matter.CaseView) []matter.EventKind {
	s := v.Standing
	if s.State == matter.CourseDone || s.State == matter.CourseAbandoned {
		return []matter.EventKind{matter.EventReopened}
	}
	if len(s.Threads) == 0 {
		return []matter.EventKind{matter.EventSent, matter.EventAbandoned}
	}
	kinds := []matter.EventKind{matter.EventReceived, matter.EventAnswered, matter.EventIdentityAsked, matter.EventIdentityGiven, matter.EventExtended, matter.EventReminded}
	if v.Course.Regime == matter.RegimeUK {
		kinds = append(kinds, matter.EventToController)
	}
	kinds = append(kinds, matter.EventComplained)
	if !s.Complaint.Lodged.IsZero() {
		kinds = append(kinds, matter.EventAuthority)
	}
	return append(kinds, matter.EventSent, matter.EventClosed, matter.EventAbandoned)
}

// RightsFor lists the requests that an event of a kind can be about: those sent, or for a letter that goes out those that were not.
func RightsFor(v matter.CaseView, k matter.EventKind) (out []engine.Right) {
	add := func(r engine.Right) {
		if r != "" && !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	switch k {
	case matter.EventComplained, matter.EventToController, matter.EventAuthority, matter.EventClosed, matter.EventAbandoned, matter.EventReopened:
		return nil
	case matter.EventSent:
		for _, s := range v.Standing.Steps {
			if s.Kind == matter.StepSend {
				add(s.Right)
			}
		}
		for _, r := range []engine.Right{"access", "erasure", "objection", "restriction", "delisting"} {
			if _, sent := v.Standing.Thread(r); !sent {
				add(r)
			}
		}
		return out
	}
	for _, t := range v.Standing.Threads {
		add(t.Right)
	}
	return out
}

// StepEvent is what is noted once a step is taken; "" for steps that are only waited for.
func StepEvent(k matter.StepKind) matter.EventKind {
	return map[matter.StepKind]matter.EventKind{matter.StepSend: matter.EventSent, matter.StepReceipt: matter.EventReceived, matter.StepIdentity: matter.EventIdentityGiven,
		matter.StepRemind: matter.EventReminded, matter.StepToController: matter.EventToController, matter.StepComplain: matter.EventComplained,
		matter.StepWait: matter.EventAnswered, matter.StepWaitAuthority: matter.EventAuthority, matter.StepCourt: matter.EventAuthority, matter.StepClose: matter.EventClosed}[k]
}
