package command

import (
	"errors"

	"gabarit/assets"
	"gabarit/engine"
)

// Phrases speaks the user's language.
type Phrases struct{ *assets.Phrases }

// NewPhrases gives the phrases in the language that the environment asks for.
func NewPhrases(env func(string) (string, bool)) *Phrases {
	return &Phrases{assets.NewPhrases(assets.Language(env))}
}

// Error says what happened, to what, and what to do.
func (p *Phrases) Error(err error) string {
	msg := engine.MessageOf(err)
	if msg == "" {
		msg = "something unforeseen happened"
	}
	s := p.Text(msg)
	if d := engine.DetailOf(err); d != "" {
		s += ": " + Plain(d)
	}
	if errors.As(err, new(UsageError)) {
		return s
	}
	if own, ok := errors.AsType[Advised](err); ok {
		return s + "\n" + own.Advice
	}
	if a := Advice(engine.CodeOf(err)); a != "" {
		s += "\n" + p.Text(a)
	}
	return s
}

// Reason says why one item failed, on one line.
func (p *Phrases) Reason(msg, detail string) string {
	s := p.Text(msg)
	if detail != "" {
		s += " (" + detail + ")"
	}
	return Plain(s)
}

// Plain is assets.Plain.
func Plain(s string) string { return assets.Plain(s) }
