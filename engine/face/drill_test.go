package face_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"gabarit/engine"
	"gabarit/engine/face"
)

// wantError fails the test unless err has the code and message.
func wantError(t *testing.T, err error, code engine.Code, msg string) {
	t.Helper()
	if engine.CodeOf(err) != code || engine.MessageOf(err) != msg {
		t.Errorf("error %v: code %q, message %q; want %q, %q", err, engine.CodeOf(err), engine.MessageOf(err), code, msg)
	}
}

func TestAWorkerKilledInsideAPhotoCostsNothing(t *testing.T) {
	p := open(t, face.Config{Models: models(t), Workers: 1})
	pic := portrait(t)
	want := only(t, detect(t, p, pic, engine.Look{}))
	for range 2 {
		pid := p.Pids()[0]
		// Stopped, it can't answer before it is killed.
		if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		killed := make(chan error, 1)
		go func() {
			for len(p.Pids()) > 0 { // until the detection has taken it
				time.Sleep(time.Millisecond)
			}
			killed <- syscall.Kill(pid, syscall.SIGKILL)
		}()
		got := only(t, detect(t, p, pic, engine.Look{}))
		if err := <-killed; err != nil {
			t.Fatal(err)
		}
		if got.Template != want.Template {
			t.Error("the second worker gave another template")
		}
		if next := p.Pids()[0]; next == pid {
			t.Error("the killed worker is still in use")
		}
	}
}

func TestARunawayWorkerCostsOnePhoto(t *testing.T) {
	p := open(t, face.Config{Models: models(t), Workers: 1})
	pic := portrait(t)
	if err := syscall.Kill(p.Pids()[0], syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	p.SetTimeout(100 * time.Millisecond)
	faces, err := p.Detect(context.Background(), pic, engine.Look{})
	wantError(t, err, engine.CodeLimit, "the face detector took too long")
	if len(faces) != 0 || len(p.Pids()) != 0 {
		t.Errorf("faces %d and workers %v after a runaway", len(faces), p.Pids())
	}
	p.SetTimeout(face.DefaultTimeout)
	only(t, detect(t, p, pic, engine.Look{}))
}

func TestAPhotoThatNeedsTooMuchMemoryCostsItself(t *testing.T) {
	if raceDetector {
		t.Skip("skipped: the race detector's own memory runs out first, and it ends the worker without saying why")
	}
	p := open(t, face.Config{Models: models(t), Workers: 1, MaxMemory: 320 << 20})
	look := engine.Look{Detector: engine.DetectorThorough, Smallest: engine.FaceSize{Pixels: 1}} // some 500 MB
	_, err := p.Detect(context.Background(), plain(6000, 4000, 128), look)
	wantError(t, err, engine.CodeLimit, "the face detector ran out of memory")
	only(t, detect(t, p, portrait(t), engine.Look{}))
}

func TestABadWorkerIsAnErrorOfThatPhoto(t *testing.T) {
	const crashed = "the face detector crashed on this picture"
	const memory = "the face detector ran out of memory"
	for _, c := range []struct {
		mode string
		code engine.Code
		msg  string
		says string // in the cause
	}{
		{"abort", engine.CodeUnavailable, crashed, "a fatal check"},
		{"huge", engine.CodeUnavailable, crashed, "4294967295 bytes"},
		{"nonsense", engine.CodeUnavailable, crashed, "1 faces in"},
		{"infinite", engine.CodeUnavailable, crashed, "impossible template"},
		{"chatty", engine.CodeUnavailable, crashed, "111"},
		{"exhausted", engine.CodeLimit, memory, "bad_alloc"},
		{"memory", engine.CodeLimit, memory, ""},
		{"too many", engine.CodeLimit, "the picture shows too many faces", ""},
	} {
		t.Run(c.mode, func(t *testing.T) {
			t.Parallel()
			p := open(t, face.Config{Models: fakeModels(t), Exe: fake(t, c.mode), Workers: 1})
			faces, err := p.Detect(context.Background(), plain(8, 8, 0), engine.Look{})
			wantError(t, err, c.code, c.msg)
			if faces != nil {
				t.Errorf("faces %v with an error", faces)
			}
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("error %q does not say %q", err, c.says)
			}
			if err != nil && len(err.Error()) > 2*face.MaxTail {
				t.Errorf("error of %d bytes", len(err.Error()))
			}
		})
	}
}

