package app

import "context"

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
