package face

import (
	"cmp"
	"math"
	"slices"

	"gabarit/engine"
	"gabarit/engine/face/dlib"
)

// searcher looks for faces in a worker process. One goroutine uses it.
type searcher struct {
	engine    *dlib.Engine
	grey, rgb []byte // kept to be used again
}

const (
	// fastFactor and thoroughFactor are how much a canvas is enlarged at most: dlib's detectors see faces from 80 pixels. The second is
	// for the network alone.
	fastFactor, thoroughFactor = 2, 3
	// fastNetwork is the number of pixels the fast detector shows to the network: enough for faces that take a fifth of the picture's
	// side, which are what gradients miss when they are turned aside or covered.
	fastNetwork = 180_000
	// networkTile is the number of pixels that the network sees at once, and tileOverlap how much neighbouring tiles share, so
	// that a face of up to that side lies whole in one of them; larger faces are found on the whole picture made smaller.
	networkTile, tileOverlap, networkWhole = 4_500_000, 240, 500_000
	// turnedLeast is the least score of a face on a picture that was turned because nothing was found: what is a face by accident of
	// shadows is one in one of four turns more often.
	turnedLeast = 0.5
)

// factor is how much a detector enlarges a canvas at most.
func factor(d engine.DetectorKind) float64 {
	if d == engine.DetectorThorough {
		return thoroughFactor
	}
	return fastFactor
}

// candidate is a window on the canvas with what found it.
type candidate struct {
	window
	score float64 // 0 to 1
	loose bool    // the network alone found it, which sees faces that lie on their side, too
}

// find gives the faces of a request's canvas, or describes its boxes.
func (s *searcher) find(r request) ([]found, error) {
	if len(r.boxes) > 0 {
		return s.drawn(r)
	}
	faces, err := s.search(r, 0)
	if err != nil || !r.thorough {
		return faces, err
	}
	for quarters := 1; quarters < 4 && len(faces) == 0; quarters++ {
		turned := r
		turned.thorough, turned.canvas = false, r.canvas.turned(quarters)
		if faces, err = s.search(turned, turnedLeast); err != nil {
			return nil, err
		}
		for i := range faces {
			faces[i].turnBack(r.canvas, quarters, 0, 0)
		}
	}
	return faces, nil
}

// search looks for faces on a canvas as it stands and describes them. Least is the score they must have.
func (s *searcher) search(r request, least float64) ([]found, error) {
	all, err := s.look(r)
	if err != nil {
		return nil, err
	}
	if len(all) > maxFaces {
		return nil, errTooMany
	}
	var straight []candidate
	var faces []found
	for _, c := range all {
		if c.score < least {
			continue
		}
		if !c.loose {
			straight = append(straight, c)
			continue
		}
		f, err := s.oriented(r.canvas, c, r.crops)
		if err != nil {
			return nil, err
		}
		faces = append(faces, f)
	}
	more, err := s.describe(r.canvas, straight, r.crops)
	return append(faces, more...), err
}

// look runs the detectors on a canvas.
func (s *searcher) look(r request) ([]candidate, error) {
	most := factor(engine.DetectorFast)
	if r.thorough {
		most = factor(engine.DetectorThorough)
	}
	most = min(most, max(1, detectorSide/r.smallest), math.Sqrt(max(1, maxCanvas/r.canvas.area())), maxSide/float64(max(r.canvas.w, r.canvas.h)))
	// Enlarged more than twice, gradients find nothing more; and so thorough finds what fast finds, with the same templates.
	all, err := s.gradients(r.canvas, min(most, fastFactor))
	if err != nil {
		return nil, err
	}
	var more []candidate
	if r.thorough {
		more, err = s.networkTiles(r.canvas, most)
	} else {
		more, err = s.network(r.canvas, r.canvas.all(), min(most, math.Sqrt(fastNetwork/r.canvas.area())))
	}
	if err != nil {
		return nil, err
	}
	return join(all, more), nil
}

// gradients runs the detector of frontal faces on the canvas enlarged by a factor.
func (s *searcher) gradients(c canvas, factor float64) ([]candidate, error) {
	w, h, grey := c.w, c.h, c.y.packed()
	if factor > 1 {
		w, h = int(math.Round(float64(c.w)*factor)), int(math.Round(float64(c.h)*factor))
		var err error
		if s.grey, err = dlib.Scale(grey, c.w, c.h, s.grey, w, h, 1); err != nil {
			return nil, err
		}
		grey = s.grey
	}
	windows, err := s.engine.HOG(grey, w, h, 0)
	return candidates(windows, float64(w)/float64(c.w), float64(h)/float64(c.h), 0, 0, false), err
}

// network runs the convolutional detector on a part of the canvas scaled by a factor.
func (s *searcher) network(c canvas, part window, factor float64) ([]candidate, error) {
	part.left, part.top = math.Floor(part.left/2)*2, math.Floor(part.top/2)*2 // as the cut is
	cut := c.part(int(part.left), int(part.top), int(part.right), int(part.bottom))
	small := cut.scaled(max(1, int(math.Round(float64(cut.w)*factor))), max(1, int(math.Round(float64(cut.h)*factor))))
	rgb, err := s.colours(small)
	if err != nil {
		return nil, err
	}
	windows, err := s.engine.Network(rgb, small.w, small.h, allLevels, 0)
	return candidates(windows, float64(small.w)/float64(cut.w), float64(small.h)/float64(cut.h), part.left, part.top, true), err
}

