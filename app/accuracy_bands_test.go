//go:build linux

package app_test

import (
	"testing"

	"gabarit/engine"
)

// bandCounts counts the pairs of queries and gallery faces by what is said of them.
type bandCounts struct{ right, wrong map[engine.Band]int }

func (b *bandCounts) add(band engine.Band, right bool) {
	if b.right == nil {
		b.right, b.wrong = map[engine.Band]int{}, map[engine.Band]int{}
	}
	if right {
		b.right[band]++
	} else {
		b.wrong[band]++
	}
}

// log tells of each band how many of its pairs are wrong, and how many of all true pairs are in it or a nearer one.
func (b *bandCounts) log(t *testing.T, way string) {
	t.Helper()
	all := 0
	for _, n := range b.right {
		all += n
	}
	kept := 0
	for _, band := range []engine.Band{engine.BandStrong, engine.BandLikely, engine.BandPossible} {
		kept += b.right[band]
		t.Logf("%s: %s: %d right and %d wrong pairs; %.3f of the %d true pairs are in it or a nearer band",
			way, band, b.right[band], b.wrong[band], float64(kept)/float64(all), all)
	}
}
