package upkeep

import (
	"net/url"
	"strings"

	"gabarit/engine/matter"
	"gabarit/ui/kit"
)

// SourceWords sums up what checks found, without what they did not.
func SourceWords(c matter.SourceCounts) string {
	return kit.Dotted(
		kit.N("{{.N}} photos asked about", c.Checked),
		kit.Some(c.Same, kit.N("{{.N}} still there", c.Same)),
		kit.Some(c.Gone, kit.N("{{.N}} gone", c.Gone)),
		kit.Some(c.Closed, kit.N("{{.N}} closed to the public", c.Closed)),
		kit.Some(c.NoIndex, kit.N("{{.N}} withdrawn by noindex or the like", c.NoIndex)),
		kit.Some(c.Disallowed, kit.N("{{.N}} barred by robots.txt", c.Disallowed)),
		kit.Some(c.Changed, kit.N("{{.N}} replaced by another image", c.Changed)),
		kit.Some(c.Unreachable, kit.N("{{.N}} without an answer", c.Unreachable)),
		kit.Some(c.Hidden, kit.N("{{.N}} hidden from searches since", c.Hidden)),
		kit.Some(c.Shown, kit.N("{{.N}} found again since", c.Shown)))
}

// whyWords says why photos go.
func whyWords(why string) string {
	switch why {
	case "expired":
		return kit.T("kept as long as the collection says")
	case "unchecked":
		return kit.T("source not asked for six months")
	case "withdrawn":
		return kit.T("source gone, closed, changed or withdrawn")
	}
	return why
}

// FindingWords says what a check found, in two or three words.
func FindingWords(finding string) string {
	switch finding {
	case "gone":
		return kit.T("gone")
	case "closed":
		return kit.T("closed to the public")
	case "noindex":
		return kit.T("withdrawn by noindex or the like")
	case "disallowed":
		return kit.T("barred by robots.txt")
	case "changed":
		return kit.T("another image stands there")
	case "unreachable":
		return kit.T("no answer on three days")
	}
	return kit.T("not known")
}

// checkedWords says when sources were last asked.
func checkedWords(v matter.UpkeepView) string {
	switch {
	case v.Addressed == 0:
		return kit.T("No photo has an address on the web that could be asked.")
	case v.CheckedAt.IsZero():
		return kit.T("Never asked so far.") + " " + dueWords(v)
	}
	return kit.T("Last asked {{.V}}: ", kit.Field(kit.DayOrTime(v.CheckedAt))) + SourceWords(v.Sources) + ". " + dueWords(v)
}

func dueWords(v matter.UpkeepView) string {
	return kit.N("{{.N}} are due now", v.Due) + " " + kit.N("of {{.N}} with an address.", v.Addressed)
}

// retainedWords says what retention did last.
func retainedWords(v matter.UpkeepView) string {
	if v.RetainedAt.IsZero() {
		return kit.T("Not looked at yet. That happens once a day while the vault is open.")
	}
	words := kit.T("Last looked at {{.V}}.", kit.Field(kit.DayOrTime(v.RetainedAt)))
	if v.ErasedAt.IsZero() {
		return words + " " + kit.T("Nothing had to go so far.")
	}
	n := 0
	for _, some := range v.Erased {
		n += some
	}
	return words + " " + kit.T("Erased {{.V}}: ", kit.Field(kit.Date(v.ErasedAt))) + kit.N("{{.N}} photos", n) + "."
}

// endsWords says what goes next, now and soon.
func endsWords(v matter.UpkeepView) string {
	var lines []string
	for _, e := range v.Now {
		lines = append(lines, kit.N("{{.N}} photos go now", e.N)+": "+whyWords(e.Why))
	}
	for _, e := range v.Soon {
		lines = append(lines, kit.N("{{.N}} photos go soon", e.N)+", "+kit.T("from {{.V}} on", kit.Field(kit.Date(e.First)))+": "+whyWords(e.Why))
	}
	if len(lines) == 0 {
		return kit.T("Nothing goes within two weeks.")
	}
	return strings.Join(lines, "\n")
}

// troubleWords gives the two lines of a photo that is hidden, or can't be reached.
func troubleWords(t matter.Trouble) (what, why string) {
	return place(t), troubleWhy(t)
}

func troubleWhy(t matter.Trouble) string {
	since := kit.T("since {{.V}}", kit.Field(kit.Date(t.Since)))
	switch t.Why {
	case matter.HoldRestriction, matter.HoldObjection:
		return kit.T("Hidden, as a person asked for it") + ", " + since
	case matter.HoldSource:
		words := kit.T("Hidden") + ", " + since + ": " + FindingWords(t.Finding)
		if t.Reason != "" {
			words += " – " + kit.Message(t.Reason)
		}
		return words + ". " + kit.T("Erased on {{.V}} unless it is back.", kit.Field(kit.Date(t.Goes)))
	}
	return FindingWords(t.Finding) + ", " + since + ". " + kit.T("It stays, and is not erased for that.")
}

// place names where a photo was found.
func place(t matter.Trouble) string {
	title := t.Source.PageTitle
	for _, address := range []string{t.Source.PageURL, t.Source.URL} {
		if u, err := url.Parse(address); err == nil && u.Host != "" {
			return strings.TrimSpace(u.Host + " · " + kit.Sentence(firstOf(title, u.Path)))
		}
	}
	return firstOf(title, t.Source.File)
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
