package matter

import "gabarit/engine"

// Judgements is what the user said of the matches of one person: a document of kind engine.DocumentPerson.
type Judgements struct {
	Probes []string                         `json:"probes"` // keyed hashes of photo and box that were searched with
	Said   map[engine.FaceID]engine.Verdict `json:"said"`
}

// Confirms reports whether some face was said to show the person.
func (j Judgements) Confirms() bool {
	for _, v := range j.Said {
		if v == engine.VerdictYes {
			return true
		}
	}
	return false
}
