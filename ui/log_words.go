package ui

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/ui/course"
	"gabarit/ui/desk"
	"gabarit/ui/kit"
	"gabarit/ui/upkeep"
)

// countOrder sorts counts from what matters most to what matters least, unknown ones last by name.
func countOrder(a, b string) int {
	order := []string{"photos", "partly", "faces", "no_face", "duplicates", "unchanged", "failed", "suppressed", "retemplated", "retemplated_faces", "probe_faces", "drawn", "searched", "matches", "strong",
		"templates", "crops", "thumbnails", "finds", "items", "keys", "suppressions"}
	at := func(k string) int {
		if i := slices.Index(order, k); i >= 0 {
			return i
		}
		return len(order)
	}
	return cmp.Or(at(a)-at(b), strings.Compare(a, b))
}

func actionWords(a engine.AuditAction) string {
	switch a {
	case engine.ActionVaultCreated:
		return kit.T("Vault created")
	case engine.ActionCollectionAdded:
		return kit.T("Collection added")
	case engine.ActionRunStarted:
		return kit.T("Collecting started")
	case engine.ActionRunContinued:
		return kit.T("Collecting continued")
	case engine.ActionIngest:
		return kit.T("Photos stored")
	case engine.ActionRetemplated:
		return kit.T("Faces found anew")
	case engine.ActionRunFinished:
		return kit.T("Collecting finished")
	case engine.ActionSearch:
		return kit.T("Search")
	case engine.ActionCaseOpened:
		return kit.T("Case opened")
	case engine.ActionLetterExported:
		return kit.T("Letter exported")
	case engine.ActionCaseChanged:
		return kit.T("Case followed up")
	case engine.ActionCasesExported:
		return kit.T("Cases exported")
	case engine.ActionContacts:
		return kit.T("Address book changed")
	case engine.ActionGrouped:
		return kit.T("People looked at")
	case engine.ActionDecided:
		return kit.T("Groups corrected")
	case engine.ActionJudged:
		return kit.T("Matches judged")
	}
	return vaultActionWords(a)
}

// vaultActionWords names what was done with the vault itself.
func vaultActionWords(a engine.AuditAction) string {
	switch a {
	case engine.ActionUnlocked:
		return kit.T("Vault opened")
	case engine.ActionPassphrase:
		return kit.T("Passphrase")
	case engine.ActionKeyring:
		return kit.T("Keyring")
	case engine.ActionViewed:
		return kit.T("Face looked at closely")
	case engine.ActionErased:
		return kit.T("Erased")
	case engine.ActionErasureChecked:
		return kit.T("Erasure checked")
	case engine.ActionRestored:
		return kit.T("Older copy restored")
	case engine.ActionLoss:
		return kit.T("Entries lost")
	case engine.ActionAuditExported:
		return kit.T("Log exported")
	case engine.ActionCompacted:
		return kit.T("Files written anew")
	}
	return cmp.Or(desk.ActionWords(a), upkeep.ActionWords(a))
}

// logActions are the kinds of entry to filter by, in the order in which a vault's life brings them.
func logActions() []engine.AuditAction {
	return append([]engine.AuditAction{engine.ActionSearch, engine.ActionViewed, engine.ActionGrouped, engine.ActionDecided, engine.ActionJudged, engine.ActionUnlocked, engine.ActionCollectionAdded, engine.ActionRunStarted,
		engine.ActionRunContinued, engine.ActionIngest, engine.ActionRetemplated, engine.ActionRunFinished, engine.ActionCaseOpened, engine.ActionLetterExported, engine.ActionCaseChanged, engine.ActionCasesExported, engine.ActionContacts,
		engine.ActionErased, engine.ActionErasureChecked, engine.ActionRestored, engine.ActionLoss, engine.ActionPassphrase, engine.ActionKeyring,
		engine.ActionAuditExported, engine.ActionCompacted, engine.ActionVaultCreated,
		engine.ActionHidden, engine.ActionShown, engine.ActionSourceChecked, engine.ActionRetention}, desk.Actions()...)
}

// countWords names the counts that entries carry; one that is not known is shown as it is.
func countWords(key string) string {
	switch key {
	case "photos":
		return kit.T("photos")
	case "faces":
		return kit.T("faces")
	case "no_face":
		return kit.T("without a face")
	case "duplicates":
		return kit.T("duplicates")
	case "failed":
		return kit.T("failed")
	case "unchanged":
		return kit.T("unchanged")
	case "searched":
		return kit.T("faces compared")
	case "matches":
		return kit.T("matches")
	case "strong":
		return kit.T("strong matches")
	case "probe_faces":
		return kit.T("faces searched for")
	case "items":
		return kit.T("items")
	case "sources":
		return kit.T("sources")
	case "suppressed":
		return kit.T("refused as erased before")
	}
	return logCountWords(key)
}

