package match

import (
	"math"

	"gabarit/engine"
)

// Distance is the L2 distance of two templates as every search result states it: squares of the differences
// summed in float64 in the order of the dimensions, then the root. One fixed order makes results repeatable
// to the last bit, whatever kernel preselected them.
func Distance(a, b *engine.Template) float64 {
	var sum float64
	for i := range a {
		d := float64(a[i]) - float64(b[i])
		// The conversion keeps the compiler from fusing multiply and add, which would
		// round differently on other processors.
		sum += float64(d * d)
	}
	return math.Sqrt(sum)
}

// preselect is a fast estimate of the squared distance: float32 in eight independent sums.
// How far it may lie from the truth is the subject of ceiling.
func preselect(a, b *engine.Template) float32 {
	var s0, s1, s2, s3, s4, s5, s6, s7 float32
	for i := 0; i < engine.TemplateSize; i += 8 {
		x, y := a[i:i+8:i+8], b[i:i+8:i+8]
		d0, d1, d2, d3 := x[0]-y[0], x[1]-y[1], x[2]-y[2], x[3]-y[3]
		d4, d5, d6, d7 := x[4]-y[4], x[5]-y[5], x[6]-y[6], x[7]-y[7]
		s0 += d0 * d0
		s1 += d1 * d1
		s2 += d2 * d2
		s3 += d3 * d3
		s4 += d4 * d4
		s5 += d5 * d5
		s6 += d6 * d6
		s7 += d7 * d7
	}
	return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7))
}

// ceiling gives the largest preselect value that a pair at most the given distance apart can have.
//
// With u = 2^-24, each difference is off by a factor of at most 1+u, its square by (1+u)^3, and each of the
// 16 additions of a lane and the 3 that join the lanes by 1+u: together below (1+u)^22 < 1 + 1.4e-6. The slack of
// 4e-6 also covers the rounding of the exact distance, of this product and of its conversion. Squares that
// underflow are off by at most 2^-150 each, 128 of them by less than the absolute slack of 1e-42. A sum that
// overflows float32 is +Inf, and so is the ceiling of any distance for which that can happen.
func ceiling(distance float64) float32 {
	const relative, absolute = 1 + 4e-6, 1e-42
	c := distance*distance*relative + absolute
	if c >= math.MaxFloat32 {
		return float32(math.Inf(1))
	}
	return float32(c)
}

// finite reports whether every number of t can be compared.
func finite(t *engine.Template) bool {
	for _, v := range t {
		if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
			return false
		}
	}
	return true
}
