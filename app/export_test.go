package app

import (
	"context"
	"runtime"

	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/storage"
	"gabarit/storage/vault"
)

// FailingStore makes the open vault's store fail to record searches and letters with err.
func (a *App) FailingStore(err error) {
	a.quiet()
	a.open.store = failingStore{a.open.store.(*storage.Store), err}
}

// quiet waits until nothing uses the open vault.
func (a *App) quiet() {
	for {
		a.mu.Lock()
		active := a.open.active
		a.mu.Unlock()
		if active == 0 {
			return
		}
		runtime.Gosched()
	}
}

type failingStore struct {
	*storage.Store
	err error
}

func (s failingStore) RecordSearch(context.Context, engine.SearchRecord) error { return s.err }

func (s failingStore) RecordLetter(context.Context, engine.CaseID, engine.LetterRecord) error {
	return s.err
}

// CheapPassphrases makes passphrases cost next to nothing.
func (a *App) CheapPassphrases() { a.vaults.KDF = vault.KDF{MemoryKiB: 64, Time: 1, Threads: 1} }

// TransparentVaults makes vaults that seal nothing.
func (a *App) TransparentVaults() { a.vaults.Transparent = true }

// FailingErase makes the open vault's store fail every erasure with what fail returns.
func (a *App) FailingErase(fail func() error) {
	a.quiet()
	a.open.store = failingErase{a.open.store.(*storage.Store), fail}
}

type failingErase struct {
	*storage.Store
	fail func() error
}

func (s failingErase) Erase(context.Context, engine.ErasurePlan) (engine.ErasureID, engine.ErasureCounts, error) {
	return "", engine.ErasureCounts{}, s.fail()
}

// BeginClose does what Close does first: from now on calls are refused.
func (a *App) BeginClose() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.closed = true
}

// AnswersAs says who answers for the vault.
func (a *App) AnswersAs(who matter.Answering) {
	a.Answers(func(context.Context, engine.Store) (matter.Answering, error) { return who, nil })
}

// IndexRoom is how many bytes templates of the index may take in memory.
func (a *App) IndexRoom() int64 { return a.indexRoom() }

// MachineMemory is the size of the memory in bytes.
func MachineMemory() int64 { return machineMemory() }
