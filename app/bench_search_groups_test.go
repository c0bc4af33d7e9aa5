//go:build linux

package app_test

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"
	"text/tabwriter"

	"gabarit/engine"
	"gabarit/engine/calibration"
	"gabarit/engine/enginetest"
	grouping "gabarit/engine/people" // people is a function of this package
)

const (
	groupWithin   = 0.5  // distance of neighbours that the libraries are asked for, as in their users' scripts
	groupRows     = 2000 // faces whose neighbours faiss is asked for; the rest is extrapolated
	groupSmall    = 5000 // faces that DBSCAN is measured on, and twice as many; the rest is extrapolated
	groupEachTime = 256  // faces entered at once
)

// compareGroups puts all faces into groups by person, and tells what that takes and how well the groups agree with the people: on made-up faces, and on
// those of the shared calibration set.
func compareGroups(t *testing.T, faces int) {
	d := openSearchData(t, faces)
	shown := make([]int, faces)
	for i := range shown {
		shown[i] = d.crowd.Person(i)
	}
	took, label, within, count := group(t, d.vectors)
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\tCPU s\t")
	fmt.Fprintf(w, "gabarit: the nearest within .46 of each face, and groups\t%.1f\ttarget %.0f; %d groups, neighbours within %.3f\n", took.CPU, targetGroups, count, within)
	if p := openSearchPeer(t); p != nil {
		p.open(t, d)
		p.do(t, "build", request{"name": faissFlat, "kind": "flat"})
		a := p.do(t, "pairs", request{"name": faissFlat, "rows": groupRows, "within": groupWithin})
		fmt.Fprintf(w, "faiss Flat: range_search of all faces within %.1f, no groups\t%.0f\tmeasured on %d faces (%.2f s), times %d\n",
			groupWithin, a.CPU*float64(faces)/groupRows, groupRows, a.CPU, faces/groupRows)
		var cpu [2]float64
		for i := range cpu {
			cpu[i] = p.do(t, "dbscan", request{"faces": groupSmall << i, "within": groupWithin}).CPU
		}
		fmt.Fprintf(w, "scikit-learn: DBSCAN, eps %.1f\t%.0f\tmeasured on %d and %d faces (%.2f and %.2f s: their number to the power of %.1f), extrapolated as its square\n",
			groupWithin, cpu[1]*math.Pow(float64(faces)/(2*groupSmall), 2), groupSmall, 2*groupSmall, cpu[0], cpu[1], math.Log2(cpu[1]/cpu[0]))
	}
	_ = w.Flush()
	t.Logf("%d faces into groups, one thread; load %s\n%s", faces, load(t), &b)
	t.Logf("how well groups agree with the %d people of %d made-up faces:\n%s", countOf(shown), faces, agreementTable(t, d.vectors, shown, label))
	t.Run("LFW", func(t *testing.T) { groupsOfReal(t) })
}

// groupsOfReal does the same for real templates, all of which DBSCAN is given too.
func groupsOfReal(t *testing.T) {
	const file = "../../shared/testdata/templates/lfw.npy"
	templates, names := enginetest.LFWIn(t, filepath.Dir(file), 1)
	number, shown := map[string]int{}, make([]int, len(names))
	for i, name := range names {
		if _, known := number[name]; !known {
			number[name] = len(number)
		}
		shown[i] = number[name]
	}
	took, label, within, _ := group(t, templates)
	more := ""
	if p := openSearchPeer(t); p != nil {
		p.do(t, "open", request{"vectors": file, "queries": file})
		a := p.do(t, "dbscan", request{"faces": len(templates), "within": groupWithin})
		more = fmt.Sprintf("; scikit-learn's DBSCAN, eps %.1f: %.1f s, %v", groupWithin, a.CPU, agree(a.Labels, shown))
	}
	t.Logf("%d real templates of %d people, neighbours within %.3f: %.1f s of the processor%s\n%s", len(templates), len(number), within, took.CPU, more,
		agreementTable(t, templates, shown, label))
}

// group fills an index, which is not counted, and groups its faces.
func group(t *testing.T, templates []engine.Template) (took spending, label []int, within float64, count int) {
	t.Helper()
	index := benchCascade(1)
	fill(t, index, &searchData{vectors: templates})
	decisions, err := grouping.NewDecisions(nil)
	if err != nil {
		t.Fatal(err)
	}
	g := grouping.NewGroups(index, calibration.Default(), decisions)
	took = spend(func() {
		for start := 0; start < len(templates); start += groupEachTime { // as app/grouping does
			some := templates[start:min(start+groupEachTime, len(templates))]
			queries := make([]engine.Query, len(some))
			for i := range some {
				queries[i] = engine.Query{Template: some[i], K: grouping.FillMost, Within: grouping.Reach}
			}
			found, err := index.SearchAll(context.Background(), queries)
			if err != nil {
				t.Fatal(err)
			}
			for i := range some {
				g.Fill(benchEntry(start+i, &some[i]).Face, found[i].Neighbours)
			}
		}
		g.Settle()
		g.Regroup()
	})
	label = make([]int, len(templates))
	groups := g.Groups()
	for i := range groups {
		for _, f := range groups[i].Faces {
			label[benchRow(f)] = i
		}
	}
	return took, label, g.Within(), len(groups)
}

