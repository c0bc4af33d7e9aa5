package match

import (
	"math"

	"gabarit/engine"
	"gabarit/engine/match/kernel"
)

// Distance is the L2 distance of two templates as every search result states it: squares of the differences summed in float64 in the order of the
// dimensions, then the root. One fixed order makes results repeatable to the last bit, whatever kernel preselected them.
func Distance(a, b *engine.Template) float64 {
	var sum float64
	for i := range a {
		d := float64(a[i]) - float64(b[i])
		// The conversion keeps the compiler from fusing multiply and add, which would round differently on other processors.
		sum += float64(d * d)
	}
	return math.Sqrt(sum)
}

// widened gives a template in float64.
func widened(t *engine.Template) (w kernel.Wide) {
	for i, v := range t {
		w[i] = float64(v)
	}
	return w
}

// ceiling gives the largest kernel.Estimate that a pair at most the given distance apart can have.
//
// With u = 2^-24, each difference is off by a factor of at most 1+u, its square by (1+u)^3, and each of the 16 additions of a lane and the 3 that
// join the lanes by 1+u: together below (1+u)^22 < 1 + 1.4e-6. The slack of 4e-6 also covers the rounding of the exact distance, of this product and
// of its conversion. Squares that underflow are off by at most 2^-150 each, 128 of them by less than the absolute slack of 1e-42. A sum that
// overflows float32 is +Inf, and so is the ceiling of any distance for which that can happen.
func ceiling(distance float64) float32 {
	const relative, absolute = 1 + 4e-6, 1e-42
	c := distance*distance*relative + absolute
	if c >= math.MaxFloat32 {
		return float32(math.Inf(1))
	}
	return float32(c)
}
