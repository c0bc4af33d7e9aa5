package matter

import (
	"strings"

	"gabarit/engine"
)

// caseCode stands in the middle of a case's reference: "2026-CAS-0007". Cases of older versions have the code of erasure there, and so have their letters,
// whatever these were about.
const caseCode = "CAS"

// rightCode stands in the middle of the reference of letters about a right; "" if it has none.
func rightCode(r engine.Right) string {
	switch r {
	case engine.RightAccess:
		return "ACC"
	case engine.RightErasure:
		return "ERA"
	case engine.RightObjection:
		return "OBJ"
	case engine.RightRestriction:
		return "RES"
	case engine.RightDelisting:
		return "DEL"
	}
	return ""
}

// LetterRef is the reference that letters of a case about a right bear, reminders and complaints about it too: that of the case with the right in its middle,
// "2026-ACC-0007" for access in the case 2026-CAS-0007. A reference of another form stays as it is: so do those of cases of older versions, since letters with
// them were sent.
func LetterRef(ref string, about engine.Right) string {
	year, code, number := refParts(ref)
	if code != caseCode || rightCode(about) == "" {
		return ref
	}
	return year + "-" + rightCode(about) + "-" + number
}

// RefersTo tells whether a reference that somebody names is that of a case or of one of its letters.
func RefersTo(named, ref string) bool {
	if named == ref {
		return true
	}
	for _, r := range []engine.Right{engine.RightAccess, engine.RightErasure, engine.RightObjection, engine.RightRestriction, engine.RightDelisting} {
		if named == LetterRef(ref, r) {
			return true
		}
	}
	return false
}

// refParts splits a reference; "" where it has another form.
func refParts(ref string) (year, code, number string) {
	parts := strings.Split(ref, "-")
	if len(parts) != 3 {
		return "", "", ""
	}
	return parts[0], parts[1], parts[2]
}
