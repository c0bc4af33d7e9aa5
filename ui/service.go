package ui

import (
	"context"

	"gabarit/engine"
	"gabarit/ui/cases"
	"gabarit/ui/library"
	"gabarit/ui/search"
)

// Service is what the window needs of the application: what the screens need, and the vault. Methods may block
// unless they take no context; they are called in the background. Errors are engine.Error with the codes that
// package engine lists.
type Service interface {
	search.Service
	library.Service
	cases.Service

	// State tells what lies at the vault's place.
	State() engine.VaultState
	CreateVault(ctx context.Context, passphrase string) error
	Unlock(ctx context.Context, passphrase string) error
	Status(ctx context.Context) (engine.Status, error)
	// CheckModels reports a missing or altered model file as CodeNoModel, naming it in the cause.
	CheckModels(ctx context.Context) error
	Audit(ctx context.Context) ([]engine.AuditEntry, error)
	// Subscribe hands hints to fn, from any goroutine, until cancel is called.
	Subscribe(fn func(engine.Event)) (cancel func())
	Close() error
}
