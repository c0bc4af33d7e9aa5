package photo

import (
	"bytes"
	"errors"
	"image"
	"io"
	"slices"

	"github.com/gen2brain/avif"
	"github.com/gen2brain/heic"
)

// decodeHEIC decodes a HEIC picture. The decoder turns and mirrors it as the container says, so the EXIF
// orientation must not be applied again (ISO/IEC 23008-12, 6.5.10).
//
// Where a libheif with its development link is installed, the library would load it into this process, and
// hostile bytes would meet memory-unsafe code. That is refused; the build tag "nodynamic" keeps to WebAssembly.
func decodeHEIC(r io.Reader) (image.Image, error) {
	if heic.Dynamic() == nil {
		return nil, unsupported("HEIC can't be read safely by this build", errors.New("libheif is loaded; build with -tags nodynamic"))
	}
	img, err := heic.Decode(r)
	if err != nil {
		return nil, err
	}
	return detach(img)
}

// decodeAVIF decodes the still of an AVIF file, not turned. The library (gen2brain/avif 0.4.4) takes the track of a sequence
// rather than its still, and reports no error where AV1 data is damaged, but gives what was in memory: so the file is said
// to be a still, and the picture must be opaque, or have lasted the one second that libavif gives every still.
func decodeAVIF(r io.Reader, alpha bool) (image.Image, error) {
	if avif.Dynamic() == nil {
		return nil, unsupported("AVIF can't be read safely by this build", errors.New("libavif is loaded; build with -tags nodynamic"))
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	copy(data[8:12], "avif") // heifHeader found an ftyp box of at least this size
	all, err := avif.DecodeAll(bytes.NewReader(data))
	switch {
	case err != nil:
		return nil, err
	case len(all.Image) != 1 || len(all.Delay) != 1 || all.Delay[0] != 1:
		return nil, errors.New("avif: no still")
	}
	if img, ok := all.Image[0].(interface{ Opaque() bool }); !ok || !alpha && !img.Opaque() {
		return nil, errors.New("avif: the still can't be decoded")
	}
	return detach(all.Image[0])
}

// detach copies the pixels out of the decoder's memory, which they would else keep alive as a whole.
func detach(img image.Image) (image.Image, error) {
	switch m := img.(type) {
	case *image.YCbCr:
		c := *m
		c.Y, c.Cb, c.Cr = slices.Clone(m.Y), slices.Clone(m.Cb), slices.Clone(m.Cr)
		return &c, nil
	case *image.Gray:
		return &image.Gray{Pix: slices.Clone(m.Pix), Stride: m.Stride, Rect: m.Rect}, nil
	case *image.RGBA:
		return &image.RGBA{Pix: slices.Clone(m.Pix), Stride: m.Stride, Rect: m.Rect}, nil
	case *image.NRGBA:
		return &image.NRGBA{Pix: slices.Clone(m.Pix), Stride: m.Stride, Rect: m.Rect}, nil
	case *image.RGBA64:
		return m, nil // has been copied for its byte order
	}
	return nil, errors.New("heic: unknown kind of image")
}
