package faces

import "gabarit/ui/kit"

// leastSaid is the least number of strangers that is told: what was measured can't tell smaller ones apart.
const leastSaid = 0.001

// Chance says in words how many faces of other people to expect this near in an index of so many faces.
func Chance(expected float64, faces int) string {
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

// ShortChance is Chance for the width of a card.
func ShortChance(expected float64) string {
	if expected < leastSaid {
		return kit.T("strangers expected: {{.V}}", kit.Field("< "+kit.Figure(leastSaid)))
	}
	return kit.T("strangers expected: {{.V}}", kit.Field(kit.Figure(expected)))
}
