package crowd_test

import (
	"math"
	"testing"

	"gabarit/engine"
	"gabarit/engine/crowd"
)

func TestPeopleKeepTheStatisticsOfRealTemplates(t *testing.T) {
	const people, photos = 300, 4
	templates := crowd.People(1, people, photos)
	if len(templates) != people*photos {
		t.Fatalf("%d templates, want %d", len(templates), people*photos)
	}
	var norm, same, strangers stats
	for i := range templates {
		norm.add(distance(templates[i], engine.Template{}))
		for j := i + 1; j < len(templates); j++ {
			if i/photos == j/photos {
				same.add(distance(templates[i], templates[j]))
			} else {
				strangers.add(distance(templates[i], templates[j]))
			}
		}
	}
	for _, c := range []struct {
		name                string
		got                 stats
		mean, deviation     float64
		meanOff, deviateOff float64
	}{
		{"norm", norm, 1.423, .070, .03, .03},
		{"distance of two photos of a person", same, .437, .066, .02, .02},
		{"distance of strangers", strangers, .819, .089, .02, .02},
	} {
		mean, deviation := c.got.values()
		t.Logf("%s: %.3f ± %.3f, measured on real ones %.3f ± %.3f", c.name, mean, deviation, c.mean, c.deviation)
		if math.Abs(mean-c.mean) > c.meanOff || math.Abs(deviation-c.deviation) > c.deviateOff {
			t.Errorf("%s: mean %.3f and deviation %.3f, want %.3f and %.3f", c.name, mean, deviation, c.mean, c.deviation)
		}
	}
}

func TestPeopleAreTheSameForTheSameSeedOnly(t *testing.T) {
	a, b, c := crowd.People(5, 3, 2), crowd.People(5, 3, 2), crowd.People(6, 3, 2)
	for i := range a {
		if a[i] != b[i] {
			t.Errorf("template %d differs between two draws with one seed", i)
		}
		if a[i] == c[i] {
			t.Errorf("template %d is the same with another seed", i)
		}
	}
}

type stats struct{ n, sum, squares float64 }

func (s *stats) add(x float64) { s.n, s.sum, s.squares = s.n+1, s.sum+x, s.squares+x*x }

func (s *stats) values() (mean, deviation float64) {
	mean = s.sum / s.n
	return mean, math.Sqrt(s.squares/s.n - mean*mean)
}

func distance(a, b engine.Template) float64 {
	sum := 0.0
	for i := range a {
		d := float64(a[i]) - float64(b[i])
		sum += d * d
	}
	return math.Sqrt(sum)
}
