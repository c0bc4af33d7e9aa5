//go:build linux

package app_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"

	"gabarit/engine"
	"gabarit/engine/match"
)

const (
	ownFlat    = "gabarit Flat"
	ownCascade = "gabarit Cascade"
	ownThreads = "gabarit Cascade, 2 threads"
	ownMany    = "gabarit Cascade, 64 probes at once, for one"
	ownBoth    = "gabarit Cascade, 2 threads, 64 probes at once, for one"
	ownDisk    = "gabarit Cascade, templates on disk"
	atOnce     = 64
	faissFlat  = "faiss Flat"

	copiesUpTo  = 2_000_000 // faces: beyond, faiss reads the mapped vectors, and Gabarit's Flat, which a Cascade has inside, is left out
	collectEach = 10        // queries, after which garbage of this process is collected, between measurements
)

// searchRun is the comparison of searches at one size.
type searchRun struct {
	data    *searchData
	queries int
	peer    *searchPeer // nil: not installed
	indexes []*benchIndex
	methods []*method
	garbage spending // collections between queries
	bytes   float64  // allocated while own methods searched
}

// benchIndex is an index with what it took to build and to hold.
type benchIndex struct {
	name string
	spending
	note string
	own  engine.Index // nil: the peer has it
	ef   int          // of a graph
}

// compareSearch measures all methods on the same queries, in turns.
//
// Garbage of this process is not collected while a query runs: what that takes is told apart.
func compareSearch(t *testing.T, faces, queries int) {
	t.Logf("%d faces; load of the machine (1, 5, 15 minutes) %s", faces, load(t))
	r := &searchRun{data: openSearchData(t, faces), queries: queries, peer: openSearchPeer(t)}
	r.buildOwn(t)
	if r.peer != nil {
		t.Log(peerVersions(t, peerSearch))
		r.peer.open(t, r.data)
		r.buildPeers(t)
	}
	r.list(t)
	t.Logf("measured from here; load %s", load(t))
	percent := debug.SetGCPercent(-1)
	for query := range queries {
		r.turn(t, query)
	}
	debug.SetGCPercent(percent)
	t.Logf("%d faces, %d queries; load %s\n%s\n%s", faces, queries, load(t), r.searchTable(), r.memoryTable())
	r.tellThreads(t)
	t.Logf("Allocated by a search of Gabarit on average: %.0f kB (64 at once count as one). Collections of garbage, not in the table: %.1f ms of the processor a query of each method.",
		r.bytes/1024/float64(queries*r.ownMethods()), 1e3*r.garbage.CPU/float64(queries*r.ownMethods()))
	r.keep(t)
}

// buildOwn fills the indexes of this process.
func (r *searchRun) buildOwn(t *testing.T) {
	t.Helper()
	own := []*benchIndex{{name: ownCascade, own: benchCascade(1)}}
	if len(r.data.vectors) <= copiesUpTo {
		own = append(own, &benchIndex{name: ownThreads, own: benchCascade(2)}, &benchIndex{name: ownFlat, own: match.NewFlat()})
	}
	for _, index := range own {
		index.spending = fill(t, index.own, r.data)
		t.Logf("%s filled: %.1f s of the processor, %.0f bytes a face", index.name, index.CPU, index.Bytes/float64(len(r.data.vectors)))
	}
	r.indexes = append(append(r.indexes, own...), openDisk(t, own[0].own.(*match.Cascade), r.data))
}

// buildPeers has the peer build or load its indexes, and finds out how far each graph is to be searched.
func (r *searchRun) buildPeers(t *testing.T) {
	t.Helper()
	kind, note := "flat", ""
	if len(r.data.vectors) > copiesUpTo {
		kind, note = "mapped", "the same computation on mapped vectors"
	}
	a := r.peer.do(t, "build", request{"name": faissFlat, "kind": kind})
	r.indexes = append(r.indexes, &benchIndex{name: faissFlat, spending: a.spending, note: note})
	for _, g := range graphs(len(r.data.vectors)) {
		if !g.built(t, r.data) && len(r.data.vectors) > 100_000 {
			t.Logf("%s is left out: it is not built yet, which takes long (PARTS=%s)", g.name, partPrepare)
			continue
		}
		a := g.build(t, r.peer, r.data)
		index := &benchIndex{name: g.name, spending: a.spending}
		if a.Cached {
			index.note = "built in an earlier run, measured then"
		}
		index.ef = r.tune(t, index)
		r.indexes = append(r.indexes, index)
	}
}

