package engine

import "math"

// Bins of a Histogram: of equal width, over the distances from 0 to HistogramEnd.
const (
	HistogramBins  = 400
	HistogramEnd   = 2.0
	HistogramWidth = HistogramEnd / HistogramBins
)

// Histogram counts the distances of one probe to every face of an index. It holds no template. The zero value is that of an
// empty index.
type Histogram struct {
	Counts [HistogramBins]int // bin k: distances from k*HistogramWidth up to, but not including, (k+1)*HistogramWidth
	Beyond int                // HistogramEnd and farther, and what lies in bins that are not counted
	Bins   int                // that are counted, the nearest ones; the others are zero. 0: all are
}

// BinsFor is how many bins must be counted for Strangers.Expected to be told of distances up to d: those that end at d or before, and two
// more, between whose bounds it interpolates.
func BinsFor(d float64) int { return min(HistogramBin(d)+2, HistogramBins) }

// Keep leaves the nearest bins counted; what lies in the others goes to Beyond.
func (h *Histogram) Keep(bins int) {
	if bins >= HistogramBins {
		return
	}
	h.Bins = bins
	for k := bins; k < HistogramBins; k++ {
		h.Beyond += h.Counts[k]
		h.Counts[k] = 0
	}
}

// HistogramBin gives the bin of a distance; HistogramBins for one that belongs to Beyond, as NaN does.
func HistogramBin(distance float64) int {
	if !(distance < HistogramEnd) {
		return HistogramBins
	}
	return max(int(distance*(HistogramBins/HistogramEnd)), 0)
}

// Add counts one distance.
func (h *Histogram) Add(distance float64) {
	if k := HistogramBin(distance); k < HistogramBins {
		h.Counts[k]++
	} else {
		h.Beyond++
	}
}

// Faces is the number of distances, those of bins that are not counted among them.
func (h *Histogram) Faces() int {
	n := h.Beyond
	for _, c := range h.Counts {
		n += c
	}
	return n
}

// Strangers tells, for one probe in one index, how many faces of other people to expect within a distance. It is an estimate,
// made by Calibration.Strangers from the distances of the probe to the whole index. The zero value knows of no stranger.
type Strangers struct {
	Faces    int                    // of the index, filters or not
	Within   [HistogramBins]float64 // expected at most (k+1)*HistogramWidth away; never falls with k
	Crowding float64                // how many times as many as for an ordinary probe, where about one is expected; 0: not known
}

// Crowded is the Crowding from which people are told that bands are stricter for this probe: more people look like it to the model
// than like most.
const Crowded = 3

// Expected is the number of faces of other people expected at most distance away: never less for a larger distance, and never
// NaN; a NaN distance is as far as any. Between the bounds of bins it is interpolated in its logarithm, below the first
// it is that of the first.
func (s *Strangers) Expected(distance float64) float64 {
	at := distance/HistogramWidth - 1
	switch {
	case !(at < HistogramBins-1): // not the other way round: NaN
		return s.Within[HistogramBins-1]
	case at <= 0:
		return s.Within[0]
	}
	k := int(at)
	low, high := s.Within[k], s.Within[k+1]
	if low <= 0 || high <= low {
		return high
	}
	return min(low*math.Exp((at-float64(k))*math.Log(high/low)), high)
}
