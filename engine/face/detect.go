package face

import (
	"bytes"
	"cmp"
	"context"
	"math"
	"slices"

	"gabarit/engine"
)

// The thorough detector looks as the fast one does, so that it finds what that one finds, with the
// same templates; then at four times the pixels, enlarged up to four times. Where it still finds nothing it turns the
// picture by quarters, because dlib finds no face that lies on its side.
const (
	thoroughPixels = 4
	thoroughFactor = 2 * maxFactor
)

// Detect finds the faces of a picture; see engine.FaceDetector. An interrupted worker is ended,
// so Detect returns soon after ctx ends even inside a picture. Errors: CodeInvalid,
// CodeLimit (time, memory, faces), CodeUnavailable (the detector crashed
// twice on this picture, can't read it, or does not start), CodeNoModel, CodeCanceled.
func (p *Pool) Detect(ctx context.Context, pic *engine.Picture, opts engine.Look) ([]engine.Detection, error) {
	if err := checkPicture(pic); err != nil {
		return nil, err
	}
	ctx, leave, err := p.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	if err := opts.Check(); err != nil {
		return nil, err
	}
	c := workingCanvas(pic, p.config.Canvas, maxFactor)
	faces, err := p.look(ctx, pic, c, c)
	if err == nil && opts.Detector == engine.DetectorThorough {
		faces, err = p.lookHarder(ctx, pic, c, faces)
	}
	if err != nil {
		return nil, err
	}
	slices.SortFunc(faces, func(a, b engine.Detection) int {
		return cmp.Or(cmp.Compare(a.Box.X, b.Box.X), cmp.Compare(a.Box.Y, b.Box.Y), cmp.Compare(a.Box.W, b.Box.W))
	})
	return faces, nil
}

// Describe makes the template of a drawn face; see engine.FaceDetector.
func (p *Pool) Describe(context.Context, *engine.Picture, engine.Box, engine.Look) (engine.Detection, error) {
	return engine.Detection{}, engine.E(engine.CodeUnsupported, "face.Describe", "a drawn face can't be described yet", nil)
}

// lookHarder adds to the faces that were found on c those that only the thorough detector finds.
func (p *Pool) lookHarder(ctx context.Context, pic *engine.Picture, c canvas, faces []engine.Detection) ([]engine.Detection, error) {
	large := workingCanvas(pic, thoroughPixels*p.config.Canvas, thoroughFactor)
	more, err := p.look(ctx, pic, large, large)
	if err != nil {
		return nil, err
	}
	faces = merge(faces, more)
	for quarters := 1; quarters < 4 && len(faces) == 0; quarters++ {
		if faces, err = p.look(ctx, pic, c, c.turned(quarters)); err != nil {
			return nil, err
		}
	}
	return faces, nil
}

func workingCanvas(pic *engine.Picture, pixels int, factor float64) canvas {
	b := pic.Image.Bounds()
	w, h := canvasSize(b.Dx(), b.Dy(), pixels, factor)
	return newCanvas(pic.Image, w, h)
}

// look has one canvas looked at; upright is the same before it was turned.
func (p *Pool) look(ctx context.Context, pic *engine.Picture, upright, turned canvas) ([]engine.Detection, error) {
	var jpeg bytes.Buffer
	if err := turned.encode(&jpeg); err != nil {
		return nil, engine.E(engine.CodeInternal, "face.Detect", "the picture can't be encoded", err)
	}
	all, err := p.ask(ctx, jpeg.Bytes())
	if err != nil {
		return nil, err
	}
	faces := make([]engine.Detection, 0, len(all))
	for _, f := range all {
		faces = append(faces, detection(f, pic, upright, turned))
	}
	return merge(nil, faces), nil
}

// detection brings a face from the canvas to pixels of the upright photo.
func detection(f found, pic *engine.Picture, upright, turned canvas) engine.Detection {
	at := func(x, y float64) engine.Point {
		u, v := turned.upright(x, y)
		return engine.Point{X: u * float64(pic.Width), Y: v * float64(pic.Height)}
	}
	a := at(float64(f.box.Min.X), float64(f.box.Min.Y))
	b := at(float64(f.box.Max.X), float64(f.box.Max.Y))
	x0, x1 := round(min(a.X, b.X)), round(max(a.X, b.X))
	y0, y1 := round(min(a.Y, b.Y)), round(max(a.Y, b.Y))
	d := engine.Detection{
		Box:      engine.Box{X: x0, Y: y0, W: max(1, x1-x0), H: max(1, y1-y0)},
		Model:    Model,
		Template: f.template,
	}
	for _, l := range f.landmarks {
		// A landmark names a sample; its centre is half a sample further.
		d.Landmarks = append(d.Landmarks, at(float64(l.X)+0.5, float64(l.Y)+0.5))
	}
	d.Roll = roll(d.Landmarks)
	d.Quality = quality(d, pic, upright)
	return d
}

func round(v float64) int { return int(math.Round(v)) }

// maxOverlap is the intersection over union from which two boxes are one face.
const maxOverlap = 0.4

// merge adds to faces those of more that are not there yet, the best first.
func merge(faces, more []engine.Detection) []engine.Detection {
	slices.SortStableFunc(more, func(a, b engine.Detection) int { return cmp.Compare(b.Quality, a.Quality) })
	for _, f := range more {
		if !slices.ContainsFunc(faces, func(k engine.Detection) bool { return overlap(k.Box, f.Box) > maxOverlap }) {
			faces = append(faces, f)
		}
	}
	return faces
}

// overlap is the intersection over the union of two boxes.
func overlap(a, b engine.Box) float64 {
	w := min(a.X+a.W, b.X+b.W) - max(a.X, b.X)
	h := min(a.Y+a.H, b.Y+b.H) - max(a.Y, b.Y)
	if w <= 0 || h <= 0 {
		return 0
	}
	both := float64(w) * float64(h)
	return both / (float64(a.W)*float64(a.H) + float64(b.W)*float64(b.H) - both)
}
