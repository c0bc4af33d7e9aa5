package photo

import (
	"errors"
	"image"
	"io"
	"slices"

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

// detach copies the pixels out of the decoder's memory, which they would else keep alive as a whole.
func detach(img image.Image) (image.Image, error) {
	switch m := img.(type) {
	case *image.YCbCr:
		c := *m
		c.Y, c.Cb, c.Cr = slices.Clone(m.Y), slices.Clone(m.Cb), slices.Clone(m.Cr)
		return &c, nil
	case *image.Gray:
		c := *m
		c.Pix = slices.Clone(m.Pix)
		return &c, nil
	case *image.RGBA:
		c := *m
		c.Pix = slices.Clone(m.Pix)
		return &c, nil
	case *image.NRGBA:
		c := *m
		c.Pix = slices.Clone(m.Pix)
		return &c, nil
	}
	return nil, errors.New("heic: unknown kind of image")
}
