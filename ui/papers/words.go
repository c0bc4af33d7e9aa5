package papers

import (
	"strings"
	"time"

	"gabarit/engine/matter"
	"gabarit/ui/kit"
)

// gapWords says what the profile lacks.
func gapWords(gaps []matter.Gap) string {
	var out []string
	for _, g := range gaps {
		switch g {
		case matter.GapProfile:
			out = append(out, kit.T("It is not recorded who the controller is (GDPR article 14(1)(a))."))
		case matter.GapContact:
			out = append(out, kit.T("The controller can't be written to: neither an address nor an e-mail address is recorded."))
		case matter.GapTerritory:
			out = append(out, kit.T("It is not recorded why the GDPR applies, or does not (article 3)."))
		case matter.GapRepresentative:
			out = append(out, kit.T("No representative in the Union is designated, although article 27 of the GDPR requires one.")+" "+kit.T("Nothing can be collected until then."))
		default:
			out = append(out, string(g))
		}
	}
	return strings.Join(out, "\n")
}

func territoryWords(t matter.Territory) string {
	switch t {
	case matter.TerritoryEstablish:
		return kit.T("3(1): established in the Union")
	case matter.TerritoryOffering:
		return kit.T("3(2)(a): goods or services for people in the Union")
	case matter.TerritoryMonitoring:
		return kit.T("3(2)(b): behaviour of people in the Union is monitored")
	case matter.TerritoryNone:
		return kit.T("does not apply, for the reasons given")
	}
	return kit.T("not stated")
}

// partyWords writes a party on one line.
func partyWords(p matter.Party) string {
	var parts []string
	for _, s := range []string{p.Name, p.Address, p.Email, p.Country} {
		if s = strings.Join(strings.Fields(s), " "); s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, ", ")
}

func profileWords(p matter.Profile) string {
	var out []string
	line := func(name, value string) {
		if value != "" {
			out = append(out, kit.T("{{.K}}: {{.V}}", map[string]any{"K": name, "V": value}))
		}
	}
	line(kit.T("Controller"), partyWords(p.Party))
	for _, j := range p.Joint {
		line(kit.T("Joint controller"), partyWords(j))
	}
	line(kit.T("Data protection officer"), partyWords(p.DPO))
	if p.Territory != matter.TerritoryUnstated {
		line(kit.T("GDPR article 3"), territoryWords(p.Territory))
	}
	line(kit.T("Representative in the Union"), partyWords(p.EU.Party))
	line(kit.T("Representative in the United Kingdom"), partyWords(p.UK.Party))
	line(kit.T("Representative in Switzerland"), partyWords(p.CH.Party))
	line(kit.T("Authority"), partyWords(p.Authority))
	line(kit.T("Impact assessment"), p.DPIA)
	return strings.Join(out, "\n")
}

func recipientWords(r matter.Recipient) string {
	role := kit.T("recipient")
	if r.Processor {
		role = kit.T("processor")
	}
	parts := []string{r.Country, role, r.What}
	switch {
	case r.Gone():
		parts = append(parts, kit.T("nothing any more since {{.V}}", kit.Field(kit.Date(r.Removed))))
	case !r.Since.IsZero():
		parts = append(parts, kit.T("since {{.V}}", kit.Field(dayText(r.Since))))
	}
	return strings.Join(parts, " · ")
}

func orderWords(o matter.Order, now time.Time) string {
	parts := []string{kit.T("due {{.V}}", kit.Field(dayText(o.Due)))}
	switch o.State(now) {
	case matter.OrderClosed:
		parts = append(parts, kit.T("closed {{.V}}", kit.Field(kit.Date(o.ClosedAt))))
	case matter.OrderOverdue:
		parts = append(parts, kit.N("overdue for {{.N}} days", o.DaysLate(now)))
	}
	if sum := o.PenaltySoFar(now); sum > 0 {
		parts = append(parts, kit.T("penalty so far: {{.V}}", kit.Field(kit.Int(int(sum/100))+" "+o.Currency)))
	}
	parts = append(parts, kit.N("{{.N}} proofs", len(o.Proof)), o.Ordered)
	return strings.Join(parts, " · ")
}

func noticeWords(n matter.NoticeDue, now time.Time) string {
	var parts []string
	switch {
	case n.Due.IsZero():
		parts = append(parts, kit.T("nothing collected yet"))
	default:
		parts = append(parts, kit.T("people must be informed by {{.V}}", kit.Field(dayText(n.Due))))
	}
	switch {
	case !n.WrittenAt.IsZero():
		parts = append(parts, kit.T("page written {{.V}}; publishing it is up to you", kit.Field(kit.Date(n.WrittenAt))))
	case n.Late(now):
		parts = append(parts, kit.T("overdue"))
	}
	return strings.Join(parts, " · ")
}

// writtenWords says what was written and what is left to do.
func writtenWords(w matter.PaperWritten) string {
	if len(w.Files) == 0 {
		return ""
	}
	out := []string{kit.T("Written: {{.V}}", kit.Field(kit.Names(w.Files)))}
	if w.ToWrite > 0 {
		out = append(out, kit.N("{{.N}} places that a person must fill in are marked.", w.ToWrite))
	}
	if len(w.Gaps) > 0 {
		out = append(out, gapWords(w.Gaps))
	}
	return strings.Join(out, "\n")
}
