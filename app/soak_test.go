//go:build linux

package app_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"gabarit/app"
	"gabarit/engine"
	"gabarit/engine/face"
	"gabarit/engine/match"
	"gabarit/engine/photo"
	"gabarit/engine/pipeline"
	"gabarit/engine/source"
	"gabarit/storage"
	"gabarit/storage/vault"
)

// The soak: thousands of small real photos go through the real way of collecting (folder, decoder, face workers, vault). First nothing
// is disturbed, and memory must stay flat; then workers are killed and stopped at random while mutated files
// are among the photos, and every one must be accounted for. See "make soak".
const (
	soakPhotos    = 5000
	soakEvery     = 500 // photos between two lines of the table of memory
	soakMutated   = 2000
	soakGood      = 500              // photos among the mutated ones that nobody touched
	soakTimeout   = 20 * time.Second // after which a stopped worker is given up
	soakAllowance = 48 << 20         // bytes by which memory may differ between the beginning and the end
)

// wantSoak skips a test unless the soak is asked for, and gives small real photos.
func wantSoak(t *testing.T) (photos [][]byte) {
	t.Helper()
	if os.Getenv("GABARIT_SOAK") == "" {
		t.Skip("skipped: takes minutes; run it with `make soak`")
	}
	paths, err := filepath.Glob(filepath.Join(testPhotos(), "lfw", "*", "*.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) == 0 {
		t.Skip("skipped: no real photos beside the project")
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		photos = append(photos, data)
	}
	return photos
}

// soakCount is a number that the environment may set lower, for trying out.
func soakCount(t *testing.T, env string, standard int) int {
	t.Helper()
	s := os.Getenv(env)
	if s == "" {
		return standard
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		t.Fatalf("%s=%s is no number", env, s)
	}
	return n
}

// soakBench is a vault on disk with one collection, and a folder to collect from.
type soakBench struct {
	t          *testing.T
	dir        string
	store      *storage.Store
	pool       *face.Pool
	collection engine.CollectionID
}

func newSoakBench(t *testing.T, timeout time.Duration) *soakBench {
	t.Helper()
	v, err := vault.Options{StateDir: t.TempDir()}.Create(filepath.Join(t.TempDir(), "vault"), "")
	must(t, err)
	t.Cleanup(func() { must(t, v.Close()) })
	store, err := storage.Open(t.Context(), v, storage.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, store.Close()) })
	c := people()
	c, err = store.AddCollection(t.Context(), c)
	must(t, err)
	_, models := app.DefaultPaths()
	pool, err := face.NewPool(t.Context(), face.Config{Models: models, Workers: 2, Timeout: timeout})
	must(t, err)
	t.Cleanup(func() { must(t, pool.Close()) })
	return &soakBench{t: t, dir: t.TempDir(), store: store, pool: pool, collection: c.ID}
}

// write puts a photo into the folder and gives its path.
func (b *soakBench) write(n int, what string, data []byte) string {
	b.t.Helper()
	path := filepath.Join(b.dir, fmt.Sprintf("%05d-%s.jpg", n, what))
	must(b.t, os.WriteFile(path, data, 0o600))
	return path
}

func (b *soakBench) collect(progress func(engine.CollectProgress)) (engine.CollectReport, error) {
	b.t.Helper()
	src, err := source.Open(b.dir)
	must(b.t, err)
	parts := pipeline.Parts{Store: b.store, Index: match.NewFlat(), Photos: photo.New(photo.DefaultLimits()), Faces: b.pool}
	run := engine.Run{Collection: b.collection, Sources: []string{b.dir}, Look: engine.Look{Detector: engine.DetectorFast}}
	return pipeline.Collect(b.t.Context(), parts, run, []engine.Source{src}, false, progress)
}

// different makes the bytes of a photo differ from those of its other copies: what follows the end of a JPEG is not read.
func different(data []byte, n int) []byte {
	return append(data[:len(data):len(data)], fmt.Sprintf("%08d", n)...)
}

// memoryUse is the resident memory of this process and of all its workers, in bytes.
type memoryUse struct {
	done            int
	parent, workers int64
	heap            uint64
	processes       int
}

