package search_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gabarit/engine"
	"gabarit/ui/faces"
	"gabarit/ui/search"
)

func now() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

func probe(faces int) *engine.Probe {
	p := &engine.Probe{File: "/tmp/me.jpg", Width: 100, Height: 100}
	for range faces {
		p.Faces = append(p.Faces, engine.ProbeFace{})
	}
	return p
}

func match(n int, distance float64, band engine.Band) engine.Match {
	photo := engine.PhotoID(fmt.Sprintf("P%d", n))
	return engine.Match{Face: engine.NewFaceID(photo, 0), Photo: photo, CollectionID: engine.CollectionID(fmt.Sprintf("C%d", n%2)),
		Distance: distance, Band: band, Source: engine.Provenance{PageURL: fmt.Sprintf("https://www.site%d.example/p", n%3)}}
}

func result(matches ...engine.Match) engine.SearchResult {
	return engine.SearchResult{Index: engine.Totals{Faces: 100, Photos: 60, Collections: 2}, Searched: 100,
		Probes: []engine.ProbeMatches{{Face: 0, Matches: matches}}}
}

// searched gives a presenter that has the given answer.
func searched(t *testing.T, res engine.SearchResult) *search.Presenter {
	t.Helper()
	p := search.NewPresenter(now)
	p.SetPurpose("find photos of me")
	p.Opening()
	p.Opened(probe(1), nil)
	if m := p.Missing(); m != search.MissingNothing {
		t.Fatalf("missing %v", m)
	}
	p.Found(p.Begin(), res, nil)
	return p
}

func distances(p *search.Presenter) []float64 {
	var out []float64
	for _, r := range p.Rows() {
		out = append(out, r.Match.Distance)
	}
	return out
}

func TestWhatASearchLacksIsNamedInOrder(t *testing.T) {
	p := search.NewPresenter(now)
	if p.Missing() != search.MissingPhoto {
		t.Error("a search without a photo")
	}
	p.Opened(probe(3), nil)
	p.SetTotals(engine.Totals{})
	if p.Missing() != search.MissingIndex || !p.IndexEmpty() {
		t.Error("a search of an empty index")
	}
	p.SetTotals(engine.Totals{Faces: 1})
	if p.Missing() != search.MissingFace {
		t.Error("a search without a chosen face")
	}
	p.Toggle(1)
	for _, blank := range []string{"", "  \t"} {
		p.SetPurpose(blank)
		if p.Missing() != search.MissingPurpose {
			t.Errorf("a search with the purpose %q", blank)
		}
	}
	p.SetPurpose(" mine ")
	if p.Missing() != search.MissingNothing {
		t.Error("nothing is missing")
	}
	if req := p.Begin(); req.Purpose != "mine" || !cmp.Equal(req.Faces, []int{1}) || req.Max != 500 || req.Within != engine.MaxDistance {
		t.Errorf("request %+v", req)
	}
}

func TestASingleFaceIsChosenAtOnce(t *testing.T) {
	p := search.NewPresenter(now)
	p.Opened(probe(1), nil)
	if !p.Chosen(0) {
		t.Error("the only face is not chosen")
	}
	p.Opened(probe(2), nil)
	if len(p.ChosenFaces()) != 0 {
		t.Error("one of two faces was chosen without being asked")
	}
	p.ChooseAll()
	if !cmp.Equal(p.ChosenFaces(), []int{0, 1}) {
		t.Error("not all faces chosen")
	}
	p.ChooseAll()
	if len(p.ChosenFaces()) != 0 {
		t.Error("all faces stay chosen")
	}
}

func TestAPhotoWithoutAFaceIsShownAndSaid(t *testing.T) {
	p := search.NewPresenter(now)
	p.Opened(probe(0), engine.E(engine.CodeNoFace, "x", "", nil))
	if p.Stage() != search.StageFailed || p.Probe() == nil || engine.CodeOf(p.Err()) != engine.CodeNoFace {
		t.Errorf("stage %v, probe %v, err %v", p.Stage(), p.Probe(), p.Err())
	}
	p.Opened(probe(0), nil)
	if engine.CodeOf(p.Err()) != engine.CodeNoFace {
		t.Error("a photo without faces and without an error passed")
	}
}

