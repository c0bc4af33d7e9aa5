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

// shifts is a table of how far the colours of JPEG and HEIC move, for a grid of 65 levels each way whose cells are worked
// out when they are first met. Shifts change slowly: the nearest cell will do. Lumas of one chroma lie together.
type shifts struct {
	*profile
	cells [shiftSide * shiftSide][shiftSide]uint32 // three shifts of ten bits, 512 being none; 0: not known yet
}

const shiftSide = 65

// apply works on the planes: every luma is moved for itself, a chroma by the first of the lumas that it colours.
func (s *shifts) apply(m *image.YCbCr) {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	cw, ch := chromaSize(m.SubsampleRatio, w, h)
	across, down := ceilDiv(w, cw), ceilDiv(h, ch)
	firsts := make([]uint32, cw)
	for cy := range ch {
		blues, reds := m.Cb[cy*m.CStride:][:cw], m.Cr[cy*m.CStride:][:cw]
		for y := min(h, (cy+1)*down) - 1; y >= cy*down; y-- {
			lumas := m.Y[y*m.YStride:][:w]
			for cx, cb := range blues {
				column := &s.cells[(int(cb)+2)>>2*shiftSide+(int(reds[cx])+2)>>2]
				for x := min(w, (cx+1)*across) - 1; x >= cx*across; x-- {
					v := lumas[x]
					cell := column[(v>>1+1)>>1]
					if cell == 0 {
						cell = s.work(v, cb, reds[cx])
						column[(v>>1+1)>>1] = cell
					}
					lumas[x], firsts[cx] = moved(v, cell), cell
				}
			}
		}
		for cx, v := range firsts {
			blues[cx], reds[cx] = moved(blues[cx], v>>10), moved(reds[cx], v>>20)
		}
	}
}

// work finds the shifts of the middle of a colour's cell.
func (s *shifts) work(luma, cb, cr uint8) uint32 {
	middle := func(v uint8) uint8 { return uint8(min(255, (int(v)+2)&^3)) }
	r, g, b := color.YCbCrToRGB(middle(luma), middle(cb), middle(cr))
	y1, cb1, cr1 := color.RGBToYCbCr(r, g, b) // of a colour that there is
	y2, cb2, cr2 := color.RGBToYCbCr(s.convert(r, g, b))
	shift := func(from, to uint8) uint32 { return uint32(512 + int(to) - int(from)) }
	return shift(y1, y2) | shift(cb1, cb2)<<10 | shift(cr1, cr2)<<20
}

// moved adds a shift to a level.
func moved(v uint8, shift uint32) uint8 { return uint8(max(0, min(255, int(v)+int(shift&1023)-512))) }
