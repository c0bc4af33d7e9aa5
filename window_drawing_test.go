package main_test

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"
)

// sitter is a person who does not exist: what stays the same from one drawn picture of them to the next. Lengths are in halves of a
// face's height, colours are sRGB.
type sitter struct {
	skin, hair, iris, lips, shirt color.RGBA
	wide, jaw                     float64 // the face, the chin
	eyes, brow, nose, mouth       float64 // between the eyes; thickness; length; width
	long, bald, beard, glasses    bool
}

// pose is what differs between pictures of one sitter.
type pose struct {
	turn, tilt   float64 // to the side, as a share of the face; radians
	size         float64 // of the face, as a share of the picture's height
	at           [2]float64
	light, smile float64
	wall         color.RGBA
	seed         uint64 // of the grain
}

// canvas is a picture made of soft ellipses, in the coordinates of a face: 0,0 its middle, 1 its chin.
type canvas struct {
	img  *image.RGBA
	x, y float64 // the face's middle, pixels
	unit float64 // pixels
	cos  float64
	sin  float64
	clip func(x, y float64) bool // nil: anywhere
}

// portrait draws a sitter, side pixels wide and high.
func portrait(s sitter, p pose, side int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, side, side))
	c := &canvas{img: img, x: p.at[0] * float64(side), y: p.at[1] * float64(side), unit: p.size * float64(side) / 2, cos: math.Cos(p.tilt), sin: math.Sin(p.tilt)}
	c.wall(p)
	c.body(s)
	c.head(s, p)
	c.features(s, p)
	c.grain(p)
	return img
}

// at blends a colour into a pixel.
func (c *canvas) at(x, y int, col color.RGBA, share float64) {
	i := c.img.PixOffset(x, y)
	px := c.img.Pix[i : i+4 : i+4]
	for k, v := range [3]uint8{col.R, col.G, col.B} {
		px[k] = uint8(math.Round(float64(px[k])*(1-share) + float64(v)*share))
	}
	px[3] = 255
}

// blob is an ellipse of a colour: its middle, its two radii, how much of it covers, and how wide its edge fades, as a share of the radius.
func (c *canvas) blob(x, y, rx, ry float64, col color.RGBA, cover, soft float64) {
	cx, cy := c.x+(x*c.cos-y*c.sin)*c.unit, c.y+(x*c.sin+y*c.cos)*c.unit
	reach := max(rx, ry)*(1+soft)*c.unit + 2
	edge := max(soft, 1/(min(rx, ry)*c.unit)) // at least a pixel, so that no edge is jagged
	for py := max(0, int(cy-reach)); py < min(c.img.Rect.Dy(), int(cy+reach)+1); py++ {
		for px := max(0, int(cx-reach)); px < min(c.img.Rect.Dx(), int(cx+reach)+1); px++ {
			dx, dy := (float64(px)-cx)/c.unit, (float64(py)-cy)/c.unit
			u, v := (dx*c.cos+dy*c.sin)/rx, (dy*c.cos-dx*c.sin)/ry
			if c.clip != nil && !c.clip(x+u*rx, y+v*ry) {
				continue
			}
			if share := (1 - math.Hypot(u, v)) / edge; share > -.5 {
				t := min(1, max(0, share+.5))
				c.at(px, py, col, cover*t*t*(3-2*t))
			}
		}
	}
}

// stroke is a line of blobs along a curve y(x), thick in its middle and thin at its ends.
func (c *canvas) stroke(x0, x1 float64, y func(share float64) float64, thick float64, col color.RGBA, cover float64) {
	const steps = 40
	for i := range steps + 1 {
		t := float64(i) / steps
		r := thick * (.35 + .65*math.Sin(math.Pi*t))
		c.blob(x0+(x1-x0)*t, y(t), max(r, .006), max(r*.8, .005), col, cover, .6)
	}
}

