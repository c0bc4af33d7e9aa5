package retention

import (
	"context"
	"time"

	"gabarit/app/opened"
	"gabarit/engine"
	"gabarit/engine/source/web"
)

const oneDay = 24 * time.Hour

// Parts are what a Keeper works with.
type Parts struct {
	Door opened.Door // for what somebody asked for
	// Quiet is Door.Enter for what runs by itself: it does not count as somebody's use of the vault.
	Quiet func(ctx context.Context, op string) (opened.Vault, context.Context, func(), error)
	Plan  func(ctx context.Context, req engine.ErasureRequest) (engine.ErasurePlan, error)
	// Erase carries out a plan of Plan, with its proof. CodeConflict: a collection is being read.
	Erase func(ctx context.Context, plan engine.ErasurePlan, progress func(engine.ErasureStep)) (engine.ErasureReport, error)
	Warn  func(err error) // tells people, while the vault is open
	Web   web.Options     // Network, Clock, Proxy, Version
}

// Keeper is the part of app.App that keeps the vault to its dates. Safe for concurrent use; one run at a time erases, and one asks sources.
type Keeper struct {
	parts Parts
	wake  chan struct{} // somebody knows that a daily run may be due
	turn  chan struct{} // holds one token while sources are asked
}

// New prepares a Keeper; it starts nothing.
func New(p Parts) *Keeper {
	return &Keeper{parts: p, wake: make(chan struct{}, 1), turn: make(chan struct{}, 1)}
}

// checker prepares to ask sources. CodeInvalid: the contact is missing or wrong.
func (k *Keeper) checker(contact string) (*web.Checker, error) {
	o := k.parts.Web
	o.Contact = contact
	return web.NewChecker(o)
}

// quietly is the Door for what runs by itself.
type quietly struct {
	opened.Door
	enter func(ctx context.Context, op string) (opened.Vault, context.Context, func(), error)
}

// Enter implements opened.Door.
func (q quietly) Enter(ctx context.Context, op string) (opened.Vault, context.Context, func(), error) {
	return q.enter(ctx, op)
}
