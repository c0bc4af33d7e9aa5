package engine

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// TemplateSize is the number of dimensions of a Template.
const TemplateSize = 128

// Template is the descriptor of one face: a point compared by L2 distance. It is biometric
// data (GDPR art. 4(14) and 9): it is never logged, and stored only sealed.
type Template [TemplateSize]float32

// Finite reports whether every number of t can be compared: none is infinite or NaN.
func (t *Template) Finite() bool {
	for _, v := range t {
		if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
			return false
		}
	}
	return true
}

// ModelID names the model that made a template; templates of different models can't be compared.
type ModelID string

// Box is a rectangle in pixels of the upright photo: top-left corner, width, height.
// It may lie partly outside the photo, as detectors return it.
type Box struct{ X, Y, W, H int }

// ParseBox reads "left,top,width,height"; CodeInvalid.
func ParseBox(s string) (b Box, err error) {
	var rest string
	if n, _ := fmt.Sscanf(s+" .", "%d,%d,%d,%d %s", &b.X, &b.Y, &b.W, &b.H, &rest); n != 5 || rest != "." {
		return Box{}, E(CodeInvalid, "engine.ParseBox", "a box is written left,top,width,height", errors.New(s))
	}
	return b, nil
}

// Point is a position in pixels of the upright photo.
type Point struct{ X, Y float64 }

// FaceID names a face: its photo's ID and its number in it, "PHOTO-0".
type FaceID string

// NewFaceID makes the ID of a photo's n-th face.
func NewFaceID(p PhotoID, n int) FaceID {
	return FaceID(fmt.Sprintf("%s-%d", p, n))
}

// Photo splits a face ID into its photo and number. ok is false for a malformed ID.
func (id FaceID) Photo() (p PhotoID, n int, ok bool) {
	i := strings.LastIndexByte(string(id), '-')
	if i <= 0 {
		return "", 0, false
	}
	n, err := strconv.Atoi(string(id[i+1:]))
	if err != nil || n < 0 {
		return "", 0, false
	}
	return PhotoID(id[:i]), n, true
}

// Face is one face of a stored photo. The template is left zero where a caller did not ask for it.
type Face struct {
	ID       FaceID
	Was      []FaceID // IDs that it had before it was found anew, oldest first
	Box      Box
	Quality  float64 // 0 (useless) to 1 (good): size, sharpness, clearness, pose, margin, light
	Roll     float64 // degrees by which the line between the eyes is turned, clockwise
	Seen     Span    // in a video: when the person was seen in this shot, of which this is the best face
	Model    ModelID
	Template Template
}

// Detection is a face found in a picture that is not (yet) stored.
type Detection struct {
	Box       Box
	Quality   float64
	Roll      float64
	Score     float64 // the detector's margin: 0 is barely a face, some .7 a clear one, never 1; 0 too where a person drew the box
	Drawn     bool    // a person drew the box: no detector says that there is a face
	Landmarks []Point
	Model     ModelID
	Template  Template
}

// DetectorKind names one of the two ways to look for faces.
type DetectorKind string

// The detectors: fast is the default; thorough takes longer and finds more.
const (
	DetectorFast     DetectorKind = "fast"
	DetectorThorough DetectorKind = "thorough"
)

// Look says how a picture is searched for faces. The zero value is the default: the fast detector with its own smallest face, one
// crop for each template.
type Look struct {
	Detector DetectorKind // "": fast
	Smallest FaceSize     // the smallest face wanted; zero: the detector's own
	Averaged bool         // each template is the mean over several crops of the face: steadier, and dearer
}

// FaceSize is the width of the smallest face wanted: the larger of the two bounds. What it costs to look at a picture follows
// from it, not from the camera.
type FaceSize struct {
	Pixels int     // of the upright photo; 0: no bound
	Share  float64 // of the side of a square as large as the photo, 0 to 1; 0: no bound
}

// Check refuses a look that no detector knows, as a CodeInvalid error.
func (l Look) Check() error {
	const op = "engine.Look.Check"
	switch {
	case l.Detector != "" && l.Detector != DetectorFast && l.Detector != DetectorThorough:
		return E(CodeInvalid, op, "there is no such face detector", errors.New(string(l.Detector)))
	case l.Smallest.Pixels < 0 || l.Smallest.Pixels > MaxFacePixels, !(l.Smallest.Share >= 0 && l.Smallest.Share <= 1):
		return E(CodeInvalid, op, "the size of the smallest face is out of range", nil)
	}
	return nil
}

// MaxFacePixels bounds FaceSize.Pixels.
const MaxFacePixels = 10_000
