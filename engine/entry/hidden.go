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
