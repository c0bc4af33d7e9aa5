// Package command is what the commands of gabarit-cli are made of, whichever package they are in: how a command is declared, how it ends
// (exit statuses, wrong command lines), how it speaks (phrases in the user's language), and what it asks of the program that runs it.
package command

import (
	"context"
	"io"
	"os"
	"time"

	"gabarit/app"
)

// Host is the program that runs a command. For one goroutine.
type Host interface {
	// Opened is work with an open vault, for Leaf; WithVault is the same for work of a closure.
	Opened(work func(ctx context.Context, a *app.App, args []string) error) func(context.Context, []string) error
	WithVault(ctx context.Context, fn func(*app.App) error) error
	// Show prints a command's result: v as the one JSON document with --json, else what human writes.
	Show(v any, human func(io.Writer)) error
	// Note tells people something beside the result. With --json the result is all.
	Note(s string)
	// Text gives a sentence in the user's language, see assets.Phrases.Text; Row heads of a table, with tabs between.
	Text(english string, pairs ...any) string
	Row(heads ...string) string
	Now() time.Time
	// JSON tells whether --json was given.
	JSON() bool
	// In is standard input.
	In() *os.File
}
