package faces

import (
	"strings"

	"gabarit/engine"
	"gabarit/ui/kit"
)

// OtherModelWords tells of faces that no search compares, and why; "" if there are none.
func OtherModelWords(t engine.Totals) string {
	var words []string
	if t.OtherModel > 0 {
		words = append(words, kit.N("{{.N}} faces were made by another model and are not searched: run collect --retemplate.", t.OtherModel))
	}
	if t.Hidden > 0 {
		words = append(words, kit.N("{{.N}} faces are hidden: their source took them back, or their processing is restricted.", t.Hidden))
	}
	return strings.Join(words, " ")
}

// IndexWords tells what was searched.
func IndexWords(faces int, t engine.Totals) string {
	return strings.TrimSpace(searchedWords(faces, t) + " " + OtherModelWords(t))
}

func searchedWords(faces int, t engine.Totals) string {
	if faces == t.Faces {
		return kit.T("Searched {{.Faces}} in {{.Photos}}.", map[string]any{
			"Faces": kit.N("{{.N}} faces", t.Faces), "Photos": kit.N("{{.N}} photos", t.Photos)})
	}
	return kit.T("Searched {{.Some}} of {{.Faces}} in {{.Photos}}.", map[string]any{"Some": kit.Int(faces),
		"Faces": kit.N("{{.N}} faces", t.Faces), "Photos": kit.N("{{.N}} photos", t.Photos)})
}
