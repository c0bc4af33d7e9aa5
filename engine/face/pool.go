package face

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"gabarit/engine"
	"gabarit/engine/face/dlib"
)

// Config tells a Pool what to use. Only Models is needed.
type Config struct {
	Models    string        // folder that holds the three model files
	Workers   int           // worker processes; 0: one per core
	Exe       string        // program to start as worker; "": the running one
	MaxMemory uint64        // bytes a worker may add to its address space; 0: DefaultMaxMemory
	Timeout   time.Duration // for one pass over one picture, and for a worker's start; 0: DefaultTimeout
}

// The limits of a worker, unless Config says otherwise. A worker has at most 120 MB in memory with the fast detector and
// 410 to 520 MB with the thorough one. Below about 300 MiB OpenBLAS waits for memory
// without end at the start, until the time limit.
const (
	DefaultMaxMemory = 1 << 30
	DefaultTimeout   = 60 * time.Second
)

// withDefaults fills what is left zero.
func (c Config) withDefaults() (Config, error) {
	if c.Workers <= 0 {
		c.Workers = runtime.NumCPU()
	}
	if c.MaxMemory == 0 {
		c.MaxMemory = DefaultMaxMemory
	}
	if c.Timeout <= 0 {
		c.Timeout = DefaultTimeout
	}
	if c.Exe == "" {
		exe, err := selfExe()
		if err != nil {
			return c, notStarted(err)
		}
		c.Exe = exe
	}
	return c, nil
}

// Pool is an engine.FaceDetector over worker processes. Workers are started when they are
// first needed, several at once if several pictures wait; an idle one is
// reused before another is started.
//
// A worker that ends unexpectedly is replaced and its picture tried once more, because the
// system may have killed an innocent one for want of memory; the second
// time the picture gets the error.
type Pool struct {
	config Config
	slots  chan struct{}   // holds a token for every picture being worked on
	life   context.Context // ended by Close, through end
	end    context.CancelFunc

	mu   sync.Mutex
	idle []*process // the last one is the last used: its memory is warm
}

var _ engine.FaceDetector = (*Pool)(nil)

// NewPool checks that the model files are there and starts one worker, so that a
// set-up that can't work is known at once. ctx bounds this start only. Errors: CodeNoModel,
// CodeUnavailable, CodeLimit, CodeCanceled.
func NewPool(ctx context.Context, c Config) (*Pool, error) {
	c, err := c.withDefaults()
	if err != nil {
		return nil, err
	}
	for _, name := range dlib.Files() {
		if _, err := os.Stat(filepath.Join(c.Models, name)); err != nil {
			return nil, engine.E(engine.CodeNoModel, "face.NewPool", "a face model is missing", err)
		}
	}
	if os.Getenv(workerMark) != "" {
		// A worker never has a pool: this program was started as one and did not notice.
		return nil, engine.E(engine.CodeInternal, "face.NewPool", "this program can't start the face detector",
			errors.New("it does not ask face.IsWorker first"))
	}
	p := &Pool{config: c, slots: make(chan struct{}, c.Workers)}
	p.life, p.end = context.WithCancel(context.WithoutCancel(ctx))
	w, err := p.start(ctx)
	if err != nil {
		p.end()
		return nil, err
	}
	p.idle = append(p.idle, w)
	return p, nil
}

// Model names the model that makes the templates.
func (p *Pool) Model() engine.ModelID { return Model }

// Workers tells how many pictures are worked on at once.
func (p *Pool) Workers() int { return p.config.Workers }

// Close interrupts detections under way, which return CodeCanceled, ends the
// workers and waits for them. It may be called again.
func (p *Pool) Close() error {
	p.end()
	for range p.config.Workers {
		p.slots <- struct{}{} // every detection has ended once all slots are ours
	}
	p.mu.Lock()
	for _, w := range p.idle {
		w.close()
	}
	p.idle = nil
	p.mu.Unlock()
	for range p.config.Workers {
		<-p.slots
	}
	return nil
}

// enter waits for a slot. The context it gives ends with ctx or when the pool is closed.
func (p *Pool) enter(ctx context.Context) (inside context.Context, leave func(), err error) {
	const op = "face.Detect"
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, nil, engine.E(engine.CodeCanceled, op, "", ctx.Err())
	case <-p.life.Done():
		return nil, nil, engine.E(engine.CodeCanceled, op, "", p.life.Err())
	}
	inside, cancel := context.WithCancel(ctx)
	unlink := context.AfterFunc(p.life, cancel)
	leave = func() {
		unlink()
		cancel()
		<-p.slots
	}
	// With a free slot and an ended context, select may have taken the slot.
	if ctx.Err() != nil || p.life.Err() != nil {
		leave()
		return nil, nil, engine.E(engine.CodeCanceled, op, "", errors.Join(ctx.Err(), p.life.Err()))
	}
	return inside, leave, nil
}

// Starting a worker is tried a few times, because a busy system may refuse a new process for a moment.
const (
	startTries = 3
	startPause = 200 * time.Millisecond // doubled after each try
)

// worker gives an idle worker or starts one.
func (p *Pool) worker(ctx context.Context) (*process, error) {
	p.mu.Lock()
	if n := len(p.idle); n > 0 {
		w := p.idle[n-1]
		p.idle = p.idle[:n-1]
		p.mu.Unlock()
		return w, nil
	}
	p.mu.Unlock()
	return p.start(ctx)
}

func (p *Pool) start(ctx context.Context) (*process, error) {
	pause := startPause
	for try := 1; ; try++ {
		w, err := startProcess(ctx, p.config)
		if err == nil || engine.CodeOf(err) != engine.CodeUnavailable || try == startTries {
			return w, err
		}
		select {
		case <-time.After(pause):
			pause *= 2
		case <-ctx.Done():
			return nil, engine.E(engine.CodeCanceled, "face.start", "", ctx.Err())
		}
	}
}

// ask has one request answered by a worker, on a fresh one if the first ends unexpectedly.
func (p *Pool) ask(ctx context.Context, request [][]byte) ([]found, error) {
	faces, crashed, err := p.askOnce(ctx, request)
	if crashed {
		faces, _, err = p.askOnce(ctx, request)
	}
	return faces, err
}

// askOnce tells by crashed that the worker ended unexpectedly.
func (p *Pool) askOnce(ctx context.Context, request [][]byte) (faces []found, crashed bool, err error) {
	w, err := p.worker(ctx)
	if err != nil {
		return nil, false, err
	}
	a, err := w.ask(ctx, request, p.config.Timeout)
	if err != nil {
		return nil, engine.CodeOf(err) == engine.CodeUnavailable, err // the worker is gone
	}
	if a.status == statusMemory {
		// What is left of its memory may be in pieces: the next picture gets a fresh one.
		w.close()
		return nil, false, refusal(a)
	}
	p.mu.Lock()
	p.idle = append(p.idle, w)
	p.mu.Unlock()
	if a.status != statusFaces {
		return nil, false, refusal(a)
	}
	return a.faces, false, nil
}

// checkPicture refuses a picture that no decoder of ours makes.
func checkPicture(pic *engine.Picture) error {
	const op, msg = "face.Detect", "the picture has no pixels"
	if pic == nil || pic.Image == nil {
		return engine.E(engine.CodeInvalid, op, msg, errors.New("no image"))
	}
	if b := pic.Image.Bounds(); b.Empty() || pic.Width <= 0 || pic.Height <= 0 {
		return engine.E(engine.CodeInvalid, op, msg, fmt.Errorf("image %v of photo %dx%d", b, pic.Width, pic.Height))
	}
	return nil
}
