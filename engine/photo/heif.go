package photo

import (
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"
	"strings"
)

// heifHeader reads the properties of all images in a HEIC or AVIF container (ISO/IEC 23008-12): their declared sizes
// and the sizes in the parameter sets of what is coded, beside the data and in it, which are what the decoder really
// reserves. The largest counts, whichever image it belongs to.
//
// The estimates were measured. gen2brain/heic 0.4.5: 22 bytes a pixel for a picture in tiles of 512 x 512, as
// phones write them, 40 for one in one piece. gen2brain/avif 0.4.4: 65 to 72, and 117 with alpha or more than 8
// bits a colour, most of it left behind by the sandbox while its memory grows.
func heifHeader(data []byte) (header, error) {
	s := heifScan{kinds: map[uint32]string{}, parts: map[uint32]bool{}}
	err := s.boxes(data, "")
	if err == nil {
		err = s.items(data)
	}
	hd := header{format: formatHEIC, decode: decodeHEIC, width: s.width, height: s.height, planar: true, icc: s.icc, frames: max(s.pictures(), s.samples)}
	hd.memory = 24*hd.pixels() + 18*s.coded
	switch {
	case err != nil:
		return header{}, err
	case !s.meta && s.samples > 0, s.meta && s.coded == 0 && !s.av1, s.av1 && s.hevc:
		return header{}, unsupported(msgFeature, errors.New("heif: no still coded as HEVC or AV1"))
	case s.width == 0:
		return header{}, errors.New("heif: no image size")
	case s.av1:
		hd.format, hd.planar, hd.turns = formatAVIF, false, s.turns
		hd.decode = func(r io.Reader) (image.Image, error) { return decodeAVIF(r, s.alpha) }
		hd.memory = 80 * max(hd.pixels(), s.coded)
		if s.deep || s.alpha {
			hd.memory += 50 * max(hd.pixels(), s.coded)
		}
	case min(s.width, s.height) < minHEICSide:
		return header{}, unsupported(msgFeature, fmt.Errorf("heif: a side under %d pixels", minHEICSide))
	}
	return hd, nil
}

// minHEICSide is the shortest side read: libheif gives no row less than 64 samples, colour has half of them, and the
// decoder's Go side (gen2brain/heic 0.4.5) reckons without that.
const minHEICSide = 128

// heifScan gathers what matters while walking over the boxes.
type heifScan struct {
	meta          bool
	hevc, av1     bool
	deep, alpha   bool  // of AV1: more than 8 bits a colour, transparent
	width, height int   // of the largest image declared
	coded         int64 // area of the largest image coded
	icc           []byte
	turns         []orientation     // that the container asks for, in its order
	kinds         map[uint32]string // of its items
	parts         map[uint32]bool   // items that are hidden, or a tile, thumbnail or alpha of another
	locations     []byte            // the iloc box: where items lie
	inside        []byte            // the idat box, where they may lie, too
	samples       int               // of the longest track
	begun         int               // pictures coded in the item that is looked at
}

// boxes walks over the boxes (ISO/IEC 14496-12, 4.2) inside the one at path. A known box that is longer than the
// file means that the file is cut off: the decoder would fill what is missing with grey.
func (s *heifScan) boxes(data []byte, path string) error {
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
		if path == "" && !strings.Contains("ftyp meta mdat moov free skip uuid styp idat", kind) {
			return nil // phones append data of their own that is not made of boxes
		}
		if size < head {
			return fmt.Errorf("heif: box of %d bytes", size)
		}
		if size > uint64(len(data)) {
			return errShort
		}
		if err := s.box(path+"/"+kind, data[head:size]); err != nil {
			return err
		}
		data = data[size:]
	}
	return nil
}

// box looks into one box. The depth is bounded by the paths that are entered.
func (s *heifScan) box(path string, body []byte) error {
	b := bitString{data: body}
	version := b.read(8)
	wide := 16 << strings.Count(path, "+") // bits of an item's number
	from := func(n int) []byte { return body[min(n, len(body)):] }
	switch path {
	case "/meta":
		s.meta = true
		return s.boxes(from(4), path)
	case "/meta/iinf":
		return s.boxes(from(6+2*int(min(version, 1))), path)
	case "/meta/iref":
		return s.boxes(from(4), path+[...]string{"", "+"}[version&1])
	case "/meta/iprp", "/meta/iprp/ipco", "/moov", "/moov/trak", "/moov/trak/mdia", "/moov/trak/mdia/minf", "/moov/trak/mdia/minf/stbl":
		return s.boxes(body, path)
	case "/meta/iinf/infe":
		b.skip(23)
		hidden, id := b.read(1) == 1, b.read(16+16*int(version&1))
		b.skip(16)
		s.kinds[id] = string(binary.BigEndian.AppendUint32(nil, b.read(32)))
		s.parts[id] = s.parts[id] || hidden
	case "/meta/iref/thmb", "/meta/iref/auxl", "/meta/iref+/thmb", "/meta/iref+/auxl":
		b.at = 0
		s.parts[b.read(wide)] = true
	case "/meta/iref/dimg", "/meta/iref+/dimg":
		b.at = wide
		for range b.read(16) {
			s.parts[b.read(wide)] = true
		}
	case "/meta/iloc":
		s.locations = body
	case "/meta/idat":
		s.inside = body
	case "/moov/trak/mdia/minf/stbl/stsz":
		b.skip(56)
		s.samples = max(s.samples, int(b.read(32)))
	}
	if kind, ok := strings.CutPrefix(path, "/meta/iprp/ipco/"); ok {
		return s.property(kind, body)
	}
	return nil
}

