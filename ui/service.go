package ui

import (
	"context"
	"time"

	"gabarit/engine"
	"gabarit/ui/cases"
	"gabarit/ui/course"
	"gabarit/ui/desk"
	"gabarit/ui/library"
	"gabarit/ui/papers"
	"gabarit/ui/search"
	"gabarit/ui/upkeep"
)

// Service is what the window needs of the application: what the screens need, and the vault. Methods may block
// unless they take no context; they are called in the background. Errors are engine.Error with the codes that
// package engine lists.
type Service interface {
	search.Service
	library.Service
	cases.Service
	desk.Service
	papers.Service
	upkeep.Service
	course.Service

	// State tells what lies at the vault's place.
	State() engine.VaultState
	CreateVault(ctx context.Context, passphrase string) error
	Unlock(ctx context.Context, passphrase string) error
	// UnlockRemembered opens the vault with the key that the system's keyring holds; CodeBadKey where it holds none.
	UnlockRemembered(ctx context.Context) error
	// Lock stops what runs and closes the vault; it may take as long as the last item of a job.
	Lock() error
	// LockAfter sets the time without a Touch after which a vault with a passphrase locks itself; 0: never.
	LockAfter(d time.Duration)
	// Touch tells that somebody uses the window.
	Touch()
	// ChangePassphrase sets, changes or, with "" as fresh, removes the passphrase; CodeBadKey where old is wrong.
	ChangePassphrase(ctx context.Context, old, fresh string) error
	// Remember hands the vault's key to the system's keyring, Forget takes it out.
	Remember(ctx context.Context, passphrase string) error
	Forget(ctx context.Context) error
	Status(ctx context.Context) (engine.Status, error)
	// CheckModels reports a missing or altered model file as CodeNoModel, naming it in the cause.
	CheckModels(ctx context.Context) error
	// Audit lists the log, newest last.
	Audit(ctx context.Context) ([]engine.AuditEntry, error)
	// VerifyAudit checks the log, also against a checkpoint kept elsewhere; "" for none. What is wrong with the log
	// is in the report, not an error.
	VerifyAudit(ctx context.Context, checkpoint string) (engine.AuditReport, error)
	// ExportAudit writes the log to a new file; CodeConflict if there is one.
	ExportAudit(ctx context.Context, path string) (engine.AuditReport, error)
	// Subscribe hands hints to fn, from any goroutine, until cancel is called.
	Subscribe(fn func(engine.Event)) (cancel func())
	Close() error
}
