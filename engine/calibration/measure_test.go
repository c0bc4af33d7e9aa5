package calibration_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"

	"gabarit/engine"
	"gabarit/engine/calibration"
	"gabarit/engine/enginetest"
	"gabarit/engine/match"
)

// TestCalibration measures bands and expected numbers on real templates; see "make calibration". The tables are fitted to one half of
// the people, and all probes are of the other half, both ways.
func TestCalibration(t *testing.T) {
	if os.Getenv("GABARIT_CALIBRATION") == "" {
		t.Skip("skipped: takes minutes; run it with `make calibration`")
	}
	templates, names := enginetest.LFW(t, 1)
	all := newSet(templates, names, true)
	t.Logf("%d templates, %d names, taken for %d people", len(templates), newSet(templates, names, false).count(), all.count())
	t.Run("the tables of the program are those of a fit to all people", func(t *testing.T) { checkTables(t, all) })
	t.Run("bands and strangers of people who had no part in the fit", func(t *testing.T) { measure(t, all) })
}

// checkTables compares estimates.
func checkTables(t *testing.T, all *set) {
	fitted, shipped := calibration.New(fit(all)), calibration.Default()
	for i := 0; i < len(all.templates); i += 500 {
		var h engine.Histogram
		for j := range all.templates {
			if j != i {
				h.Add(match.Distance(&all.templates[i], &all.templates[j]))
			}
		}
		a, b := fitted.Strangers(&h), shipped.Strangers(&h)
		for _, d := range []float64{0.40, 0.45, 0.50, 0.55, 0.60} {
			if ratio := a.Expected(d) / b.Expected(d); ratio < 0.6 || ratio > 1.6 {
				t.Errorf("probe %d within %.2f: %.3g by a fit, %.3g by the program's tables", i, d, a.Expected(d), b.Expected(d))
			}
		}
	}
}

func measure(t *testing.T, all *set) {
	rng := rand.New(rand.NewPCG(1, 1))
	first := make([]bool, all.people)
	for p := range first {
		first[p] = rng.IntN(2) == 0
	}
	halves := [2]*set{all.part(func(p int) bool { return first[p] }), all.part(func(p int) bool { return !first[p] })}
	fitted := [2]*calibration.Calibration{calibration.New(fit(halves[0])), calibration.New(fit(halves[1]))}
	worst := worstTenth(all)
	t.Logf("halves of %d and %d templates", len(halves[0].templates), len(halves[1].templates))

	var results []*result
	for _, size := range []struct {
		name  string
		index func(half *set, draw int) *set
		draws int
	}{
		{"1k", func(half *set, draw int) *set { return sample(half, 1000, uint64(draw)) }, 1},
		{"5k", func(half *set, _ int) *set { return half }, 1},
		{"11k", func(*set, int) *set { return all }, 1},
	} {
		r := newResult(size.name)
		for side, probes := range [2]*set{halves[1], halves[0]} { // of the half that the calibration does not know
			for draw := range size.draws {
				r.search(t, fitted[side], probes, size.index(probes, draw), worst)
			}
		}
		results = append(results, r)
	}
	crowd := newResult("look-alikes")
	for side, probes := range [2]*set{halves[1], halves[0]} {
		index := lookAlikes(probes, 200)
		crowd.search(t, fitted[side], probes.part(func(p int) bool { return slices.Contains(index.person, p) }), index, worst)
	}
	var out strings.Builder
	for _, r := range append(results, crowd) {
		r.write(&out)
	}
	t.Logf("\n%s", out.String())
	plotReliability(t, results)
	for _, r := range results {
		r.check(t)
	}
	if got, fixed := crowd.rows[1].share(false), crowd.rows[6].share(false); got > fixed/3 {
		t.Errorf("among look-alikes only, %.3f of the people in strong and likely are wrong; within 0.5 it is %.3f", got, fixed)
	}
}

// sample draws faces at random.
func sample(s *set, n int, seed uint64) *set {
	out := &set{people: s.people}
	for _, i := range rand.New(rand.NewPCG(seed, 7)).Perm(len(s.templates))[:n] {
		out.templates, out.person = append(out.templates, s.templates[i]), append(out.person, s.person[i])
	}
	return out
}

// worstTenth marks the tenth of people with the largest share of strangers within 0.6, over all faces.
func worstTenth(s *set) []bool {
	near, photos := make([]float64, s.people), make([]float64, s.people)
	for i := range s.templates {
		photos[s.person[i]]++
		for j := range i {
			if a, b := s.person[i], s.person[j]; a != b && match.Distance(&s.templates[i], &s.templates[j]) <= 0.6 {
				near[a]++
				near[b]++
			}
		}
	}
	var shares []float64
	for p := range near {
		if photos[p] > 0 {
			near[p] /= photos[p]
			shares = append(shares, near[p])
		}
	}
	slices.Sort(shares)
	least := shares[len(shares)*9/10]
	out := make([]bool, s.people)
	for p := range out {
		out[p] = photos[p] > 0 && near[p] >= least
	}
	return out
}

