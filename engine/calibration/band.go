package calibration

import "gabarit/engine"

// Bounds of the bands. A band needs both: few enough strangers expected that near, and a distance.
//
// The caps on the distance are for small indexes. Ten faces hold few strangers near anything, so the numbers alone would call 0.58 strong. But
// the faces of a small vault are seldom those of random people: siblings, a family, one event. So strong is never farther
// than 0.45, within which 59 % of the measured pairs of one person lie, and nothing is a match beyond 0.6, the threshold the model was trained for.
const (
	strongWithin   = 0.45
	likelyWithin   = 0.55
	possibleWithin = 0.6

	strongFalse   = 0.01 // one search in a hundred shows one stranger that near
	likelyFalse   = 0.1
	possibleFalse = 1 // as likely as not a stranger is that near
)

// Band says in a word what a distance means where so many strangers are expected that near. quality is that of the worse of the two faces; below
// engine.LowQuality, or not a number, it lowers the band by one.
func (*Calibration) Band(distance, expected, quality float64) engine.Band {
	bands := [...]engine.Band{engine.BandStrong, engine.BandLikely, engine.BandPossible, engine.BandNone, engine.BandNone}
	at := 3
	switch {
	case distance <= strongWithin && expected <= strongFalse:
		at = 0
	case distance <= likelyWithin && expected <= likelyFalse:
		at = 1
	case distance <= possibleWithin && expected <= possibleFalse:
		at = 2
	}
	if !(quality >= engine.LowQuality) { // not the other way round: NaN
		at++
	}
	return bands[at]
}
