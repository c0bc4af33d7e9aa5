//go:build linux

package app_test

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gabarit/engine"
)

// sample is one row of the manifest; see the README beside it.
type sample struct {
	file, identity, role string
	tags                 []string
	boxes, ignore        []engine.Box
}

// is reports whether a row has one of some roles.
func (s sample) is(roles ...string) bool { return slices.Contains(roles, s.role) }

// testPhotos is the folder of the real photos, which lie beside the project.
func testPhotos() string { return filepath.Join("..", "..", "shared", "testdata") }

func readManifest(t testing.TB, path string) []sample {
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
			tags:  strings.FieldsFunc(r[column["tags"]], func(c rune) bool { return c == ',' || c == ' ' }),
			boxes: parseBoxes(t, r[column["boxes"]]), ignore: parseBoxes(t, r[column["ignore_boxes"]]),
		})
	}
	return rows
}

func parseBoxes(t testing.TB, text string) (all []engine.Box) {
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
	distance = apart(a, b)
	return distance < 0.5*size && ratio >= 0.4 && ratio <= 2.5, distance
}

// apart is the distance of the centres of two boxes.
func apart(a, b engine.Box) float64 {
	return math.Hypot(float64(2*a.X+a.W-2*b.X-b.W)/2, float64(2*a.Y+a.H-2*b.Y-b.H)/2)
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

// judge tells which given faces of a photo were found, and which faces found are none. What lies in a region to
// ignore is neither.
func judge(s sample, faces []engine.Detection) (hit []bool, wrong []engine.Detection) {
	used := map[int]bool{}
	for _, b := range s.boxes {
		at := nearest(b, faces, used)
		if at >= 0 {
			used[at] = true
		}
		hit = append(hit, at >= 0)
	}
	for i, f := range faces {
		if !used[i] && !slices.ContainsFunc(s.ignore, func(b engine.Box) bool { return fitsOrHolds(b, f.Box) }) {
			wrong = append(wrong, f)
		}
	}
	return hit, wrong
}

// fitsOrHolds reports whether a detected box belongs to a region to ignore: a face of about its size, or
// anything whose centre lies in it (a region may be a whole crowd).
func fitsOrHolds(region, box engine.Box) bool {
	ok, _ := fits(region, box)
	x, y := box.X+box.W/2, box.Y+box.H/2
	return ok || x >= region.X && x < region.X+region.W && y >= region.Y && y < region.Y+region.H
}

func TestAFoundFaceIsJudgedByItsCentreAndSize(t *testing.T) {
	given := engine.Box{X: 100, Y: 100, W: 40, H: 40}
	at := func(x, y, w, h int) engine.Detection {
		return engine.Detection{Box: engine.Box{X: x, Y: y, W: w, H: h}}
	}
	for _, c := range []struct {
		name        string
		ignore      []engine.Box
		found       []engine.Detection
		hits, wrong int
	}{
		{"the box itself is a hit", nil, []engine.Detection{at(100, 100, 40, 40)}, 1, 0},
		{"a square around it is a hit", nil, []engine.Detection{at(90, 90, 60, 60)}, 1, 0},
		{"its second box is a false face", nil, []engine.Detection{at(100, 100, 40, 40), at(104, 100, 40, 40)}, 1, 1},
		{"a box half a face away is none", nil, []engine.Detection{at(121, 100, 40, 40)}, 0, 1},
		{"a box three times as large is none", nil, []engine.Detection{at(60, 60, 120, 120)}, 0, 1},
		{"a box a third as large is none", nil, []engine.Detection{at(113, 113, 14, 14)}, 0, 1},
		{"nothing is a miss", nil, nil, 0, 0},
		{"what lies in a crowd is ignored", []engine.Box{{X: 200, Y: 0, W: 400, H: 100}}, []engine.Detection{at(500, 40, 30, 30)}, 0, 0},
		{"what lies beside the crowd is false", []engine.Box{{X: 200, Y: 0, W: 400, H: 100}}, []engine.Detection{at(500, 140, 30, 30)}, 0, 1},
		{"one that is a hit needs no crowd", []engine.Box{{X: 0, Y: 0, W: 400, H: 400}}, []engine.Detection{at(100, 100, 40, 40)}, 1, 0},
	} {
		hit, wrong := judge(sample{boxes: []engine.Box{given}, ignore: c.ignore}, c.found)
		hits := 0
		for _, h := range hit {
			if h {
				hits++
			}
		}
		if hits != c.hits || len(wrong) != c.wrong {
			t.Errorf("%s: %d hits and %d false, want %d and %d", c.name, hits, len(wrong), c.hits, c.wrong)
		}
	}
}
