package video

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"

	"gabarit/engine"
)

// picture is one frame as ffmpeg gives it.
type picture struct {
	jpeg    []byte
	ms      int64 // from the beginning of the video
	shot    int   // from 1
	untilMS int64 // the last time looked at when nothing had moved
}

// filters is the chain that frames go through in ffmpeg: which are looked at is told on descriptor 4, which of them come on descriptor 5.
func filters() string {
	const square = "if(between(sar,0.25,4),sar,1)" // width of a pixel; others are nonsense
	scale := fmt.Sprintf("min(1,%d/max(iw*%s,ih))", maxSide, square)
	return strings.Join([]string{
		"yadif=deint=interlaced",
		fmt.Sprintf("select='eq(n,0)+gt(scene,%g)+gte(t-prev_selected_t,%d)'", cutScore, interval),
		`metadata=print:key=lavfi.scene_score:direct=1:file='pipe\:4'`,
		"mpdecimate=hi=768:lo=320:frac=0.1",
		`metadata=print:key=lavfi.scene_score:direct=1:file='pipe\:5'`,
		fmt.Sprintf("scale=w='max(2,trunc(iw*%s*%s/2)*2)':h='max(2,trunc(ih*%s/2)*2)':flags=bicubic:out_color_matrix=bt601:out_range=full", square, scale, scale),
		"setsar=1,format=yuvj420p",
		"settb=1/25,setpts=N", // the output has frames at a constant rate and so leaves none out; the times were told before
	}, ",")
}

func arguments(kind string, f *os.File) []string {
	args := []string{"-hide_banner", "-nostdin", "-v", "error", "-threads", "1", "-filter_threads", "1",
		"-max_pixels", strconv.Itoa(maxPixels), "-t", strconv.Itoa(int(maxTime.Seconds()))}
	args = append(args, input(kind, f)...)
	return append(args, "-map", "0:V:0", "-an", "-sn", "-dn", "-vf", filters(), "-c:v", "mjpeg", "-threads", "1", "-q:v", "2",
		"-flags", "+bitexact", "-fflags", "+bitexact", "-r", "25", "-f", "mpjpeg", "pipe:1")
}

// film is a video that is being decoded. It belongs to one goroutine.
type film struct {
	p       *process
	jpegs   *bufio.Reader
	kept    *bufio.Reader // what is told on descriptor 5
	looked  *queue        // what is told on descriptor 4
	ours    []*os.File
	lastMS  int64
	shot    int
	pending *picture // whose time of stillness is not known yet
}

// play starts ffmpeg. Close the film.
func play(ctx context.Context, kind string, video *os.File) (*film, error) {
	var ours, theirs []*os.File
	closeAll := func(files []*os.File) {
		for _, f := range files {
			_ = f.Close() // a pipe
		}
	}
	for range 3 {
		r, w, err := os.Pipe()
		if err != nil {
			closeAll(append(ours, theirs...))
			return nil, engine.E(engine.CodeUnavailable, "video.Play", "ffmpeg does not start", err)
		}
		ours, theirs = append(ours, r), append(theirs, w)
	}
	p, err := start(ctx, "ffmpeg", arguments(kind, video), video, theirs[0], theirs[1], theirs[2])
	closeAll(theirs)
	if err != nil {
		closeAll(ours)
		return nil, err
	}
	f := &film{p: p, jpegs: bufio.NewReader(ours[0]), kept: bufio.NewReader(ours[2]), looked: newQueue(), ours: ours, lastMS: -1}
	f.looked.drain(ours[1])
	return f, nil
}

// close ends ffmpeg if it still runs, and gives everything back.
func (f *film) close() {
	f.p.stop()
	for _, file := range f.ours {
		_ = file.Close() // a pipe
	}
	f.looked.wait()
}

// next gives the next frame, nil at the end. Errors: those of process.end, and CodeLimit, CodeCorrupt for what ffmpeg should not give.
func (f *film) next() (*picture, error) {
	f.p.listen()
	defer f.p.rest()
	for {
		k, err := readSample(f.kept)
		if err != nil {
			return f.last(err)
		}
		jpeg, err := readPart(f.jpegs)
		if err != nil {
			return f.last(err)
		}
		before, now := f.pending, &picture{jpeg: jpeg}
		if err := f.advance(k, now); err != nil {
			return nil, err
		}
		f.pending = now
		if before != nil {
			return before, nil
		}
	}
}

