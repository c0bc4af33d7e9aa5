package codes

import (
	"encoding/binary"
	"slices"

	"gabarit/engine"
	"gabarit/engine/match/kernel"
)

// saved is a basis as it is written, little-endian. What follows from it is computed again.
type saved struct {
	Mean    engine.Template
	Columns [engine.TemplateSize]engine.Template
	Unit    float64
	Steps   [kernel.CodeDims]int16
	CellOf  [kernel.HeadDims][2 * (Largest + 1)]uint8
}

// AppendTo appends the basis to out.
func (b *Basis) AppendTo(out []byte) []byte {
	out, err := binary.Append(out, binary.LittleEndian, &saved{Mean: b.mean, Columns: b.columns, Unit: b.Unit, Steps: b.Steps, CellOf: b.cellOf})
	if err != nil {
		panic(err) // the type has no size of its own: this is a mistake in the program
	}
	return out
}

// Parse reads what AppendTo wrote, and gives the bytes behind it. What no Fit can have made is refused: searching by it could go astray.
func Parse(in []byte) (b *Basis, rest []byte, ok bool) {
	var s saved
	n, err := binary.Decode(in, binary.LittleEndian, &s)
	if err != nil {
		return nil, in, false
	}
	b = &Basis{mean: s.Mean, columns: s.Columns, Unit: s.Unit, Steps: s.Steps, cellOf: s.CellOf}
	whole := b.Unit > 0 && b.Unit <= widestUnit && b.mean.Finite()
	for i := range b.columns {
		whole = whole && b.columns[i].Finite()
	}
	for d := range b.Steps {
		whole = whole && b.Steps[d] >= 1 && b.Steps[d] <= finest
		b.inverse[d] = 1 / (float64(b.Steps[d]) * b.Unit)
	}
	for i := range b.cellOf {
		whole = whole && slices.Max(b.cellOf[i][:]) < kernel.CellCount
	}
	if !whole {
		return nil, in, false
	}
	b.measure()
	for d := range b.Edges {
		b.bound(d)
	}
	return b, in[n:], true
}
