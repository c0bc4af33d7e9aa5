package search

import (
	"fmt"
	"strings"

	"gabarit/engine"
	"gabarit/ui/kit"
)

// leastSaid is the least number of strangers that is told: what was measured can't tell smaller ones apart.
const leastSaid = 0.001

// chance says in words how many faces of other people to expect this near in an index of so many faces.
func chance(expected float64, faces int) string {
	data := map[string]any{"Faces": kit.Int(faces), "V": kit.Figure(expected)}
	switch {
	case expected < leastSaid:
		data["V"] = kit.Figure(leastSaid)
		return kit.T("in an index of {{.Faces}} faces, expect fewer than {{.V}} strangers this close", data)
	case data["V"] == kit.Figure(1):
		return kit.T("in an index of {{.Faces}} faces, expect 1 stranger this close", data)
	}
	return kit.T("in an index of {{.Faces}} faces, expect {{.V}} strangers this close", data)
}

// scoreWords tells the distance of a match and what chance makes of it.
func scoreWords(r Row) string {
	words := kit.Sentence(kit.T("distance {{.V}}", kit.Field(kit.Distance(r.Match.Distance)))) + " " + kit.Sentence(chance(r.Match.ExpectedFalse, r.Compared))
	if r.Crowded {
		words += " " + kit.T("Many people look like this face to the model: its bands are stricter.")
	}
	return words
}

// shortChance is chance for the width of a card.
func shortChance(expected float64) string {
	if expected < leastSaid {
		return kit.T("strangers expected: {{.V}}", kit.Field("< "+kit.Figure(leastSaid)))
	}
	return kit.T("strangers expected: {{.V}}", kit.Field(kit.Figure(expected)))
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
