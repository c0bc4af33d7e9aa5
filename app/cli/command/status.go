package command

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"gabarit/engine"
)

// Exit statuses, part of the program's contract.
const (
	StatusOK          = 0
	StatusError       = 1
	StatusUsage       = 2
	StatusItemsFailed = 3
	StatusNoVault     = 10
	StatusLocked      = 11
	StatusBadKey      = 12
	StatusNothing     = 20
	StatusInterrupted = 130
)

// UsageError is a wrong command line, as opposed to a wrong state of the world.
type UsageError struct {
	Err     error
	Grounds []engine.Ground // what there is to choose from, where a choice was wrong
}

func (e UsageError) Error() string { return e.Err.Error() }
func (e UsageError) Unwrap() error { return e.Err }

// Usage makes a usage error of a phrase and what it is about.
func Usage(msg, detail string) error {
	var cause error
	if detail != "" {
		cause = errors.New(detail)
	}
	return UsageError{Err: engine.E(engine.CodeInvalid, "cli.usage", msg, cause)}
}

// UsageOf makes err a usage error, whatever it says: it came before any work began.
func UsageOf(err error) error {
	if errors.As(err, new(UsageError)) {
		return err
	}
	return Usage("the command line is not right", err.Error())
}

// InvalidIsUsage makes a CodeInvalid error a usage error: the values that were refused came from flags.
func InvalidIsUsage(err error) error {
	if err != nil && engine.CodeOf(err) == engine.CodeInvalid {
		return UsageError{Err: err}
	}
	return err
}

// NoArgs refuses arguments without repeating them: one of them may be a secret typed in the wrong place.
func NoArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return Usage("this command takes no arguments", "see "+cmd.CommandPath()+" --help")
}

// ExitStatus is the one table from errors to exit statuses.
func ExitStatus(err error) int {
	var status Ended
	switch {
	case err == nil:
		return StatusOK
	case errors.As(err, new(UsageError)):
		return StatusUsage
	case errors.As(err, &status):
		return int(status)
	}
	switch engine.CodeOf(err) {
	case engine.CodeNoVault:
		return StatusNoVault
	case engine.CodeLocked:
		return StatusLocked
	case engine.CodeBadKey:
		return StatusBadKey
	case engine.CodeCanceled:
		return StatusInterrupted
	default:
		return StatusError
	}
}

// CodeName is the error's code in JSON: engine's, or "usage".
func CodeName(err error) string {
	if errors.As(err, new(UsageError)) {
		return "usage"
	}
	return string(engine.CodeOf(err))
}

// Outcome ends a command that has printed its result: failed items matter more than nothing found.
func Outcome(failed int, found bool) error {
	switch {
	case failed > 0:
		return Ended(StatusItemsFailed)
	case !found:
		return Ended(StatusNothing)
	default:
		return nil
	}
}

// Verdict ends a check that has printed what it found.
func Verdict(sound bool) error {
	if sound {
		return nil
	}
	return Ended(StatusError)
}

// Advice tells what to do about an error of that kind; "" where the message says all.
func Advice(code engine.Code) string {
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

// Advised is an error with advice of its own, in the user's language, in the place of that of its kind.
type Advised struct {
	error
	Advice string
}

// Unwrap gives the error.
func (a Advised) Unwrap() error { return a.error }

// WithAdvice gives an error advice of its own.
func WithAdvice(err error, advice string) error { return Advised{err, advice} }

// Ended is the error of a command that has printed its result and ends with a status of its own.
type Ended int

func (e Ended) Error() string { return fmt.Sprintf("ended with status %d", int(e)) }
