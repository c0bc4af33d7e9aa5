package engine

// Verdict is what the user said of a match: whether the face shows the person searched for.
type Verdict string

// The verdicts.
const (
	VerdictNone   Verdict = "" // none was given
	VerdictYes    Verdict = "yes"
	VerdictNo     Verdict = "no" // the face is not offered again for that person
	VerdictUnsure Verdict = "unsure"
)

// Confirms tells whether a find with this verdict may enter a letter: one that was ticked and not judged counts as confirmed.
func (v Verdict) Confirms() bool { return v == VerdictNone || v == VerdictYes }

// VerdictRequest says what the user thinks of a match. ProbeSHA256 and ProbeBox name the face that was searched for.
type VerdictRequest struct {
	ProbeSHA256 SHA256
	ProbeBox    Box
	Face        FaceID
	Verdict     Verdict // VerdictNone takes back what was said
}
