package storage_test

import (
	"path/filepath"
	"testing"
	"time"

	"gabarit/engine"
	"gabarit/engine/enginetest/storetest"
	"gabarit/storage"
	"gabarit/storage/vault"
)

func TestBadgerStoreKeepsTheContract(t *testing.T) {
	storetest.TestStore(t, func(t *testing.T) engine.Store {
		return openStore(t, newVault(t))
	})
}

func TestBadgerStoreErases(t *testing.T) {
	storetest.TestErasure(t, withClock)
}

func TestBadgerStoreRetemplates(t *testing.T) {
	storetest.TestRetemplate(t, withClock)
}

func TestBadgerStoreKeepsDecisions(t *testing.T) {
	storetest.TestDecisions(t, withClock)
}

// withClock opens a store that takes the time from now.
func withClock(t *testing.T, now func() time.Time) engine.Store {
	t.Helper()
	s, err := storage.Open(t.Context(), newVault(t), storage.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// quick is a cheap passphrase cost for tests.
func quick() vault.Options { return vault.Options{KDF: vault.KDF{MemoryKiB: 64, Time: 1, Threads: 1}} }

func newVault(t *testing.T) *vault.Vault {
	t.Helper()
	v, err := quick().Create(filepath.Join(t.TempDir(), "vault"), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = v.Close() }) // a second close does nothing
	return v
}

func openStore(t *testing.T, v *vault.Vault) *storage.Store {
	t.Helper()
	s, err := storage.Open(t.Context(), v, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
