package procedure

import (
	"slices"
	"time"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// GraceDays is how long a reminder waits before a complaint is proposed. It is a courtesy that does not extend the period.
const GraceDays = 14

const (
	access  = engine.Right("access")
	erasure = engine.Right("erasure")
)

// Stand derives where a case stands at an instant. letters are the rights that letters were written for, in any order.
func Stand(c matter.Course, letters []engine.Right, now time.Time) matter.Standing {
	events := c.Effective()
	s := matter.Standing{Complaint: complaint(c, events)}
	for _, e := range events {
		if e.Kind == matter.EventSent {
			s.Threads = append(s.Threads, thread(c, events, e))
		}
	}
	s.State = state(c, events, s, now)
	s.Due = nextDate(s)
	s.Steps = steps(c, s, unsent(events, letters), now)
	return s
}

// unsent lists the requests that were written or chosen and not sent, access first.
func unsent(events []matter.Event, letters []engine.Right) []engine.Right {
	var open []engine.Right
	add := func(r engine.Right) {
		sent := slices.ContainsFunc(events, func(e matter.Event) bool { return e.Kind == matter.EventSent && e.Right == r })
		if !sent && isRequest(r) && !slices.Contains(open, r) {
			open = append(open, r)
		}
	}
	for _, r := range letters {
		add(r)
	}
	for _, e := range events {
		if e.Kind == matter.EventDrafted {
			add(e.Right)
		}
	}
	slices.SortStableFunc(open, func(a, b engine.Right) int { return rank(a) - rank(b) })
	return open
}

func rank(r engine.Right) int {
	switch r {
	case access:
		return 0
	case erasure:
		return 2
	}
	return 1
}

// isRequest tells the letters that start a period from those that follow one.
func isRequest(r engine.Right) bool { return r != "" && r != "reminder" && r != "complaint" }

func complaint(c matter.Course, events []matter.Event) (out matter.Complaint) {
	for _, e := range events {
		switch e.Kind {
		case matter.EventToController:
			out.ToController = e.Day
			out.Acknowledge, out.AcknowledgeLate = Acknowledgement(e.Day)
		case matter.EventComplained:
			out.Lodged, out.Authority, out.Reference, out.Informed = e.Day, e.Authority, e.Reference, matter.Day{}
			if c.Regime == matter.RegimeEU || c.Regime == "" {
				out.AuthorityDue = AuthorityDue(e.Day, authorityCountry(e.Authority))
			}
		case matter.EventAuthority:
			out.Informed = e.Day
			if e.Reference != "" {
				out.Reference = e.Reference
			}
		}
	}
	return out
}

// end is the last event that closes or opens a case again.
func end(events []matter.Event) matter.EventKind {
	for _, e := range slices.Backward(events) {
		switch e.Kind {
		case matter.EventClosed, matter.EventAbandoned, matter.EventReopened:
			return e.Kind
		}
	}
	return ""
}

func state(c matter.Course, events []matter.Event, s matter.Standing, now time.Time) matter.CourseState {
	switch end(events) {
	case matter.EventClosed:
		return matter.CourseDone
	case matter.EventAbandoned:
		return matter.CourseAbandoned
	}
	if len(s.Threads) == 0 {
		return matter.CourseDraft
	}
	waiting, estimated := false, false
	for _, t := range s.Threads {
		switch {
		case t.Answer == "" && Passed(t.End, now, c.To):
			return matter.CourseOverdue
		case t.Answer == "":
			waiting = true
			estimated = estimated || t.Estimated
		}
	}
	switch {
	case !s.Complaint.Lodged.IsZero():
		return matter.CourseWaiting
	case !waiting:
		return matter.CourseAnswered
	case estimated:
		return matter.CourseSent
	}
	return matter.CourseWaiting
}

// nextDate is the earliest date that something is due on.
func nextDate(s matter.Standing) (due matter.Day) {
	if s.State == matter.CourseDone || s.State == matter.CourseAbandoned {
		return due
	}
	earlier := func(d matter.Day) {
		if !d.IsZero() && (due.IsZero() || d.Before(due)) {
			due = d
		}
	}
	if !s.Complaint.Lodged.IsZero() && s.Complaint.Informed.IsZero() {
		earlier(s.Complaint.AuthorityDue)
		return due
	}
	for _, t := range s.Threads {
		switch {
		case t.Answer == "" && t.Reminded.IsZero():
			earlier(t.End)
			if t.End.IsZero() {
				earlier(t.Running.Due) // while a question about identity is open: the date of those who say that the period runs on
			}
		case t.Open() && !t.Reminded.IsZero():
			earlier(t.Grace)
		}
	}
	return due
}

// steps lists what can be done, most useful first.
func steps(c matter.Course, s matter.Standing, unsent []engine.Right, now time.Time) (out []matter.Step) {
	if s.State == matter.CourseDone || s.State == matter.CourseAbandoned {
		return nil
	}
	for _, r := range unsent {
		out = append(out, matter.Step{Kind: matter.StepSend, Right: r})
	}
	if len(s.Threads) == 0 && len(out) == 0 {
		return []matter.Step{{Kind: matter.StepSend}}
	}
	if s.State == matter.CourseOverdue { // before letters that can wait
		out = nil
	}
	if !s.Complaint.Lodged.IsZero() {
		return append(out, afterComplaint(c, s, now)...)
	}
	for _, t := range s.Threads {
		out = append(out, threadSteps(c, s, t, now)...)
	}
	if s.State == matter.CourseAnswered {
		done := matter.Step{Kind: matter.StepClose}
		if len(out) == 0 || out[0].Kind == matter.StepSend {
			return append(out, done)
		}
		out = append(out, done)
	}
	return out
}

func afterComplaint(c matter.Course, s matter.Standing, now time.Time) []matter.Step {
	switch {
	case !s.Complaint.Informed.IsZero():
		return []matter.Step{{Kind: matter.StepClose}}
	case Passed(s.Complaint.AuthorityDue, now, c.To):
		return []matter.Step{{Kind: matter.StepCourt}}
	}
	return []matter.Step{{Kind: matter.StepWaitAuthority, Day: s.Complaint.AuthorityDue}}
}

func threadSteps(c matter.Course, s matter.Standing, t matter.Thread, now time.Time) (out []matter.Step) {
	if !t.Open() {
		return nil
	}
	add := func(k matter.StepKind, d matter.Day) {
		out = append(out, matter.Step{Kind: k, Right: t.Right, Day: d})
	}
	zone, _ := Zone(c.To)
	today := matter.DayOf(now, zone)
	reached := func(d matter.Day) bool { return !d.IsZero() && !today.Before(d) }
	switch {
	case t.Asked && t.Answer == "":
		add(matter.StepIdentity, matter.Day{})
	case t.Reminded.IsZero() && reached(t.RemindOn):
		add(matter.StepRemind, matter.Day{})
	case t.Answer == matter.AnswerRefused && t.Reminded.IsZero(): // there is nothing to wait for
	case t.Answer == "" && t.Estimated && t.Reminded.IsZero():
		add(matter.StepReceipt, matter.Day{})
		add(matter.StepWait, t.End)
	case t.Reminded.IsZero():
		add(matter.StepWait, t.End)
	case !Passed(t.Grace, now, c.To):
		add(matter.StepWait, t.Grace)
	}
	if reached(t.Complain) {
		out = append(out, complain(c, s, t)...)
	}
	return out
}

// complain is the step of a complaint, where the regime has an authority for one.
func complain(c matter.Course, s matter.Standing, t matter.Thread) []matter.Step {
	if !Complainable(c.Regime) {
		return nil
	}
	return []matter.Step{{Kind: complainTo(c, s), Right: t.Right}}
}

// complainTo tells to whom a complaint goes: in the United Kingdom to the controller first.
func complainTo(c matter.Course, s matter.Standing) matter.StepKind {
	if c.Regime == matter.RegimeUK && s.Complaint.ToController.IsZero() {
		return matter.StepToController
	}
	return matter.StepComplain
}

// Complainable tells whether the program knows an authority for a regime.
func Complainable(r matter.Regime) bool {
	return r == "" || r == matter.RegimeEU || r == matter.RegimeUK || r == matter.RegimeCH
}
