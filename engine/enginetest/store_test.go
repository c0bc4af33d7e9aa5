package enginetest_test

import (
	"testing"
	"time"

	"gabarit/engine"
	"gabarit/engine/enginetest"
)

func TestMemoryStoreKeepsTheContract(t *testing.T) {
	enginetest.TestStore(t, func(*testing.T) engine.Store { return enginetest.NewStore() })
}

func TestMemoryStoreErases(t *testing.T) {
	enginetest.TestErasure(t, func(_ *testing.T, now func() time.Time) engine.Store {
		s := enginetest.NewStore()
		s.Now = now
		return s
	})
}