// lookAlikes gives one face each of n people who look alike to the model: those nearest, on average, to the faces with most near strangers.
func lookAlikes(s *set, n int) *set {
	seen := map[int]bool{}
	var one []int
	for i, p := range s.person {
		if !seen[p] {
			seen[p] = true
			one = append(one, i)
		}
	}
	near := map[int]int{}
	for a, i := range one {
		for _, j := range one[:a] {
			if match.Distance(&s.templates[i], &s.templates[j]) < 0.6 {
				near[i]++
				near[j]++
			}
		}
	}
	slices.SortStableFunc(one, func(a, b int) int { return near[b] - near[a] })
	centre := one[:40]
	mean := map[int]float64{}
	for _, i := range one {
		for _, j := range centre {
			mean[i] += match.Distance(&s.templates[i], &s.templates[j])
		}
	}
	one = slices.Clone(one)
	slices.SortStableFunc(one, func(a, b int) int { return int(math.Copysign(1, mean[a]-mean[b])) })
	out := &set{people: s.people}
	for _, i := range one[:n] {
		out.templates, out.person = append(out.templates, s.templates[i]), append(out.person, s.person[i])
	}
	return out
}

// row counts what one rule lets through, over probes: [0] of all people, [1] of the worst tenth.
type row struct {
	name         string
	takes        func(neighbour) bool
	wrong, right [2]float64 // people met: wrong ones, and probes whose person was met
	kept, mates  [3]float64 // share of a probe's true pairs that are kept, summed; probes that have some; [2]: of those that have manyMates
}

func (r *row) share(worst bool) float64 {
	k := map[bool]int{true: 1}[worst]
	return r.wrong[k] / max(r.wrong[k]+r.right[k], 1)
}

// keep counts the true pairs of one probe.
func (r *row) keep(near []neighbour, person, k int) {
	mates, kept := 0.0, 0.0
	for _, n := range near {
		if n.person == person {
			mates++
			if r.takes(n) {
				kept++
			}
		}
	}
	if mates > 0 {
		r.mates[k]++
		r.kept[k] += kept / mates
	}
}

// manyMates is a private collection of the person in the index.
const manyMates = 40

// neighbour is an answer of the index with what is said of it.
type neighbour struct {
	person          int
	distance        float64
	expected, plain float64 // strangers: for this probe, with one rate for all
	band            engine.Band
}

// meets are the numbers of strangers that were expected within the distances asked for, and met there.
type meets struct {
	expected float64
	probes   [2]float64
	met      [2]float64 // as estimated for the probe
	plain    [2]float64 // with one rate for everybody
}

type result struct {
	name    string
	faces   []int // of the indexes asked
	rows    []*row
	levels  []*meets
	crowded [2]float64 // probes that are told of, by people
	probes  [2]float64
}

func newResult(name string) *result {
	bands := func(bands ...engine.Band) func(neighbour) bool {
		return func(n neighbour) bool { return slices.Contains(bands, n.band) }
	}
	r := &result{name: name, rows: []*row{
		{name: "strong", takes: bands(engine.BandStrong)},
		{name: "strong, likely", takes: bands(engine.BandStrong, engine.BandLikely)},
		{name: "strong, likely, possible", takes: bands(engine.BandStrong, engine.BandLikely, engine.BandPossible)},
		{name: "likely alone", takes: bands(engine.BandLikely)},
		{name: "one rate for all, <= 0.01 expected", takes: func(n neighbour) bool { return n.plain <= 0.01 }},
		{name: "one rate for all, <= 0.1 expected", takes: func(n neighbour) bool { return n.plain <= 0.1 }},
		{name: "within 0.5", takes: func(n neighbour) bool { return n.distance <= 0.5 }},
		{name: "within 0.6", takes: func(n neighbour) bool { return n.distance <= 0.6 }},
	}}
	for _, e := range []float64{0.003, 0.01, 0.03, 0.1, 0.3, 1, 3} {
		r.levels = append(r.levels, &meets{expected: e})
	}
	return r
}

