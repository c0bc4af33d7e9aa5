package cases

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"gabarit/app/opened"
	"gabarit/assets"
	"gabarit/engine"
	"gabarit/engine/entry"
	"gabarit/engine/matter"
	"gabarit/engine/rights"
	"gabarit/engine/rights/procedure"
)

// PrepareLetter fills in what the course of the request's case knows and the request leaves empty: the controller, the regime, whether access was
// answered before erasure, and for a reminder or complaint what became of the request it is about (Fields.FollowUp.Right; "": the one that waits
// longest) in the letter's language. CodeConflict: it is too early for a reminder or complaint, and from which day on it is not; CodeNotFound.
func (m *Matters) PrepareLetter(ctx context.Context, req matter.LetterRequest) (matter.LetterRequest, error) {
	return opened.Use(ctx, m.door, "cases.PrepareLetter", func(ctx context.Context, v opened.Vault) (matter.LetterRequest, error) {
		c, err := v.Store.Case(ctx, req.Case)
		if err != nil {
			return req, err
		}
		return m.prepared(c, req)
	})
}

// prepared is PrepareLetter with the case at hand.
func (m *Matters) prepared(c engine.Case, req matter.LetterRequest) (matter.LetterRequest, error) {
	now := m.door.Now()
	v, err := view(c, now)
	if err != nil {
		return req, err
	}
	addressed(&req, v.Course)
	if t, ok := v.Standing.Thread(engine.RightAccess); ok && req.Right == engine.RightErasure {
		req.AccessAnswered = req.AccessAnswered || t.Answer != ""
		if req.Fields.AccessDate.IsZero() {
			req.Fields.AccessDate = date(t.Sent)
		}
	}
	if req.Right != engine.RightReminder && req.Right != engine.RightComplaint {
		return req, nil
	}
	u := req.Fields.FollowUp
	about := cmp.Or(u.Right, longestWaiting(v.Standing))
	if _, known := v.Standing.Thread(about); !known && !u.DueDate.IsZero() && procedure.Passed(matter.DayOf(u.DueDate, u.DueDate.Location()), now, v.Course.To) {
		grace(&req)
		return req, nil // the request is not followed here: what the person filled in stands
	}
	if err := procedure.MayWrite(v.Course, matter.Rights(c), req.Right, about, now); err != nil {
		return req, err
	}
	t, _ := v.Standing.Thread(about)
	return req, m.followUp(&req, v, t)
}

// addressed fills in the controller as the case knows it.
func addressed(req *matter.LetterRequest, c matter.Course) {
	fill := func(to *string, from string) {
		if *to == "" {
			*to = from
		}
	}
	f := &req.Fields
	fill(&f.ControllerName, c.To.Name)
	fill(&f.ControllerAddress, c.To.Address)
	fill(&f.ControllerEmail, c.To.Email)
	fill(&f.ControllerWeb, c.To.Web)
	req.Regime = cmp.Or(req.Regime, c.Regime)
}

// adopt takes over from a letter who its case is addressed to, where the case does not know yet.
func adopt(ctx context.Context, v opened.Vault, c engine.Case, req matter.LetterRequest) error {
	course, err := matter.ReadCourse(c.Course)
	f := req.Fields
	if err != nil || course.To.Name != "" || f.ControllerName == "" {
		return err
	}
	return v.Store.ChangeCase(ctx, c.ID, func(c *engine.Case) (engine.AuditEntry, error) {
		course, err := matter.ReadCourse(c.Course)
		if err != nil {
			return engine.AuditEntry{}, err
		}
		to := &course.To
		to.Name, to.Address, to.Email, to.Web = f.ControllerName, cmp.Or(to.Address, f.ControllerAddress), cmp.Or(to.Email, f.ControllerEmail), cmp.Or(to.Web, f.ControllerWeb)
		course.Regime = cmp.Or(course.Regime, req.Regime, matter.RegimeEU)
		c.Course, err = course.Encode()
		return entry.CaseAddressed(c.ID, course.Regime), err
	})
}

