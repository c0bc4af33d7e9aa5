package photo

import (
	"image"
	"image/color"
)

// apply brings an image of the profile's colours to sRGB, in place. It takes what working gives.
func (p *profile) apply(img image.Image) {
	switch m := img.(type) {
	case *image.Gray:
		for i, v := range m.Pix {
			if p.grey {
				m.Pix[i], _, _ = p.convert(v, v, v)
			}
		}
	case *image.RGBA:
		for px := m.Pix; len(px) >= 4; px = px[4:] {
			px[0], px[1], px[2] = p.convert(px[0], px[1], px[2])
		}
	case *image.YCbCr:
		if !p.grey {
			(&shifts{profile: p}).apply(m)
		}
	}
}

// apply works on the planes: every luma is moved for itself, a chroma by the mean luma of the pixels it colours.
func (s *shifts) apply(m *image.YCbCr) {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	cw, ch := chromaSize(m.SubsampleRatio, w, h)
	across, down := ceilDiv(w, cw), ceilDiv(h, ch)
	for cy := range ch {
		for cx := range cw {
			cb, cr := &m.Cb[cy*m.CStride+cx], &m.Cr[cy*m.CStride+cx]
			sum, n := 0, 0
			for y := cy * down; y < min(h, (cy+1)*down); y++ {
				row := m.Y[y*m.YStride:]
				for x := cx * across; x < min(w, (cx+1)*across); x++ {
					sum, n = sum+int(row[x]), n+1
					row[x] = moved(row[x], s.at(row[x], *cb, *cr))
				}
			}
			v := s.at(uint8(sum/max(1, n)), *cb, *cr)
			*cb, *cr = moved(*cb, v>>10), moved(*cr, v>>20)
		}
	}
}

// shifts is a table of how far the colours of JPEG and HEIC move, for a grid of 65 levels each way whose cells are worked
// out when they are first met: a photo meets few. The shifts are small and change slowly, so that the nearest
// cell is good enough, at a fifth of the time.
type shifts struct {
	*profile
	cells [shiftSide * shiftSide * shiftSide]uint32 // three shifts of ten bits, 512 being none; 0: not known yet
}

const shiftSide = 65

// at gives the shifts of the cell nearest to a colour.
func (s *shifts) at(a, b, c uint8) uint32 {
	a1, b1, c1 := (int(a)+2)>>2, (int(b)+2)>>2, (int(c)+2)>>2
	cell := &s.cells[(a1*shiftSide+b1)*shiftSide+c1]
	if *cell == 0 {
		middle := func(n int) uint8 { return uint8(min(255, 4*n)) }
		r, g, b := color.YCbCrToRGB(middle(a1), middle(b1), middle(c1))
		a2, b2, c2 := color.RGBToYCbCr(r, g, b) // of a colour that there is
		a3, b3, c3 := color.RGBToYCbCr(s.convert(r, g, b))
		shift := func(from, to uint8) uint32 { return uint32(512 + int(to) - int(from)) }
		*cell = shift(a2, a3) | shift(b2, b3)<<10 | shift(c2, c3)<<20
	}
	return *cell
}

// moved adds a shift to a level.
func moved(v uint8, shift uint32) uint8 { return uint8(max(0, min(255, int(v)+int(shift&1023)-512))) }
