package app_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"gabarit/app"
	"gabarit/engine"
	"gabarit/engine/calibration"
	"gabarit/engine/face"
	"gabarit/engine/match"
	"gabarit/engine/photo"
)

// What the default detector must reach on the real photos.
const (
	floorRank1     = 0.990
	floorRecall    = 0.84
	floorPrecision = 0.98
)

// TestAccuracy measures the whole way from files to ranks on real photos; see "make accuracy". It needs the
// photos that lie beside the project, in ../shared/testdata, and takes minutes.
func TestAccuracy(t *testing.T) {
	if os.Getenv("GABARIT_ACCURACY") == "" {
		t.Skip("skipped: takes minutes; run it with `make accuracy`")
	}
	dir := filepath.Join("..", "..", "shared", "testdata")
	rows := readManifest(t, filepath.Join(dir, "manifest.csv"))
	t.Run("people are found again", func(t *testing.T) { measureRanks(t, dir, rows) })
	t.Run("faces are found in groups, fast", func(t *testing.T) {
		recall, precision := measureGroups(t, dir, rows, engine.DetectorFast)
		if recall < floorRecall || precision < floorPrecision {
			t.Errorf("recall %.3f (at least %.2f), precision %.3f (at least %.2f)", recall, floorRecall, precision, floorPrecision)
		}
	})
	t.Run("faces are found in groups, thorough", func(t *testing.T) {
		recall, precision := measureGroups(t, dir, rows, engine.DetectorThorough)
		if recall < floorRecall || precision < floorPrecision {
			t.Errorf("recall %.3f, precision %.3f: less than the fast detector must reach", recall, precision)
		}
	})
	t.Run("a phone photo costs little more than a megapixel", measureCost)
}

// sample is one row of the manifest.
type sample struct {
	file, identity, role string
	boxes, ignore        []engine.Box
	faces                []engine.Detection // filled by detectAll
}

// is reports whether a row has one of some roles.
func (s sample) is(roles ...string) bool {
	for _, r := range roles {
		if s.role == r {
			return true
		}
	}
	return false
}

func readManifest(t *testing.T, path string) []sample {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Skipf("skipped: no real photos beside the project: %v", err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, name := range records[0] {
		column[name] = i
	}
	var rows []sample
	for _, r := range records[1:] {
		rows = append(rows, sample{
			file: r[column["file"]], identity: r[column["identity"]], role: r[column["role"]],
			boxes: parseBoxes(t, r[column["boxes"]]), ignore: parseBoxes(t, r[column["ignore_boxes"]]),
		})
	}
	return rows
}

func parseBoxes(t *testing.T, text string) (all []engine.Box) {
	t.Helper()
	for one := range strings.SplitSeq(text, ";") {
		if one == "" {
			continue
		}
		var v [4]float64
		for i, field := range strings.SplitN(one, ",", 4) {
			n, err := strconv.ParseFloat(field, 64)
			if err != nil {
				t.Fatalf("box %q: %v", one, err)
			}
			v[i] = n
		}
		all = append(all, engine.Box{X: int(v[0]), Y: int(v[1]), W: int(v[2]), H: int(v[3])})
	}
	return all
}

// fits is the rule of the photos' README for a detected box b and a given box a; distance is that of their centres.
func fits(a, b engine.Box) (ok bool, distance float64) {
	size := math.Sqrt(float64(a.W) * float64(a.H))
	ratio := math.Sqrt(float64(b.W)*float64(b.H)) / size
	distance = math.Hypot(float64(2*a.X+a.W-2*b.X-b.W)/2, float64(2*a.Y+a.H-2*b.Y-b.H)/2)
	return distance < 0.5*size && ratio >= 0.4 && ratio <= 2.5, distance
}

// nearest gives the face that fits a box best, or -1; used ones are left out.
func nearest(box engine.Box, faces []engine.Detection, used map[int]bool) int {
	best, least := -1, math.Inf(1)
	for i, f := range faces {
		if ok, d := fits(box, f.Box); ok && d < least && !used[i] {
			best, least = i, d
		}
	}
	return best
}

// realDetector gives a pool on the installed models, and a function that closes it.
func realDetector(t *testing.T, workers int) (*face.Pool, func()) {
	t.Helper()
	_, models := app.DefaultPaths()
	p, err := face.NewPool(context.Background(), face.Config{Models: models, Workers: workers})
	if err != nil {
		t.Fatalf("the face detector: %v", err)
	}
	return p, func() {
		if err := p.Close(); err != nil {
			t.Errorf("close the face detector: %v", err)
		}
	}
}

// detectAll looks at the photos of some roles and tells the processor time of it all.
func detectAll(t *testing.T, dir string, rows []sample, kind engine.DetectorKind, roles ...string) (photos int, spent time.Duration) {
	t.Helper()
	before := processorTime(t)
	pool, closePool := realDetector(t, runtime.NumCPU())
	reader := photo.New(photo.DefaultLimits())
	next := make(chan *sample)
	var all sync.WaitGroup
	for range pool.Workers() + 1 {
		all.Add(1)
		go func() {
			defer all.Done()
			for s := range next {
				faces, err := detectFile(pool, reader, filepath.Join(dir, s.file), kind)
				if err != nil {
					t.Errorf("%s: %v", s.file, err)
				}
				s.faces = faces
			}
		}()
	}
	for i := range rows {
		if rows[i].is(roles...) {
			photos++
			next <- &rows[i]
		}
	}
	close(next)
	all.Wait()
	closePool()
	return photos, processorTime(t) - before
}

func detectFile(pool *face.Pool, reader *photo.Reader, path string, kind engine.DetectorKind) ([]engine.Detection, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	pic, err := reader.Decode(context.Background(), data)
	if err != nil {
		return nil, err
	}
	return pool.Detect(context.Background(), pic, engine.Look{Detector: kind})
}

// processorTime is what this process and its ended workers have used.
func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var total time.Duration
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if err := syscall.Getrusage(who, &u); err != nil {
			t.Fatal(err)
		}
		total += time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	return total
}

