package match

import (
	"encoding/binary"
	"math"

	"gabarit/engine"
	"gabarit/engine/match/codes"
)

// headVersion is the version of a saved index: of its head, in the order of appendHead, and of its pieces, see parts.go.
const headVersion = 3

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
	return c.basis.AppendTo(b)
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

func (r *headReader) u32() uint32  { return binary.LittleEndian.Uint32(r.take(4)) }
func (r *headReader) u64() uint64  { return binary.LittleEndian.Uint64(r.take(8)) }
func (r *headReader) f64() float64 { return math.Float64frombits(r.u64()) }
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
		c.fitted = int(min(r.u64(), math.MaxInt32))
		c.head, c.whole = r.f64(), r.f64()
		if c.basis, r.b, ok = codes.Parse(r.b); !ok || !sound(c.head) || !sound(c.whole) {
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
