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
	detail := map[string]string{"detector": string(r.Look.Detector)}
	if r.Retemplate {
		detail["retemplate"] = "yes"
	}
	return AuditEntry{Action: a, Objects: []string{string(r.Collection), string(r.ID)},
		Counts: map[string]int{"sources": len(r.Sources)}, Detail: detail}
}

// EntryRunFinished records what a run brought.
func EntryRunFinished(r Run, c CollectCounts) AuditEntry {
	counts := c.entryCounts()
	counts["unchanged"] = c.Unchanged
	if r.Retemplate {
		counts["retemplated"], counts["retemplated_faces"] = c.Renewed, c.NewFaces
	}
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

// EntryRetemplated records that faces of photos were replaced: how many photos and faces there are of it now, and what of the
// faces before went with how many keys.
func EntryRetemplated(id CollectionID, run RunID, photos, faces int, gone ErasureCounts) AuditEntry {
	return AuditEntry{Action: ActionRetemplated, Objects: []string{string(id), string(run)},
		Counts: map[string]int{"photos": photos, "faces": faces, "templates": gone.Templates, "crops": gone.Crops, "keys": gone.Keys}}
}

// EntrySearch records a search. probe is the store's keyed hash of the probe, in hex.
func EntrySearch(s SearchRecord, probe string) AuditEntry {
	e := AuditEntry{Action: ActionSearch, Purpose: s.Purpose, Detail: map[string]string{"probe": probe},
		Counts: map[string]int{"probe_faces": s.ProbeFaces, "searched": s.Searched, "matches": s.Matches, "strong": s.Strong}}
	if s.Drawn > 0 {
		e.Counts["drawn"] = s.Drawn
	}
	for _, c := range s.Collections {
		e.Objects = append(e.Objects, string(c))
	}
	e.Returned = s.Returned
	return e
}

// EntryUnlocked records that the vault was opened, and by what: "passphrase", "keyring", "none".
func EntryUnlocked(with string) AuditEntry {
	return AuditEntry{Action: ActionUnlocked, Detail: map[string]string{"with": with}}
}

// EntryPassphrase records that the passphrase was "set", "changed" or "removed".
func EntryPassphrase(what string) AuditEntry {
	return AuditEntry{Action: ActionPassphrase, Detail: map[string]string{"what": what}}
}

// EntryKeyring records that the system's keyring was given the vault's key ("on") or had it taken away ("off").
func EntryKeyring(what string) AuditEntry {
	return AuditEntry{Action: ActionKeyring, Detail: map[string]string{"what": what}}
}

// EntryViewed records that faces were looked at closely.
func EntryViewed(ids ...FaceID) AuditEntry {
	return AuditEntry{Action: ActionViewed, Returned: ids}
}

// EntryGrouped records that groups of faces were shown, and how many there are; only is the collection whose faces were asked for,
// "" for all.
func EntryGrouped(only CollectionID, faces, groups int) AuditEntry {
	e := AuditEntry{Action: ActionGrouped, Counts: map[string]int{"faces": faces, "groups": groups}}
	if only != "" {
		e.Objects = []string{string(only)}
	}
	return e
}

// EntryDecided records a decision about groups by the number of faces: the log is not to tell who is who.
func EntryDecided(d GroupDecision) AuditEntry {
	if len(d.Same) > 0 {
		return AuditEntry{Action: ActionDecided, Detail: map[string]string{"what": "merge"}, Counts: map[string]int{"faces": len(d.Same)}}
	}
	return AuditEntry{Action: ActionDecided, Detail: map[string]string{"what": "split"}, Counts: map[string]int{"faces": len(d.Out), "rest": len(d.Rest)}}
}

// EntryErased records (a part of) an erasure: what went, by number and kind. Photos are named by their IDs, which mean
// nothing from then on.
func EntryErased(id ErasureID, r ErasureRequest, photos []PhotoID, c ErasureCounts) AuditEntry {
	e := AuditEntry{Action: ActionErased, Objects: []string{string(id)}, Counts: c.entryCounts(),
		Detail: map[string]string{"reason": string(r.Reason)}}
	if r.Ref != "" {
		e.Detail["ref"] = r.Ref
	}
	if r.Collection != "" {
		e.Objects = append(e.Objects, string(r.Collection))
	}
	for _, p := range photos {
		e.Objects = append(e.Objects, string(p))
	}
	return e
}

// EntryErasureChecked records that nothing of the erasures before it is left.
func EntryErasureChecked(ids []ErasureID, c ErasedCheck) AuditEntry {
	e := AuditEntry{Action: ActionErasureChecked, Counts: map[string]int{"keys": c.Keys, "records": c.Records, "live_keys": c.Live,
		"left_records": c.Left, "left_in_index": c.Indexed}}
	for _, id := range ids {
		e.Objects = append(e.Objects, string(id))
	}
	return e
}

// EntryRestored records that an older copy of the vault took its place: erasures that were done again in it.
func EntryRestored(erasures, photos int) AuditEntry {
	return AuditEntry{Action: ActionRestored, Counts: map[string]int{"erasures": erasures, "photos": photos}}
}

// EntryLoss records that the log ended at entry have although it had reached entry had.
func EntryLoss(have, had uint64) AuditEntry {
	return AuditEntry{Action: ActionLoss, Counts: map[string]int{"have": int(have), "had": int(had)}}
}

// EntryAuditExported records that the log was written to a file.
func EntryAuditExported(entries uint64) AuditEntry {
	return AuditEntry{Action: ActionAuditExported, Counts: map[string]int{"entries": int(entries)}}
}

// EntryCompacted records that the vault's files were written anew.
func EntryCompacted() AuditEntry { return AuditEntry{Action: ActionCompacted} }

func (c ErasureCounts) entryCounts() map[string]int {
	return map[string]int{"photos": c.Photos, "partly": c.Partly, "thumbnails": c.Thumbnails, "crops": c.Crops, "templates": c.Templates,
		"finds": c.Finds, "items": c.Items, "runs": c.Runs, "collections": c.Collections, "case_items": c.CaseItems, "keys": c.Keys,
		"suppressions": c.Suppressions}
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
		"duplicates": c.Duplicates, "failed": c.Failed, "suppressed": c.Suppressed}
}
