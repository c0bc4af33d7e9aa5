package face

import (
	"bufio"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"strings"

	goface "github.com/Kagami/go-face"

	"gabarit/engine"
)

// Model names the templates of this package: dlib's ResNet (dlib_face_recognition_resnet_model_v1),
// on chips of 150 pixels with a padding of 0.25, without jitter.
const Model engine.ModelID = "dlib-resnet-v1"

const (
	chipSize    = 150 // any other size aborts the process
	chipPadding = 0.25
)

// workerArgument is the reserved first argument of a worker process.
const workerArgument = "gabarit-face-worker"

// modelFiles names the files that go-face loads; the third is loaded though not used.
func modelFiles() []string {
	return []string{
		"shape_predictor_5_face_landmarks.dat",
		"dlib_face_recognition_resnet_model_v1.dat",
		"mmod_human_face_detector.dat",
	}
}

// IsWorker reports whether a program started with args (os.Args) is meant to be a worker.
// Every program that uses a Pool asks this first, before flags or anything else, and
// then ends with os.Exit(WorkerMain()).
func IsWorker(args []string) bool {
	return len(args) == 2 && args[1] == workerArgument
}

// WorkerMain serves a Pool over standard input and output until the input ends, and
// returns the exit status. It limits the process (memory, core dumps,
// files) and must therefore be the only thing the process does.
func WorkerMain() int {
	if err := serve(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "face worker:", err)
		return 1
	}
	return 0
}

// recogniser is what serve needs of dlib.
type recogniser interface {
	Recognize(jpeg []byte) ([]goface.Face, error)
}

func serve(r io.Reader, w io.Writer) error {
	in, out := bufio.NewReaderSize(r, 64<<10), bufio.NewWriter(w)
	b, err := readFrame(in, nil, maxText+4096)
	if err != nil {
		return err
	}
	h, err := decodeHello(b)
	if err != nil {
		return err
	}
	if err := confine(h.memory); err != nil {
		return err
	}
	rec, a := load(h.models)
	if rec != nil {
		// dlib has read its models: from here on the process needs no file.
		if err := sealFiles(); err != nil {
			return err
		}
	}
	if err := reply(out, a); err != nil || rec == nil {
		return err
	}
	var buf []byte
	for {
		buf, err = readFrame(in, buf, maxRequest)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := reply(out, look(rec, buf)); err != nil {
			return err
		}
	}
}

func reply(out *bufio.Writer, a answer) error {
	if err := writeFrame(out, a.encode()); err != nil {
		return err
	}
	return out.Flush()
}

// load opens the models. Without them it gives the answer that says so.
func load(models string) (recogniser, answer) {
	for _, name := range modelFiles() {
		if _, err := os.Stat(filepath.Join(models, name)); err != nil {
			return nil, answer{status: statusNoModel, text: err.Error()}
		}
	}
	rec, err := goface.NewRecognizerWithConfig(models, chipSize, chipPadding, 0)
	if err != nil {
		a := failure(err)
		if a.status != statusMemory {
			a.status = statusNoModel
		}
		return nil, a
	}
	return rec, answer{}
}

// look runs dlib on one JPEG.
func look(rec recogniser, jpeg []byte) answer {
	faces, err := rec.Recognize(jpeg)
	switch {
	case err != nil:
		return failure(err)
	case len(faces) > maxFaces:
		return answer{status: statusTooMany}
	}
	a := answer{faces: make([]found, 0, len(faces))}
	for _, f := range faces {
		if len(f.Shapes) != landmarkSize {
			return answer{status: statusNoModel, text: "the shape predictor does not give 5 points"}
		}
		one := found{
			// dlib's right and bottom edges are inclusive.
			box:       image.Rect(f.Rectangle.Min.X, f.Rectangle.Min.Y, f.Rectangle.Max.X+1, f.Rectangle.Max.Y+1),
			landmarks: [landmarkSize]image.Point(f.Shapes),
			template:  engine.Template(f.Descriptor),
		}
		a.faces = append(a.faces, one)
	}
	return a
}

// failure turns an error of go-face into an answer. dlib tells a lack
// of memory only in its text.
func failure(err error) answer {
	s := statusFailed
	if outOfMemory(err.Error()) {
		s = statusMemory
	}
	return answer{status: s, text: err.Error()}
}

// outOfMemory recognises how C++ and the Go runtime say it.
func outOfMemory(text string) bool {
	for _, sign := range []string{"bad_alloc", "out of memory", "cannot allocate memory"} {
		if strings.Contains(text, sign) {
			return true
		}
	}
	return false
}
