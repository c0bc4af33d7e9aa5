package faces

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine"
	"gabarit/ui/kit"
)

// Span is a filter by when and where photos were taken; the zero value lets all through.
type Span struct {
	Since, Until time.Time // Until: the day after the last one
	Area         *engine.Area
}

// Lets reports whether a match passes, as the index judges it: by the day it was taken, else collected; what has no place lies in no area.
func (s Span) Lets(m engine.Match) bool {
	at, _ := When(m)
	if at.IsZero() && (!s.Since.IsZero() || !s.Until.IsZero()) || !s.Since.IsZero() && at.Before(s.Since) || !s.Until.IsZero() && !at.Before(s.Until) {
		return false
	}
	return s.Area == nil || m.Source.Place != nil && s.Area.Holds(*m.Source.Place)
}

// Equal reports whether two filters are the same.
func (s Span) Equal(o Span) bool {
	return s.Since.Equal(o.Since) && s.Until.Equal(o.Until) && (s.Area == o.Area || s.Area != nil && o.Area != nil && *s.Area == *o.Area)
}

// spanFields are the fields for a Span.
type spanFields struct {
	set                     func(Span)
	since, until, place, km *kit.Entry
	hint                    *widget.Label
}

// NewSpanFields gives the fields of a filter; set is called with what is in force whenever they change.
func NewSpanFields(e *kit.Env, set func(Span)) fyne.CanvasObject {
	f := &spanFields{set: set, hint: kit.NewText("")}
	f.since, f.until = e.NewEntry(kit.T("from: 2024-12-31")), e.NewEntry(kit.T("to: 2024-12-31"))
	f.place, f.km = e.NewEntry(kit.T("near: 48.9, 2.4")), e.NewEntry(kit.T("km"))
	for _, e := range []*kit.Entry{f.since, f.until, f.place, f.km} {
		e.OnChanged = func(string) { f.changed() }
	}
	f.hint.Hide()
	e.Dump.Name("search.since", f.since)
	e.Dump.Name("search.span", f.hint)
	return container.NewVBox(container.NewGridWithColumns(4, f.since, f.until, f.place, f.km), f.hint)
}

// changed puts in force what can be read. What can't is said not to be: cards must never look filtered when they are not.
func (f *spanFields) changed() {
	since, one := ParseDay(f.since.Text)
	until, two := ParseDay(f.until.Text)
	area, three := ParseArea(f.place.Text, f.km.Text)
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
	f.set(Span{since, until, area})
}
