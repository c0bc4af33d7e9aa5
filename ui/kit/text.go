package kit

import (
	"fmt"
	"io/fs"
	"math"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"gabarit/engine"
)

// LoadTranslations reads every file of the folder translations in fsys, named [prefix.]LANGUAGE.json. It also
// makes the window's language anew from the environment.
func LoadTranslations(fsys fs.FS) error {
	const op = "kit.LoadTranslations"
	files, err := fs.Glob(fsys, "translations/*.json")
	if err != nil || len(files) == 0 {
		return engine.E(engine.CodeInternal, op, "the translations are missing", err)
	}
	for _, file := range files {
		data, err := fs.ReadFile(fsys, file)
		if err != nil {
			return engine.E(engine.CodeInternal, op, "the translations are missing", err)
		}
		stem := strings.TrimSuffix(path.Base(file), ".json")
		locale := stem[strings.LastIndexByte(stem, '.')+1:]
		if err := lang.AddTranslationsForLocale(data, fyne.Locale(locale)); err != nil {
			return engine.E(engine.CodeInternal, op, "the translations are damaged", fmt.Errorf("%s: %w", file, err))
		}
	}
	return nil
}

// T translates an English sentence, which is its own key. data fills {{.Fields}}.
func T(text string, data ...map[string]any) string {
	if len(data) == 0 {
		return lang.L(text)
	}
	return lang.L(text, data[0])
}

// Field is the data of a sentence with one gap, {{.V}}.
func Field(v any) map[string]any { return map[string]any{"V": v} }

// N translates a sentence with a number {{.N}} in it, in the plural form that the number asks for.
func N(text string, n int) string {
	return lang.N(text, n, map[string]any{"N": Int(n)})
}

// Some gives the sentence of a number, "" where there is none of it.
func Some(n int, sentence string) string {
	if n > 0 {
		return sentence
	}
	return ""
}

// Dotted puts sentences on a line, empty ones left out.
func Dotted(sentences ...string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(sentences), func(s string) bool { return s == "" }), " · ")
}

// Language is the two-letter code of the language the window speaks.
func Language() string { return lang.X("language code", "en") }

// Int writes a whole number as the window's language does: 12,345 or 12 345.
func Int(n int) string {
	return message.NewPrinter(language.Make(Language())).Sprintf("%d", n)
}

// Distance writes a template distance with the language's decimal mark.
func Distance(d float64) string {
	return message.NewPrinter(language.Make(Language())).Sprintf("%.2f", d)
}

// Figure writes an estimate with the language's decimal mark, with one or two figures, which is more than it holds.
func Figure(x float64) string {
	decimals := 0
	switch {
	case x <= 0:
	case x < 0.95:
		decimals = min(int(math.Ceil(-math.Log10(x/0.95))), 6)
	case x < 9.5 && math.Round(x*10) != math.Round(x)*10:
		decimals = 1
	case x >= 100:
		unit := math.Pow(10, math.Floor(math.Log10(x))-1)
		x = math.Round(x/unit) * unit
	}
	return message.NewPrinter(language.Make(Language())).Sprintf("%.*f", decimals, x)
}

// Date writes a day as 2026-03-31, which every language reads the same way; "" for no date.
func Date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Local().Format(time.DateOnly)
}

// Time writes a day and the minute; "" for no date.
func Time(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Local().Format("2006-01-02 15:04")
}

// DayOrTime writes a day, with the minute unless it is midnight: sources often tell the day only.
func DayOrTime(t time.Time) string {
	if h, m, s := t.Clock(); h == 0 && m == 0 && s == 0 && !t.IsZero() {
		return t.Format(time.DateOnly)
	}
	return Time(t)
}

// Duration writes a time span in words, rounded to what helps.
func Duration(d time.Duration) string {
	switch {
	case d < time.Minute:
		return N("{{.N}} seconds", int(d.Round(time.Second)/time.Second))
	case d < time.Hour:
		return N("{{.N}} minutes", int(d.Round(time.Minute)/time.Minute))
	}
	return N("{{.N}} hours", int(d.Round(time.Hour)/time.Hour))
}

// Sentence gives a phrase a capital letter and a full stop.
func Sentence(phrase string) string {
	phrase = strings.TrimSpace(phrase)
	if phrase == "" {
		return ""
	}
	first, size := utf8.DecodeRuneInString(phrase)
	phrase = string(unicode.ToUpper(first)) + phrase[size:]
	if strings.HasSuffix(phrase, ".") || strings.HasSuffix(phrase, "!") || strings.HasSuffix(phrase, "?") {
		return phrase
	}
	return phrase + "."
}

// Names lists files without their folders, the first few.
func Names(paths []string) string {
	const most = 4
	var out []string
	for i, p := range paths {
		if i == most {
			out = append(out, N("and {{.N}} more", len(paths)-most))
			break
		}
		out = append(out, filepath.Base(p))
	}
	return strings.Join(out, ", ")
}
