package search

import (
	"gabarit/ui/faces"
	"gabarit/ui/kit"
)

// scoreWords tells the distance of a match and what chance makes of it.
func scoreWords(r Row) string {
	words := kit.Sentence(kit.T("distance {{.V}}", kit.Field(kit.Distance(r.Match.Distance)))) + " " + kit.Sentence(faces.Chance(r.Match.ExpectedFalse, r.Compared))
	if r.Crowded {
		words += " " + kit.T("Many people look like this face to the model: its bands are stricter.")
	}
	return words
}

// missingWords asks for what a search still lacks.
func missingWords(m Missing) string {
	switch m {
	case MissingFace:
		return kit.T("Choose one or more faces in the photo.")
	case MissingPurpose:
		return kit.T("Say why you search: the purpose is kept in the log.")
	case MissingIndex:
		return kit.T("The index is empty: there is nothing to search yet.")
	}
	return ""
}

// purposes are plain examples; any other text will do.
func purposes() []string {
	return []string{
		kit.T("Find where photos of me are published"),
		kit.T("Help a person who asked me to find photos of them"),
		kit.T("Show my own exposure, for research"),
	}
}
