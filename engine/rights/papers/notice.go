package papers

import (
	"slices"
	"time"

	"gabarit/engine"
)

// Notice gives the information for the people shown in the photos of a collection (art. 14), for the operator to publish. since is the day of the first photo; zero: none so far.
func (t Texts) Notice(lang string, k Known, c engine.CollectionInfo, since time.Time, say Say) (Sheet, error) {
	v := newView(k)
	v.Name, v.Purpose, v.Scope, v.By = oneLine(c.Name), oneLine(c.Purpose), scopeWords(say, c.Scope), oneLine(c.Controller)
	v.Basis, v.Condition, v.Retain = basisWords(say, c.Basis), conditionWords(say, c.Condition), daysText(say, c.Retain)
	v.Since, v.Photos, v.Faces = dateText(since), number(c.Photos), number(c.Faces)
	v.Local = c.Scope == engine.ScopeLocal
	v.Consent = c.Basis == "consent" || c.Condition == "explicit-consent"
	v.Interests = c.Basis == "legitimate-interests"
	v.Objection = v.Interests || c.Basis == "public-task" // art. 21(1)
	v.Law = slices.Contains([]string{"legal-obligation", "public-task"}, c.Basis) ||
		slices.Contains([]string{"employment-law", "public-interest", "public-health", "archiving-research"}, c.Condition)
	s, err := t.compose("notice", lang, v, map[string][]Block{"gaps": gapBlocks(say, k), "recipients": recipientTable(k, say)})
	s.Date, s.Author = dateText(k.At), oneLine(k.Profile.Name)
	return s, err
}
