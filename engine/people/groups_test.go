package people_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"gabarit/engine"
	"gabarit/engine/crowd"
	"gabarit/engine/enginetest"
	"gabarit/engine/match"
	"gabarit/engine/people"
)

// TestGroupsKeepTheirPromises runs random histories. After each step: every face is in one group, no group holds two faces of one
// photo, every decision is kept. And a full pass gives what it gives to one who met the same faces in another order.
func TestGroupsKeepTheirPromises(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		templates := crowd.People(rapid.Uint64Range(1, 50).Draw(rt, "seed"), 6, 8)
		h := groupHistory{index: match.NewFlat(), held: map[engine.FaceID]engine.IndexEntry{}}
		h.groups = newGroups(rt, h.index)
		face := func(rt *rapid.T) engine.IndexEntry {
			i := rapid.IntRange(0, len(templates)-1).Draw(rt, "face")
			return engine.IndexEntry{Face: engine.NewFaceID(engine.PhotoID(fmt.Sprintf("P%02d", i/2)), i%2), Template: templates[(i*5)%len(templates)]}
		}
		rt.Repeat(map[string]func(*rapid.T){
			"add": func(rt *rapid.T) {
				for range rapid.IntRange(1, 8).Draw(rt, "number") {
					h.add(rt, face(rt))
				}
			},
			"remove": func(rt *rapid.T) { h.remove(face(rt).Face) },
			"merge":  func(rt *rapid.T) { h.merge(rt, face(rt).Face, face(rt).Face) },
			"split":  func(rt *rapid.T) { h.split(rt) },
			"regroup": func(rt *rapid.T) {
				h.groups.Regroup()
				h.again(rt)
			},
			"": func(rt *rapid.T) { h.check(rt) },
		})
	})
}

// tester is what testing.TB and rapid.T share.
type tester interface {
	Helper()
	Fatalf(format string, args ...any)
}

type groupHistory struct {
	index  engine.Index
	groups *people.Groups
	held   map[engine.FaceID]engine.IndexEntry
	log    []engine.GroupDecision // as a store keeps them: without the faces that were removed since
}

// decide takes a decision, and keeps it.
func (h *groupHistory) decide(d engine.GroupDecision, err error) error {
	if err == nil {
		h.groups.Take(d)
		h.log = append(h.log, d)
	}
	return err
}

// countLabel counts the faces of a group.
func countLabel(labels map[engine.FaceID]int32, label int32) (n int) {
	for _, l := range labels {
		if l == label {
			n++
		}
	}
	return n
}

func (h *groupHistory) add(t tester, e engine.IndexEntry) {
	t.Helper()
	if err := h.index.Add(e); err != nil {
		t.Fatalf("Add to the index: %v", err)
	}
	if err := h.groups.Add(context.Background(), e); err != nil {
		t.Fatalf("Add: %v", err)
	}
	h.held[e.Face] = e
}

func (h *groupHistory) remove(f engine.FaceID) {
	h.index.Remove(f)
	h.groups.Remove(f)
	delete(h.held, f)
	var left []engine.GroupDecision
	for _, d := range h.log {
		if d, ok := enginetest.Renamed(d, func(id engine.FaceID) (engine.FaceID, bool) { return id, id != f }); ok {
			left = append(left, d)
		}
	}
	h.log = left
}

// merge merges two groups and expects a refusal only where the faces ask for one.
func (h *groupHistory) merge(t tester, a, b engine.FaceID) {
	t.Helper()
	label := groupLabels(h.groups.Groups())
	_, first := h.held[a]
	_, second := h.held[b]
	want := engine.Code("")
	if !first || !second {
		want = engine.CodeNotFound
	} else if label[a] == label[b] {
		if n := countLabel(label, label[a]); n < 2 {
			want = engine.CodeInvalid
		}
	} else {
		photos := map[engine.PhotoID]bool{}
		for f, l := range label {
			if p, _, _ := f.Photo(); l == label[a] {
				photos[p] = true
			}
		}
		for f, l := range label {
			if p, _, _ := f.Photo(); l == label[b] && photos[p] {
				want = engine.CodeConflict
			}
		}
	}
	if err := h.decide(h.groups.Merge(a, b)); engine.CodeOf(err) != want {
		t.Fatalf("Merge(%s, %s): %v, want code %q", a, b, err, want)
	}
	if after := groupLabels(h.groups.Groups()); want == "" && after[a] != after[b] {
		t.Fatalf("%s and %s were merged and are in two groups", a, b)
	}
}

// split takes some faces out of the largest group.
func (h *groupHistory) split(rt *rapid.T) {
	groups := h.groups.Groups()
	if len(groups) == 0 || len(groups[0].Faces) < 2 {
		return
	}
	faces := groups[0].Faces
	out := rapid.Permutation(faces).Draw(rt, "order")[:rapid.IntRange(1, len(faces)-1).Draw(rt, "out")]
	if err := h.decide(h.groups.Split(out...)); err != nil {
		rt.Fatalf("Split: %v", err)
	}
	label := groupLabels(h.groups.Groups())
	for _, f := range faces {
		if slices.Contains(out, f) != (label[f] == label[out[0]]) {
			rt.Fatalf("%v were split from %v, %s is in the wrong group", out, faces, f)
		}
	}
}

