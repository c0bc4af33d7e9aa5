package people_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gabarit/engine"
	"gabarit/engine/people"
)

func same(faces ...engine.FaceID) engine.GroupDecision { return engine.GroupDecision{Same: faces} }

func apart(a, b engine.FaceID) engine.GroupDecision {
	return engine.GroupDecision{Out: []engine.FaceID{a}, Rest: []engine.FaceID{b}}
}

func TestRemovingAFaceKeepsWhatWasDecidedThroughIt(t *testing.T) {
	d, err := people.NewDecisions([]engine.GroupDecision{apart("C-0", "D-0"), same("A-0", "B-0"), same("B-0", "C-0")})
	if err != nil {
		t.Fatal(err)
	}
	d.Remove("B-0")
	want := []people.Pair{{A: "A-0", B: "C-0", Same: true}, {A: "C-0", B: "D-0"}}
	if diff := cmp.Diff(want, d.Pairs()); diff != "" {
		t.Error(diff)
	}
	d.Remove("C-0")
	if got := d.Pairs(); len(got) != 0 {
		t.Errorf("decisions about one face only: %v", got)
	}
}

func TestTheLaterDecisionTakesBackWhatItCantStandBeside(t *testing.T) {
	for name, tt := range map[string]struct {
		all  []engine.GroupDecision
		want []people.Pair
	}{
		"merged after a split":        {[]engine.GroupDecision{apart("A-0", "B-0"), same("A-0", "B-0")}, []people.Pair{{A: "A-0", B: "B-0", Same: true}}},
		"split after a merge":         {[]engine.GroupDecision{same("A-0", "B-0"), apart("B-0", "A-0")}, []people.Pair{{A: "A-0", B: "B-0"}}},
		"merged through another":      {[]engine.GroupDecision{apart("A-0", "C-0"), same("A-0", "B-0"), same("B-0", "C-0")}, []people.Pair{{A: "A-0", B: "B-0", Same: true}, {A: "B-0", B: "C-0", Same: true}}},
		"a merge stored in two parts": {[]engine.GroupDecision{same("A-0", "B-0"), same("B-0", "C-0")}, []people.Pair{{A: "A-0", B: "B-0", Same: true}, {A: "B-0", B: "C-0", Same: true}}},
		"one of three is taken out":   {[]engine.GroupDecision{same("A-0", "B-0", "C-0"), {Out: []engine.FaceID{"B-0"}, Rest: []engine.FaceID{"A-0", "C-0"}}}, []people.Pair{{A: "A-0", B: "B-0"}, {A: "A-0", B: "C-0", Same: true}, {A: "B-0", B: "C-0"}}},
	} {
		d, err := people.NewDecisions(tt.all)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, d.Pairs()); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

func TestDecisionsThatPutTwoFacesOfAPhotoTogetherAreRefused(t *testing.T) {
	all := []engine.GroupDecision{same("A-0", "B-0"), same("A-1", "B-0")}
	if _, err := people.NewDecisions(all); engine.CodeOf(err) != engine.CodeCorrupt {
		t.Errorf("%v, want %s", err, engine.CodeCorrupt)
	}
}

// TestPartsOfADecisionSayTheSame takes a group apart that the user had put together, and cuts both decisions as a store does.
func TestPartsOfADecisionSayTheSame(t *testing.T) {
	var faces []engine.FaceID
	for i := range 40 {
		faces = append(faces, engine.NewFaceID(engine.PhotoID(fmt.Sprintf("P%02d", i)), 0))
	}
	for _, out := range []int{1, 3, 20, 35, 39} {
		decisions := []engine.GroupDecision{same(faces...), {Out: faces[:out], Rest: faces[out:]}}
		whole, err := people.NewDecisions(decisions)
		if err != nil {
			t.Fatal(err)
		}
		var parts []engine.GroupDecision
		for _, d := range decisions {
			parts = append(parts, d.Parts(24, 4)...)
		}
		for _, p := range parts {
			if n := len(p.Same) + len(p.Out) + len(p.Rest); n > 24 || p.Check() != nil {
				t.Errorf("a part about %d faces: %v", n, p.Check())
			}
		}
		cut, err := people.NewDecisions(parts)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(whole.Pairs(), cut.Pairs()); diff != "" {
			t.Errorf("%d split off, in %d parts:\n%s", out, len(parts), diff)
		}
	}
}