// allLevels has the network look for faces of all sizes.
const allLevels = 1000

// networkTiles runs the convolutional detector on the canvas scaled by a factor, in parts where it is large.
func (s *searcher) networkTiles(c canvas, factor float64) ([]candidate, error) {
	area := c.area() * factor * factor
	if area <= networkTile {
		return s.network(c, c.all(), factor)
	}
	all, err := s.network(c, c.all(), factor*math.Sqrt(networkWhole/area))
	if err != nil {
		return nil, err
	}
	// A face at a tile's edge is seen in part there and whole in the next: which of the two stays, the scores decide in the end.
	side, overlap := math.Sqrt(networkTile)/factor, tileOverlap/factor
	for _, y := range starts(float64(c.h), side, overlap) {
		for _, x := range starts(float64(c.w), side, overlap) {
			more, err := s.network(c, window{x, y, min(x+side, float64(c.w)), min(y+side, float64(c.h))}, factor)
			if err != nil {
				return nil, err
			}
			all = append(all, more...)
		}
	}
	return join(nil, all), nil
}

// starts places tiles of a side over a length, evenly, each sharing at least overlap with the next.
func starts(length, side, overlap float64) []float64 {
	if length <= side {
		return []float64{0}
	}
	n := int(math.Ceil((length - overlap) / (side - overlap)))
	all := make([]float64, n)
	for i := range all {
		all[i] = math.Floor((length - side) * float64(i) / float64(n-1))
	}
	return all
}

// colours gives a canvas as RGB.
func (s *searcher) colours(c canvas) (rgb []byte, err error) {
	cb, cr := c.cb, c.cr
	if c.grey() {
		cb, cr = neutral(1, 1), neutral(1, 1)
	}
	s.rgb, err = dlib.RGB(c.y.packed(), cb.packed(), cr.packed(), c.w, c.h, cb.w, cb.h, s.rgb)
	return s.rgb, err
}

// describe makes the templates of candidates, the best first.
func (s *searcher) describe(c canvas, all []candidate, crops int) ([]found, error) {
	if len(all) == 0 {
		return nil, nil
	}
	rgb, err := s.colours(c)
	if err != nil {
		return nil, err
	}
	windows := make([]dlib.Window, len(all))
	for i, w := range all {
		windows[i] = dlib.Window{Left: w.left, Top: w.top, Right: w.right, Bottom: w.bottom}
	}
	made, err := s.engine.Describe(rgb, c.w, c.h, windows, crops)
	if err != nil {
		return nil, err
	}
	faces := make([]found, len(all))
	for i, c := range all {
		m := &made[i]
		faces[i] = found{window: c.window, score: c.score, template: engine.Template(m.Template)}
		for k, p := range m.Landmarks {
			faces[i].landmarks[k] = engine.Point(p)
		}
	}
	return faces, nil
}

// candidates brings windows of a scaled part back to the canvas.
func candidates(windows []dlib.Window, fx, fy, x, y float64, loose bool) []candidate {
	all := make([]candidate, len(windows))
	for i, w := range windows {
		all[i] = candidate{window: window{w.Left/fx + x, w.Top/fy + y, w.Right/fx + x, w.Bottom/fy + y}, score: clearness(w.Score), loose: loose}
	}
	return all
}

// clearness turns a detector's score, which has no upper end, into one from 0 to 1: 0.5 above the threshold is halfway. Clear frontal faces
// have some .8 by gradients and .65 by the network, which gives no more.
func clearness(score float64) float64 {
	const half = 0.5
	score = max(0, score)
	return score / (score + half)
}

// join adds to faces, the best first, those of more that are not there yet. What is there stays: gradients place a face more exactly than the network,
// whose steps are as wide as a tenth of it.
func join(faces, more []candidate) []candidate {
	slices.SortStableFunc(more, func(a, b candidate) int { return cmp.Compare(b.score, a.score) })
	for _, m := range more {
		if !slices.ContainsFunc(faces, func(f candidate) bool { return f.same(m.window) }) {
			faces = append(faces, m)
		}
	}
	return faces
}

const (
	// sameFace is the intersection over union from which two windows are one face, sameInside the share of the smaller one that
	// lies in the larger.
	sameFace, sameInside = 0.3, 0.7
)

// same reports whether two windows show one face.
func (w window) same(o window) bool {
	x := min(w.right, o.right) - max(w.left, o.left)
	y := min(w.bottom, o.bottom) - max(w.top, o.top)
	if x <= 0 || y <= 0 {
		return false
	}
	a, b := w.area(), o.area()
	return x*y > sameFace*(a+b-x*y) || x*y > sameInside*min(a, b)
}

func (w window) area() float64 { return (w.right - w.left) * (w.bottom - w.top) }
