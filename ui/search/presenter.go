package search

import (
	"slices"
	"strings"
	"time"

	"gabarit/engine"
	"gabarit/ui/faces"
)

// Stage tells what the screen shows.
type Stage int

// The stages.
const (
	StageEmpty     Stage = iota // no photo yet
	StageOpening                // a photo is being read
	StageFailed                 // the photo could not be read, or holds no face
	StageReady                  // faces are shown; nothing searched yet
	StageSearching              // the index is being searched
	StageResults                // there are matches to show
	StageNoMatch                // the nearest faces are too far to be relied on
	StageNothing                // the index holds nothing near, or the filters let nothing through
	StageBroken                 // the search itself failed
)

// Bounds of the search and of the slider.
const (
	fetchMax    = 500
	SliderLow   = 0.30
	SliderHigh  = engine.MaxDistance
	SliderStep  = 0.01
	SliderStart = 0.60
)

// LocalHost is the host filter's value for photos without a web address.
const LocalHost = "\x00local"

// RowID names a result row: which probe face, which stored face.
type RowID struct {
	Probe int
	Face  engine.FaceID
}

// Row is one result card.
type Row struct {
	ID       RowID
	Match    engine.Match
	Compared int  // faces that the match's expected number of strangers is told for
	Crowded  bool // many look like the face searched for
}

// Presenter is the state of the search screen. All methods are for one goroutine.
type Presenter struct {
	Now func() time.Time // never nil

	stage   Stage
	err     error
	purpose string
	probe   *engine.Probe
	chosen  []bool

	totals     engine.Totals
	known      bool // totals were read
	result     engine.SearchResult
	foundAt    time.Time
	asked      engine.Filter // of the last search
	rows       []Row         // all that were fetched, nearest first
	shown      []Row
	within     float64
	collection engine.CollectionID
	host       string
	span       faces.Span
	rejected   bool // what was said no to is shown
	nearest    bool // the user asked for the nearest ones although none is reliable
	selected   RowID
	ticked     map[RowID]bool
	looked     map[engine.FaceID]bool // closely, since the search

	detector engine.DetectorKind // "": fast
	draft    faces.Draft
	kept     []engine.ProbeFace // drawn, for when the photo keptOf was looked at again
	keptOf   engine.SHA256
}

// NewPresenter gives the state of a screen on which nothing was done yet.
func NewPresenter(now func() time.Time) *Presenter {
	return &Presenter{Now: now, within: SliderStart, ticked: map[RowID]bool{}, looked: map[engine.FaceID]bool{}}
}

// Stage tells what to show.
func (p *Presenter) Stage() Stage { return p.stage }

// Err is the error of StageFailed and StageBroken.
func (p *Presenter) Err() error { return p.err }

// Probe is the photo searched with, or nil.
func (p *Presenter) Probe() *engine.Probe { return p.probe }

// Purpose is what the user stated.
func (p *Presenter) Purpose() string { return p.purpose }

// SetPurpose notes the purpose for the session.
func (p *Presenter) SetPurpose(text string) { p.purpose = text }

// SetTotals notes the size of the index.
func (p *Presenter) SetTotals(t engine.Totals) { p.totals, p.known = t, true }

// IndexEmpty reports whether the index is known to hold no face.
func (p *Presenter) IndexEmpty() bool { return p.known && p.totals.Faces == 0 }

// Opening forgets the former photo and its results.
func (p *Presenter) Opening() {
	p.stage, p.err, p.probe, p.chosen = StageOpening, nil, nil, nil
	p.kept = nil
	p.StopDrawing()
	p.clearResult()
}

// Clear goes back to the empty screen; the purpose stays.
func (p *Presenter) Clear() {
	p.Opening()
	p.stage = StageEmpty
}

func (p *Presenter) clearResult() {
	p.result, p.rows, p.shown = engine.SearchResult{}, nil, nil
	p.collection, p.host, p.nearest = "", "", false
	p.selected = RowID{}
	clear(p.ticked)
	clear(p.looked)
}

// Opened takes the photo. A single face is chosen at once. probe may come with an error, as when
// it holds no face: then it is shown all the same.
func (p *Presenter) Opened(probe *engine.Probe, err error) {
	probe, err = p.withKept(probe, err)
	p.probe, p.err = probe, err
	if err != nil || probe == nil || len(probe.Faces) == 0 {
		if err == nil {
			p.err = engine.E(engine.CodeNoFace, "search.Opened", "", nil)
		}
		p.stage = StageFailed
		return
	}
	p.stage = StageReady
	p.chosen = make([]bool, len(probe.Faces))
	if len(probe.Faces) == 1 {
		p.chosen[0] = true
	}
}

