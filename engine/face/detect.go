package face

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"gabarit/engine"
)

// averagedCrops is the number of crops of which an averaged template is the mean.
const averagedCrops = 12

// Detect finds the faces of a picture; see engine.FaceDetector. An interrupted worker is ended,
// so Detect returns soon after ctx ends even inside a picture. Errors: CodeInvalid,
// CodeLimit (time, memory, faces), CodeUnavailable (the detector crashed
// twice on this picture, can't read it, or does not start), CodeNoModel, CodeCanceled.
func (p *Pool) Detect(ctx context.Context, pic *engine.Picture, look engine.Look) ([]engine.Detection, error) {
	if err := errors.Join(checkPicture(pic), look.Check()); err != nil {
		return nil, err
	}
	ctx, leave, err := p.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	want := look.Smallest
	if want == (engine.FaceSize{}) {
		want = smallestFace(look.Detector)
	}
	b := pic.Image.Bounds()
	// An image may have fewer pixels than its photo.
	want.Pixels = int(math.Ceil(float64(want.Pixels) * float64(b.Dx()) / float64(pic.Width)))
	w, h, smallest := canvasSize(b.Dx(), b.Dy(), want, factor(look.Detector))
	c := newCanvas(pic.Image, w, h)
	r := request{thorough: look.Detector == engine.DetectorThorough, crops: crops(look), smallest: smallest, canvas: c}
	all, err := p.ask(ctx, r.encode())
	if err != nil {
		return nil, err
	}
	faces := make([]engine.Detection, 0, len(all))
	for _, f := range all {
		faces = append(faces, detection(f, pic, c))
	}
	slices.SortFunc(faces, func(a, b engine.Detection) int {
		return cmp.Or(cmp.Compare(a.Box.X, b.Box.X), cmp.Compare(a.Box.Y, b.Box.Y), cmp.Compare(a.Box.W, b.Box.W))
	})
	return faces, nil
}

// drawnSide is the side in pixels that a drawn face gets on its canvas, if the photo has as many: enough for any template.
const drawnSide = 240

// Describe makes the template of a face whose box a person drew; see engine.FaceDetector. The landmarks are looked for in the square around the
// box's middle, turned by quarters if it looks more like a face so. Errors as of Detect.
func (p *Pool) Describe(ctx context.Context, pic *engine.Picture, box engine.Box, look engine.Look) (engine.Detection, error) {
	var none engine.Detection
	if err := errors.Join(checkPicture(pic), look.Check()); err != nil {
		return none, err
	}
	if err := checkBox(pic, box); err != nil {
		return none, err
	}
	ctx, leave, err := p.enter(ctx)
	if err != nil {
		return none, err
	}
	defer leave()
	b := pic.Image.Bounds()
	side := float64(max(box.W, box.H)) * float64(b.Dx()) / float64(pic.Width)
	w, h, _ := canvasSize(b.Dx(), b.Dy(), engine.FaceSize{Pixels: max(1, int(side*detectorSide/drawnSide))}, 1)
	c := newCanvas(pic.Image, w, h)
	sx, sy := float64(c.w)/float64(pic.Width), float64(c.h)/float64(pic.Height)
	half := float64(box.W+box.H) / 4
	cx, cy := float64(box.X)+float64(box.W)/2, float64(box.Y)+float64(box.H)/2
	square := window{(cx - half) * sx, (cy - half) * sy, (cx + half) * sx, (cy + half) * sy}
	all, err := p.ask(ctx, request{crops: crops(look), smallest: detectorSide, boxes: []window{square}, canvas: c}.encode())
	if err != nil {
		return none, err
	}
	if len(all) != 1 {
		return none, engine.E(engine.CodeInternal, "face.Describe", "", fmt.Errorf("%d answers to one box", len(all)))
	}
	d := detection(all[0], pic, c)
	d.Box, d.Drawn, d.Score = box, true, 0
	d.Quality = quality(d, pic, c)
	return d, nil
}

// checkBox refuses a drawn box that shows nothing of the picture.
func checkBox(pic *engine.Picture, b engine.Box) error {
	const least = 8 // pixels: less shows no face
	if b.W < least || b.H < least || b.X >= pic.Width || b.Y >= pic.Height || b.X <= -b.W || b.Y <= -b.H || b.W > 2*pic.Width || b.H > 2*pic.Height {
		return engine.E(engine.CodeInvalid, "face.Describe", "the drawn box is too small or lies outside the picture",
			fmt.Errorf("%v in %d x %d", b, pic.Width, pic.Height))
	}
	return nil
}

// crops gives the number of crops of each face.
func crops(l engine.Look) int {
	if l.Averaged {
		return averagedCrops
	}
	return 1
}

// detection brings a face from the canvas to pixels of the upright photo.
func detection(f found, pic *engine.Picture, c canvas) engine.Detection {
	at := func(x, y float64) engine.Point {
		return engine.Point{X: x / float64(c.w) * float64(pic.Width), Y: y / float64(c.h) * float64(pic.Height)}
	}
	a, b := at(f.left, f.top), at(f.right, f.bottom)
	x0, x1, y0, y1 := round(a.X), round(b.X), round(a.Y), round(b.Y)
	d := engine.Detection{
		Box:      engine.Box{X: x0, Y: y0, W: max(1, x1-x0), H: max(1, y1-y0)},
		Score:    f.score,
		Model:    Model,
		Template: f.template,
	}
	for _, l := range f.landmarks {
		d.Landmarks = append(d.Landmarks, at(l.X, l.Y))
	}
	d.Roll = roll(d.Landmarks)
	d.Quality = quality(d, pic, c)
	return d
}

func round(v float64) int { return int(math.Round(v)) }
