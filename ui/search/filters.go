package search

import "gabarit/ui/faces"

// SetSpan filters by when and where photos were taken. It reports whether the index must be asked again.
func (p *Presenter) SetSpan(s faces.Span) bool {
	if s.Equal(p.span) {
		return false
	}
	p.span = s
	p.refilter()
	return p.searched() && !p.exact()
}
