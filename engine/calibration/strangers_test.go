package calibration_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"gabarit/engine"
	"gabarit/engine/calibration"
	"gabarit/engine/crowd"
	"gabarit/engine/match"
)

// histogram counts the distances of a probe to templates.
func histogram(probe *engine.Template, templates []engine.Template) *engine.Histogram {
	var h engine.Histogram
	for i := range templates {
		h.Add(match.Distance(probe, &templates[i]))
	}
	return &h
}

// checkStrangers holds what is true of every estimate.
func checkStrangers(t interface {
	Helper()
	Fatalf(string, ...any)
}, h *engine.Histogram) engine.Strangers {
	t.Helper()
	c := calibration.Default()
	s := c.Strangers(h)
	if s.Faces != h.Faces() {
		t.Fatalf("%d faces, want %d", s.Faces, h.Faces())
	}
	if math.IsNaN(s.Crowding) || math.IsInf(s.Crowding, 0) || s.Crowding < 0 {
		t.Fatalf("crowding %v", s.Crowding)
	}
	last, rank := 0.0, 0
	for d := 0.0; d < 2.2; d += 0.0013 {
		got := s.Expected(d)
		if !(got >= last && got <= float64(s.Faces)) { // not the other way round: NaN
			t.Fatalf("expected within %v: %v, before %v, of %d faces", d, got, last, s.Faces)
		}
		r := map[engine.Band]int{engine.BandStrong: 0, engine.BandLikely: 1, engine.BandPossible: 2, engine.BandNone: 3}[c.Band(d, got, 1)]
		if r < rank {
			t.Fatalf("the band is better at %v than nearer", d)
		}
		last, rank = got, r
	}
	if got := s.Expected(math.NaN()); got != s.Expected(math.Inf(1)) {
		t.Fatalf("expected within NaN: %v", got)
	}
	return s
}

func TestEstimatesKeepTheirPromisesForAnyCounts(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var h engine.Histogram
		for range rapid.IntRange(0, 12).Draw(rt, "heaps") {
			count := rapid.OneOf(rapid.IntRange(1, 5), rapid.IntRange(1, 3_000_000)).Draw(rt, "count")
			if bin := rapid.IntRange(0, engine.HistogramBins).Draw(rt, "bin"); bin < engine.HistogramBins {
				h.Counts[bin] += count
			} else {
				h.Beyond += count
			}
		}
		checkStrangers(rt, &h)
	})
}

func TestAnEmptyIndexHoldsNoStranger(t *testing.T) {
	if s := checkStrangers(t, &engine.Histogram{}); s.Expected(2) != 0 || s.Crowding != 0 {
		t.Errorf("expected %v, crowding %v", s.Expected(2), s.Crowding)
	}
}

// One face says nothing of what the probe is like: the estimate is that for anybody, and rather too high.
func TestATinyIndexFallsBackToTheAverage(t *testing.T) {
	c := calibration.Default()
	for n, most := range map[int]float64{1: 10, 5: 5, 20: 5} {
		var h engine.Histogram
		h.Counts[engine.HistogramBin(0.83)] = n // where half of all strangers are
		s := checkStrangers(t, &h)
		for _, d := range []float64{0.45, 0.5, 0.55, 0.6} {
			if ratio := s.Expected(d) / c.ExpectedFalse(d, n); ratio < 0.3 || ratio > most {
				t.Errorf("%d faces: expected within %.2f is %.2f times the average", n, d, ratio)
			}
		}
		if s.Crowding >= engine.Crowded {
			t.Errorf("%d far faces look like the probe (crowding %.1f)", n, s.Crowding)
		}
	}
}

