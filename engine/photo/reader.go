package photo

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"runtime/debug"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
	"golang.org/x/sync/semaphore"

	"gabarit/engine"
	"gabarit/engine/formats"
)

const (
	opDecode   = "photo.Decode"
	msgFeature = formats.MsgPictureFeature
	// largeDecode is the need of memory from which it is given back at once, see Reader.Decode.
	largeDecode = 128_000_000
)

// Reader implements engine.Photographer. Safe for concurrent use.
type Reader struct {
	limits Limits
	memory *semaphore.Weighted
}

var _ engine.Photographer = (*Reader)(nil)

// New gives a reader with these limits; a limit that is not positive takes its default.
func New(l Limits) *Reader {
	l = l.filled()
	return &Reader{limits: l, memory: semaphore.NewWeighted(l.MaxDecodeBytes)}
}

// MaxBytes is the largest file Decode takes.
func (r *Reader) MaxBytes() int64 { return r.limits.MaxBytes }

// Decode reads one photo by its content; of a file that holds several pictures the first, or the main one. The picture is
// upright, in sRGB, opaque (transparent parts are white, as on a page) and of at most MaxWorkingPixels; its Image is
// an *image.YCbCr, *image.Gray or *image.RGBA whose bounds start at 0,0. A picture that is cut off is an error, never
// half a picture.
//
// Decode waits while other decodes use up the memory of Limits.MaxDecodeBytes. It ends early with ctx, except
// inside the decoders of HEIC and AVIF. Errors: CodeUnsupported, CodeCorrupt, CodeLimit, CodeCanceled.
func (r *Reader) Decode(ctx context.Context, data []byte) (*engine.Picture, error) {
	if err := r.limits.checkBytes(int64(len(data))); err != nil {
		return nil, err
	}
	f, err := sniff(data)
	if err != nil {
		return nil, err
	}
	h, err := readHeader(f, data)
	if err != nil {
		return nil, translate(ctx, err)
	}
	if err := r.limits.checkHeader(h); err != nil {
		return nil, err
	}
	if err := r.memory.Acquire(ctx, h.need()); err != nil {
		return nil, translate(ctx, err)
	}
	defer r.memory.Release(h.need())
	if h.need() >= largeDecode {
		// Else the collector would let the next large decode pile up on the garbage of this one.
		defer debug.FreeOSMemory()
	}
	return r.read(ctx, h, data)
}

// read decodes a photo that passed the limits.
func (r *Reader) read(ctx context.Context, h header, data []byte) (*engine.Picture, error) {
	still := data
	if h.still != nil {
		still = h.still
	}
	img, err := decode(h, &ctxReader{Reader: bytes.NewReader(still), ctx: ctx})
	if err != nil {
		return nil, translate(ctx, err)
	}
	canvas := img.Bounds()
	if h.format == formatGIF || h.format == formatWebP {
		canvas = image.Rect(0, 0, h.width, h.height).Sub(h.origin) // the first frame may cover a part of it only
	}
	if err := r.limits.checkSize(canvas.Dx(), canvas.Dy()); err != nil {
		return nil, err // the HEIC decoder's own word on the size is known only now
	}
	img = working(img, canvas)
	if profile := readICC(h.icc); profile != nil {
		profile.apply(img)
	}
	m := readMetadata(h, data)
	p := &engine.Picture{
		Width: canvas.Dx(), Height: canvas.Dy(), Format: string(h.format), Frames: max(1, h.frames),
		CapturedAt: m.capturedAt, Place: m.place, Title: m.title, Description: m.description,
	}
	for _, o := range append(h.turns, m.orientation) {
		img = turn(img, o)
		if o.sideways() {
			p.Width, p.Height = p.Height, p.Width
		}
	}
	p.Image = img
	if err := ctx.Err(); err != nil {
		return nil, translate(ctx, err)
	}
	p.SHA256 = sha256.Sum256(data)
	return p, nil
}

// decode runs the format's decoder.
func decode(h header, r *ctxReader) (img image.Image, err error) {
	defer guard(&err)
	return h.decode(r)
}

// guard turns a panic of a third-party decoder into its error: the bytes are hostile, and one photo must
// not take the others down.
func guard(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("the decoder panicked: %v", p)
	}
}

// translate gives a decoder's error its code.
func translate(ctx context.Context, err error) error {
	var own *engine.Error
	if errors.As(err, &own) {
		return err
	}
	if ctx.Err() != nil {
		return engine.E(engine.CodeCanceled, opDecode, "reading the photo was stopped", ctx.Err())
	}
	var (
		inJPEG jpeg.UnsupportedError
		inPNG  png.UnsupportedError
		inTIFF tiff.UnsupportedError
	)
	if errors.As(err, &inJPEG) || errors.As(err, &inPNG) || errors.As(err, &inTIFF) || errors.Is(err, bmp.ErrUnsupported) {
		return unsupported(msgFeature, err)
	}
	return corrupt(err)
}

// ctxReader ends reading when its context ends, which ends the decoder.
type ctxReader struct {
	*bytes.Reader
	ctx context.Context
}

var _ io.ReaderAt = (*ctxReader)(nil)

// Read implements io.Reader.
func (r *ctxReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}

// ReadAt implements io.ReaderAt, which the TIFF decoder asks for.
func (r *ctxReader) ReadAt(p []byte, off int64) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.ReadAt(p, off)
}
