package dlib

/*
#cgo CXXFLAGS: -std=gnu++17 -O3 -DNDEBUG
#cgo amd64 CXXFLAGS: -march=x86-64-v3
#cgo LDFLAGS: -ldlib -lblas -lcblas -llapack
#include <stdlib.h>
#include "dlib.h"
*/
import "C"

import (
	"errors"
	"path/filepath"
	"unsafe"
)

// The files of the models, as dlib publishes them.
const (
	predictorFile = "shape_predictor_5_face_landmarks.dat"
	templateFile  = "dlib_face_recognition_resnet_model_v1.dat"
	networkFile   = "mmod_human_face_detector.dat"
)

// Files names the model files that Open reads.
func Files() []string { return []string{predictorFile, templateFile, networkFile} }

const (
	// TemplateSize is the number of dimensions of a template.
	TemplateSize = C.gb_template
	// Landmarks is the number of points found in a face: see Face.
	Landmarks = C.gb_landmarks
	// FaceSide is the side in pixels of the smallest face that HOG and Network find.
	FaceSide = 80
)

// Window is where a detector saw a face: edges in pixels of the picture, of which it may lie partly outside. Score is above the
// detector's own threshold by this much; HOG gives up to about 3, Network up to about 1.1.
type Window struct{ Left, Top, Right, Bottom, Score float64 }

// Point is a position in pixels; whole numbers lie at the edge between two pixels.
type Point struct{ X, Y float64 }

// Face is what is made of a window: dlib's five landmarks (outer and inner corner of the eye at the right, of the eye at the left, base of
// the nose) and the template.
type Face struct {
	Landmarks [Landmarks]Point
	Template  [TemplateSize]float32
}

// Engine holds the models: some 40 MB, and up to 100 bytes for each pixel of the largest picture it has seen. One goroutine uses it at a time;
// its calls can't be interrupted.
type Engine struct{ p unsafe.Pointer }

// Open reads the models from a folder. It takes half a second.
func Open(models string) (*Engine, error) {
	path := func(name string) *C.char { return C.CString(filepath.Join(models, name)) }
	predictor, templates, network := path(predictorFile), path(templateFile), path(networkFile)
	defer C.free(unsafe.Pointer(predictor))
	defer C.free(unsafe.Pointer(templates))
	defer C.free(unsafe.Pointer(network))
	var text *C.char
	p := C.gb_open(predictor, templates, network, &text)
	if p == nil {
		return nil, failure(text)
	}
	return &Engine{p}, nil
}

// Close frees the models. The engine can't be used after it.
func (e *Engine) Close() {
	C.gb_close(e.p)
	e.p = nil
}

// failure turns a text of C++ into an error and frees it.
func failure(text *C.char) error {
	defer C.free(unsafe.Pointer(text))
	return errors.New(C.GoString(text))
}

var errSize = errors.New("the picture has another size than its pixels")

// sized reports whether pix holds w x h pixels of some channels; larger sides than 2^15 are refused.
func sized(pix []byte, w, h, channels int) bool {
	const most = 1 << 16
	return w > 0 && h > 0 && w < most && h < most && len(pix) == w*h*channels
}

// bytesOf gives the address of a slice that is not empty.
func bytesOf(b []byte) *C.uint8_t { return (*C.uint8_t)(unsafe.Pointer(unsafe.SliceData(b))) }

// HOG gives the faces that dlib's frontal detector finds in h rows of w grey pixels, best first: those from FaceSide pixels. A window
// counts when its score is above adjust.
func (e *Engine) HOG(grey []byte, w, h int, adjust float64) ([]Window, error) {
	if !sized(grey, w, h, 1) {
		return nil, errSize
	}
	var out *C.gb_window
	var text *C.char
	n := C.gb_hog(e.p, bytesOf(grey), C.int(w), C.int(h), C.double(adjust), &out, &text)
	return windows(out, n, text)
}

