//go:build linux

package app_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"gabarit/engine"
)

// What is claimed, as ratios of photos per second: of processor time against the two forms of face_recognition, of
// wall time for a second worker. They are printed beside what was measured, which follows the machine and is not asserted.
const (
	targetWheel   = 2.5
	targetStrong  = 1.5
	targetLarge   = 8.0 // either form, on photos of 12 megapixels
	targetWorkers = 1.9
)

// What is measured: see TestBenchCollect.
const (
	benchRounds = 5
	largePhotos = 8 // how many of the test photos are also measured at 12 megapixels
	largePixels = 12e6
	queuePasses = 4 // how often the photos stand in the queue of the workers: of few, the last one makes others wait as it would not in a collection
)

// TestBenchCollect compares the way from files to faces with templates (read, decode, detect, describe) to Python's
// face_recognition in the same run; see "make bench-collect". One worker and one process of each form take turns photo by photo, in
// an order that changes, so that whatever else the machine does hits all of them. Counted is the processor time
// of all processes involved: of Gabarit this process, the harness included, and its worker. The start of all of them is left out.
//
//	GABARIT_ROUNDS=n   rounds over all photos, 5 if not set
func TestBenchCollect(t *testing.T) {
	if os.Getenv("GABARIT_BENCH_COLLECT") == "" {
		t.Skip("skipped: takes minutes; run it with `make bench-collect`")
	}
	rounds := benchRounds
	if s := os.Getenv("GABARIT_ROUNDS"); s != "" {
		var err error
		if rounds, err = strconv.Atoi(s); err != nil || rounds < 1 {
			t.Fatalf("GABARIT_ROUNDS=%s is no number of rounds", s)
		}
	}
	photos := groupPhotos(t)
	one := openOurs(t, 1, photos[0].file)
	two := openOurs(t, 2, photos[0].file)
	sides := []*side{{name: "gabarit", spent: func() time.Duration { return one.spent(t) },
		look: func(path string) (seen, error) { return one.look(path, engine.Look{}) }}}
	for _, form := range []string{peerWheel, peerStrong} {
		if s := peerSide(t, form, photos[0].file); s != nil {
			sides = append(sides, s)
		}
	}
	t.Logf("%d rounds; load of the machine (1, 5, 15 minutes) %s", rounds, load(t))
	compare(t, fmt.Sprintf("%d group photos as they are, %.2f megapixels on average", len(photos), meanMegapixels(t, one, photos)),
		photos, sides, rounds, map[string]float64{peerWheel: targetWheel, peerStrong: targetStrong})
	large := enlargedPhotos(t, one, photos)
	compare(t, fmt.Sprintf("%d of these photos enlarged to 12 megapixels: the work on their pixels, not what a better camera would show", len(large)),
		large, sides, rounds, map[string]float64{peerWheel: targetLarge, peerStrong: targetLarge})
	compareWorkers(t, one, two, photos, rounds)
}

// groupPhotos gives the group photos of the manifest; their files are paths.
func groupPhotos(t *testing.T) (photos []sample) {
	t.Helper()
	for _, s := range readManifest(t, filepath.Join(testPhotos(), "manifest.csv")) {
		if s.is("group") {
			s.file = filepath.Join(testPhotos(), s.file)
			photos = append(photos, s)
		}
	}
	return photos
}

func meanMegapixels(t *testing.T, o *ours, photos []sample) float64 {
	t.Helper()
	sum := 0.0
	for _, s := range photos {
		pic := decode(t, o, s.file)
		sum += float64(pic.Width) * float64(pic.Height)
	}
	return sum / 1e6 / float64(len(photos))
}

func decode(t *testing.T, o *ours, path string) *engine.Picture {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	pic, err := o.reader.Decode(t.Context(), data)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return pic
}

// enlargedPhotos writes some photos, evenly chosen, enlarged to 12 megapixels, with their boxes enlarged too.
func enlargedPhotos(t *testing.T, o *ours, photos []sample) (large []sample) {
	t.Helper()
	dir := t.TempDir()
	for i := range largePhotos {
		s := photos[i*len(photos)/largePhotos]
		pic := decode(t, o, s.file)
		path := filepath.Join(dir, fmt.Sprintf("%d.jpg", i))
		if err := os.WriteFile(path, enlarged(t, pic.Image, largePixels), 0o600); err != nil {
			t.Fatal(err)
		}
		factor := float64(decode(t, o, path).Width) / float64(pic.Width)
		large = append(large, sample{file: path, role: s.role, boxes: scaledBoxes(s.boxes, factor), ignore: scaledBoxes(s.ignore, factor)})
	}
	return large
}

func scaledBoxes(all []engine.Box, factor float64) (out []engine.Box) {
	by := func(n int) int { return int(float64(n)*factor + 0.5) }
	for _, b := range all {
		out = append(out, engine.Box{X: by(b.X), Y: by(b.Y), W: by(b.W), H: by(b.H)})
	}
	return out
}

// side is one of those that are compared, with its figures for each round.
type side struct {
	name      string
	look      func(path string) (seen, error)
	spent     func() time.Duration
	cpu, wall []time.Duration
	tally     tally // in the last round, as are
	parts     parts // where a peer's processor time went
}

// peerSide starts a form of face_recognition and has it look at a photo; nil where it is not installed.
func peerSide(t *testing.T, form, photoPath string) *side {
	t.Helper()
	p := openPeer(t, form)
	if p == nil {
		return nil
	}
	if _, err := p.look(photoPath, false); err != nil {
		t.Fatalf("%s, %s: %v", form, photoPath, err)
	}
	t.Log("face_recognition, " + peerVersions(t, form))
	return &side{name: form, spent: func() time.Duration { return clockOf(t, p.cmd.Process.Pid) },
		look: func(path string) (seen, error) { return p.look(path, false) }}
}