func TestAChildOfADeadWorkerThatHoldsItsPipesEndsWithTheTimeLimit(t *testing.T) {
	p := open(t, face.Config{Models: fakeModels(t), Exe: fake(t, "leaves a child"), Workers: 1})
	p.SetTimeout(50 * time.Millisecond)
	_, err := p.Detect(context.Background(), plain(8, 8, 0), engine.Look{})
	wantError(t, err, engine.CodeLimit, "the face detector took too long")
}

func TestAWorkerThatDiedOnceIsReplacedForTheSamePhoto(t *testing.T) {
	mark := filepath.Join(t.TempDir(), "mark")
	p := open(t, face.Config{Models: fakeModels(t), Exe: fake(t, "abort once:"+mark), Workers: 1})
	if faces := detect(t, p, plain(8, 8, 0), engine.Look{}); len(faces) != 0 {
		t.Errorf("%d faces", len(faces))
	}
	if _, err := os.Stat(mark); err != nil {
		t.Errorf("the first worker did not die: %v", err)
	}
}

func TestASetUpThatCannotWorkIsKnownAtOnce(t *testing.T) {
	const start = "the face detector does not start"
	for _, c := range []struct {
		name   string
		config func(t *testing.T) face.Config
		code   engine.Code
		msg    string
	}{
		{"no models", func(t *testing.T) face.Config { return face.Config{Models: t.TempDir()} },
			engine.CodeNoModel, "a face model is missing"},
		{"the worker finds no models", func(t *testing.T) face.Config {
			return face.Config{Models: fakeModels(t), Exe: fake(t, "no models")}
		}, engine.CodeNoModel, "the face models can't be loaded"},
		{"damaged models", func(t *testing.T) face.Config { return face.Config{Models: fakeModels(t)} },
			engine.CodeNoModel, "the face models can't be loaded"},
		{"the worker ends at once", func(t *testing.T) face.Config {
			return face.Config{Models: fakeModels(t), Exe: fake(t, "broken")}
		}, engine.CodeUnavailable, start},
		{"no such program", func(t *testing.T) face.Config {
			return face.Config{Models: fakeModels(t), Exe: filepath.Join(t.TempDir(), "nothing")}
		}, engine.CodeUnavailable, start},
		{"a program that is no worker", func(t *testing.T) face.Config {
			return face.Config{Models: fakeModels(t), Exe: "/bin/echo"}
		}, engine.CodeUnavailable, start},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p, err := face.NewPool(context.Background(), c.config(t))
			wantError(t, err, c.code, c.msg)
			if p != nil {
				t.Error("a pool with an error")
			}
		})
	}
}

func TestAProgramThatForgetsToAskIsWorkerStartsNoneOfItsOwn(t *testing.T) {
	t.Setenv("GABARIT_FACE_WORKER", "1")
	_, err := face.NewPool(context.Background(), face.Config{Models: fakeModels(t), Exe: fake(t, "silent")})
	wantError(t, err, engine.CodeInternal, "this program can't start the face detector")
}

func TestDetectEndsWithItsContext(t *testing.T) {
	p := open(t, face.Config{Models: fakeModels(t), Exe: fake(t, "silent"), Workers: 1})

	t.Run("before it begins", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_, err := p.Detect(ctx, plain(8, 8, 0), engine.Look{})
		wantError(t, err, engine.CodeCanceled, "")
		if len(p.Pids()) != 1 {
			t.Error("the worker was ended for nothing")
		}
	})
	t.Run("inside a picture, and while waiting for a worker", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		ends := make(chan error, 2)
		for range 2 {
			go func() {
				_, err := p.Detect(ctx, plain(8, 8, 0), engine.Look{})
				ends <- err
			}()
		}
		for len(p.Pids()) > 0 { // until one of them has the worker
			time.Sleep(time.Millisecond)
		}
		cancel()
		for range 2 {
			err := <-ends
			if engine.CodeOf(err) != engine.CodeCanceled || !errors.Is(err, context.Canceled) {
				t.Errorf("error %v", err)
			}
		}
	})
}

