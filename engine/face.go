package engine

import (
	"fmt"
	"strconv"
	"strings"
)

// TemplateSize is the number of dimensions of a Template.
const TemplateSize = 128

// Template is the descriptor of one face: a point compared by L2 distance. It is biometric
// data (GDPR art. 4(14) and 9): it is never logged, and stored only sealed.
type Template [TemplateSize]float32

// ModelID names the model that made a template; templates of different models can't be compared.
type ModelID string

// Box is a rectangle in pixels of the upright photo: top-left corner, width, height.
// It may lie partly outside the photo, as detectors return it.
type Box struct{ X, Y, W, H int }

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
	Box      Box
	Quality  float64 // 0 (useless) to 1 (good): size, sharpness, pose, margin
	Roll     float64 // degrees by which the line between the eyes is turned, clockwise
	Model    ModelID
	Template Template
}

// Detection is a face found in a picture that is not (yet) stored.
type Detection struct {
	Box       Box
	Quality   float64
	Roll      float64
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
