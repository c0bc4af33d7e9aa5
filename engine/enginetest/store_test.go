package enginetest_test

import (
	"testing"

	"gabarit/engine"
	"gabarit/engine/enginetest"
)

func TestMemoryStoreKeepsTheContract(t *testing.T) {
	enginetest.TestStore(t, func(*testing.T) engine.Store { return enginetest.NewStore() })
}
