//go:build linux

package app_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// What is claimed of a search among 1M faces with one thread, as ratios of processor time to faiss IndexFlatL2. They are printed beside what was
// measured, which follows the machine and is not asserted.
const (
	targetTop    = 8.0
	targetNear   = 15.0 // within .5
	targetWider  = 8.0  // within .6
	targetThread = 1.8  // two threads to one, wall time
	targetRecall = 0.985
	targetBuild  = 15.0 // processor seconds, 1M faces
	targetGroups = 20.0 // processor seconds, 100,000 faces
)

// The parts of the comparison.
const (
	partPrepare = "prepare" // vectors and graphs, which are kept in the user's cache
	partSearch  = "search"
	partChange  = "change"  // insertion and deletion
	partErase   = "erase"   // what deletion leaves in memory
	partDurable = "durable" // what collecting and erasing cost on the disk, and what erasing leaves there
	partGroups  = "groups"
)

// TestBenchSearch compares search, change and grouping to Python's faiss, hnswlib, usearch and scikit-learn, on the same made-up faces in the
// same run; see "make bench-search". Each query goes through every method before the next one, in an order that turns, so that whatever else the machine does
// hits all of them. Compared is processor time, of the whole process around the call; one thread everywhere, where nothing else is said.
//
//	GABARIT_SIZES="100k 1M"   faces in the index, any of 1k to 10M
//	GABARIT_QUERIES=100       queries, at most 1,000
//	GABARIT_PARTS=...         some of "prepare search change erase groups", all if not set
//	GABARIT_STRONG=1          also a graph of hnswlib with twice the edges (1M faces: half an hour to build, once)
func TestBenchSearch(t *testing.T) {
	if os.Getenv("GABARIT_BENCH_SEARCH") == "" {
		t.Skip("skipped: takes minutes; run it with `make bench-search`")
	}
	queries, parts := 100, partPrepare+" "+partSearch+" "+partChange+" "+partErase+" "+partDurable+" "+partGroups
	sizes := []int{100_000, 1_000_000}
	if s := os.Getenv("GABARIT_PARTS"); s != "" {
		parts = s
	}
	if s := os.Getenv("GABARIT_QUERIES"); s != "" {
		var err error
		if queries, err = strconv.Atoi(s); err != nil || queries < 1 || queries > maxQueries {
			t.Fatalf("GABARIT_QUERIES=%s is no number of queries from 1 to %d", s, maxQueries)
		}
	}
	if s := os.Getenv("GABARIT_SIZES"); s != "" {
		sizes = nil
		for _, size := range strings.Fields(s) {
			sizes = append(sizes, parseSize(t, size))
		}
	}
	search := func(t *testing.T, faces int) { compareSearch(t, faces, queries) }
	for _, part := range []struct {
		name  string
		run   func(t *testing.T, faces int)
		sizes []int
	}{
		{partPrepare, prepareSearch, sizes},
		{partSearch, search, sizes},
		{partChange, compareChange, []int{100_000}},
		{partErase, compareErase, []int{eraseFaces}},
		{partDurable, compareDurable, []int{eraseFaces}},
		{partGroups, compareGroups, []int{100_000}},
	} {
		if !slices.Contains(strings.Fields(parts), part.name) {
			continue
		}
		for _, faces := range part.sizes {
			t.Run(fmt.Sprintf("%s %s", part.name, sizeName(faces)), func(t *testing.T) { part.run(t, faces) })
		}
	}
}

// parseSize reads a number of faces, as 100k or 1M.
func parseSize(t *testing.T, s string) int {
	t.Helper()
	digits := strings.TrimRight(s, "kM")
	n, err := strconv.Atoi(digits)
	switch strings.TrimPrefix(s, digits) {
	case "k":
		n *= 1000
	case "M":
		n *= 1_000_000
	}
	if err != nil || n < 1000 || n > 10_000_000 {
		t.Fatalf("%s is no number of faces from 1k to 10M", s)
	}
	return n
}

func sizeName(faces int) string {
	switch {
	case faces%1_000_000 == 0:
		return fmt.Sprintf("%dM", faces/1_000_000)
	case faces%1000 == 0:
		return fmt.Sprintf("%dk", faces/1000)
	}
	return strconv.Itoa(faces)
}

// graph is a graph of neighbours that is compared to: hnswlib's and usearch's way to search.
type graph struct {
	name, kind string
	m, effort  int
	strong     bool
}

// graphs lists those that are compared to among so many faces. Beyond a million it takes hours to build one.
func graphs(faces int) (out []graph) {
	for _, g := range []graph{
		{name: "hnswlib M16 efC100", kind: "hnswlib", m: 16, effort: 100},
		{name: "usearch M16 efC100", kind: "usearch", m: 16, effort: 100},
		{name: "hnswlib M32 efC200", kind: "hnswlib", m: 32, effort: 200, strong: true},
	} {
		if faces <= 1_000_000 && (!g.strong || faces <= 100_000 || os.Getenv("GABARIT_STRONG") != "") {
			out = append(out, g)
		}
	}
	return out
}

// file is where the graph is kept.
func (g graph) file(t *testing.T, d *searchData) string {
	t.Helper()
	return filepath.Join(benchCache(t), fmt.Sprintf("%s-%d-%d-%s", g.kind, g.m, g.effort, d.key))
}

// built tells whether the graph can be loaded.
func (g graph) built(t *testing.T, d *searchData) bool {
	t.Helper()
	_, err := os.Stat(g.file(t, d) + ".json")
	return err == nil
}

// build has the peer build the graph, or load it where it was built before.
func (g graph) build(t *testing.T, p *searchPeer, d *searchData) searchAnswer {
	t.Helper()
	return p.do(t, "build", request{"name": g.name, "kind": g.kind, "m": g.m, "effort": g.effort, "file": g.file(t, d)})
}

// open has the peer map the data.
func (p *searchPeer) open(t *testing.T, d *searchData) {
	t.Helper()
	p.do(t, "open", request{"vectors": d.files[0], "queries": d.files[1]})
}

// prepareSearch makes what is dear and kept.
func prepareSearch(t *testing.T, faces int) {
	d := openSearchData(t, faces)
	p := openSearchPeer(t)
	if p == nil {
		return
	}
	p.open(t, d)
	for _, g := range graphs(faces) {
		if a := g.build(t, p, d); !a.Cached {
			t.Logf("%s built: %.0f s of the processor, %.0f s; load %s", g.name, a.CPU, a.Wall, load(t))
		}
	}
}

// quantile gives the value that a share of the others lies under.
func quantile(values []float64, share float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[int(math.Ceil(share*float64(len(sorted)-1)))]
}
