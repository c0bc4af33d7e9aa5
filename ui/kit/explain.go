package kit

import (
	"errors"
	"strings"

	"gabarit/engine"
)

// Explanation is an error in words: what happened, what the person can do, and the technical cause.
type Explanation struct {
	What   string // one sentence
	Do     string // one sentence; "" when there is nothing to do
	Detail string // the cause, untranslated, one line; may name files
}

// String joins the sentences for a place that has room for one text.
func (e Explanation) String() string {
	text := e.What
	if e.Do != "" {
		text += " " + e.Do
	}
	if e.Detail != "" {
		text += "\n" + e.Detail
	}
	return text
}

// Explain turns any error into words, in the window's language. It is the only place of the window that does.
func Explain(err error) Explanation {
	if err == nil {
		return Explanation{}
	}
	code := engine.CodeOf(err)
	what := engine.MessageOf(err)
	if what != "" {
		what = Message(what)
	} else {
		what = happened(code)
	}
	return Explanation{What: what, Do: remedy(code), Detail: cause(err)}
}

// Reason translates a static message that was stored with a failed item, or else its code.
func Reason(code engine.Code, message string) string {
	if message == "" {
		return happened(code)
	}
	return Message(message)
}

// Message translates a static English message that the engine's packages define, as a sentence.
func Message(message string) string { return Sentence(T(message)) }

func happened(code engine.Code) string {
	switch code {
	case engine.CodeInvalid:
		return T("Something is missing or wrong.")
	case engine.CodeNotFound:
		return T("It is not there any more.")
	case engine.CodeConflict:
		return T("It exists already, or has changed.")
	case engine.CodeLocked:
		return T("Another program holds the vault.")
	case engine.CodeNoVault:
		return T("There is no vault here.")
	case engine.CodeBadKey:
		return T("The passphrase is wrong.")
	case engine.CodeNoModel:
		return T("A model file is missing or altered.")
	case engine.CodeUnsupported:
		return T("This kind of file can't be read.")
	case engine.CodeRefused:
		return T("A rule forbids it.")
	case engine.CodeCorrupt:
		return T("The file is damaged.")
	case engine.CodeLimit:
		return T("The file passes a limit of the program.")
	case engine.CodeNoFace:
		return T("No face was found in this photo.")
	case engine.CodeUnavailable:
		return T("Something the program needs is not available.")
	case engine.CodeCanceled:
		return T("Stopped.")
	}
	return T("The program made a mistake.")
}

func remedy(code engine.Code) string {
	switch code {
	case engine.CodeInvalid:
		return T("Correct it and try again.")
	case engine.CodeConflict:
		return T("Choose another name, or reload.")
	case engine.CodeLocked:
		return T("Close the other window or batch program, then retry.")
	case engine.CodeBadKey:
		return T("Check capital letters and the keyboard layout, then type it again.")
	case engine.CodeNoModel:
		return T("Run “make setup”, or set GABARIT_MODELS to the folder that holds the files.")
	case engine.CodeUnsupported:
		return T("Use JPEG, PNG, GIF, WebP, TIFF, BMP, HEIC or AVIF.")
	case engine.CodeCorrupt:
		return T("Get a fresh copy and try again.")
	case engine.CodeLimit:
		return T("Use a smaller copy.")
	case engine.CodeNoFace:
		return T("Use a photo that shows the face larger and from the front.")
	case engine.CodeUnavailable:
		return T("Check disk space and permissions, then retry.")
	case engine.CodeInternal:
		return T("Nothing was changed. Please report this with the line below.")
	}
	return ""
}

// cause is the first line of the innermost text that the error carries beside its static message.
func cause(err error) string {
	var e *engine.Error
	if !errors.As(err, &e) {
		return firstLine(err.Error())
	}
	for e.Err != nil {
		var inner *engine.Error
		if !errors.As(e.Err, &inner) {
			return firstLine(e.Err.Error())
		}
		e = inner
	}
	return ""
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}
