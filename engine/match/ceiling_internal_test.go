package match

import (
	"math"
	"math/rand/v2"
	"testing"

	"gabarit/engine"
	"gabarit/engine/match/kernel"
)

// The proof of exactness rests on one inequality, tried here where rounding is worst: at all magnitudes that
// float32 has, down to its subnormal numbers and up to its largest.
func TestNoPairIsPreselectedAboveTheCeilingOfItsDistance(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	tightest := 0.0
	for magnitude := -45.0; magnitude <= 38; magnitude += 0.5 {
		scale := math.Pow(10, magnitude) / 4
		for range 100 {
			var a, b engine.Template
			for i := range a {
				a[i] = float32(scale * rng.NormFloat64())
				b[i] = float32(scale * rng.NormFloat64())
			}
			if !a.Finite() || !b.Finite() {
				continue
			}
			d := Distance(&a, &b)
			got, limit := kernel.Estimate(&a, &b), ceiling(d)
			if got > limit {
				t.Fatalf("at 1e%v: preselect %v above ceiling %v of distance %v", magnitude, got, limit, d)
			}
			if magnitude > -15 && magnitude < 15 {
				tightest = max(tightest, float64(got)/(d*d)-1)
			}
		}
	}
	t.Logf("largest relative error of a preselect: %.1e, the bound allows 4e-6", tightest)
	if tightest == 0 || tightest > 1.4e-6 {
		t.Errorf("largest relative error %v, want one within the 1.4e-6 that the bound is derived from", tightest)
	}
}
