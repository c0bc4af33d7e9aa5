package engine_test

import (
	"math"
	"testing"

	"gabarit/engine"
)

func TestHistogramPutsDistancesInTheirBins(t *testing.T) {
	for d, want := range map[float64]int{-1: 0, 0: 0, 0.0049: 0, 0.005: 1, 0.6: 120, 1.9999: 399, 2: 400, math.Inf(1): 400} {
		if got := engine.HistogramBin(d); got != want {
			t.Errorf("bin of %v: %d, want %d", d, got, want)
		}
	}
	var h engine.Histogram
	for _, d := range []float64{0.3, 0.3, 0.9, 2, math.NaN()} {
		h.Add(d)
	}
	if h.Counts[60] != 2 || h.Counts[180] != 1 || h.Beyond != 2 || h.Faces() != 5 {
		t.Errorf("%d, %d, %d beyond, %d faces", h.Counts[60], h.Counts[180], h.Beyond, h.Faces())
	}
}

func TestExpectedIsInterpolatedAndNeverFalls(t *testing.T) {
	var s engine.Strangers
	for k := range s.Within {
		s.Within[k] = math.Pow(2, float64(k)/10)
	}
	s.Within[0], s.Within[1] = 0, 0
	for d, want := range map[float64]float64{0: 0, 0.0125: s.Within[2], 0.5: s.Within[99], 0.5025: math.Sqrt(s.Within[99] * s.Within[100]),
		3: s.Within[399]} {
		if got := s.Expected(d); math.Abs(got-want) > 1e-9*want {
			t.Errorf("expected within %v: %v, want %v", d, got, want)
		}
	}
	if got := s.Expected(math.NaN()); got != s.Within[399] {
		t.Errorf("expected within NaN: %v", got)
	}
	if got := (&engine.Strangers{}).Expected(0.5); got != 0 {
		t.Errorf("expected of nothing: %v", got)
	}
}

func TestKeptBinsAreCountedAndTheOthersAreBeyond(t *testing.T) {
	if a, b, c := engine.BinsFor(0), engine.BinsFor(0.64), engine.BinsFor(math.Inf(1)); a != 2 || b != 130 || c != engine.HistogramBins {
		t.Errorf("bins for 0, 0.64 and infinity: %d, %d, %d", a, b, c)
	}
	var h engine.Histogram
	for _, d := range []float64{0.1, 0.3, 0.9, 3} {
		h.Add(d)
	}
	all := h
	if h.Keep(engine.HistogramBins); h != all {
		t.Errorf("%d bins, %d beyond after all were kept", h.Bins, h.Beyond)
	}
	if h.Keep(engine.BinsFor(0.3)); h.Bins != 62 || h.Counts[60] != 1 || h.Counts[180] != 0 || h.Beyond != 2 || h.Faces() != 4 {
		t.Errorf("%d bins, %d beyond, %d faces", h.Bins, h.Beyond, h.Faces())
	}
}