// Network gives the faces that dlib's convolutional detector finds in h rows of w RGB pixels, best first: those from FaceSide pixels,
// also turned aside or partly covered. A window counts when its score is above adjust. Of the pyramid no more than the given number of
// levels is looked at: faces of FaceSide are on the first, those a fifth larger on the next.
func (e *Engine) Network(rgb []byte, w, h, levels int, adjust float64) ([]Window, error) {
	if !sized(rgb, w, h, 3) {
		return nil, errSize
	}
	var out *C.gb_window
	var text *C.char
	n := C.gb_mmod(e.p, bytesOf(rgb), C.int(w), C.int(h), C.int(levels), C.double(adjust), &out, &text)
	return windows(out, n, text)
}

func windows(out *C.gb_window, n C.int, text *C.char) ([]Window, error) {
	if n < 0 {
		return nil, failure(text)
	}
	defer C.free(unsafe.Pointer(out))
	all := make([]Window, n)
	for i, w := range unsafe.Slice(out, n) {
		all[i] = Window{float64(w.left), float64(w.top), float64(w.right), float64(w.bottom), float64(w.score)}
	}
	return all, nil
}

// MaxCrops is the largest number of crops of Describe.
func MaxCrops() int { return int(C.gb_max_crops()) }

// Describe finds the landmarks of faces in h rows of w RGB pixels and makes their templates, each the mean over crops (1 to MaxCrops) of the
// face: the plain one, then others moved, scaled and turned a little, every second one mirrored. They are the same each time.
func (e *Engine) Describe(rgb []byte, w, h int, faces []Window, crops int) ([]Face, error) {
	switch {
	case !sized(rgb, w, h, 3):
		return nil, errSize
	case crops < 1 || crops > MaxCrops():
		return nil, errors.New("number of crops out of range")
	case len(faces) == 0:
		return nil, nil
	}
	in, out := make([]C.gb_window, len(faces)), make([]C.gb_face, len(faces))
	for i, f := range faces {
		in[i] = C.gb_window{left: C.double(f.Left), top: C.double(f.Top), right: C.double(f.Right), bottom: C.double(f.Bottom)}
	}
	var text *C.char
	if C.gb_describe(e.p, bytesOf(rgb), C.int(w), C.int(h), &in[0], C.int(len(in)), C.int(crops), &out[0], &text) < 0 {
		return nil, failure(text)
	}
	all := make([]Face, len(out))
	for i := range out {
		for k := range all[i].Landmarks {
			all[i].Landmarks[k] = Point{float64(out[i].landmarks[2*k]), float64(out[i].landmarks[2*k+1])}
		}
		for k := range all[i].Template {
			all[i].Template[k] = float32(out[i].template_[k])
		}
	}
	return all, nil
}

// Scale scales pixels of 1 or 3 channels linearly, as dlib's pyramids do: corner to corner, without smoothing, so not below half the size.
// dst is used if it is large enough.
func Scale(src []byte, w, h int, dst []byte, toW, toH, channels int) ([]byte, error) {
	if !sized(src, w, h, channels) || toW <= 0 || toH <= 0 || (channels != 1 && channels != 3) {
		return nil, errSize
	}
	dst = room(dst, toW*toH*channels)
	var text *C.char
	if C.gb_scale(bytesOf(src), C.int(w), C.int(h), bytesOf(dst), C.int(toW), C.int(toH), C.int(channels), &text) < 0 {
		return nil, failure(text)
	}
	return dst, nil
}

// RGB turns luma and chroma (full range, BT.601, as in JPEG) into RGB. Chroma has cw x ch samples, spread over the picture. dst is used
// if it is large enough.
func RGB(y, cb, cr []byte, w, h, cw, ch int, dst []byte) ([]byte, error) {
	if !sized(y, w, h, 1) || !sized(cb, cw, ch, 1) || !sized(cr, cw, ch, 1) {
		return nil, errSize
	}
	dst = room(dst, w*h*3)
	var text *C.char
	if C.gb_rgb(bytesOf(y), bytesOf(cb), bytesOf(cr), C.int(w), C.int(h), C.int(cw), C.int(ch), bytesOf(dst), &text) < 0 {
		return nil, failure(text)
	}
	return dst, nil
}

// room gives n bytes, those of b if it has them.
func room(b []byte, n int) []byte {
	if cap(b) < n {
		return make([]byte, n)
	}
	return b[:n]
}