// tune gives the smallest ef, to a sixteenth, with the recall that is compared at; where none reaches it, the one from which doubling
// brings less than a thousandth.
func (r *searchRun) tune(t *testing.T, index *benchIndex) int {
	t.Helper()
	const from, to = 64, 8192
	top, queries := questions()[0], min(r.queries, 50)
	line, truths := []string{}, make([]truth, queries)
	flat := peerMethod(t, r.peer, r.data, top, "", faissFlat, 0)
	for query := range truths {
		truths[query] = r.data.truth(query, flat.ask(query).faces)
	}
	recall := func(ef int) float64 {
		m := peerMethod(t, r.peer, r.data, top, "", index.name, ef)
		cpu := 0.0
		for query := range queries {
			got := m.ask(query)
			m.judge(r.data, query, truths[query], got.faces)
			cpu += got.CPU
		}
		line = append(line, fmt.Sprintf("%d: %.4f, %.2f ms", ef, m.recall(), 1e3*cpu/float64(queries)))
		return m.recall()
	}
	defer func() { t.Logf("%s, recall and mean processor time by ef: %s", index.name, strings.Join(line, "; ")) }()
	ef, last := from, 0.0
	for got := recall(ef); got < targetRecall; got = recall(ef) {
		if ef >= to || ef > 1024 && got-last < .001 {
			return ef
		}
		ef, last = 2*ef, got
	}
	for low := ef / 2; ef > from && ef-low > ef/16; {
		if middle := (low + ef) / 2; recall(middle) >= targetRecall {
			ef = middle
		} else {
			low = middle
		}
	}
	return ef
}

// list makes the methods. Two threads, and many probes at once, are asked the first questions only.
func (r *searchRun) list(t *testing.T) {
	t.Helper()
	for i, q := range questions() {
		for _, index := range slices.Backward(r.indexes) {
			switch {
			case index.name == ownThreads && i > 2, index.name == ownDisk && i > 4:
			case index.own != nil:
				r.methods = append(r.methods, ownMethod(t, index.own, r.data, q, index.name, index.name, 1))
				if many := map[string]string{ownCascade: ownMany, ownThreads: ownBoth}[index.name]; many != "" && i < 3 {
					r.methods = append(r.methods, ownMethod(t, index.own, r.data, q, many, many, atOnce))
				}
			case index.ef > 0 && i == 0:
				r.methods = append(r.methods, peerMethod(t, r.peer, r.data, q, fmt.Sprintf("%s ef%d", index.name, index.ef), index.name, index.ef))
			case index.name == faissFlat && !q.all && q.count == 0 && q.filter.Host == "" && q.filter.Collections == nil && (q.k == 0 || q.within == 0):
				r.methods = append(r.methods, peerMethod(t, r.peer, r.data, q, index.name, index.name, 0))
			}
		}
	}
}

func (r *searchRun) ownMethods() (n int) {
	for _, m := range r.methods {
		if strings.HasPrefix(m.name, "gabarit") {
			n++
		}
	}
	return n
}

// turn puts one query to every method and judges the answers.
func (r *searchRun) turn(t *testing.T, query int) {
	t.Helper()
	before := allocated()
	answers := make([]outcome, len(r.methods))
	for i := range r.methods {
		k := (i + query*7) % len(r.methods)
		m := r.methods[k]
		answers[k] = m.ask(query)
		m.cpu, m.wall, m.given = append(m.cpu, answers[k].CPU), append(m.wall, answers[k].Wall), append(m.given, float64(len(answers[k].faces)))
	}
	r.bytes += allocated() - before
	for k, m := range r.methods {
		for j, other := range r.methods {
			if other.question.name != m.question.name {
				continue
			}
			if other.name == faissFlat {
				m.judge(r.data, query, r.data.truth(query, answers[j].faces), answers[k].faces)
			}
			if other.name == ownFlat && m.name != ownFlat && strings.HasPrefix(m.name, "gabarit") {
				if m.asked++; slices.Equal(answers[k].faces, answers[j].faces) && slices.Equal(answers[k].distances, answers[j].distances) &&
					answers[k].histogram == answers[j].histogram {
					m.alike++
				} else {
					t.Errorf("query %d, %s: the answer of %s is not Flat's", query, m.question.name, m.name)
				}
			}
		}
	}
	if query%collectEach == collectEach-1 {
		took := spend(runtime.GC)
		r.garbage.CPU += took.CPU
	}
}

