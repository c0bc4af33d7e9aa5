package video

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"gabarit/engine"
)

// The messages that several places use.
const (
	msgDamaged = "the video is cut off or damaged"
	msgMissing = "ffmpeg, which reads videos, is not installed: install the package ffmpeg (it brings ffprobe too) and collect again"
)

// afterKill is how long pipes of a killed process may stay open.
const afterKill = 2 * time.Second

// process is one run of ffprobe or ffmpeg. It belongs to one goroutine, apart from kill.
type process struct {
	ctx    context.Context // of the whole run
	cmd    *exec.Cmd
	said   *tail
	kill   context.CancelFunc
	silent *time.Timer // kills it; stopped while nobody waits for it
	mute   func() bool // tells that it did
}

// program finds ffmpeg or ffprobe.
func program(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return "", engine.E(engine.CodeUnavailable, "video.Open", msgMissing, err)
	}
	return path, nil
}

// start runs a program on an open video, which is its descriptor 3; more are the next ones.
func start(ctx context.Context, name string, args []string, video *os.File, stdout *os.File, more ...*os.File) (*process, error) {
	const op = "video.Start"
	path, err := program(name)
	if err != nil {
		return nil, err
	}
	run, cancel := context.WithCancel(ctx)
	p := &process{ctx: ctx, kill: cancel, said: &tail{}}
	p.cmd = exec.CommandContext(run, path, args...) //nolint:gosec // one of two names of programs
	p.cmd.Dir, p.cmd.Env = "/", []string{"LC_ALL=C"}
	if dir, ok := os.LookupEnv("LD_LIBRARY_PATH"); ok {
		p.cmd.Env = append(p.cmd.Env, "LD_LIBRARY_PATH="+dir)
	}
	p.cmd.Stdout, p.cmd.Stderr = stdout, p.said
	p.cmd.ExtraFiles = append([]*os.File{video}, more...)
	p.cmd.WaitDelay = afterKill
	prepare(p.cmd)
	if err := p.cmd.Start(); err != nil {
		cancel()
		return nil, engine.E(engine.CodeUnavailable, op, "ffmpeg does not start", err)
	}
	if err := confine(p.cmd.Process.Pid); err != nil {
		cancel()
		_ = p.cmd.Wait() // it was killed
		return nil, engine.E(engine.CodeUnavailable, op, "ffmpeg can't be kept within its limits, and is not used", err)
	}
	var mu sync.Mutex
	fired := false
	p.silent = time.AfterFunc(maxSilence, func() {
		mu.Lock()
		fired = true
		mu.Unlock()
		cancel()
	})
	p.mute = func() bool { mu.Lock(); defer mu.Unlock(); return fired }
	return p, nil
}

// listen gives the process its time again; the caller waits for it from now on.
func (p *process) listen() { p.silent.Reset(maxSilence) }

// rest stops the clock: the process waits for us.
func (p *process) rest() { p.silent.Stop() }

// end waits for the process and says how it went. Errors: CodeLimit (time, memory), CodeCorrupt, CodeCanceled.
func (p *process) end() error {
	const op = "video.Run"
	err := p.cmd.Wait()
	p.silent.Stop()
	p.kill()
	switch {
	case p.ctx.Err() != nil:
		return engine.E(engine.CodeCanceled, op, "", p.ctx.Err())
	case p.mute():
		return engine.E(engine.CodeLimit, op, "the video takes too long to decode", fmt.Errorf("silent for %v", maxSilence))
	case err == nil:
		return nil
	case outOfTime(p.cmd.ProcessState):
		return engine.E(engine.CodeLimit, op, "the video takes too long to decode", fmt.Errorf("%v of processor time", maxCPU))
	case strings.Contains(p.said.String(), "Cannot allocate memory"):
		return engine.E(engine.CodeLimit, op, "decoding the video takes more memory than the limit", errors.New(p.said.first()))
	}
	if said := p.said.first(); said != "" {
		err = fmt.Errorf("%w: %s", err, said)
	}
	return engine.E(engine.CodeCorrupt, op, msgDamaged, err)
}

// stop ends the process before its end, and waits for it.
func (p *process) stop() {
	p.kill()
	_ = p.cmd.Wait() // it was killed
	p.silent.Stop()
}

// tail keeps the first bytes of what a process says about errors. Safe for concurrent use.
type tail struct {
	mu sync.Mutex
	b  []byte
}

// Write takes all and keeps what fits.
func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.b = append(t.b, b[:min(len(b), maxSaid-len(t.b))]...)
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.b)
}

// first is the first line, without the address in memory that names its writer, and short.
func (t *tail) first() string {
	s, _, _ := strings.Cut(strings.TrimSpace(t.String()), "\n")
	if head, rest, ok := strings.Cut(s, " @ 0x"); ok && strings.HasPrefix(head, "[") {
		if _, text, ok := strings.Cut(rest, "] "); ok {
			s = head + "] " + text
		}
	}
	s = line(s)
	return s[:min(len(s), 200)]
}
