package rights

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"gabarit/engine/matter"
)

// Limits of what a letter takes, in characters and rows.
const (
	MaxName    = 300    // each of the one-line fields
	MaxAddress = 1_000  // each of the addresses
	MaxReasons = 10_000 // the reasons of an objection
	MaxURL     = 8_192  // each address of the annex: it is never shortened
	MaxTitle   = 1_000  // a longer page title ends with "…"
	MaxAnnex   = 2_000  // rows
)

// MissingError names the fields that a letter can't do without and that are empty: those of Missing, "reference" (the
// case has none) and "items" (nothing to erase). Compose returns it as the cause of its CodeInvalid error.
type MissingError struct{ Fields []string }

// Error lists the fields.
func (e *MissingError) Error() string { return strings.Join(e.Fields, ", ") }

// Missing names the required fields that are empty, in the order of the letter: "sender_name", "sender_address" (a postal address or
// a channel for the answer), "controller_name", "place", "date", and "objection_reasons" where ground c
// is chosen, since art. 21(1) asks for reasons.
func Missing(f matter.LetterFields) []string {
	var missing []string
	need := func(name string, given bool) {
		if !given {
			missing = append(missing, name)
		}
	}
	need("sender_name", oneLine(f.SenderName) != "")
	need("sender_address", manyLines(f.SenderAddress) != "" || oneLine(f.ReplyChannel) != "")
	need("controller_name", oneLine(f.ControllerName) != "")
	need("place", oneLine(f.Place) != "")
	need("date", !f.Date.IsZero())
	for _, g := range f.Grounds {
		if g == "c" && manyLines(f.ObjectionReasons) == "" {
			missing = append(missing, "objection_reasons")
			break
		}
	}
	return missing
}

// DefaultController names whoever runs a site when nothing better is known, for a window to offer; "" without a site.
func DefaultController(site, lang string) string {
	site = oneLine(site)
	switch {
	case site == "":
		return ""
	case lang == "fr":
		// A feminine noun, as the letter goes on with "elle".
		return "la personne qui exploite le site " + site
	}
	return "the operator of " + site
}

// tooLong returns the first field that passes its limit.
func tooLong(f matter.LetterFields) error {
	for _, c := range []struct {
		name, value string
		limit       int
	}{
		{"sender_name", f.SenderName, MaxName}, {"controller_name", f.ControllerName, MaxName},
		{"place", f.Place, MaxName}, {"reply_channel", f.ReplyChannel, MaxAddress},
		{"sender_address", f.SenderAddress, MaxAddress}, {"controller_address", f.ControllerAddress, MaxAddress},
		{"objection_reasons", f.ObjectionReasons, MaxReasons},
	} {
		if utf8.RuneCountInString(c.value) > c.limit {
			return fmt.Errorf("%s: more than %d characters", c.name, c.limit)
		}
	}
	return nil
}

// clean makes foreign text safe to print: valid UTF-8 in composed form, line ends as "\n", other white space as
// plain spaces, and neither control characters nor the invisible ones that turn the direction
// of writing, with which a page title could make a letter read as something else.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\v", "\n", "\f", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n").Replace(s)
	return norm.NFC.String(strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\u00a0' || r == '\u202f':
			return r
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == '\ufeff', r == '\u00ad', r == '\u200b':
			return -1
		}
		return r
	}, s))
}

// oneLine is clean text on one line with single spaces.
func oneLine(s string) string {
	return squeeze(strings.ReplaceAll(clean(s), "\n", " "))
}

// manyLines is clean text whose lines are kept, without empty ones.
func manyLines(s string) string {
	var lines []string
	for l := range strings.SplitSeq(clean(s), "\n") {
		if l = squeeze(l); l != "" {
			lines = append(lines, l)
		}
	}
	return strings.Join(lines, "\n")
}

// squeeze trims plain spaces and leaves single ones between words.
func squeeze(s string) string {
	words := strings.FieldsFunc(s, func(r rune) bool { return r == ' ' })
	return strings.Join(words, " ")
}

// address is a URL as it was found, without characters that can't be part of one. What is no address of
// a place, as a picture written out in a data: URL, is "".
func address(s string) string {
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' {
			return -1
		}
		return r
	}, s))
	if len(s) >= 5 && strings.EqualFold(s[:5], "data:") {
		return ""
	}
	return s
}

// title is a page title on one line, visibly cut at MaxTitle.
func title(s string) string {
	s = oneLine(s)
	if r := []rune(s); len(r) > MaxTitle {
		return string(r[:MaxTitle]) + "…"
	}
	return s
}

// link gives what a click on an address opens, in the ASCII form that PDF asks for; "" for
// anything but the web.
func link(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || !strings.EqualFold(u.Scheme, "http") && !strings.EqualFold(u.Scheme, "https") {
		return ""
	}
	target, err := asciiURL(u)
	if err != nil {
		return ""
	}
	return target
}

var errNotASCII = errors.New("not an ASCII address")

// asciiURL writes u with an ASCII host and everything else percent-encoded where needed.
func asciiURL(u *url.URL) (string, error) {
	host, err := hostASCII(u.Hostname())
	if err != nil {
		return "", err
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port := u.Port(); port != "" {
		host += ":" + port
	}
	v := *u
	v.Host = host
	v.RawQuery = escapeNonASCII(u.RawQuery)
	s := v.String()
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return "", errNotASCII
		}
	}
	return s, nil
}

// escapeNonASCII percent-encodes the bytes that a query, which net/url leaves as it is, must not hold.
func escapeNonASCII(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c > '~' {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
