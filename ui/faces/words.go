package faces

import (
	"slices"

	"gabarit/engine"
	"gabarit/ui/kit"
)

// GradeWord names a grade in the window's language.
func GradeWord(g engine.Grade) string {
	switch g {
	case engine.GradeGood:
		return kit.T("good")
	case engine.GradeFair:
		return kit.T("fair")
	}
	return kit.T("poor")
}

// QualityWord says in two words how good the picture of a face is.
func QualityWord(quality float64) string {
	return kit.T("quality: {{.V}}", kit.Field(GradeWord(engine.GradeOf(quality))))
}

// probeWord names the grade of a face of the probe. That of a drawn one is not known unless it is poor: what is measured takes for
// granted that there is a face, and that it is upright.
func probeWord(f engine.ProbeFace) string {
	if g := engine.GradeOf(f.Quality); !f.Drawn || g == engine.GradePoor {
		return GradeWord(g)
	}
	return kit.T("unknown")
}

// PoorWords says what follows from a poor picture of a face.
func PoorWords() string {
	return kit.T("A poor picture of a face lowers the band of its matches: look closely.")
}

// PairWords tells how good the pictures of the face searched for and of a match are, and what follows from a poor or a drawn one.
func PairWords(asked engine.ProbeFace, match float64) string {
	words := kit.T("Quality of the faces: yours {{.Yours}}, the match {{.Match}}.", map[string]any{
		"Yours": probeWord(asked), "Match": GradeWord(engine.GradeOf(match))})
	if min(engine.GradeOf(asked.Quality), engine.GradeOf(match)) == engine.GradePoor {
		words += " " + PoorWords()
	}
	if asked.Drawn {
		words += " " + kit.T("Your face was drawn by hand: no detector says that there is one.")
	}
	return words
}

// Drawn counts the faces of a photo that were drawn by hand.
func Drawn(probe *engine.Probe) int {
	n := 0
	if probe != nil {
		for _, f := range probe.Faces {
			if f.Drawn {
				n++
			}
		}
	}
	return n
}

// detectors are the kinds of detector in the order in which they are offered.
func detectors() []engine.DetectorKind {
	return []engine.DetectorKind{engine.DetectorFast, engine.DetectorThorough}
}

// NewDetectorChoice gives the choice between the detectors.
func NewDetectorChoice(e *kit.Env, now engine.DetectorKind, changed func(engine.DetectorKind)) *kit.Select {
	s := e.NewSelect(nil, func(i int) { changed(detectors()[i]) })
	s.Fill([]string{kit.T("Fast"), kit.T("Thorough (slower)")}, max(slices.Index(detectors(), now), 0))
	return s
}

// ShowDetector shows another choice without calling the reaction.
func ShowDetector(s *kit.Select, kind engine.DetectorKind) {
	s.Fill(s.Options, slices.Index(detectors(), kind))
}

// DetectorNote says what the choice between the detectors is about.
func DetectorNote() string {
	return kit.T("Thorough takes some seconds for each photo and finds more faces that are small, turned, tilted or partly covered.")
}

// VerdictWords says what was said of a match.
func VerdictWords(v engine.Verdict) string {
	switch v {
	case engine.VerdictYes:
		return kit.T("You said: it is the person")
	case engine.VerdictNo:
		return kit.T("You said: somebody else")
	case engine.VerdictUnsure:
		return kit.T("You said: unsure")
	}
	return ""
}
