package kernel

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gabarit/engine"
)

// FuzzKernels compares what the processor's kernels give with what plain Go gives. The block is drawn from the seed; data then
// overwrites its start, and whatever it can say.
func FuzzKernels(f *testing.F) {
	f.Add(uint64(1), uint16(600), uint32(5_000_000), []byte{})
	f.Add(uint64(2), uint16(8160), uint32(math.MaxUint32), []byte{0xff, 0x80, 0x7f, 0x00, 0x0f, 0xf0})
	f.Add(uint64(3), uint16(0), uint32(0), make([]byte, 2*GroupRows))
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

// kernelCase is two blocks of made-up codes, a probe, and what a search asks of them.
type kernelCase struct {
	blocks    []*Block
	rows      Mask
	table     Table
	head      [2]Head // probe, steps
	tail      [2]Tail
	ids, sums []uint32
	templates []*Templates
	template  engine.Template
}

func newKernelCase(seed uint64, data []byte) *kernelCase {
	rng := rand.New(rand.NewPCG(seed, 1))
	k := &kernelCase{}
	for range 2 {
		k.blocks, k.templates = append(k.blocks, randomBlock(rng)), append(k.templates, new(Templates))
	}
	copy(k.blocks[1].near[0][:], data)
	for g := range k.rows {
		k.rows[g] = []uint32{0, math.MaxUint32, rng.Uint32(), 1, 1 << 31}[rng.IntN(5)]
	}
	for q := range k.table {
		for d := range k.table[q] {
			for c := range k.table[q][d] {
				k.table[q][d][c] = uint8(rng.Uint32() >> (rng.Uint32() % 8))
			}
		}
	}
	for d := range CodeDims {
		step := int16(1 + rng.IntN(22))
		probe := int16(rng.IntN(255)-127) * step
		if d < len(data) {
			probe = int16(max(int8(data[d]), -127)) * step
		}
		if d < HeadDims {
			k.head[0][d], k.head[1][d] = probe, step
		} else {
			k.tail[0][d-HeadDims], k.tail[1][d-HeadDims] = probe, step
		}
	}
	for r := range 2 * BlockRows {
		if rng.IntN(3) > 0 {
			k.ids, k.sums = append(k.ids, uint32(r)), append(k.sums, rng.Uint32N(1<<31))
		}
	}
	rng.Shuffle(len(k.ids), func(i, j int) { k.ids[i], k.ids[j] = k.ids[j], k.ids[i] })
	for _, b := range k.templates {
		for r := range b {
			for d := range b[r] {
				b[r][d] = float32(rng.NormFloat64())
			}
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

func randomBlock(rng *rand.Rand) *Block {
	b := &Block{}
	for g := range Groups {
		near, deep := b.Group(g)
		for _, part := range [][]uint8{near, deep} {
			for i := range part {
				part[i] = uint8(rng.Uint32())
			}
		}
	}
	for r := range b.heads {
		for d := range b.heads[r] {
			b.heads[r][d] = int8(rng.IntN(255) - 127)
		}
		for d := range b.tails[r] {
			b.tails[r][d] = int8(rng.IntN(255) - 127)
		}
	}
	return b
}

// scan is a form of ScanCells.
type scan func(b, next *Block, rows *Mask, t *Table, cut uint16, deep bool, first uint32, ids []uint32, sums []uint16) int

func (k *kernelCase) checkCells(t *testing.T, cut uint16) {
	type result struct {
		ids  [BlockRows]uint32
		sums [BlockRows]uint16
	}
	const first = 5 * BlockRows
	for _, deep := range []bool{false, true} {
		var want result
		expected := scanCellsGeneric(k.blocks[1], &k.rows, &k.table, cut, deep, first, want.ids[:], want.sums[:])
		for i, kernel := range cellKernels() {
			var got result
			if found := kernel(k.blocks[1], k.blocks[0], &k.rows, &k.table, cut, deep, first, got.ids[:], got.sums[:]); found != expected || got != want {
				t.Errorf("in form %d the cells leave %d rows, want %d, or not the same ones; deep %v", i, found, expected, deep)
			}
		}
	}
}

func (k *kernelCase) checkGaps(t *testing.T, far uint32) {
	for _, n := range []int{len(k.ids), 0, 1, 40, 97} {
		ids, sums, wantIDs, wantSums := slices.Clone(k.ids), slices.Clone(k.sums), slices.Clone(k.ids), slices.Clone(k.sums)
		kept := SumHeads(k.blocks, ids[:n], sums, &k.head[0], &k.head[1], far)
		expected := sumHeadsGeneric(k.blocks, wantIDs[:n], wantSums, &k.head[0], &k.head[1], far)
		if kept != expected || !slices.Equal(ids, wantIDs) || !slices.Equal(sums, wantSums) {
			t.Errorf("of %d heads %d stay, want %d", n, kept, expected)
		}
		ids, sums, wantIDs, wantSums = slices.Clone(k.ids), slices.Clone(k.sums), slices.Clone(k.ids), slices.Clone(k.sums)
		kept = SumTails(k.blocks, ids[:n], sums, &k.tail[0], &k.tail[1], far)
		expected = sumTailsGeneric(k.blocks, wantIDs[:n], wantSums, &k.tail[0], &k.tail[1], far)
		if kept != expected || !slices.Equal(ids, wantIDs) || !slices.Equal(sums, wantSums) {
			t.Errorf("of %d tails %d stay, want %d", n, kept, expected)
		}
	}
}

// checkFloats asks for the same bits; where they say NaN, any NaN will do.
func (k *kernelCase) checkFloats(t *testing.T) {
	same := func(a, b float32) bool {
		return math.Float32bits(a) == math.Float32bits(b) || a != a && b != b
	}
	columns := (*[engine.TemplateSize]engine.Template)(k.templates[0][:])
	var got, want engine.Template
	Turn(columns, &k.template, &got)
	turnGeneric(columns, &k.template, &want)
	for d := range got {
		if !same(got[d], want[d]) {
			t.Fatalf("dimension %d is turned to %v, want %v", d, got[d], want[d])
		}
	}
	if a, b := Estimate(&k.template, &k.templates[0][0]), estimateGeneric(&k.template, &k.templates[0][0]); !same(a, b) {
		t.Fatalf("estimate %v, want %v", a, b)
	}
}

// checkDistances asks for the same bits, whatever the number of rows; match compares them with its own.
func (k *kernelCase) checkDistances(t *testing.T) {
	var probe Wide
	for d, v := range k.template {
		probe[d] = float64(v)
	}
	for _, n := range []int{len(k.ids), 0, 1, 7, 8, 9, 31, 32, 33, 100} {
		var got, want [2 * BlockRows]float64
		Distances(k.templates, &probe, k.ids[:n], got[:])
		distancesGeneric(k.templates, &probe, k.ids[:n], want[:])
		for i := range k.ids[:n] {
			if math.Float64bits(got[i]) != math.Float64bits(want[i]) && got[i] == got[i] {
				t.Fatalf("distance %d of %d is %v, want %v", i, n, got[i], want[i])
			}
		}
	}
}