func TestRowsComeNearestFirstFromAllFaces(t *testing.T) {
	res := result(match(1, .5, engine.BandLikely), match(2, .3, engine.BandStrong))
	res.Probes = append(res.Probes, engine.ProbeMatches{Face: 1, Matches: []engine.Match{match(3, .4, engine.BandStrong)}})
	p := searched(t, res)
	if got := distances(p); !cmp.Equal(got, []float64{.3, .4, .5}) || !p.SeveralFaces() {
		t.Errorf("rows at %v", got)
	}
}

func TestTheSliderFiltersWithoutASearch(t *testing.T) {
	p := searched(t, result(match(1, .31, engine.BandStrong), match(2, .45, engine.BandLikely), match(3, .65, engine.BandNone)))
	for _, tt := range []struct {
		within float64
		want   []float64
	}{{.6, []float64{.31, .45}}, {.45, []float64{.31, .45}}, {.44, []float64{.31}}, {.3, nil}, {.7, []float64{.31, .45, .65}}} {
		p.SetWithin(tt.within)
		if got := distances(p); !cmp.Equal(got, tt.want) || p.Stage() != search.StageResults {
			t.Errorf("within %v: %v, stage %v", tt.within, got, p.Stage())
		}
	}
}

func TestNoReliableMatchIsAState(t *testing.T) {
	p := searched(t, result(match(1, .65, engine.BandNone), match(2, .55, engine.BandPossible)))
	if p.Stage() != search.StageNoMatch || p.NearestDistance() != .55 {
		t.Errorf("stage %v, nearest %v", p.Stage(), p.NearestDistance())
	}
	p.ShowNearest()
	if p.Stage() != search.StageResults || len(p.Rows()) != 1 || !p.Nearest() {
		t.Errorf("after asking: stage %v, %d rows", p.Stage(), len(p.Rows()))
	}
}

func TestShowingTheNearestReachesBeyondTheSlider(t *testing.T) {
	p := searched(t, result(match(1, .68, engine.BandNone)))
	p.ShowNearest()
	if len(p.Rows()) != 1 || p.Within() != search.SliderHigh {
		t.Errorf("%d rows within %v", len(p.Rows()), p.Within())
	}
}

func TestNothingFoundDiffersFromNothingSearched(t *testing.T) {
	p := searched(t, result())
	if p.Stage() != search.StageNothing || p.Searched() != 100 {
		t.Errorf("nothing found: stage %v, searched %d", p.Stage(), p.Searched())
	}
	p = searched(t, engine.SearchResult{Index: engine.Totals{Faces: 100}})
	if p.Stage() != search.StageNothing || p.Searched() != 0 {
		t.Errorf("nothing searched: stage %v, searched %d", p.Stage(), p.Searched())
	}
}

func TestAnAnswerToAFormerPhotoIsDropped(t *testing.T) {
	p := search.NewPresenter(now)
	p.SetPurpose("x")
	p.Opened(probe(1), nil)
	stale := p.Begin()
	p.Opening()
	p.Opened(probe(1), nil)
	p.Found(stale, result(match(1, .3, engine.BandStrong)), nil)
	if p.Stage() != search.StageReady || len(p.Rows()) != 0 {
		t.Errorf("stage %v with %d rows of the former photo", p.Stage(), len(p.Rows()))
	}
}

func TestAFailedSearchKeepsThePhoto(t *testing.T) {
	p := search.NewPresenter(now)
	p.SetPurpose("x")
	p.Opened(probe(1), nil)
	p.Found(p.Begin(), engine.SearchResult{}, errors.New("disk"))
	if p.Stage() != search.StageBroken || p.Probe() == nil || p.Missing() != search.MissingNothing {
		t.Errorf("stage %v", p.Stage())
	}
}

