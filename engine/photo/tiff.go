package photo

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"

	"golang.org/x/image/tiff"
)

// TIFF fields (TIFF 6.0; Adobe DNG 1.6).
const (
	tiffNewSubfileType = 0x00FE // bit 0: a reduced version of another page
	tiffRowsPerStrip   = 0x0116
	tiffTileWidth      = 0x0142
	tiffTileLength     = 0x0143
	tiffICCProfile     = 0x8773
	tiffDNGVersion     = 0xC612
	maxFields          = 1000 // of a page, and pages that are counted
)

// tiffHeader reads the first page's directory. The decoder keeps the picture and one unpacked strip or tile, which
// may take eight bytes a pixel whatever the picture takes, and three times that while its buffer grows.
//
// Camera raw files in a TIFF container (DNG, NEF, ARW...) are refused: their first page is a preview the size of
// a stamp, in which faces would silently be missed.
func tiffHeader(data []byte) (header, error) {
	if len(data) < 8 {
		return header{}, errShort
	}
	order := binary.ByteOrder(binary.LittleEndian)
	if data[0] == 'M' {
		order = binary.BigEndian
	}
	fields, icc, next, err := tiffFields(data, order, order.Uint32(data[4:]))
	if err != nil {
		return header{}, err
	}
	if _, dng := fields[tiffDNGVersion]; dng || fields[tiffNewSubfileType]&1 != 0 || bytes.HasPrefix(data[8:], []byte("CR\x02")) {
		return header{}, unsupported("camera raw files can't be read", nil)
	}
	cfg, err := tiff.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return header{}, err
	}
	hd := header{width: cfg.Width, height: cfg.Height, icc: icc, frames: 1}
	for seen := map[uint32]bool{}; next != 0 && !seen[next] && len(seen) < maxFields; {
		seen[next] = true
		var page map[uint16]uint32
		if page, _, next, err = tiffFields(data, order, next); err == nil && page[tiffNewSubfileType]&5 == 0 { // no preview, no mask
			hd.frames++
		}
	}
	if int64(hd.width) > 1<<31-1 || int64(hd.height) > 1<<31-1 {
		return hd, nil // refused for its size
	}
	hd.memory = bytesPerPixel(cfg)*hd.pixels() + 24*tiffBlock(fields, int64(hd.width), int64(hd.height))
	return hd, nil
}

// tiffBlock gives the pixels of the largest strip or tile. The decoder takes no tile much larger than the picture,
// unless it is under 1024 pixels each way.
func tiffBlock(fields map[uint16]uint32, w, h int64) int64 {
	if tile := fields[tiffTileWidth]; tile != 0 {
		most, length := max((w+16)*(h+16), 1<<20), fields[tiffTileLength]
		if int64(tile) > most || int64(length) > most {
			return most
		}
		return min(most, int64(tile)*int64(length))
	}
	if rows := int64(fields[tiffRowsPerStrip]); rows > 0 && rows < h {
		return w * rows
	}
	return w * h
}

// tiffFields reads the first values of a directory's fields, its colour profile, and where the next directory lies. A
// value that is not in the directory itself, as the sizes of strips and tiles always are, reads as the largest number.
func tiffFields(data []byte, order binary.ByteOrder, from uint32) (fields map[uint16]uint32, icc []byte, next uint32, err error) {
	const entry = 12
	at := int64(from)
	if at+2 > int64(len(data)) || order.Uint16(data[at:]) > maxFields {
		return nil, nil, 0, errShort
	}
	fields = map[uint16]uint32{}
	n, p := int64(order.Uint16(data[at:])), at+2
	for ; n > 0 && p+entry <= int64(len(data)); n, p = n-1, p+entry {
		name, kind, count, value := order.Uint16(data[p:]), order.Uint16(data[p+2:]), order.Uint32(data[p+4:]), data[p+8:p+entry]
		v := ^uint32(0)
		switch {
		case kind == 1 && count <= 4: // BYTE
			v = uint32(value[0])
		case kind == 3 && count <= 2: // SHORT
			v = uint32(order.Uint16(value))
		case kind == 4 && count <= 1: // LONG
			v = order.Uint32(value)
		case name == tiffICCProfile && int64(order.Uint32(value))+int64(count) <= int64(len(data)):
			icc = data[order.Uint32(value):][:count]
		}
		fields[name] = v
	}
	if n == 0 && p+4 <= int64(len(data)) {
		next = order.Uint32(data[p:])
	}
	return fields, icc, next, nil
}

// bytesPerPixel tells how many bytes an image of this colour model takes for a pixel.
func bytesPerPixel(cfg image.Config) int64 {
	switch cfg.ColorModel {
	case color.GrayModel:
		return 1
	case color.Gray16Model:
		return 2
	case color.RGBAModel, color.NRGBAModel:
		return 4
	}
	if _, ok := cfg.ColorModel.(color.Palette); ok {
		return 1
	}
	return 8
}
