package match_test

import (
	"testing"

	"gabarit/engine"
	"gabarit/engine/match"
)

func TestCascadeConformsToTheIndexPort(t *testing.T) {
	t.Run("as the application uses it", func(t *testing.T) { testIndex(t, match.New) })
	t.Run("with codes from the first face on", func(t *testing.T) {
		testIndex(t, func() engine.Index { return match.NewCascadeFrom(1) })
	})
	t.Run("with codes from twenty faces on", func(t *testing.T) {
		testIndex(t, func() engine.Index { return match.NewCascadeFrom(20) })
	})
}
