package search_test

import (
	"testing"

	"gabarit/engine"
	"gabarit/ui/search"
)

func TestWhatIsSaidOfAMatchTicksHidesAndIsTold(t *testing.T) {
	p := searched(t, result(match(0, .3, engine.BandStrong), match(1, .31, engine.BandStrong), match(2, .32, engine.BandStrong)))
	ids := []search.RowID{p.Rows()[0].ID, p.Rows()[1].ID, p.Rows()[2].ID}
	req, ok := p.Judge(ids[0], engine.VerdictYes)
	if !ok || req.Face != ids[0].Face || req.Verdict != engine.VerdictYes || req.ProbeSHA256 != p.Probe().SHA256 || req.ProbeBox != p.Probe().Faces[0].Box {
		t.Errorf("told %+v, %v", req, ok)
	}
	if !p.Ticked(ids[0]) {
		t.Error("who is it is not ticked")
	}
	p.Tick(ids[1], true)
	p.Judge(ids[1], engine.VerdictNo)
	p.Judge(ids[2], engine.VerdictUnsure)
	p.SetWithin(search.SliderHigh)
	if p.Ticked(ids[1]) || p.Ticked(ids[2]) || len(p.Rows()) != 2 || p.Rejected() != 1 || len(p.CaseItems()) != 1 {
		t.Errorf("%d rows, %d rejected, %d items of letters", len(p.Rows()), p.Rejected(), len(p.CaseItems()))
	}
	if p.ShowRejected(true); len(p.Rows()) != 3 || p.Rows()[1].Match.Verdict != engine.VerdictNo {
		t.Errorf("shown: %d rows", len(p.Rows()))
	}
	if _, ok := p.Judge(search.RowID{Probe: 7, Face: "x"}, engine.VerdictYes); ok {
		t.Error("a row that is not there was judged")
	}
}
