package people_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"gabarit/engine"
	"gabarit/engine/people"
)

func TestRemovingAFaceKeepsWhatWasDecidedThroughIt(t *testing.T) {
	d, err := people.NewDecisions([]engine.GroupDecision{{A: "A-0", B: "B-0", Same: true}, {A: "B-0", B: "C-0", Same: true}, {A: "C-0", B: "D-0"}})
	if err != nil {
		t.Fatal(err)
	}
	d.Remove("B-0")
	want := []engine.GroupDecision{{A: "A-0", B: "C-0", Same: true}, {A: "C-0", B: "D-0"}}
	if diff := cmp.Diff(want, d.Pairs()); diff != "" {
		t.Error(diff)
	}
	d.Remove("C-0")
	if got := d.Pairs(); len(got) != 0 {
		t.Errorf("decisions about one face only: %v", got)
	}
}

func TestDecisionsThatContradictEachOtherAreRefused(t *testing.T) {
	for name, pairs := range map[string][]engine.GroupDecision{
		"same and apart":             {{A: "A-0", B: "B-0", Same: true}, {A: "A-0", B: "B-0"}},
		"apart, and same through C":  {{A: "A-0", B: "B-0"}, {A: "A-0", B: "C-0", Same: true}, {A: "B-0", B: "C-0", Same: true}},
		"apart from itself":          {{A: "A-0", B: "A-0"}},
		"two of a photo through one": {{A: "A-0", B: "B-0", Same: true}, {A: "A-1", B: "B-0", Same: true}},
	} {
		if _, err := people.NewDecisions(pairs); engine.CodeOf(err) != engine.CodeCorrupt {
			t.Errorf("%s: %v, want %s", name, err, engine.CodeCorrupt)
		}
	}
}