// pictures counts the pictures that stand for themselves.
func (s *heifScan) pictures() (n int) {
	for id, kind := range s.kinds {
		if !s.parts[id] && strings.Contains("hvc1 av01 grid iovl iden", kind) {
			n++
		}
	}
	return n
}

// property reads a box of ipco, a property of one of the file's images.
func (s *heifScan) property(kind string, body []byte) error {
	b := bitString{data: body}
	switch kind {
	case "ispe":
		b.skip(32)
		return s.size(b.read(32), b.read(32))
	case "hvcC":
		s.hevc = true
		return s.parameterSets(body)
	case "av1C":
		s.av1, b.at = true, 17
		s.deep = s.deep || b.read(1) == 1
		return s.obus(body[min(4, len(body)):])
	case "auxC":
		s.alpha = true
	case "irot": // quarter turns anticlockwise (ISO/IEC 23008-12, 6.5.10)
		s.turns = append(s.turns, [...]orientation{upright, turnLeft, halfTurn, turnRight}[b.read(8)&3])
	case "imir": // 0: top and bottom change places, 1: left and right
		s.turns = append(s.turns, [...]orientation{flipped, mirrored}[b.read(8)&1])
	case "colr":
		if s.icc == nil && len(body) > 4 && strings.Contains("prof rICC", string(body[:4])) {
			s.icc = body[4:]
		}
	}
	return nil
}

// size keeps the larger of the images.
func (s *heifScan) size(w, h uint32) error {
	if w > 1<<31-1 || h > 1<<31-1 {
		return errors.New("heif: size out of range")
	}
	if int64(w)*int64(h) > int64(s.width)*int64(s.height) {
		s.width, s.height = int(w), int(h)
	}
	return nil
}

// items looks into the data of all pictures. Where it lies is told by iloc (ISO/IEC 14496-12, 8.11.3).
func (s *heifScan) items(file []byte) error {
	b := bitString{data: s.locations}
	version := b.read(8)
	b.skip(24)
	offset, length, base, index := 8*int(b.read(4)), 8*int(b.read(4)), 8*int(b.read(4)), 8*int(b.read(4))
	if version == 0 {
		index = 0
	}
	wide, left := 16+16*int(version/2&1), 4*len(file)
	for range b.read(wide) {
		kind, from := s.kinds[b.read(wide)], file
		if version > 0 && b.read(16)&15 == 1 {
			from = s.inside
		}
		b.skip(16)
		start := b.long(base)
		if b.past() {
			return errShort
		}
		if kind == "" || !strings.Contains("hvc1 av01 grid iovl", kind) {
			b.skip(int(b.read(16)) * (index + offset + length))
			continue
		}
		item, err := gather(&b, from, start, [...]int{index, offset, length}, &left)
		if s.begun = 0; err == nil {
			err = s.item(kind, item)
		}
		if err != nil {
			return err
		}
		if s.begun > maxCoded {
			return unsupported(msgFeature, errors.New("heif: many pictures coded as one"))
		}
	}
	return nil
}

// gather joins the extents of an item, whose fields have these widths; what is copied is taken off left.
func gather(b *bitString, from []byte, start uint64, widths [3]int, left *int) (item []byte, err error) {
	for range b.read(16) {
		b.skip(widths[0])
		at := start + b.long(widths[1])
		n := b.long(widths[2])
		if b.past() || n == 0 || at > uint64(len(from)) || n > uint64(len(from))-at {
			return nil, errShort
		}
		if part := from[at : at+n : at+n]; item == nil {
			item = part
		} else if *left -= int(n); *left < 0 {
			return nil, errors.New("heif: items overlap")
		} else {
			item = append(item, part...)
		}
	}
	return item, nil
}

// item looks into the data of one picture.
func (s *heifScan) item(kind string, data []byte) error {
	switch kind {
	case "hvc1":
		return s.units(data)
	case "av01":
		return s.obus(data)
	case "grid", "iovl": // ISO/IEC 23008-12, 6.6.2: the size of the whole, behind rows and columns or a colour
		b := bitString{data: data, at: 8}
		wide := 16 + 16*int(b.read(8)&1)
		b.skip(16 + 48*strings.Index("gi", kind[:1]))
		return s.size(b.read(wide), b.read(wide))
	}
	return nil
}
