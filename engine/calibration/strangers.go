package calibration

import (
	"math"

	"gabarit/engine"
)

// The walk of Strangers, see the package comment. What is said to be chosen was chosen on one half of the people and
// tried on the other, both ways.
const (
	inmost  = 0.30 // the edges of the steps: inmost, inmost+step ... outmost
	outmost = 0.64
	step    = 0.01
	edges   = 35

	offsetLow  = -0.36 // the grid of s
	offsetStep = 0.004
	offsets    = 131

	driftInner = 0.005 // deviation of s's random walk in one step, as measured on quantiles
	driftOuter = 0.010 // beyond changeAt, where the curve has less to do with its tail
	changeAt   = 0.60
	reach      = 8 // steps of the grid that one step of the walk can reach

	power        = 3.0 // the root that is taken of likelihoods; chosen
	negligible   = 1e-12
	leastCount   = 1e-6 // expected in a step at least: no single face is impossible anywhere
	matchNumbers = 14   // numbers of true matches that are tried, besides none
	noMatch      = 0.5  // prior of none
)

type (
	byEdge   [edges]float64
	byOffset [offsets]float64
)

// Calibration tells how often a model brings different people near each other. It implements engine.Calibration, holds no template and is safe for
// concurrent use.
type Calibration struct {
	measured Measured
	prior    byOffset        // of s, at the outmost edge
	within   [edges]byOffset // H: share of strangers within an edge, by offset
	ring     [edges]byOffset // and between an edge and the one before
	genuine  []genuine
	inner    [reach + 1]float64 // the random walk's step, as weights
	outer    [reach + 1]float64
}

// genuine is one place of G.
type genuine struct {
	prior float64
	ring  byEdge
}

var _ engine.Calibration = (*Calibration)(nil)

// Default gives the calibration of dlib's ResNet v1 templates.
func Default() *Calibration { return New(lfw()) }

// New prepares a calibration from what was measured.
func New(m Measured) *Calibration {
	c := &Calibration{measured: m}
	sum := 0.0
	for j := range c.prior {
		c.prior[j] = priorOffset(offset(j))
		sum += c.prior[j]
		for k := range c.within {
			c.within[k][j] = interpolate(m.Typical, edge(k)-offset(j))
			c.ring[k][j] = c.within[k][j]
			if k > 0 {
				c.ring[k][j] -= c.within[k-1][j]
			}
		}
	}
	for j := range c.prior {
		c.prior[j] /= sum
	}
	for _, moved := range []float64{-0.06, -0.02, 0.02} {
		g := genuine{prior: math.Exp(-moved * moved / (2 * m.MedianSpread * m.MedianSpread))}
		last := 0.0
		for k := range g.ring {
			share := m.pairs(edge(k) - m.Median - moved)
			g.ring[k], last = share-last, share
		}
		c.genuine = append(c.genuine, g)
	}
	c.inner, c.outer = walk(driftInner), walk(driftOuter)
	return c
}

// binsToReach is the number of bins that end at outmost or before.
const binsToReach = 128

// Reach implements engine.Calibration: it is the outmost edge.
func (c *Calibration) Reach() float64 { return outmost }

func edge(k int) float64   { return inmost + step*float64(k) }
func offset(j int) float64 { return offsetLow + offsetStep*float64(j) }

// priorOffset is how common an offset is, up to a factor: most people, those with many look-alikes, and three in a hundred of whom nothing is
// known. The last are for indexes of look-alikes only: with fewer, 30 faces as alike as young East Asian women are to this model pass for one
// person's. With more, an index of one person's photos alone passes for one of look-alikes.
func priorOffset(s float64) float64 {
	bell := func(mean, deviation float64) float64 {
		z := (s - mean) / deviation
		return math.Exp(-z*z/2) / deviation
	}
	return 0.85*bell(0.0068, 0.028) + 0.12*bell(-0.05, 0.045) + 0.03*bell(0, 0.12)
}

// walk gives the weights of moving by 0, 1, 2 ... steps of the grid either way.
func walk(drift float64) (w [reach + 1]float64) {
	sum := 0.0
	for i := range w {
		z := offsetStep * float64(i) / drift
		w[i] = math.Exp(-z * z / 2)
		sum += w[i]
		if i > 0 {
			sum += w[i]
		}
	}
	for i := range w {
		w[i] /= sum
	}
	return w
}

// Strangers estimates how many faces of other people lie within each distance of the probe whose distances to all faces of an index are
// counted in h. Some milliseconds of work, which do not grow with the index. Of what lies beyond Reach nothing but the number is asked,
// and that only for distances beyond it; where h does not count so far, all faces are expected.
func (c *Calibration) Strangers(h *engine.Histogram) engine.Strangers {
	n := h.Faces()
	out := engine.Strangers{Faces: n}
	if n == 0 {
		return out
	}
	if h.Bins > 0 && h.Bins < binsToReach {
		for k := range out.Within {
			out.Within[k] = float64(n)
		}
		return out
	}
	counts := countSteps(h)
	near := 0.0
	for _, count := range counts {
		near += count
	}
	var sum byEdge
	total, best := 0.0, math.Inf(-1)
	try := func(matches float64, g *genuine, prior float64) {
		found, fit := c.filter(&counts, float64(n), matches, g)
		fit += math.Log(prior)
		if fit > best { // weights are kept relative to the best so far
			shrink := math.Exp(best - fit)
			for k := range sum {
				sum[k] *= shrink
			}
			total, best = total*shrink, fit
		}
		weight := math.Exp(fit - best)
		for k := range sum {
			sum[k] += weight * found[k]
		}
		total += weight
	}
	try(0, &genuine{}, noMatch)
	numbers := matchesToTry(near)
	priors := 0.0
	for i := range c.genuine {
		priors += c.genuine[i].prior
	}
	for _, matches := range numbers {
		for i := range c.genuine {
			g := &c.genuine[i]
			try(matches, g, (1-noMatch)/float64(len(numbers))*g.prior/priors)
		}
	}
	for k := range sum {
		sum[k] *= float64(n) / total
	}
	c.spread(&out, &sum, h)
	out.Crowding = c.crowding(&out)
	return out
}

