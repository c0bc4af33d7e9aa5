package pipeline

import (
	"encoding/binary"
	"image"
	"image/color"
	"math"
	"slices"
)

// PerceptualHash gives the DCT hash of an upright picture: 64 bits, of which few differ between copies of the
// same picture that were scaled, recompressed or made lighter, and about half between different pictures.
// Source: C. Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010, 3.2.1: the picture's
// luminance at 32 x 32, its DCT, the 8 x 8 lowest frequencies without the first row and column, each
// compared with their median. An even picture has the hash 0. The luminance of a JPEG is taken as it is stored. What was
// erased is known again by it: it must stay as it is as long as there are vaults.
func PerceptualHash(img image.Image) uint64 {
	const low = 8
	grid := lumaGrid(img)
	var basis [low][gridSide]float64 // rows 1 to 8 of the DCT-II matrix
	for u := range basis {
		for x := range basis[u] {
			basis[u][x] = math.Sqrt(2.0/gridSide) * math.Cos(float64(2*x+1)*float64(u+1)*math.Pi/(2*gridSide))
		}
	}
	var rows [low][gridSide]float64
	for v := range rows {
		for x := range gridSide {
			for y := range gridSide {
				rows[v][x] += basis[v][y] * grid[y][x]
			}
		}
	}
	coefs := make([]float64, 0, low*low)
	for v := range low {
		for u := range low {
			var c float64
			for x := range gridSide {
				c += basis[u][x] * rows[v][x]
			}
			if math.Abs(c) < 1e-6 { // rounding noise would make bits of nothing
				c = 0
			}
			coefs = append(coefs, c)
		}
	}
	sorted := slices.Sorted(slices.Values(coefs))
	median := (sorted[len(sorted)/2-1] + sorted[len(sorted)/2]) / 2
	var hash uint64
	for i, c := range coefs {
		if c > median {
			hash |= 1 << i
		}
	}
	return hash
}

// gridSide is the side of the grid of luminances that is hashed.
const gridSide = 32

// lumaGrid averages the luminance over the cells of a grid.
func lumaGrid(img image.Image) (grid [gridSide][gridSide]float64) {
	r := img.Bounds()
	w, h := r.Dx(), r.Dy()
	buf := make([]byte, w)
	for gy := range gridSide {
		y0, y1 := cell(gy, h)
		var sums [gridSide]uint64
		for y := y0; y < y1; y++ {
			row := lumaRow(img, y, buf)
			for gx := range gridSide {
				x0, x1 := cell(gx, w)
				sums[gx] += byteSum(row[x0:x1])
			}
		}
		for gx := range gridSide {
			x0, x1 := cell(gx, w)
			grid[gy][gx] = float64(sums[gx]) / float64((x1-x0)*(y1-y0))
		}
	}
	return grid
}

// byteSum adds up bytes, eight at a time: four in each of two words of 16-bit lanes, which 128 steps can't overflow.
func byteSum(b []byte) (sum uint64) {
	const lanes = 0x00FF00FF00FF00FF
	for len(b) >= 8 {
		n := min(len(b)/8, 128)
		var pairs uint64
		for range n {
			v := binary.LittleEndian.Uint64(b)
			pairs += v&lanes + v>>8&lanes
			b = b[8:]
		}
		sum += pairs&0xFFFF + pairs>>16&0xFFFF + pairs>>32&0xFFFF + pairs>>48
	}
	for _, v := range b {
		sum += uint64(v)
	}
	return sum
}

// cell gives the pixels that the i-th cell spans, at least one, of a side of n.
func cell(i, n int) (from, to int) {
	from = i * n / gridSide
	return from, max(from+1, (i+1)*n/gridSide)
}

// lumaRow gives the luminances of the y-th row, in buf or in the picture itself.
func lumaRow(img image.Image, y int, buf []byte) []byte {
	switch m := img.(type) {
	case *image.YCbCr:
		return m.Y[y*m.YStride:][:len(buf)]
	case *image.Gray:
		return m.Pix[y*m.Stride:][:len(buf)]
	case *image.RGBA:
		px := m.Pix[y*m.Stride:]
		for x := range buf {
			// Weights of ITU-R BT.601, as in JPEG, in 1/65536.
			buf[x] = uint8((19595*uint32(px[4*x]) + 38470*uint32(px[4*x+1]) + 7471*uint32(px[4*x+2]) + 1<<15) >> 16)
		}
		return buf
	}
	r := img.Bounds()
	for x := range buf {
		buf[x] = color.GrayModel.Convert(img.At(r.Min.X+x, r.Min.Y+y)).(color.Gray).Y
	}
	return buf
}