// compare has all sides look at all photos in turns, and prints the table.
func compare(t *testing.T, title string, photos []sample, sides []*side, rounds int, targets map[string]float64) {
	t.Helper()
	for _, s := range sides {
		s.cpu, s.wall = nil, nil
	}
	for round := range rounds {
		before := make([]time.Duration, len(sides))
		for i, s := range sides {
			s.tally, s.parts, s.wall = tally{}, parts{}, append(s.wall, 0)
			before[i] = s.spent()
		}
		for n, photo := range photos {
			for turn := range sides {
				sides[(turn+n+round)%len(sides)].take(t, photo)
			}
		}
		for i, s := range sides {
			s.cpu = append(s.cpu, s.spent()-before[i])
		}
	}
	t.Logf("%s; load %s\n%s", title, load(t), comparison(sides, len(photos), targets))
}

// take is one turn.
func (s *side) take(t *testing.T, photo sample) {
	t.Helper()
	start := time.Now()
	found, err := s.look(photo.file)
	s.wall[len(s.wall)-1] += time.Since(start)
	if err != nil {
		t.Errorf("%s, %s: %v", s.name, photo.file, err)
	}
	s.parts = s.parts.plus(found.parts)
	hit, wrong := judge(photo, found.faces)
	s.tally.photos++
	s.tally.given += len(hit)
	s.tally.wrong += len(wrong)
	for _, h := range hit {
		if h {
			s.tally.hits++
		}
	}
}

// comparison prints what the rounds gave: the median of each side, and how often as fast the first side is, as minimum, median and maximum
// of the rounds' ratios.
func comparison(sides []*side, photos int, targets map[string]float64) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\tphotos per CPU s\tCPU s a photo\tof it load, detect, templates\tphotos per wall s\trecall, precision\tgabarit is faster, CPU: min, median, max\ttarget\twall: min, median, max")
	for _, s := range sides {
		cpu, wall := middle(seconds(s.cpu)), middle(seconds(s.wall))
		of := ""
		if n := float64(photos); s.parts != (parts{}) {
			of = fmt.Sprintf("%.3f  %.3f  %.3f", s.parts.Load/n, s.parts.Detect/n, s.parts.Templates/n)
		}
		fmt.Fprintf(w, "%s\t%.2f\t%.3f\t%s\t%.2f\t%s", s.name, float64(photos)/cpu, cpu/float64(photos), of, float64(photos)/wall, s.tally)
		if s != sides[0] {
			fmt.Fprintf(w, "\t%s\t%.1f\t%s", spread(s.cpu, sides[0].cpu), targets[s.name], spread(s.wall, sides[0].wall))
		}
		fmt.Fprintln(w)
	}
	_ = w.Flush()
	return b.String()
}

// spread tells the ratios of the times of rounds, theirs over ours: minimum, median, maximum.
func spread(theirs, ours []time.Duration) string {
	ratios := make([]float64, len(ours))
	for i := range ours {
		ratios[i] = theirs[i].Seconds() / ours[i].Seconds()
	}
	return fmt.Sprintf("%.2f  %.2f  %.2f", slices.Min(ratios), middle(ratios), slices.Max(ratios))
}

func seconds(all []time.Duration) (out []float64) {
	for _, d := range all {
		out = append(out, d.Seconds())
	}
	return out
}

// middle is the median; of an even number the mean of the two in the middle.
func middle(all []float64) float64 {
	sorted := slices.Sorted(slices.Values(all))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// compareWorkers compares two workers to one, each with all photos waiting several times over.
func compareWorkers(t *testing.T, one, two *ours, photos []sample, rounds int) {
	t.Helper()
	queue := slices.Repeat(photos, queuePasses)
	sides := []*side{{name: "one worker"}, {name: "two workers"}}
	for range rounds {
		for i, o := range []*ours{one, two} {
			l := lookAll(t, o.finder(t, sides[i].name, engine.Look{}), "", queue, "group")
			sides[i].cpu, sides[i].wall = append(sides[i].cpu, l.spent), append(sides[i].wall, l.wall)
		}
	}
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\tphotos per CPU s\tphotos per wall s\tprocessors busy")
	n, busy := float64(len(queue)), 0.0
	for _, s := range slices.Backward(sides) { // what is left in busy is that of one worker
		busy = middle(seconds(s.cpu)) / middle(seconds(s.wall))
		fmt.Fprintf(w, "%s\t%.2f\t%.2f\t%.2f\n", s.name, n/middle(seconds(s.cpu)), n/middle(seconds(s.wall)), busy)
	}
	_ = w.Flush()
	t.Logf("two workers and one, wall time (says something only on an idle machine): %s times as fast (min, median, max; target %.1f); load %s\n"+
		"This process decodes beside its workers: with %d processors and no loss at all it would be %.2f times.\n%s",
		spread(sides[0].wall, sides[1].wall), targetWorkers, load(t), runtime.NumCPU(), float64(runtime.NumCPU())/busy, &b)
}

// load is the load average of the machine.
func load(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(string(text))[:3], " ")
}

func TestRatiosOfRoundsAreTheirTimesOverOurs(t *testing.T) {
	theirs := []time.Duration{4 * time.Second, 9 * time.Second, 10 * time.Second}
	ours := []time.Duration{2 * time.Second, 3 * time.Second, 10 * time.Second}
	if got := spread(theirs, ours); got != "1.00  2.00  3.00" {
		t.Errorf("spread %q", got)
	}
	if got := middle([]float64{4, 1, 3, 2}); got != 2.5 {
		t.Errorf("the median of an even number: %v", got)
	}
}
