package engine

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ScopeLocal is the scope of a collection that reads only what its user names when collecting.
const ScopeLocal = "local"

// MaxScope is the length of a scope in characters.
const MaxScope = 500

// Ground is a legal basis (GDPR art. 6(1)) or a condition for biometric data (art. 9(2)), with one plain English
// sentence, which is its translation key.
type Ground struct {
	Key      string `json:"key"`
	Article  string `json:"article"`
	Sentence string `json:"sentence"`
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

// CheckScope refuses a scope that is missing or names no source, as a CodeInvalid error. A scope is ScopeLocal, hosts, or
// words that say which material is meant. "Anywhere" is refused: putting into service an AI system that builds
// a face database by untargeted scraping is prohibited (Regulation (EU) 2024/1689, art. 5(1)(e)).
//
// It looks at English and French words and can't judge what a sentence means: a part of the scope is one of anywhere if it has
// no words but those for all of the web (wide) and those that narrow nothing (empty).
func CheckScope(scope string) error {
	const op = "engine.CheckScope"
	bad := func(msg string) error { return E(CodeInvalid, op, msg, nil) }
	if strings.TrimSpace(scope) == "" {
		return bad("a collection needs a source scope")
	}
	if utf8.RuneCountInString(scope) > MaxScope || strings.ContainsFunc(scope, func(r rune) bool { return !unicode.IsGraphic(r) }) {
		return bad("the source scope is too long or holds control characters")
	}
	text := plainLetters(scope)
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' }) {
		if isUntargeted(scopeWords(part)) {
			return bad("a source scope of anywhere is refused: building face databases by untargeted scraping is prohibited (AI Act, article 5(1)(e))")
		}
	}
	if !slices.ContainsFunc(scopeWords(text), func(w string) bool { return kindOf(w) == namesSource }) {
		return bad("the source scope names no source")
	}
	return nil
}

// The words of scopes, without accents.
const (
	// wide words stand for all of the web, or for every camera.
	wide = `web webs webpage webpages internet net cyberspace online anywhere everywhere everything anything www http https
		site sites website websites social cctv surveillance engine engines
		toile ligne partout importe reseau reseaux sociaux videosurveillance moteur moteurs`
	// anywhere words are the wide ones that undo whatever else is said of persons or things.
	anywhere = `anywhere everywhere partout importe`
	// adjectives are wide words that may belong to the noun behind an "and": "web and print archive".
	adjectives   = `web online social`
	conjunctions = `and or plus et ou`
	// empty words narrow nothing.
	empty = `a an the of on in at from for to with by across over around through via out as much many possible
		and or plus any all every each whole entire full complete rest other others that which who what whatever whoever wherever there
		i we you one can could be is are may find found finds see seen get show shows showing shown search searches
		available accessible public publicly published open openly free freely random mass bulk wide world worldwide global globally
		photo photos image images picture pictures pic pics portrait portraits face faces camera cameras footage
		people person persons human humans anyone everyone anybody everybody someone individuals user users profile profiles
		page pages content material media network networks data source sources place places link links url urls host hosts domain domains
		scrape scraped scraping crawl crawled crawling collected taken downloaded
		le la les l un une des du de d en sur dans par au aux et ou n tout toute tous toutes chaque quel quelle quels quelles quoi
		entier entiere reste autre autres que qui peut je trouve trouves trouvee trouvees trouver est sont travers recherche
		disponible disponibles publics publique publiques publiquement librement libre libres hasard possibles mondial mondiale
		visage visages personne personnes gens individu individus utilisateur utilisateurs profil profils contenu contenus
		donnees lieu lieux endroit endroits lien liens adresse adresses domaine domaines medias`
)

func listed(list, word string) bool { return slices.Contains(strings.Fields(list), word) }

// scopeWord is what a word does to a scope.
type scopeWord int

const (
	namesSource scopeWord = iota // or a person, a thing
	narrowsNothing
	meansAll
	meansDomain // a whole top-level domain
)

func kindOf(word string) scopeWord {
	name := strings.Trim(word, "*.")
	switch {
	case name == "" && strings.Contains(word, "*"), listed(wide, name):
		return meansAll
	case (strings.HasPrefix(word, "*.") || strings.HasPrefix(word, ".")) && isSuffix(name):
		return meansDomain
	case name == "", listed(empty, name):
		return narrowsNothing
	}
	return namesSource
}

// isSuffix tells domains under which everybody registers names: "com", "co.uk".
func isSuffix(domain string) bool {
	second, country, two := strings.Cut(domain, ".")
	return !two || len(country) == 2 && listed("ac co com edu go gob gouv gov ne net or org", second)
}

// isUntargeted tells whether a part of a scope is one of anywhere, by itself or on one side of an "and".
func isUntargeted(words []string) bool {
	if isAnywhere(words) {
		return true
	}
	for len(words) > 0 {
		n := slices.IndexFunc(words, func(w string) bool { return listed(conjunctions, w) })
		if n < 0 {
			n = len(words)
		}
		side := words[:n]
		words = words[min(n+1, len(words)):]
		if n == 1 && listed(adjectives, side[0]) {
			continue
		}
		if isAnywhere(side) {
			return true
		}
	}
	return false
}

func isAnywhere(words []string) bool {
	var all, everywhere, named, host bool
	for _, w := range words {
		switch kindOf(w) {
		case meansDomain:
			return true
		case meansAll:
			all, everywhere = all || !listed(anywhere, w), everywhere || listed(anywhere, w)
		case namesSource:
			named, host = true, host || strings.Contains(w, ".")
		}
	}
	return !named && (all || everywhere) || all && everywhere && !host
}

// scopeWords splits a part of a scope; addresses become the words of which the host is one.
func scopeWords(part string) []string {
	words := strings.FieldsFunc(part, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '.' && r != '*'
	})
	for i, w := range words {
		words[i] = strings.TrimRight(w, ".")
	}
	return words
}

// plainLetters gives a text in lower case, without the accents of French.
func plainLetters(s string) string {
	s = strings.NewReplacer("à", "a", "â", "a", "ç", "c", "é", "e", "è", "e", "ê", "e", "ë", "e", "î", "i", "ï", "i", "ô", "o", "ù", "u", "û", "u").Replace(strings.ToLower(s))
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) { // an accent as a character of its own
			return -1
		}
		return r
	}, s)
}
