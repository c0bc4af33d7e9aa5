package face

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math"
)

const (
	// DefaultCanvas is the number of pixels that the fast detector looks at, at most.
	DefaultCanvas = 4_200_000
	// maxFactor is how much a picture is enlarged at most by the fast detector. On group photos 1.75
	// finds 82 % of the faces, 2 finds 85 %, 2.25 finds 86 % for a fifth more time.
	maxFactor = 2.0
	// maxSide is the longest side of a canvas: what a JPEG can hold.
	maxSide = 65_500
	// canvasQuality is the JPEG quality between parent and worker. At 92 and 100 ranks differ by chance only; 100 costs a tenth
	// more in the parent.
	canvasQuality = 97
)

// canvas is a picture brought to the working size: luma at full and chroma at half
// resolution, as the JPEG to the worker has them.
type canvas struct {
	w, h      int
	y, cb, cr plane
	quarters  int // clockwise quarter turns from upright
}

// canvasSize scales w x h by at most factor, to at most pixels.
func canvasSize(w, h, pixels int, factor float64) (cw, ch int) {
	f := min(factor, math.Sqrt(float64(pixels)/(float64(w)*float64(h))))
	f = min(f, maxSide/float64(max(w, h)))
	return max(1, int(math.Round(float64(w)*f))), max(1, int(math.Round(float64(h)*f)))
}

// newCanvas scales a picture to cw x ch.
func newCanvas(img image.Image, cw, ch int) canvas {
	y, cb, cr := planes(img)
	c := canvas{w: cw, h: ch, y: y.scale(cw, ch)}
	hw, hh := (cw+1)/2, (ch+1)/2
	if cb.w == 0 { // grey
		c.cb, c.cr = neutral(hw, hh), neutral(hw, hh)
		return c
	}
	c.cb, c.cr = cb.scale(hw, hh), cr.scale(hw, hh)
	return c
}

// neutral is the chroma of a grey picture: dlib is given three components always.
func neutral(w, h int) plane {
	p := newPlane(w, h)
	for i := range p.pix {
		p.pix[i] = 128
	}
	return p
}

// turned gives the canvas turned clockwise by quarters from upright.
func (c canvas) turned(quarters int) canvas {
	y := c.y.turned(quarters)
	return canvas{w: y.w, h: y.h, y: y, cb: c.cb.turned(quarters), cr: c.cr.turned(quarters), quarters: quarters}
}

// encode writes the canvas as JPEG into buf, replacing what it held.
func (c canvas) encode(buf *bytes.Buffer) error {
	buf.Reset()
	img := &image.YCbCr{
		Y: c.y.pix, Cb: c.cb.pix, Cr: c.cr.pix,
		YStride: c.y.stride, CStride: c.cb.stride,
		SubsampleRatio: image.YCbCrSubsampleRatio420,
		Rect:           image.Rect(0, 0, c.w, c.h),
	}
	return jpeg.Encode(buf, img, &jpeg.Options{Quality: canvasQuality})
}

// upright maps a point of the canvas, whose edges are 0 and w or h, to the unturned canvas
// as shares of its width and height.
func (c canvas) upright(x, y float64) (u, v float64) {
	u, v = x/float64(c.w), y/float64(c.h)
	switch c.quarters {
	case 1:
		return v, 1 - u
	case 2:
		return 1 - u, 1 - v
	case 3:
		return 1 - v, u
	}
	return u, v
}

// planes gives a picture's channels, without a copy where it has them; cb and cr are empty for a grey picture.
func planes(img image.Image) (y, cb, cr plane) {
	b := img.Bounds()
	switch m := img.(type) {
	case *image.YCbCr:
		y = plane{pix: m.Y[m.YOffset(b.Min.X, b.Min.Y):], stride: m.YStride, w: b.Dx(), h: b.Dy()}
		first, last := m.COffset(b.Min.X, b.Min.Y), m.COffset(b.Max.X-1, b.Max.Y-1)
		h := (last-first)/m.CStride + 1
		w := last - first - (h-1)*m.CStride + 1
		return y, plane{m.Cb[first:], m.CStride, w, h}, plane{m.Cr[first:], m.CStride, w, h}
	case *image.Gray:
		return plane{pix: m.Pix[m.PixOffset(b.Min.X, b.Min.Y):], stride: m.Stride, w: b.Dx(), h: b.Dy()}, plane{}, plane{}
	}
	return planesOfColours(img)
}

// planesOfColours converts a picture of any other type. What is transparent is shown
// on white, as browsers do.
func planesOfColours(img image.Image) (y, cb, cr plane) {
	b := img.Bounds()
	y, cb, cr = newPlane(b.Dx(), b.Dy()), newPlane(b.Dx(), b.Dy()), newPlane(b.Dx(), b.Dy())
	rgba, fast := img.(*image.RGBA)
	fast = fast && rgba.Opaque()
	for py := range y.h {
		ys, cbs, crs := y.row(py), cb.row(py), cr.row(py)
		if fast {
			colours := rgba.Pix[rgba.PixOffset(b.Min.X, b.Min.Y+py):]
			for px := range ys {
				c := colours[4*px:][:3:3]
				ys[px], cbs[px], crs[px] = color.RGBToYCbCr(c[0], c[1], c[2])
			}
			continue
		}
		for px := range ys {
			ys[px], cbs[px], crs[px] = color.RGBToYCbCr(onWhite(img.At(b.Min.X+px, b.Min.Y+py)))
		}
	}
	return y, cb, cr
}

// onWhite lays a colour, whose components are already multiplied by its alpha, on white.
func onWhite(c color.Color) (r, g, b uint8) {
	r32, g32, b32, a := c.RGBA()
	white := 0xffff - a
	return uint8((r32 + white) >> 8), uint8((g32 + white) >> 8), uint8((b32 + white) >> 8)
}
