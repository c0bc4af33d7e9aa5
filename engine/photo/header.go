package photo

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"github.com/bep/imagemeta"
	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
	"golang.org/x/image/webp"
)

// header is what a photo's first bytes tell: enough to judge, before decoding, whether to decode.
type header struct {
	format format
	width  int // as stored, before any turning
	height int
	memory int64 // estimate of what the decoder reserves, in bytes
	planar bool  // decoded as grey or YCbCr and kept so: at most three bytes a pixel, mostly one and a half
	frames int   // pictures that the file holds; 0 and 1: one
	icc    []byte
	decode func(io.Reader) (image.Image, error)
	tags   imagemeta.ImageFormat // of the metadata, 0 for none
	turns  []orientation         // that AVIF's decoder leaves to do, in order
	still  []byte                // WebP: the file, of an animation the first frame as one of its own
	origin image.Point           // of that frame on the canvas
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

// readHeader reads the header of a photo whose format is known, and says who reads the rest. A decoder's own header
// reader may panic on hostile bytes like the decoder itself, hence the guard. GIF and BMP carry no metadata.
func readHeader(f format, data []byte) (h header, err error) {
	defer guard(&err)
	switch f {
	case formatJPEG:
		h, err = jpegHeader(data)
		h.decode, h.tags = jpeg.Decode, imagemeta.JPEG
	case formatPNG:
		h, err = pngHeader(data)
		h.decode, h.tags = png.Decode, imagemeta.PNG
	case formatGIF:
		h, err = gifHeader(data)
		h.decode = gif.Decode
	case formatWebP:
		h, err = webpHeader(data)
		h.decode, h.tags = webp.Decode, imagemeta.WebP
	case formatTIFF:
		h, err = tiffHeader(data)
		h.decode, h.tags = tiff.Decode, imagemeta.TIFF
	case formatBMP:
		h, err = bmpHeader(data)
		h.decode = bmp.Decode
	default:
		h, err = heifHeader(data) // what is coded tells the format and the decoder
		h.tags = imagemeta.HEIF
		return h, err
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
	for at := 33; at+12 <= len(data); {
		n := binary.BigEndian.Uint32(data[at:])
		kind, body := string(data[at+4:at+8]), data[at+8:]
		if int64(n)+4 > int64(len(body)) || kind == "IDAT" {
			break // what is missing is the decoder's to report
		}
		switch body = body[:n]; kind {
		case "acTL": // PNG specification, third edition, 11.3.2.1: an animation
			if len(body) >= 4 {
				hd.frames = int(min(binary.BigEndian.Uint32(body), 1<<31-1))
			}
		case "iCCP":
			_, packed, _ := bytes.Cut(body, []byte{0}) // a name, then the method 0
			if z, err := zlib.NewReader(bytes.NewReader(packed[min(1, len(packed)):])); err == nil {
				hd.icc, _ = io.ReadAll(io.LimitReader(z, maxProfile))
			}
		}
		at += 12 + int(n)
	}
	return hd, nil
}

// gifHeader reads the size of the canvas, in which every frame must lie, and counts the frames. The first is decoded:
// one byte a pixel, twice if interlaced.
func gifHeader(data []byte) (header, error) {
	if len(data) < 13 {
		return header{}, errShort
	}
	hd := header{width: int(binary.LittleEndian.Uint16(data[6:])), height: int(binary.LittleEndian.Uint16(data[8:]))}
	hd.memory = 2 * hd.pixels()
	table := func(flags byte) int { return int(flags>>7) * 3 << (flags&7 + 1) } // bytes of colours
	at := 13 + table(data[10])
	for at+11 < len(data) {
		switch data[at] {
		case 0x2C: // an image: GIF89a specification, 20
			hd.frames++
			at += 11 + table(data[at+9])
		case 0x21:
			at += 2
		default:
			return hd, nil
		}
		for at < len(data) && data[at] != 0 {
			at += 1 + int(data[at])
		}
		at++
	}
	return hd, nil
}

// webpHeader walks over the chunks (RFC 9649). The first frame of an animation is made a file of its own, for a decoder
// that does not know animations. Lossy pictures take 1.5 bytes a pixel, their alpha is decoded as a lossless picture; a lossless one takes
// four, and up to three times as much while its transforms are undone.
func webpHeader(data []byte) (header, error) {
	if len(data) < 30 {
		return header{}, errShort
	}
	hd, perPixel := header{still: data}, int64(16)
	kind, canvas := string(data[12:16]), data[24:30]
	if kind == "VP8 " {
		perPixel = 3
	}
	for at := int64(12); kind == "VP8X" && at+8 <= int64(len(data)); {
		n, body := int64(binary.LittleEndian.Uint32(data[at+4:])), data[at+8:]
		if n > int64(len(body)) {
			return header{}, errShort
		}
		switch name := string(data[at : at+4]); {
		case name == "ICCP":
			hd.icc = body[:n]
		case name == "ANMF" && n >= 16:
			if hd.frames++; hd.frames == 1 {
				hd.origin, hd.still = image.Pt(2*uint24(body), 2*uint24(body[3:])), webpStill(body[6:12], body[16:n])
			}
		}
		at += 8 + n + n&1
	}
	cfg, err := webp.DecodeConfig(bytes.NewReader(hd.still))
	if err != nil {
		return header{}, err
	}
	hd.width, hd.height = cfg.Width, cfg.Height
	if hd.frames > 0 {
		hd.width, hd.height = uint24(canvas)+1, uint24(canvas[3:])+1
		if !image.Rect(0, 0, cfg.Width, cfg.Height).Add(hd.origin).In(image.Rect(0, 0, hd.width, hd.height)) {
			return header{}, errors.New("webp: a frame outside the canvas")
		}
	}
	hd.memory = perPixel * hd.pixels()
	return hd, nil
}

func uint24(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }

// webpStill makes a file of a frame's chunks; size is its width and height, less one, in three bytes each.
func webpStill(size, chunks []byte) []byte {
	const withAlpha = 1 << 4
	flags := byte(0)
	if bytes.HasPrefix(chunks, []byte("ALPH")) {
		flags = withAlpha
	}
	out := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(22+len(chunks)))
	out = append(out, "WEBPVP8X\x0a\x00\x00\x00"...)
	out = append(append(out, flags, 0, 0, 0), size...)
	return append(out, chunks...)
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
