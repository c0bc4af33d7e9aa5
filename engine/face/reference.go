package face

import (
	"bytes"
	"path/filepath"

	goface "github.com/Kagami/go-face"

	"gabarit/engine"
	"gabarit/engine/face/dlib"
)

// Reference finds faces with go-face as it was published: dlib's own code, through a JPEG, on a picture doubled like the fast detector's. It is what
// the workers are held against, by tests and by "gabarit-cli bench collect". It runs in this process, without limits: only
// for pictures that are trusted. One goroutine uses it.
type Reference struct{ rec *goface.Recognizer }

// NewReference reads the models; CodeNoModel.
func NewReference(models string) (*Reference, error) {
	const chip, padding, jitter = 150, 0.25, 0 // as the workers cut chips; another chip size aborts the process
	rec, err := goface.NewRecognizerWithConfig(filepath.Clean(models), chip, padding, jitter)
	if err != nil {
		return nil, engine.E(engine.CodeNoModel, "face.NewReference", "the face models can't be loaded", err)
	}
	return &Reference{rec}, nil
}

// Close frees the models.
func (r *Reference) Close() { r.rec.Close() }

// Detect finds the faces of a picture, unsorted. Qualities are left zero. CodeUnavailable: go-face can't read it.
func (r *Reference) Detect(pic *engine.Picture) ([]engine.Detection, error) {
	const op = "face.Reference.Detect"
	if err := checkPicture(pic); err != nil {
		return nil, err
	}
	b := pic.Image.Bounds()
	w, h, _ := canvasSize(b.Dx(), b.Dy(), smallestFace(engine.DetectorFast), fastFactor)
	if w == b.Dx() {
		w, h = fastFactor*w, fastFactor*h
	}
	c := newCanvas(pic.Image, w, h)
	var jpeg bytes.Buffer
	if err := c.encode(&jpeg); err != nil {
		return nil, engine.E(engine.CodeInternal, op, "the picture can't be encoded", err)
	}
	all, err := r.rec.Recognize(jpeg.Bytes())
	if err != nil {
		return nil, engine.E(engine.CodeUnavailable, op, "the face detector can't read this picture", err)
	}
	faces := make([]engine.Detection, 0, len(all))
	for _, f := range all {
		box := f.Rectangle
		// dlib's right and bottom edges are inclusive, and its points name the middle of a pixel.
		one := found{window: window{float64(box.Min.X), float64(box.Min.Y), float64(box.Max.X + 1), float64(box.Max.Y + 1)}, template: engine.Template(f.Descriptor)}
		for i := range min(len(f.Shapes), dlib.Landmarks) {
			one.landmarks[i] = engine.Point{X: float64(f.Shapes[i].X) + 0.5, Y: float64(f.Shapes[i].Y) + 0.5}
		}
		faces = append(faces, detection(one, pic, c))
	}
	return faces, nil
}
