package face

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"gabarit/engine"
)

// process is a running worker as its parent sees it. It is used by one goroutine at a
// time, apart from kill.
type process struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    io.ReadCloser
	stderr *tail
	buf    []byte // the last answer's bytes, kept to be used again
}

// afterKill is how long a killed worker's pipes may stay open, held by whatever it may have started.
const afterKill = 2 * time.Second

// startProcess starts a worker and waits until its models are loaded. Errors:
// CodeNoModel, CodeLimit (memory, time), CodeUnavailable, CodeCanceled.
func startProcess(ctx context.Context, c Config) (*process, error) {
	cmd := exec.Command(c.Exe, workerArgument) //nolint:gosec // this program itself, or what its code names
	p := &process{cmd: cmd, stderr: &tail{}}
	p.cmd.Env = workerEnv(os.Environ())
	p.cmd.Stderr = p.stderr
	p.cmd.WaitDelay = afterKill
	prepare(p.cmd)
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, notStarted(err)
	}
	if p.out, err = p.cmd.StdoutPipe(); err != nil {
		return nil, notStarted(err)
	}
	if err := p.cmd.Start(); err != nil {
		return nil, notStarted(err)
	}
	a, err := p.ask(ctx, [][]byte{hello{memory: c.MaxMemory, models: c.Models}.encode()}, c.Timeout)
	if err == nil && a.status != statusFaces {
		p.kill()
		_ = p.cmd.Wait() // its exit status adds nothing to its answer
		err = refusal(a)
	}
	if err == nil {
		return p, nil
	}
	if engine.CodeOf(err) == engine.CodeUnavailable {
		err = notStarted(errors.Unwrap(err))
	}
	return nil, err
}

func notStarted(err error) error {
	return engine.E(engine.CodeUnavailable, "face.start", "the face detector does not start", err)
}

// workerMark is set in a worker's environment: a program that forgets to ask IsWorker
// must not start workers of its own without end.
const workerMark = "GABARIT_FACE_WORKER"

// workerEnv is what a worker gets to see of the environment: where to find
// libraries, and nothing that may be a secret. dlib's matrix library must
// not start threads of its own: there is a worker for every core.
func workerEnv(environ []string) []string {
	env := []string{"OPENBLAS_NUM_THREADS=1", workerMark + "=1"}
	for _, e := range environ {
		name, _, _ := strings.Cut(e, "=")
		switch name {
		case "LD_LIBRARY_PATH", "SYSTEMROOT", "GOCOVERDIR":
			env = append(env, e)
		}
	}
	return env
}

// ask sends one frame and waits for its answer. After an error the worker is gone and
// waited for. Errors: CodeLimit (time, memory), CodeUnavailable (it crashed, or answered
// nonsense), CodeCanceled.
func (p *process) ask(ctx context.Context, request [][]byte, limit time.Duration) (answer, error) {
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	stop := context.AfterFunc(limited, p.kill)
	a, err := p.exchange(request)
	if stop() && err == nil {
		return a, nil
	}
	// Either the exchange failed or it was interrupted, perhaps just
	// after it succeeded: then the worker is being killed all the same.
	p.kill()
	_ = p.cmd.Wait() // how it ended is told by its state
	const op = "face.ask"
	switch {
	case ctx.Err() != nil:
		return answer{}, engine.E(engine.CodeCanceled, op, "", ctx.Err())
	case limited.Err() != nil:
		return answer{}, engine.E(engine.CodeLimit, op, "the face detector took too long",
			fmt.Errorf("limit %v", limit))
	case outOfMemory(p.stderr.String()):
		return answer{}, engine.E(engine.CodeLimit, op, msgMemory, p.cause(err))
	}
	return answer{}, engine.E(engine.CodeUnavailable, op, "the face detector crashed on this picture", p.cause(err))
}

const msgMemory = "the face detector ran out of memory"

// cause joins what is known about the end of a worker that was waited for.
func (p *process) cause(err error) error {
	if text := p.stderr.String(); text != "" {
		return fmt.Errorf("%w; %s; it said: %s", err, p.cmd.ProcessState, text)
	}
	return fmt.Errorf("%w; %s", err, p.cmd.ProcessState)
}

func (p *process) exchange(request [][]byte) (answer, error) {
	if err := writeFrame(p.in, request...); err != nil {
		return answer{}, err
	}
	b, err := readFrame(p.out, p.buf, maxAnswer)
	if err != nil {
		return answer{}, err
	}
	p.buf = b
	return decodeAnswer(b)
}

// kill ends the worker at once, whatever it is doing. It may be called from any goroutine, and again.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // fails only if it has ended
	// A process that the worker may have left behind could hold the other end open.
	_ = p.out.Close()
	_ = p.in.Close()
}

// close ends the worker between pictures and waits for it.
func (p *process) close() {
	_ = p.in.Close() // the worker ends when its input does
	timer := time.AfterFunc(afterKill, p.kill)
	_ = p.cmd.Wait() // an idle worker's exit status matters to nobody
	timer.Stop()
}

// refusal translates an answer that is not a list of faces.
func refusal(a answer) error {
	const op = "face.worker"
	cause := errors.New(a.text)
	switch a.status {
	case statusMemory:
		return engine.E(engine.CodeLimit, op, msgMemory, cause)
	case statusNoModel:
		return engine.E(engine.CodeNoModel, op, "the face models can't be loaded", cause)
	case statusTooMany:
		return engine.E(engine.CodeLimit, op, "the picture shows too many faces", fmt.Errorf("limit %d", maxFaces))
	}
	return engine.E(engine.CodeUnavailable, op, "the face detector can't read this picture", cause)
}

// tail keeps the last bytes written to it. Safe for concurrent use.
type tail struct {
	mu sync.Mutex
	b  []byte
}

// maxTail bounds what is kept of a worker's error output. A crash of Go or C++ says what
// happened in its first lines, so the beginning is kept as well.
const maxTail = 2048

// Write keeps the first and the last half of maxTail bytes.
func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := len(b)
	if len(b) > maxTail {
		b = append(b[:maxTail/2:maxTail/2], b[len(b)-maxTail/2:]...)
	}
	t.b = append(t.b, b...)
	if over := len(t.b) - maxTail; over > 0 {
		t.b = append(t.b[:maxTail/2], t.b[maxTail/2+over:]...)
	}
	return n, nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(printable(t.b))
}
