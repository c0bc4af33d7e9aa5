package people_test

import (
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
