package match

import (
	"math"
	"math/rand/v2"
	"testing"

	"gabarit/engine"
	"gabarit/engine/match/kernel"
)

// Answers state the bits of Distance, whichever loop computed them, at all magnitudes that float32 has.
func TestTheKernelGivesTheBitsOfDistance(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	rows := new(kernel.Templates)
	var ids []uint32
	for r := range 500 {
		scale := math.Pow(10, float64(r%84)-45)
		for d := range rows[r] {
			rows[r][d] = float32(scale * rng.NormFloat64())
		}
		ids = append(ids, uint32(r))
	}
	out := make([]float64, 504)
	for p := range 50 {
		probe := rows[p*7%500]
		if p%2 == 0 {
			probe = engine.Template{float32(p)}
		}
		exact := widened(&probe)
		kernel.Distances([]*kernel.Templates{rows}, &exact, ids, out)
		for r := range ids {
			if want := Distance(&probe, &rows[r]); math.Float64bits(out[r]) != math.Float64bits(want) {
				t.Fatalf("row %d: %v, want %v", r, out[r], want)
			}
		}
	}
}
