package assets

import (
	"io/fs"
	"strings"
	"unicode"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// Phrases turns the program's English sentences into the user's language. The English text is the key; a
// sentence without a translation stays English.
type Phrases struct{ localizer *i18n.Localizer }

// NewPhrases loads the translations, which are part of the program: one that can't be read is a defect that a
// test finds, and leaves English.
func NewPhrases(lang string) *Phrases {
	bundle := i18n.NewBundle(language.English)
	names, _ := fs.Glob(files, "translations/*.json")
	for _, f := range names {
		_, _ = bundle.LoadMessageFileFS(files, f)
	}
	return &Phrases{i18n.NewLocalizer(bundle, lang)}
}

// Language gives the language asked for, as POSIX orders the variables, "fr" for "fr_FR.UTF-8".
func Language(env func(string) (string, bool)) string {
	for _, name := range []string{"GABARIT_LANG", "LC_ALL", "LC_MESSAGES", "LANG"} {
		if v, _ := env(name); v != "" {
			lang, _, _ := strings.Cut(strings.ReplaceAll(v, "-", "_"), "_")
			lang, _, _ = strings.Cut(lang, ".")
			return strings.ToLower(lang)
		}
	}
	return "en"
}

// Text gives a sentence in the user's language. pairs are names and values of the sentence's {{.Name}} places.
func (p *Phrases) Text(english string, pairs ...any) string {
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

// Plain makes foreign text safe to print on a terminal: page titles and paths come from outside, and control
// characters would let them write anything anywhere.
func Plain(s string) string {
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
