package face

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"gabarit/engine"
)

// Parent and worker talk in frames: a little-endian uint32 length, then that many bytes. The parent sends a hello, then
// requests; the worker answers each frame with one answer. A worker that breaks these rules is ended.

const (
	maxRequest   = 64 << 20 // bytes of one request; the largest canvas needs half of it
	maxFaces     = 4096     // faces in one answer
	maxText      = 1024     // bytes of an error's text
	landmarkSize = 5        // points of dlib's 5-point predictor

	answerHeader = 3 // status, number of faces
	faceNumbers  = 4 + 1 + 2*landmarkSize + engine.TemplateSize
	faceSize     = 4 * faceNumbers
	maxAnswer    = answerHeader + maxFaces*faceSize

	// maxReach bounds coordinates: dlib's boxes may lie partly outside the canvas.
	maxReach = 4 * maxSide
	// maxComponent bounds a template's numbers, whose L2 norm is near 1.4, and scores.
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

// window is a place in pixels of the canvas; a place at the edge between two pixels is a whole number.
type window struct{ left, top, right, bottom float64 }

// found is one face in pixels of the canvas.
type found struct {
	window
	score     float64 // 0 barely a face to 1 a clear one
	landmarks [landmarkSize]engine.Point
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
const helloMagic = "gabarit face worker 2\n"

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

// request asks for the faces of a canvas, or for the templates of boxes on it.
type request struct {
	thorough bool
	crops    int      // averaged for each template
	smallest float64  // face wanted, in pixels of the canvas
	boxes    []window // if any: describe these, detect nothing
	canvas   canvas
}

const (
	requestHeader = 1 + 1 + 4 + 2 + 4*4 // flags, crops, smallest, number of boxes, sizes of luma and chroma
	boxSize       = 4 * 4
	flagThorough  = 1
	flagGrey      = 2 // chroma is not sent
)

// encode gives a request as the parts of one frame's payload; planes are not copied.
func (r request) encode() [][]byte {
	c := r.canvas
	var flags byte
	if r.thorough {
		flags |= flagThorough
	}
	if c.grey() {
		flags |= flagGrey
	}
	b := make([]byte, 0, requestHeader+len(r.boxes)*boxSize)
	b = append(b, flags, byte(r.crops))
	b = appendNumbers(b, r.smallest)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(r.boxes)))
	for _, n := range []int{c.w, c.h, c.cb.w, c.cb.h} {
		b = binary.LittleEndian.AppendUint32(b, uint32(n))
	}
	for _, w := range r.boxes {
		b = appendNumbers(b, w.left, w.top, w.right, w.bottom)
	}
	return [][]byte{b, c.y.packed(), c.cb.packed(), c.cr.packed()}
}

// decodeRequest reads what encode wrote; the planes are parts of b.
func decodeRequest(b []byte) (request, error) {
	bad := errors.New("not a request")
	if len(b) < requestHeader {
		return request{}, bad
	}
	flags := b[0]
	r := request{thorough: flags&flagThorough != 0, crops: int(b[1]), smallest: numbers(b[2:], 1)[0]}
	boxes := int(binary.LittleEndian.Uint16(b[6:]))
	var size [4]int
	for i := range size {
		size[i] = int(binary.LittleEndian.Uint32(b[8+4*i:]))
		if size[i] > maxSide {
			return request{}, bad
		}
	}
	b = b[requestHeader:]
	luma, chroma := size[0]*size[1], size[2]*size[3]
	grey := flags&flagGrey != 0
	if luma == 0 || flags > flagThorough|flagGrey || (chroma == 0) != grey || grey && size[2]+size[3] != 0 {
		return request{}, bad
	}
	if len(b) != boxes*boxSize+luma+2*chroma || r.smallest <= 0 || r.crops == 0 {
		return request{}, bad
	}
	places := numbers(b, 4*boxes)
	if !within(maxReach, append(places, r.smallest)...) {
		return request{}, bad
	}
	for n := range slices.Chunk(places, 4) {
		r.boxes = append(r.boxes, window{n[0], n[1], n[2], n[3]})
	}
	b = b[boxes*boxSize:]
	r.canvas = canvas{w: size[0], h: size[1], y: plane{b[:luma], size[0], size[0], size[1]}}
	if chroma > 0 {
		b = b[luma:]
		r.canvas.cb, r.canvas.cr = plane{b[:chroma], size[2], size[2], size[3]}, plane{b[chroma:], size[2], size[2], size[3]}
	}
	return r, nil
}

// appendNumbers writes numbers as float32.
func appendNumbers(b []byte, all ...float64) []byte {
	for _, v := range all {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(v)))
	}
	return b
}

// numbers reads n numbers that appendNumbers wrote.
func numbers(b []byte, n int) []float64 {
	all := make([]float64, n)
	for i := range all {
		all[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:])))
	}
	return all
}

// writeFrame writes the parts of one frame.
func writeFrame(w io.Writer, parts ...[]byte) error {
	size := 0
	for _, p := range parts {
		size += len(p)
	}
	if size > maxRequest {
		return fmt.Errorf("frame of %d bytes, limit %d", size, maxRequest)
	}
	var head [4]byte
	binary.LittleEndian.PutUint32(head[:], uint32(size))
	if _, err := w.Write(head[:]); err != nil {
		return err
	}
	for _, p := range parts {
		if _, err := w.Write(p); err != nil {
			return err
		}
	}
	return nil
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
		b = appendNumbers(b, f.left, f.top, f.right, f.bottom, f.score)
		for _, p := range f.landmarks {
			b = appendNumbers(b, p.X, p.Y)
		}
		for _, v := range f.template {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
	}
	return b
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

// within reports whether all are numbers from -most to most; written so that NaN is none.
func within(most float64, all ...float64) bool {
	for _, v := range all {
		if !(v >= -most && v <= most) {
			return false
		}
	}
	return true
}

// decode reads one face from exactly faceSize bytes.
func (f *found) decode(b []byte) error {
	n := numbers(b, faceNumbers)
	f.window, f.score = window{n[0], n[1], n[2], n[3]}, n[4]
	if !within(maxReach, n[:4]...) || !(f.right > f.left && f.bottom > f.top) {
		return errors.New("impossible box")
	}
	if !(f.score >= 0 && f.score <= 1) {
		return errors.New("impossible score")
	}
	n = n[5:]
	for i := range f.landmarks {
		if !within(maxReach, n[0], n[1]) {
			return errors.New("impossible landmark")
		}
		f.landmarks[i], n = engine.Point{X: n[0], Y: n[1]}, n[2:]
	}
	if !within(maxComponent, n...) {
		return errors.New("impossible template")
	}
	for i, v := range n {
		f.template[i] = float32(v)
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
