package course

import (
	"strings"
	"time"

	"fyne.io/fyne/v2/widget"

	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/ui/kit"
)

// StateWords names a state.
func StateWords(v matter.CaseView) string {
	switch v.Standing.State {
	case matter.CourseSent:
		return kit.T("sent")
	case matter.CourseWaiting:
		return kit.T("waiting")
	case matter.CourseOverdue:
		return kit.T("overdue")
	case matter.CourseAnswered:
		return kit.T("answered")
	case matter.CourseDone:
		return kit.T("done")
	case matter.CourseAbandoned:
		return kit.T("abandoned")
	}
	if v.Case.State == engine.CaseExported {
		return kit.T("letter exported")
	}
	return kit.T("draft")
}

// importance gives the colour of a state. The word says the same.
func importance(s matter.CourseState) widget.Importance {
	switch s {
	case matter.CourseOverdue:
		return widget.DangerImportance
	case matter.CourseSent, matter.CourseWaiting:
		return widget.HighImportance
	case matter.CourseAnswered:
		return widget.WarningImportance
	case matter.CourseDone:
		return widget.SuccessImportance
	case matter.CourseAbandoned:
		return widget.LowImportance
	}
	return widget.MediumImportance
}

// DueWords says when something is due and how far that is.
func (p *Presenter) DueWords(v matter.CaseView) string {
	due := v.Standing.Due
	if due.IsZero() {
		return ""
	}
	day := dayWords(due)
	switch left := p.Left(due); {
	case left < 0:
		return kit.T("{{.V}} has passed", kit.Field(day))
	case left == 0:
		return kit.T("{{.V}}, today", kit.Field(day))
	default:
		return day + ", " + kit.N("in {{.N}} days", left)
	}
}

// dayWords writes a day with its weekday.
func dayWords(d matter.Day) string {
	if d.IsZero() {
		return ""
	}
	return weekdayWords(d.Weekday()) + " " + d.String()
}

func weekdayWords(d time.Weekday) string {
	switch d {
	case time.Monday:
		return kit.T("Mon")
	case time.Tuesday:
		return kit.T("Tue")
	case time.Wednesday:
		return kit.T("Wed")
	case time.Thursday:
		return kit.T("Thu")
	case time.Friday:
		return kit.T("Fri")
	case time.Saturday:
		return kit.T("Sat")
	}
	return kit.T("Sun")
}

// RightWords names a request.
func RightWords(r engine.Right) string {
	switch r {
	case "access":
		return kit.T("Access (art. 15)")
	case "erasure":
		return kit.T("Erasure (art. 17)")
	case "objection":
		return kit.T("Objection (art. 21)")
	case "restriction":
		return kit.T("Restriction (art. 18)")
	case "delisting":
		return kit.T("Delisting")
	case engine.RightReminder:
		return kit.T("Reminder")
	case engine.RightComplaint:
		return kit.T("Complaint")
	}
	return string(r)
}

// regimeRight names a request without an article of the GDPR where another law applies.
func regimeRight(v matter.CaseView, r engine.Right) string {
	words := RightWords(r)
	if g := v.Course.Regime; g != "" && g != matter.RegimeEU && g != matter.RegimeUK {
		words, _, _ = strings.Cut(words, " (")
	}
	return words
}

// StepWords says what can be done.
func StepWords(v matter.CaseView, s matter.Step) string {
	day := dayWords(s.Day)
	switch s.Kind {
	case matter.StepSend:
		return kit.T("Write and send the letter")
	case matter.StepReceipt:
		return kit.T("Find out when the letter arrived")
	case matter.StepWait:
		if day == "" {
			return kit.T("Wait for the answer")
		}
		return kit.T("Wait until {{.V}}", kit.Field(day))
	case matter.StepIdentity:
		return kit.T("Answer the question about your identity")
	case matter.StepRemind:
		return kit.T("Send a reminder")
	case matter.StepToController:
		return kit.T("Complain to the controller first")
	case matter.StepComplain:
		if v.Course.Regime == matter.RegimeCH {
			return kit.T("Report to the FDPIC")
		}
		return kit.T("Complain to the authority")
	case matter.StepWaitAuthority:
		if day == "" {
			return kit.T("Wait for the authority")
		}
		return kit.T("Wait for the authority until {{.V}}", kit.Field(day))
	case matter.StepCourt:
		return kit.T("The authority is silent: a court can be asked (art. 78(2))")
	case matter.StepClose:
		return kit.T("Close the case")
	}
	return ""
}

// EventWords names what happened; also for the log.
func EventWords(k matter.EventKind) string {
	switch k {
	case matter.EventDrafted:
		return kit.T("letter chosen")
	case matter.EventSent:
		return kit.T("letter sent")
	case matter.EventReceived:
		return kit.T("letter arrived")
	case matter.EventIdentityAsked:
		return kit.T("asked for identity")
	case matter.EventIdentityGiven:
		return kit.T("question about identity answered")
	case matter.EventExtended:
		return kit.T("notice of extension")
	case matter.EventAnswered:
		return kit.T("answer received")
	case matter.EventReminded:
		return kit.T("reminder sent")
	case matter.EventComplained:
		return kit.T("complaint to an authority")
	case matter.EventToController:
		return kit.T("complaint to the controller")
	case matter.EventAuthority:
		return kit.T("authority informed")
	}
	return endWords(k)
}

