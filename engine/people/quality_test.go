package people_test

import (
	"context"
	"fmt"
	"testing"

	"gabarit/engine"
	"gabarit/engine/calibration"
	"gabarit/engine/enginetest"
	"gabarit/engine/match"
	"gabarit/engine/people"
)

// newGroups gives an empty grouping over an index.
func newGroups(t tester, index engine.Index, decided ...engine.GroupDecision) *people.Groups {
	t.Helper()
	d, err := people.NewDecisions(decided)
	if err != nil {
		t.Fatalf("NewDecisions: %v", err)
	}
	return people.NewGroups(index, calibration.Default(), d)
}

// groupQuality is how well labels agree with people: over pairs of faces and, B-cubed (Bagga and Baldwin 1998), over faces.
type groupQuality struct {
	precision, recall, b3Precision, b3Recall float64
	groups                                   int
}

func (q groupQuality) String() string {
	return fmt.Sprintf("pairs: precision %.4f recall %.4f; B-cubed: precision %.4f recall %.4f; %d groups",
		q.precision, q.recall, q.b3Precision, q.b3Recall, q.groups)
}

func measureGroups(label map[engine.FaceID]int32, person map[engine.FaceID]string) groupQuality {
	type cell struct {
		label  int32
		person string
	}
	cells, labels, people := map[cell]int{}, map[int32]int{}, map[string]int{}
	for f, l := range label {
		cells[cell{l, person[f]}]++
		labels[l]++
		people[person[f]]++
	}
	var both, grouped, same, p, r float64
	for c, n := range cells {
		both += float64(n * (n - 1) / 2)
		p += float64(n*n) / float64(labels[c.label])
		r += float64(n*n) / float64(people[c.person])
	}
	for _, n := range labels {
		grouped += float64(n * (n - 1) / 2)
	}
	for _, n := range people {
		same += float64(n * (n - 1) / 2)
	}
	n := float64(len(label))
	return groupQuality{both / max(grouped, 1), both / max(same, 1), p / n, r / n, len(labels)}
}

// groupLabels numbers the groups.
func groupLabels(groups []engine.Group) map[engine.FaceID]int32 {
	out := map[engine.FaceID]int32{}
	for i, g := range groups {
		for _, f := range g.Faces {
			out[f] = int32(i)
		}
	}
	return out
}

// TestGroupsOfRealFaces compares groups with connected components on the calibration set, in an index of all of it and in
// smaller ones: every step-th photo.
func TestGroupsOfRealFaces(t *testing.T) {
	for _, set := range []struct {
		step                           int
		precision, recall, b3Precision float64 // floors at the default distance, a little under what was measured
	}{
		{1, .994, .91, .98},
		{5, .99, .89, .98},
	} {
		templates, people := enginetest.LFW(t, set.step)
		person := map[engine.FaceID]string{}
		entries := make([]engine.IndexEntry, len(templates))
		for i, tmpl := range templates {
			entries[i] = engine.IndexEntry{Face: engine.NewFaceID(engine.PhotoID(fmt.Sprintf("P%05d", i)), 0), Template: tmpl}
			person[entries[i].Face] = people[i]
		}
		index := match.NewCascade(1)
		if err := index.Add(entries...); err != nil {
			t.Fatal(err)
		}
		g := newGroups(t, index)
		g.SetReach(.5)
		for i := range entries { // one by one, as they are collected
			if err := g.Add(context.Background(), entries[i]); err != nil {
				t.Fatal(err)
			}
		}
		t.Logf("%d faces, default distance %.3f", g.Len(), g.Within())
		t.Logf("one by one            %v", measureGroups(groupLabels(g.Groups()), person))
		for _, d := range []float64{.40, .42, .44, .46, .48, .50} {
			g.RegroupWithin(d)
			t.Logf("within %.2f components %v", d, measureGroups(g.Components(d), person))
			t.Logf("within %.2f groups     %v", d, measureGroups(groupLabels(g.Groups()), person))
		}
		g.Regroup()
		got, plain := measureGroups(groupLabels(g.Groups()), person), measureGroups(g.Components(g.Within()), person)
		t.Logf("default     components %v", plain)
		t.Logf("default     groups     %v", got)
		if got.precision < plain.precision || got.b3Precision < plain.b3Precision {
			t.Errorf("groups are less precise than connected components: %v, %v", got, plain)
		}
		if got.precision < set.precision || got.recall < set.recall || got.b3Precision < set.b3Precision {
			t.Errorf("groups are worse than measured: %v", got)
		}
	}
}
