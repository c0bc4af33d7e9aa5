//go:build linux

package app_test

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"

	"gabarit/engine"
)

// measureGroups tells how many of the faces in group photos are found and how many others are made up, by what is
// special about a photo or a face; then what is taken for a face where there is none. All have looked at the same photos.
func measureGroups(t *testing.T, rows []sample, all []looked) {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "\t\t")
	for _, l := range all {
		fmt.Fprintf(w, "\t%s", l.name)
	}
	fmt.Fprint(w, "\n\tphotos\tfaces")
	for range all {
		fmt.Fprint(w, "\trecall, precision")
	}
	fmt.Fprintln(w)
	for _, c := range classes(rows) {
		tallies := make([]tally, len(all))
		for i, l := range all {
			tallies[i] = c.tally(rows, l)
		}
		fmt.Fprintf(w, "%s\t%d\t%d", c.name, tallies[0].photos, tallies[0].given)
		for _, n := range tallies {
			fmt.Fprintf(w, "\t%s", n)
		}
		fmt.Fprintln(w)
	}
	fmt.Fprint(w, "all, precision with photos of nobody\t\t")
	for _, l := range all {
		n := classes(nil)[0].tally(rows, l)
		n.wrong += len(onNobody(rows, l))
		fmt.Fprintf(w, "\t%.3f (-%d)", n.precision(), n.wrong)
	}
	fmt.Fprintln(w)
	fmt.Fprint(w, "processor time a photo, s\t\t")
	for _, l := range all {
		fmt.Fprintf(w, "\t%.3f", l.perPhoto())
	}
	fmt.Fprintln(w)
	_ = w.Flush()
	t.Logf("faces found in group photos:\n%s", &b)
	t.Logf("every face that one of them misses:\n%s", missedFaces(rows, all))
	t.Logf("false faces on photos without a human face (no statue is among them):\n%s", negatives(rows, all))
	t.Logf("every false face (the peer tells no score):\n%s", falseFaces(rows, all))
}

// tally counts faces of group photos.
type tally struct{ photos, given, hits, wrong int }

func (n tally) recall() float64 { return float64(n.hits) / float64(max(1, n.given)) }

// precision is 1 where nothing was found.
func (n tally) precision() float64 {
	if n.hits+n.wrong == 0 {
		return 1
	}
	return float64(n.hits) / float64(n.hits+n.wrong)
}

func (n tally) String() string {
	if n.given == 0 {
		return "-"
	}
	return fmt.Sprintf("%.3f (%d)  %.3f (-%d)", n.recall(), n.hits, n.precision(), n.wrong)
}

// class is a kind of faces: given ones are told apart by it, and false ones too.
type class struct {
	name string
	has  func(s sample, in seen, b engine.Box) bool
}

// tally counts the faces of a class in all group photos. photos are those that hold one.
func (c class) tally(rows []sample, l looked) (n tally) {
	for _, s := range rows {
		if !s.is("group") {
			continue
		}
		in := l.seen[s.file]
		hit, wrong := judge(s, in.faces)
		some := false
		for i, b := range s.boxes {
			if !c.has(s, in, b) {
				continue
			}
			some = true
			n.given++
			if hit[i] {
				n.hits++
			}
		}
		for _, f := range wrong {
			if c.has(s, in, f.Box) {
				n.wrong++
			}
		}
		if some {
			n.photos++
		}
	}
	return n
}

// classes gives all faces, those of photos with each tag of the manifest, and those told apart by where and how large they are.
func classes(rows []sample) []class {
	all := []class{{"all", func(sample, seen, engine.Box) bool { return true }}}
	tags := map[string]bool{}
	for _, s := range rows {
		for _, tag := range s.tags {
			if s.is("group") {
				tags[tag] = true
			}
		}
	}
	for _, tag := range slices.Sorted(maps.Keys(tags)) {
		all = append(all, class{"photo: " + tag, func(s sample, _ seen, _ engine.Box) bool { return slices.Contains(s.tags, tag) }})
	}
	all = append(all,
		class{"photo: without a tag", func(s sample, _ seen, _ engine.Box) bool { return len(s.tags) == 0 }},
		class{"face: at the photo's edge", atEdge},
		class{"face: beside another", besideAnother})
	sizes := []int{0, 32, 48, 80, 160, math.MaxInt}
	for i, from := range sizes[:len(sizes)-1] {
		to := sizes[i+1]
		name := fmt.Sprintf("face: %d to %d px wide", from, to)
		if to == math.MaxInt {
			name = fmt.Sprintf("face: %d px wide or more", from)
		}
		all = append(all, class{name, func(_ sample, _ seen, b engine.Box) bool { return b.W >= from && b.W < to }})
	}
	return all
}