// longestWaiting is the request whose period ended first, of those that are not fully answered.
func longestWaiting(s matter.Standing) engine.Right {
	open := slices.DeleteFunc(slices.Clone(s.Threads), func(t matter.Thread) bool { return !t.Open() })
	if len(open) == 0 {
		return ""
	}
	return slices.MinFunc(open, func(a, b matter.Thread) int { return a.End.Compare(b.End) }).Right
}

// date is a day as letters take it.
func date(d matter.Day) time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	return d.Midnight(time.UTC)
}

// grace sets the courtesy date of a letter that names none.
func grace(req *matter.LetterRequest) {
	if u := &req.Fields.FollowUp; u.GraceDate.IsZero() && !req.Fields.Date.IsZero() {
		u.GraceDate = req.Fields.Date.AddDate(0, 0, procedure.GraceDays)
	}
}

// followUp tells what became of a request.
func (m *Matters) followUp(req *matter.LetterRequest, v matter.CaseView, t matter.Thread) error {
	say := assets.NewPhrases(req.Lang)
	u := &req.Fields.FollowUp
	u.Right, u.RequestDate, u.ReceivedDate, u.ReceivedKnown, u.DueDate = t.Right, date(t.Sent), date(t.Received), !t.Estimated, date(t.End)
	u.Channel = cmp.Or(u.Channel, say.Text(t.Channel.Words()))
	grace(req)
	outcome(u, v, t, say)
	if req.Right == engine.RightReminder {
		return nil
	}
	u.Residence = cmp.Or(u.Residence, countryName(v.Course.Residence, req.Lang))
	u.Chronology = cmp.Or(u.Chronology, chronology(v.Course, req.Lang, say))
	u.ToController = u.ToController || !v.Standing.Complaint.ToController.IsZero()
	if len(u.Infringed) == 0 {
		u.Infringed = infringed(v.Course.Regime, t.Right)
	}
	u.Reminded = u.Reminded || !t.Reminded.IsZero()
	u.Established = u.Established || established(v.Course)
	if u.AuthorityName != "" {
		return nil
	}
	choice, err := m.AuthorityChoice(v.Course)
	u.AuthorityName = authorityName(choice.Default, req.Lang)
	return err
}

// established reports whether a controller is where the law of its case applies: no representative has to be looked for then (art. 27).
func established(c matter.Course) bool {
	switch c.Regime {
	case matter.RegimeUK:
		return c.To.Country == "GB"
	case matter.RegimeCH:
		return c.To.Country == "CH"
	}
	return matter.InUnion(c.To.Country)
}

// authorityName is what a letter calls an authority: by its own name, without the translation that the table has behind it. The Swiss one has a name in each
// language.
func authorityName(a matter.Authority, lang string) string {
	if name, ok := map[string]string{"fr": "Préposé fédéral à la protection des données et à la transparence (PFPDT)", "en": "Federal Data Protection and Information Commissioner (FDPIC)",
		"it": "Incaricato federale della protezione dei dati e della trasparenza (IFPDT)"}[lang]; ok && a.ID == "CH" {
		return name
	}
	name := a.Name
	if i := strings.LastIndex(name, " ("); i > 0 && strings.HasSuffix(name, ")") {
		return name[:i]
	}
	return name
}

// outcome says what the controller did, in the words of the letter.
func outcome(u *matter.FollowUp, v matter.CaseView, t matter.Thread, say *assets.Phrases) {
	if x := t.Extended; !x.Notice.IsZero() {
		u.ExtensionDate, u.ExtensionInTime, u.NoReasons, u.NoUntil = date(x.Notice), !x.Late, x.NoReasons, x.Claimed.IsZero()
	}
	u.NoAnswer = t.Answer == ""
	if t.Answer == "" {
		return
	}
	u.AnswerDate = date(t.AnswerDay)
	note := answerNote(v.Course, t.Right)
	switch {
	case t.Answer == matter.AnswerPartial:
		var parts []string
		for _, p := range t.Missing {
			parts = append(parts, say.Text(p.Words()))
		}
		u.MissingList = cmp.Or(u.MissingList, strings.Join(parts, ", "), note)
	case t.Ground == matter.RefusalCap:
		u.CapText = cmp.Or(u.CapText, note, say.Text(t.Ground.Words()))
	default:
		reason := t.Ground.Words()
		if t.Ground == matter.RefusalNone {
			reason = "none"
		}
		u.RefusalReason = cmp.Or(u.RefusalReason, note, say.Text(reason))
		u.RefusalRule = cmp.Or(u.RefusalRule, say.Text(refusalRule(v.Course.Regime, t.Right, t.Ground)))
	}
}

