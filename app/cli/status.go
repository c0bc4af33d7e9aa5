package main

import (
	"errors"

	"github.com/spf13/cobra"

	"gabarit/engine"
)

// Exit statuses, part of the program's contract.
const (
	statusOK          = 0
	statusError       = 1
	statusUsage       = 2
	statusItemsFailed = 3
	statusNoVault     = 10
	statusLocked      = 11
	statusBadKey      = 12
	statusNothing     = 20
	statusInterrupted = 130
)

// usageError is a wrong command line, as opposed to a wrong state of the world.
type usageError struct {
	err     error
	grounds []engine.Ground // what there is to choose from, where a choice was wrong
}

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

// usage makes a usage error of a phrase and what it is about.
func usage(msg, detail string) error {
	var cause error
	if detail != "" {
		cause = errors.New(detail)
	}
	return usageError{err: engine.E(engine.CodeInvalid, "cli.usage", msg, cause)}
}

// usageOf makes err a usage error, whatever it says: it came before any work began.
func usageOf(err error) error {
	if errors.As(err, new(usageError)) {
		return err
	}
	return usage("the command line is not right", err.Error())
}

// invalidIsUsage makes a CodeInvalid error a usage error: the values that were refused came from flags.
func invalidIsUsage(err error) error {
	if err != nil && engine.CodeOf(err) == engine.CodeInvalid {
		return usageError{err: err}
	}
	return err
}

// noArgs refuses arguments without repeating them: one of them may be a secret typed in the wrong place.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return usage("this command takes no arguments", "see "+cmd.CommandPath()+" --help")
}

// exitStatus is the one table from errors to exit statuses.
func exitStatus(err error) int {
	var status ended
	switch {
	case err == nil:
		return statusOK
	case errors.As(err, new(usageError)):
		return statusUsage
	case errors.As(err, &status):
		return int(status)
	}
	switch engine.CodeOf(err) {
	case engine.CodeNoVault:
		return statusNoVault
	case engine.CodeLocked:
		return statusLocked
	case engine.CodeBadKey:
		return statusBadKey
	case engine.CodeCanceled:
		return statusInterrupted
	default:
		return statusError
	}
}

// codeName is the error's code in JSON: engine's, or "usage".
func codeName(err error) string {
	if errors.As(err, new(usageError)) {
		return "usage"
	}
	return string(engine.CodeOf(err))
}

// outcome ends a command that has printed its result: failed items matter more than nothing found.
func outcome(failed int, found bool) error {
	switch {
	case failed > 0:
		return ended(statusItemsFailed)
	case !found:
		return ended(statusNothing)
	default:
		return nil
	}
}

// verdict ends a check that has printed what it found.
func verdict(sound bool) error {
	if sound {
		return nil
	}
	return ended(statusError)
}

// advice tells what to do about an error of that kind; "" where the message says all.
func advice(code engine.Code) string {
	return map[engine.Code]string{
		engine.CodeNoVault:     "Make one with: gabarit-cli vault init",
		engine.CodeLocked:      "Close the window or wait for the command that uses the vault, then try again.",
		engine.CodeBadKey:      "The passphrase is read from GABARIT_PASSPHRASE, a new one from GABARIT_NEW_PASSPHRASE, or asked for on a terminal.",
		engine.CodeNoModel:     "Get the face models with: make setup. Or set GABARIT_MODELS to the folder that holds them.",
		engine.CodeNotFound:    "Check the name or the path.",
		engine.CodeConflict:    "Nothing was changed.",
		engine.CodeCanceled:    "What was done so far is kept; run the same command again to go on.",
		engine.CodeUnavailable: "Check the disk and the permissions (for a keyring: that you are logged in to a desktop), then try again.",
		engine.CodeInternal:    "This is a defect of Gabarit: please report it with the text above.",
	}[code]
}
