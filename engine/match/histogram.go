package match

import (
	"context"
	"math"

	"gabarit/engine"
	"gabarit/engine/match/kernel"
)

// edgeSlack is how near, in bins, an estimated distance may lie to the edge of a bin before the exact one is asked. The estimate is off by
// less than 3e-6 of itself (half of what ceiling allows for its square), so by less than 1.2e-3 bins up to the end of the histogram.
const edgeSlack = 2e-3

// Distances counts the distances of a probe to every face, each as Distance gives it. It allocates nothing and costs about as much as
// one search that compares every face.
func (f *Flat) Distances(ctx context.Context, probe engine.Template) (engine.Histogram, error) {
	const op = "match.Flat.Distances"
	if !probe.Finite() {
		return engine.Histogram{}, engine.E(engine.CodeInvalid, op, "a face template holds values that are not numbers", nil)
	}
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.distances(ctx, op, &probe)
}

// Distances does what Flat.Distances does: codes bound distances from below, but a count of all of them needs each. Where the near ones
// are enough, Query.Count costs much less.
func (c *Cascade) Distances(ctx context.Context, probe engine.Template) (engine.Histogram, error) {
	return c.flat.Distances(ctx, probe)
}

// distances does what Distances says. The lock is held.
func (f *Flat) distances(ctx context.Context, op string, probe *engine.Template) (engine.Histogram, error) {
	var h engine.Histogram
	if f.failed != nil {
		return h, f.failed
	}
	copies := f.copies()
	defer forget(copies)
	for start := 0; start < f.n; start += blockRows {
		if err := ctx.Err(); err != nil {
			return engine.Histogram{}, engine.E(engine.CodeCanceled, op, "the search was stopped", err)
		}
		templates, err := f.templatesOf(start/blockRows, copies)
		if err != nil {
			return engine.Histogram{}, err
		}
		rows := templates[:min(blockRows, f.n-start)]
		for i := range rows {
			countRow(&h, probe, &rows[i])
		}
	}
	return h, nil
}

// countRow counts one distance. The float32 estimate tells the bin, unless an edge is too near to be sure.
func countRow(h *engine.Histogram, probe, t *engine.Template) {
	const perBin = 1 / engine.HistogramWidth
	at := math.Sqrt(float64(kernel.Estimate(probe, t))) * perBin
	if at >= edgeSlack && at < engine.HistogramBins-edgeSlack {
		k := int(at)
		if rest := at - float64(k); rest > edgeSlack && rest < 1-edgeSlack {
			h.Counts[k]++
			return
		}
	}
	h.Add(Distance(probe, t))
}
