//go:build linux

package app_test

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"gabarit/engine"
	"gabarit/engine/calibration"
	"gabarit/engine/match"
)

// question is what all methods of one table are asked.
type question struct {
	name   string
	k      int
	within float64
	filter engine.Filter
	all    bool    // the distances to all faces are counted
	count  float64 // the distances up to it are
	target float64
}

// questions lists what is compared. The last ones have no like in the libraries: their processor time is set against that of faiss for the first.
func questions() []question {
	return []question{
		{name: "top 50", k: 50, target: targetTop},
		{name: "within 0.5", within: 0.5, target: targetNear},
		{name: "within 0.6", within: 0.6, target: targetWider},
		{name: "top 50 within 0.6", k: 50, within: 0.6},
		{name: "top 50, and the counts that bands need", k: 50, count: calibration.Default().Reach()},
		{name: "top 50, one collection in ten", k: 50, filter: engine.Filter{Collections: []engine.CollectionID{benchCollection(3)}}},
		{name: "top 50, one host in a thousand", k: 50, filter: engine.Filter{Host: benchHost(7)}},
		{name: "histogram of all distances", all: true},
	}
}

// method is one way to answer a question, with what it gave and took.
type method struct {
	question question
	name     string
	memory   string // what its index is called in the table of memory
	ask      func(query int) outcome

	cpu, wall     []float64 // seconds, by query
	given         []float64 // answers, by query
	wanted, found int       // answers that there are, and those among them that it gave
	alike, asked  int       // queries with answers equal to Flat's to the last bit, of those compared
}

// outcome is the answer of a method to one query.
type outcome struct {
	spending
	faces     []int
	distances []float64 // of Gabarit only
	histogram engine.Histogram
}

// peerMethod asks the peer.
func peerMethod(t *testing.T, p *searchPeer, d *searchData, q question, name, memory string, ef int) *method {
	t.Helper()
	with := request{"name": memory, "k": q.k, "within": q.within, "ef": ef}
	return &method{question: q, name: name, memory: memory, ask: func(query int) outcome {
		with["query"] = query
		a := p.do(t, "ask", with)
		return outcome{spending: a.spending, faces: a.IDs}
	}}
}