func TestCloseInterruptsAndWaits(t *testing.T) {
	p := open(t, face.Config{Models: fakeModels(t), Exe: fake(t, "silent"), Workers: 2})
	pid := p.Pids()[0]
	ends := make(chan error, 1)
	go func() {
		_, err := p.Detect(context.Background(), plain(8, 8, 0), engine.Look{})
		ends <- err
	}()
	for len(p.Pids()) > 0 {
		time.Sleep(time.Millisecond)
	}
	for range 2 {
		if err := p.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}
	if err := <-ends; engine.CodeOf(err) != engine.CodeCanceled {
		t.Errorf("the interrupted detection gave %v", err)
	}
	if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("the worker is still there: %v", err)
	}
	_, err := p.Detect(context.Background(), plain(8, 8, 0), engine.Look{})
	wantError(t, err, engine.CodeCanceled, "")
}

func TestRequestsThatMakeNoSenseAreRefused(t *testing.T) {
	p := open(t, face.Config{Models: fakeModels(t), Exe: fake(t, "silent"), Workers: 1})
	for name, pic := range map[string]*engine.Picture{
		"no picture": nil,
		"no image":   {Width: 5, Height: 5},
		"no size":    {Image: plain(5, 5, 0).Image},
		"no pixels":  {Image: plain(0, 5, 0).Image, Width: 5, Height: 5},
	} {
		_, err := p.Detect(context.Background(), pic, engine.Look{})
		if engine.CodeOf(err) != engine.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := p.Detect(context.Background(), plain(5, 5, 0), engine.Look{Detector: "psychic"})
	wantError(t, err, engine.CodeInvalid, "there is no such face detector")
}

// A worker may hold nothing that opens files, writes them, gains rights or leaves a dump.
func TestAWorkerIsConfined(t *testing.T) {
	p := open(t, face.Config{Models: models(t), Workers: 1})
	proc := func(name string) string {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", p.Pids()[0], name))
		if err != nil {
			t.Skipf("skipped: no process information here: %v", err)
		}
		return string(b)
	}
	limits := proc("limits")
	for _, what := range []string{"Max open files", "Max core file size", "Max file size"} {
		_, line, ok := strings.Cut(limits, what)
		if fields := strings.Fields(line); !ok || fields[0] != "0" || fields[1] != "0" {
			t.Errorf("%s: %.40q, want 0", what, line)
		}
	}
	if _, line, _ := strings.Cut(limits, "Max address space"); strings.Fields(line)[0] == "unlimited" {
		t.Error("the address space is not limited")
	}
	if status := proc("status"); !strings.Contains(status, "NoNewPrivs:\t1") {
		t.Error("it may gain privileges")
	}
	environ := proc("environ")
	if strings.Contains(environ, "HOME=") || !strings.Contains(environ, "OPENBLAS_NUM_THREADS=1") {
		t.Errorf("environment %q", environ)
	}
}

func TestAWorkerSeesNoSecretOfTheEnvironment(t *testing.T) {
	env := face.WorkerEnv([]string{"GABARIT_PASSPHRASE=secret", "GABARIT_NEW_PASSPHRASE=secret", "HOME=/home/x", "LD_LIBRARY_PATH=/l", "OPENBLAS_NUM_THREADS=8"})
	all := strings.Join(env, " ")
	if strings.Contains(all, "secret") || strings.Contains(all, "HOME") || strings.Contains(all, "=8") || !strings.Contains(all, "LD_LIBRARY_PATH=/l") {
		t.Errorf("environment of a worker: %q", env)
	}
}

func TestWhatAWorkerSaysIsKeptInBoundsAndReadable(t *testing.T) {
	first, last := "first words\x1b[31m\n", "\x00last words"
	got := face.Tail(first, strings.Repeat("x", 100_000), strings.Repeat("y", 1000), last)
	if len(got) > face.MaxTail || !strings.HasPrefix(got, "first words?[31m ") || !strings.HasSuffix(got, "?last words") {
		t.Errorf("kept %d bytes: %.20q ... %.20q", len(got), got, got[len(got)-20:])
	}
	if got := face.Tail("a", "b\n"); got != "ab" {
		t.Errorf("kept %q", got)
	}
}

func TestOnlyTheReservedArgumentMakesAWorker(t *testing.T) {
	for args, want := range map[string]bool{
		"gabarit " + face.WorkerArgument:   true,
		"gabarit":                          false,
		"gabarit search":                   false,
		"gabarit x " + face.WorkerArgument: false,
		face.WorkerArgument:                false,
	} {
		if got := face.IsWorker(strings.Fields(args)); got != want {
			t.Errorf("IsWorker(%q) = %v", args, got)
		}
	}
}
