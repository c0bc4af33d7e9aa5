package bench

import (
	"math"
	"slices"
	"time"

	"gabarit/engine"
)

// sameFace is the overlap from which two boxes are of one face.
const sameFace = 0.5

// distances gives those between the templates of the faces that both sides found.
func distances(ours, theirs []engine.Detection) (all []float64) {
	for _, a := range ours {
		if len(theirs) == 0 {
			return all
		}
		b := slices.MaxFunc(theirs, func(x, y engine.Detection) int {
			return compareFloat(a.Box.Overlap(x.Box), a.Box.Overlap(y.Box))
		})
		if a.Box.Overlap(b.Box) < sameFace {
			continue
		}
		sum := 0.0
		for i := range a.Template {
			d := float64(a.Template[i]) - float64(b.Template[i])
			sum += d * d
		}
		all = append(all, math.Sqrt(sum))
	}
	return all
}

func compareFloat(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// Spread is the least, the middle and the largest of the rounds; all zero where nothing was measured.
type Spread struct{ Min, Median, Max float64 }

func spreadOf(all []float64) Spread {
	if len(all) == 0 {
		return Spread{}
	}
	return Spread{slices.Min(all), middle(all), slices.Max(all)}
}

// middle is the median; of an even number the mean of the two in the middle, of none 0.
func middle(all []float64) float64 {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(all))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// result makes the figures of what was measured; a photo that failed in any round is in none of them.
func (m *meter) result() Collected {
	out := Collected{Rounds: m.rounds}
	var cpu, wall [sides][]float64 // seconds, by round
	var apart []float64
	for side := range sides {
		cpu[side], wall[side] = make([]float64, m.rounds), make([]float64, m.rounds)
	}
	for _, s := range m.subjects {
		if s.err != nil {
			out.Failed = append(out.Failed, Failed{s.item.Key, s.err})
			continue
		}
		out.Photos++
		apart = append(apart, s.apart...)
		out.Megapixels += s.pixels / 1e6
		out.Gabarit.Faces += s.faces[gabarit]
		out.GoFace.Faces += s.faces[goFace]
		for side := range sides {
			for n, took := range s.took[side] {
				cpu[side][n] += took.cpu.Seconds()
				wall[side][n] += took.wall.Seconds()
			}
		}
	}
	d := spreadOf(apart)
	out.Apart = Apart{len(apart), d.Median, d.Max}
	if out.Photos == 0 {
		return out
	}
	out.Megapixels /= float64(out.Photos)
	for side, to := range map[int]*Side{gabarit: &out.Gabarit, goFace: &out.GoFace} {
		to.CPU, to.Wall = ofSeconds(middle(cpu[side])), ofSeconds(middle(wall[side]))
	}
	out.CPU, out.Wall = spreadOf(ratios(cpu[goFace], cpu[gabarit])), spreadOf(ratios(wall[goFace], wall[gabarit]))
	return out
}

func ratios(theirs, ours []float64) []float64 {
	all := make([]float64, len(ours))
	for i := range ours {
		all[i] = theirs[i] / ours[i]
	}
	return all
}

func ofSeconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
