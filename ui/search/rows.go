package search

import (
	"slices"
	"strings"

	"gabarit/engine"
	"gabarit/ui/faces"
)

// Rows are the cards to show, nearest first.
func (p *Presenter) Rows() []Row { return p.shown }

// Within is the slider's distance.
func (p *Presenter) Within() float64 { return p.within }

// SetWithin moves the slider.
func (p *Presenter) SetWithin(d float64) {
	p.within = d
	p.refilter()
}

// SetCollection filters by collection; "" lets all through. It reports whether the index must be asked again
// because the last search does not hold all that the filter lets through.
func (p *Presenter) SetCollection(id engine.CollectionID) bool {
	p.collection = id
	p.refilter()
	return p.searched() && !p.exact()
}

// SetHost filters by site; "" lets all through, LocalHost only what has no address. It reports whether
// the index must be asked again.
func (p *Presenter) SetHost(host string) bool {
	p.host = host
	p.refilter()
	return p.searched() && !p.exact()
}

// Collection is the collection filter in force.
func (p *Presenter) Collection() engine.CollectionID { return p.collection }

// Host is the site filter in force.
func (p *Presenter) Host() string { return p.host }

// ShowNearest shows rows although none is reliable.
func (p *Presenter) ShowNearest() {
	p.nearest = true
	if len(p.rows) > 0 && p.rows[0].Match.Distance > p.within {
		p.within = SliderHigh
	}
	p.refilter()
}

// Nearest reports whether unreliable rows are shown because the user asked.
func (p *Presenter) Nearest() bool { return p.nearest }

// filtered reports whether a filter is in force.
func (p *Presenter) filtered() bool {
	return p.collection != "" || p.host != "" || !p.span.Equal(faces.Span{})
}

func (p *Presenter) searched() bool {
	return p.stage == StageResults || p.stage == StageNoMatch || p.stage == StageNothing
}

// choosing reports whether the faces to search for are being chosen among several.
func (p *Presenter) choosing() bool {
	return p.stage == StageReady && p.probe != nil && len(p.probe.Faces) > 1 && !p.IndexEmpty()
}

// refilter makes the shown rows and the stage from the fetched rows and the filters.
func (p *Presenter) refilter() {
	if !p.searched() {
		return
	}
	p.shown = make([]Row, 0, len(p.rows))
	passed, reliable := 0, false
	for _, r := range p.rows {
		if !p.passes(r.Match) {
			continue
		}
		passed++
		reliable = reliable || r.Match.Band == engine.BandStrong || r.Match.Band == engine.BandLikely
		if r.Match.Distance <= p.within && (p.rejected || r.Match.Verdict != engine.VerdictNo) {
			p.shown = append(p.shown, r)
		}
	}
	switch {
	case passed == 0:
		p.stage = StageNothing
	case !reliable && !p.nearest:
		p.stage = StageNoMatch
	default:
		p.stage = StageResults
	}
	if _, ok := p.indexOf(p.selected); !ok {
		p.selected = RowID{}
	}
}

func (p *Presenter) passes(m engine.Match) bool {
	if p.collection != "" && m.CollectionID != p.collection || !p.span.Lets(m) {
		return false
	}
	switch p.host {
	case "":
		return true
	case LocalHost:
		return faces.HostOf(m.Source) == ""
	}
	if hostWithin(faces.HostOf(m.Source), p.host) {
		return true
	}
	return slices.ContainsFunc(m.Also, func(s engine.Provenance) bool { return hostWithin(faces.HostOf(s), p.host) })
}

func hostWithin(host, of string) bool { return host == of || strings.HasSuffix(host, "."+of) }

// Hosts lists the sites of the fetched rows, sorted; local tells whether some have none.
func (p *Presenter) Hosts() (hosts []string, local bool) {
	for _, r := range p.rows {
		h := faces.HostOf(r.Match.Source)
		if h == "" {
			local = true
		} else if !slices.Contains(hosts, h) {
			hosts = append(hosts, h)
		}
	}
	slices.Sort(hosts)
	return hosts, local
}

// Select marks a row as the one the evidence is about.
func (p *Presenter) Select(index int) {
	if index >= 0 && index < len(p.shown) {
		p.selected = p.shown[index].ID
	}
}

// Selected gives the marked row and its place among the shown ones.
func (p *Presenter) Selected() (row Row, index int, ok bool) {
	i, ok := p.indexOf(p.selected)
	if !ok {
		return Row{}, -1, false
	}
	return p.shown[i], i, true
}

// Step moves the mark by some rows, stopping at the ends, and gives the new place; -1 if there is no row.
func (p *Presenter) Step(by int) int {
	if len(p.shown) == 0 {
		return -1
	}
	_, i, ok := p.Selected()
	if !ok {
		i = 0
	} else {
		i = min(max(i+by, 0), len(p.shown)-1)
	}
	p.Select(i)
	return i
}

func (p *Presenter) indexOf(id RowID) (int, bool) {
	if id == (RowID{}) {
		return -1, false
	}
	i := slices.IndexFunc(p.shown, func(r Row) bool { return r.ID == id })
	return i, i >= 0
}

// Tick adds a row to those to write letters about, or takes it away.
func (p *Presenter) Tick(id RowID, on bool) {
	if on {
		p.ticked[id] = true
	} else {
		delete(p.ticked, id)
	}
}

// Ticked reports whether a row is ticked.
func (p *Presenter) Ticked(id RowID) bool { return p.ticked[id] }

// TickedCount counts the ticked rows and those of them that the filters hide.
func (p *Presenter) TickedCount() (all, hidden int) {
	for _, r := range p.shown {
		if p.ticked[r.ID] {
			all++
		}
	}
	return len(p.ticked), len(p.ticked) - all
}

// CaseItems makes the items of letters from the ticked rows: one for each find, every face once.
func (p *Presenter) CaseItems() []engine.CaseItem {
	var out []engine.CaseItem
	seen := map[engine.FaceID]bool{}
	for _, r := range p.rows {
		if !p.ticked[r.ID] || seen[r.Match.Face] {
			continue
		}
		seen[r.Match.Face] = true
		for _, source := range append([]engine.Provenance{r.Match.Source}, r.Match.Also...) {
			out = append(out, engine.CaseItem{Face: r.Match.Face, Photo: r.Match.Photo, Source: source,
				SHA256: r.Match.SHA256, FoundAt: p.foundAt, CollectedAt: r.Match.CollectedAt, Confirmed: r.Match.Verdict})
		}
	}
	return out
}
