package face

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"gabarit/engine"
	"gabarit/engine/face/dlib"
)

// Model names the templates of this package: dlib's ResNet (dlib_face_recognition_resnet_model_v1),
// on chips of 150 pixels with a padding of 0.25. A mean over several crops of a face is a template of the same model.
const Model engine.ModelID = "dlib-resnet-v1"

// workerArgument is the reserved first argument of a worker process.
const workerArgument = "gabarit-face-worker"

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
	runtime.LockOSThread() // one thread's stack and buffers are enough
	look, a := load(h.models)
	if look != nil {
		// dlib has read its models: from here on the process needs no file.
		if err := sealFiles(); err != nil {
			return err
		}
	}
	if err := reply(out, a); err != nil || look == nil {
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
		r, err := decodeRequest(buf)
		if err != nil {
			return err // parent and worker are one program: this is no picture's fault
		}
		if err := reply(out, work(look, r)); err != nil {
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
func load(models string) (*searcher, answer) {
	for _, name := range dlib.Files() {
		if _, err := os.Stat(filepath.Join(models, name)); err != nil {
			return nil, answer{status: statusNoModel, text: err.Error()}
		}
	}
	e, err := dlib.Open(models)
	if err != nil {
		a := failure(err)
		if a.status != statusMemory {
			a.status = statusNoModel
		}
		return nil, a
	}
	return &searcher{engine: e}, answer{}
}

// errTooMany stands for more than maxFaces faces.
var errTooMany = errors.New("too many faces")

// work answers one request.
func work(s *searcher, r request) answer {
	faces, err := s.find(r)
	switch {
	case errors.Is(err, errTooMany):
		return answer{status: statusTooMany}
	case err != nil:
		return failure(err)
	}
	return answer{faces: faces}
}

// failure turns an error of dlib into an answer. It tells a lack of memory only in its text.
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
