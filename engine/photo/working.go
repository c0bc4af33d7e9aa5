package photo

import (
	"image"
	"image/draw"
	"math"
)

// working gives the canvas of a decoded image as the rest of the program sees it: opaque, from 0,0, at most
// MaxWorkingPixels, and one of *image.YCbCr, *image.Gray, *image.RGBA. An ordinary JPEG passes
// without a copy.
func working(img image.Image, canvas image.Rectangle) image.Image {
	k := wholeFactor(canvas)
	if canvas.Min == (image.Point{}) && img.Bounds() == canvas {
		switch m := img.(type) {
		case *image.YCbCr:
			return reduceYCbCr(m, k)
		case *image.Gray:
			return reduceGray(m, k)
		case *image.RGBA:
			if k == 1 && m.Opaque() {
				return m
			}
		case *image.NRGBA:
			if k == 1 && m.Opaque() { // without alpha the two layouts are the same
				return &image.RGBA{Pix: m.Pix, Stride: m.Stride, Rect: m.Rect}
			}
		}
	}
	return boxRGBA(img, canvas, k)
}

// wholeFactor is the smallest whole factor that brings r under MaxWorkingPixels.
func wholeFactor(r image.Rectangle) int {
	k := 1
	for ceilDiv(r.Dx(), k)*ceilDiv(r.Dy(), k) > MaxWorkingPixels {
		k++
	}
	return k
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }

// reduceYCbCr reduces every plane by k. The halves that chroma rounds up to stay right, because
// ceil(ceil(w/2)/k) = ceil(ceil(w/k)/2).
func reduceYCbCr(m *image.YCbCr, k int) *image.YCbCr {
	if k == 1 {
		return m
	}
	w, h := m.Rect.Dx(), m.Rect.Dy()
	out := image.NewYCbCr(image.Rect(0, 0, ceilDiv(w, k), ceilDiv(h, k)), m.SubsampleRatio)
	cw, ch := chromaSize(m.SubsampleRatio, w, h)
	reducePlane(out.Y, out.YStride, m.Y, m.YStride, w, h, k)
	reducePlane(out.Cb, out.CStride, m.Cb, m.CStride, cw, ch, k)
	reducePlane(out.Cr, out.CStride, m.Cr, m.CStride, cw, ch, k)
	return out
}

// chromaSize is the size of the chroma planes of a picture of w x h.
func chromaSize(ratio image.YCbCrSubsampleRatio, w, h int) (cw, ch int) {
	switch ratio {
	case image.YCbCrSubsampleRatio422:
		return ceilDiv(w, 2), h
	case image.YCbCrSubsampleRatio420:
		return ceilDiv(w, 2), ceilDiv(h, 2)
	case image.YCbCrSubsampleRatio440:
		return w, ceilDiv(h, 2)
	case image.YCbCrSubsampleRatio411:
		return ceilDiv(w, 4), h
	case image.YCbCrSubsampleRatio410:
		return ceilDiv(w, 4), ceilDiv(h, 2)
	}
	return w, h
}

// reduceGray reduces a grey picture by k.
func reduceGray(m *image.Gray, k int) *image.Gray {
	if k == 1 {
		return m
	}
	w, h := m.Rect.Dx(), m.Rect.Dy()
	out := image.NewGray(image.Rect(0, 0, ceilDiv(w, k), ceilDiv(h, k)))
	reducePlane(out.Pix, out.Stride, m.Pix, m.Stride, w, h, k)
	return out
}

// reducePlane averages blocks of k x k samples of a plane of w x h; blocks at the right and lower edge may be smaller.
func reducePlane(dst []byte, dstStride int, src []byte, srcStride, w, h, k int) {
	columns := make([]uint32, w)
	for y := 0; y < h; y += k {
		rows := min(k, h-y)
		clear(columns)
		for i := range rows {
			for x, v := range src[(y+i)*srcStride:][:w] {
				columns[x] += uint32(v)
			}
		}
		out := dst[y/k*dstStride:][:ceilDiv(w, k)]
		for c := range out {
			block := columns[c*k : min((c+1)*k, w)]
			var sum uint32
			for _, v := range block {
				sum += v
			}
			n := uint32(rows * len(block))
			out[c] = uint8((sum + n/2) / n)
		}
	}
}

// boxRGBA gives the part r of an image on white, reduced by the whole factor k. It converts a few rows at
// a time, so that no full-size copy exists. Parts of r outside the image are white.
func boxRGBA(img image.Image, r image.Rectangle, k int) *image.RGBA {
	dst := image.NewRGBA(image.Rect(0, 0, ceilDiv(r.Dx(), k), ceilDiv(r.Dy(), k)))
	if k == 1 {
		paint(dst, img, r.Min)
		return dst
	}
	strip := image.NewRGBA(image.Rect(0, 0, r.Dx(), min(k, r.Dy())))
	for y := range dst.Rect.Dy() {
		rows := min(k, r.Dy()-y*k)
		part := strip.SubImage(image.Rect(0, 0, r.Dx(), rows)).(*image.RGBA)
		paint(part, img, image.Pt(r.Min.X, r.Min.Y+y*k))
		averageRow(dst.Pix[y*dst.Stride:], part, k)
	}
	return dst
}

// reduceRGBA gives a whole image reduced by k. Planes are reduced before they are converted, which is quicker.
func reduceRGBA(img image.Image, k int) *image.RGBA {
	if m, ok := img.(*image.YCbCr); ok && k > 1 && m.Rect.Min == (image.Point{}) {
		small := reduceYCbCr(m, k)
		return boxRGBA(small, small.Rect, 1)
	}
	return boxRGBA(img, img.Bounds(), k)
}

// averageRow averages a strip of at most k rows into one row of pixels.
func averageRow(dst []byte, strip *image.RGBA, k int) {
	w, rows := strip.Rect.Dx(), strip.Rect.Dy()
	for x := 0; x < w; x += k {
		var r, g, b uint32
		cols := min(k, w-x)
		for y := range rows {
			px := strip.Pix[y*strip.Stride+4*x:][:4*cols]
			for ; len(px) >= 4; px = px[4:] {
				r, g, b = r+uint32(px[0]), g+uint32(px[1]), b+uint32(px[2])
			}
		}
		n := uint32(rows * cols)
		o := dst[4*(x/k):][:4]
		o[0], o[1], o[2], o[3] = uint8((r+n/2)/n), uint8((g+n/2)/n), uint8((b+n/2)/n), math.MaxUint8
	}
}

// paint fills dst with the image from at on, over white where the image is transparent or ends.
func paint(dst *image.RGBA, img image.Image, at image.Point) {
	draw.Draw(dst, dst.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(dst, dst.Rect, img, at, draw.Over)
}
