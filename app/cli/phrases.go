package main

import (
	"errors"
	"io/fs"
	"strings"
	"unicode"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"gabarit/assets"
	"gabarit/engine"
)

// phrases turns the program's English sentences into the user's language. The English text is the key; a
// sentence without a translation stays English.
type phrases struct{ localizer *i18n.Localizer }

// newPhrases loads the translations, which are part of the program: one that can't be read is a defect that a
// test finds, and leaves English.
func newPhrases(env func(string) (string, bool)) *phrases {
	bundle := i18n.NewBundle(language.English)
	files, _ := fs.Glob(assets.FS(), "translations/*.json")
	for _, f := range files {
		_, _ = bundle.LoadMessageFileFS(assets.FS(), f)
	}
	return &phrases{i18n.NewLocalizer(bundle, languageOf(env))}
}

// languageOf gives the language asked for, as POSIX orders the variables, "fr" for "fr_FR.UTF-8".
func languageOf(env func(string) (string, bool)) string {
	for _, name := range []string{"GABARIT_LANG", "LC_ALL", "LC_MESSAGES", "LANG"} {
		if v, _ := env(name); v != "" {
			lang, _, _ := strings.Cut(strings.ReplaceAll(v, "-", "_"), "_")
			lang, _, _ = strings.Cut(lang, ".")
			return strings.ToLower(lang)
		}
	}
	return "en"
}

// text gives a sentence in the user's language. pairs are names and values of the sentence's {{.Name}} places.
func (p *phrases) text(english string, pairs ...any) string {
	data := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		if name, ok := pairs[i].(string); ok {
			data[name] = pairs[i+1]
		}
	}
	s, err := p.localizer.Localize(&i18n.LocalizeConfig{
		DefaultMessage: &i18n.Message{ID: english, Other: english}, TemplateData: data,
	})
	if err != nil && s == "" {
		return english
	}
	return s
}

// error says what happened, to what, and what to do.
func (p *phrases) error(err error) string {
	msg := engine.MessageOf(err)
	if msg == "" {
		msg = "something unforeseen happened"
	}
	s := p.text(msg)
	if d := detailOf(err); d != "" {
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

// plain makes foreign text safe to print on a terminal: page titles and paths come from outside, and control
// characters would let them write anything anywhere.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return ' '
		}
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}
