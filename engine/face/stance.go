package face

import (
	"math"

	"gabarit/engine"
)

const (
	// stanceLeast is the least score that counts when the network is asked which way a face stands.
	stanceLeast = -1.0
	// uprightBonus is by how much a face must look better turned than upright to be taken for turned.
	uprightBonus = 0.15
)

// oriented describes a face that the network alone found: it is turned the way in which the network sees it best, since landmarks can be
// found only in a face that stands more or less upright.
func (s *searcher) oriented(c canvas, face candidate, crops int) (found, error) {
	side := face.right - face.left
	cut, x, y := c.around(face.window, side)
	place := window{face.left - x, face.top - y, face.right - x, face.bottom - y}
	patch, _, _ := cut.around(place, side/2)
	scale := detectorSide / side
	patch = patch.scaled(max(1, round(float64(patch.w)*scale)), max(1, round(float64(patch.h)*scale)))
	quarters, err := s.stance(patch)
	if err != nil {
		return found{}, err
	}
	faces, err := s.describe(cut.turned(quarters), []candidate{{window: place.turned(cut, quarters), score: face.score}}, crops)
	if err != nil {
		return found{}, err
	}
	faces[0].turnBack(cut, quarters, x, y)
	return faces[0], nil
}

// drawn describes the boxes of a request, each in the turn in which it looks most like a face; upright if it looks like none in any.
func (s *searcher) drawn(r request) ([]found, error) {
	faces := make([]found, len(r.boxes))
	for i, b := range r.boxes {
		var err error
		if faces[i], err = s.oriented(r.canvas, candidate{window: b, loose: true}, r.crops); err != nil {
			return nil, err
		}
	}
	return faces, nil
}

// stance tells by how many clockwise quarter turns a face stands best. It is some detectorSide pixels large on its patch.
func (s *searcher) stance(patch canvas) (quarters int, err error) {
	most := math.Inf(-1)
	for q := range 4 {
		turned := patch.turned(q)
		rgb, err := s.colours(turned)
		if err != nil {
			return 0, err
		}
		const levels = 2 // this size of face and the next
		windows, err := s.engine.Network(rgb, turned.w, turned.h, levels, stanceLeast)
		if err != nil {
			return 0, err
		}
		score := stanceLeast
		for _, w := range windows {
			score = max(score, w.Score)
		}
		if q == 0 {
			score += uprightBonus
		}
		if score > most {
			quarters, most = q, score
		}
	}
	return quarters, nil
}

// around cuts a window with a margin from the canvas, and tells where the cut begins.
func (c canvas) around(w window, margin float64) (cut canvas, x, y float64) {
	w = window{w.left - margin, w.top - margin, w.right + margin, w.bottom + margin}.clip(c)
	cut = c.part(int(w.left), int(w.top), int(w.right), int(w.bottom))
	return cut, float64(int(w.left) &^ 1), float64(int(w.top) &^ 1)
}

// clip gives the part of a window on a canvas, at least a pixel.
func (w window) clip(c canvas) window {
	x, y := float64(c.w), float64(c.h)
	left, top := min(max(0, math.Floor(w.left)), x-1), min(max(0, math.Floor(w.top)), y-1)
	return window{left, top, max(left+1, min(x, math.Ceil(w.right))), max(top+1, min(y, math.Ceil(w.bottom)))}
}

// turned gives a window of a canvas on the same canvas turned clockwise by quarters.
func (w window) turned(c canvas, quarters int) window {
	a, b := c.turnPoint(quarters, engine.Point{X: w.left, Y: w.top}), c.turnPoint(quarters, engine.Point{X: w.right, Y: w.bottom})
	return window{min(a.X, b.X), min(a.Y, b.Y), max(a.X, b.X), max(a.Y, b.Y)}
}

// turnBack brings a face from a canvas turned clockwise by quarters, which was cut from x, y of a larger one, to that one.
func (f *found) turnBack(c canvas, quarters int, x, y float64) {
	back := func(p engine.Point) engine.Point {
		p = c.unturned(quarters, p)
		return engine.Point{X: p.X + x, Y: p.Y + y}
	}
	a, b := back(engine.Point{X: f.left, Y: f.top}), back(engine.Point{X: f.right, Y: f.bottom})
	f.window = window{min(a.X, b.X), min(a.Y, b.Y), max(a.X, b.X), max(a.Y, b.Y)}
	for i, p := range f.landmarks {
		f.landmarks[i] = back(p)
	}
}
