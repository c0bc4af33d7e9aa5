package match_test

import (
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"gabarit/engine"
	"gabarit/engine/match"
)

func TestFMRAtMeasuredPoints(t *testing.T) {
	c := match.Default()
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
	c := match.Default()
	rapid.Check(t, func(rt *rapid.T) {
		a := rapid.Float64Range(-0.1, 2).Draw(rt, "a")
		b := a + rapid.Float64Range(0, 1).Draw(rt, "step")
		if fa, fb := c.FMR(a), c.FMR(b); fa <= 0 || fb > 1 || fa > fb {
			rt.Fatalf("FMR(%v) = %v, FMR(%v) = %v", a, fa, b, fb)
		}
	})
}

func TestExpectedFalseGrowsWithTheIndex(t *testing.T) {
	c := match.Default()
	if got := c.ExpectedFalse(0.6, 100_000); math.Abs(got-604.7) > 0.1 {
		t.Errorf("expected false matches at 0.6 in 100,000 faces: %v, want 604.7", got)
	}
	for _, n := range []int{0, -1} {
		if got := c.ExpectedFalse(0.6, n); got != 0 {
			t.Errorf("expected false matches in an index of %d: %v, want 0", n, got)
		}
	}
}

func TestBandsByDistanceAndIndexSize(t *testing.T) {
	c := match.Default()
	for _, b := range []struct {
		distance float64
		n        int
		want     engine.Band
	}{
		{0.30, 1_000, engine.BandStrong},
		{0.45, 1_000, engine.BandStrong},
		{0.45, 10_000, engine.BandLikely}, // the same distance means less in a larger index
		{0.45, 100_000, engine.BandPossible},
		{0.45, 1_000_000, engine.BandNone},
		{0.451, 1, engine.BandLikely}, // however small the index
		{0.52, 1_000, engine.BandLikely},
		{0.53, 1_000, engine.BandPossible},
		{0.55, 10, engine.BandLikely},
		{0.60, 1_000, engine.BandPossible},
		{0.60, 10_000, engine.BandNone},
		{0.601, 1, engine.BandNone},
		{0, 1_000_000_000, engine.BandStrong},
		{math.NaN(), 1, engine.BandNone},
	} {
		if got := c.Band(b.distance, b.n); got != b.want {
			t.Errorf("band of %v in %d faces: %s, want %s", b.distance, b.n, got, b.want)
		}
	}
}

func TestNoBandIsBetterFartherAwayOrInALargerIndex(t *testing.T) {
	c := match.Default()
	rank := map[engine.Band]int{engine.BandStrong: 0, engine.BandLikely: 1, engine.BandPossible: 2, engine.BandNone: 3}
	rapid.Check(t, func(rt *rapid.T) {
		d := rapid.Float64Range(0, 1.3).Draw(rt, "distance")
		farther := d + rapid.Float64Range(0, 0.5).Draw(rt, "farther")
		n := rapid.IntRange(0, 5_000_000).Draw(rt, "faces")
		larger := n + rapid.IntRange(0, 5_000_000).Draw(rt, "more faces")
		if c.Band(d, n) == engine.BandStrong && c.ExpectedFalse(d, n) > 0.05 {
			rt.Fatalf("strong at %v in %d faces with %v strangers expected", d, n, c.ExpectedFalse(d, n))
		}
		if rank[c.Band(farther, n)] < rank[c.Band(d, n)] || rank[c.Band(d, larger)] < rank[c.Band(d, n)] {
			rt.Fatalf("bands out of order at %v and %v, %d and %d faces", d, farther, n, larger)
		}
	})
}

func TestSourceTellsWhatWasMeasured(t *testing.T) {
	if got := match.Default().Source(); len(got) < 40 {
		t.Errorf("source %q says too little", got)
	}
}

// TestFMRAgreesWithRealTemplates measures the rates again on every sixth template of the calibration set.
func TestFMRAgreesWithRealTemplates(t *testing.T) {
	templates, people := lfw(t, 6)
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
	c := match.Default()
	for k, d := range limits {
		measured, want := float64(counts[k])/float64(pairs), c.FMR(d)
		t.Logf("within %.2f: %.3e measured on %d pairs, %.3e in the table", d, measured, pairs, want)
		if measured < want/1.3 || measured > want*1.3 {
			t.Errorf("within %v: rate %.3e, the table says %.3e", d, measured, want)
		}
	}
}

// lfw reads every step-th template of the shared calibration set.
func lfw(t *testing.T, step int) (templates []engine.Template, people []string) {
	t.Helper()
	dir := filepath.Join("..", "..", "..", "shared", "testdata", "templates")
	data, err := os.ReadFile(filepath.Join(dir, "lfw.npy"))
	if err != nil {
		t.Skip("no ../shared/testdata/templates beside the project: the calibration is not measured again")
	}
	list, err := os.ReadFile(filepath.Join(dir, "lfw.csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(list)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	data = data[10+int(binary.LittleEndian.Uint16(data[8:])):] // the header of a .npy file, format 1.0
	for i := 0; i < len(rows)-1; i += step {
		var tmpl engine.Template
		for d := range tmpl {
			tmpl[d] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*(i*len(tmpl)+d):]))
		}
		templates = append(templates, tmpl)
		people = append(people, rows[i+1][1])
	}
	return templates, people
}
