package face

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"
	"math"

	"gabarit/engine"
)

// Parent and worker talk in frames: a little-endian uint32 length, then that many bytes.
// The parent sends a hello, then one JPEG per frame; the worker answers each
// frame with one answer. A worker that breaks these rules is ended.

const (
	maxRequest   = 64 << 20 // bytes of one JPEG; the largest canvas needs far less
	maxFaces     = 4096     // faces in one answer; a 17-megapixel canvas has room for some 2,600
	maxText      = 1024     // bytes of an error's text
	landmarkSize = 5        // points of dlib's 5-point predictor

	answerHeader = 3 // status, number of faces
	faceSize     = 4*4 + landmarkSize*2*4 + engine.TemplateSize*4
	maxAnswer    = answerHeader + maxFaces*faceSize

	// maxReach bounds coordinates: dlib's boxes may lie partly outside the
	// canvas, but no canvas side is longer than a JPEG's.
	maxReach = 4 * maxSide
	// maxComponent bounds a template's numbers; dlib's have an L2 norm near 1.4.
	maxComponent = 16
)

// status is the first byte of an answer.
type status byte

const (
	statusFaces    status = iota // faces follow
	statusFailed                 // the picture could not be worked on; text follows
	statusMemory                 // the memory limit was reached; text follows
	statusNoModel                // the models can't be loaded; text follows
	statusTooMany                // more than maxFaces were found
	statusOverflow               // first value that is no status
)

// found is one face in pixels of the canvas, as dlib gives it.
type found struct {
	box       image.Rectangle // exclusive of Max
	landmarks [landmarkSize]image.Point
	template  engine.Template
}

// answer is what a worker says about one frame.
type answer struct {
	status status
	text   string
	faces  []found
}

// hello is the first frame to a worker: what it needs to know before it loads the models.
type hello struct {
	memory uint64 // bytes of address space the worker may add to what it starts with
	models string // folder of the model files
}

// helloMagic makes a worker of another build refuse to work instead of misunderstanding.
const helloMagic = "gabarit face worker 1\n"

func (h hello) encode() []byte {
	b := binary.LittleEndian.AppendUint64([]byte(helloMagic), h.memory)
	return append(b, h.models...)
}

func decodeHello(b []byte) (hello, error) {
	rest, ok := bytes.CutPrefix(b, []byte(helloMagic))
	if !ok || len(rest) < 8 {
		return hello{}, errors.New("not a hello of this version")
	}
	return hello{memory: binary.LittleEndian.Uint64(rest), models: string(rest[8:])}, nil
}

func writeFrame(w io.Writer, payload []byte) error {
	if len(payload) > maxRequest {
		return fmt.Errorf("frame of %d bytes, limit %d", len(payload), maxRequest)
	}
	var head [4]byte
	binary.LittleEndian.PutUint32(head[:], uint32(len(payload)))
	if _, err := w.Write(head[:]); err != nil {
		return err
	}
	_, err := w.Write(payload)
	return err
}

// readFrame reads one frame of at most limit bytes into buf, which it may
// replace by a larger one. io.EOF means that no frame began.
func readFrame(r io.Reader, buf []byte, limit int) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint32(head[:])
	if uint64(n) > uint64(limit) {
		return nil, fmt.Errorf("frame of %d bytes, limit %d", n, limit)
	}
	if uint64(cap(buf)) < uint64(n) {
		buf = make([]byte, n)
	}
	buf = buf[:n]
	if _, err := io.ReadFull(r, buf); err != nil {
		return nil, errors.New("frame cut short") // not io.EOF: a frame had begun
	}
	return buf, nil
}

// encode turns an answer into a frame's payload.
func (a answer) encode() []byte {
	if a.status != statusFaces {
		text := a.text
		if len(text) > maxText {
			text = text[:maxText]
		}
		return append([]byte{byte(a.status)}, text...)
	}
	b := make([]byte, 0, answerHeader+len(a.faces)*faceSize)
	b = append(b, byte(statusFaces))
	b = binary.LittleEndian.AppendUint16(b, uint16(len(a.faces)))
	for _, f := range a.faces {
		b = appendPoint(b, f.box.Min)
		b = appendPoint(b, f.box.Max)
		for _, p := range f.landmarks {
			b = appendPoint(b, p)
		}
		for _, v := range f.template {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
	}
	return b
}

func appendPoint(b []byte, p image.Point) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(int32(p.X)))
	return binary.LittleEndian.AppendUint32(b, uint32(int32(p.Y)))
}

// decodeAnswer reads a worker's answer, which may be anything: the worker runs memory-unsafe code on
// pixels chosen by strangers. What passes has a known status, as many faces as it says, boxes
// with an area, coordinates within maxReach and templates of finite, plausible numbers.
func decodeAnswer(b []byte) (answer, error) {
	if len(b) == 0 {
		return answer{}, errors.New("empty answer")
	}
	s := status(b[0])
	if s >= statusOverflow {
		return answer{}, fmt.Errorf("unknown status %d", s)
	}
	if s != statusFaces {
		if len(b) > 1+maxText {
			return answer{}, errors.New("text of the answer is too long")
		}
		return answer{status: s, text: printable(b[1:])}, nil
	}
	if len(b) < answerHeader {
		return answer{}, errors.New("answer cut short")
	}
	n := int(binary.LittleEndian.Uint16(b[1:]))
	if n > maxFaces || len(b) != answerHeader+n*faceSize {
		return answer{}, fmt.Errorf("%d faces in %d bytes", n, len(b))
	}
	a := answer{faces: make([]found, n)}
	for i := range a.faces {
		if err := a.faces[i].decode(b[answerHeader+i*faceSize:][:faceSize]); err != nil {
			return answer{}, fmt.Errorf("face %d: %w", i, err)
		}
	}
	return a, nil
}

// decode reads one face from exactly faceSize bytes.
func (f *found) decode(b []byte) error {
	point := func() image.Point {
		p := image.Pt(int(int32(binary.LittleEndian.Uint32(b))), int(int32(binary.LittleEndian.Uint32(b[4:]))))
		b = b[8:]
		return p
	}
	reach := image.Rect(-maxReach, -maxReach, maxReach, maxReach)
	f.box = image.Rectangle{Min: point(), Max: point()}
	if f.box.Empty() || !f.box.In(reach) {
		return errors.New("impossible box")
	}
	for i := range f.landmarks {
		if f.landmarks[i] = point(); !f.landmarks[i].In(reach) {
			return errors.New("impossible landmark")
		}
	}
	for i := range f.template {
		v := math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
		if !(v >= -maxComponent && v <= maxComponent) { // also refuses NaN
			return errors.New("impossible template")
		}
		f.template[i] = v
	}
	return nil
}

// printable keeps a foreign text readable and harmless in a log or terminal.
func printable(b []byte) string {
	return string(bytes.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return ' '
		}
		if r < ' ' || r == 0x7f || r == 0xfffd {
			return '?'
		}
		return r
	}, b))
}