// countSteps gives the number of faces within the inmost edge, then in each step. Edges are bounds of bins.
func countSteps(h *engine.Histogram) (counts byEdge) {
	for bin, count := range h.Counts {
		bound := float64(bin+1) * engine.HistogramWidth
		if k := int(math.Ceil((bound-inmost)/step - 1e-6)); k < edges {
			counts[max(k, 0)] += float64(count)
		}
	}
	return counts
}

// matchesToTry gives numbers of true matches, evenly spaced in their logarithm, up to a few more than there are near faces: of
// a person's photos hardly one lies beyond the outmost edge.
func matchesToTry(near float64) []float64 {
	if near == 0 {
		return nil
	}
	most := math.Ceil(near * 1.02)
	var out []float64
	for i := range matchNumbers {
		m := math.Round(math.Pow(most, float64(i)/(matchNumbers-1)))
		if len(out) == 0 || m > out[len(out)-1] {
			out = append(out, m)
		}
	}
	return out
}

// filter walks inwards, with so many true matches spread as g says. It gives the share of strangers within each edge as expected from the faces
// beyond it, and the logarithm of how well all counts are explained.
func (c *Calibration) filter(counts *byEdge, n, matches float64, g *genuine) (found byEdge, fit float64) {
	weights := c.prior
	others := max(n-matches, 0)
	for k := edges - 1; k >= 0; k-- {
		for j, w := range weights {
			found[k] += w * c.within[k][j]
		}
		fit += weigh(&weights, &c.ring[k], counts[k], others, matches*g.ring[k])
		if k > 0 {
			w := &c.inner
			if edge(k) > changeAt {
				w = &c.outer
			}
			drift(&weights, w)
		}
	}
	return found, fit
}

// weigh multiplies the weights by the likelihood of a count and makes their sum 1 again; it gives the logarithm of the factor.
func weigh(weights, ring *byOffset, count, others, matches float64) float64 {
	var likely byOffset
	best := math.Inf(-1)
	for j, w := range weights {
		if w < negligible {
			weights[j] = 0
			continue
		}
		expected := max(others*ring[j], 0) + matches + leastCount
		l := -expected
		if count > 0 {
			l += count * math.Log(expected)
		}
		likely[j] = l / power
		best = max(best, likely[j])
	}
	sum := 0.0
	for j := range weights {
		if weights[j] > 0 {
			weights[j] *= math.Exp(likely[j] - best)
			sum += weights[j]
		}
	}
	for j := range weights {
		weights[j] /= sum
	}
	return best + math.Log(sum)
}

// drift lets s move by one step of its random walk. What would leave the grid stays at its end.
func drift(weights *byOffset, w *[reach + 1]float64) {
	var wide [offsets + 2*reach]float64
	for j, v := range weights {
		if v == 0 {
			continue
		}
		to := wide[j : j+2*reach+1 : j+2*reach+1]
		to[reach] += v * w[0]
		for i := 1; i <= reach; i++ {
			to[reach-i] += v * w[i]
			to[reach+i] += v * w[i]
		}
	}
	copy(weights[:], wide[reach:])
	for i := range reach {
		weights[0] += wide[i]
		weights[offsets-1] += wide[offsets+reach+i]
	}
}

// spread fills in the expected numbers at the bounds of all bins. It never falls with the distance, and is never more than there are faces. Beyond
// the outmost edge hardly a face shows the person, so that all are counted as strangers. Where h counts no more, all faces are expected.
func (c *Calibration) spread(out *engine.Strangers, at *byEdge, h *engine.Histogram) {
	n := float64(out.Faces)
	first := c.measured.Typical
	steepest := math.Log(first[1].Share/first[0].Share) / (first[1].Distance - first[0].Distance)
	slope := min(max(math.Log(at[1]/at[0])/step, 0), steepest) // inside of the inmost edge; flatter is more cautious
	beyond, last := 0.0, 0.0
	for bin := range out.Within {
		x := (float64(bin+1)*engine.HistogramWidth - inmost) / step
		value := 0.0
		switch k := int(math.Floor(x + 1e-6)); {
		case x <= 0:
			value = at[0] * math.Exp(slope*x*step)
		case k < edges-1:
			value = at[k] * math.Pow(at[k+1]/at[k], x-float64(k))
		default:
			if k >= edges {
				beyond += float64(h.Counts[bin])
			}
			value = at[edges-1] + beyond
			if h.Bins > 0 && bin >= h.Bins {
				value = n
			}
		}
		last = max(last, min(value, n))
		out.Within[bin] = last
	}
}

// crowding compares the estimate with that for an ordinary probe where the latter expects one stranger, or as near to it as bands
// are given.
func (c *Calibration) crowding(s *engine.Strangers) float64 {
	low, high := inmost, possibleWithin
	for range 40 {
		if middle := (low + high) / 2; c.ExpectedFalse(middle, s.Faces) < 1 {
			low = middle
		} else {
			high = middle
		}
	}
	return s.Expected(low) / c.ExpectedFalse(low, s.Faces)
}
