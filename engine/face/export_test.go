package face

import (
	"bytes"
	"image"
	"image/jpeg"
	"io"
	"time"

	"gabarit/engine"
)

// What tests of this package reach beyond its exported names.

const (
	WorkerArgument = workerArgument
	MaxAnswer      = maxAnswer
	MaxTail        = maxTail
	MaxSide        = maxSide
)

// The statuses of answers, for fake workers.
const (
	StatusFaces   = byte(statusFaces)
	StatusMemory  = byte(statusMemory)
	StatusNoModel = byte(statusNoModel)
	StatusTooMany = byte(statusTooMany)
)

func ReadFrame(r io.Reader, limit int) ([]byte, error) { return readFrame(r, nil, limit) }
func WriteFrame(w io.Writer, b []byte) error           { return writeFrame(w, b) }

// Found is one face as a worker tells it.
type Found struct {
	Left, Top, Right, Bottom, Score float64
	Landmarks                       [landmarkSize]engine.Point
	Template                        engine.Template
}

func EncodeFaces(faces ...Found) []byte {
	a := answer{}
	for _, f := range faces {
		a.faces = append(a.faces, found{window{f.Left, f.Top, f.Right, f.Bottom}, f.Score, f.Landmarks, f.Template})
	}
	return a.encode()
}

// DecodeAnswer gives a worker's answer, and the payload it would be sent as.
func DecodeAnswer(b []byte) (status byte, text string, faces []Found, again []byte, err error) {
	a, err := decodeAnswer(b)
	if err != nil {
		return 0, "", nil, nil, err
	}
	for _, f := range a.faces {
		faces = append(faces, Found{f.left, f.top, f.right, f.bottom, f.score, f.landmarks, f.template})
	}
	return byte(a.status), a.text, faces, a.encode(), nil
}

func DecodeHello(b []byte) (memory uint64, models string, err error) {
	h, err := decodeHello(b)
	return h.memory, h.models, err
}

func EncodeHello(memory uint64, models string) []byte {
	return hello{memory: memory, models: models}.encode()
}

func WorkerEnv(environ []string) []string { return workerEnv(environ) }

// Pids gives the process numbers of the idle workers.
func (p *Pool) Pids() (pids []int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, w := range p.idle {
		pids = append(pids, w.cmd.Process.Pid)
	}
	return pids
}

// SetTimeout changes the limit of detections that begin later. Not while one is under way.
func (p *Pool) SetTimeout(d time.Duration) { p.config.Timeout = d }

func CanvasSize(w, h int, want engine.FaceSize) (cw, ch int, smallest float64) {
	return canvasSize(w, h, want, fastFactor)
}

func SmallestFace(d engine.DetectorKind) engine.FaceSize { return smallestFace(d) }

// Request writes a request for the faces of a picture, and reads it again.
func Request(img image.Image, thorough bool, crops int, boxes ...[4]float64) (payload []byte, err error) {
	b := img.Bounds()
	r := request{thorough: thorough, crops: crops, smallest: 40, canvas: newCanvas(img, b.Dx(), b.Dy())}
	for _, x := range boxes {
		r.boxes = append(r.boxes, window{x[0], x[1], x[2], x[3]})
	}
	return bytes.Join(r.encode(), nil), nil
}

// DecodeRequest reads a request and gives the payload it would be sent as.
func DecodeRequest(b []byte) (again []byte, err error) {
	r, err := decodeRequest(b)
	if err != nil {
		return nil, err
	}
	return bytes.Join(r.encode(), nil), nil
}

// Prepare does what the parent does before a worker sees a picture.
func Prepare(img image.Image, w, h int) int {
	return len(newCanvas(img, w, h).y.packed())
}

// Worked gives a picture as a canvas shows it.
func Worked(img image.Image, w, h, quarters int) (image.Image, error) {
	var b bytes.Buffer
	c := newCanvas(img, w, h)
	if quarters > 0 {
		c = c.turned(quarters)
	}
	if err := c.encode(&b); err != nil {
		return nil, err
	}
	return jpeg.Decode(&b)
}

// Unturned maps a point of a turned canvas, which was w x h before, to the upright one.
func Unturned(w, h, quarters int, x, y float64) engine.Point {
	return canvas{w: w, h: h}.unturned(quarters, engine.Point{X: x, Y: y})
}

// Join joins windows of two detectors, given as left, top, right, bottom, score.
func Join(faces, more [][5]float64) (all [][5]float64) {
	turn := func(list [][5]float64) (out []candidate) {
		for _, w := range list {
			out = append(out, candidate{window: window{w[0], w[1], w[2], w[3]}, score: w[4]})
		}
		return out
	}
	for _, c := range join(turn(faces), turn(more)) {
		all = append(all, [5]float64{c.left, c.top, c.right, c.bottom, c.score})
	}
	return all
}

// Starts places tiles.
func Starts(length, side, overlap float64) []float64 { return starts(length, side, overlap) }

// Scale resamples a grey picture.
func Scale(g *image.Gray, w, h int) *image.Gray {
	p := plane{pix: g.Pix, stride: g.Stride, w: g.Rect.Dx(), h: g.Rect.Dy()}.scale(w, h)
	return &image.Gray{Pix: p.pix, Stride: p.stride, Rect: image.Rect(0, 0, w, h)}
}

// Tail gives what is kept of writes to a worker's error output.
func Tail(writes ...string) string {
	var t tail
	for _, w := range writes {
		_, _ = t.Write([]byte(w))
	}
	return t.String()
}
