package face

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math"

	"gabarit/engine"
)

const (
	// detectorSide is the side in pixels of the smallest face that dlib's detectors find.
	detectorSide = 80
	// maxCanvas bounds the pixels of a canvas, whatever is asked for.
	maxCanvas = 20_000_000
	// maxSide is the longest side of a canvas.
	maxSide = 32_000
	// canvasQuality is the JPEG quality of Worked, for the reference detector.
	canvasQuality = 97
)

// smallestFace is what a detector looks for unless a Look says otherwise. The share keeps a phone photo of 12 megapixels from costing more than
// one of a megapixel: on the test photos, halving it finds one face more in a hundred at three times the cost.
func smallestFace(d engine.DetectorKind) engine.FaceSize {
	if d == engine.DetectorThorough {
		return engine.FaceSize{Pixels: 27, Share: 0.02}
	}
	return engine.FaceSize{Pixels: 40, Share: 0.039}
}

// canvas is a picture brought to the working size, which is never larger than the picture: luma at full and chroma at half
// resolution. A grey one has no chroma.
type canvas struct {
	w, h      int
	y, cb, cr plane
}

// canvasSize gives the size at which a face of the wanted size has at least detectorSide pixels once a detector has enlarged the canvas by at most
// enlarge, and the width of that face on it.
func canvasSize(w, h int, want engine.FaceSize, enlarge float64) (cw, ch int, smallest float64) {
	area := float64(w) * float64(h)
	size := max(1, float64(want.Pixels), want.Share*math.Sqrt(area))
	f := min(1, detectorSide/size)
	f = min(f, math.Sqrt(maxCanvas/area), maxSide/float64(max(w, h)))
	smallest = max(size*f, detectorSide/enlarge)
	return max(1, int(math.Round(float64(w)*f))), max(1, int(math.Round(float64(h)*f))), smallest
}

// newCanvas scales a picture to cw x ch.
func newCanvas(img image.Image, cw, ch int) canvas {
	y, cb, cr := planes(img)
	c := canvas{w: cw, h: ch, y: y.scale(cw, ch)}
	if cb.w > 0 {
		c.cb, c.cr = cb.scale((cw+1)/2, (ch+1)/2), cr.scale((cw+1)/2, (ch+1)/2)
	}
	return c
}

func (c canvas) grey() bool { return c.cb.w == 0 }

// scaled gives the canvas in another size.
func (c canvas) scaled(w, h int) canvas {
	if w == c.w && h == c.h {
		return c
	}
	out := canvas{w: w, h: h, y: c.y.scale(w, h)}
	if !c.grey() {
		out.cb, out.cr = c.cb.scale((w+1)/2, (h+1)/2), c.cr.scale((w+1)/2, (h+1)/2)
	}
	return out
}

// neutral is the chroma of a grey picture: dlib is given three components always.
func neutral(w, h int) plane {
	p := newPlane(w, h)
	for i := range p.pix {
		p.pix[i] = 128
	}
	return p
}

// part cuts the canvas at a left and top that are rounded down to even numbers, so that chroma fits.
func (c canvas) part(left, top, right, bottom int) canvas {
	left, top = left&^1, top&^1
	if left == 0 && top == 0 && right == c.w && bottom == c.h {
		return c
	}
	out := canvas{w: right - left, h: bottom - top, y: c.y.part(left, top, right, bottom)}
	if !c.grey() {
		cw, ch := (right+1)/2, (bottom+1)/2
		out.cb, out.cr = c.cb.part(left/2, top/2, cw, ch), c.cr.part(left/2, top/2, cw, ch)
	}
	return out
}

// turned gives the canvas turned clockwise by quarters.
func (c canvas) turned(quarters int) canvas {
	y := c.y.turned(quarters)
	out := canvas{w: y.w, h: y.h, y: y}
	if !c.grey() {
		out.cb, out.cr = c.cb.turned(quarters), c.cr.turned(quarters)
	}
	return out
}

// encode writes the canvas as JPEG into buf, replacing what it held.
func (c canvas) encode(buf *bytes.Buffer) error {
	buf.Reset()
	if c.grey() {
		c.cb, c.cr = neutral((c.w+1)/2, (c.h+1)/2), neutral((c.w+1)/2, (c.h+1)/2)
	}
	img := &image.YCbCr{
		Y: c.y.pix, Cb: c.cb.pix, Cr: c.cr.pix,
		YStride: c.y.stride, CStride: c.cb.stride,
		SubsampleRatio: image.YCbCrSubsampleRatio420,
		Rect:           image.Rect(0, 0, c.w, c.h),
	}
	return jpeg.Encode(buf, img, &jpeg.Options{Quality: canvasQuality})
}

func (c canvas) area() float64 { return float64(c.w) * float64(c.h) }

// all is the whole canvas as a window.
func (c canvas) all() window { return window{0, 0, float64(c.w), float64(c.h)} }

// turnPoint maps a point to this canvas after it was turned clockwise by quarters.
func (c canvas) turnPoint(quarters int, p engine.Point) engine.Point {
	across, down := c.w, c.h
	for range quarters {
		p = engine.Point{X: float64(down) - p.Y, Y: p.X}
		across, down = down, across
	}
	return p
}

// unturned maps a point of this canvas after it was turned clockwise by quarters back to it.
func (c canvas) unturned(quarters int, p engine.Point) engine.Point {
	w, h := float64(c.w), float64(c.h)
	switch quarters {
	case 1:
		return engine.Point{X: p.Y, Y: h - p.X}
	case 2:
		return engine.Point{X: w - p.X, Y: h - p.Y}
	case 3:
		return engine.Point{X: w - p.Y, Y: p.X}
	}
	return p
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