func (c *canvas) wall(p pose) {
	b := c.img.Rect
	for y := range b.Dy() {
		for x := range b.Dx() {
			fall := 1 - .25*math.Hypot(float64(x)/float64(b.Dx())-.35, float64(y)/float64(b.Dy())-.3)
			c.at(x, y, shade(p.wall, fall), 1)
		}
	}
	r := rand.New(rand.NewPCG(p.seed, 1))
	for range 7 { // what stands behind, out of focus
		c.blob(r.Float64()*5-2.5, r.Float64()*4-2.4, .3+r.Float64()*.5, .3+r.Float64()*.7, shade(p.wall, .8+.45*r.Float64()), .5, .5)
	}
}

func (c *canvas) body(s sitter) {
	c.blob(0, 2.75, 1.75, 1.35, shade(s.shirt, .8), 1, .05)
	c.blob(-.2, 2.8, 1.4, 1.25, s.shirt, .8, .4)
	if s.long {
		c.blob(0, .35, s.wide*1.4, 1.35, shade(s.hair, .8), 1, .06)
	}
	c.blob(0, 1.05, s.wide*.62, .62, shade(s.skin, .74), 1, .08)
	c.blob(0, 1.5, s.wide*.75, .3, shade(s.skin, .86), 1, .3)
}

func (c *canvas) head(s sitter, p pose) {
	dark := shade(s.skin, .78)
	if !s.bald {
		c.blob(0, -.38, s.wide*1.13, .84, s.hair, 1, .05)
	}
	for _, side := range []float64{-1, 1} { // ears
		c.blob(side*s.wide*1.0, .02, .1, .22, dark, 1, .2)
	}
	c.blob(0, -.1, s.wide, .93, s.skin, 1, .03)
	c.blob(0, .42, s.wide*s.jaw, .6, s.skin, 1, .04)
	c.clip = func(x, y float64) bool {
		return math.Hypot(x/s.wide, (y+.1)/.93) < 1 || math.Hypot(x/(s.wide*s.jaw), (y-.42)/.6) < 1
	}
	for _, side := range []float64{-1, 1} {
		c.blob(side*s.wide*.86, .2, s.wide*.22, .62, dark, .6, .9)             // the sides turn away from the light
		c.blob(side*s.wide*.52, .22, s.wide*.3, .2, shade(s.lips, 1.1), .2, 1) // cheeks
	}
	c.blob(-.2+p.turn, -.52, s.wide*.5, .28, shade(s.skin, 1.12), .5, 1)
	c.blob(p.turn*.5, .88, s.wide*.4, .13, dark, .45, 1)
	c.clip = nil
	if s.beard {
		c.blob(p.turn*.5, .74, s.wide*.66, .34, s.hair, .75, .3)
		c.blob(p.turn*.8, .46, s.wide*.44, .13, s.hair, .7, .4)
	}
	if s.bald {
		c.blob(.1, -.8, s.wide*.4, .16, shade(s.skin, 1.2), .5, 1)
		return
	}
	c.blob(-.1, -.86, s.wide*.98, .34, s.hair, 1, .08)
	c.blob(-.34, -.74, s.wide*.55, .26, s.hair, 1, .12)
	c.blob(-.2, -1.0, s.wide*.5, .08, shade(s.hair, 1.5), .5, 1)
	for _, side := range []float64{-1, 1} { // temples
		c.blob(side*s.wide*.98, -.45, .13, .42, s.hair, 1, .2)
	}
}

