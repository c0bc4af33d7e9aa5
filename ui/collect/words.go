package collect

import (
	"gabarit/engine"
	"gabarit/ui/kit"
)

// BasisWords names a legal basis.
func BasisWords(basis string) string {
	switch basis {
	case "consent":
		return kit.T("Consent (art. 6(1)(a))")
	case "contract":
		return kit.T("Contract (art. 6(1)(b))")
	case "legal-obligation":
		return kit.T("Legal obligation (art. 6(1)(c))")
	case "vital-interests":
		return kit.T("Vital interests (art. 6(1)(d))")
	case "public-task":
		return kit.T("Public task (art. 6(1)(e))")
	case "legitimate-interests":
		return kit.T("Legitimate interests (art. 6(1)(f))")
	}
	return kit.T("not stated")
}

// ConditionWords names a condition of art. 9(2). Collections made before it was asked for may have none.
func ConditionWords(condition string) string {
	switch condition {
	case "explicit-consent":
		return kit.T("Explicit consent (a)")
	case "employment-law":
		return kit.T("Employment and social law (b)")
	case "vital-interests":
		return kit.T("Vital interests (c)")
	case "non-profit-body":
		return kit.T("Members of a non-profit body (d)")
	case "made-public-by-the-person":
		return kit.T("Made public by the person (e)")
	case "legal-claims":
		return kit.T("Legal claims (f)")
	case "public-interest":
		return kit.T("Substantial public interest (g)")
	case "health":
		return kit.T("Health care (h)")
	case "public-health":
		return kit.T("Public health (i)")
	case "archiving-research":
		return kit.T("Archiving and research (j)")
	}
	return kit.T("not stated")
}

// sentence is what a ground means, in one plain sentence; "" for a key that is none.
func sentence(grounds []engine.Ground, key string) string {
	for _, g := range grounds {
		if g.Key == key {
			return kit.Message(g.Sentence)
		}
	}
	return ""
}

// ScopeWords names a collection's source scope.
func ScopeWords(scope string) string {
	switch scope {
	case "":
		return kit.T("not stated")
	case engine.ScopeLocal:
		return kit.T("Only what I name when collecting")
	}
	return scope
}

// stepWords gives the title of a step and, in plain words, what it asks and why.
func stepWords(s Step, site bool) (title, why string) {
	switch s {
	case StepSite:
		return kit.T("Which site?"), kit.T("Pages are followed within the site, slowly, one at a time. What its owner forbids (robots.txt, noindex, noai, a reservation of rights) is left alone, and listed. No log-in is used.")
	case StepTarget:
		return kit.T("What is read, and into which collection?"), kit.T("A collection holds photos gathered for one purpose. What was read before and has not changed is not read again; what was erased is refused.")
	case StepPurpose:
		return kit.T("What is it for?"), kit.T("The law asks for one clear purpose before any face is looked at. It is shown with the collection; it can't be changed later.")
	case StepGrounds:
		return kit.T("On what legal basis?"), kit.T("Faces are biometric data: they need a legal basis, and in addition a condition of article 9. Choose what you could explain to the people shown.")
	}
	if site {
		return kit.T("From where, and for how long?"), kit.T("Only the hosts named here are asked. When the time is over, photos, faces and templates are erased.")
	}
	return kit.T("From where, and for how long?"), kit.T("Photos come only from what is named here. When the time is over, photos, faces and templates are erased.")
}
