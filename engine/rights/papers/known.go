package papers

import (
	"strconv"
	"strings"
	"time"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// Known is what a vault knows of its own processing.
type Known struct {
	At         time.Time // state of the data
	Software   string    // program and version
	Profile    matter.Profile
	Recipients []matter.Recipient
	Orders     []matter.Order

	Collections  []engine.CollectionInfo
	Totals       engine.Totals
	Suppressions engine.SuppressionCounts
	Model        engine.ModelID
	Passphrase   bool // one protects the vault
	Rates        []Rate
	RatesFrom    string // what the rates were measured on
	Stats        Stats
}

// Rate is how often templates of different people lie within a distance (a false match rate), and how many such faces an ordinary search
// in the whole index meets.
type Rate struct {
	Distance float64 `json:"distance"`
	Share    float64 `json:"share"`    // of pairs of different people
	Expected float64 `json:"expected"` // faces of others in this index
}

// Say gives an English sentence in the language of a paper; pairs are names and values of its {{.Name}} places. See assets.Phrases.Text.
type Say func(english string, pairs ...any) string

// present lists the recipients that get something now, processors or others.
func (k Known) present(processor bool) []matter.Recipient {
	var out []matter.Recipient
	for _, r := range k.Recipients {
		if !r.Gone() && r.Processor == processor {
			out = append(out, r)
		}
	}
	return out
}

// partyLine writes a party on one line.
func partyLine(p matter.Party) string {
	var parts []string
	for _, s := range []string{p.Name, p.Address, p.Email, p.Country} {
		if s = oneLine(s); s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, ", ")
}

// oneLine gives a text without line ends and control characters.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\u2028' || r == '\u2029' }), ", ")
}

// dateText writes a day, "" for none.
func dateText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// daysText writes a span in days.
func daysText(say Say, d time.Duration) string {
	return say("{{.N}} days", "N", int(d/(24*time.Hour)))
}

// number writes a whole number with no-break spaces between groups of three digits, as ISO 80000 does for all languages.
func number(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "\u00a0" + s[i:]
	}
	return s
}

// basisWords names a legal basis (art. 6) for the people concerned.
func basisWords(say Say, key string) string {
	switch key {
	case "consent":
		return say("consent of the people shown (GDPR article 6(1)(a))")
	case "contract":
		return say("performance of a contract with the person shown (GDPR article 6(1)(b))")
	case "legal-obligation":
		return say("compliance with a legal obligation (GDPR article 6(1)(c))")
	case "vital-interests":
		return say("protection of vital interests (GDPR article 6(1)(d))")
	case "public-task":
		return say("a task in the public interest (GDPR article 6(1)(e))")
	case "legitimate-interests":
		return say("legitimate interests (GDPR article 6(1)(f))")
	}
	return key
}

// conditionWords names a condition for biometric data (art. 9(2)).
func conditionWords(say Say, key string) string {
	switch key {
	case "explicit-consent":
		return say("explicit consent (GDPR article 9(2)(a))")
	case "employment-law":
		return say("employment and social security law (GDPR article 9(2)(b))")
	case "vital-interests":
		return say("vital interests of a person who can't consent (GDPR article 9(2)(c))")
	case "non-profit-body":
		return say("activities of a non-profit body, among its members (GDPR article 9(2)(d))")
	case "made-public-by-the-person":
		return say("data manifestly made public by the person (GDPR article 9(2)(e))")
	case "legal-claims":
		return say("legal claims (GDPR article 9(2)(f))")
	case "public-interest":
		return say("substantial public interest, on the basis of a law (GDPR article 9(2)(g))")
	case "health":
		return say("medical care (GDPR article 9(2)(h))")
	case "public-health":
		return say("public health, on the basis of a law (GDPR article 9(2)(i))")
	case "archiving-research":
		return say("archiving, research or statistics, on the basis of a law (GDPR article 9(2)(j))")
	}
	return key
}

// scopeWords says where the photos of a collection come from.
func scopeWords(say Say, scope string) string {
	if scope == engine.ScopeLocal {
		return say("files that the controller holds already and names one by one; nothing is fetched from the internet")
	}
	return oneLine(scope)
}

// gapWords lists what the profile lacks in the language of the paper.
func gapWords(say Say, p matter.Profile) []string {
	var out []string
	for _, g := range p.Gaps() {
		out = append(out, say(string(g)))
	}
	return out
}
