package document_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/engine/rights/document"
)

// TestLettersToLookAt writes every letter in every format into the folder that LETTERS_OUT names, for people to look at: what a page looks like
// is seen by nobody else.
func TestLettersToLookAt(t *testing.T) {
	dir := os.Getenv("LETTERS_OUT")
	if dir == "" {
		t.Skip("LETTERS_OUT names no folder: no letters are written to be looked at")
	}
	offered(t, func(t *testing.T, regime matter.Regime, right engine.Right, lang string) {
		annex := items(3)
		annex[0].Thumbnail, annex[2].Thumbnail = drawnFace(t, 200, 240), drawnFace(t, 240, 200)
		doc := composed(t, everything(regime, right, lang), annex)
		for _, format := range document.Formats()[:5] {
			name := fmt.Sprintf("%s-%s-%s.%s", regime, right, lang, format)
			if err := os.WriteFile(filepath.Join(dir, name), render(t, doc, format), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	})
}
