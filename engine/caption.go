package engine

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Limits of what a photo says about itself, in runes.
const (
	MaxTitle       = 300
	MaxDescription = 2000
)

// Caption gives the first text that is not empty of what a photo's file says, as valid UTF-8 without control characters
// (line ends excepted), at most limit runes long.
func Caption(limit int, texts ...string) string {
	for _, s := range texts {
		s = strings.Map(func(r rune) rune {
			switch {
			case r == '\n':
				return r
			case r == '\r' || r == utf8.RuneError || unicode.Is(unicode.Bidi_Control, r):
				return -1 // direction marks could make a shown title read as another
			case unicode.IsControl(r):
				return ' '
			}
			return r
		}, strings.ToValidUTF8(s, ""))
		s = strings.TrimSpace(s)
		if s == "" {
			continue
		}
		if runes := []rune(s); len(runes) > limit {
			s = strings.TrimSpace(string(runes[:limit-1])) + "…"
		}
		return s
	}
	return ""
}

// firstPhoto is the year of the oldest photograph known; an earlier date is a camera's unset clock or a mistake.
const firstPhoto = 1826

// ParseTaken reads when a photo was taken, in the ways in which EXIF, XMP, IPTC and lists of photos write dates. Seconds may
// have a fraction; a time without a zone is taken as UTC. A year or month alone is not a date: it would become its
// first day.
func ParseTaken(s string) (time.Time, bool) {
	s = strings.TrimSpace(s)
	for _, layout := range [...]string{
		"2006:01:02 15:04:05Z07:00", "2006:01:02 15:04:05",
		"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05",
		"2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05",
		"2006-01-02T15:04Z07:00", "2006-01-02T15:04",
		"2006:01:02 15:04", "2006:01:02", "2006-01-02",
	} {
		at, err := time.Parse(layout, s)
		if err == nil && at.Year() >= firstPhoto && at.Year() < 2200 {
			return at.UTC(), true
		}
	}
	return time.Time{}, false
}