func (c *canvas) features(s sitter, p pose) {
	x0 := p.turn
	dark := shade(s.skin, .62)
	for _, side := range []float64{-1, 1} {
		x := x0 + side*s.eyes
		c.blob(x, -.14, .25, .17, shade(s.skin, .7), .6, .8) // the hollow of the eye
		c.blob(x, -.11, .155, .075, color.RGBA{240, 238, 234, 255}, 1, .12)
		c.blob(x+p.turn*.12, -.115, .073, .078, s.iris, 1, .1)
		c.blob(x+p.turn*.12, -.115, .035, .038, color.RGBA{12, 10, 10, 255}, 1, .15)
		c.blob(x+p.turn*.12-.025, -.14, .016, .016, color.RGBA{255, 255, 255, 255}, 1, .3)
		c.stroke(x-.175, x+.175, func(t float64) float64 { return -.115 - .085*math.Sin(math.Pi*t) }, .024, shade(s.hair, .5), .9)
		c.stroke(x-.14, x+.14, func(t float64) float64 { return -.1 + .07*math.Sin(math.Pi*t) }, .012, dark, .5)
		outer := side < 0
		c.stroke(x-.21, x+.21, func(t float64) float64 {
			if outer {
				t = 1 - t
			}
			return -.33 - .06*math.Sin(math.Pi*(.15+.7*t)) + .05*t
		}, s.brow, shade(s.hair, .75), .8)
	}
	c.blob(x0*1.25+.05, .1, .06, s.nose*.8, shade(s.skin, .8), .6, 1) // the nose: its shadow, ridge, tip and holes
	c.blob(x0*1.25-.02, .05, .05, s.nose*.85, shade(s.skin, 1.16), .55, 1)
	c.blob(x0*1.3, .1+s.nose*.72, .12, .085, shade(s.skin, .95), .8, .7)
	c.blob(x0*1.3-.02, .08+s.nose*.68, .05, .04, shade(s.skin, 1.2), .7, 1)
	for _, side := range []float64{-1, 1} {
		c.blob(x0*1.3+side*.085, .13+s.nose*.76, .035, .022, shade(s.skin, .35), .85, .6)
		c.blob(x0*1.3+side*.14, .1+s.nose*.74, .03, .06, dark, .35, .9)
	}
	y, w := .56, s.mouth
	c.blob(x0, y+.055, w*.8, .07, shade(s.lips, 1.12), .95, .4)
	c.blob(x0-w*.33, y-.03, w*.5, .05, s.lips, .95, .4)
	c.blob(x0+w*.33, y-.03, w*.5, .05, s.lips, .95, .4)
	c.stroke(x0-w*1.05, x0+w*1.05, func(t float64) float64 { return y + p.smile*(math.Sin(math.Pi*t)-.6) }, .018, shade(s.lips, .4), .9)
	c.blob(x0, y+.17, w*.6, .04, dark, .35, 1)
	if s.glasses {
		c.specs(s, x0)
	}
}

func (c *canvas) specs(s sitter, x0 float64) {
	frame := color.RGBA{36, 32, 34, 255}
	for _, side := range []float64{-1, 1} {
		for i := range 72 {
			a := float64(i) / 72 * 2 * math.Pi
			c.blob(x0+side*s.eyes+.24*math.Cos(a), -.11+.2*math.Sin(a), .018, .018, frame, .9, .5)
		}
		c.stroke(x0+side*(s.eyes+.24), side*s.wide*.97, func(float64) float64 { return -.14 }, .016, frame, .9)
	}
	c.stroke(x0-s.eyes+.24, x0+s.eyes-.24, func(t float64) float64 { return -.12 - .04*math.Sin(math.Pi*t) }, .02, frame, .9)
}

// grain lights the picture and adds the noise of a camera: what is smooth to the last pixel is no photo to a detector.
func (c *canvas) grain(p pose) {
	r := rand.New(rand.NewPCG(p.seed, 2))
	for i := 0; i < len(c.img.Pix); i += 4 {
		n := r.NormFloat64() * 2.5
		for k := range 3 {
			c.img.Pix[i+k] = uint8(min(255, max(0, float64(c.img.Pix[i+k])*p.light+n)))
		}
	}
}

// shade is a colour made darker or lighter.
func shade(col color.RGBA, by float64) color.RGBA {
	f := func(v uint8) uint8 { return uint8(min(255, float64(v)*by)) }
	return color.RGBA{f(col.R), f(col.G), f(col.B), 255}
}
