package search

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"

	"gabarit/engine"
	"gabarit/ui/faces"
)

func TestWordsTellTheStrangersToExpect(t *testing.T) {
	test.NewTempApp(t)
	row := func(expected float64, crowded bool) Row {
		return Row{Match: engine.Match{Distance: 0.42, ExpectedFalse: expected}, Compared: 11411, Crowded: crowded}
	}
	for _, c := range []struct {
		row         Row
		words, card string
	}{
		{row(0.3, false), "In an index of 11,411 faces, expect 0.3 strangers this close.", "strangers expected: 0.3"},
		{row(1.02, false), "In an index of 11,411 faces, expect 1 stranger this close.", "strangers expected: 1"},
		{row(1e-9, false), "In an index of 11,411 faces, expect fewer than 0.001 strangers this close.", "strangers expected: < 0.001"},
		{row(12, true), "In an index of 11,411 faces, expect 12 strangers this close. Many people look like this face to the model: its bands are stricter.", "strangers expected: 12"},
	} {
		if got := scoreWords(c.row); !strings.HasSuffix(got, c.words) || !strings.HasPrefix(got, "Distance 0.42.") {
			t.Errorf("words %q, want %q", got, c.words)
		}
		if got := faces.ShortChance(c.row.Match.ExpectedFalse); got != c.card {
			t.Errorf("card %q, want %q", got, c.card)
		}
	}
}
