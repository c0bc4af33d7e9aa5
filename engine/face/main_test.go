package face_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	_ "image/jpeg"
	_ "image/png" // one of the real photos
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"gabarit/engine"
	"gabarit/engine/face"
)

// fakeMode names the environment variable by which a test asks this test program to be a bad worker.
const fakeMode = "FACE_TEST_WORKER"

func TestMain(m *testing.M) {
	if face.IsWorker(os.Args) {
		if mode := os.Getenv(fakeMode); mode != "" {
			os.Exit(fakeWorker(mode))
		}
		os.Exit(face.WorkerMain())
	}
	os.Exit(m.Run())
}

// fakeWorker says hello and then misbehaves. A mode is a name, or a name and a file after a colon.
func fakeWorker(mode string) int {
	name, file, _ := strings.Cut(mode, ":")
	switch name {
	case "broken":
		fmt.Fprintln(os.Stderr, "a library is missing")
		return 1
	case "no models":
		_, _ = face.ReadFrame(os.Stdin, 1<<20)
		_ = face.WriteFrame(os.Stdout, []byte{face.StatusNoModel, 'b', 'a', 'd'})
		return 1
	}
	_, _ = face.ReadFrame(os.Stdin, 1<<20)
	_ = face.WriteFrame(os.Stdout, face.EncodeFaces())
	for {
		if _, err := face.ReadFrame(os.Stdin, 64<<20); err != nil {
			return 0
		}
		misbehave(name, file)
	}
}

func misbehave(name, file string) {
	switch name {
	case "abort once":
		if err := os.Mkdir(file, 0o700); err != nil { // it was there: this is the second worker
			_ = face.WriteFrame(os.Stdout, face.EncodeFaces())
			return
		}
		fallthrough
	case "abort":
		fmt.Fprintln(os.Stderr, "terminate called: a fatal check")
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	case "exhausted":
		fmt.Fprintln(os.Stderr, "terminate called after throwing an instance of 'std::bad_alloc'")
		os.Exit(2)
	case "chatty":
		_, _ = io.Copy(os.Stderr, io.LimitReader(ones{}, 8<<20))
		os.Exit(3)
	case "memory":
		_ = face.WriteFrame(os.Stdout, []byte{face.StatusMemory})
	case "too many":
		_ = face.WriteFrame(os.Stdout, []byte{face.StatusTooMany})
	case "huge":
		_, _ = os.Stdout.Write([]byte{0xff, 0xff, 0xff, 0xff, 0, 0, 0})
	case "nonsense":
		_ = face.WriteFrame(os.Stdout, []byte("\x00\x01\x00 not a face"))
	case "infinite":
		_ = face.WriteFrame(os.Stdout, face.EncodeFaces(face.Found{Right: 9, Bottom: 9, Template: engine.Template{float32(math.Inf(1))}}))
	case "silent":
		time.Sleep(time.Hour)
	case "leaves a child":
		// The child keeps all pipes of its dead parent open.
		attr := &os.ProcAttr{Files: []*os.File{os.Stdin, os.Stdout, os.Stderr}}
		_, _ = os.StartProcess("/bin/sleep", []string{"sleep", "5"}, attr)
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	}
}

type ones struct{}

func (ones) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = '1'
	}
	return len(b), nil
}

// fake gives a program that is this test program as a bad worker. No environment reaches a worker, so
// the program is a script that sets it.
func fake(t *testing.T, mode string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "worker")
	script := fmt.Sprintf("#!/bin/sh\n%s='%s' exec '%s' \"$@\"\n", fakeMode, mode, self)
	if err := os.WriteFile(path, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// fakeModels gives a folder in which all model files exist, for fake workers.
func fakeModels(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range modelNames() {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("no model"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func modelNames() []string {
	return []string{"shape_predictor_5_face_landmarks.dat", "dlib_face_recognition_resnet_model_v1.dat", "mmod_human_face_detector.dat"}
}

// models gives the folder of the real models, or skips the test.
func models(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("GABARIT_MODELS")
	if dir == "" {
		data := os.Getenv("XDG_DATA_HOME")
		if data == "" {
			data = filepath.Join(os.Getenv("HOME"), ".local", "share")
		}
		dir = filepath.Join(data, "gabarit", "models")
	}
	for _, name := range modelNames() {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Skip("skipped: no face models here; `make setup` gets them")
		}
	}
	return dir
}

// open gives a pool that is closed at the end of the test.
func open(t testing.TB, c face.Config) *face.Pool {
	t.Helper()
	p, err := face.NewPool(context.Background(), c)
	if err != nil {
		t.Fatalf("NewPool: %v", err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return p
}

// photo reads one of the real photos that the set-up brings, or skips the test.
func photo(t testing.TB, name string) *engine.Picture {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "build", "photos", name))
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("skipped: no real photos here; `make setup` gets them")
	}
	if err != nil {
		t.Fatal(err)
	}
	img, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return picture(img)
}

// portrait is a real photo with one face, small to be quick.
func portrait(t testing.TB) *engine.Picture {
	t.Helper()
	return scaled(t, photo(t, "obama2.jpg"), 0.4)
}

// picture makes an upright photo of an image.
func picture(img image.Image) *engine.Picture {
	return &engine.Picture{Image: img, Width: img.Bounds().Dx(), Height: img.Bounds().Dy()}
}

// plain is a picture of one grey.
func plain(w, h int, v uint8) *engine.Picture {
	g := image.NewGray(image.Rect(0, 0, w, h))
	for i := range g.Pix {
		g.Pix[i] = v
	}
	return picture(g)
}

// detect fails the test on an error.
func detect(t testing.TB, p *face.Pool, pic *engine.Picture, look engine.Look) []engine.Detection {
	t.Helper()
	faces, err := p.Detect(context.Background(), pic, look)
	if err != nil {
		t.Fatalf("Detect: %v", err)
	}
	return faces
}

// only fails the test unless there is exactly one face.
func only(t testing.TB, faces []engine.Detection) engine.Detection {
	t.Helper()
	if len(faces) != 1 {
		t.Fatalf("found %d faces, want 1: %v", len(faces), boxes(faces))
	}
	return faces[0]
}

func boxes(faces []engine.Detection) (all []engine.Box) {
	for _, f := range faces {
		all = append(all, f.Box)
	}
	return all
}

func distance(a, b engine.Template) float64 {
	var sum float64
	for i := range a {
		d := float64(a[i]) - float64(b[i])
		sum += d * d
	}
	return math.Sqrt(sum)
}

// redrawn gives a picture in which at tells the colour of every pixel.
func redrawn(w, h int, at func(x, y int) color.Color) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			out.Set(x, y, at(x, y))
		}
	}
	return out
}

// scaled gives a photo in another size, as a JPEG decoder would.
func scaled(t testing.TB, pic *engine.Picture, factor float64) *engine.Picture {
	t.Helper()
	img, err := face.Worked(pic.Image, int(float64(pic.Width)*factor), int(float64(pic.Height)*factor), 0)
	if err != nil {
		t.Fatal(err)
	}
	return picture(img)
}
