package storetest_test

import (
	"testing"
	"time"

	"gabarit/engine"
	"gabarit/engine/enginetest"
	"gabarit/engine/enginetest/storetest"
)

func TestMemoryStoreKeepsTheContract(t *testing.T) {
	storetest.TestStore(t, func(*testing.T) engine.Store { return enginetest.NewStore() })
}

func TestMemoryStoreErases(t *testing.T) {
	storetest.TestErasure(t, func(_ *testing.T, now func() time.Time) engine.Store {
		s := enginetest.NewStore()
		s.Now = now
		return s
	})
}

func TestMemoryStoreRetemplates(t *testing.T) {
	storetest.TestRetemplate(t, func(_ *testing.T, now func() time.Time) engine.Store {
		s := enginetest.NewStore()
		s.Now = now
		return s
	})
}

func TestMemoryStoreKeepsDecisions(t *testing.T) {
	storetest.TestDecisions(t, func(_ *testing.T, now func() time.Time) engine.Store {
		s := enginetest.NewStore()
		s.Now = now
		return s
	})
}