// refusalRule is the rule that a refusal on a ground would have to rest on, for a request under a right. All are of the singular, as French letters
// go on with "ne le permet pas".
func refusalRule(r matter.Regime, right engine.Right, ground matter.Refusal) string {
	switch {
	case r == matter.RegimeCH && right == engine.RightAccess:
		return "Article 26 FADP"
	case r == matter.RegimeCH: // article 26 is about information only; what justifies other processing is in article 31
		return "Article 31 FADP"
	}
	switch ground {
	case matter.RefusalNone:
		return "Article 12(4) and (5)"
	case matter.RefusalIdentity:
		return "Article 12(2) and (6)"
	case matter.RefusalNotBound:
		return "Article 3"
	case matter.RefusalException, matter.RefusalSecret:
		if rule, ok := map[engine.Right]string{engine.RightAccess: "Article 15(4)", engine.RightErasure: "Article 17(3)", engine.RightDelisting: "Article 17(3)",
			engine.RightObjection: "Article 21(1)", engine.RightRestriction: "Article 18(2)"}[right]; ok {
			return rule
		}
	}
	return "Article 12(5)"
}

// answerNote is what was noted with the last answer.
func answerNote(c matter.Course, right engine.Right) (note string) {
	for _, e := range c.Effective() {
		if e.Kind == matter.EventAnswered && e.Right == right {
			note = e.Note
		}
	}
	return note
}

// countryName names a country of ISO 3166-1 in a language; what is no such code stays as it is.
func countryName(code, lang string) string {
	region, err := language.ParseRegion(code)
	if err != nil {
		return code
	}
	return cmp.Or(display.Regions(language.Make(lang)).Name(region), code)
}

// chronology has a line for each thing that happened between the person and the controller: date – step – channel – proof. When the person closed or
// opened the case in this program is nobody else's business.
func chronology(c matter.Course, lang string, say *assets.Phrases) string {
	var lines []string
	events := slices.Clone(c.Effective())
	slices.SortStableFunc(events, func(a, b matter.Event) int { return a.Day.Compare(b.Day) }) // they may have been recorded later
	for _, e := range events {
		switch e.Kind {
		case matter.EventDrafted, matter.EventClosed, matter.EventAbandoned, matter.EventReopened:
			continue
		}
		what := say.Text(e.Kind.Words())
		if e.Right != "" {
			what += " (" + say.Text(string(e.Right)) + ")"
		}
		parts := slices.DeleteFunc([]string{rights.Date(lang, date(e.Day)), what, say.Text(e.Channel.Words()), e.Proof}, func(s string) bool { return s == "" })
		lines = append(lines, strings.Join(parts, " – "))
	}
	return strings.Join(lines, "\n")
}

// infringed proposes the provisions that the silence on a request infringes, as keys of rights.Letters.Provisions. The person adds others.
func infringed(r matter.Regime, right engine.Right) []string {
	switch {
	case r == matter.RegimeCH && right == engine.RightAccess:
		return []string{"25"}
	case r == matter.RegimeCH && right == engine.RightErasure:
		return []string{"32"}
	case r == matter.RegimeCH:
		return []string{"30"}
	}
	own, ok := map[engine.Right]string{engine.RightAccess: "15", engine.RightErasure: "17", engine.RightDelisting: "17", engine.RightObjection: "21", engine.RightRestriction: "18"}[right]
	if !ok {
		return []string{"12"}
	}
	return []string{"12", own}
}
