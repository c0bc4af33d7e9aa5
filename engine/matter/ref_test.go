package matter_test

import (
	"testing"

	"gabarit/engine"
	"gabarit/engine/matter"
)

func TestTheReferenceOfALetterTellsItsRight(t *testing.T) {
	for _, x := range []struct {
		ref   string
		right engine.Right
		want  string
	}{
		{"2026-CAS-0007", engine.RightAccess, "2026-ACC-0007"},
		{"2026-CAS-0007", engine.RightErasure, "2026-ERA-0007"},
		{"2026-CAS-0007", engine.RightObjection, "2026-OBJ-0007"},
		{"2026-CAS-0007", engine.RightRestriction, "2026-RES-0007"},
		{"2026-CAS-12345", engine.RightDelisting, "2026-DEL-12345"},
		{"2026-CAS-0007", engine.RightComplaint, "2026-CAS-0007"}, // about nothing that is known
		{"2026-CAS-0007", "", "2026-CAS-0007"},
		{"2026-ERA-0007", engine.RightAccess, "2026-ERA-0007"}, // of an older version: letters with it were sent
		{"…", engine.RightAccess, "…"},
		{"", engine.RightAccess, ""},
	} {
		if got := matter.LetterRef(x.ref, x.right); got != x.want {
			t.Errorf("%s, %s: %s, want %s", x.ref, x.right, got, x.want)
		}
	}
}

func TestACaseIsFoundByTheReferenceOfAnyOfItsLetters(t *testing.T) {
	for _, x := range []struct {
		named, ref string
		want       bool
	}{
		{"2026-CAS-0007", "2026-CAS-0007", true},
		{"2026-ACC-0007", "2026-CAS-0007", true},
		{"2026-DEL-0007", "2026-CAS-0007", true},
		{"2026-ACC-0008", "2026-CAS-0007", false},
		{"2025-ACC-0007", "2026-CAS-0007", false},
		{"2026-REQ-0007", "2026-CAS-0007", false}, // a subject request
		{"2026-ERA-0007", "2026-ERA-0007", true},  // of an older version
		{"2026-ACC-0007", "2026-ERA-0007", false}, // it never wrote that
		{"", "2026-CAS-0007", false},
	} {
		if got := matter.RefersTo(x.named, x.ref); got != x.want {
			t.Errorf("%s for %s: %v", x.named, x.ref, got)
		}
	}
}
