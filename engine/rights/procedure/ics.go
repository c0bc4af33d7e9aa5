package procedure

import (
	"strings"
	"time"
	"unicode/utf8"

	"gabarit/engine/matter"
)

// CalendarEntry is a day in a calendar file.
type CalendarEntry struct {
	UID     string // stays the same when the day changes, so that a calendar moves the entry
	Day     matter.Day
	Summary string
	Note    string
}

// Calendar writes entries of whole days as RFC 5545 has it: lines of at most 75 octets with CRLF. A calendar reminds two days before.
func Calendar(entries []CalendarEntry, now time.Time) []byte {
	var b strings.Builder
	line := func(s string) {
		for _, part := range fold(s) {
			b.WriteString(part + "\r\n")
		}
	}
	date := func(d matter.Day) string { return d.Midnight(time.UTC).Format("20060102") }
	line("BEGIN:VCALENDAR")
	line("VERSION:2.0")
	line("PRODID:-//Gabarit//Cases//EN")
	line("CALSCALE:GREGORIAN")
	for _, e := range entries {
		line("BEGIN:VEVENT")
		line("UID:" + escape(e.UID))
		line("DTSTAMP:" + now.UTC().Format("20060102T150405Z"))
		line("DTSTART;VALUE=DATE:" + date(e.Day))
		line("DTEND;VALUE=DATE:" + date(e.Day.AddDays(1)))
		line("SUMMARY:" + escape(e.Summary))
		if e.Note != "" {
			line("DESCRIPTION:" + escape(e.Note))
		}
		line("TRANSP:TRANSPARENT")
		line("BEGIN:VALARM")
		line("ACTION:DISPLAY")
		line("DESCRIPTION:" + escape(e.Summary))
		line("TRIGGER:-P2D")
		line("END:VALARM")
		line("END:VEVENT")
	}
	line("END:VCALENDAR")
	return []byte(b.String())
}

// escape makes text a value of RFC 5545, section 3.3.11. Other control characters have no place in one.
func escape(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`).Replace(s)
}

// fold cuts a line into parts of at most 75 octets, never inside a character; each part but the first begins with a space.
func fold(s string) (parts []string) {
	const limit = 75
	room, start := limit, 0
	for i := 0; i < len(s); {
		_, n := utf8.DecodeRuneInString(s[i:])
		if n > room {
			parts = append(parts, s[start:i])
			start, room = i, limit-1
		}
		room -= n
		i += n
	}
	parts = append(parts, s[start:])
	for i := 1; i < len(parts); i++ {
		parts[i] = " " + parts[i]
	}
	return parts
}
