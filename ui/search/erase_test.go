package search_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"gabarit/engine"
)

func TestTargetsAreTheTickedRowsElseTheMarkedOne(t *testing.T) {
	p := searched(t, result(match(1, .3, engine.BandStrong), match(2, .4, engine.BandStrong), match(3, .5, engine.BandStrong)))
	if len(p.Targets()) != 0 {
		t.Error("something is erased that nobody chose")
	}
	p.Step(0)
	if got := p.Targets(); len(got) != 1 || got[0].Match.Photo != "P1" {
		t.Errorf("the marked row: %+v", got)
	}
	p.Tick(p.Rows()[1].ID, true)
	p.Tick(p.Rows()[2].ID, true)
	p.SetWithin(.45) // hides a ticked one, which counts all the same
	if got := p.Targets(); len(got) != 2 || got[0].Match.Photo != "P2" || got[1].Match.Photo != "P3" {
		t.Errorf("the ticked rows: %+v", got)
	}
}

func TestErasedRowsAreGoneWithTheirTicks(t *testing.T) {
	a, b := match(1, .3, engine.BandStrong), match(2, .4, engine.BandStrong)
	res := result(a, b)
	res.Probes = append(res.Probes, engine.ProbeMatches{Face: 1, Matches: []engine.Match{a}}) // found for another face, too
	p := searched(t, res)
	for _, r := range p.Rows() {
		p.Tick(r.ID, true)
	}
	if got := p.Targets(); len(got) != 2 {
		t.Errorf("a face found twice is erased twice: %+v", got)
	}
	p.Select(0)
	p.Erased([]engine.FaceID{a.Face})
	if got := distances(p); !cmp.Equal(got, []float64{.4}) {
		t.Errorf("rows at %v", got)
	}
	if all, hidden := p.TickedCount(); all != 1 || hidden != 0 {
		t.Errorf("%d ticked, %d hidden", all, hidden)
	}
	if _, _, ok := p.Selected(); ok {
		t.Error("an erased row stays marked")
	}
	if len(p.CaseItems()) != 1 {
		t.Error("an erased face can still be written about")
	}
}

func TestAFaceIsLookedAtOnceForEachAnswer(t *testing.T) {
	p := searched(t, result(match(1, .3, engine.BandStrong)))
	if !p.Look("P1#0") || p.Look("P1#0") || !p.Look("P2#0") {
		t.Error("looked at is not told once for each face")
	}
	p.Found(p.Begin(), result(match(1, .3, engine.BandStrong)), nil)
	if !p.Look("P1#0") {
		t.Error("a new search does not count anew")
	}
}
