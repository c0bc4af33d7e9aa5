//go:build linux

package app_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"

	"gabarit/engine"
	"gabarit/engine/enginetest"
	"gabarit/engine/matter"
	"gabarit/engine/rights/subject"
)

// Share of a person's photos that must reach review at the default distance; a little under what was measured.
const (
	floorReviewOne   = 0.99
	floorReviewThree = 0.99
)

// TestDeskRecall measures what the search for a subject request brings to review: real photos of people who have at least four, three of which are the portraits (alone, and all
// together), among 11,411 templates of other people (LFW). A photo whose face is not found counts as one that does not reach review. See "make desk".
func TestDeskRecall(t *testing.T) {
	if os.Getenv("GABARIT_DESK") == "" {
		t.Skip("skipped: takes minutes; run it with `make desk`")
	}
	dir := testPhotos()
	if _, err := os.Stat(filepath.Join(dir, "manifest.csv")); err != nil {
		t.Skip("no ../shared/testdata beside the project: recall is not measured again")
	}
	strangers, _ := enginetest.LFWIn(t, filepath.Join(dir, "templates"), 1)
	rows := readManifest(t, filepath.Join(dir, "manifest.csv"))
	mine := openOurs(t, runtime.NumCPU(), filepath.Join(dir, rows[0].file))
	held := lookAll(t, mine.finder(t, "fast", engine.Look{Detector: engine.DetectorFast}), dir, rows, "gallery", "query")
	index, byPerson, unseen := reviewIndex(rows, held, strangers)
	portraits := lookAll(t, mine.finder(t, "averaged", engine.Look{Detector: engine.DetectorFast, Averaged: true}), dir, portraitRows(rows), "gallery", "query")
	asked := askedPeople(rows, portraits)
	t.Logf("%d people with at least 4 photos, %d faces of %d people in the index, of them %d templates of LFW; %d photos whose face was not found", len(asked), len(index), len(byPerson), len(strangers), unseen)
	one, three := reviewed{}, reviewed{}
	for _, who := range asked {
		for _, p := range who.portraits {
			one.add(t, index, who, p)
		}
		three.add(t, index, who, who.portraits...)
	}
	t.Logf("what reaches review:\n%s", reviewTable(one, three))
	at := slices.Index(reviewDistances(), matter.DefaultReviewDistance)
	if r := one.share(at); r < floorReviewOne {
		t.Errorf("with one portrait %.4f of the photos reach review, at least %.3f", r, floorReviewOne)
	}
	if r := three.share(at); r < floorReviewThree {
		t.Errorf("with three portraits %.4f of the photos reach review, at least %.3f", r, floorReviewThree)
	}
}

func reviewDistances() []float64 { return []float64{.40, .45, .50, .55, .60, .62, .65, .70, .75} }

// portraitsOf is how many of a person's photos are portraits: the first in the order of the manifest.
const portraitsOf = 3

// photosOf lists the photos of each person, in the order of the manifest.
func photosOf(rows []sample) map[string][]sample {
	all := map[string][]sample{}
	for _, s := range rows {
		if s.is("gallery", "query") && s.identity != "" {
			all[s.identity] = append(all[s.identity], s)
		}
	}
	return all
}

// portraitRows lists the photos that are portraits.
func portraitRows(rows []sample) (out []sample) {
	for _, photos := range photosOf(rows) {
		if len(photos) > portraitsOf {
			out = append(out, photos[:portraitsOf]...)
		}
	}
	return out
}

type askedPerson struct {
	name      string
	portraits []engine.Template
	targets   []string // files
}

