package engine

import (
	"slices"
	"strings"
	"time"
)

// What an audit entry says is a rule of the domain, so entries are made here and stores only add
// sequence number and time. None of them holds a name, address, image or template.

// EntryVaultCreated opens the log.
func EntryVaultCreated() AuditEntry { return AuditEntry{Action: ActionVaultCreated} }

// EntryCollectionAdded records under which purpose and basis a collection was opened.
func EntryCollectionAdded(c Collection) AuditEntry {
	detail := map[string]string{"basis": c.Basis, "retain": c.Retain.Round(time.Second).String()}
	if c.Condition != "" {
		detail["condition"] = c.Condition
	}
	return AuditEntry{Action: ActionCollectionAdded, Purpose: c.Purpose, Objects: []string{string(c.ID)}, Detail: detail}
}

// EntryRun records that a run started or was continued (ActionRunStarted, ActionRunContinued). The
// sources are paths or addresses and stay out.
func EntryRun(a AuditAction, r Run) AuditEntry {
	return AuditEntry{Action: a, Objects: []string{string(r.Collection), string(r.ID)},
		Counts: map[string]int{"sources": len(r.Sources)}, Detail: map[string]string{"detector": string(r.Detector)}}
}

// EntryRunFinished records what a run brought.
func EntryRunFinished(r Run, c CollectCounts) AuditEntry {
	counts := c.entryCounts()
	counts["unchanged"] = c.Unchanged
	return AuditEntry{Action: ActionRunFinished, Objects: []string{string(r.Collection), string(r.ID)}, Counts: counts}
}

// EntryIngest records one committed batch.
func EntryIngest(id CollectionID, batch []Ingest) AuditEntry {
	var c CollectCounts
	objects := []string{string(id)}
	for _, in := range batch {
		c.Add(in.Record)
		if run := string(in.Record.Run); !slices.Contains(objects[1:], run) {
			objects = append(objects, run)
		}
	}
	return AuditEntry{Action: ActionIngest, Objects: objects, Counts: c.entryCounts()}
}

// EntrySearch records a search. probe is the store's keyed hash of the probe, in hex.
func EntrySearch(s SearchRecord, probe string) AuditEntry {
	e := AuditEntry{Action: ActionSearch, Purpose: s.Purpose, Detail: map[string]string{"probe": probe},
		Counts: map[string]int{"probe_faces": s.ProbeFaces, "searched": s.Searched, "matches": s.Matches, "strong": s.Strong}}
	for _, c := range s.Collections {
		e.Objects = append(e.Objects, string(c))
	}
	return e
}

// EntryCasesOpened records new cases.
func EntryCasesOpened(cases []Case) AuditEntry {
	e := AuditEntry{Action: ActionCaseOpened, Counts: map[string]int{"cases": len(cases)}}
	for _, c := range cases {
		e.Objects = append(e.Objects, string(c.ID))
		e.Counts["items"] += len(c.Items)
	}
	return e
}

// EntryLetterExported records that a letter was written to files.
func EntryLetterExported(id CaseID, l LetterRecord) AuditEntry {
	return AuditEntry{Action: ActionLetterExported, Objects: []string{string(id)},
		Detail: map[string]string{"right": string(l.Right), "language": l.Lang, "formats": strings.Join(l.Formats, ",")}}
}

func (c CollectCounts) entryCounts() map[string]int {
	return map[string]int{"photos": c.Photos, "faces": c.Faces, "no_face": c.NoFace,
		"duplicates": c.Duplicates, "failed": c.Failed}
}