// atEdge reports whether a face comes nearer to the photo's edge than an eighth of its width. dlib's box,
// which is larger than the face, then lies partly outside.
func atEdge(_ sample, in seen, b engine.Box) bool {
	return min(b.X, b.Y, in.width-b.X-b.W, in.height-b.Y-b.H) < b.W/8
}

// besideAnother reports whether another given face is nearer than one and a half of a face's width, from
// centre to centre.
func besideAnother(s sample, _ seen, b engine.Box) bool {
	return slices.ContainsFunc(s.boxes, func(o engine.Box) bool { return o != b && apart(o, b) < 1.5*float64(max(o.W, b.W)) })
}

// kindOf tells what a photo without a human face shows. Only drawings have a tag; the others are told by their names.
func kindOf(s sample) string {
	if slices.Contains(s.tags, "drawing") {
		return "drawing"
	}
	for _, word := range []string{"cat", "dog", "elephant", "giraffe", "peacock", "falcon", "eagle", "horses"} {
		if strings.Contains(s.file, "_"+word) || slices.ContainsFunc(s.tags, func(tag string) bool { return strings.HasPrefix(tag, word+"-") }) {
			return "animal"
		}
	}
	return "plant, place, thing or text"
}

// missedFaces lists the given faces that not all have found, and who has.
func missedFaces(rows []sample, all []looked) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "photo\ttags\tface")
	for _, l := range all {
		fmt.Fprintf(w, "\t%s", l.name)
	}
	fmt.Fprintln(w)
	for _, s := range rows {
		if !s.is("group") {
			continue
		}
		hits := make([][]bool, len(all))
		for i, l := range all {
			hits[i], _ = judge(s, l.seen[s.file].faces)
		}
		for n, box := range s.boxes {
			if !slices.ContainsFunc(hits, func(hit []bool) bool { return !hit[n] }) {
				continue
			}
			fmt.Fprintf(w, "%s\t%s\t%d,%d %dx%d", s.file, strings.Join(s.tags, ","), box.X, box.Y, box.W, box.H)
			for _, hit := range hits {
				fmt.Fprintf(w, "\t%s", map[bool]string{true: "found", false: "-"}[hit[n]])
			}
			fmt.Fprintln(w)
		}
	}
	_ = w.Flush()
	return b.String()
}

// onNobody gives what was taken for a face on photos that show no human one.
func onNobody(rows []sample, l looked) (wrong []engine.Detection) {
	for _, s := range rows {
		if s.is("negative") {
			wrong = append(wrong, l.seen[s.file].faces...)
		}
	}
	return wrong
}

func negatives(rows []sample, all []looked) string {
	photos, wrong := map[string]int{}, map[string][]int{}
	for _, s := range rows {
		if !s.is("negative") {
			continue
		}
		kind := kindOf(s)
		photos[kind]++
		if wrong[kind] == nil {
			wrong[kind] = make([]int, len(all))
		}
		for i, l := range all {
			wrong[kind][i] += len(l.seen[s.file].faces)
		}
	}
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "\tphotos")
	for _, l := range all {
		fmt.Fprintf(w, "\t%s", l.name)
	}
	fmt.Fprintln(w)
	for _, kind := range []string{"drawing", "animal", "plant, place, thing or text"} {
		fmt.Fprintf(w, "%s\t%d", kind, photos[kind])
		for i := range all {
			fmt.Fprintf(w, "\t%d", wrong[kind][i])
		}
		fmt.Fprintln(w)
	}
	_ = w.Flush()
	return b.String()
}

// falseFaces lists what was taken for a face, with the detector's score and the quality by which a person would be warned.
func falseFaces(rows []sample, all []looked) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "by\tphoto\tit shows\tbox\tscore\tquality")
	for _, l := range all {
		for _, s := range rows {
			kind := "people"
			if s.is("negative") {
				kind = kindOf(s)
			} else if !s.is("group") {
				continue
			}
			_, wrong := judge(s, l.seen[s.file].faces)
			slices.SortFunc(wrong, func(a, b engine.Detection) int { return cmp.Compare(b.Score, a.Score) })
			for _, f := range wrong {
				fmt.Fprintf(w, "%s\t%s\t%s\t%d,%d %dx%d\t%.2f\t%.2f\n", l.name, s.file, kind, f.Box.X, f.Box.Y, f.Box.W, f.Box.H, f.Score, f.Quality)
			}
		}
	}
	_ = w.Flush()
	return b.String()
}
