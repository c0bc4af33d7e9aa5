package photo

import (
	"encoding/binary"
	"math"
)

// maxProfile bounds the bytes of a colour profile that are unpacked. The largest in use, for printing, have 3 MB.
const maxProfile = 4 << 20

// profile is a colour profile of the kinds that cameras, phones and editors write (ICC.1:2022, annex F): a curve for each
// of red, green and blue, and a matrix; or one curve for grey, kept as three.
type profile struct {
	grey   bool
	linear [3][256]float64 // light of each level, 0 to 1
	matrix [3][3]float64   // from linear light to that of sRGB
	encode [4096]uint8     // level in sRGB of linear light
}

// readICC reads a profile, version 2 or 4. It gives nil for what needs no conversion or can have none: nothing there,
// sRGB, profiles made of tables or for printing, and what is damaged. No number in it sizes anything.
func readICC(data []byte) *profile {
	const header = 128
	if len(data) < header+4 || len(data) > maxProfile || string(data[36:40]) != "acsp" || string(data[20:24]) != "XYZ " {
		return nil
	}
	tags := map[string][]byte{}
	for at, n := header+4, min(100, binary.BigEndian.Uint32(data[header:])); n > 0 && at+12 <= len(data); at, n = at+12, n-1 {
		from, size := uint64(binary.BigEndian.Uint32(data[at+4:])), uint64(binary.BigEndian.Uint32(data[at+8:]))
		if from+size <= uint64(len(data)) {
			tags[string(data[at:at+4])] = data[from : from+size]
		}
	}
	p, sound := &profile{}, false
	switch string(data[16:20]) {
	case "GRAY":
		p.linear[0], sound = curve(tags["kTRC"])
		p.grey, p.linear[1], p.linear[2] = true, p.linear[0], p.linear[0]
		p.matrix = [3][3]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}
	case "RGB ":
		sound = p.readColours(tags)
	}
	for i := range p.encode {
		v := float64(i) / float64(len(p.encode)-1)
		if v <= .0031308 { // IEC 61966-2-1
			v *= 12.92
		} else {
			v = 1.055*math.Pow(v, 1/2.4) - .055
		}
		p.encode[i] = uint8(255*v + .5)
	}
	if !sound || p.changesNothing() {
		return nil
	}
	return p
}

// readColours reads curves and matrix of an RGB profile. The matrix gives XYZ under D50, on which all profiles agree:
// one whose white is another is not believed.
func (p *profile) readColours(tags map[string][]byte) bool {
	// From XYZ under D50 to linear sRGB: the inverse of IEC 61966-2-1's primaries, adapted from D65 as Bradford does.
	fromXYZ := [3][3]float64{{3.1338561, -1.6168667, -.4906146}, {-.9787684, 1.9161415, .0334540}, {.0719453, -.2289914, 1.4052427}}
	white := [3]float64{-.9642, -1, -.8249} // less D50
	for i, colour := range [...]string{"r", "g", "b"} {
		xyz, ok := tags[colour+"XYZ"], false
		if p.linear[i], ok = curve(tags[colour+"TRC"]); !ok || len(xyz) < 20 || string(xyz[:4]) != "XYZ " {
			return false
		}
		for k := range white {
			v := fixed(xyz[8+4*k:])
			white[k] += v
			for row := range p.matrix {
				p.matrix[row][i] += fromXYZ[row][k] * v
			}
		}
	}
	return max(math.Abs(white[0]), math.Abs(white[1]), math.Abs(white[2])) < .05
}

// fixed reads an s15Fixed16Number.
func fixed(b []byte) float64 { return float64(int32(binary.BigEndian.Uint32(b))) / 65536 }

// curve reads a curveType or parametricCurveType (ICC.1:2022, 10.6 and 10.18) as the light of the 256 levels.
func curve(tag []byte) (light [256]float64, ok bool) {
	if len(tag) < 12 {
		return light, false
	}
	table, n := tag[12:], int64(binary.BigEndian.Uint32(tag[8:]))
	at := func(x float64) float64 { return x }
	switch kind := string(tag[:4]); {
	case kind == "para":
		at = parametric(int(n>>16), table)
	case kind != "curv" || 2*n > int64(len(table)):
		return light, false
	case n == 1:
		gamma := float64(binary.BigEndian.Uint16(table)) / 256
		at = func(x float64) float64 { return math.Pow(x, gamma) }
	case n > 1:
		at = func(x float64) float64 {
			low := min(int64(x*float64(n-1)), n-2)
			a, b := float64(binary.BigEndian.Uint16(table[2*low:])), float64(binary.BigEndian.Uint16(table[2*low+2:]))
			return (a + (b-a)*(x*float64(n-1)-float64(low))) / math.MaxUint16
		}
	}
	for i := range light {
		v := at(float64(i) / 255)
		if math.IsNaN(v) {
			return light, false
		}
		light[i] = max(0, min(1, v))
	}
	return light, true
}

// parametric gives one of the five parametric curves, (ax+b)^g + e from d on, cx + f below; of what is none, no number.
func parametric(kind int, table []byte) func(float64) float64 {
	counts := [...]int{1, 3, 4, 5, 7}
	if kind < 0 || kind >= len(counts) || len(table) < 4*counts[kind] {
		return func(float64) float64 { return math.NaN() }
	}
	v := [7]float64{1, 1}
	for i := range counts[kind] {
		v[i] = fixed(table[4*i:])
	}
	g, a, b, c, d, e, f := v[0], v[1], v[2], v[3], v[4], v[5], v[6]
	if kind == 1 || kind == 2 {
		c, d, e, f = 0, -b/a, c, c
	}
	return func(x float64) float64 {
		if x >= d {
			return math.Pow(a*x+b, g) + e
		}
		return c*x + f
	}
}

// convert gives a colour of the profile in sRGB; colours that sRGB lacks become the nearest along each axis.
func (p *profile) convert(r, g, b uint8) (sr, sg, sb uint8) {
	level := func(row *[3]float64) uint8 {
		v := row[0]*p.linear[0][r] + row[1]*p.linear[1][g] + row[2]*p.linear[2][b]
		return p.encode[int(max(0, min(1, v))*float64(len(p.encode)-1)+.5)]
	}
	return level(&p.matrix[0]), level(&p.matrix[1]), level(&p.matrix[2])
}

// changesNothing reports whether no colour moves by more than two levels: sRGB, in the many ways it is written.
func (p *profile) changesNothing() bool {
	near := func(a, b uint8) bool { return max(a, b)-min(a, b) <= 2 }
	for n := range 16 * 16 * 16 {
		r, g, b := uint8(n>>8*17), uint8(n>>4&15*17), uint8(n&15*17)
		if p.grey && (r != g || g != b) {
			continue
		}
		if r2, g2, b2 := p.convert(r, g, b); !near(r, r2) || !near(g, g2) || !near(b, b2) {
			return false
		}
	}
	return true
}
