package photo

import (
	"cmp"
	"fmt"

	"gabarit/engine"
)

// Limits bound what Reader.Decode takes. All are checked before decoding.
type Limits struct {
	MaxBytes  int64 // size of the file
	MaxPixels int64 // width times height
	// MaxDecodeBytes bounds the memory that decoding is expected to need, over all
	// decodes that run at once. A photo that needs more on its own is refused;
	// others wait for their turn. The bytes of the file itself are the caller's.
	MaxDecodeBytes int64
}

// Limits that are not configurable.
const (
	// MinSide is the shortest side a photo may have, in pixels. The smallest face that
	// the detector finds takes twice as many, so what is smaller is a spacer or a tracking pixel.
	MinSide = 16
	// MaxSide is the longest side, in pixels: what JPEG can express.
	MaxSide = 65_535
	// MaxWorkingPixels is the largest area of Picture.Image. A 12-megapixel phone photo passes untouched.
	MaxWorkingPixels = 16_000_000
	// maxScans bounds the scans of one JPEG, each of which may touch every pixel again
	// (a progressive photo has about ten). See "Two Issues with the JPEG Standard", libjpeg-turbo.org.
	maxScans = 100
)

// DefaultLimits gives the limits of the program: files of 200 MB, 120 megapixels, and 700 MB of memory
// while decoding, which leaves the rest of the program as much again under its 1.5 GB. That memory is
// enough for baseline JPEG and GIF of 120 megapixels, 8-bit PNG and lossy WebP of as many, progressive JPEG of 85,
// 16-bit PNG of 70, HEIC of 26 from a phone (in tiles) and of 15 in one piece, AVIF of 8.
func DefaultLimits() Limits {
	return Limits{MaxBytes: 200_000_000, MaxPixels: 120_000_000, MaxDecodeBytes: 700_000_000}
}

// filled gives l with the default for every limit that is not positive.
func (l Limits) filled() Limits {
	d, or := DefaultLimits(), func(n, otherwise int64) int64 { return cmp.Or(max(n, 0), otherwise) }
	return Limits{or(l.MaxBytes, d.MaxBytes), or(l.MaxPixels, d.MaxPixels), or(l.MaxDecodeBytes, d.MaxDecodeBytes)}
}

// checkBytes refuses empty and oversized files.
func (l Limits) checkBytes(n int64) error {
	switch {
	case n == 0:
		return engine.E(engine.CodeCorrupt, opDecode, "the file is empty", nil)
	case n > l.MaxBytes:
		return engine.E(engine.CodeLimit, opDecode, "the file is too large", fmt.Errorf("%d bytes, limit %d", n, l.MaxBytes))
	}
	return nil
}

// checkHeader refuses pictures whose size or need of memory is out of bounds.
func (l Limits) checkHeader(h header) error {
	if err := l.checkSize(h.width, h.height); err != nil {
		return err
	}
	if need := h.need(); need > l.MaxDecodeBytes {
		return engine.E(engine.CodeLimit, opDecode, "reading the picture would take too much memory",
			fmt.Errorf("%s of %d x %d pixels: about %d MB, limit %d MB", h.format, h.width, h.height, need/1e6, l.MaxDecodeBytes/1e6))
	}
	return nil
}

// checkSize refuses sizes that are out of bounds.
func (l Limits) checkSize(width, height int) error {
	size := fmt.Errorf("%d x %d pixels", width, height)
	switch {
	case width <= 0 || height <= 0:
		return engine.E(engine.CodeCorrupt, opDecode, "the picture has no pixels", size)
	case width < MinSide || height < MinSide:
		return engine.E(engine.CodeLimit, opDecode, "the picture is too small to show a face", fmt.Errorf("%w, at least %d each way", size, MinSide))
	case int64(width)*int64(height) > l.MaxPixels:
		return engine.E(engine.CodeLimit, opDecode, "the picture has too many pixels", fmt.Errorf("%w, limit %d in all", size, l.MaxPixels))
	case width > MaxSide || height > MaxSide:
		return engine.E(engine.CodeLimit, opDecode, "the picture's sides are too long", fmt.Errorf("%w, limit %d each way", size, MaxSide))
	}
	return nil
}
