// Command gabarit-cli is the batch program of Gabarit: whatever the window does, it does through the
// same calls of package app. It reads flags, calls app, and turns results and errors into text for people or
// into one JSON document, and into an exit status (see exitStatus). It holds no rule of the product and
// imports neither the window's toolkit nor an adapter.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"gabarit/app"
)

func main() {
	if code, ok := app.RunWorker(os.Args); ok {
		os.Exit(code)
	}
	os.Exit(start(nil))
}

// start runs the command line of this process. keyring is nil for the system's.
func start(keyring app.Keyring) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	p := &program{
		in: os.Stdin, out: os.Stdout, err: os.Stderr,
		env: os.LookupEnv, exit: os.Exit, now: time.Now, keyring: keyring,
	}
	return p.run(ctx, os.Args[1:])
}
