package document_test

import (
	"flag"
	"testing"

	"gabarit/engine/enginetest/lettertest"
)

// The fictitious case of these tests.
var (
	englishFields = lettertest.EnglishFields
	frenchFields  = lettertest.FrenchFields
	items         = lettertest.Items
	drawnFace     = lettertest.DrawnFace
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
