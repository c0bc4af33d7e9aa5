package face

import (
	"math"

	"gabarit/engine"
)

// dlib's 5-point predictor names, in pixels of the picture (not the person's sides):
// the outer and inner corner of the eye at the right, of the eye at the
// left, and the base of the nose.
const (
	rightOuter = iota
	rightInner
	leftOuter
	leftInner
	noseBase
)

// eyes gives the middles of the eye at the left and at the right of the picture.
func eyes(l []engine.Point) (left, right engine.Point) {
	return middle(l[leftOuter], l[leftInner]), middle(l[rightOuter], l[rightInner])
}

func middle(a, b engine.Point) engine.Point {
	return engine.Point{X: (a.X + b.X) / 2, Y: (a.Y + b.Y) / 2}
}

// roll is the angle of the line from the left to the right eye, in degrees, clockwise.
func roll(l []engine.Point) float64 {
	left, right := eyes(l)
	return math.Atan2(right.Y-left.Y, right.X-left.X) * 180 / math.Pi
}

// The ends of the ramps of quality's factors: at the first value (or beyond) a factor is 0,
// at the second 1.
const (
	sizeNone, sizeFull   = 20, 160    // pixels of the photo across the box, on a logarithmic scale; templates drift below 40
	sharpNone, sharpFull = 0.04, 0.25 // share of fine detail, see sharpness
	yawFull, yawNone     = 0.15, 0.50 // the nose's way from the middle between the eyes
	darkNone, darkFull   = 4.0, 28.0  // standard deviation of luma over the face
	clearFull            = 0.75       // the detector's score
	clearDrawn           = 0.40       // taken for the score of a face that a person drew
)

// quality tells how far a face's template can be trusted, from 0 to 1. It is the product of
// six factors, each from 0 to 1, because one flaw is enough to spoil a template:
//
//   - size: width of the box in pixels of the photo, not of the canvas;
//   - sharpness: how much fine detail the face has at the size dlib reduces it to;
//   - the detector's score: how plainly it is a face, seen from the front;
//   - pose: how near the nose lies to the middle between the eyes, as seen;
//   - margin: the share of the box that lies inside the photo;
//   - light: the contrast over the face.
//
// No factor falls below a floor alone, except margin and size: the others are estimates. Measured on pairs of photos of one person, by the
// lesser quality of the two: in the worst quarter 23 % of the pairs are more than 0.5 apart, in the best 8 % ("make accuracy" has
// the table).
func quality(d engine.Detection, pic *engine.Picture, upright canvas) float64 {
	patch, inside := facePatch(d.Box, pic, upright)
	if inside == 0 {
		return 0
	}
	deviation := patch.deviation()
	score := d.Score
	if d.Drawn {
		score = clearDrawn
	}
	q := ramp(math.Log(float64(min(d.Box.W, d.Box.H))), math.Log(sizeNone), math.Log(sizeFull))
	q *= atLeast(0.3, ramp(patch.sharpness(deviation), sharpNone, sharpFull))
	q *= atLeast(0.2, ramp(score, 0, clearFull))
	q *= atLeast(0.1, 1-ramp(yaw(d.Landmarks), yawFull, yawNone))
	q *= atLeast(0.1, ramp(deviation, darkNone, darkFull))
	return q * inside
}

// atLeast brings a factor from 0..1 to floor..1.
func atLeast(floor, v float64) float64 { return floor + (1-floor)*v }

// ramp rises from 0 at a to 1 at b.
func ramp(v, a, b float64) float64 { return min(1, max(0, (v-a)/(b-a))) }

// yaw is how far the base of the nose lies from the middle between the eyes along the line
// between them, in units of that line: 0 from the front, 0.5 when it stands under an eye.
func yaw(l []engine.Point) float64 {
	left, right := eyes(l)
	dx, dy := right.X-left.X, right.Y-left.Y
	length := dx*dx + dy*dy
	if length == 0 {
		return 1
	}
	m := middle(left, right)
	return math.Abs(((l[noseBase].X-m.X)*dx + (l[noseBase].Y-m.Y)*dy) / length)
}

// patchSide is the size to which a face is brought to judge its sharpness: about what
// the box is on the chip of 150 pixels from which the template is made.
const patchSide = 100

// patch is the luma of a face.
type patch struct{ plane }

// facePatch cuts a face from the upright canvas, and tells which share of the box lies in it.
func facePatch(b engine.Box, pic *engine.Picture, c canvas) (patch, float64) {
	sx, sy := float64(c.w)/float64(pic.Width), float64(c.h)/float64(pic.Height)
	x0, y0 := max(0, round(float64(b.X)*sx)), max(0, round(float64(b.Y)*sy))
	x1, y1 := min(c.w, round(float64(b.X+b.W)*sx)), min(c.h, round(float64(b.Y+b.H)*sy))
	if x1 <= x0 || y1 <= y0 {
		return patch{}, 0
	}
	w, h := float64(x1-x0)/sx, float64(y1-y0)/sy
	inside := min(1, w*h/(float64(b.W)*float64(b.H)))
	scale := patchSide / max(w, h)
	return patch{c.y.part(x0, y0, x1, y1).scale(max(3, round(w*scale)), max(3, round(h*scale)))}, inside
}

// deviation is the standard deviation of the samples.
func (p patch) deviation() float64 {
	var sum, squares float64
	for y := range p.h {
		for _, v := range p.row(y) {
			sum += float64(v)
			squares += float64(v) * float64(v)
		}
	}
	n := float64(p.w * p.h)
	return math.Sqrt(max(0, squares/n-sum/n*sum/n))
}

// sharpness is the standard deviation of the Laplacian divided by that of the samples, so that it tells
// detail and not contrast.
func (p patch) sharpness(deviation float64) float64 {
	if deviation < 1 {
		return 0
	}
	var sum, squares float64
	for y := 1; y < p.h-1; y++ {
		above, here, below := p.row(y-1), p.row(y), p.row(y+1)
		for x := 1; x < p.w-1; x++ {
			l := float64(int(above[x]) + int(below[x]) + int(here[x-1]) + int(here[x+1]) - 4*int(here[x]))
			sum += l
			squares += l * l
		}
	}
	n := float64((p.w - 2) * (p.h - 2))
	return math.Sqrt(max(0, squares/n-sum/n*sum/n)) / deviation
}
