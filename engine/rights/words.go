package rights

import (
	"fmt"
	"strings"
	"time"
)

// noBreak is the non-breaking space.
const noBreak = "\u00a0"

// months gives the names of the months in a language of the letters.
func months(lang string) [12]string {
	if lang == "fr" {
		return [12]string{"janvier", "février", "mars", "avril", "mai", "juin",
			"juillet", "août", "septembre", "octobre", "novembre", "décembre"}
	}
	if lang == "de" {
		return [12]string{"Januar", "Februar", "März", "April", "Mai", "Juni",
			"Juli", "August", "September", "Oktober", "November", "Dezember"}
	}
	if lang == "it" {
		return [12]string{"gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno",
			"luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"}
	}
	return [12]string{"January", "February", "March", "April", "May", "June",
		"July", "August", "September", "October", "November", "December"}
}

// Date writes a date as letters do, in t's own time zone.
func Date(lang string, t time.Time) string { return dateWords(lang, t) }

// dateWords writes a date as letters do, in t's own time zone: "23 November 2026", "1er décembre 2026".
func dateWords(lang string, t time.Time) string {
	day := fmt.Sprint(t.Day())
	switch {
	case lang == "fr" && t.Day() == 1:
		day = "1er"
	case lang == "it" && t.Day() == 1:
		day = "1º"
	case lang == "de":
		day += "."
	}
	return fmt.Sprintf("%s %s %d", day, months(lang)[t.Month()-1], t.Year())
}

// momentWords writes a date with time and zone. The zone is told as its offset, since abbreviations
// mean different zones in different countries.
func momentWords(lang string, t time.Time) string {
	zone := "UTC"
	if _, offset := t.Zone(); offset != 0 {
		zone = "UTC" + t.Format("-07:00")
	}
	if lang == "fr" {
		return fmt.Sprintf("%s à %s (%s)", dateWords(lang, t), t.Format("15"+noBreak+"h"+noBreak+"04"), zone)
	}
	return fmt.Sprintf("%s, %s (%s)", dateWords(lang, t), t.Format("15:04"), zone)
}

// colon ends a label.
func colon(lang string) string {
	if lang == "fr" {
		return noBreak + ":"
	}
	return ":"
}

// typography makes the spaces non-breaking that French sets before double punctuation and inside quotation marks.
func typography(lang, text string) string {
	if lang != "fr" {
		return text
	}
	return strings.NewReplacer(" ;", noBreak+";", " :", noBreak+":", " !", noBreak+"!", " ?", noBreak+"?",
		"« ", "«"+noBreak, " »", noBreak+"»").Replace(text)
}