// check tells whether the groups keep what is promised.
func (h *groupHistory) check(t tester) {
	t.Helper()
	label := groupLabels(h.groups.Groups())
	if len(label) != len(h.held) || h.groups.Len() != len(h.held) {
		t.Fatalf("%d faces in groups, Len %d, want %d", len(label), h.groups.Len(), len(h.held))
	}
	type seat struct {
		label int32
		photo engine.PhotoID
	}
	seats := map[seat]bool{}
	for f, l := range label {
		if _, ok := h.held[f]; !ok {
			t.Fatalf("%s is in a group and was not added", f)
		}
		photo, _, _ := f.Photo()
		if s := (seat{l, photo}); seats[s] {
			t.Fatalf("two faces of %s are in one group", photo)
		} else {
			seats[s] = true
		}
	}
	for _, d := range h.groups.Pairs() {
		a, first := label[d.A]
		b, second := label[d.B]
		if !first || !second {
			t.Fatalf("a decision about %s and %s is left, one of which is gone", d.A, d.B)
		}
		if (a == b) != d.Same {
			t.Fatalf("the decision %+v is not kept", d)
		}
	}
}

// again groups the same faces, shuffled, with the decisions as a store gives them, and compares.
func (h *groupHistory) again(t tester) {
	t.Helper()
	ids := make([]engine.FaceID, 0, len(h.held))
	for f := range h.held {
		ids = append(ids, f)
	}
	slices.Sort(ids)
	rand.New(rand.NewPCG(9, uint64(len(ids)))).Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	other := newGroups(t, h.index, h.log...)
	for _, f := range ids {
		if err := other.Add(context.Background(), h.held[f]); err != nil {
			t.Fatalf("Add: %v", err)
		}
	}
	other.Regroup()
	if diff := cmp.Diff(h.groups.Groups(), other.Groups()); diff != "" {
		t.Fatalf("the same faces in another order are grouped otherwise:\n%s", diff)
	}
	if diff := cmp.Diff(h.groups.Voters(), other.Voters()); diff != "" {
		t.Fatalf("the same faces in another order have other neighbours:\n%s", diff)
	}
	if diff := cmp.Diff(h.groups.Pairs(), other.Pairs()); diff != "" {
		t.Fatalf("decisions were not the same after being stored:\n%s", diff)
	}
}

// TestGroupsOfOneOftenSeenPerson has more neighbours of each face than are kept, some of them the same photo again.
func TestGroupsOfOneOftenSeenPerson(t *testing.T) {
	templates := crowd.People(3, 2, 300)
	h := groupHistory{index: match.NewFlat(), held: map[engine.FaceID]engine.IndexEntry{}}
	h.groups = newGroups(t, h.index)
	for i, tmpl := range templates {
		if i%3 == 0 {
			tmpl = templates[i/300*300] // a copy
		}
		h.add(t, engine.IndexEntry{Face: engine.NewFaceID(engine.PhotoID(fmt.Sprintf("P%03d", i)), 0), Template: tmpl})
	}
	h.groups.Regroup()
	h.again(t)
	h.check(t)
	for i := 3; i < len(templates); i += 4 { // copies and others: many lists lose more than they have to spare
		h.remove(engine.NewFaceID(engine.PhotoID(fmt.Sprintf("P%03d", i)), 0))
	}
	for i := 1; i < len(templates); i += 4 {
		h.remove(engine.NewFaceID(engine.PhotoID(fmt.Sprintf("P%03d", i)), 0))
	}
	for i := 1; i < len(templates); i += 32 { // come back, and must not fill gaps that nearer ones belong in
		id := engine.NewFaceID(engine.PhotoID(fmt.Sprintf("P%03d", i)), 0)
		h.add(t, engine.IndexEntry{Face: id, Template: templates[i]})
	}
	short := h.groups.Short()
	if len(short) == 0 {
		t.Fatal("no list is short: the test does not test what it says")
	}
	for _, f := range short {
		h.add(t, h.held[f])
	}
	if again := h.groups.Short(); len(again) != 0 {
		t.Errorf("%d lists are short after they were looked up", len(again))
	}
	h.groups.Regroup()
	h.again(t)
	h.check(t)
	if got := h.groups.Groups(); len(got[0].Faces) < 100 {
		t.Errorf("the largest group has %d faces of 150 of one person", len(got[0].Faces))
	}
}

// TestManyFacesOfOnePersonStayTogether has so many that two of them share few of their nearest neighbours.
func TestManyFacesOfOnePersonStayTogether(t *testing.T) {
	index := match.NewCascade(1)
	entries := make([]engine.IndexEntry, 0, 1500)
	for i, tmpl := range crowd.People(3, 1, cap(entries)) {
		entries = append(entries, engine.IndexEntry{Face: engine.NewFaceID(engine.PhotoID(fmt.Sprintf("P%04d", i)), 0), Template: tmpl})
	}
	if err := index.Add(entries...); err != nil {
		t.Fatal(err)
	}
	g := newGroups(t, index)
	if err := g.Add(context.Background(), entries...); err != nil {
		t.Fatal(err)
	}
	g.Regroup()
	if got := g.Groups(); len(got[0].Faces) < 1450 {
		t.Errorf("1,500 faces of one person are in %d groups, %d in the largest", len(got), len(got[0].Faces))
	}
}

