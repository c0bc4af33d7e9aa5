package engine

import (
	"context"
	"errors"
	"strings"
)

// Code tells what kind of thing went wrong. Codes are few: each leads to one
// sentence for people (ui/kit, app/cli) and one exit status of the batch program.
type Code string

// The codes. An adapter translates its library's errors to one of these at its border.
const (
	CodeInvalid     Code = "invalid"     // the request itself is wrong: a missing field, a bad value
	CodeNotFound    Code = "not_found"   // the named thing does not exist
	CodeConflict    Code = "conflict"    // the named thing exists already, or changed underneath
	CodeLocked      Code = "locked"      // another process holds the vault
	CodeNoVault     Code = "no_vault"    // there is no vault at the given place
	CodeBadKey      Code = "bad_key"     // wrong passphrase
	CodeNoModel     Code = "no_model"    // a model file is missing or altered
	CodeUnsupported Code = "unsupported" // a format or feature that this build can't handle
	CodeRefused     Code = "refused"     // a rule of a site or folder, or the collection's scope, forbids it
	CodeCorrupt     Code = "corrupt"     // bytes that are damaged or not what they claim to be
	CodeLimit       Code = "limit"       // a written limit (bytes, pixels, memory, time) was passed
	CodeNoFace      Code = "no_face"     // the photo was read and holds no face
	CodeUnavailable Code = "unavailable" // a needed program, disk or process failed for now
	CodeCanceled    Code = "canceled"    // the user stopped it
	CodeInternal    Code = "internal"    // a defect of this program
)

// Error is the one error type that crosses package borders.
//
// Msg is a short static English phrase that says what happened, without names,
// paths or URLs, so that it can be translated (it is the translation key) and
// logged. What is specific to one event belongs in Err.
type Error struct {
	Code Code
	Op   string // "package.Operation", for developers
	Msg  string
	Err  error
}

// Error joins operation, message and cause, for developers and logs.
func (e *Error) Error() string {
	parts := make([]string, 0, 3)
	if e.Op != "" {
		parts = append(parts, e.Op)
	}
	if e.Msg != "" {
		parts = append(parts, e.Msg)
	} else {
		parts = append(parts, string(e.Code))
	}
	if e.Err != nil {
		parts = append(parts, e.Err.Error())
	}
	return strings.Join(parts, ": ")
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// E builds an Error. err may be nil.
func E(code Code, op, msg string, err error) error {
	return &Error{Code: code, Op: op, Msg: msg, Err: err}
}

// CodeOf returns the code of the outermost Error in err's chain; a context's end is
// CodeCanceled, nil is "", anything else CodeInternal.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return CodeCanceled
	}
	return CodeInternal
}

// MessageOf returns the static message of the outermost Error that has one, or "".
func MessageOf(err error) string {
	var e *Error
	for errors.As(err, &e) {
		if e.Msg != "" {
			return e.Msg
		}
		err = e.Err
	}
	return ""
}

// DetailOf gives what an error's cause says: names, paths, numbers.
func DetailOf(err error) string {
	var e *Error
	for errors.As(err, &e) {
		if e.Err == nil {
			return ""
		}
		if e.Msg != "" && !errors.As(e.Err, new(*Error)) {
			return e.Err.Error()
		}
		err = e.Err
	}
	if err == nil {
		return ""
	}
	return err.Error()
}