// allocated is how much this process allocated so far, in bytes.
func allocated() float64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return float64(sample[0].Value.Uint64())
}

// baseline is what the processor time of a method is set against.
func (r *searchRun) baseline(m *method) *method {
	var first *method
	for _, name := range []string{faissFlat, ownFlat} {
		for _, other := range r.methods {
			if other.name != name {
				continue
			}
			if other.question.name == m.question.name {
				return other
			}
			if first == nil && other.question.name == questions()[0].name {
				first = other
			}
		}
		if first != nil {
			return first
		}
	}
	return m
}

// ratios gives how many times as much processor time a method's baseline took: minimum, median, maximum over queries, and of the medians.
func (r *searchRun) ratios(m *method) (least, median, most, ofMedians float64) {
	base := r.baseline(m)
	all := make([]float64, len(m.cpu))
	for i := range all {
		all[i] = base.cpu[i] / m.cpu[i]
	}
	return slices.Min(all), middle(all), slices.Max(all), middle(base.cpu) / middle(m.cpu)
}

// tellThreads compares two threads to one, by wall time.
func (r *searchRun) tellThreads(t *testing.T) {
	t.Helper()
	for _, one := range r.methods {
		for _, two := range r.methods {
			if pair := [2]string{one.name, two.name}; pair != [2]string{ownCascade, ownThreads} && pair != [2]string{ownMany, ownBoth} || one.question.name != two.question.name {
				continue
			}
			all := make([]float64, len(one.wall))
			for i := range all {
				all[i] = one.wall[i] / two.wall[i]
			}
			t.Logf("%s, %s and with one, wall time (says something only on an idle machine with two processors free): %.2f  %.2f  %.2f times as fast (min, median, max; target %.1f)",
				one.question.name, two.name, slices.Min(all), middle(all), slices.Max(all), targetThread)
		}
	}
}

func (r *searchRun) searchTable() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "question\tmethod\tanswers: p50  max\trecall\tCPU ms: p50  p99  min\twall ms p50\tfaster than faiss Flat, CPU: min  median  max\tof the p50s\ttarget\tp99/p50\tequal to Flat")
	last := ""
	for _, m := range r.methods {
		least, median, most, whole := r.ratios(m)
		name, recall, target, alike := m.question.name, "", "", ""
		if name == last {
			name = ""
		}
		last = m.question.name
		if m.wanted > 0 {
			recall = fmt.Sprintf("%.4f", m.recall())
		}
		if m.question.target > 0 && m.name == ownCascade {
			target = fmt.Sprintf("%.0f", m.question.target)
		}
		if m.asked > 0 {
			alike = fmt.Sprintf("%d of %d", m.alike, m.asked)
		}
		fmt.Fprintf(w, "%s\t%s\t%.0f  %.0f\t%s\t%.2f  %.2f  %.2f\t%.2f\t%.1f  %.1f  %.1f\t%.2f\t%s\t%.1f\t%s\n", name, m.name, middle(m.given), slices.Max(m.given), recall, 1e3*middle(m.cpu), 1e3*quantile(m.cpu, .99),
			1e3*slices.Min(m.cpu), 1e3*middle(m.wall), least, median, most, whole, target, quantile(m.cpu, .99)/middle(m.cpu), alike)
	}
	_ = w.Flush()
	return b.String()
}

func (r *searchRun) memoryTable() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "index\tbytes a face\tbuilt in CPU s\t")
	for _, index := range slices.Backward(r.indexes) {
		fmt.Fprintf(w, "%s\t%.0f\t%.1f\t%s\n", index.name, index.Bytes/float64(len(r.data.vectors)), index.CPU, index.note)
	}
	_ = w.Flush()
	return b.String()
}

// benchBuild is the folder for what a run leaves to look at.
func benchBuild(t *testing.T) string {
	t.Helper()
	dir := filepath.Join("..", "build", "bench-search")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}
