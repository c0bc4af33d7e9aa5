package entry

import (
	"gabarit/engine"
	"gabarit/engine/matter"
)

// Hidden records that photos, or faces of them, are kept out of every search from now on, by the IDs of photos.
func Hidden(holds []matter.Hold) engine.AuditEntry { return held(engine.ActionHidden, holds) }

// Shown records that they are found again, unless something else keeps them out.
func Shown(holds []matter.Hold) engine.AuditEntry { return held(engine.ActionShown, holds) }

func held(a engine.AuditAction, holds []matter.Hold) engine.AuditEntry {
	e := engine.AuditEntry{Action: a, Counts: map[string]int{"photos": 0, "faces": 0}}
	seen := map[engine.PhotoID]bool{}
	for _, h := range holds {
		if !seen[h.Photo] {
			seen[h.Photo] = true
			e.Counts["photos"]++
			e.Objects = append(e.Objects, string(h.Photo))
		}
		e.Counts["faces"] += len(h.Faces) // 0: the photo whole
	}
	if len(holds) == 0 {
		return e
	}
	e.Detail = map[string]string{"why": string(holds[0].Why)}
	if ref := holds[0].Ref; ref != "" {
		e.Detail["ref"] = ref
	}
	if f := holds[0].Finding; f != "" {
		e.Detail["finding"] = f
	}
	return e
}

// SourcesChecked records that sources of photos of a collection were asked, and what came of it.
func SourcesChecked(c engine.CollectionID, n matter.SourceCounts) engine.AuditEntry {
	return engine.AuditEntry{Action: engine.ActionSourceChecked, Objects: []string{string(c)}, Counts: n.Counts()}
}

// ContactKept records that the user told under which contact sources are asked. The contact stays out.
func ContactKept() engine.AuditEntry {
	return engine.AuditEntry{Action: engine.ActionSourceChecked, Detail: map[string]string{"what": "contact"}}
}

// Retained records that all that is held was looked at for what was kept long enough: how many records, and how many went, by reason.
func Retained(records int, gone map[string]int) engine.AuditEntry {
	e := engine.AuditEntry{Action: engine.ActionRetention, Counts: map[string]int{"records": records}}
	for why, n := range gone {
		e.Counts[why] = n
	}
	return e
}
