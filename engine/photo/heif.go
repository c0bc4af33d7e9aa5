package photo

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// heicHeader reads the properties of all images in the container (ISO/IEC 23008-12): their declared sizes
// and the sizes in their HEVC parameter sets, which are what the decoder really reserves. The largest counts,
// whichever image it belongs to.
//
// The estimate was measured on gen2brain/heic 0.4.5: 22 bytes a pixel for a picture in tiles of 512 x 512, as
// phones write them, 40 for one in one piece.
func heicHeader(data []byte) (header, error) {
	var s heifScan
	if err := s.boxes(data, 0); err != nil {
		return header{}, err
	}
	switch {
	case s.av1:
		return header{}, errAVIF()
	case s.coded == 0 && s.meta:
		return header{}, unsupported(msgFeature, errors.New("heif: no HEVC image"))
	case s.width == 0:
		return header{}, errors.New("heif: no image size")
	}
	if min(s.width, s.height) < minHEICSide {
		return header{}, unsupported(msgFeature, fmt.Errorf("heif: a side under %d pixels", minHEICSide))
	}
	hd := header{width: s.width, height: s.height, planar: true}
	hd.memory = 24*hd.pixels() + 18*s.coded
	return hd, nil
}

// minHEICSide is the shortest side read: libheif gives no row less than 64 samples, colour has half of them, and the
// decoder's Go side (gen2brain/heic 0.4.5) reckons without that.
const minHEICSide = 128

// heifScan gathers what matters while walking over the boxes.
type heifScan struct {
	meta          bool
	av1           bool
	width, height int   // of the largest image declared
	coded         int64 // area of the largest image coded
}

// boxes walks over the boxes (ISO/IEC 14496-12, 4.2) of one level. A known box that is longer than the file
// means that the file is cut off: the decoder would fill what is missing with grey.
func (s *heifScan) boxes(data []byte, depth int) error {
	for len(data) >= 8 {
		size, head, kind := uint64(binary.BigEndian.Uint32(data)), uint64(8), string(data[4:8])
		switch size {
		case 0:
			size = uint64(len(data))
		case 1:
			if len(data) < 16 {
				return errShort
			}
			size, head = binary.BigEndian.Uint64(data[8:]), 16
		}
		if !knownBox(kind) && depth == 0 {
			return nil // phones append data of their own that is not made of boxes
		}
		if size < head {
			return fmt.Errorf("heif: box of %d bytes", size)
		}
		if size > uint64(len(data)) {
			return errShort
		}
		if err := s.box(kind, data[head:size], depth); err != nil {
			return err
		}
		data = data[size:]
	}
	return nil
}

// knownBox reports whether a box of this kind is expected at the top of a file.
func knownBox(kind string) bool {
	switch kind {
	case "ftyp", "meta", "mdat", "moov", "free", "skip", "uuid", "styp", "idat":
		return true
	}
	return false
}

// box looks into one box. The depth is bounded by the kinds that are entered: meta, iprp, ipco.
func (s *heifScan) box(kind string, body []byte, depth int) error {
	switch {
	case kind == "meta" && depth == 0 && len(body) >= 4:
		s.meta = true
		return s.boxes(body[4:], 1)
	case kind == "iprp" && depth == 1:
		return s.boxes(body, 2)
	case kind == "ipco" && depth == 2:
		return s.boxes(body, 3)
	case depth == 3:
		return s.property(kind, body)
	}
	return nil
}

// property reads a box of ipco, a property of one of the file's images.
func (s *heifScan) property(kind string, body []byte) error {
	switch kind {
	case "ispe":
		if len(body) < 12 {
			return nil // the decoder refuses it
		}
		w, h := binary.BigEndian.Uint32(body[4:]), binary.BigEndian.Uint32(body[8:])
		if w > 1<<31-1 || h > 1<<31-1 {
			return errors.New("heif: size out of range")
		}
		s.size(int(w), int(h))
	case "hvcC":
		return s.parameterSets(body)
	case "av1C":
		s.av1 = true
	}
	return nil
}

// size keeps the larger of the images.
func (s *heifScan) size(w, h int) {
	if int64(w)*int64(h) > int64(s.width)*int64(s.height) {
		s.width, s.height = w, h
	}
}

// parameterSets reads the sequence parameter sets of an HEVC configuration (ISO/IEC 14496-15, 8.3.3.1).
func (s *heifScan) parameterSets(body []byte) error {
	const fixed, typeSPS = 23, 33
	if len(body) < fixed {
		return errShort
	}
	arrays := int(body[fixed-1])
	body = body[fixed:]
	for range arrays {
		if len(body) < 3 {
			return errShort
		}
		kind, units := body[0]&0x3F, int(binary.BigEndian.Uint16(body[1:]))
		body = body[3:]
		for range units {
			if len(body) < 2 {
				return errShort
			}
			n := int(binary.BigEndian.Uint16(body))
			if len(body) < 2+n {
				return errShort
			}
			if kind == typeSPS {
				w, h, err := hevcSize(body[2 : 2+n])
				if err != nil {
					return err
				}
				s.size(w, h)
				s.coded = max(s.coded, int64(w)*int64(h))
			}
			body = body[2+n:]
		}
	}
	return nil
}

// hevcSize reads the size of the picture from a sequence parameter set (ITU-T H.265, 7.3.2.2).
func hevcSize(unit []byte) (w, h int, err error) {
	b := bitString{data: unescape(unit)}
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
	w, h = int(b.exp()), int(b.exp())
	if b.past() || w == 0 || h == 0 {
		return 0, 0, errors.New("heif: bad parameter set")
	}
	return w, h, nil
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

func (b *bitString) read(n int) uint32 {
	var v uint32
	for range n {
		v <<= 1
		if b.at < 8*len(b.data) {
			v |= uint32(b.data[b.at/8]>>(7-b.at%8)) & 1
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
