// Package entry makes the entries of the audit log: what the log says of each thing that happens is a rule of the domain, so it is
// written here, once for all stores, which only add sequence number and time. No entry holds a name, address, image or template.
package entry

import (
	"slices"
	"strings"
	"time"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// VaultCreated opens the log.
func VaultCreated() engine.AuditEntry { return engine.AuditEntry{Action: engine.ActionVaultCreated} }

// CollectionAdded records under which purpose and basis a collection was opened.
func CollectionAdded(c engine.Collection) engine.AuditEntry {
	detail := map[string]string{"basis": c.Basis, "retain": c.Retain.Round(time.Second).String()}
	if c.Condition != "" {
		detail["condition"] = c.Condition
	}
	return engine.AuditEntry{Action: engine.ActionCollectionAdded, Purpose: c.Purpose, Objects: []string{string(c.ID)}, Detail: detail}
}

// engine.Run records that a run started or was continued (engine.ActionRunStarted, engine.ActionRunContinued). The
// sources are paths or addresses and stay out.
func Run(a engine.AuditAction, r engine.Run) engine.AuditEntry {
	detail := map[string]string{"detector": string(r.Look.Detector)}
	if r.Retemplate {
		detail["retemplate"] = "yes"
	}
	return engine.AuditEntry{Action: a, Objects: []string{string(r.Collection), string(r.ID)},
		Counts: map[string]int{"sources": len(r.Sources)}, Detail: detail}
}

// RunFinished records what a run brought.
func RunFinished(r engine.Run, c engine.CollectCounts) engine.AuditEntry {
	counts := collectedCounts(c)
	counts["unchanged"] = c.Unchanged
	if r.Retemplate {
		counts["retemplated"], counts["retemplated_faces"] = c.Renewed, c.NewFaces
	}
	return engine.AuditEntry{Action: engine.ActionRunFinished, Objects: []string{string(r.Collection), string(r.ID)}, Counts: counts}
}

// engine.Ingest records one committed batch.
func Ingest(id engine.CollectionID, batch []engine.Ingest) engine.AuditEntry {
	var c engine.CollectCounts
	objects := []string{string(id)}
	for _, in := range batch {
		c.Add(in.Record)
		if run := string(in.Record.Run); !slices.Contains(objects[1:], run) {
			objects = append(objects, run)
		}
	}
	return engine.AuditEntry{Action: engine.ActionIngest, Objects: objects, Counts: collectedCounts(c)}
}

// Retemplated records that faces of photos were replaced: how many photos and faces there are of it now, and what of the
// faces before went with how many keys.
func Retemplated(id engine.CollectionID, run engine.RunID, photos, faces int, gone engine.ErasureCounts) engine.AuditEntry {
	return engine.AuditEntry{Action: engine.ActionRetemplated, Objects: []string{string(id), string(run)},
		Counts: map[string]int{"photos": photos, "faces": faces, "templates": gone.Templates, "crops": gone.Crops, "keys": gone.Keys}}
}

// Search records a search. probe is the store's keyed hash of the probe, in hex.
func Search(s engine.SearchRecord, probe string) engine.AuditEntry {
	e := engine.AuditEntry{Action: engine.ActionSearch, Purpose: s.Purpose, Detail: map[string]string{"probe": probe},
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

// Unlocked records that the vault was opened, and by what: "passphrase", "keyring", "none".
func Unlocked(with string) engine.AuditEntry {
	return engine.AuditEntry{Action: engine.ActionUnlocked, Detail: map[string]string{"with": with}}
}

// Passphrase records that the passphrase was "set", "changed" or "removed".
func Passphrase(what string) engine.AuditEntry {
	return engine.AuditEntry{Action: engine.ActionPassphrase, Detail: map[string]string{"what": what}}
}

// Keyring records that the system's keyring was given the vault's key ("on") or had it taken away ("off").
func Keyring(what string) engine.AuditEntry {
	return engine.AuditEntry{Action: engine.ActionKeyring, Detail: map[string]string{"what": what}}
}

// Viewed records that faces were looked at closely.
func Viewed(ids ...engine.FaceID) engine.AuditEntry {
	return engine.AuditEntry{Action: engine.ActionViewed, Returned: ids}
}

// Grouped records that groups of faces were shown, and how many there are; only is the collection whose faces were asked for,
// "" for all.
func Grouped(only engine.CollectionID, faces, groups int) engine.AuditEntry {
	e := engine.AuditEntry{Action: engine.ActionGrouped, Counts: map[string]int{"faces": faces, "groups": groups}}
	if only != "" {
		e.Objects = []string{string(only)}
	}
	return e
}

// JudgementsForgotten records that so many answers about matches went with the faces that they were about.
func JudgementsForgotten(n int) engine.AuditEntry {
	return engine.AuditEntry{Action: engine.ActionJudged, Detail: map[string]string{"what": "gone with erased faces"}, Counts: map[string]int{"answers": n}}
}

// Judged records that the user said something of a match, not of which and of whom.
func Judged(v engine.Verdict) engine.AuditEntry {
	what := string(v)
	if v == engine.VerdictNone {
		what = "taken back"
	}
	return engine.AuditEntry{Action: engine.ActionJudged, Detail: map[string]string{"what": what}}
}

// Decided records a decision about groups by the number of faces: the log is not to tell who is who.
func Decided(d engine.GroupDecision) engine.AuditEntry {
	if len(d.Same) > 0 {
		return engine.AuditEntry{Action: engine.ActionDecided, Detail: map[string]string{"what": "merge"}, Counts: map[string]int{"faces": len(d.Same)}}
	}
	return engine.AuditEntry{Action: engine.ActionDecided, Detail: map[string]string{"what": "split"}, Counts: map[string]int{"faces": len(d.Out), "rest": len(d.Rest)}}
}

// Erased records (a part of) an erasure: what went, by number and kind. Photos are named by their IDs, which mean
// nothing from then on.
func Erased(id engine.ErasureID, r engine.ErasureRequest, photos []engine.PhotoID, c engine.ErasureCounts) engine.AuditEntry {
	e := engine.AuditEntry{Action: engine.ActionErased, Objects: []string{string(id)}, Counts: erasedCounts(c),
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

// ErasureChecked records that nothing of the erasures before it is left.
func ErasureChecked(ids []engine.ErasureID, c engine.ErasedCheck) engine.AuditEntry {
	e := engine.AuditEntry{Action: engine.ActionErasureChecked, Counts: map[string]int{"keys": c.Keys, "records": c.Records, "live_keys": c.Live,
		"left_records": c.Left, "left_in_index": c.Indexed}}
	for _, id := range ids {
		e.Objects = append(e.Objects, string(id))
	}
	return e
}

// Restored records that an older copy of the vault took its place: erasures that were done again in it.
func Restored(erasures, photos int) engine.AuditEntry {
	return engine.AuditEntry{Action: engine.ActionRestored, Counts: map[string]int{"erasures": erasures, "photos": photos}}
}

// Loss records that the log ended at entry have although it had reached entry had.
func Loss(have, had uint64) engine.AuditEntry {
	return engine.AuditEntry{Action: engine.ActionLoss, Counts: map[string]int{"have": int(have), "had": int(had)}}
}

// AuditExported records that the log was written to a file.
func AuditExported(entries uint64) engine.AuditEntry {
	return engine.AuditEntry{Action: engine.ActionAuditExported, Counts: map[string]int{"entries": int(entries)}}
}

// Compacted records that the vault's files were written anew.
func Compacted() engine.AuditEntry { return engine.AuditEntry{Action: engine.ActionCompacted} }

func erasedCounts(c engine.ErasureCounts) map[string]int {
	return map[string]int{"photos": c.Photos, "partly": c.Partly, "thumbnails": c.Thumbnails, "crops": c.Crops, "templates": c.Templates,
		"finds": c.Finds, "items": c.Items, "runs": c.Runs, "collections": c.Collections, "case_items": c.CaseItems, "keys": c.Keys,
		"suppressions": c.Suppressions}
}

// CasesOpened records new cases.
func CasesOpened(cases []engine.Case) engine.AuditEntry {
	e := engine.AuditEntry{Action: engine.ActionCaseOpened, Counts: map[string]int{"cases": len(cases)}}
	for _, c := range cases {
		e.Objects = append(e.Objects, string(c.ID))
		e.Counts["items"] += len(c.Items)
	}
	return e
}

// LetterExported records that a letter was written to files.
func LetterExported(id engine.CaseID, l engine.LetterRecord) engine.AuditEntry {
	detail := map[string]string{"right": string(l.Right), "language": l.Lang, "formats": strings.Join(l.Formats, ",")}
	if l.Regime != "" {
		detail["regime"] = l.Regime
	}
	return engine.AuditEntry{Action: engine.ActionLetterExported, Objects: []string{string(id)}, Detail: detail}
}

// CaseChanged records that something happened in a case: what, about which request, with how many files. Days, names and references stay out.
func CaseChanged(id engine.CaseID, e matter.Event) engine.AuditEntry {
	out := engine.AuditEntry{Action: engine.ActionCaseChanged, Objects: []string{string(id)}, Detail: map[string]string{"event": string(e.Kind)}}
	if e.Right != "" {
		out.Detail["right"] = string(e.Right)
	}
	if e.Corrects != 0 {
		out.Detail["corrects"] = "yes"
	}
	if len(e.Files) > 0 {
		out.Counts = map[string]int{"files": len(e.Files)}
	}
	return out
}

// CaseAddressed records that a case was addressed anew, or put under another regime.
func CaseAddressed(id engine.CaseID, r matter.Regime) engine.AuditEntry {
	return engine.AuditEntry{Action: engine.ActionCaseChanged, Objects: []string{string(id)}, Detail: map[string]string{"event": "addressed", "regime": string(r)}}
}

// CaseFiles records that files were kept for a case, or given up again because what they belong to was refused.
func CaseFiles(id engine.CaseID, files int, kept bool) engine.AuditEntry {
	event := "files_kept"
	if !kept {
		event = "files_dropped"
	}
	return engine.AuditEntry{Action: engine.ActionCaseChanged, Objects: []string{string(id)}, Detail: map[string]string{"event": event}, Counts: map[string]int{"files": files}}
}

// CasesExported records that cases were written to a file of that format.
func CasesExported(cases int, format string) engine.AuditEntry {
	return engine.AuditEntry{Action: engine.ActionCasesExported, Counts: map[string]int{"cases": cases}, Detail: map[string]string{"formats": format}}
}

func collectedCounts(c engine.CollectCounts) map[string]int {
	counts := map[string]int{"photos": c.Photos, "faces": c.Faces, "no_face": c.NoFace,
		"duplicates": c.Duplicates, "failed": c.Failed, "suppressed": c.Suppressed}
	for name, n := range map[string]int{"videos": c.Videos, "left_out": c.LeftOut} { // of photos there are none
		if n > 0 {
			counts[name] = n
		}
	}
	return counts
}
