package ui

import (
	"context"
	"strings"
	"time"

	"gabarit/engine"
)

// logFilter says which entries are shown. Empty fields let all through.
type logFilter struct {
	action   engine.AuditAction
	text     string    // in purpose, numbers of objects, fixed words; whatever its case
	from, to time.Time // days, both included
}

// day reads a date of the filter; ok is false for a text that is none. "" is no date.
func filterDay(text string) (day time.Time, ok bool) {
	if strings.TrimSpace(text) == "" {
		return time.Time{}, true
	}
	day, err := time.ParseInLocation(time.DateOnly, strings.TrimSpace(text), time.Local)
	return day, err == nil
}

// apply gives the entries that pass, newest first; entries come newest last. It may be long and stops with ctx.
func (f logFilter) apply(ctx context.Context, entries []engine.AuditEntry) ([]engine.AuditEntry, error) {
	text := strings.ToLower(strings.TrimSpace(f.text))
	out := make([]engine.AuditEntry, 0, len(entries))
	for i := len(entries) - 1; i >= 0; i-- {
		if i%1024 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		e := entries[i]
		switch {
		case f.action != "" && e.Action != f.action:
		case !f.from.IsZero() && e.At.Before(f.from):
		case !f.to.IsZero() && !e.At.Before(f.to.AddDate(0, 0, 1)):
		case text != "" && !says(e, text):
		default:
			out = append(out, e)
		}
	}
	return out, nil
}

// says reports whether an entry holds a text, given in lower case.
func says(e engine.AuditEntry, text string) bool {
	has := func(s string) bool { return strings.Contains(strings.ToLower(s), text) }
	if has(e.Purpose) || has(string(e.Action)) || has(e.Actor) {
		return true
	}
	for _, o := range e.Objects {
		if has(o) {
			return true
		}
	}
	for _, d := range e.Detail {
		if has(d) {
			return true
		}
	}
	for _, id := range e.Returned {
		if has(string(id)) {
			return true
		}
	}
	return false
}
