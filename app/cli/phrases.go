package main

import (
	"errors"

	"gabarit/assets"
	"gabarit/engine"
)

// phrases speaks the user's language.
type phrases struct{ *assets.Phrases }

func newPhrases(env func(string) (string, bool)) *phrases {
	return &phrases{assets.NewPhrases(assets.Language(env))}
}

// text gives a sentence, see assets.Phrases.Text.
func (p *phrases) text(english string, pairs ...any) string { return p.Text(english, pairs...) }

// error says what happened, to what, and what to do.
func (p *phrases) error(err error) string {
	msg := engine.MessageOf(err)
	if msg == "" {
		msg = "something unforeseen happened"
	}
	s := p.text(msg)
	if d := engine.DetailOf(err); d != "" {
		s += ": " + plain(d)
	}
	if errors.As(err, new(usageError)) {
		return s
	}
	if a := advice(engine.CodeOf(err)); a != "" {
		s += "\n" + p.text(a)
	}
	return s
}

// reason says why one item failed, on one line.
func (p *phrases) reason(msg, detail string) string {
	s := p.text(msg)
	if detail != "" {
		s += " (" + detail + ")"
	}
	return plain(s)
}

// plain is assets.Plain.
func plain(s string) string { return assets.Plain(s) }
