package library

import (
	"fmt"
	"strings"

	"gabarit/engine"
	"gabarit/ui/kit"
)

// basisWords names a legal basis.
func basisWords(basis string) string {
	switch basis {
	case "consent":
		return kit.T("Consent (art. 6(1)(a))")
	case "contract":
		return kit.T("Contract (art. 6(1)(b))")
	case "legal-obligation":
		return kit.T("Legal obligation (art. 6(1)(c))")
	case "vital-interests":
		return kit.T("Vital interests (art. 6(1)(d))")
	case "public-task":
		return kit.T("Public task (art. 6(1)(e))")
	case "legitimate-interests":
		return kit.T("Legitimate interests (art. 6(1)(f))")
	}
	return kit.T("not stated")
}

// conditionWords names a condition of art. 9(2). Collections made before it was asked for may have none.
func conditionWords(condition string) string {
	switch condition {
	case "explicit-consent":
		return kit.T("Explicit consent (a)")
	case "employment-law":
		return kit.T("Employment and social law (b)")
	case "vital-interests":
		return kit.T("Vital interests (c)")
	case "non-profit-body":
		return kit.T("Members of a non-profit body (d)")
	case "made-public-by-the-person":
		return kit.T("Made public by the person (e)")
	case "legal-claims":
		return kit.T("Legal claims (f)")
	case "public-interest":
		return kit.T("Substantial public interest (g)")
	case "health":
		return kit.T("Health care (h)")
	case "public-health":
		return kit.T("Public health (i)")
	case "archiving-research":
		return kit.T("Archiving and research (j)")
	}
	return kit.T("not stated")
}

// sentence is what a ground means, in one plain sentence; "" for a key that is none.
func sentence(grounds []engine.Ground, key string) string {
	for _, g := range grounds {
		if g.Key == key {
			return kit.Message(g.Sentence)
		}
	}
	return ""
}

// scopeWords names a collection's source scope.
func scopeWords(scope string) string {
	switch scope {
	case "":
		return kit.T("not stated")
	case engine.ScopeLocal:
		return kit.T("Only what I name when collecting")
	}
	return scope
}

// countWords sums up what a collection holds.
func countWords(c engine.CollectionInfo) string {
	words := []string{kit.N("{{.N}} photos", c.Photos), kit.N("{{.N}} faces", c.Faces)}
	if c.NoFace > 0 {
		words = append(words, kit.N("{{.N}} without a face", c.NoFace))
	}
	if c.Failed > 0 {
		words = append(words, kit.N("{{.N}} failed", c.Failed))
	}
	return strings.Join(words, " · ")
}

// stateWords names where a job stands.
func stateWords(s engine.JobState) string {
	switch s {
	case engine.JobQueued:
		return kit.T("Waiting for its turn")
	case engine.JobRunning:
		return kit.T("Running")
	case engine.JobPaused:
		return kit.T("Paused")
	case engine.JobDone:
		return kit.T("Finished")
	case engine.JobStopped:
		return kit.T("Stopped")
	}
	return kit.T("Failed")
}

// jobWords says what a job has done so far.
func jobWords(j engine.Job) string {
	c := j.Progress.Counts
	words := []string{kit.N("{{.N}} photos", c.Photos), kit.N("{{.N}} faces", c.Faces)}
	for _, part := range []struct {
		n    int
		text string
	}{
		{c.NoFace, kit.N("{{.N}} without a face", c.NoFace)},
		{c.Duplicates, kit.N("{{.N}} duplicates", c.Duplicates)},
		{c.Unchanged, kit.N("{{.N}} unchanged", c.Unchanged)},
		{c.Failed, kit.N("{{.N}} failed", c.Failed)},
		{c.Videos, kit.N("{{.N}} videos", c.Videos)},
		{c.LeftOut, kit.N("{{.N}} frames that show nobody new", c.LeftOut)},
		{c.Suppressed, kit.N("{{.N}} refused, as erased before", c.Suppressed)},
	} {
		if part.n > 0 {
			words = append(words, part.text)
		}
	}
	return strings.Join(words, " · ")
}

// paceWords says how fast a job goes and how long it takes still.
func paceWords(j engine.Job, p Pace) string {
	if j.State != engine.JobRunning {
		return ""
	}
	var words []string
	if !j.Progress.Listed {
		words = append(words, kit.N("{{.N}} items found so far", j.Progress.Total))
	}
	if p.PerSecond > 0 {
		words = append(words, kit.T("{{.V}} per second", kit.Field(fmt.Sprintf("%.1f", p.PerSecond))))
	}
	if p.Left > 0 {
		words = append(words, kit.T("{{.V}} left", kit.Field(kit.Duration(p.Left))))
	}
	return strings.Join(words, " · ")
}

// spanWords tells between which days the photos of a group were taken, or else collected.
func spanWords(g engine.GroupInfo) string {
	first, last := kit.Date(g.First), kit.Date(g.Last)
	if first == last {
		return first
	}
	return first + " – " + last
}

// foundWords tells in which collections and on which sites the faces of a group were found.
func foundWords(g engine.GroupInfo, name func(engine.CollectionID) string) string {
	var names []string
	for _, id := range g.Collections {
		names = append(names, name(id))
	}
	words := strings.Join(names, ", ")
	if len(g.Hosts) > 0 {
		words += " · " + strings.Join(g.Hosts[:min(len(g.Hosts), 3)], ", ")
	}
	return words
}

// peopleWords sums up the groups.
func peopleWords(p *People, ticked int) string {
	if !p.Known() {
		return ""
	}
	faces, smaller := p.Counts()
	words := []string{kit.N("{{.N}} groups", len(p.Groups())), kit.N("{{.N}} faces", faces)}
	if smaller > 0 {
		words = append(words, kit.N("{{.N}} single faces", smaller))
	}
	if ticked > 0 {
		words = append(words, kit.N("{{.N}} ticked", ticked))
	}
	return strings.Join(words, " · ")
}
