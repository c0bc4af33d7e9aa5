package match

import (
	"math"

	"gabarit/engine"
)

// Bounds of the bands. A band needs both: a distance, and few enough strangers expected at most
// that near in an index of the given size. Measured on the same templates as the rates below
// (share of same-person pairs in the band or a nearer one, by the size n of the index):
//
//	band       n = 1,000      n = 10,000     n = 100,000    n = 1,000,000
//	strong     .450  58.8 %   .413  36.5 %   .366  13.8 %   .309   2.2 %
//	likely     .526  91.1 %   .464  66.8 %   .413  36.5 %   .366  13.8 %
//	possible   .600  98.9 %   .546  94.8 %   .481  75.6 %   .427  44.9 %
//
// So one photo of a person in a large index is often only "possible". That is the honest reading of this model:
// at 0.6, the usual threshold, 100,000 faces hold 600 strangers.
const (
	strongWithin   = 0.45 // a tighter cap than 1,000 faces ask for: some people have many doubles, see Calibration
	likelyWithin   = 0.55
	possibleWithin = 0.6 // the threshold that dlib's model was trained for

	strongFalse   = 0.05 // one search in twenty may show one stranger in the strong band
	likelyFalse   = 0.5  // rather the person than a stranger
	possibleFalse = 10   // as many strangers as someone can look through
)

// points is the number of measured points.
const points = 26

// point is a measured rate: the share of pairs of different people at most this far apart.
type point struct{ distance, rate float64 }

// Calibration tells how often this model brings two different people as near as a distance. It implements
// engine.Calibration, holds no template and is safe for concurrent use.
//
// The rate is an average over people, and no average is fair to everyone. In the measured set, at 0.5, seven
// probes in ten had no stranger that near, and the worst one in a hundred had 25 times the average. Young East Asian women are
// the known bad case: on 31 photos 85 % of the pairs of different people lay under 0.6 and 11 % under 0.45.
// Children are another. ExpectedFalse is therefore a number for an ordinary probe, and no band is an identity.
type Calibration struct {
	measured [points]point
}

var _ engine.Calibration = Calibration{}

// Default gives the calibration of dlib's ResNet v1 templates.
//
// All 64,862,472 pairs of different people among 11,411 templates of 5,000 people (Labeled Faces in the Wild) were
// compared. Below 0.36 hardly a pair was left that is not one person under two names (25 pairs, most of them spellings of one
// name), so the table starts there; these errors make its first rates too high rather than too low.
func Default() Calibration {
	return Calibration{measured: [points]point{
		{0.36, 3.854e-07}, {0.38, 8.634e-07}, {0.40, 2.359e-06}, {0.42, 7.123e-06}, {0.44, 1.816e-05},
		{0.46, 4.226e-05}, {0.48, 9.307e-05}, {0.50, 1.954e-04}, {0.52, 3.947e-04}, {0.54, 7.903e-04},
		{0.56, 1.567e-03}, {0.58, 3.106e-03}, {0.60, 6.047e-03}, {0.62, 1.144e-02}, {0.64, 2.080e-02},
		{0.66, 3.605e-02}, {0.68, 5.931e-02}, {0.70, 9.260e-02}, {0.75, 2.267e-01}, {0.80, 4.223e-01},
		{0.85, 6.345e-01}, {0.90, 8.126e-01}, {0.95, 9.274e-01}, {1.00, 9.804e-01}, {1.10, 9.997e-01},
		{1.20, 1},
	}}
}

// Source tells what the rates were measured on, for help texts and exports.
func (Calibration) Source() string {
	return "64,862,472 pairs of different people among 11,411 photos of 5,000 people (Labeled Faces in the Wild), dlib ResNet v1"
}

// FMR is the false match rate: the share of pairs of different people at most distance apart. Between the measured
// points it is interpolated in its logarithm. Below the first it continues the first segment, which is
// less steep than those above it, so that it overstates what it can't know. A NaN distance has rate 1.
func (c Calibration) FMR(distance float64) float64 {
	last := c.measured[points-1]
	if math.IsNaN(distance) || distance >= last.distance {
		return last.rate
	}
	distance = max(distance, 0)
	i := 1
	for distance > c.measured[i].distance {
		i++
	}
	a, b := c.measured[i-1], c.measured[i]
	share := (distance - a.distance) / (b.distance - a.distance)
	return math.Exp(math.Log(a.rate) + share*(math.Log(b.rate)-math.Log(a.rate)))
}

// ExpectedFalse is the number of faces of other people expected at most this near to a probe in an index of
// n faces of other people: n times FMR. See Calibration for whom it fails.
func (c Calibration) ExpectedFalse(distance float64, n int) float64 {
	return float64(max(n, 0)) * c.FMR(distance)
}

// Band says in a word what a distance means in an index of n faces; the same distance means less in
// a larger index.
func (c Calibration) Band(distance float64, n int) engine.Band {
	expected := c.ExpectedFalse(distance, n)
	switch {
	case distance <= strongWithin && expected <= strongFalse:
		return engine.BandStrong
	case distance <= likelyWithin && expected <= likelyFalse:
		return engine.BandLikely
	case distance <= possibleWithin && expected <= possibleFalse:
		return engine.BandPossible
	}
	return engine.BandNone
}