func TestARemovedFaceLeavesNoTrace(t *testing.T) {
	h := groupHistory{index: match.NewFlat(), held: map[engine.FaceID]engine.IndexEntry{}}
	h.groups = newGroups(t, h.index)
	for i, tmpl := range crowd.People(4, 4, 5) {
		h.add(t, engine.IndexEntry{Face: engine.NewFaceID(engine.PhotoID(fmt.Sprintf("P%02d", i)), 0), Template: tmpl})
	}
	for _, pair := range [][2]engine.FaceID{{"P00-0", "P01-0"}, {"P01-0", "P05-0"}, {"P10-0", "P15-0"}} {
		if err := h.decide(h.groups.Merge(pair[0], pair[1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.decide(h.groups.Split("P00-0")); err != nil {
		t.Fatal(err)
	}
	for _, gone := range []engine.FaceID{"P01-0", "P00-0", "P10-0"} {
		if !strings.Contains(fmt.Sprint(h.groups.Trace()), string(gone)) {
			t.Fatalf("%s is not found before it is removed: the test sees nothing", gone)
		}
		h.remove(gone)
		if trace := fmt.Sprint(h.groups.Trace()); strings.Contains(trace, strings.TrimSuffix(string(gone), "-0")) {
			t.Errorf("%s was removed and is still there: %s", gone, trace)
		}
		h.check(t)
	}
	h.groups.Clear()
	if got := h.groups.Groups(); len(got) != 0 || h.groups.Len() != 0 {
		t.Errorf("groups after Clear: %v", got)
	}
}

func TestGroupsOfNoneAndOne(t *testing.T) {
	h := groupHistory{index: match.NewFlat(), held: map[engine.FaceID]engine.IndexEntry{}}
	h.groups = newGroups(t, h.index)
	h.groups.Regroup()
	h.groups.Remove("P1-0")
	if err := h.groups.Add(context.Background()); err != nil {
		t.Fatal(err)
	}
	if got := h.groups.Groups(); len(got) != 0 {
		t.Errorf("groups of no face: %v", got)
	}
	h.add(t, engine.IndexEntry{Face: "P1-0"})
	h.groups.Regroup()
	if diff := cmp.Diff([]engine.Group{{Faces: []engine.FaceID{"P1-0"}}}, h.groups.Groups()); diff != "" {
		t.Error(diff)
	}
	for name, faces := range map[string][]engine.FaceID{"nothing": nil, "all of a group": {"P1-0"}, "one twice": {"P1-0", "P1-0"}} {
		if _, err := h.groups.Split(faces...); engine.CodeOf(err) != engine.CodeInvalid {
			t.Errorf("Split of %s: %v", name, err)
		}
	}
	if _, err := h.groups.Split("P2-0"); engine.CodeOf(err) != engine.CodeNotFound {
		t.Errorf("Split of an unknown face: %v", err)
	}
}

// Fill asks the index for the nearest faces only and changes no other list; what counts must be what Add finds, also of people who are seen very often,
// and of faces that the index holds and nobody enters nothing may be left.
func TestFillingInGivesWhatAddingGives(t *testing.T) {
	templates := crowd.People(3, 40, 5)
	often := crowd.People(4, 1, 300)
	index := match.NewFlat()
	var all []engine.IndexEntry
	for i, tmpl := range append(templates, often...) {
		all = append(all, engine.IndexEntry{Face: engine.NewFaceID(engine.PhotoID(fmt.Sprintf("P%04d", i)), 0), Template: tmpl})
	}
	if err := index.Add(all...); err != nil {
		t.Fatal(err)
	}
	strangers, held := all[:7], all[7:]
	filled, added := newGroups(t, index), newGroups(t, index)
	for _, e := range held {
		found, _, err := index.Search(t.Context(), engine.Query{Template: e.Template, K: people.FillMost, Within: people.Reach})
		if err != nil {
			t.Fatal(err)
		}
		filled.Fill(e.Face, found)
	}
	filled.Settle()
	filled.Regroup()
	if err := added.Add(t.Context(), held...); err != nil {
		t.Fatal(err)
	}
	added.Regroup()
	if diff := cmp.Diff(added.Voters(), filled.Voters()); diff != "" {
		t.Errorf("neighbours that count:\n%s", diff)
	}
	if diff := cmp.Diff(added.Groups(), filled.Groups()); diff != "" {
		t.Errorf("groups:\n%s", diff)
	}
	for _, e := range strangers {
		if filled.Holds(e.Face) {
			t.Errorf("%s is held, which nobody entered", e.Face)
		}
	}
	if filled.Len() != len(held) {
		t.Errorf("%d faces, want %d", filled.Len(), len(held))
	}
}
