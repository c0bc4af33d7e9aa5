package app

import (
	"context"

	"gabarit/app/opened"
	"gabarit/app/retention"
	"gabarit/engine"
)

// keep makes what keeps the vault to its dates, and lets it run by itself where that is wanted: until Close, which waits for it.
func (a *App) keep() {
	a.Keeper = retention.New(retention.Parts{Door: a, Quiet: a.enterQuietly, Plan: a.PlanErasure, Erase: a.Erase, Web: a.cfg.Web,
		Warn: a.warnOpen})
	if !a.cfg.Daily {
		return
	}
	cancel := a.Subscribe(func(e engine.Event) {
		if e == engine.EventVault {
			a.WakeDaily()
		}
	})
	a.running.Go(func() {
		defer cancel()
		a.KeepDaily(a.life)
	})
}

// enterQuietly is Enter for what runs by itself: a vault that nobody uses locks itself all the same.
func (a *App) enterQuietly(ctx context.Context, op string) (opened.Vault, context.Context, func(), error) {
	s, closed := a.hold()
	switch {
	case closed:
		return opened.Vault{}, nil, nil, ending(op)
	case s == nil:
		return opened.Vault{}, nil, nil, a.notOpen(op)
	}
	ctx, stop := until(ctx, s.life)
	return a.vaultOf(s), ctx, func() { stop(); a.release(s) }, nil
}

// warnOpen tells people something about the open vault; nothing where it was locked meanwhile.
func (a *App) warnOpen(err error) {
	s, _ := a.hold()
	if s == nil {
		return
	}
	defer a.release(s)
	a.warn(&s.found, err)
}
