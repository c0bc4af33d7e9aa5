package bench_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"gabarit/app/bench"
	"gabarit/engine"
)

func TestOnlyTemplatesOfTheSameFaceAreCompared(t *testing.T) {
	face := func(x int, first float32) engine.Detection {
		d := engine.Detection{Box: engine.Box{X: x, W: 100, H: 100}}
		d.Template[0] = first
		return d
	}
	got := bench.Distances([]engine.Detection{face(0, 0), face(500, 1), face(900, 0)}, []engine.Detection{face(520, 1.25), face(10, 0.5), face(70, 9)})
	if len(got) != 2 || got[0] != 0.5 || got[1] != 0.25 {
		t.Errorf("distances %v, want 0.5 and 0.25", got)
	}
	if got := bench.Distances([]engine.Detection{face(0, 0)}, nil); len(got) != 0 {
		t.Errorf("distances %v to nothing", got)
	}
}

func TestFiguresAreOfTheRoundsAndWithoutWhatFailed(t *testing.T) {
	ours := [][]float64{{1, 2, 1}, {1, 2, 3}, {50, 50}}
	theirs := [][]float64{{3, 4, 2}, {3, 4, 2}, {1, 1}}
	got := bench.Figures(ours, theirs, map[int]error{2: errors.New("gone")})
	if got.Photos != 2 || got.Rounds != 3 || got.Megapixels != 2 || len(got.Failed) != 1 {
		t.Errorf("%+v", got)
	}
	if got.CPU != (bench.Spread{Min: 1, Median: 2, Max: 3}) || got.Wall != got.CPU { // 6/2, 8/4, 4/4
		t.Errorf("ratios %+v and %+v", got.CPU, got.Wall)
	}
	if got.Gabarit.CPU != 4*time.Second || got.GoFace.CPU != 6*time.Second || got.Gabarit.Wall != 8*time.Second {
		t.Errorf("median rounds %+v and %+v", got.Gabarit, got.GoFace)
	}
	if got.Apart != (bench.Apart{Faces: 2, Median: 0.5, Max: 1}) {
		t.Errorf("templates %+v", got.Apart)
	}
}

func TestNothingMeasuredGivesNoNaN(t *testing.T) {
	got := bench.Figures([][]float64{{1}}, [][]float64{{1}}, map[int]error{0: errors.New("gone")})
	if got.Photos != 0 || got.CPU != (bench.Spread{}) || math.IsNaN(got.Megapixels) || got.Megapixels != 0 {
		t.Errorf("%+v", got)
	}
}

func TestWhatCanNotBeMeasuredIsRefused(t *testing.T) {
	for name, test := range map[string]struct {
		c    bench.Collecting
		want engine.Code
	}{
		"no round":        {bench.Collecting{Path: t.TempDir()}, engine.CodeInvalid},
		"too many rounds": {bench.Collecting{Path: t.TempDir(), Rounds: bench.MaxRounds + 1}, engine.CodeInvalid},
		"no such folder":  {bench.Collecting{Path: "gone", Rounds: 1}, engine.CodeNotFound},
		"no models":       {bench.Collecting{Path: t.TempDir(), Models: t.TempDir(), Rounds: 1}, engine.CodeNoModel},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := bench.Collect(t.Context(), test.c); engine.CodeOf(err) != test.want {
				t.Errorf("%v, want %v", err, test.want)
			}
		})
	}
}

func TestASearchIsMeasuredAndAnswersAgree(t *testing.T) {
	steps := 0
	got, err := bench.Search(t.Context(), bench.Searching{Faces: 2000, Queries: 8, Step: func(done, of int) {
		if steps++; done != steps || of != 24 {
			t.Errorf("step %d of %d", done, of)
		}
	}})
	if engine.CodeOf(err) == engine.CodeUnavailable {
		t.Skip("this system does not tell processor times")
	}
	if err != nil || steps != 24 || len(got.Questions) != 3 || got.Filled.Gabarit <= 0 || got.Filled.Scan <= 0 {
		t.Fatalf("%+v after %d steps: %v", got, steps, err)
	}
	for _, q := range got.Questions {
		if q.Differ != 0 || q.CPU.Gabarit <= 0 || q.CPU.Scan <= 0 || q.Faster.Median <= 0 || q.K == 50 && q.Answers != 50 {
			t.Errorf("%+v", q)
		}
	}
	for _, wrong := range []bench.Searching{{Faces: 10, Queries: 1}, {Faces: 2000}, {Faces: 2000, Queries: bench.MaxQueries + 1}} {
		if _, err := bench.Search(t.Context(), wrong); engine.CodeOf(err) != engine.CodeInvalid {
			t.Errorf("%+v: %v", wrong, err)
		}
	}
}
