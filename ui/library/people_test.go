package library_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gabarit/engine"
	"gabarit/ui/library"
)

func ids(name string, n int) (faces []engine.FaceID) {
	for i := range n {
		faces = append(faces, engine.NewFaceID(engine.PhotoID(fmt.Sprintf("%s%04d", name, i)), 0))
	}
	return faces
}

func grouping(groups ...[]engine.FaceID) (out engine.Grouping) {
	for _, faces := range groups {
		out.Groups = append(out.Groups, engine.GroupInfo{Group: engine.Group{Faces: faces}, Cover: faces[0]})
		out.Faces += len(faces)
	}
	return out
}

func covers(groups []engine.GroupInfo) (all []engine.FaceID) {
	for _, g := range groups {
		all = append(all, g.Cover)
	}
	return all
}

func TestTicksStayWithTheirGroupWhenItGrows(t *testing.T) {
	p := library.NewPeople()
	a, b := ids("A", 3), ids("B", 2)
	p.Set(grouping(a, b))
	p.Tick(b[0], true)
	b2 := append(ids("AA", 1), b...) // another face comes first, and covers it
	p.Set(grouping(a, b2))
	if diff := cmp.Diff([]engine.FaceID{b2[0]}, covers(p.Targets())); diff != "" {
		t.Error(diff)
	}
	p.Set(grouping(a))
	if p.Targets() != nil {
		t.Errorf("a group that is gone is ticked: %v", p.Targets())
	}
}

func TestTheOpenGroupFollowsItsCover(t *testing.T) {
	p := library.NewPeople()
	a, b := ids("A", 4), ids("B", 2)
	p.Set(grouping(a, b))
	p.Open(0)
	p.Pick(a[0], true)
	p.Pick(a[3], true)
	p.Stay()
	if p.Opened().Cover != a[1] {
		t.Errorf("known by %s, which is to leave", p.Opened().Cover)
	}
	p.Set(grouping(a[1:3], b, []engine.FaceID{a[0], a[3]}))
	if diff := cmp.Diff(a[1:3], p.Opened().Faces); diff != "" || len(p.Picks()) != 0 {
		t.Errorf("picked %v\n%s", p.Picks(), diff)
	}
	p.Set(grouping(b))
	if p.IsOpen() {
		t.Error("a group that is gone is open")
	}
}

func TestFacesOfAGroupAreLookedUpInPagesOnce(t *testing.T) {
	p := library.NewPeople()
	a := ids("A", 150)
	p.Set(grouping(a))
	p.Open(0)
	first := p.Page(0)
	if !slices.Equal(first, a[:60]) || p.Page(59) != nil || p.Page(150) != nil || p.Page(-1) != nil {
		t.Errorf("first page: %v", first)
	}
	if last := p.Page(149); !slices.Equal(last, a[120:]) {
		t.Errorf("last page: %v", last)
	}
	p.SetDetails([]engine.GroupFace{{Face: a[0], Collection: "c"}})
	if d, ok := p.Detail(a[0]); !ok || d.Collection != "c" {
		t.Errorf("%+v", d)
	}
	if _, ok := p.Detail(a[1]); ok {
		t.Error("a face that is not there is known")
	}
	p.Close()
	p.Open(0)
	if again := p.Page(0); len(again) != 60 { // it is looked at once more, and that is recorded
		t.Errorf("opened again: %d faces", len(again))
	}
}

func TestWhatIsErasedLeavesTheGroupsAtOnce(t *testing.T) {
	p := library.NewPeople()
	a, b := ids("A", 3), ids("B", 2)
	p.Set(grouping(a, b))
	p.Tick(a[0], true)
	p.Open(0)
	p.Pick(a[0], true)
	p.SetDetails([]engine.GroupFace{{Face: a[0]}})
	p.Erased([]engine.FaceID{a[0], b[0], b[1]})
	if diff := cmp.Diff([]engine.FaceID{a[1]}, covers(p.Groups())); diff != "" || !p.Ticked(a[1]) {
		t.Errorf("ticked: %v\n%s", p.Targets(), diff)
	}
	if _, known := p.Detail(a[0]); known || len(p.Picks()) != 0 || !slices.Equal(p.Opened().Faces, a[1:]) {
		t.Errorf("open: %+v", p.Opened())
	}
	p.Erased(a[1:])
	if p.IsOpen() || len(p.Groups()) != 0 {
		t.Error("an erased group is shown")
	}
}

func TestAllFacesCanBeTakenOutOnlyWhereOthersMayBeElsewhere(t *testing.T) {
	p := library.NewPeople()
	a := ids("A", 2)
	split := func() bool {
		p.Set(grouping(a))
		p.Open(0)
		p.Pick(a[0], true)
		p.Pick(a[1], true)
		return p.CanSplit()
	}
	if split() {
		t.Error("all faces of a group are somebody else")
	}
	p.SetCollection("one")
	if p.Known() || p.IsOpen() || p.Query().Collection != "one" || p.Query().Min != 2 {
		t.Errorf("%+v", p.Query())
	}
	if !split() {
		t.Error("the faces of one collection can't be taken out of the group")
	}
	p.SetSingle(true)
	if p.Query().Min != 1 {
		t.Errorf("%+v", p.Query())
	}
}
