package library

import (
	"fmt"
	"strings"

	"gabarit/engine"
	"gabarit/ui/kit"
)

// countWords sums up what a collection holds.
func countWords(c engine.CollectionInfo) string {
	return kit.Dotted(kit.N("{{.N}} photos", c.Photos), kit.N("{{.N}} faces", c.Faces),
		kit.Some(c.NoFace, kit.N("{{.N}} without a face", c.NoFace)),
		kit.Some(c.Failed, kit.N("{{.N}} failed", c.Failed)))
}

// failureWords names items of a kind.
func failureWords(k FailureKind, n int) string {
	switch k {
	case Refused:
		return kit.N("{{.N}} items refused", n)
	case Partial:
		return kit.N("{{.N}} items were read in part", n)
	}
	return kit.N("{{.N}} items could not be read", n)
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
	words := []string{kit.N("{{.N}} photos", c.Photos), kit.N("{{.N}} faces", c.Faces),
		kit.Some(c.NoFace, kit.N("{{.N}} without a face", c.NoFace)),
		kit.Some(c.Duplicates, kit.N("{{.N}} duplicates", c.Duplicates)),
		kit.Some(c.Unchanged, kit.N("{{.N}} unchanged", c.Unchanged)),
		kit.Some(c.Failed, kit.N("{{.N}} failed", c.Failed)),
		kit.Some(c.Videos, kit.N("{{.N}} videos", c.Videos)),
		kit.Some(c.LeftOut, kit.N("{{.N}} frames that show nobody new", c.LeftOut)),
		kit.Some(c.Suppressed, kit.N("{{.N}} refused, as erased before", c.Suppressed))}
	if w := j.Progress.Walk; w != (engine.Walk{}) {
		words = append(words, kit.N("{{.N}} pages seen", w.Pages), kit.N("{{.N}} waiting", w.Waiting), kit.N("{{.N}} refused by rules", w.Refused))
	}
	return kit.Dotted(words...)
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
