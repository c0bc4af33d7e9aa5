package subject

import (
	"fmt"
	"strings"
	"time"

	"gabarit/engine/matter"
)

// Languages lists those that answers are written in.
func Languages() []string { return []string{"en", "fr"} }

// speech says things in one language.
type speech struct {
	lang  string
	texts map[string]string
}

func speak(lang string) speech {
	if lang == "fr" {
		return speech{lang, french()}
	}
	return speech{"en", english()}
}

// say gives a paragraph with its places filled in. pairs are names and values: {x} is the value of x, {x:photo|photos} one of two forms, by the number x. A
// phrase without an entry is its own text.
func (s speech) say(key string, pairs ...any) string {
	text, known := s.texts[key]
	if !known {
		text = key
	}
	args := make([]string, 0, len(pairs))
	for i := 0; i+1 < len(pairs); i += 2 {
		name := fmt.Sprint(pairs[i])
		args = append(args, "{"+name+"}", s.value(pairs[i+1]))
		if n, ok := pairs[i+1].(int); ok {
			text = s.forms(text, name, n)
		}
	}
	text = strings.NewReplacer(args...).Replace(text)
	if s.lang == "fr" { // non-breaking spaces before double punctuation and inside quotation marks
		text = strings.NewReplacer(" ;", "\u00a0;", " :", "\u00a0:", " !", "\u00a0!", " ?", "\u00a0?", "« ", "«\u00a0", " »", "\u00a0»").Replace(text)
	}
	return text
}

// forms puts the form for a number wherever the text has two of them. French has the singular for none, too.
func (s speech) forms(text, name string, n int) string {
	for {
		before, rest, ok := strings.Cut(text, "{"+name+":")
		if !ok {
			return text
		}
		both, after, _ := strings.Cut(rest, "}")
		one, many, _ := strings.Cut(both, "|")
		if n != 1 && (s.lang != "fr" || n != 0) {
			one = many
		}
		text = before + one + after
	}
}

func (s speech) value(v any) string {
	switch v := v.(type) {
	case time.Time:
		return s.date(v)
	case float64:
		text := strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.3f", v), "0"), ".")
		if s.lang == "fr" {
			text = strings.Replace(text, ".", ",", 1)
		}
		return text
	}
	return fmt.Sprint(v)
}

// date writes a day in words, as it is where t says it is.
func (s speech) date(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	months := strings.Fields("January February March April May June July August September October November December")
	day := fmt.Sprint(t.Day())
	if s.lang == "fr" {
		months = strings.Fields("janvier février mars avril mai juin juillet août septembre octobre novembre décembre")
		if t.Day() == 1 {
			day = "1er"
		}
	}
	return fmt.Sprintf("%s %s %d", day, months[t.Month()-1], t.Year())
}

// rights names the rights of a request.
func (s speech) rights(r matter.Request) string {
	var names []string
	for _, right := range r.Rights {
		names = append(names, s.say("right-"+string(right)))
	}
	return strings.Join(names, ", ")
}

// Local gives the instant of receipt where it was received; in UTC where the zone is not known to the system.
func Local(r matter.Request, t time.Time) time.Time {
	if zone, err := time.LoadLocation(r.Zone); r.Zone != "" && err == nil {
		return t.In(zone)
	}
	return t
}