// logCountWords names the counts of drawn faces, of faces found anew, of cases and of the log itself.
func logCountWords(key string) string {
	switch key {
	case "drawn":
		return kit.T("drawn by hand")
	case "retemplated":
		return kit.T("photos done anew")
	case "retemplated_faces":
		return kit.T("faces found anew")
	case "cases":
		return kit.T("cases")
	case "entries":
		return kit.T("entries")
	case "files":
		return kit.T("files")
	case "have":
		return kit.T("entries there are")
	case "had":
		return kit.T("entries there were")
	case "records":
		return kit.T("records looked at")
	case "groups":
		return kit.T("groups")
	case "rest":
		return kit.T("faces that stayed")
	}
	return erasureCountWords(key)
}

// erasureCountWords names the counts of erasures.
func erasureCountWords(key string) string {
	switch key {
	case "partly":
		return kit.T("photos without some face")
	case "thumbnails":
		return kit.T("thumbnails")
	case "crops":
		return kit.T("face crops")
	case "templates":
		return kit.T("templates")
	case "finds":
		return kit.T("places found at")
	case "runs":
		return kit.T("collection runs")
	case "collections":
		return kit.T("collections")
	case "case_items":
		return kit.T("finds in cases")
	case "keys":
		return kit.T("keys destroyed")
	case "suppressions":
		return kit.T("refused from now on")
	case "erasures":
		return kit.T("erasures done again")
	case "live_keys":
		return kit.T("destroyed keys that are back")
	case "left_records":
		return kit.T("records left")
	case "left_in_index":
		return kit.T("faces left in the index")
	}
	return upkeep.CountWords(key)
}

// detailWords names the details that people can read; the others serve checks by program.
func detailWords(e engine.AuditEntry) []string {
	var out []string
	for _, k := range []string{"with", "what", "event", "reason", "ref", "right", "language", "formats", "basis", "condition", "detector", "why", "finding"} {
		v := e.Detail[k]
		if v == "" {
			continue
		}
		switch k {
		case "reason":
			v = kit.ReasonWords(engine.EraseReason(v))
		case "with":
			v = openedWords(v)
		case "what":
			v = changedWords(v)
		case "why":
			v = upkeep.HiddenWords(v)
		case "finding":
			v = upkeep.FindingWords(v)
		case "event":
			v = course.EventWords(matter.EventKind(v))
		}
		out = append(out, v)
	}
	return out
}

// openedWords says what opened the vault.
func openedWords(with string) string {
	switch with {
	case "passphrase":
		return kit.T("with the passphrase")
	case "keyring":
		return kit.T("with the system's keyring")
	}
	return kit.T("without a passphrase")
}

// changedWords says what became of the passphrase, the keyring or a group.
func changedWords(what string) string {
	switch what {
	case "set":
		return kit.T("set")
	case "changed":
		return kit.T("changed")
	case "removed":
		return kit.T("removed")
	case "on":
		return kit.T("opens the vault")
	case "contact":
		return kit.T("contact for sites set")
	case "merge":
		return kit.T("one person")
	case "split":
		return kit.T("not the same person")
	case "off":
		return kit.T("no longer opens the vault")
	}
	return desk.ChangeWords(what)
}

// countsWords lists the counts of an entry that are not zero.
func countsWords(e engine.AuditEntry) []string {
	var parts []string
	for _, k := range slices.SortedFunc(maps.Keys(e.Counts), countOrder) {
		if e.Counts[k] != 0 {
			parts = append(parts, kit.T("{{.K}}: {{.V}}", map[string]any{"K": countWords(k), "V": kit.Int(e.Counts[k])}))
		}
	}
	return parts
}

// namedFaces is how many of the faces that were looked at a line names.
const namedFaces = 3

// aboutWords sums an entry up in one line.
func aboutWords(e engine.AuditEntry) string {
	var parts []string
	if e.Purpose != "" {
		parts = append(parts, kit.T("“{{.V}}”", kit.Field(e.Purpose)))
	}
	parts = append(parts, countsWords(e)...)
	if e.Action == engine.ActionViewed {
		for _, id := range e.Returned[:min(len(e.Returned), namedFaces)] {
			parts = append(parts, string(id))
		}
		if more := len(e.Returned) - namedFaces; more > 0 {
			parts = append(parts, kit.N("and {{.N}} more", more))
		}
	}
	return strings.Join(append(parts, detailWords(e)...), " · ")
}

// damageWords says what is wrong with the log, and where.
func damageWords(p engine.AuditProblem) string {
	at := kit.Field(kit.Int(int(p.Seq)))
	switch p.Damage {
	case engine.AuditAltered:
		return kit.T("Entry {{.V}} is not what it was when it was written.", at)
	case engine.AuditMissing:
		return kit.T("Entry {{.V}} is missing.", at)
	case engine.AuditReordered:
		return kit.T("From entry {{.V}} on, entries have changed places.", at)
	case engine.AuditCutOff:
		return kit.T("From entry {{.V}} on, entries at the end are gone.", at)
	case engine.AuditReplaced:
		return kit.T("The log is not the one that the checkpoint was made of.")
	case engine.AuditSignature:
		return kit.T("The signature of a checkpoint is wrong.")
	case engine.AuditUnread:
		return kit.T("What should be entry {{.V}} can't be read.", at)
	}
	return string(p.Damage)
}
