package engine

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// ScopeLocal is the scope of a collection that reads only what its user names when collecting.
const ScopeLocal = "local"

// MaxScope is the length of a scope in characters.
const MaxScope = 500

// Ground is a legal basis (GDPR art. 6(1)) or a condition for biometric data (art. 9(2)), with one plain English
// sentence, which is its translation key.
type Ground struct {
	Key      string
	Article  string
	Sentence string
}

// Bases describes the legal bases in their order.
func Bases() []Ground {
	return []Ground{
		{"consent", "6(1)(a)", "Every person shown has agreed, freely and for this purpose; for faces the agreement must be explicit."},
		{"contract", "6(1)(b)", "It is needed to perform a contract with the person shown."},
		{"legal-obligation", "6(1)(c)", "A law obliges you to do it."},
		{"vital-interests", "6(1)(d)", "It is needed to protect someone's life."},
		{"public-task", "6(1)(e)", "A law gives you this task in the public interest."},
		{"legitimate-interests", "6(1)(f)", "You have a legitimate interest, and the interests of the people shown do not outweigh it."},
	}
}

// ConditionGrounds describes the conditions of art. 9(2) in their order.
func ConditionGrounds() []Ground {
	return []Ground{
		{"explicit-consent", "9(2)(a)", "Every person shown has explicitly agreed to face templates for this purpose."},
		{"employment-law", "9(2)(b)", "Employment or social security law requires it, with safeguards for the people shown."},
		{"vital-interests", "9(2)(c)", "It protects someone's life, and the person can't consent."},
		{"non-profit-body", "9(2)(d)", "You are a non-profit body with a political, philosophical, religious or trade union aim, and it stays among its members."},
		{"made-public-by-the-person", "9(2)(e)", "The person made it public by a clear act of their own; that a photo can be seen online is not enough."},
		{"legal-claims", "9(2)(f)", "It is needed to establish, exercise or defend legal claims."},
		{"public-interest", "9(2)(g)", "A law provides for it for reasons of substantial public interest."},
		{"health", "9(2)(h)", "It is needed for medical care, under professional secrecy."},
		{"public-health", "9(2)(i)", "A law provides for it for reasons of public health."},
		{"archiving-research", "9(2)(j)", "A law provides for archiving, research or statistics, with safeguards for the people shown."},
	}
}

// ImpliedCondition is the condition that a basis brings with it, "" where one must be stated: consent to
// process faces is explicit or it is none, and someone's life is the same ground in both articles.
func ImpliedCondition(basis string) string {
	switch basis {
	case "consent":
		return "explicit-consent"
	case "vital-interests":
		return "vital-interests"
	}
	return ""
}

func keys(grounds []Ground) []string {
	out := make([]string, len(grounds))
	for i, g := range grounds {
		out[i] = g.Key
	}
	return out
}

// untargeted lists words that make a scope one of anywhere, in lower case.
func untargeted() []string {
	return []string{"*", "*.*", "anywhere", "everywhere", "everything", "any site", "any website", "any source", "all sites", "all websites",
		"all of the web", "the web", "whole web", "entire web", "web", "world wide web", "www", "internet", "the internet", "online", "http://", "https://",
		"social media", "social networks", "partout", "n'importe où", "n’importe où", "tout le web", "le web", "tous les sites", "toile", "en ligne",
		"réseaux sociaux"}
}

// CheckScope refuses a scope that is missing or names no source, as a CodeInvalid error. A scope is ScopeLocal, hosts, or
// words that say which material is meant. "Anywhere" is refused: putting into service an AI system that builds
// a face database by untargeted scraping is prohibited (Regulation (EU) 2024/1689, art. 5(1)(e)).
func CheckScope(scope string) error {
	const op = "engine.CheckScope"
	bad := func(msg string) error { return E(CodeInvalid, op, msg, nil) }
	text := strings.ToLower(strings.Join(strings.Fields(scope), " "))
	switch {
	case text == "":
		return bad("a collection needs a source scope")
	case utf8.RuneCountInString(scope) > MaxScope || strings.ContainsAny(scope, "\x00\n\r\t"):
		return bad("the source scope is too long or holds control characters")
	}
	parts := append(strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' }), text)
	for _, p := range parts {
		if isUntargeted(strings.TrimSpace(p)) {
			return bad("a source scope of anywhere is refused: building face databases by untargeted scraping is prohibited (AI Act, article 5(1)(e))")
		}
	}
	return nil
}

// isUntargeted recognises the words of untargeted, alone or as the object of a sentence, and hosts that
// stand for a whole top-level domain.
func isUntargeted(p string) bool {
	p = strings.Trim(p, " .!?\"'")
	for _, lead := range []string{"anything ", "all ", "photos ", "images ", "pictures ", "from ", "on ", "of ", "the whole ", "the entire ", "sur ", "tout "} {
		p = strings.TrimPrefix(p, lead)
	}
	if slices.Contains(untargeted(), p) || strings.HasPrefix(p, "anywhere ") || strings.HasSuffix(p, " anywhere") {
		return true
	}
	host, wild := strings.CutPrefix(p, "*.")
	return wild && !strings.Contains(host, ".")
}
