//go:build linux

package app_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"gabarit/app"
	"gabarit/engine"
	"gabarit/engine/face"
	"gabarit/engine/photo"
)

// ours is Gabarit's way from a file to faces, with worker processes of its own.
type ours struct {
	pool   *face.Pool
	reader *photo.Reader
	pids   []int // of its workers
}

// openOurs starts a pool on the installed models and has all its workers look at a photo, so that
// their start is behind them. It ends with the test.
func openOurs(t testing.TB, workers int, photoPath string) *ours {
	t.Helper()
	others := map[int]bool{}
	for _, pid := range workerPids(t) {
		others[pid] = true
	}
	_, models := app.DefaultPaths()
	pool, err := face.NewPool(context.Background(), face.Config{Models: models, Workers: workers})
	if err != nil {
		t.Fatalf("the face detector: %v", err)
	}
	t.Cleanup(func() {
		if err := pool.Close(); err != nil {
			t.Errorf("close the face detector: %v", err)
		}
	})
	o := &ours{pool: pool, reader: photo.New(photo.DefaultLimits())}
	for range 20 { // a worker is started only when a photo finds the others busy
		o.lookAtOnce(t, workers, photoPath)
		o.pids = nil
		for _, pid := range workerPids(t) {
			if !others[pid] {
				o.pids = append(o.pids, pid)
			}
		}
		if len(o.pids) == workers {
			return o
		}
	}
	t.Fatalf("%d workers run, not %d", len(o.pids), workers)
	return nil
}

func (o *ours) lookAtOnce(t testing.TB, times int, path string) {
	t.Helper()
	var all sync.WaitGroup
	for range times {
		all.Go(func() {
			if _, err := o.look(path, engine.Look{Detector: engine.DetectorThorough}); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		})
	}
	all.Wait()
}

// look reads a file, decodes it, and finds and describes its faces. Safe for concurrent use.
func (o *ours) look(path string, look engine.Look) (seen, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return seen{}, err
	}
	pic, err := o.reader.Decode(context.Background(), data)
	if err != nil {
		return seen{}, err
	}
	found, err := o.pool.Detect(context.Background(), pic, look)
	return seen{width: pic.Width, height: pic.Height, faces: found}, err
}

// spent is the processor time of this process and of the workers so far.
func (o *ours) spent(t testing.TB) time.Duration {
	t.Helper()
	return clockOf(t, append([]int{os.Getpid()}, o.pids...)...)
}

// finder is one way to find faces: several lanes that may be asked side by side, each for one photo at a time.
type finder struct {
	name  string
	lanes []func(path string) (seen, error)
	spent func() time.Duration // processor time so far of all that works for it
}

// finder gives o as a finder that looks in one way, with one lane more than workers as the program has it.
func (o *ours) finder(t testing.TB, name string, look engine.Look) finder {
	f := finder{name: name, spent: func() time.Duration { return o.spent(t) }}
	for range len(o.pids) + 1 {
		f.lanes = append(f.lanes, func(path string) (seen, error) { return o.look(path, look) })
	}
	return f
}

// peerFinder gives a form of face_recognition, one process per core; ok is false where it is not installed.
func peerFinder(t testing.TB, form, photoPath string) (f finder, ok bool) {
	t.Helper()
	f.name = "face_recognition"
	var pids []int
	for range runtime.NumCPU() {
		p := openPeer(t, form)
		if p == nil {
			return finder{}, false
		}
		if _, err := p.look(photoPath, false); err != nil { // what is loaded late is loaded now
			t.Fatalf("face_recognition, %s: %v", photoPath, err)
		}
		pids = append(pids, p.cmd.Process.Pid)
		f.lanes = append(f.lanes, func(path string) (seen, error) { return p.look(path, true) })
	}
	f.spent = func() time.Duration { return clockOf(t, pids...) }
	return f, true
}

// looked is what a finder found in some photos.
type looked struct {
	name   string
	seen   map[string]seen // by the sample's file
	photos int
	spent  time.Duration // processor time
	wall   time.Duration
}

// perPhoto is the mean processor time of a photo, in seconds.
func (l looked) perPhoto() float64 { return l.spent.Seconds() / float64(max(1, l.photos)) }

// lookAll has a finder look at the photos of some roles. A photo that can't be read fails the test.
func lookAll(t *testing.T, f finder, dir string, rows []sample, roles ...string) looked {
	t.Helper()
	out := looked{name: f.name, seen: map[string]seen{}}
	before, start := f.spent(), time.Now()
	next := make(chan sample)
	var mu sync.Mutex
	var all sync.WaitGroup
	for _, look := range f.lanes {
		all.Go(func() {
			for s := range next {
				found, err := look(filepath.Join(dir, s.file))
				if err != nil {
					t.Errorf("%s, %s: %v", f.name, s.file, err)
				}
				mu.Lock()
				out.seen[s.file] = found
				mu.Unlock()
			}
		})
	}
	for _, s := range rows {
		if s.is(roles...) {
			out.photos++
			next <- s
		}
	}
	close(next)
	all.Wait()
	out.spent, out.wall = f.spent()-before, time.Since(start)
	return out
}