// enrol puts the named face of every gallery photo into an index.
func enrol(t *testing.T, rows []sample) (index *match.Flat, names map[engine.FaceID]string) {
	t.Helper()
	index, names = match.NewFlat(), map[engine.FaceID]string{}
	missed := 0
	for i, s := range rows {
		if !s.is("gallery") {
			continue
		}
		at := nearest(s.boxes[0], s.faces, nil)
		if at < 0 {
			missed++
			continue
		}
		id := engine.NewFaceID(engine.PhotoID(fmt.Sprintf("G%d", i)), 0)
		names[id] = s.identity
		if err := index.Add(engine.IndexEntry{Face: id, Template: s.faces[at].Template}); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("gallery: %d faces enrolled, %d not found by the detector", index.Len(), missed)
	return index, names
}

// ranks counts what searching every query photo gives.
type ranks struct {
	queries, unseen, first, firstFive int
	strongNearest, strongPairs, pairs int
	bands                             bandCounts
}

func (r *ranks) add(identity string, found []engine.Neighbour, names map[engine.FaceID]string, bands *calibration.Calibration, h engine.Histogram) {
	strangers := bands.Strangers(&h)
	strong := 0
	for _, n := range found {
		band := bands.Band(n.Distance, strangers.Expected(n.Distance), 1)
		r.bands.add(band, names[n.Face] == identity)
		if names[n.Face] == identity {
			continue
		}
		r.pairs++
		if band == engine.BandStrong {
			strong++
		}
	}
	r.strongPairs += strong
	if strong > 0 { // then the nearest stranger is one of them
		r.strongNearest++
	}
	for i, n := range found[:min(5, len(found))] {
		if names[n.Face] == identity {
			r.firstFive++
			if i == 0 {
				r.first++
			}
			return
		}
	}
}

func measureRanks(t *testing.T, dir string, rows []sample) {
	photos, spent := detectAll(t, dir, rows, engine.DetectorFast, "gallery", "query")
	t.Logf("%d photos, %.3f s of processor time each, start of the workers included", photos, spent.Seconds()/float64(photos))
	index, names := enrol(t, rows)
	var r ranks
	for _, s := range rows {
		if !s.is("query") {
			continue
		}
		r.queries++
		at := nearest(s.boxes[0], s.faces, nil)
		if at < 0 {
			r.unseen++
			continue
		}
		found, _, err := index.Search(context.Background(), engine.Query{Template: s.faces[at].Template})
		if err != nil {
			t.Fatal(err)
		}
		h, err := index.Distances(context.Background(), s.faces[at].Template)
		if err != nil {
			t.Fatal(err)
		}
		r.add(s.identity, found, names, calibration.Default(), h)
	}
	share := func(n, of int) float64 { return float64(n) / float64(of) }
	rank1 := share(r.first, r.queries)
	t.Logf("%d queries (%d whose face was not found count as misses): rank-1 %.4f, rank-5 %.4f; of those found, rank-1 %.4f",
		r.queries, r.unseen, rank1, share(r.firstFive, r.queries), share(r.first, r.queries-r.unseen))
	t.Logf("strangers in the strong band: nearest stranger of %.4f of the queries, %.6f of %d pairs",
		share(r.strongNearest, r.queries-r.unseen), share(r.strongPairs, r.pairs), r.pairs)
	r.bands.log(t)
	if rank1 < floorRank1 {
		t.Errorf("rank-1 %.4f, at least %.3f", rank1, floorRank1)
	}
}

func measureGroups(t *testing.T, dir string, rows []sample, kind engine.DetectorKind) (recall, precision float64) {
	photos, spent := detectAll(t, dir, rows, kind, "group", "negative")
	given, hits, wrong, onNone := 0, 0, 0, 0
	for _, s := range rows {
		switch {
		case s.is("negative"):
			onNone += len(s.faces)
		case s.is("group"):
			given += len(s.boxes)
			h, w := countHits(s)
			hits += h
			wrong += w
		}
	}
	recall, precision = float64(hits)/float64(given), float64(hits)/float64(hits+wrong)
	t.Logf("%s: %d of %d faces, recall %.3f, precision %.3f (%d false); %d false on photos without a face; %.3f s of processor time a photo (%d)",
		kind, hits, given, recall, precision, wrong, onNone, spent.Seconds()/float64(photos), photos)
	return recall, precision
}

// countHits counts the given faces that were found, and what was found besides; a region to ignore is neither.
func countHits(s sample) (hits, wrong int) {
	used := map[int]bool{}
	for _, b := range s.boxes {
		if at := nearest(b, s.faces, used); at >= 0 {
			used[at] = true
			hits++
		}
	}
	for i, f := range s.faces {
		if used[i] {
			continue
		}
		wrong++
		for _, b := range s.ignore {
			if ok, _ := fits(b, f.Box); ok {
				wrong--
				break
			}
		}
	}
	return hits, wrong
}
