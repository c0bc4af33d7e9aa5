package photo

import (
	"bytes"
	"encoding/binary"
	"errors"

	"golang.org/x/image/bmp"
	"golang.org/x/image/webp"
)

// header is what a photo's first bytes tell: enough to judge, before decoding, whether to decode.
type header struct {
	format format
	width  int // as stored, before any turning
	height int
	memory int64 // estimate of what the decoder reserves, in bytes
	planar bool  // decoded as grey or YCbCr and kept so: at most three bytes a pixel, mostly one and a half
}

// pixels is the stored area.
func (h header) pixels() int64 { return int64(h.width) * int64(h.height) }

// need is the memory reserved for the photo: the decoder's, and two working copies (reduced or
// converted, and turned) of at most MaxWorkingPixels.
func (h header) need() int64 {
	perPixel := int64(8)
	if h.planar {
		perPixel = 4
	}
	return h.memory + perPixel*min(h.pixels(), MaxWorkingPixels)
}

// readHeader reads the header of a photo whose format is known. A decoder's own header reader may panic on
// hostile bytes like the decoder itself, hence the guard.
func readHeader(f format, data []byte) (h header, err error) {
	defer guard(&err)
	switch f {
	case formatJPEG:
		h, err = jpegHeader(data)
	case formatPNG:
		h, err = pngHeader(data)
	case formatGIF:
		h, err = gifHeader(data)
	case formatWebP:
		h, err = webpHeader(data)
	case formatTIFF:
		h, err = tiffHeader(data)
	case formatBMP:
		h, err = bmpHeader(data)
	default:
		h, err = heicHeader(data)
	}
	h.format = f
	return h, err
}

var errShort = errors.New("the header is cut off")

// pngHeader reads the IHDR chunk, which must come first (PNG specification, 11.2.1).
// Eight-bit pictures become four bytes a pixel at worst, deeper ones eight; the passes of an interlaced
// picture are decoded beside the whole.
func pngHeader(data []byte) (header, error) {
	if len(data) < 33 {
		return header{}, errShort
	}
	if string(data[12:16]) != "IHDR" {
		return header{}, errors.New("png: no IHDR chunk")
	}
	w, h := binary.BigEndian.Uint32(data[16:]), binary.BigEndian.Uint32(data[20:])
	if w > 1<<31-1 || h > 1<<31-1 {
		return header{}, errors.New("png: negative size")
	}
	perPixel := int64(4)
	if data[24] == 16 {
		perPixel = 8
	}
	if data[28] != 0 {
		perPixel *= 2
	}
	hd := header{width: int(w), height: int(h)}
	hd.memory = perPixel * hd.pixels()
	return hd, nil
}

// gifHeader reads the size of the canvas, in which every frame must lie. Only the first frame is
// decoded: one byte a pixel, twice if interlaced.
func gifHeader(data []byte) (header, error) {
	if len(data) < 13 {
		return header{}, errShort
	}
	hd := header{width: int(binary.LittleEndian.Uint16(data[6:])), height: int(binary.LittleEndian.Uint16(data[8:]))}
	hd.memory = 2 * hd.pixels()
	return hd, nil
}

// webpHeader reads the size and refuses animations, which the decoder does not know.
// Lossy pictures take 1.5 bytes a pixel, their alpha is decoded as a lossless picture; a lossless one takes
// four, and up to three times as much while its transforms are undone.
func webpHeader(data []byte) (header, error) {
	const animated = 1 << 1
	if len(data) < 30 {
		return header{}, errShort
	}
	perPixel := int64(3)
	switch kind := string(data[12:16]); {
	case kind == "VP8X" && data[20]&animated != 0:
		return header{}, unsupported("animated WebP pictures can't be read", nil)
	case kind == "VP8L", kind == "VP8X":
		perPixel = 16
	}
	cfg, err := webp.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return header{}, err
	}
	hd := header{width: cfg.Width, height: cfg.Height}
	hd.memory = perPixel * hd.pixels()
	return hd, nil
}

// bmpHeader reads the size; pictures take up to four bytes a pixel.
func bmpHeader(data []byte) (header, error) {
	cfg, err := bmp.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return header{}, err
	}
	hd := header{width: cfg.Width, height: cfg.Height}
	hd.memory = 4 * hd.pixels()
	return hd, nil
}
