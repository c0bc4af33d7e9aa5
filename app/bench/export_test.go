package bench

import (
	"time"

	"gabarit/engine"
)

// Distances is distances.
func Distances(ours, theirs []engine.Detection) []float64 { return distances(ours, theirs) }

// Figures gives the result of photos that took each side so many seconds in each round: ours[photo][round]. A photo with an error failed in its last round.
func Figures(ours, theirs [][]float64, failed map[int]error) Collected {
	m := &meter{rounds: len(ours[0])}
	for i := range ours {
		s := &subject{err: failed[i], pixels: 2e6, apart: []float64{float64(i)}}
		for n := range ours[i] {
			for side, seconds := range map[int]float64{gabarit: ours[i][n], goFace: theirs[i][n]} {
				d := time.Duration(seconds * float64(time.Second))
				s.took[side] = append(s.took[side], spent{cpu: d, wall: 2 * d})
			}
		}
		m.subjects = append(m.subjects, s)
	}
	return m.result()
}
