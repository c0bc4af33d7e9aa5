//go:build linux

package app_test

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"text/tabwriter"
	"time"

	"gabarit/engine"
	"gabarit/engine/photo"
)

// given is a file of the disturbed soak.
type given struct {
	path   string
	intact bool
	faces  int // of an intact one, as found before anything was disturbed
}

func TestSoakEveryPhotoIsAccountedFor(t *testing.T) {
	photos := wantSoak(t)
	rng := rand.New(rand.NewPCG(seedOf(t, "GABARIT_SOAK_SEED"), 5))
	b := newSoakBench(t, soakTimeout)
	files := b.disturbedFolder(rng, photos)

	progress := make(chan int, 1)
	ended := make(chan harm, 1)
	go func() { ended <- disturb(progress, rand.New(rand.NewPCG(rng.Uint64(), 6))) }()
	start := time.Now()
	report, err := b.collect(func(p engine.CollectProgress) {
		select {
		case progress <- p.Counts.Done():
		default: // it is just disturbing
		}
	})
	close(progress)
	done := <-ended
	if err != nil {
		t.Fatalf("the run was stopped: %v", err)
	}
	t.Logf("%d files, %d workers killed and %d stopped, in %.0f s: %+v", len(files), done.killed, done.stopped, time.Since(start).Seconds(), report.Counts)
	b.account(files, report, done)
	if done.killed == 0 || done.stopped == 0 {
		t.Errorf("%+v: nothing was disturbed", done)
	}
	memory := memoryNow(t, len(files))
	t.Logf("resident at the end: this process %d MB, %d workers %d MB", memory.parent>>20, memory.processes, memory.workers>>20)

	// The pool works as before, once no worker is stopped any more.
	for _, pid := range workerPids(t) {
		must(t, syscall.Kill(pid, syscall.SIGCONT))
	}
	if n := b.facesOf(photos[0]); n == 0 {
		t.Error("no face is found any more in a photo that has one")
	}
	must(t, b.pool.Close())
	if left := workerPids(t); len(left) != 0 {
		t.Errorf("workers %v are left behind", left)
	}
}

// disturbedFolder fills the folder with intact and mutated photos in a random order.
func (b *soakBench) disturbedFolder(rng *rand.Rand, photos [][]byte) (files []given) {
	b.t.Helper()
	intact, bad := soakCount(b.t, "GABARIT_SOAK_GOOD", soakGood), soakCount(b.t, "GABARIT_SOAK_MUTATED", soakMutated)
	sources := slices.Clone(photos[:min(len(photos), 40)])
	for _, name := range []string{"group/FaceDetect_abba.png", "exif/CompreFace_000_5_exif6.jpg", "group/dlib_2008_004176.jpg"} {
		if data, err := os.ReadFile(filepath.Join(testPhotos(), name)); err == nil {
			sources = append(sources, data)
		}
	}
	kinds := min(intact, 50, len(photos))
	faces := make([]int, kinds)
	for i := range faces {
		faces[i] = b.facesOf(photos[i])
	}
	for n, at := range rng.Perm(intact + bad) {
		if at < intact {
			kind := at % kinds
			files = append(files, given{b.write(n, "intact", different(photos[kind], at)), true, faces[kind]})
			continue
		}
		base := sources[rng.IntN(len(sources))]
		data := mutated(rng, base)
		for bytes.Equal(data, base) {
			data = mutated(rng, base)
		}
		files = append(files, given{path: b.write(n, "mutated", data)})
	}
	return files
}

// facesOf counts the faces of an undisturbed photo.
func (b *soakBench) facesOf(data []byte) int {
	b.t.Helper()
	pic, err := photo.New(photo.DefaultLimits()).Decode(b.t.Context(), data)
	must(b.t, err)
	found, err := b.pool.Detect(b.t.Context(), pic, engine.Look{})
	must(b.t, err)
	return len(found)
}

// harm counts what was done to workers.
type harm struct{ killed, stopped int }

// disturb kills or stops a worker after every few photos, until progress is closed. It follows the photos and not the clock,
// so that as much goes wrong on a slow machine as on a fast one.
func disturb(progress <-chan int, rng *rand.Rand) (done harm) {
	next := 1
	for photos := range progress {
		if photos < next {
			continue
		}
		next = photos + 5 + rng.IntN(25)
		time.Sleep(time.Duration(rng.IntN(100)) * time.Millisecond) // into the middle of a photo, or of a worker's start
		pids, err := workersNow()
		if err != nil || len(pids) == 0 {
			continue
		}
		signal, count := syscall.SIGKILL, &done.killed
		if rng.IntN(6) == 0 { // seldom: each waits for the time limit
			signal, count = syscall.SIGSTOP, &done.stopped
		}
		if syscall.Kill(pids[rng.IntN(len(pids))], signal) == nil {
			*count++
		}
	}
	return done
}

// account looks up what the vault holds of every file, and fails the test where that is nothing, an error that does not say why, or
// not what an intact photo gives. Whoever is killed or stopped costs one photo at most.
func (b *soakBench) account(files []given, report engine.CollectReport, done harm) {
	b.t.Helper()
	if report.Counts.Done() != len(files) || len(report.Failed) != report.Counts.Failed {
		b.t.Errorf("%d files, %d accounted for, %d failed, %d of them listed", len(files), report.Counts.Done(), report.Counts.Failed, len(report.Failed))
	}
	outcomes, lost := map[string][2]int{}, 0 // of mutated and intact ones
	for _, f := range files {
		record, err := b.store.Item(b.t.Context(), b.collection, f.path)
		if err != nil {
			b.t.Errorf("%s is missing: %v", filepath.Base(f.path), err)
			continue
		}
		outcome := string(record.Outcome)
		switch record.Outcome {
		case engine.OutcomeFailed:
			if record.Code == "" || record.Reason == "" {
				b.t.Errorf("%s failed without a reason: %+v", filepath.Base(f.path), record)
			}
			outcome = fmt.Sprintf("failed: %s (%s)", record.Reason, record.Code)
			if record.Code == engine.CodeUnavailable || strings.Contains(record.Reason, "the face detector") {
				lost++
			}
			if f.intact && record.Code != engine.CodeLimit && record.Code != engine.CodeUnavailable {
				b.t.Errorf("%s is intact, and failed: %s (%s)", filepath.Base(f.path), record.Reason, record.Detail)
			}
		case engine.OutcomePhoto, engine.OutcomeNoFace:
			if f.intact && record.Faces != f.faces {
				b.t.Errorf("%s is intact: %d faces, %d before", filepath.Base(f.path), record.Faces, f.faces)
			}
		}
		n := outcomes[outcome]
		if f.intact {
			n[1]++
		} else {
			n[0]++
		}
		outcomes[outcome] = n
	}
	if lost > done.killed+done.stopped {
		b.t.Errorf("%d photos are lost to %+v", lost, done)
	}
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "outcome\tmutated\tintact")
	for _, outcome := range slices.Sorted(maps.Keys(outcomes)) {
		fmt.Fprintf(w, "%s\t%d\t%d\n", outcome, outcomes[outcome][0], outcomes[outcome][1])
	}
	_ = w.Flush()
	b.t.Logf("what became of them:\n%s", &text)
}
