package library

import (
	"context"

	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/ui/kit"
)

// Upkept is what the screen needs to tell what retention and checks of sources last did.
type Upkept interface {
	// Upkeep tells it for each collection of which there is something to tell.
	Upkeep(ctx context.Context) (map[engine.CollectionID]matter.Upkeep, error)
}

// readUpkeep re-reads what retention and checks of sources last did.
func (v *View) readUpkeep() {
	kit.Run(v.keeping, v.svc.Upkeep, func(all map[engine.CollectionID]matter.Upkeep, err error) {
		if err != nil {
			v.notice.Error(err)
			return
		}
		v.upkeep = all
		v.detail.refresh()
	})
}

// showUpkeep opens the dialog about the dates and sources of the marked collection.
func (v *View) showUpkeep() {
	if c, ok := v.p.Selected(); ok && !v.env.Busy() && v.Upkeep != nil {
		v.Upkeep(c.Name)
	}
}

// upkeepWords tells when sources and dates of a collection were last looked at, and what came of it.
func upkeepWords(u matter.Upkeep) string {
	sources := kit.T("Sources not asked yet")
	if !u.CheckedAt.IsZero() {
		sources = kit.T("Sources asked {{.V}}", kit.Field(kit.DayOrTime(u.CheckedAt)))
		if bad := u.Sources.Checked - u.Sources.Same - u.Sources.Unreachable; bad > 0 {
			sources += ": " + kit.N("{{.N}} not as collected", bad)
		}
	}
	dates := kit.T("dates not looked at yet")
	if !u.RetainedAt.IsZero() {
		dates = kit.T("dates looked at {{.V}}", kit.Field(kit.DayOrTime(u.RetainedAt)))
	}
	n := 0
	for _, some := range u.Erased {
		n += some
	}
	if n > 0 {
		dates += ", " + kit.T("erased {{.V}}: ", kit.Field(kit.Date(u.ErasedAt))) + kit.N("{{.N}} photos", n)
	}
	return sources + " · " + dates
}