func TestFiltersAreLocalWhileTheAnswerIsWhole(t *testing.T) {
	p := searched(t, result(match(1, .3, engine.BandStrong), match(2, .4, engine.BandStrong), match(3, .5, engine.BandStrong)))
	if again := p.SetCollection("C1"); again {
		t.Error("a whole answer was asked for again")
	}
	if got := distances(p); !cmp.Equal(got, []float64{.3, .5}) {
		t.Errorf("rows of C1: %v", got)
	}
	p.SetCollection("")
	if p.SetHost("site2.example"); !cmp.Equal(distances(p), []float64{.4}) {
		t.Errorf("rows of a site: %v", distances(p))
	}
	if p.SetHost(search.LocalHost); p.Stage() != search.StageNothing {
		t.Errorf("local files: stage %v", p.Stage())
	}
	p.SetHost("")
	if p.SetSpan(faces.Span{Until: now().AddDate(-100, 0, 0)}); p.Stage() != search.StageNothing {
		t.Errorf("a hundred years ago: stage %v", p.Stage())
	}
	p.SetSpan(faces.Span{})
	hosts, local := p.Hosts()
	if !cmp.Equal(hosts, []string{"www.site0.example", "www.site1.example", "www.site2.example"}) || local {
		t.Errorf("hosts %v, local %v", hosts, local)
	}
}

func TestACutAnswerIsAskedForAgainWithTheFilter(t *testing.T) {
	var many []engine.Match
	for i := range 500 {
		many = append(many, match(i, .3+float64(i)/2000, engine.BandStrong))
	}
	p := searched(t, result(many...))
	if again := p.SetCollection("C1"); !again {
		t.Error("a cut answer was filtered as if it were whole")
	}
	req := p.Begin()
	if !cmp.Equal(req.Filter.Collections, []engine.CollectionID{"C1"}) {
		t.Errorf("filter %+v", req.Filter)
	}
	p.Found(req, result(match(1, .3, engine.BandStrong)), nil)
	area := engine.Area{Centre: engine.Place{Lat: 1, Lon: 2}, Radius: 3}
	if again := p.SetSpan(faces.Span{Since: now(), Until: now().AddDate(0, 0, 1), Area: &area}); !again {
		t.Error("a narrowed answer was filtered as if it were whole")
	}
	if f := p.Begin().Filter; !f.Since.Equal(now()) || !f.Until.Equal(now().AddDate(0, 0, 1)) || f.Area == nil || *f.Area != area {
		t.Errorf("filter %+v", f)
	}
	if again := p.SetSpan(faces.Span{Since: now(), Until: now().AddDate(0, 0, 1), Area: &engine.Area{Centre: engine.Place{Lat: 1, Lon: 2}, Radius: 3}}); again {
		t.Error("the same filter was taken for another")
	}
	p.SetSpan(faces.Span{})
	p.Found(p.Begin(), result(match(1, .3, engine.BandStrong)), nil)
	if again := p.SetCollection(""); !again {
		t.Error("a narrowed answer was taken for the whole")
	}
}

func TestTicksSurviveFiltersAndMakeItems(t *testing.T) {
	a, b := match(1, .3, engine.BandStrong), match(2, .5, engine.BandStrong)
	a.Also = []engine.Provenance{{PageURL: "https://other.example/x"}}
	a.SHA256[0] = 9
	p := searched(t, result(a, b))
	for _, r := range p.Rows() {
		p.Tick(r.ID, true)
	}
	p.SetWithin(.4)
	if all, hidden := p.TickedCount(); all != 2 || hidden != 1 {
		t.Errorf("ticked %d, hidden %d", all, hidden)
	}
	items := p.CaseItems()
	if len(items) != 3 || items[1].Source.PageURL != "https://other.example/x" || items[0].SHA256 != a.SHA256 || !items[0].FoundAt.Equal(now()) {
		t.Errorf("items %+v", items)
	}
	p.Tick(p.Rows()[0].ID, false)
	if len(p.CaseItems()) != 1 {
		t.Error("an unticked row stays an item")
	}
	p.Opening()
	if all, _ := p.TickedCount(); all != 0 {
		t.Error("ticks of a former photo were kept")
	}
}

func TestStepStopsAtTheEnds(t *testing.T) {
	p := searched(t, result(match(1, .3, engine.BandStrong), match(2, .4, engine.BandStrong), match(3, .5, engine.BandStrong)))
	var got []int
	for _, by := range []int{0, 1, 1, 1, -5, 99} {
		got = append(got, p.Step(by))
	}
	if !cmp.Equal(got, []int{0, 1, 2, 2, 0, 2}) {
		t.Errorf("steps led to %v", got)
	}
	p.SetWithin(.35)
	if _, _, ok := p.Selected(); ok {
		t.Error("a row that the slider hides stays selected")
	}
	if searched(t, result()).Step(1) != -1 {
		t.Error("a step without rows")
	}
}
