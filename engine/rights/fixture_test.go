package rights_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"gabarit/engine/enginetest/lettertest"
)

// The fictitious case of these tests.
var (
	paris         = lettertest.Paris
	letters       = lettertest.Letters
	aCase         = lettertest.Case
	englishFields = lettertest.EnglishFields
	frenchFields  = lettertest.FrenchFields
	items         = lettertest.Items
	drawnFace     = lettertest.DrawnFace
	erasing       = lettertest.Erasing
	compose       = lettertest.Compose
	composed      = lettertest.Composed
	everything    = lettertest.Everything
	least         = lettertest.Least
	offered       = lettertest.Offered
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name, got string) {
	t.Helper()
	lettertest.Golden(t, *update, name, got)
}

// wholeTemplate is the English letter of erasure in one file.
func wholeTemplate(t testing.TB) string {
	t.Helper()
	var whole []byte
	for _, file := range []string{"eu_gdpr/erasure.en.txt", "eu_gdpr/common.en.txt", "common.en.txt"} {
		data, err := os.ReadFile(filepath.Join("..", "..", "assets", "letters", file))
		if err != nil {
			t.Fatal(err)
		}
		whole = append(whole, data...)
	}
	return string(whole)
}
