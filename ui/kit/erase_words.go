package kit

import (
	"slices"
	"strings"

	"gabarit/engine"
)

// ReasonWords names why something is erased.
func ReasonWords(r engine.EraseReason) string {
	switch r {
	case engine.EraseRequest:
		return T("A person asked for it (art. 17)")
	case engine.EraseOwn:
		return T("Own decision")
	case engine.EraseRetention:
		return T("Kept long enough")
	case engine.EraseSource:
		return T("Gone or withdrawn where it came from")
	case engine.EraseCollection:
		return T("The collection is given up")
	}
	return string(r)
}

// planWords says exactly what a plan erases.
func planWords(p engine.ErasurePlan) string {
	whole, others := 0, 0
	for _, ph := range p.Photos {
		if ph.Whole {
			whole++
		} else {
			others++
		}
	}
	var lines []string
	if p.Request.Collection != "" {
		lines = append(lines, T("The collection itself, with its purpose and its list of items."))
	}
	if whole > 0 {
		lines = append(lines, N("{{.N}} photos go whole, with every face in them and all that is known of where they were found.", whole))
	}
	if others > 0 {
		lines = append(lines, N("{{.N}} photos stay for the other people in them: only the face goes, and is made unrecognisable in the small picture that is kept.", others))
	}
	if len(lines) == 0 {
		return T("Nothing of this is in the vault any more.")
	}
	return strings.Join(append(lines, countLine(p.Expected)), "\n")
}

// countLine counts by kind what goes or went; kinds of which there are none are left out.
func countLine(c engine.ErasureCounts) string {
	return Dotted(
		Some(c.Templates, N("{{.N}} templates", c.Templates)),
		Some(c.Crops, N("{{.N}} face crops", c.Crops)),
		Some(c.Thumbnails, N("{{.N}} small pictures", c.Thumbnails)),
		Some(c.Finds, N("{{.N}} places found at", c.Finds)),
		Some(c.Items, N("{{.N}} records of items", c.Items)),
		Some(c.Runs, N("{{.N}} records of collection runs", c.Runs)),
		Some(c.CaseItems, N("{{.N}} finds in cases", c.CaseItems)))
}

// mentionWords lists cases by their reference; "" for none.
func mentionWords(cases []engine.CaseMention) string {
	const most = 6
	var refs []string
	for i, c := range cases {
		if i == most {
			refs = append(refs, N("and {{.N}} more", len(cases)-most))
			break
		}
		refs = append(refs, c.Ref+" ("+N("{{.N}} finds", c.Items)+")")
	}
	return strings.Join(refs, ", ")
}

// stepWords says what an erasure is doing.
func stepWords(s engine.ErasureStep) string {
	switch s {
	case engine.EraseHide:
		return T("Hiding it from searches…")
	case engine.EraseDelete:
		return T("Deleting the records and destroying their keys…")
	case engine.ErasePurge:
		return T("Removing the bytes from the vault's files…")
	}
	return T("Looking through all files for something left…")
}

// erasedWords tells what was erased and how that is known.
func erasedWords(r engine.ErasureReport) string {
	c := r.Counts
	var what []string
	if c.Collections > 0 {
		what = append(what, N("{{.N}} collections", c.Collections))
	}
	if c.Photos > 0 {
		what = append(what, N("{{.N}} photos", c.Photos))
	}
	if c.Partly > 0 {
		what = append(what, N("{{.N}} photos without the face", c.Partly))
	}
	if line := countLine(c); line != "" {
		what = append(what, line)
	}
	lines := []string{T("Erased: {{.V}}.", Field(strings.Join(what, " · "))),
		T("{{.Keys}}; {{.Records}} looked at afterwards, and nothing is left.", map[string]any{
			"Keys": N("{{.N}} keys destroyed", c.Keys), "Records": N("{{.N}} stored records", r.Check.Records)})}
	if c.Suppressions > 0 {
		lines = append(lines, N("{{.N}} addresses and files are refused from now on.", c.Suppressions))
	}
	kept := slices.DeleteFunc(slices.Clone(r.Cases), func(m engine.CaseMention) bool { return !m.Kept })
	if text := mentionWords(kept); text != "" {
		lines = append(lines, T("Still listed in your cases: {{.V}}.", Field(text)))
	}
	return strings.Join(append(lines, T("Number of the erasure in the log: {{.V}}", Field(string(r.ID)))), "\n")
}
