package match

import (
	"encoding/binary"
	"math"
	"slices"

	"gabarit/engine"
	"gabarit/engine/match/kernel"
)

// headVersion is the version of a saved index: of its head, in the order of appendHead, and of its pieces, see parts.go.
const headVersion = 2

// appendHead appends what is saved of an index besides its blocks. The lock is held.
func (c *Cascade) appendHead(b []byte) []byte {
	b = binary.LittleEndian.AppendUint32(b, headVersion)
	b = binary.LittleEndian.AppendUint64(b, uint64(c.flat.n))
	b = c.flat.rows.AppendNames(b)
	if c.basis == nil {
		return append(b, 0)
	}
	b = append(b, 1)
	b = binary.LittleEndian.AppendUint64(b, uint64(c.fitted))
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(c.head))
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(c.whole))
	return c.basis.appendTo(b)
}

func (b *basis) appendTo(out []byte) []byte {
	for _, t := range append([]engine.Template{b.mean}, b.columns[:]...) {
		for _, v := range t {
			out = binary.LittleEndian.AppendUint32(out, math.Float32bits(v))
		}
	}
	out = binary.LittleEndian.AppendUint64(out, math.Float64bits(b.unit))
	for _, v := range b.steps {
		out = binary.LittleEndian.AppendUint16(out, uint16(v))
	}
	for i := range b.cellOf {
		out = append(out, b.cellOf[i][:]...)
	}
	return out
}

// headReader reads numbers; short tells that there were too few bytes, and the numbers read since are 0.
type headReader struct {
	b     []byte
	short bool
}

func (r *headReader) take(n int) []byte {
	if n < 0 || n > len(r.b) {
		r.b, r.short = nil, true
		return make([]byte, min(max(n, 0), 8))
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *headReader) u16() uint16  { return binary.LittleEndian.Uint16(r.take(2)) }
func (r *headReader) u32() uint32  { return binary.LittleEndian.Uint32(r.take(4)) }
func (r *headReader) u64() uint64  { return binary.LittleEndian.Uint64(r.take(8)) }
func (r *headReader) f64() float64 { return math.Float64frombits(r.u64()) }
func (r *headReader) f32() float32 { return math.Float32frombits(r.u32()) }
func (r *headReader) flag() bool   { return r.take(1)[0] == 1 }
func (r *headReader) done() bool   { return !r.short && len(r.b) == 0 }

// parseHead makes an index whose blocks are not read yet. CodeUnsupported: another version wrote it; CodeCorrupt: no index did.
func parseHead(b []byte, least, threads int) (*Cascade, error) {
	const op = "match.Open"
	r := &headReader{b: b}
	if version := r.u32(); r.short || version != headVersion {
		return nil, engine.E(engine.CodeUnsupported, op, "the saved index is of another version", nil)
	}
	damaged := engine.E(engine.CodeCorrupt, op, "the saved index is damaged", errPiece)
	c := newCascade(least, threads, threadBlocks)
	n := r.u64()
	if n > math.MaxInt32 {
		return nil, damaged
	}
	c.flat.n = int(n)
	var ok bool
	if r.b, ok = c.flat.rows.ParseNames(r.b); !ok {
		return nil, damaged
	}
	if r.flag() {
		c.basis = &basis{}
		c.fitted = int(min(r.u64(), math.MaxInt32))
		c.head, c.whole = r.f64(), r.f64()
		if !c.basis.parse(r) || !sound(c.head) || !sound(c.whole) {
			return nil, damaged
		}
	}
	if !r.done() {
		return nil, damaged
	}
	return c, nil
}

// sound reports whether v can be a bound.
func sound(v float64) bool { return v >= 0 && v <= math.MaxFloat64 }

// parse reads a basis. What follows from it is computed as when it was made.
func (b *basis) parse(r *headReader) bool {
	whole := b.parseMatrix(r)
	b.unit = r.f64()
	for d := range b.steps {
		b.steps[d] = int16(r.u16())
		whole = whole && b.steps[d] >= 1 && b.steps[d] <= finest
		b.inverse[d] = 1 / (float64(b.steps[d]) * b.unit)
	}
	for i := range b.cellOf {
		copy(b.cellOf[i][:], r.take(len(b.cellOf[i])))
		whole = whole && slices.Max(b.cellOf[i][:]) < kernel.CellCount
	}
	if !whole || r.short || !(b.unit > 0 && b.unit <= 1e18) {
		return false
	}
	b.measure()
	for d := range b.edges {
		b.bound(d)
	}
	return true
}

// parseMatrix reads mean and matrix.
func (b *basis) parseMatrix(r *headReader) bool {
	whole := true
	read := func(t *engine.Template) {
		for d := range t {
			t[d] = r.f32()
		}
		whole = whole && finite(t)
	}
	read(&b.mean)
	for i := range b.columns {
		read(&b.columns[i])
	}
	return whole
}
