package rights

import (
	"testing"
	"time"

	"gabarit/app/cli/command"
	"gabarit/engine/matter"
)

// Words that are chosen at run time are no literals that another test could find.
func TestEveryWordOfACourseIsInFrench(t *testing.T) {
	fr := command.NewPhrases(func(name string) (string, bool) { return "fr", name == "GABARIT_LANG" })
	same := map[string]bool{"excessive": true} // words that are the same in both languages
	check := func(kind, english string) {
		if english == "" {
			t.Errorf("%s has no words", kind)
		} else if fr.Text(english) == english && !same[english] {
			t.Errorf("no French for %q (%s)", english, kind)
		}
	}
	for _, k := range matter.EventKinds() {
		check(string(k), k.Words())
	}
	for _, s := range matter.CourseStates() {
		check("state", string(s))
	}
	for _, s := range []matter.StepKind{matter.StepSend, matter.StepReceipt, matter.StepWait, matter.StepIdentity, matter.StepRemind, matter.StepToController, matter.StepComplain,
		matter.StepWaitAuthority, matter.StepCourt, matter.StepClose} {
		check(string(s), stepWords(s))
	}
	for _, m := range matter.AnswerParts() {
		check(string(m), m.Words())
	}
	for _, r := range matter.Refusals() {
		check(string(r), r.Words())
	}
	for _, d := range []matter.Doubt{matter.DoubtCountry, matter.DoubtReceipt, matter.DoubtZone, matter.DoubtIdentity, matter.DoubtRegional, matter.DoubtSwissRoll} {
		check(string(d), doubtWords(d))
	}
	for _, c := range matter.Channels() {
		check(string(c), c.Words())
	}
	for _, a := range []matter.AnswerKind{matter.AnswerFull, matter.AnswerPartial, matter.AnswerRefused} {
		check("answer", string(a))
	}
	for _, c := range []string{"A", "A-", "B", "C"} {
		check("confidence", confidenceWords(c))
	}
	for d := time.Sunday; d <= time.Saturday; d++ {
		check("weekday", d.String())
	}
	for _, r := range []string{"access", "erasure", "objection", "restriction", "delisting"} {
		check("right", r)
	}
	for _, s := range []string{"received", "sent", "received (estimated)", "due if the period runs on", "due if it begins anew", "due if it stood still", "extension came too late, claimed until",
		"extension without reasons, claimed until", "extended until", "a notice that more time is needed, without a date",
		"the controller named a day that is later than the law allows", "last day to answer", "reminded", "complaint from"} {
		check("label", s)
	}
}
