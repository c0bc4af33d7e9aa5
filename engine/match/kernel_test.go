package match

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"testing"

	"gabarit/engine"
)

// FuzzKernels compares what the processor's kernels give with what plain Go gives. The block is drawn from the seed; data then
// overwrites its start, and whatever it can say.
func FuzzKernels(f *testing.F) {
	f.Add(uint64(1), uint16(600), uint32(5_000_000), []byte{})
	f.Add(uint64(2), uint16(8160), uint32(math.MaxUint32), []byte{0xff, 0x80, 0x7f, 0x00, 0x0f, 0xf0})
	f.Add(uint64(3), uint16(0), uint32(0), make([]byte, 2*groupRows))
	f.Add(uint64(4), uint16(math.MaxUint16), uint32(1), []byte("templates"))
	f.Add(uint64(5), uint16(1500), uint32(700_000_000), []byte{1, 2, 3})
	f.Fuzz(func(t *testing.T, seed uint64, cut uint16, far uint32, data []byte) {
		k := newKernelCase(seed, data)
		k.checkCells(t, cut)
		k.checkGaps(t, far)
		k.checkFloats(t)
		k.checkDistances(t)
	})
}

// kernelCase is a block of made-up codes, a probe, and what a search asks of them.
type kernelCase struct {
	block        codeBlock
	table        table
	probe, steps half
	ids, sums    list
	n            int
	rows         [blockRows]engine.Template
	template     engine.Template
}

func newKernelCase(seed uint64, data []byte) *kernelCase {
	rng := rand.New(rand.NewPCG(seed, 1))
	k := &kernelCase{}
	for g := range k.block.cells {
		for i := range k.block.cells[g] {
			k.block.cells[g][i] = uint8(rng.Uint32())
		}
	}
	copy(k.block.cells[0][:], data)
	for g := range k.block.coded {
		k.block.coded[g] = []uint32{0, math.MaxUint32, rng.Uint32(), 1, 1 << 31}[rng.IntN(5)]
	}
	for q := range k.table {
		for d := range k.table[q] {
			for c := range k.table[q][d] {
				k.table[q][d][c] = uint8(rng.Uint32() >> (rng.Uint32() % 8))
			}
		}
	}
	for r := range k.block.halves[0] {
		for d := range k.block.halves[0][r] {
			k.block.halves[0][r][d] = int8(rng.IntN(2*largest+1) - largest)
		}
	}
	for d := range k.probe {
		k.steps[d] = int16(1 + rng.IntN(finest))
		k.probe[d] = int16((rng.IntN(2*largest+1) - largest) * int(k.steps[d]))
	}
	for i, v := range data {
		k.probe[i%headDims] = int16(int8(v)) * k.steps[i%headDims]
	}
	for r := range codeRows {
		if rng.IntN(3) > 0 {
			k.ids[k.n], k.sums[k.n] = uint32(r), rng.Uint32N(1<<31)
			k.n++
		}
	}
	for r := range k.rows {
		for d := range k.rows[r] {
			k.rows[r][d] = float32(rng.NormFloat64())
		}
	}
	for d := range k.template {
		k.template[d] = float32(rng.NormFloat64())
		if at := 4 * d; at+4 <= len(data) {
			k.template[d] = math.Float32frombits(binary.LittleEndian.Uint32(data[at:]))
		}
	}
	return k
}

func (k *kernelCase) checkCells(t *testing.T, cut uint16) {
	var got, want list
	found := scanCells(&k.block.cells, &k.block.coded, &k.table, cut, &got)
	if expected := scanCellsGeneric(&k.block.cells, &k.block.coded, &k.table, cut, &want); found != expected || got != want {
		t.Errorf("the cells leave %d rows, want %d", found, expected)
	}
}

func (k *kernelCase) checkGaps(t *testing.T, far uint32) {
	for _, n := range []int{k.n, 0, 1, 40} {
		ids, sums, wantIDs, wantSums := k.ids, k.sums, k.ids, k.sums
		kept := sumGaps(&k.block.halves[0], &ids, &sums, n, &k.probe, &k.steps, far)
		expected := sumGapsGeneric(&k.block.halves[0], &wantIDs, &wantSums, n, &k.probe, &k.steps, far)
		if kept != expected || ids != wantIDs || sums != wantSums {
			t.Errorf("of %d rows %d stay, want %d", n, kept, expected)
		}
	}
}

// checkFloats asks for the same bits; where they say NaN, any NaN will do.
func (k *kernelCase) checkFloats(t *testing.T) {
	same := func(a, b float32) bool {
		return math.Float32bits(a) == math.Float32bits(b) || a != a && b != b
	}
	columns := (*[engine.TemplateSize]engine.Template)(k.rows[:])
	var got, want engine.Template
	turnRow(columns, &k.template, &got)
	turnRowGeneric(columns, &k.template, &want)
	for d := range got {
		if !same(got[d], want[d]) {
			t.Fatalf("dimension %d is turned to %v, want %v", d, got[d], want[d])
		}
	}
	if a, b := preselect(&k.template, &k.rows[0]), preselectGeneric(&k.template, &k.rows[0]); !same(a, b) {
		t.Fatalf("estimate %v, want %v", a, b)
	}
}

// checkDistances asks for the bits of Distance, whatever the number of rows.
func (k *kernelCase) checkDistances(t *testing.T) {
	probe := widened(&k.template)
	prefetchRows(&k.rows, &k.ids, k.n)
	for _, n := range []int{k.n, 0, 1, 7, 8, 9, 40} {
		var got, want [codeRows]float64
		distanceRows(&k.rows, &probe, &k.ids, n, &got)
		distanceRowsGeneric(&k.rows, &probe, &k.ids, n, &want)
		for i, r := range k.ids[:n] {
			exact := Distance(&k.template, &k.rows[r])
			if math.Float64bits(got[i]) != math.Float64bits(want[i]) && got[i] == got[i] || got[i] != exact && exact == exact {
				t.Fatalf("distance %d of %d is %v, want %v and %v", i, n, got[i], want[i], exact)
			}
		}
	}
}
