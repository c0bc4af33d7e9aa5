package photo

import "image"

// orientation is EXIF tag 0x0112 (CIPA DC-008, 4.6.4): how stored pixels have to be turned and mirrored
// to stand upright. What is not between 1 and 8 counts as 1.
type orientation int

const (
	upright     orientation = 1
	mirrored    orientation = 2
	halfTurn    orientation = 3
	flipped     orientation = 4 // upside down and mirrored
	transposed  orientation = 5
	turnRight   orientation = 6 // a quarter turn clockwise makes it upright
	transversed orientation = 7
	turnLeft    orientation = 8
)

// sideways reports whether uprighting swaps width and height.
func (o orientation) sideways() bool { return o >= transposed && o <= turnLeft }

// changes reports whether o asks for a change at all.
func (o orientation) changes() bool { return o >= mirrored && o <= turnLeft }

// turn gives the image upright. It takes what working gives.
func turn(img image.Image, o orientation) image.Image {
	if !o.changes() {
		return img
	}
	switch m := img.(type) {
	case *image.YCbCr:
		return turnYCbCr(m, o)
	case *image.Gray:
		w, h := m.Rect.Dx(), m.Rect.Dy()
		pix, stride := turnPlane(m.Pix, m.Stride, w, h, 1, o)
		return &image.Gray{Pix: pix, Stride: stride, Rect: turnedRect(w, h, o)}
	case *image.RGBA:
		w, h := m.Rect.Dx(), m.Rect.Dy()
		pix, stride := turnPlane(m.Pix, m.Stride, w, h, 4, o)
		return &image.RGBA{Pix: pix, Stride: stride, Rect: turnedRect(w, h, o)}
	}
	return turn(boxRGBA(img, img.Bounds(), 1), o)
}

// turnYCbCr turns the three planes. Where the chroma is coarser one way than the other, the ratio turns too;
// two rare ratios have no turned counterpart and are converted.
func turnYCbCr(m *image.YCbCr, o orientation) image.Image {
	ratio := m.SubsampleRatio
	if o.sideways() {
		switch ratio {
		case image.YCbCrSubsampleRatio422:
			ratio = image.YCbCrSubsampleRatio440
		case image.YCbCrSubsampleRatio440:
			ratio = image.YCbCrSubsampleRatio422
		case image.YCbCrSubsampleRatio411, image.YCbCrSubsampleRatio410:
			return turn(boxRGBA(m, m.Rect, 1), o)
		}
	}
	w, h := m.Rect.Dx(), m.Rect.Dy()
	cw, ch := chromaSize(m.SubsampleRatio, w, h)
	out := &image.YCbCr{SubsampleRatio: ratio, Rect: turnedRect(w, h, o)}
	out.Y, out.YStride = turnPlane(m.Y, m.YStride, w, h, 1, o)
	out.Cb, out.CStride = turnPlane(m.Cb, m.CStride, cw, ch, 1, o)
	out.Cr, _ = turnPlane(m.Cr, m.CStride, cw, ch, 1, o)
	return out
}

func turnedRect(w, h int, o orientation) image.Rectangle {
	if o.sideways() {
		w, h = h, w
	}
	return image.Rect(0, 0, w, h)
}

// turnPlane copies a plane of w x h pixels of n bytes so that it stands upright. The source of
// the pixel x,y lies at base + x*dx + y*dy.
func turnPlane(src []byte, stride, w, h, n int, o orientation) (dst []byte, dstStride int) {
	right, bottom := (w-1)*n, (h-1)*stride
	var base, dx, dy int
	switch o {
	case mirrored:
		base, dx, dy = right, -n, stride
	case halfTurn:
		base, dx, dy = right+bottom, -n, -stride
	case flipped:
		base, dx, dy = bottom, n, -stride
	case transposed:
		base, dx, dy = 0, stride, n
	case turnRight:
		base, dx, dy = bottom, -stride, n
	case transversed:
		base, dx, dy = right+bottom, -stride, -n
	case turnLeft:
		base, dx, dy = right, stride, -n
	default:
		base, dx, dy = 0, n, stride
	}
	r := turnedRect(w, h, o)
	dst = make([]byte, r.Dx()*r.Dy()*n)
	i := 0
	for y := range r.Dy() {
		from := base + y*dy
		for range r.Dx() {
			for b := range n {
				dst[i+b] = src[from+b]
			}
			i, from = i+n, from+dx
		}
	}
	return dst, r.Dx() * n
}
