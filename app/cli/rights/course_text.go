package rights

import (
	"fmt"
	"io"
	"strings"

	"gabarit/app/cli/command"
	"gabarit/app/cli/document"
	"gabarit/engine/matter"
)

// courseText writes a case for people: its requests with their dates, what can be done, and what happened.
func (p program) courseText(v matter.CaseView) func(io.Writer) {
	return func(w io.Writer) {
		p.writeCases(w, []matter.CaseView{v})
		for i, it := range v.Case.Items {
			fmt.Fprintf(w, "  %d  %s\n", i+1, command.Plain(document.NewSource(it.Source, it.SHA256, it.CollectedAt).FoundAt()))
		}
		to := v.Course.To
		if to.Name != "" {
			fmt.Fprintln(w, p.Text("Controller: {{.V}}", "V", command.Plain(strings.Join(filled(to.Name, to.Country, to.Email, to.Source, to.SourceAt.String()), ", "))))
		}
		for _, t := range v.Standing.Threads {
			p.writeThread(w, t)
		}
		p.writeComplaint(w, v.Standing.Complaint)
		for i, s := range v.Standing.Steps {
			line := p.Text(stepWords(s.Kind))
			if s.Right != "" {
				line += " (" + p.Text(string(s.Right)) + ")"
			}
			if !s.Day.IsZero() {
				line += " " + s.Day.String()
			}
			if i == 0 {
				line = p.Text("Next: ") + line
			} else {
				line = p.Text("Or: ") + line
			}
			fmt.Fprintln(w, line)
		}
		for _, e := range v.Course.Events {
			p.writeEvent(w, e)
		}
		p.noAdvice(w)
	}
}

func filled(all ...string) (out []string) {
	for _, s := range all {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

func (p program) writeThread(w io.Writer, t matter.Thread) {
	line := func(label string, d matter.Day) {
		if !d.IsZero() {
			fmt.Fprintln(w, "    "+p.Text("{{.What}}: {{.Day}} ({{.Weekday}})", "What", p.Text(label), "Day", d.String(), "Weekday", p.Text(d.Weekday().String())))
		}
	}
	fmt.Fprintln(w, p.Text("Request: {{.V}}", "V", p.Text(string(t.Right))))
	line("sent", t.Sent)
	if t.Estimated {
		line("received (estimated)", t.Received)
	} else {
		line("received", t.Received)
	}
	if !t.Restart.Due.IsZero() || t.Asked {
		line("due if the period runs on", t.Running.Due)
		line("due if it begins anew", t.Restart.Due)
		line("due if it stood still", t.Paused.Due)
	}
	if t.Asked {
		fmt.Fprintln(w, "    "+p.Text("the controller asks who you are: answer first"))
	}
	if x := t.Extended; !x.Notice.IsZero() {
		switch {
		case x.Late:
			line("extension came too late, claimed until", x.Claimed)
		case x.NoReasons:
			line("extension without reasons, claimed until", x.Claimed)
		case x.Claimed.IsZero():
			line("a notice that more time is needed, without a date", x.Notice)
		default:
			line("extended until", x.Claimed)
		}
		line("the controller named a day that is later than the law allows", x.Named)
	}
	line("last day to answer", t.End)
	if t.Answer != "" {
		var parts []string
		for _, m := range t.Missing {
			parts = append(parts, p.Text(m.Words()))
		}
		fmt.Fprintln(w, "    "+p.Text("answer: {{.V}}", "V", strings.Join(filled(p.Text(string(t.Answer)), t.AnswerDay.String(), strings.Join(parts, ", "), p.Text(t.Ground.Words())), ", ")))
	}
	line("reminded", t.Reminded)
	line("complaint from", t.Complain)
	for _, d := range t.Doubts {
		fmt.Fprintln(w, "    "+p.Text(doubtWords(d)))
	}
}

func (p program) writeComplaint(w io.Writer, c matter.Complaint) {
	if !c.ToController.IsZero() {
		fmt.Fprintln(w, p.Text("Complaint to the controller: {{.Day}}, to be acknowledged by {{.By}} ({{.Other}} if the first day does not count; to be checked by a lawyer)",
			"Day", c.ToController.String(), "By", c.Acknowledge.String(), "Other", c.AcknowledgeLate.String()))
	}
	if !c.Lodged.IsZero() {
		fmt.Fprintln(w, p.Text("Complaint: {{.V}}", "V", strings.Join(filled(c.Lodged.String(), c.Authority, c.Reference), ", ")))
	}
}

func (p program) writeEvent(w io.Writer, e matter.Event) {
	what := p.Text(e.Kind.Words())
	if e.Void {
		what = p.Text("never happened") + ": " + what
	}
	if e.Corrects != 0 {
		what = p.Text("corrects {{.N}}: ", "N", e.Corrects) + what
	}
	var files []string
	for _, f := range e.Files {
		files = append(files, f.Name+" ["+f.ID+"]")
	}
	fmt.Fprintf(w, "  %2d  %-10s  %s\n", e.No, e.Day, command.Plain(strings.Join(filled(what, rightOrNone(p, e), e.Proof, e.Reasons, e.Reference, e.Note, strings.Join(files, ", ")), " · ")))
}

func rightOrNone(p program, e matter.Event) string {
	if e.Right == "" {
		return ""
	}
	return p.Text(string(e.Right))
}

func (p program) noAdvice(w io.Writer) {
	fmt.Fprintln(w, p.Text("Gabarit counts and writes; it gives no legal advice."))
}

func stepWords(k matter.StepKind) string {
	return map[matter.StepKind]string{
		matter.StepSend:          "write and send the letter",
		matter.StepReceipt:       "find out when the letter arrived",
		matter.StepWait:          "wait until",
		matter.StepIdentity:      "answer the question about your identity",
		matter.StepRemind:        "send a reminder",
		matter.StepToController:  "complain to the controller first",
		matter.StepComplain:      "complain to the authority",
		matter.StepWaitAuthority: "wait for the authority until",
		matter.StepCourt:         "the authority is silent: a court can be asked (art. 78(2))",
		matter.StepClose:         "close the case",
	}[k]
}

func doubtWords(d matter.Doubt) string {
	return map[matter.Doubt]string{
		matter.DoubtCountry:   "The controller’s country or its public holidays are not known: weekends count only, so this is the earliest date.",
		matter.DoubtReceipt:   "The day of receipt is an estimate.",
		matter.DoubtZone:      "The controller’s time zone is not known: a day has passed when it has everywhere.",
		matter.DoubtIdentity:  "Whether a question about identity stops the period is disputed (to be checked by a lawyer): the latest date counts.",
		matter.DoubtRegional:  "This is a holiday in a part of the country; whether it counts is unclear (to be checked by a lawyer): reminders wait one working day.",
		matter.DoubtSwissRoll: "Whether a Swiss period moves to the next working day is to be checked by a lawyer.",
	}[d]
}

func confidenceWords(c string) string {
	switch c {
	case "A":
		return "its complaint page was seen in a stored copy"
	case "A-":
		return "a page above it, or an older one, was seen"
	case "B":
		return "from a directory only"
	}
	return "only its website is known"
}
