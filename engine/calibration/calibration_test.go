package calibration_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"gabarit/engine"
	"gabarit/engine/calibration"
	"gabarit/engine/enginetest"
	"gabarit/engine/match"
)

func TestFMRAtMeasuredPoints(t *testing.T) {
	c := calibration.Default()
	for _, p := range []struct{ distance, want float64 }{
		{0.36, 3.854e-07}, {0.50, 1.954e-04}, {0.60, 6.047e-03}, {0.70, 9.260e-02}, {1.20, 1}, {3, 1},
		{math.Inf(1), 1}, {math.NaN(), 1},
	} {
		if got := c.FMR(p.distance); math.Abs(got-p.want) > p.want*1e-9 {
			t.Errorf("FMR(%v) = %v, want %v", p.distance, got, p.want)
		}
	}
}

func TestFMRRisesWithTheDistanceAndStaysARate(t *testing.T) {
	c := calibration.Default()
	rapid.Check(t, func(rt *rapid.T) {
		a := rapid.Float64Range(-0.1, 2).Draw(rt, "a")
		b := a + rapid.Float64Range(0, 1).Draw(rt, "step")
		if fa, fb := c.FMR(a), c.FMR(b); fa <= 0 || fb > 1 || fa > fb {
			rt.Fatalf("FMR(%v) = %v, FMR(%v) = %v", a, fa, b, fb)
		}
	})
}

func TestExpectedFalseGrowsWithTheIndex(t *testing.T) {
	c := calibration.Default()
	if got := c.ExpectedFalse(0.6, 100_000); math.Abs(got-604.7) > 0.1 {
		t.Errorf("expected false matches at 0.6 in 100,000 faces: %v, want 604.7", got)
	}
	for _, n := range []int{0, -1} {
		if got := c.ExpectedFalse(0.6, n); got != 0 {
			t.Errorf("expected false matches in an index of %d: %v, want 0", n, got)
		}
	}
}

func TestBandsByDistanceStrangersAndQuality(t *testing.T) {
	c := calibration.Default()
	good, low := 1.0, engine.LowQuality-0.01
	for _, b := range []struct {
		distance, expected, quality float64
		want                        engine.Band
	}{
		{0.30, 0, good, engine.BandStrong},
		{0.45, 0.01, good, engine.BandStrong},
		{0.45, 0.01, engine.LowQuality, engine.BandStrong},
		{0.45, 0.011, good, engine.BandLikely}, // too many look-alikes
		{0.451, 0, good, engine.BandLikely},    // too far, however small the index
		{0.55, 0.1, good, engine.BandLikely},
		{0.55, 0.11, good, engine.BandPossible},
		{0.551, 0, good, engine.BandPossible},
		{0.60, 1, good, engine.BandPossible},
		{0.60, 1.01, good, engine.BandNone},
		{0.601, 0, good, engine.BandNone},
		{0.30, 0, low, engine.BandLikely},
		{0.50, 0, low, engine.BandPossible},
		{0.60, 0, low, engine.BandNone},
		{0.70, 0, low, engine.BandNone},
		{0.30, 0, math.NaN(), engine.BandLikely},
		{math.NaN(), 0, good, engine.BandNone},
		{0.30, math.NaN(), good, engine.BandNone},
	} {
		if got := c.Band(b.distance, b.expected, b.quality); got != b.want {
			t.Errorf("band of %v, %v expected, quality %v: %s, want %s", b.distance, b.expected, b.quality, got, b.want)
		}
	}
}

func TestNoBandIsBetterFartherAwayWithMoreStrangersOrLessQuality(t *testing.T) {
	c := calibration.Default()
	rank := map[engine.Band]int{engine.BandStrong: 0, engine.BandLikely: 1, engine.BandPossible: 2, engine.BandNone: 3}
	rapid.Check(t, func(rt *rapid.T) {
		d, e, q := rapid.Float64Range(0, 0.8).Draw(rt, "distance"), rapid.Float64Range(0, 2).Draw(rt, "expected"), rapid.Float64Range(0, 1).Draw(rt, "quality")
		best := rank[c.Band(d, e, q)]
		d += rapid.Float64Range(0, 0.3).Draw(rt, "farther")
		e += rapid.Float64Range(0, 1).Draw(rt, "more")
		q -= rapid.Float64Range(0, 1).Draw(rt, "worse")
		if got := rank[c.Band(d, e, q)]; got < best {
			rt.Fatalf("band %d at %v, %v, %v; was %d", got, d, e, q, best)
		}
	})
}

func TestSourceTellsWhatWasMeasured(t *testing.T) {
	if got := calibration.Default().Source(); len(got) < 40 {
		t.Errorf("source %q says too little", got)
	}
}

// TestFMRAgreesWithRealTemplates measures the rates again on every sixth template of the calibration set.
func TestFMRAgreesWithRealTemplates(t *testing.T) {
	templates, people := enginetest.LFW(t, 6)
	limits := []float64{0.48, 0.50, 0.55, 0.60, 0.65, 0.70, 0.80}
	counts, pairs := make([]int, len(limits)), 0
	for i := range templates {
		for j := range i {
			if people[i] == people[j] {
				continue
			}
			pairs++
			d := match.Distance(&templates[i], &templates[j])
			for k := len(limits) - 1; k >= 0 && d <= limits[k]; k-- {
				counts[k]++
			}
		}
	}
	c := calibration.Default()
	for k, d := range limits {
		measured, want := float64(counts[k])/float64(pairs), c.FMR(d)
		t.Logf("within %.2f: %.3e measured on %d pairs, %.3e in the table", d, measured, pairs, want)
		if measured < want/1.3 || measured > want*1.3 {
			t.Errorf("within %v: rate %.3e, the table says %.3e", d, measured, want)
		}
	}
}
