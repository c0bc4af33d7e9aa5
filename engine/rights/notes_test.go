package rights_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/engine/rights"
)

// What is said beside a letter is chosen at run time: no other test finds that it has its French.
func TestNotesBesideALetterAreInFrenchAndMarkWhatALawyerMustCheck(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "..", "assets", "translations", "letters.fr.json"))
	if err != nil {
		t.Fatal(err)
	}
	var french map[string]string
	if err := json.Unmarshal(data, &french); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	offered(t, func(t *testing.T, regime matter.Regime, right engine.Right, lang string) {
		for _, req := range []matter.LetterRequest{everything(regime, right, lang), least(regime, right, lang)} {
			notes := rights.Notes(req)
			if !slices.ContainsFunc(notes, func(n string) bool { return strings.Contains(n, "checked by a lawyer") }) {
				t.Errorf("nothing is marked as to be checked: %q", notes)
			}
			for _, n := range notes {
				seen[n] = true
				if french[n] == "" {
					t.Errorf("no French for %q", n)
				}
			}
			if outlined := lang == "de" || lang == "it"; outlined != strings.Contains(strings.Join(notes, " "), "This is an outline") {
				t.Errorf("that it is an outline is to be said of de and it: %q", notes)
			}
		}
	})
	if len(seen) < 15 {
		t.Errorf("only %d notes were seen: %v", len(seen), seen)
	}
}