// search asks a real index about every probe.
func (r *result) search(t *testing.T, c *calibration.Calibration, probes, index *set, worst []bool) {
	t.Helper()
	x := match.NewCascade(1)
	entries, at := make([]engine.IndexEntry, len(index.templates)), map[engine.FaceID]int{}
	for i := range entries {
		entries[i] = engine.IndexEntry{Face: engine.NewFaceID(engine.PhotoID(fmt.Sprintf("P%05d", i)), 0), Template: index.templates[i]}
		at[entries[i].Face] = i
	}
	if err := x.Add(entries...); err != nil {
		t.Fatal(err)
	}
	r.faces = append(r.faces, x.Len())
	var lock sync.Mutex
	var work sync.WaitGroup
	for w := range runtime.NumCPU() {
		work.Go(func() {
			for i := w; i < len(probes.templates); i += runtime.NumCPU() {
				h, err := x.Distances(context.Background(), probes.templates[i])
				near, _, err2 := x.Search(context.Background(), engine.Query{Template: probes.templates[i], Within: 0.7})
				if err != nil || err2 != nil {
					t.Error(err, err2)
					return
				}
				if len(near) > 0 && near[0].Distance == 0 { // the probe itself
					near = near[1:]
					h.Counts[0]--
				}
				strangers := c.Strangers(&h)
				said := make([]neighbour, len(near))
				for k, n := range near {
					e := strangers.Expected(n.Distance)
					said[k] = neighbour{index.person[at[n.Face]], n.Distance, e, c.ExpectedFalse(n.Distance, strangers.Faces), c.Band(n.Distance, e, 1)}
				}
				lock.Lock()
				r.add(said, strangers.Crowding, probes.person[i], worst[probes.person[i]])
				lock.Unlock()
			}
		})
	}
	work.Wait()
}

// add counts one probe.
func (r *result) add(near []neighbour, crowding float64, person int, worst bool) {
	mates := 0
	for _, n := range near {
		if n.person == person {
			mates++
		}
	}
	if mates >= manyMates {
		for _, row := range r.rows {
			row.keep(near, person, 2)
		}
	}
	r.count(near, crowding, person, 0)
	if worst {
		r.count(near, crowding, person, 1)
	}
}

func (r *result) count(near []neighbour, crowding float64, person, k int) {
	r.probes[k]++
	if crowding >= engine.Crowded {
		r.crowded[k]++
	}
	for _, row := range r.rows {
		met := map[int]bool{}
		for _, n := range near {
			if row.takes(n) {
				met[n.person] = true
			}
		}
		if met[person] {
			row.right[k]++
			delete(met, person)
		}
		row.wrong[k] += float64(len(met))
		row.keep(near, person, k)
	}
	for _, l := range r.levels {
		l.probes[k]++
		for _, n := range near {
			if n.person == person {
				continue
			}
			if n.expected <= l.expected {
				l.met[k]++
			}
			if n.plain <= l.expected {
				l.plain[k]++
			}
		}
	}
}

// write prints the tables of one size.
func (r *result) write(out *strings.Builder) {
	fmt.Fprintf(out, "index %s: %v faces, %.0f searches, %.0f of them of the worst tenth of people (most strangers within 0.6)\n", r.name, r.faces, r.probes[0], r.probes[1])
	w := tabwriter.NewWriter(out, 2, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\twrong people of those met\tworst tenth\ttrue pairs kept\tworst tenth\twith 40 or more\t")
	for _, row := range r.rows {
		fmt.Fprintf(w, "%s\t%.2f %%\t%.2f %%\t%.1f %%\t%.1f %%\t%.1f %%\t\n", row.name, 100*row.share(false), 100*row.share(true),
			100*row.kept[0]/max(row.mates[0], 1), 100*row.kept[1]/max(row.mates[1], 1), 100*row.kept[2]/max(row.mates[2], 1))
	}
	fmt.Fprintln(w, "\t\t\t\t\t\t")
	fmt.Fprintln(w, "strangers expected\tmet\tworst tenth\tmet, one rate for all\tworst tenth\t")
	for _, l := range r.levels {
		fmt.Fprintf(w, "%g\t%.4f\t%.4f\t%.4f\t%.4f\t\n", l.expected, l.met[0]/l.probes[0], l.met[1]/max(l.probes[1], 1),
			l.plain[0]/l.probes[0], l.plain[1]/max(l.probes[1], 1))
	}
	_ = w.Flush()
	fmt.Fprintf(out, "told that many look like it: %.1f %% of the probes, %.1f %% of the worst tenth\n\n", 100*r.crowded[0]/r.probes[0], 100*r.crowded[1]/max(r.probes[1], 1))
}

// check holds what must not get worse.
func (r *result) check(t *testing.T) {
	t.Helper()
	for _, l := range r.levels {
		if l.expected != 0.01 && l.expected != 0.1 && l.expected != 1 {
			continue
		}
		if met := l.met[0] / l.probes[0]; met > 2*l.expected || met < l.expected/3 {
			t.Errorf("%s: %.4f strangers met where %g are expected", r.name, met, l.expected)
		}
		if met, plain := l.met[1]/l.probes[1], l.plain[1]/l.probes[1]; met > plain || l.expected >= 0.1 && met > 5*l.expected {
			t.Errorf("%s: the worst tenth of people meets %.4f strangers where %g are expected; with one rate for all %.4f", r.name, met, l.expected, plain)
		}
	}
	if got, fixed := r.rows[1].share(true), r.rows[6].share(true); got > fixed {
		t.Errorf("%s: %.4f of the people whom the worst tenth meets in strong and likely are wrong, %.4f within 0.5", r.name, got, fixed)
	}
}