// Chosen reports whether a face is to be searched.
func (p *Presenter) Chosen(n int) bool { return n >= 0 && n < len(p.chosen) && p.chosen[n] }

// Toggle chooses a face or lets it go.
func (p *Presenter) Toggle(n int) {
	if n >= 0 && n < len(p.chosen) {
		p.chosen[n] = !p.chosen[n]
	}
}

// ChooseAll chooses every face, or none if all were chosen.
func (p *Presenter) ChooseAll() {
	on := slices.Contains(p.chosen, false)
	for i := range p.chosen {
		p.chosen[i] = on
	}
}

// ChosenFaces lists the numbers of the chosen faces.
func (p *Presenter) ChosenFaces() []int {
	var out []int
	for i, on := range p.chosen {
		if on {
			out = append(out, i)
		}
	}
	return out
}

// Missing tells what a search still lacks.
type Missing int

// What can be missing.
const (
	MissingNothing Missing = iota
	MissingPhoto
	MissingFace
	MissingPurpose
	MissingIndex
)

// Missing names the first thing that a search still lacks.
func (p *Presenter) Missing() Missing {
	switch {
	case p.probe == nil || len(p.probe.Faces) == 0:
		return MissingPhoto
	case p.IndexEmpty():
		return MissingIndex
	case len(p.ChosenFaces()) == 0:
		return MissingFace
	case strings.TrimSpace(p.purpose) == "":
		return MissingPurpose
	}
	return MissingNothing
}

// Begin notes that a search starts and gives its request. Call it only when nothing is missing.
func (p *Presenter) Begin() engine.SearchRequest {
	p.stage, p.err = StageSearching, nil
	req := engine.SearchRequest{Purpose: strings.TrimSpace(p.purpose), Probe: p.probe, Faces: p.ChosenFaces(),
		Max: fetchMax, Within: engine.MaxDistance}
	if p.collection != "" {
		req.Filter.Collections = []engine.CollectionID{p.collection}
	}
	if p.host != LocalHost {
		req.Filter.Host = p.host
	}
	req.Filter.Since, req.Filter.Until, req.Filter.Area = p.span.Since, p.span.Until, p.span.Area
	return req
}

// Found takes the answer to req. It is dropped if the photo has changed since.
func (p *Presenter) Found(req engine.SearchRequest, res engine.SearchResult, err error) {
	if req.Probe != p.probe {
		return
	}
	if err != nil {
		p.stage, p.err = StageBroken, err
		return
	}
	p.result, p.foundAt, p.asked = res, p.Now(), req.Filter
	p.totals, p.known = res.Index, true
	p.rows = p.rows[:0]
	clear(p.looked)
	for _, probe := range res.Probes {
		for _, m := range probe.Matches {
			p.rows = append(p.rows, Row{RowID{probe.Face, m.Face}, m, probe.Compared, probe.Crowded()})
		}
	}
	slices.SortStableFunc(p.rows, func(a, b Row) int {
		switch {
		case a.Match.Distance < b.Match.Distance:
			return -1
		case a.Match.Distance > b.Match.Distance:
			return 1
		}
		return strings.Compare(string(a.Match.Face), string(b.Match.Face))
	})
	p.stage = StageResults
	p.refilter()
}

// Totals is the size of the index as last read.
func (p *Presenter) Totals() engine.Totals { return p.totals }

// Searched counts the faces that the last search compared.
func (p *Presenter) Searched() int { return p.result.Searched }

// Fetched counts all rows of the last search.
func (p *Presenter) Fetched() int { return len(p.rows) }

// SeveralFaces reports whether the rows come from more than one face of the photo.
func (p *Presenter) SeveralFaces() bool { return len(p.result.Probes) > 1 }

// exact reports whether the fetched rows hold everything that a narrower filter could let through: not
// when the search was cut at its bound or had a filter itself.
func (p *Presenter) exact() bool {
	for _, probe := range p.result.Probes {
		if len(probe.Matches) >= fetchMax {
			return false
		}
	}
	return p.asked.IsZero()
}