// ownMethod asks an index of this process, with so many probes at once: this query and those after it; what that takes is told for one. Collection of
// garbage is held off meanwhile, see compareSearch.
func ownMethod(t *testing.T, index engine.Index, d *searchData, q question, name, memory string, probes int) *method {
	t.Helper()
	asked := make([]engine.Query, probes)
	return &method{question: q, name: name, memory: memory, ask: func(query int) (o outcome) {
		var answers []engine.Answer
		var err error
		for i := range asked {
			asked[i] = engine.Query{Template: d.queries[(query+i)%len(d.queries)], K: q.k, Within: q.within, Filter: q.filter, Count: q.count}
		}
		o.spending = spend(func() {
			if q.all {
				o.histogram, err = index.(interface {
					Distances(ctx context.Context, probe engine.Template) (engine.Histogram, error)
				}).Distances(t.Context(), asked[0].Template)
			} else {
				answers, err = index.SearchAll(t.Context(), asked)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		o.CPU, o.Wall = o.CPU/float64(probes), o.Wall/float64(probes)
		if !q.all {
			o.histogram = answers[0].Distances
			for _, n := range answers[0].Neighbours {
				o.faces, o.distances = append(o.faces, benchRow(n.Face)), append(o.distances, n.Distance)
			}
		}
		return o
	}}
}

// spend measures a call: processor time of the whole process, wall time.
func spend(do func()) spending {
	start, before := time.Now(), ownClock()
	do()
	return spending{CPU: (ownClock() - before).Seconds(), Wall: time.Since(start).Seconds()}
}

// ownClock is the processor time of this process, all threads together.
func ownClock() time.Duration {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &now); err != nil {
		panic(err)
	}
	return time.Duration(now.Nano())
}

// anonymousBytes is the anonymous memory that this process holds: what the peer tells of itself too.
func anonymousBytes(t testing.TB) float64 {
	t.Helper()
	runtime.GC()
	debug.FreeOSMemory()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "RssAnon:")
	n, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return float64(n) * 1024
}

// benchEntry is a face as a vault would hold it: with an ID of the usual length, in one of ten collections, from one of a thousand hosts.
func benchEntry(row int, tmpl *engine.Template) engine.IndexEntry {
	return engine.IndexEntry{Face: engine.NewFaceID(engine.PhotoID(fmt.Sprintf("%026d", row)), 0), Collection: benchCollection(row % 10),
		Hosts: []string{benchHost(row % 1000)}, When: time.Unix(int64(row%1826)*86400, 0), Template: *tmpl}
}

func benchCollection(n int) engine.CollectionID { return engine.CollectionID(fmt.Sprintf("%026d", n)) }

func benchHost(n int) string { return fmt.Sprintf("www%d.example.org", n) }

// benchRow gives the number that benchEntry made a face ID of.
func benchRow(face engine.FaceID) int {
	photo, _, _ := face.Photo()
	row, err := strconv.Atoi(string(photo))
	if err != nil {
		panic(err)
	}
	return row
}

// benchCascade gives an empty index of the kind that the program uses, one search of which may take so many threads.
func benchCascade(threads int) engine.Index { return match.NewCascade(threads) }

// fill puts all faces of the data into an index, as a start of the program does, and tells what that took.
func fill(t *testing.T, index engine.Index, d *searchData) (s spending) {
	t.Helper()
	before := anonymousBytes(t)
	const batch = 4096
	entries := make([]engine.IndexEntry, 0, batch)
	for first := 0; first < len(d.vectors); first += batch {
		entries = entries[:0]
		for row := first; row < min(first+batch, len(d.vectors)); row++ {
			entries = append(entries, benchEntry(row, &d.vectors[row]))
		}
		took := spend(func() {
			if err := index.Add(entries...); err != nil {
				t.Fatal(err)
			}
		})
		s.CPU, s.Wall = s.CPU+took.CPU, s.Wall+took.Wall
	}
	clear(entries[:cap(entries)])
	s.Bytes = anonymousBytes(t) - before
	return s
}

// truth holds what faiss answered to one query, and judges other answers by it. Faces at the distance of the last answer count as right: which of
// them are told is chance, and faiss rounds otherwise than float64 does.
type truth struct {
	faces map[int]bool
	last  float64 // distance of the farthest
}

func (d *searchData) truth(query int, faces []int) (out truth) {
	out.faces = map[int]bool{}
	for _, f := range faces {
		out.faces[f] = true
		out.last = max(out.last, match.Distance(&d.queries[query], &d.vectors[f]))
	}
	return out
}

// nearlyEqual is the share by which distances may differ that faiss computes in float32.
const nearlyEqual = 2e-6

// judge counts right answers.
func (m *method) judge(d *searchData, query int, want truth, got []int) {
	if m.question.within > 0 && m.question.k == 0 {
		edge := m.question.within * (1 - nearlyEqual)
		have := map[int]bool{}
		for _, f := range got {
			have[f] = true
		}
		for f := range want.faces {
			if have[f] {
				m.found++
			} else if match.Distance(&d.queries[query], &d.vectors[f]) > edge {
				continue // faiss sees it within, exactly it is not
			}
			m.wanted++
		}
		return
	}
	m.wanted += len(want.faces)
	right := 0
	for _, f := range got {
		if want.faces[f] || match.Distance(&d.queries[query], &d.vectors[f]) <= want.last*(1+nearlyEqual) {
			right++
		}
	}
	m.found += min(right, len(want.faces))
}

// recall is the share of right answers that were given.
func (m *method) recall() float64 {
	if m.wanted == 0 {
		return 1
	}
	return float64(m.found) / float64(m.wanted)
}
