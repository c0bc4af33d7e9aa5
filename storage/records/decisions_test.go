package records_test

import (
	"fmt"
	"slices"
	"testing"

	"gabarit/engine"
	"gabarit/engine/people"
	"gabarit/storage/records"
)

// TestPartsOfADecisionSayTheSame takes a group apart that the user had put together, and cuts both decisions as a store does.
func TestPartsOfADecisionSayTheSame(t *testing.T) {
	var faces []engine.FaceID
	for i := range 40 {
		faces = append(faces, engine.NewFaceID(engine.PhotoID(fmt.Sprintf("P%02d", i)), 0))
	}
	for _, out := range []int{1, 3, 20, 35, 39} {
		decisions := []engine.GroupDecision{{Same: faces}, {Out: faces[:out], Rest: faces[out:]}}
		whole, err := people.NewDecisions(decisions)
		if err != nil {
			t.Fatal(err)
		}
		var parts []engine.GroupDecision
		for _, d := range decisions {
			parts = append(parts, records.DecisionParts(d, 24, 4)...)
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
		for _, f := range faces {
			apart := map[engine.FaceID]bool{}
			for g := range cut.Apart(f) {
				apart[g] = true
			}
			n := 0
			for g := range whole.Apart(f) {
				if n++; !apart[g] {
					t.Errorf("%d split off, in %d parts: %s and %s are not apart", out, len(parts), f, g)
				}
			}
			if n != len(apart) || !slices.Equal(whole.With(f), cut.With(f)) {
				t.Errorf("%d split off, in %d parts: %s is with %v and apart from %d, want %v and %d", out, len(parts), f, cut.With(f), len(apart), whole.With(f), n)
			}
		}
	}
}
