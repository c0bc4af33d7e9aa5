package desk

import (
	"strings"
	"time"

	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/ui/kit"
)

func rightWords(r engine.Right) string {
	switch r {
	case matter.RightAccess:
		return kit.T("access (art. 15)")
	case matter.RightErasure:
		return kit.T("erasure (art. 17)")
	case matter.RightRestriction:
		return kit.T("restriction (art. 18)")
	case matter.RightObjection:
		return kit.T("objection (art. 21)")
	}
	return string(r)
}

func rightsWords(r matter.Request) string {
	var out []string
	for _, right := range r.Rights {
		out = append(out, rightWords(right))
	}
	return strings.Join(out, ", ")
}

func stageWords(s matter.Stage) string {
	switch s {
	case matter.StageRegistered:
		return kit.T("registered")
	case matter.StageSearched:
		return kit.T("candidates to review")
	case matter.StageReviewed:
		return kit.T("reviewed")
	case matter.StageAnswered:
		return kit.T("answered")
	case matter.StageErased:
		return kit.T("erased")
	case matter.StageRefused:
		return kit.T("refused")
	}
	return kit.T("closed")
}

// clockWords tells the last day to answer, and how many days are left or have passed.
func clockWords(r matter.Request, now time.Time) string {
	day := r.Until().In(now.Location()).Format(time.DateOnly)
	out := kit.T("answer by {{.V}}", kit.Field(day))
	if r.Extension != nil {
		out = kit.T("answer by {{.V}}, extended", kit.Field(day))
	}
	switch {
	case r.Answered():
		return out
	case r.Overdue(now):
		return out + " · " + kit.T("overdue")
	}
	return out + " · " + kit.N("{{.N}} days left", daysTo(now, r.Until()))
}

// daysTo counts calendar days from now to a last day.
func daysTo(now, last time.Time) int {
	day := func(t time.Time) time.Time {
		y, m, d := t.In(now.Location()).Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	return int(day(last).Sub(day(now)) / (24 * time.Hour))
}

// requestWords sums up what is known of a request.
func requestWords(r matter.Request) string {
	var out []string
	line := func(name, value string) {
		if value != "" {
			out = append(out, kit.T("{{.K}}: {{.V}}", map[string]any{"K": name, "V": value}))
		}
	}
	received := kit.Time(r.Received)
	if r.Estimated {
		received = kit.T("{{.V}} (estimated)", kit.Field(received))
	}
	line(kit.T("Received"), received)
	line(kit.T("How it came"), r.Channel)
	line(kit.T("Name as signed"), r.Name)
	line(kit.T("Answer to"), r.Reply)
	line(kit.T("Addresses named"), strings.Join(r.URLs, " "))
	line(kit.T("Remarks"), r.Note)
	line(kit.T("Doubts about who asks"), r.Doubts)
	if s := r.Search; s != nil {
		line(kit.T("Searched"), searchWords(*s))
	}
	if len(r.Candidates) > 0 {
		line(kit.T("Candidates"), kit.T("{{.N}}, of them the person: {{.Yes}}, undecided: {{.Open}}", map[string]any{"N": kit.Int(len(r.Candidates)), "Yes": kit.Int(len(r.Confirmed())), "Open": kit.Int(r.Undecided())}))
	}
	if len(r.Frozen) > 0 {
		line(kit.T("Restricted"), kit.N("{{.N}} faces that no search finds", len(r.Frozen)))
	}
	if !r.AnsweredAt.IsZero() {
		line(kit.T("Answered"), kit.Time(r.AnsweredAt))
	}
	if e := r.Erasure; e != nil {
		line(kit.T("Erased"), kit.T("{{.At}}: photos {{.Photos}}, templates {{.Templates}}; found again: {{.Hits}}", map[string]any{"At": kit.Time(e.At), "Photos": kit.Int(e.Counts.Photos + e.Counts.Partly),
			"Templates": kit.Int(e.Counts.Templates), "Hits": kit.Int(e.Hits + e.Scan)}))
		if len(e.Notices) > 0 {
			line(kit.T("Recipients (art. 19)"), toldWords(e.Notices))
		}
	}
	if f := r.Refusal; f != nil {
		line(kit.T("Refused"), groundWords(f.Ground))
	}
	line(kit.T("Decided"), r.Decided)
	return strings.Join(out, "\n")
}

func searchWords(s matter.SubjectSearch) string {
	words := kit.T("{{.At}}: faces of portraits {{.Faces}}, compared with {{.Compared}} of the {{.Held}} faces held, up to a distance of {{.Distance}}", map[string]any{"At": kit.Time(s.At),
		"Faces": kit.Int(s.Faces), "Compared": kit.Int(s.Compared), "Held": kit.Int(s.Held), "Distance": kit.Distance(s.Distance)})
	if s.OtherModel > 0 {
		words += " · " + kit.N("{{.N}} faces of another model could not be compared", s.OtherModel)
	}
	return words
}

func groundWords(g matter.RefusalGround) string {
	if g == matter.RefusedUnfounded {
		return kit.T("manifestly unfounded (art. 12(5))")
	}
	return kit.T("excessive (art. 12(5))")
}

// candidateWords says how a candidate was found and what was decided.
func candidateWords(v matter.CandidateView) string {
	var parts []string
	if v.Compared {
		parts = append(parts, kit.T("distance {{.V}}", kit.Field(kit.Distance(v.Distance))))
	}
	for _, by := range v.By {
		parts = append(parts, foundWords(by))
	}
	if v.Others > 0 {
		parts = append(parts, kit.N("{{.N}} other faces in the photo", v.Others))
	}
	parts = append(parts, v.Collection, originWords(v.Source))
	return strings.Join(parts, " · ")
}

func originWords(s engine.Provenance) string {
	for _, place := range []string{s.PageURL, s.URL} {
		if place != "" {
			return place
		}
	}
	return kit.T("local file")
}

func foundWords(by matter.FoundBy) string {
	switch by {
	case matter.FoundPortrait:
		return kit.T("near a portrait")
	case matter.FoundURL:
		return kit.T("at an address named")
	case matter.FoundFile:
		return kit.T("the file sent")
	case matter.FoundLooks:
		return kit.T("looks like the file sent")
	}
	return kit.T("in the person’s group")
}

func verdictWords(v matter.CandidateView) string {
	switch {
	case v.WaitsForSecond():
		return kit.T("A second reviewer is needed.")
	case v.Verdict() == matter.VerdictYes:
		return kit.T("It is the person.")
	case v.Verdict() == matter.VerdictNo:
		return kit.T("Somebody else.")
	case v.Verdict() == matter.VerdictUnsure:
		return kit.T("Unsure: it is not sent.")
	}
	return kit.T("Not decided.")
}

// problemWords tells which photos could not be used as portraits.
func problemWords(problems []matter.PhotoProblem) string {
	var out []string
	for _, p := range problems {
		out = append(out, kit.Names([]string{p.File})+": "+kit.Explain(p.Err).What)
	}
	return strings.Join(out, "\n")
}

// historyWords lists what was done, the newest last. The words are the application's, keys of the translations.
func historyWords(steps []matter.RequestStep) string {
	var out []string
	for _, s := range steps {
		out = append(out, kit.Time(s.At)+"  "+kit.Message(s.What))
	}
	return strings.Join(out, "\n")
}
