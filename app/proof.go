package app

import (
	"context"
	"io"

	"gabarit/engine"
)

// Erasures counts what was erased from the vault so far and the keys that were destroyed with it, as noted; that nothing of it
// is left is proved by CheckErased.
func (a *App) Erasures(ctx context.Context) (erasures, keys int, err error) {
	s, _, done, err := a.enter(ctx, "app.Erasures")
	if err != nil {
		return 0, 0, err
	}
	defer done()
	return s.vault.Erasures()
}

// WriteAudit is ExportAudit to w.
func (a *App) WriteAudit(ctx context.Context, _ io.Writer) (engine.AuditReport, error) {
	const op = "app.WriteAudit"
	_, _, done, err := a.enter(ctx, op)
	if err != nil {
		return engine.AuditReport{}, err
	}
	defer done()
	return engine.AuditReport{}, engine.E(engine.CodeUnsupported, op, "not built yet", nil)
}