// agreementTable compares groups with connected components at several distances.
func agreementTable(t *testing.T, templates []engine.Template, shown, label []int) string {
	t.Helper()
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\tpairs: precision\trecall\tB-cubed: precision\trecall\tgroups")
	row := func(name string, a agreement) {
		fmt.Fprintf(w, "%s\t%.4f\t%.4f\t%.4f\t%.4f\t%d\n", name, a.precision, a.recall, a.b3Precision, a.b3Recall, a.groups)
	}
	row("gabarit's groups", agree(label, shown))
	distances := []float64{.35, .40, .45, .50}
	for i, l := range components(t, templates, distances) {
		row(fmt.Sprintf("connected components within %.2f", distances[i]), agree(l, shown))
	}
	_ = w.Flush()
	return b.String()
}

// components gives the labels of the connected components at some distances, the last one the greatest: what DBSCAN gives where one face is enough.
func components(t *testing.T, templates []engine.Template, distances []float64) [][]int {
	t.Helper()
	index := benchCascade(1)
	fill(t, index, &searchData{vectors: templates})
	labels := make([][]int, len(distances))
	for k := range labels {
		labels[k] = make([]int, len(templates))
		for i := range labels[k] {
			labels[k][i] = i
		}
	}
	root := func(l []int, i int) int {
		for l[i] != i {
			l[i] = l[l[i]]
			i = l[i]
		}
		return i
	}
	for i := range templates {
		found, _, err := index.Search(t.Context(), engine.Query{Template: templates[i], Within: distances[len(distances)-1]})
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range found {
			for k, l := range labels {
				if n.Distance < distances[k] {
					l[root(l, benchRow(n.Face))] = root(l, i)
				}
			}
		}
	}
	for _, l := range labels {
		for i := range l {
			l[i] = root(l, i)
		}
	}
	return labels
}

// agreement is how well labels agree with people: over pairs of faces and, B-cubed [Bagga and Baldwin, Entity-based cross-document coreferencing
// using the vector space model, COLING 1998], over faces.
type agreement struct {
	precision, recall, b3Precision, b3Recall float64
	groups                                   int
}

func (a agreement) String() string {
	return fmt.Sprintf("pairs: precision %.4f recall %.4f; B-cubed: precision %.4f recall %.4f; %d groups", a.precision, a.recall, a.b3Precision, a.b3Recall, a.groups)
}

func agree(label, person []int) agreement {
	both, labels, people := map[[2]int]float64{}, map[int]float64{}, map[int]float64{}
	for i := range label {
		both[[2]int{label[i], person[i]}]++
		labels[label[i]]++
		people[person[i]]++
	}
	var together, grouped, same, p, r float64
	for cell, n := range both {
		together += n * (n - 1)
		p += n * n / labels[cell[0]]
		r += n * n / people[cell[1]]
	}
	for _, n := range labels {
		grouped += n * (n - 1)
	}
	for _, n := range people {
		same += n * (n - 1)
	}
	n := float64(len(label))
	return agreement{together / max(grouped, 1), together / max(same, 1), p / n, r / n, len(labels)}
}

func countOf(values []int) int {
	seen := map[int]bool{}
	for _, v := range values {
		seen[v] = true
	}
	return len(seen)
}

func TestTheMeasuresOfGroupsAreWhatTheirNamesSay(t *testing.T) {
	// Two people of three and two faces; one face of the first stands with the second.
	got := agree([]int{1, 1, 2, 2, 2}, []int{7, 7, 7, 8, 8})
	want := agreement{2. / 4, 2. / 4, (1 + 1 + 1./3 + 2./3 + 2./3) / 5, (2./3 + 2./3 + 1./3 + 1 + 1) / 5, 2}
	if math.Abs(got.precision-want.precision)+math.Abs(got.recall-want.recall)+math.Abs(got.b3Precision-want.b3Precision)+math.Abs(got.b3Recall-want.b3Recall) > 1e-12 ||
		got.groups != want.groups {
		t.Errorf("%v, want %v", got, want)
	}
}
