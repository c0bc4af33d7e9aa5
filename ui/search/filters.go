package search

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine"
	"gabarit/ui/faces"
	"gabarit/ui/kit"
)

// span is a filter by when and where photos were taken; the zero value lets all through.
type span struct {
	since, until time.Time // until: the day after the last one
	area         *engine.Area
}

// lets reports whether a match passes, as the index judges it: by the day it was taken, else collected; what has no place lies in no area.
func (s span) lets(m engine.Match) bool {
	at, _ := faces.When(m)
	if at.IsZero() && (!s.since.IsZero() || !s.until.IsZero()) || !s.since.IsZero() && at.Before(s.since) || !s.until.IsZero() && !at.Before(s.until) {
		return false
	}
	return s.area == nil || m.Source.Place != nil && s.area.Holds(*m.Source.Place)
}

func (s span) equal(o span) bool {
	return s.since.Equal(o.since) && s.until.Equal(o.until) && (s.area == o.area || s.area != nil && o.area != nil && *s.area == *o.area)
}

// SetSpan filters by the days from since to before until and by an area; zero values let all through. It reports whether the index must be asked
// again.
func (p *Presenter) SetSpan(since, until time.Time, area *engine.Area) bool {
	s := span{since, until, area}
	if s.equal(p.span) {
		return false
	}
	p.span = s
	p.refilter()
	return p.searched() && !p.exact()
}

// spanFields are the fields for it.
type spanFields struct {
	view                    *View
	since, until, place, km *kit.Entry
	hint                    *widget.Label
	row                     fyne.CanvasObject
}

func newSpanFields(v *View) *spanFields {
	f := &spanFields{view: v, hint: kit.NewText("")}
	f.since, f.until = v.env.NewEntry(kit.T("from: 2024-12-31")), v.env.NewEntry(kit.T("to: 2024-12-31"))
	f.place, f.km = v.env.NewEntry(kit.T("near: 48.9, 2.4")), v.env.NewEntry(kit.T("km"))
	for _, e := range []*kit.Entry{f.since, f.until, f.place, f.km} {
		e.OnChanged = func(string) { f.changed() }
	}
	f.hint.Hide()
	f.row = container.NewVBox(container.NewGridWithColumns(4, f.since, f.until, f.place, f.km), f.hint)
	v.env.Dump.Name("search.since", f.since)
	v.env.Dump.Name("search.span", f.hint)
	return f
}

// changed puts in force what can be read. What can't is said not to be: cards must never look filtered when they are not.
func (f *spanFields) changed() {
	since, one := faces.ParseDay(f.since.Text)
	until, two := faces.ParseDay(f.until.Text)
	area, three := faces.ParseArea(f.place.Text, f.km.Text)
	if !until.IsZero() {
		until = until.AddDate(0, 0, 1) // the day itself is in
	}
	hint := ""
	switch {
	case !one || !two:
		hint = kit.T("A date is written year-month-day: this filter is not in force yet.")
	case !three:
		hint = kit.T("A place is written latitude, longitude, with kilometres beside it: this filter is not in force yet.")
		area = nil
	}
	kit.SetText(f.hint, hint)
	kit.Show(hint != "", f.hint)
	f.view.refiltered(f.view.p.SetSpan(since, until, area))
}
