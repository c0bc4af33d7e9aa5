package search

import (
	"fmt"
	"math"
	"strings"

	"gabarit/engine"
	"gabarit/ui/kit"
)

// chance says in words how many faces of other people lie this near by chance.
func chance(expected float64) string {
	switch {
	case expected >= 0.95:
		return kit.N("about {{.N}} false matches expected this near", int(math.Round(expected)))
	case expected >= 0.0001:
		return kit.T("1 false match expected in {{.V}} searches", kit.Field(kit.Int(round2(1/expected))))
	}
	return kit.T("fewer than 1 false match in 10,000 searches")
}

// scoreWords tells the distance of a match and what chance makes of it.
func scoreWords(m engine.Match) string {
	return kit.Sentence(kit.T("distance {{.V}}", kit.Field(kit.Distance(m.Distance)))) + " " + kit.Sentence(chance(m.ExpectedFalse))
}

// shortChance is chance for the width of a card.
func shortChance(expected float64) string {
	switch {
	case expected >= 0.95:
		return kit.N("about {{.N}} false expected", int(math.Round(expected)))
	case expected >= 0.0001:
		return kit.T("1 false in {{.V}} searches", kit.Field(kit.Int(round2(1/expected))))
	}
	return kit.T("< 1 false in 10,000 searches")
}

// round2 rounds to two significant figures, which is more than the estimate holds.
func round2(x float64) int {
	if x < 10 {
		return max(int(math.Round(x)), 2)
	}
	unit := math.Pow(10, math.Floor(math.Log10(x))-1)
	return int(math.Round(x/unit) * unit)
}

// whenWords is the card's date with the word that says which date it is.
func whenWords(m engine.Match) string {
	at, taken := When(m)
	switch {
	case at.IsZero():
		return kit.T("no date")
	case taken:
		return kit.T("taken {{.V}}", kit.Field(kit.Date(at)))
	}
	return kit.T("collected {{.V}}", kit.Field(kit.Date(at)))
}

// indexWords tells what was searched.
// otherModelWords tells of faces that no search compares; "" if there are none.
func otherModelWords(t engine.Totals) string {
	if t.OtherModel == 0 {
		return ""
	}
	return kit.N("{{.N}} faces were made by another model and are not searched: run collect --retemplate.", t.OtherModel)
}

func indexWords(faces int, t engine.Totals) string {
	return strings.TrimSpace(searchedWords(faces, t) + " " + otherModelWords(t))
}

func searchedWords(faces int, t engine.Totals) string {
	if faces == t.Faces {
		return kit.T("Searched {{.Faces}} in {{.Photos}}.", map[string]any{
			"Faces": kit.N("{{.N}} faces", t.Faces), "Photos": kit.N("{{.N}} photos", t.Photos)})
	}
	return kit.T("Searched {{.Some}} of {{.Faces}} in {{.Photos}}.", map[string]any{"Some": kit.Int(faces),
		"Faces": kit.N("{{.N}} faces", t.Faces), "Photos": kit.N("{{.N}} photos", t.Photos)})
}

// placeWords writes a place as people paste it into a map.
func placeWords(p *engine.Place) string {
	if p == nil || !p.Valid() {
		return ""
	}
	return fmt.Sprintf("%.5f, %.5f", p.Lat, p.Lon)
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
