package photo

import (
	"encoding/binary"
	"errors"
)

// maxCoded bounds the pictures coded in one still, all of which a decoder works through to show one.
const maxCoded = 8

var errSet = errors.New("heif: bad parameter set")

// parameterSets reads the parameter sets of an HEVC configuration (ISO/IEC 14496-15, 8.3.3.1).
func (s *heifScan) parameterSets(body []byte) error {
	b := bitString{data: body, at: 8 * 22}
	for range b.read(8) {
		b.skip(8)
		for range b.read(16) {
			n := int(b.read(16))
			at := b.at / 8
			if at+n > len(body) {
				return errShort
			}
			if err := s.unit(body[at : at+n]); err != nil {
				return err
			}
			b.skip(8 * n)
		}
	}
	return nil
}

// units walks over the units of an HEVC image; like the decoder, it takes their lengths to have four bytes.
func (s *heifScan) units(data []byte) error {
	for len(data) > 4 {
		n := int64(binary.BigEndian.Uint32(data))
		if n > int64(len(data)-4) {
			return errShort
		}
		if err := s.unit(data[4 : 4+n]); err != nil {
			return err
		}
		data = data[4+n:]
	}
	return nil
}

// unit looks at one HEVC unit (ITU-T H.265, 7.3.1): a slice may begin a picture, a sequence parameter set tells a size.
func (s *heifScan) unit(unit []byte) error {
	const slices, typeSPS = 32, 33
	b := bitString{data: unit}
	b.skip(1)
	switch kind := b.read(6); {
	case kind < slices && len(unit) > 2 && unit[2]&0x80 != 0:
		s.begun++
		return nil
	case kind != typeSPS:
		return nil
	}
	b = bitString{data: unescape(unit)}
	b.skip(16 + 4) // unit header, video parameter set
	subLayers := int(b.read(3))
	b.skip(1 + 88 + 8) // nesting flag, general profile and level
	var profiles, levels int
	for range subLayers {
		profiles += int(b.read(1))
		levels += int(b.read(1))
	}
	if subLayers > 0 {
		b.skip(2 * (8 - subLayers))
	}
	b.skip(88*profiles + 8*levels)
	b.exp() // sequence parameter set
	if chroma := b.exp(); chroma == 3 {
		b.skip(1)
	}
	w, h := b.exp(), b.exp()
	if b.past() || w == 0 || h == 0 {
		return errSet
	}
	s.coded = max(s.coded, int64(w)*int64(h))
	return s.size(w, h)
}

// obus walks over the units of an AV1 image (AV1 specification, 5.3): a frame, or its header, is a picture, a sequence
// header tells a size.
func (s *heifScan) obus(data []byte) error {
	const sequence, frameHeader, frame = 1, 3, 6
	for len(data) > 0 {
		b := bitString{data: data, at: 1}
		kind, extended, sized := b.read(4), b.read(1), b.read(1)
		b.skip(1 + 8*int(extended))
		n, more := uint64(0), sized
		for i := 0; more == 1 && i < 8; i++ {
			more = b.read(1)
			n |= b.long(7) << (7 * i)
		}
		at := min(b.at/8, len(data))
		if sized == 0 {
			n = uint64(len(data) - at)
		}
		if n > uint64(len(data)-at) {
			return errShort
		}
		switch kind {
		case sequence:
			if err := s.sequence(data[at : at+int(n)]); err != nil {
				return err
			}
		case frameHeader, frame:
			s.begun++
		}
		data = data[at+int(n):]
	}
	return nil
}

// sequence reads an AV1 sequence header up to the size (AV1 specification, 5.5). A still needs no timing.
func (s *heifScan) sequence(data []byte) error {
	b := bitString{data: data, at: 4}
	if reduced := b.read(1) == 1; reduced {
		b.skip(5)
	} else {
		if timed := b.read(1) == 1; timed {
			return unsupported(msgFeature, errors.New("heif: an AV1 picture with a clock"))
		}
		delayed := b.read(1) == 1
		for range b.read(5) + 1 {
			b.skip(12)
			if b.read(5) > 7 {
				b.skip(1)
			}
			if delayed && b.read(1) == 1 {
				b.skip(4)
			}
		}
	}
	wide, high := int(b.read(4))+1, int(b.read(4))+1
	w, h := b.read(wide)+1, b.read(high)+1
	if b.past() {
		return errSet
	}
	s.coded = max(s.coded, int64(w)*int64(h))
	return s.size(w, h)
}

// unescape takes the emulation prevention bytes out of a unit (H.265, 7.4.2).
func unescape(unit []byte) []byte {
	out := make([]byte, 0, len(unit))
	zeros := 0
	for _, c := range unit {
		if zeros >= 2 && c == 3 {
			zeros = 0
			continue
		}
		if zeros++; c != 0 {
			zeros = 0
		}
		out = append(out, c)
	}
	return out
}

// bitString reads a big-endian bit string. Past the end it reads zeros; past tells.
type bitString struct {
	data []byte
	at   int
}

func (b *bitString) past() bool { return b.at > 8*len(b.data) }

func (b *bitString) skip(n int) { b.at += n }

func (b *bitString) read(n int) uint32 { return uint32(b.long(n)) }

func (b *bitString) long(n int) (v uint64) {
	for range n {
		v <<= 1
		if b.at < 8*len(b.data) {
			v |= uint64(b.data[b.at/8]>>(7-b.at%8)) & 1
		}
		b.at++
	}
	return v
}

// exp reads an unsigned Exp-Golomb number (H.265, 9.2) of at most 24 bits; 0 for what is longer.
func (b *bitString) exp() uint32 {
	zeros := 0
	for b.read(1) == 0 {
		if zeros++; zeros > 24 || b.past() {
			b.at = 8*len(b.data) + 1
			return 0
		}
	}
	return 1<<zeros - 1 + b.read(zeros)
}