func memoryNow(t *testing.T, done int) memoryUse {
	t.Helper()
	m := memoryUse{done: done, parent: resident(os.Getpid())}
	for _, pid := range workerPids(t) {
		m.workers += resident(pid)
		m.processes++
	}
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	m.heap = stats.HeapAlloc
	return m
}

// resident is VmRSS of a process in bytes, 0 if it is gone.
func resident(pid int) int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, line, _ := strings.Cut(string(status), "VmRSS:")
	fields := strings.Fields(line)
	if len(fields) == 0 {
		return 0
	}
	kilobytes, err := strconv.ParseInt(fields[0], 10, 64)
	if err != nil {
		return 0
	}
	return kilobytes << 10
}

func TestSoakMemoryStaysFlat(t *testing.T) {
	photos := wantSoak(t)
	total := soakCount(t, "GABARIT_SOAK_PHOTOS", soakPhotos)
	every := max(1, min(soakEvery, total/10))
	b := newSoakBench(t, face.DefaultTimeout)
	for n := range total {
		b.write(n, "photo", different(photos[n%len(photos)], n))
	}
	start, next := time.Now(), every
	var uses []memoryUse
	report, err := b.collect(func(p engine.CollectProgress) {
		if done := p.Counts.Done(); done >= next {
			uses = append(uses, memoryNow(t, done))
			next = done - done%every + every
		}
	})
	must(t, err)
	t.Logf("%d photos of %d kinds in %.0f s: %+v\n%s", total, len(photos), time.Since(start).Seconds(), report.Counts, memoryTable(uses))
	if done := report.Counts.Done(); done != total || report.Counts.Failed != 0 || report.Counts.Duplicates != 0 {
		t.Errorf("%d of %d photos accounted for, counts %+v; failed: %v", done, total, report.Counts, report.Failed)
	}
	if len(uses) < 9 {
		t.Fatalf("memory was looked at %d times only", len(uses))
	}
	// The first fifth warms up. Then the largest use of the last third may not be above that of the first.
	warm := uses[len(uses)/5:]
	early, late := largest(warm[:len(warm)/3+1]), largest(warm[len(warm)-len(warm)/3-1:])
	if late.parent > early.parent+soakAllowance || late.workers > early.workers+soakAllowance {
		t.Errorf("memory grows: this process from %d to %d MB, the workers from %d to %d MB", early.parent>>20, late.parent>>20, early.workers>>20, late.workers>>20)
	}
}

func largest(uses []memoryUse) (m memoryUse) {
	for _, u := range uses {
		m.parent, m.workers = max(m.parent, u.parent), max(m.workers, u.workers)
	}
	return m
}

func memoryTable(uses []memoryUse) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "photos\tthis process, MB\tof it Go's heap\tworkers\tin all, MB\t")
	for _, u := range uses {
		fmt.Fprintf(w, "%d\t%d\t%d\t%d\t%d\t\n", u.done, u.parent>>20, u.heap>>20, u.processes, u.workers>>20)
	}
	_ = w.Flush()
	return b.String()
}

// mutated gives a damaged copy of a file: in one to four places bits are turned, bytes cut out, doubled, overwritten or put in, or the
// end is missing.
func mutated(rng *rand.Rand, data []byte) []byte {
	out := append([]byte(nil), data...)
	for range 1 + rng.IntN(4) {
		if len(out) < 64 {
			return out
		}
		at := rng.IntN(len(out) - 32)
		if rng.IntN(2) == 0 {
			at = rng.IntN(min(len(out)-32, 700)) // the headers, where most harm can be done
		}
		n := 1 + rng.IntN(32)
		switch rng.IntN(6) {
		case 0:
			out[at] ^= 1 << rng.IntN(8)
		case 1:
			for i := range n {
				out[at+i] = byte(rng.Uint32())
			}
		case 2:
			out = append(out[:at], out[at+n:]...)
		case 3:
			out = append(out[:at+n], out[at:]...)
		case 4:
			out[at] = [...]byte{0, 0xff, 0x7f, 0x80}[rng.IntN(4)]
		case 5:
			out = out[:at+16]
		}
	}
	return out
}
