//go:build linux

package app_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"
	"text/tabwriter"

	"gabarit/engine"
	"gabarit/engine/calibration"
	"gabarit/engine/match"
)

// way is one way to search: how the gallery was looked at, and how the probes.
type way struct {
	name            string
	gallery, probes looked
}

// answered is a probe with what the search for it gave.
type answered struct {
	identity, file string
	quality        float64
	template       engine.Template
	rank           int     // of the nearest face of the same person, from 1; 0: none came back
	own            float64 // its distance
}

// ranks counts what searching every query photo gives.
type ranks struct {
	queries, unseen, first, firstFive int
	strongNearest, strongPairs, pairs int
	bands                             bandCounts
	probes                            []answered // those whose face was found
	notFound                          []string   // files of the others
}

// enrolled is a gallery: an index of the named faces of its photos.
type enrolled struct {
	index   *match.Flat
	bands   *calibration.Calibration
	names   map[engine.FaceID]string  // whose face it is
	quality map[engine.FaceID]float64 // 0 to 1
	missed  int                       // named faces that were not found
}

// enrol puts the named face of every gallery photo into an index.
func enrol(t *testing.T, rows []sample, gallery looked) *enrolled {
	t.Helper()
	e := &enrolled{match.NewFlat(), calibration.Default(), map[engine.FaceID]string{}, map[engine.FaceID]float64{}, 0}
	for i, s := range rows {
		if !s.is("gallery") {
			continue
		}
		faces := gallery.seen[s.file].faces
		at := nearest(s.boxes[0], faces, nil)
		if at < 0 {
			e.missed++
			continue
		}
		id := engine.NewFaceID(engine.PhotoID(fmt.Sprintf("G%d", i)), 0)
		e.names[id], e.quality[id] = s.identity, faces[at].Quality
		if err := e.index.Add(engine.IndexEntry{Face: id, Template: faces[at].Template}); err != nil {
			t.Fatal(err)
		}
	}
	return e
}

// search has every query photo searched in the gallery.
func (v way) search(t *testing.T, rows []sample) (r ranks, e *enrolled) {
	t.Helper()
	e = enrol(t, rows, v.gallery)
	for _, s := range rows {
		if !s.is("query") {
			continue
		}
		r.queries++
		faces := v.probes.seen[s.file].faces
		at := nearest(s.boxes[0], faces, nil)
		if at < 0 {
			r.unseen++
			r.notFound = append(r.notFound, s.file)
			continue
		}
		probe := answered{identity: s.identity, file: s.file, quality: faces[at].Quality, template: faces[at].Template}
		found, _, err := e.index.Search(context.Background(), engine.Query{Template: probe.template})
		if err != nil {
			t.Fatal(err)
		}
		h, err := e.index.Distances(context.Background(), probe.template)
		if err != nil {
			t.Fatal(err)
		}
		r.add(probe, found, e, &h)
	}
	return r, e
}

// add counts an answer, with the bands that a search in the program would tell; h holds the probe's distances to all of the gallery.
func (r *ranks) add(probe answered, found []engine.Neighbour, e *enrolled, h *engine.Histogram) {
	strangers := e.bands.Strangers(h)
	strong := 0
	for i, n := range found {
		right := e.names[n.Face] == probe.identity
		band := e.bands.Band(n.Distance, strangers.Expected(n.Distance), min(probe.quality, e.quality[n.Face]))
		r.bands.add(band, right)
		if right {
			if probe.rank == 0 {
				probe.rank, probe.own = i+1, n.Distance
			}
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
	if probe.rank == 1 {
		r.first++
	}
	if probe.rank >= 1 && probe.rank <= 5 {
		r.firstFive++
	}
	r.probes = append(r.probes, probe)
}

func share(n, of int) float64 { return float64(n) / float64(max(1, of)) }

// measureRanks tells how often the person of a query photo comes first, and gives the outcome of each way.
func measureRanks(t *testing.T, rows []sample, ways []way) (all []ranks) {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\tenrolled\tnot found\tqueries\tface not found\trank-1\trank-5\trank-1 of those found\tCPU s a photo\tstrangers in band strong: queries\tpairs")
	for _, v := range ways {
		r, e := v.search(t, rows)
		all = append(all, r)
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%.4f (%d)\t%.4f (%d)\t%.4f\t%.3f\t%.4f\t%.6f of %d\n", v.name, e.index.Len(), e.missed, r.queries, r.unseen,
			share(r.first, r.queries), r.first, share(r.firstFive, r.queries), r.firstFive, share(r.first, r.queries-r.unseen),
			v.probes.perPhoto(), share(r.strongNearest, r.queries-r.unseen), share(r.strongPairs, r.pairs), r.pairs)
	}
	_ = w.Flush()
	t.Logf("people found again (a query whose face was not found counts as a miss; most boxes given are those of dlib's HOG):\n%s", &b)
	for i, r := range all {
		r.bands.log(t, ways[i].name)
		for _, file := range r.notFound {
			t.Logf("%s: %s: the face is not found", ways[i].name, file)
		}
		for _, p := range r.probes {
			if p.rank != 1 {
				t.Logf("%s: %s comes at rank %d, at %.3f, quality %.2f", ways[i].name, p.file, p.rank, p.own, p.quality)
			}
		}
	}
	return all
}

// rated is a pair of faces: their distance and the lesser of their qualities.
type rated struct{ distance, quality float64 }

// pairs compares every named face of gallery and query photos with every other.
func pairs(rows []sample, gallery, probes looked) (same, strangers []rated) {
	type named struct {
		identity string
		face     engine.Detection
	}
	var all []named
	for _, s := range rows {
		l := gallery
		if s.is("query") {
			l = probes
		} else if !s.is("gallery") {
			continue
		}
		faces := l.seen[s.file].faces
		if at := nearest(s.boxes[0], faces, nil); at >= 0 {
			all = append(all, named{s.identity, faces[at]})
		}
	}
	for i, a := range all {
		for _, b := range all[:i] {
			p := rated{distanceOf(a.face.Template, b.face.Template), min(a.face.Quality, b.face.Quality)}
			if a.identity == b.identity {
				same = append(same, p)
			} else {
				strangers = append(strangers, p)
			}
		}
	}
	return same, strangers
}

// distanceOf is the L2 distance of two templates.
func distanceOf(a, b engine.Template) float64 {
	var sum float64
	for i := range a {
		d := float64(a[i]) - float64(b[i])
		sum += d * d
	}
	return math.Sqrt(sum)
}
