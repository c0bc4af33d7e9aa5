package calibration

import "math"

// Rate is a measured share of pairs at most a distance apart.
type Rate struct{ Distance, Share float64 }

// FMR is the false match rate: the share of pairs of different people at most distance apart. Between the measured
// points it is interpolated in its logarithm. Below the first it continues the first segment, which is
// less steep than those above it, so that it overstates what it can't know. A NaN distance has rate 1.
func (c *Calibration) FMR(distance float64) float64 {
	return interpolate(c.measured.Pooled, max(distance, 0)) // max keeps NaN
}

// ExpectedFalse is the number of faces of other people expected at most this near to a probe in an index of
// n faces of other people: n times FMR. It is a number for an ordinary probe; Strangers gives one for a certain probe.
func (c *Calibration) ExpectedFalse(distance float64, n int) float64 {
	return float64(max(n, 0)) * c.FMR(distance)
}

// interpolate gives the share at a distance, in its logarithm. Below the first point it continues the first segment; the last holds for all
// that is farther, and for NaN.
func interpolate(points []Rate, distance float64) float64 {
	last := points[len(points)-1]
	if !(distance < last.Distance) { // not the other way round: NaN
		return last.Share
	}
	i := 1
	for distance > points[i].Distance {
		i++
	}
	a, b := points[i-1], points[i]
	part := (distance - a.Distance) / (b.Distance - a.Distance)
	return math.Exp(math.Log(a.Share) + part*(math.Log(b.Share)-math.Log(a.Share)))
}