// advance goes to the frame that was kept as k among those looked at. The ones before it showed what the frame before showed.
func (f *film) advance(k sample, now *picture) error {
	for {
		s, ok := f.looked.next()
		switch {
		case !ok:
			return engine.E(engine.CodeCorrupt, "video.Play", msgDamaged, errors.New("ffmpeg tells no time of a frame"))
		case s.pts != k.pts:
			f.still(s)
			continue
		}
		if s.score > cutScore || f.shot == 0 {
			f.shot++
		}
		now.ms, now.shot = max(s.ms, f.lastMS+1), f.shot // times that stand still would make two items one
		now.untilMS, f.lastMS = now.ms, now.ms
		return nil
	}
}

func (f *film) still(s sample) {
	if f.pending != nil {
		f.pending.untilMS = max(f.pending.untilMS, s.ms)
		f.lastMS = max(f.lastMS, s.ms)
	}
}

// last gives the frame that is still pending, then says how ffmpeg ended.
func (f *film) last(err error) (*picture, error) {
	if now := f.pending; now != nil && errors.Is(err, io.EOF) {
		for s, ok := f.looked.next(); ok; s, ok = f.looked.next() {
			f.still(s)
		}
		f.pending = nil
		return now, nil
	}
	if !errors.Is(err, io.EOF) {
		f.p.kill()
	}
	if ended := f.p.end(); ended != nil {
		return nil, ended
	}
	if !errors.Is(err, io.EOF) {
		return nil, engine.E(engine.CodeCorrupt, "video.Play", msgDamaged, err)
	}
	return nil, nil
}

// readPart reads one picture of what ffmpeg's mpjpeg muxer writes: a boundary, headers, and as many bytes as they tell.
func readPart(r *bufio.Reader) ([]byte, error) {
	size := -1
	for {
		text, err := r.ReadSlice('\n')
		if err != nil {
			return nil, err
		}
		name, value, ok := strings.Cut(strings.TrimSpace(string(text)), ":")
		if ok && strings.EqualFold(name, "content-length") {
			if size, err = strconv.Atoi(strings.TrimSpace(value)); err != nil || size <= 0 || size > maxFrame {
				return nil, fmt.Errorf("a frame of %q bytes", value)
			}
		}
		if name == "" && size > 0 {
			jpeg := make([]byte, size)
			if _, err := io.ReadFull(r, jpeg); err != nil {
				return nil, io.EOF // ffmpeg says why
			}
			return jpeg, nil
		}
	}
}

// sample is what the metadata filter prints of a frame.
type sample struct {
	pts   string
	ms    int64
	score float64
}

// readSample reads two lines: "frame:3 pts:48 pts_time:1.92" and "lavfi.scene_score=0.012".
func readSample(r *bufio.Reader) (s sample, err error) {
	for {
		text, err := r.ReadSlice('\n')
		if err != nil {
			return s, err
		}
		line := strings.TrimSpace(string(text))
		if score, ok := strings.CutPrefix(line, "lavfi.scene_score="); ok && s.pts != "" {
			s.score, err = strconv.ParseFloat(score, 64)
			return s, err
		}
		if !strings.HasPrefix(line, "frame:") {
			continue
		}
		for _, field := range strings.Fields(line) {
			switch name, value, _ := strings.Cut(field, ":"); name {
			case "pts":
				s.pts = value
			case "pts_time":
				if t, err := strconv.ParseFloat(value, 64); err == nil && t > 0 && t < 1e9 {
					s.ms = int64(t*1000 + 0.5)
				}
			}
		}
	}
}

// queue holds samples that were told and not used yet. They are read as they come: of a picture that stands still for hours there are thousands.
type queue struct {
	mu    sync.Mutex
	some  *sync.Cond
	list  []sample
	ended bool
	done  chan struct{}
}

func newQueue() *queue {
	q := &queue{done: make(chan struct{})}
	q.some = sync.NewCond(&q.mu)
	return q
}

// drain reads until the end, in a goroutine that wait waits for. It is bounded by maxTime and interval, and by cuts.
func (q *queue) drain(r io.Reader) {
	go func() {
		defer close(q.done)
		in := bufio.NewReader(r)
		for {
			s, err := readSample(in)
			q.mu.Lock()
			if err == nil {
				q.list = append(q.list, s)
			}
			q.ended = q.ended || err != nil
			q.some.Broadcast()
			q.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
}

func (q *queue) wait() { <-q.done }

// next gives the next sample, waiting for it; ok is false at the end.
func (q *queue) next() (s sample, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.list) == 0 && !q.ended {
		q.some.Wait()
	}
	if len(q.list) == 0 {
		return s, false
	}
	s, q.list = q.list[0], q.list[1:]
	return s, true
}
