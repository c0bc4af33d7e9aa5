package retention

import (
	"context"
	"errors"
	"time"

	"gabarit/app/opened"
	"gabarit/engine"
)

const (
	look  = 5 * time.Minute // how often it is looked whether a daily run is due, at least
	again = time.Hour       // after a run that failed
	leap  = 366 * oneDay    // a clock that is so far ahead of the last run may be wrong: nothing is erased by it unless somebody says so
	first = 500             // photos whose sources are asked before anything is erased: those that would go first
)

// KeepDaily does once a day, while the vault is open, what Retain and, where a contact is known, CheckSources do. It returns when ctx ends. What fails is told
// as a warning and tried again after an hour. While a collection is being read it waits. A clock that is a year ahead of the last time is not
// believed: the first run since must be somebody's.
func (k *Keeper) KeepDaily(ctx context.Context) {
	var notBefore time.Time
	timer := time.NewTimer(look)
	defer timer.Stop()
	for ctx.Err() == nil {
		if now := k.parts.Door.Now(); !now.Before(notBefore) {
			switch err := k.daily(ctx, now); {
			case err == nil, waits(err):
			default:
				notBefore = now.Add(again)
				k.parts.Warn(engine.E(engine.CodeUnavailable, "retention.KeepDaily", "what has to be erased today could not be", err))
			}
		}
		timer.Reset(look)
		select {
		case <-timer.C:
		case <-k.wake:
		case <-ctx.Done():
		}
	}
}

// WakeDaily has KeepDaily look whether something is due: the vault was opened. It returns at once.
func (k *Keeper) WakeDaily() {
	select {
	case k.wake <- struct{}{}:
	default:
	}
}

// waits tells of errors after which there is only to wait: the vault is not open, or busy.
func waits(err error) bool {
	switch engine.CodeOf(err) {
	case engine.CodeNoVault, engine.CodeBadKey, engine.CodeCanceled, engine.CodeConflict:
		return true
	}
	return errors.Is(err, context.Canceled)
}

// daily does what is due, if the last time was a day ago or, by a clock that was set back, has not come yet.
func (k *Keeper) daily(ctx context.Context, now time.Time) error {
	door := quietly{k.parts.Door, k.parts.Quiet}
	was, err := opened.Use(ctx, door, "retention.KeepDaily", readState)
	if err != nil {
		return err
	}
	switch since := now.Sub(was.RanAt); {
	case since >= 0 && since < oneDay:
		return nil
	case since > leap && !was.RanAt.IsZero():
		return engine.E(engine.CodeUnavailable, "retention.KeepDaily", "the clock is more than a year ahead of the last look at dates: nothing is erased by itself before somebody runs gabarit-cli retain", nil)
	}
	var asking error
	if was.Contact != "" {
		_, asking = k.check(ctx, door, SourceRequest{Limit: first}, nil)
	}
	if waits(asking) && asking != nil {
		return asking
	}
	_, err = k.retain(ctx, door, nil)
	if err = errors.Join(asking, err); err == nil && was.Contact != "" {
		_, err = k.check(ctx, door, SourceRequest{}, nil) // the rest, which may take long
	}
	return err
}
