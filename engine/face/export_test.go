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
	Box       image.Rectangle
	Landmarks [landmarkSize]image.Point
	Template  engine.Template
}

func EncodeFaces(faces ...Found) []byte {
	a := answer{}
	for _, f := range faces {
		a.faces = append(a.faces, found{box: f.Box, landmarks: f.Landmarks, template: f.Template})
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
		faces = append(faces, Found{f.box, f.landmarks, f.template})
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

func CanvasSize(w, h, pixels int, factor float64) (cw, ch int) {
	return canvasSize(w, h, pixels, factor)
}

// Prepare does what the parent does before a worker sees a picture.
func Prepare(img image.Image, w, h int) error {
	var b bytes.Buffer
	return newCanvas(img, w, h).encode(&b)
}

// Worked gives what a worker would see of a picture.
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

// Upright maps a point of a turned w x h canvas to shares of the upright one.
func Upright(w, h, quarters int, x, y float64) (u, v float64) {
	return canvas{w: w, h: h, quarters: quarters}.upright(x, y)
}

// Scale resamples a grey picture.
func Scale(g *image.Gray, w, h int) *image.Gray {
	p := plane{pix: g.Pix, stride: g.Stride, w: g.Rect.Dx(), h: g.Rect.Dy()}.scale(w, h)
	return &image.Gray{Pix: p.pix, Stride: p.stride, Rect: image.Rect(0, 0, w, h)}
}

func Merge(faces, more []engine.Detection) []engine.Detection { return merge(faces, more) }

// Tail gives what is kept of writes to a worker's error output.
func Tail(writes ...string) string {
	var t tail
	for _, w := range writes {
		_, _ = t.Write([]byte(w))
	}
	return t.String()
}