func endWords(k matter.EventKind) string {
	switch k {
	case matter.EventClosed:
		return kit.T("closed")
	case matter.EventAbandoned:
		return kit.T("not followed any more")
	case matter.EventReopened:
		return kit.T("opened again")
	case "addressed":
		return kit.T("addressed")
	case "files_kept":
		return kit.T("files kept")
	case "files_dropped":
		return kit.T("files given up")
	}
	return string(k)
}

func channelWords(c matter.Channel) string {
	switch c {
	case matter.ChannelEmail:
		return kit.T("e-mail")
	case matter.ChannelForm:
		return kit.T("web form")
	case matter.ChannelPost:
		return kit.T("post")
	case matter.ChannelTracked:
		return kit.T("post with proof of delivery")
	case matter.ChannelHand:
		return kit.T("by hand")
	}
	return ""
}

func answerWords(a matter.AnswerKind) string {
	switch a {
	case matter.AnswerFull:
		return kit.T("complete")
	case matter.AnswerPartial:
		return kit.T("incomplete")
	case matter.AnswerRefused:
		return kit.T("refused")
	}
	return ""
}

func partWords(m matter.AnswerPart) string {
	switch m {
	case "a":
		return kit.T("(a) purposes")
	case "b":
		return kit.T("(b) categories of data")
	case "c":
		return kit.T("(c) recipients or their categories")
	case "d":
		return kit.T("(d) storage period")
	case "e":
		return kit.T("(e) the rights to rectify, erase, restrict, object")
	case "f":
		return kit.T("(f) the right to complain")
	case "g":
		return kit.T("(g) source of the data")
	case "h":
		return kit.T("(h) automated decisions")
	case "copy":
		return kit.T("copy of the data")
	case "templates":
		return kit.T("templates and what derives from them")
	case "recipients":
		return kit.T("recipients by name")
	case "art14":
		return kit.T("information of article 14")
	}
	return string(m)
}

func groundWords(r matter.Refusal) string {
	switch r {
	case matter.RefusalNone:
		return kit.T("no ground given")
	case matter.RefusalIdentity:
		return kit.T("cannot identify the person")
	case matter.RefusalUnfounded:
		return kit.T("manifestly unfounded (art. 12(5))")
	case matter.RefusalExcessive:
		return kit.T("excessive (art. 12(5))")
	case matter.RefusalCap:
		return kit.T("a limit of time or number")
	case matter.RefusalException:
		return kit.T("an exception of the law")
	case matter.RefusalNotBound:
		return kit.T("says that the law does not bind it")
	case matter.RefusalSecret:
		return kit.T("secret, or rights of others")
	case matter.RefusalOther:
		return kit.T("another ground")
	}
	return ""
}

func doubtWords(d matter.Doubt) string {
	switch d {
	case matter.DoubtCountry:
		return kit.T("The controller’s country or its public holidays are not known: weekends count only, so this is the earliest date.")
	case matter.DoubtReceipt:
		return kit.T("The day of receipt is an estimate.")
	case matter.DoubtZone:
		return kit.T("The controller’s time zone is not known: a day has passed when it has everywhere.")
	case matter.DoubtIdentity:
		return kit.T("Whether a question about identity stops the period is disputed (to be checked by a lawyer): the latest date counts.")
	case matter.DoubtRegional:
		return kit.T("This is a holiday in a part of the country; whether it counts is unclear (to be checked by a lawyer): reminders wait one working day.")
	case matter.DoubtSwissRoll:
		return kit.T("Whether a Swiss period moves to the next working day is to be checked by a lawyer.")
	}
	return ""
}

func confidenceWords(c string) string {
	switch c {
	case "A":
		return kit.T("its complaint page was seen in a stored copy")
	case "A-":
		return kit.T("a page above it, or an older one, was seen")
	case "B":
		return kit.T("from a directory only")
	}
	return kit.T("only its website is known")
}

func regimeWords(r matter.Regime) string {
	switch r {
	case matter.RegimeUK:
		return kit.T("United Kingdom (UK GDPR)")
	case matter.RegimeCH:
		return kit.T("Switzerland (FADP)")
	case matter.RegimeCalifornia:
		return kit.T("California (CCPA), dates only")
	case matter.RegimeIllinois:
		return kit.T("Illinois (BIPA), no request right")
	}
	return kit.T("EU and EEA (GDPR)")
}

// dutyWords says what is due; "" if nothing is.
func dutyWords(d Duty) string {
	var parts []string
	if d.Overdue > 0 {
		parts = append(parts, kit.N("{{.N}} cases are overdue.", d.Overdue))
	}
	if d.ToDo > 0 {
		parts = append(parts, kit.N("{{.N}} cases wait for you.", d.ToDo))
	}
	if d.Soon > 0 {
		parts = append(parts, kit.N("{{.N}} cases have a date within a week.", d.Soon))
	}
	return strings.Join(parts, " ")
}