// askedPeople lists the people whose portraits all have a face that was found.
func askedPeople(rows []sample, seen looked) (out []askedPerson) {
	for name, photos := range photosOf(rows) {
		if len(photos) <= portraitsOf {
			continue
		}
		p := askedPerson{name: name}
		for i, s := range photos {
			if i >= portraitsOf {
				p.targets = append(p.targets, s.file)
				continue
			}
			faces := seen.seen[s.file].faces
			if at := nearest(s.boxes[0], faces, nil); at >= 0 {
				p.portraits = append(p.portraits, faces[at].Template)
			}
		}
		if len(p.portraits) == portraitsOf {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b askedPerson) int { return strings.Compare(a.name, b.name) })
	return out
}

type indexed struct {
	engine.IndexEntry
	person, file string
}

// reviewIndex is made of the named faces of all photos, and of templates of strangers.
func reviewIndex(rows []sample, held looked, strangers []engine.Template) (index []indexed, people map[string]bool, unseen int) {
	people = map[string]bool{}
	add := func(t engine.Template, person, file string) {
		people[person] = true
		id := engine.NewFaceID(engine.PhotoID(fmt.Sprintf("P%d", len(index))), 0)
		index = append(index, indexed{engine.IndexEntry{Face: id, Model: "m", Template: t}, person, file})
	}
	for _, photos := range photosOf(rows) {
		for _, s := range photos {
			faces := held.seen[s.file].faces
			if at := nearest(s.boxes[0], faces, nil); at >= 0 {
				add(faces[at].Template, s.identity, s.file)
			} else {
				unseen++
			}
		}
	}
	for i, t := range strangers {
		add(t, "stranger", fmt.Sprint(i))
	}
	return index, people, unseen
}

// reviewed counts over requests, by distance.
type reviewed struct {
	requests, targets int
	reached           []int
	toReject          [][]int // strangers, by request
}

func (r *reviewed) add(t *testing.T, index []indexed, who askedPerson, portraits ...engine.Template) {
	t.Helper()
	m, err := subject.NewMatcher(subject.Wanted{Model: "m", Templates: portraits, Within: matter.MaxReviewDistance})
	must(t, err)
	byFace := map[engine.FaceID]indexed{}
	for _, e := range index {
		m.Face(e.IndexEntry)
		byFace[e.Face] = e
	}
	found, s := m.Result(nil, nil)
	if s.Compared != len(index) {
		t.Fatalf("%d of %d faces were compared", s.Compared, len(index))
	}
	if r.reached == nil {
		r.reached, r.toReject = make([]int, len(reviewDistances())), make([][]int, len(reviewDistances()))
	}
	r.requests++
	r.targets += len(who.targets)
	for i, d := range reviewDistances() {
		strangers := 0
		for _, c := range found {
			switch e := byFace[c.Face]; {
			case c.Distance > d:
			case e.person != who.name:
				strangers++
			case slices.Contains(who.targets, e.file):
				r.reached[i]++
			}
		}
		r.toReject[i] = append(r.toReject[i], strangers)
	}
}

func (r reviewed) share(i int) float64 { return share(r.reached[i], r.targets) }

// strangers gives median and mean of the strangers a reviewer must reject, and the most of any request.
func (r reviewed) strangers(i int) (median int, mean float64, most int) {
	all := slices.Sorted(slices.Values(r.toReject[i]))
	sum := 0
	for _, n := range all {
		sum += n
	}
	return all[len(all)/2], float64(sum) / float64(len(all)), all[len(all)-1]
}

func reviewTable(one, three reviewed) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "distance\tone portrait (%d requests): photos that reach review\tstrangers to reject: median\tmean\tmost\tthree portraits (%d requests): photos\tmedian\tmean\tmost\n", one.requests, three.requests)
	for i, d := range reviewDistances() {
		fmt.Fprintf(w, "%.2f", d)
		for _, r := range []reviewed{one, three} {
			median, mean, most := r.strangers(i)
			fmt.Fprintf(w, "\t%.4f (%d of %d)\t%d\t%.1f\t%d", r.share(i), r.reached[i], r.targets, median, mean, most)
		}
		fmt.Fprintln(w)
	}
	_ = w.Flush()
	return b.String()
}
