package rights

import (
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// Limits of what a letter takes, in characters and rows.
const (
	MaxName    = 300    // each of the one-line fields
	MaxAddress = 1_000  // each of the addresses
	MaxReasons = 10_000 // the reasons of an objection, and each of the long texts of a complaint
	MaxBody    = 60_000 // an edited body
	MaxURL     = 8_192  // each address of the annex: it is never shortened
	MaxTitle   = 1_000  // a longer page title ends with "…"
	MaxAnnex   = 2_000  // rows
)

// MissingError names the fields that a letter can't do without and that are empty: those of Letters.Missing, "reference" (the
// case has none), "items" (nothing that was confirmed), and "body" where an edited text still holds the mark of a gap. Compose returns
// it as the cause of its CodeInvalid error.
type MissingError struct{ Fields []string }

// Error lists the fields.
func (e *MissingError) Error() string { return strings.Join(e.Fields, ", ") }

// Missing names the fields that a letter still needs, in the order of the letter: "sender_name", "sender_address" (a postal address or
// a channel for the answer), "controller_name", "place", "date", "objection_reasons" (art. 21(1) asks for reasons), "authority_proof" (of who writes
// for somebody), "restriction", "outcome" (of the request that a reminder or complaint is about), and any other field that its text names. Nothing for
// a letter that does not exist.
func (l *Letters) Missing(req matter.LetterRequest) []string {
	t, err := l.find(req)
	if err != nil {
		return nil
	}
	one := []matter.AnnexItem{{}} // whether there are items is not asked here
	v, _, err := l.values(t, engine.Case{Ref: "-"}, req, one)
	if err != nil {
		return nil
	}
	return v.missing(req)
}

func (v *values) missing(req matter.LetterRequest) []string {
	f := req.Fields
	var missing []string
	need := func(name string, given bool) {
		if !given && req.Gaps[name] == "" && !slices.Contains(missing, name) {
			missing = append(missing, name)
		}
	}
	need("sender_name", v.fields["sender_name"] != "")
	need("sender_address", v.fields["sender_address_or_email"] != "")
	need("authority_proof", !v.conditions["representative"] || oneLine(f.AuthorityProof) != "")
	need("controller_name", v.fields["controller_name"] != "")
	need("place", v.fields["place"] != "")
	need("date", v.fields["date"] != "")
	need("objection_reasons", v.fields["objection_reasons"] != "" || !slices.Contains(f.Grounds, "c"))
	need("restriction", f.Restriction != "" || !v.names("r_a"))
	need("outcome", v.outcome(req))
	for _, section := range sections() {
		v.template.walk(section, v.conditions, func(field string) {
			need(strings.TrimSuffix(field, "_or_email"), isBlock(field) || v.optional[field] || v.fields[field] != "" || field == "our_ref")
		})
	}
	return missing
}

// outcome tells whether a reminder or complaint says what came of the request; other letters need none.
func (v *values) outcome(req matter.LetterRequest) bool {
	if req.Right != engine.RightReminder && req.Right != engine.RightComplaint {
		return true
	}
	return slices.ContainsFunc([]string{"none", "late_extension", "bare_extension", "undated_notice", "partial", "capped", "refused"}, func(c string) bool { return v.conditions[c] })
}

// names tells whether the template asks for a condition.
func (v *values) names(condition string) bool {
	var has func([]node) bool
	has = func(nodes []node) bool {
		return slices.ContainsFunc(nodes, func(n node) bool { return n.condition == condition || has(n.then) || has(n.otherwise) })
	}
	for _, nodes := range v.template {
		if has(nodes) {
			return true
		}
	}
	return false
}

// leftGaps finds the marks of gaps that an edited text still holds; in a preview they may stand.
func leftGaps(req matter.LetterRequest) []string {
	if len(req.Gaps) > 0 {
		return nil
	}
	for _, mark := range []string{"{{", "}}", "[[", "]]"} {
		if strings.Contains(req.Edit.Text, mark) {
			return []string{"body"}
		}
	}
	return nil
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
	case lang == "de":
		return "Betreiber der Website " + site
	case lang == "it":
		return "gestore del sito " + site
	}
	return "the operator of " + site
}

// tooLong returns the first field that passes its limit.
func tooLong(f matter.LetterFields) error {
	u := f.FollowUp
	for _, c := range []struct {
		name, value string
		limit       int
	}{
		{"sender_name", f.SenderName, MaxName}, {"represented", f.Represented, MaxName}, {"controller_name", f.ControllerName, MaxName},
		{"place", f.Place, MaxName}, {"reply_channel", f.ReplyChannel, MaxAddress},
		{"sender_address", f.SenderAddress, MaxAddress}, {"controller_address", f.ControllerAddress, MaxAddress},
		{"controller_email", f.ControllerEmail, MaxName}, {"controller_web", f.ControllerWeb, MaxAddress}, {"controller_rep", f.ControllerRep, MaxAddress},
		{"objection_reasons", f.ObjectionReasons, MaxReasons}, {"names", f.Delisting.Names, MaxAddress}, {"country", f.Delisting.Country, MaxName},
		{"channel", u.Channel, MaxName}, {"missing_list", u.MissingList, MaxReasons}, {"cap_text", u.CapText, MaxAddress},
		{"refusal_reason", u.RefusalReason, MaxReasons}, {"facts", u.Facts, MaxReasons}, {"chronology", u.Chronology, MaxReasons},
		{"court_info", u.Court, MaxReasons}, {"authority_name", u.AuthorityName, MaxName}, {"authority_address", u.AuthorityAddress, MaxAddress},
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

// mailAddress gives an e-mail address, "" for anything else.
func mailAddress(s string) string {
	s = oneLine(s)
	a, err := mail.ParseAddress(s)
	if err != nil || a.Name != "" || a.Address != s {
		return ""
	}
	return s
}
