package photo

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// JPEG markers (ITU-T T.81, table B.1).
const (
	markerSOF0 = 0xC0 // baseline, and next to it extended sequential
	markerSOF2 = 0xC2 // progressive
	markerDHT  = 0xC4
	markerJPG  = 0xC8
	markerDAC  = 0xCC
	markerSOI  = 0xD8
	markerEOI  = 0xD9
	markerSOS  = 0xDA
	markerAPP0 = 0xE0
	markerAPP2 = 0xE2
	markerRST0 = 0xD0
	markerRST7 = 0xD7
)

// jpegHeader walks over the segments to the frame header and on over the scans, which it counts.
func jpegHeader(data []byte) (header, error) {
	var hd header
	var icc []byte
	jfif, scans, part := false, 0, byte(0)
	for at := 2; ; {
		marker, body, next, err := jpegSegment(data, at)
		switch {
		case err != nil && hd.width == 0:
			return header{}, err
		case err != nil, marker == markerEOI: // a cut-off file is the decoder's to report
			hd.icc = icc
			return hd, nil
		case marker == markerAPP0:
			jfif = jfif || bytes.HasPrefix(body, []byte("JFIF\x00"))
		case marker == markerAPP2:
			icc, part = joined(icc, part, body)
		case marker == markerSOS:
			if scans++; scans > maxScans {
				return header{}, fmt.Errorf("jpeg: more than %d scans", maxScans)
			}
			next = skipScan(data, next)
		case isFrame(marker) && hd.width == 0: // the decoder, too, takes the first frame only
			if hd, err = jpegFrame(marker, body, jfif); err != nil {
				return header{}, err
			}
		}
		at = next
	}
}

// joined adds the next part of a colour profile, which is spread over segments (ICC.1:2022, B.4), in practice in order.
func joined(icc []byte, part byte, segment []byte) ([]byte, byte) {
	if rest, ok := bytes.CutPrefix(segment, []byte("ICC_PROFILE\x00")); ok && len(rest) > 2 && rest[0] == part+1 {
		return append(icc, rest[2:]...), part + 1
	}
	return icc, part
}

// isFrame reports whether a marker begins a frame, of whatever process.
func isFrame(marker byte) bool {
	return marker >= markerSOF0 && marker <= 0xCF && marker != markerDHT && marker != markerJPG && marker != markerDAC
}

// jpegSegment finds the next segment from at on, and where it ends. Like the decoder, it passes over
// stray bytes between segments.
func jpegSegment(data []byte, at int) (marker byte, body []byte, next int, err error) {
	for {
		i := bytes.IndexByte(data[min(at, len(data)):], 0xFF)
		if i < 0 || at+i+1 >= len(data) {
			return 0, nil, 0, errShort
		}
		at += i + 1
		marker = data[at]
		if marker == 0xFF {
			continue
		}
		at++
		if marker == markerEOI {
			return marker, nil, at, nil
		}
		if marker != 0 && marker != markerSOI && (marker < markerRST0 || marker > markerRST7) {
			break
		}
	}
	if at+2 > len(data) {
		return 0, nil, 0, errShort
	}
	n := int(binary.BigEndian.Uint16(data[at:]))
	if n < 2 {
		return 0, nil, 0, errors.New("jpeg: short segment")
	}
	if at+n > len(data) {
		return 0, nil, 0, errShort
	}
	return marker, data[at+2 : at+n], at + n, nil
}

// skipScan gives where the entropy-coded data from at on ends: at the first marker but restarts.
func skipScan(data []byte, at int) int {
	for {
		i := bytes.IndexByte(data[at:], 0xFF)
		if i < 0 || at+i+1 >= len(data) {
			return len(data)
		}
		at += i
		if m := data[at+1]; m != 0 && m != 0xFF && (m < markerRST0 || m > markerRST7) {
			return at
		}
		at++
	}
}

// jpegFrame reads a frame header (T.81, B.2.2) and estimates the decoder's memory: a byte per sample, and
// for progressive pictures the coefficients of the whole picture at four bytes each. A fourth component, or RGB
// stored as such, is joined in a copy of four bytes a pixel.
func jpegFrame(marker byte, body []byte, jfif bool) (header, error) {
	if marker > markerSOF2 {
		return header{}, unsupported(msgFeature, fmt.Errorf("jpeg: coding process %#x", marker))
	}
	if len(body) > 0 && body[0] != 8 {
		return header{}, unsupported("JPEG pictures of more than 8 bits a colour can't be read", nil)
	}
	if len(body) < 6 || len(body) < 6+3*int(body[5]) {
		return header{}, errShort
	}
	hd := header{width: int(binary.BigEndian.Uint16(body[3:])), height: int(binary.BigEndian.Uint16(body[1:]))}
	components := body[6 : 6+3*int(body[5])]
	hMax, vMax := 1, 1
	for c := components; len(c) > 0; c = c[3:] {
		hMax, vMax = max(hMax, int(c[1]>>4)), max(vMax, int(c[1]&15))
	}
	units := int64((hd.width+8*hMax-1)/(8*hMax)) * int64((hd.height+8*vMax-1)/(8*vMax))
	for c := components; len(c) > 0; c = c[3:] {
		hd.memory += 64 * units * int64(c[1]>>4) * int64(c[1]&15)
	}
	if marker == markerSOF2 {
		hd.memory *= 5
	}
	if hd.planar = len(components) <= 9 && jfif; !hd.planar {
		hd.memory += 4 * hd.pixels()
	}
	return hd, nil
}