// Photos of the probe's own person tell nothing of strangers: they don't make the rest of the index look near.
func TestHundredsOfPhotosOfThePersonLeaveTheBandsAsTheyWere(t *testing.T) {
	const people, own = 1500, 300
	templates := crowd.People(21, people, 2)
	mine := crowd.People(22, 1, own+1)
	probe, c := mine[0], calibration.Default()
	without := checkStrangers(t, histogram(&probe, templates))
	with := checkStrangers(t, histogram(&probe, append(mine[1:len(mine):len(mine)], templates...)))
	bandOf := func(s *engine.Strangers, d float64) engine.Band { return c.Band(d, s.Expected(d), 1) }
	count := func(s *engine.Strangers, worst engine.Band) (n int) {
		for i := range mine[1:] {
			d := match.Distance(&probe, &mine[i+1])
			if b := bandOf(s, d); b == engine.BandStrong || b == worst || worst == engine.BandPossible && b == engine.BandLikely {
				n++
			}
		}
		return n
	}
	for _, b := range []engine.Band{engine.BandStrong, engine.BandLikely, engine.BandPossible} {
		before, after := count(&without, b), count(&with, b)
		t.Logf("%s or nearer: %d of %d own photos; with them in the index %d", b, before, own, after)
		if after < before*8/10 || after > before*12/10 {
			t.Errorf("%s or nearer: %d own photos, %d before they were in the index", b, after, before)
		}
	}
}

// An index of the person's photos alone holds no stranger to learn from, and could be one of look-alikes. So only the nearest are strong; but
// most are likely or possible.
func TestAnIndexOfOnePersonIsNeitherAllStrongNorAllNone(t *testing.T) {
	mine := crowd.People(23, 1, 401)
	c := calibration.Default()
	s := checkStrangers(t, histogram(&mine[0], mine[1:]))
	counts := map[engine.Band]int{}
	for i := range mine[1:] {
		d := match.Distance(&mine[0], &mine[i+1])
		counts[c.Band(d, s.Expected(d), 1)]++
	}
	t.Logf("bands of 400 photos of the person: %v", counts)
	if counts[engine.BandStrong] == 0 || counts[engine.BandStrong] > 200 || counts[engine.BandNone] > 40 || counts[engine.BandLikely] < 100 {
		t.Errorf("bands %v", counts)
	}

	near := make([]engine.Template, 400) // copies, but for noise
	for i := range near {
		near[i] = mine[0]
		near[i][i%engine.TemplateSize] += 0.02
	}
	s = checkStrangers(t, histogram(&mine[0], near))
	if b := c.Band(0.02, s.Expected(0.02), 1); b != engine.BandStrong {
		t.Errorf("a copy among 400 is %s (%.3g strangers expected)", b, s.Expected(0.02))
	}
	if b := c.Band(0.5, s.Expected(0.5), 1); b == engine.BandStrong {
		t.Errorf("a face at 0.5 is %s because there are 400 copies", b)
	}
}

// A probe with look-alikes gets stricter bands than one without, at the same distance in an index of the same size.
func TestAProbeWithLookAlikesGetsStricterBands(t *testing.T) {
	c := calibration.Default()
	spread := func(centre float64, n int) (h engine.Histogram) { // as strangers lie, but around another distance
		for i := range n {
			u := (float64(i) + 0.5) / float64(n)
			h.Add(centre + 0.08*math.Sqrt2*math.Erfinv(2*u-1))
		}
		return h
	}
	far, near := spread(0.85, 5000), spread(0.75, 5000)
	a, b := checkStrangers(t, &far), checkStrangers(t, &near)
	for _, d := range []float64{0.40, 0.45, 0.50, 0.55} {
		if b.Expected(d) < 5*a.Expected(d) {
			t.Errorf("within %.2f: %.3g strangers expected for a crowded probe, %.3g for one that is not", d, b.Expected(d), a.Expected(d))
		}
	}
	if c.Band(0.44, a.Expected(0.44), 1) != engine.BandStrong || c.Band(0.44, b.Expected(0.44), 1) == engine.BandStrong {
		t.Errorf("0.44 is %s and %s", c.Band(0.44, a.Expected(0.44), 1), c.Band(0.44, b.Expected(0.44), 1))
	}
	if a.Crowding >= engine.Crowded || b.Crowding < engine.Crowded {
		t.Errorf("crowding %.2f and %.2f", a.Crowding, b.Crowding)
	}
	all := spread(0.53, 30) // the known bad case: as 31 photos of young East Asian women lie
	if s := checkStrangers(t, &all); c.Band(0.5, s.Expected(0.5), 1) != engine.BandNone || s.Crowding < engine.Crowded {
		t.Errorf("among look-alikes only, 0.5 is %s with %.3g strangers expected, crowding %.1f", c.Band(0.5, s.Expected(0.5), 1), s.Expected(0.5), s.Crowding)
	}
}
