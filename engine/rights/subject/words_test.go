package subject_test

import (
	"strings"
	"testing"
	"time"

	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/engine/rights/document"
	"gabarit/engine/rights/subject"
)

// flat is a letter on one line, with plain spaces.
func flat(d matter.LetterDoc) string {
	return strings.Join(strings.Fields(document.Text(d)), " ")
}

func TestNumbersOfOneReadAsOne(t *testing.T) {
	for lang, want := range map[string][]string{
		"en": {"we held 1 photo that shows you, in which your face appears 1 time, 1 biometric template, and 1 address or file where it was found. A copy of all of it"},
		"fr": {"nous détenions 1 photo où vous apparaissez, votre visage y figurant 1 fois, 1 gabarit biométrique et 1 adresse ou fichier où elle a été trouvée. Une copie de l’ensemble"},
	} {
		d := dossier()
		d.Request.Lang = lang
		text := flat(subject.Answer(d, nil, "print"))
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s: no %q in\n%s", lang, w, text)
			}
		}
	}
}

func TestACopyWithoutTemplatesIsNotCalledWhole(t *testing.T) {
	for lang, whole := range map[string]string{"en": "A copy of all of it", "fr": "Une copie de l’ensemble"} {
		d := dossier()
		d.Request.Lang, d.Described = lang, true
		if text := flat(subject.Answer(d, nil, "print")); strings.Contains(text, whole) {
			t.Errorf("%s: templates are only described, and the letter says\n%s", lang, text)
		}
	}
}

// Candidates that nobody could decide are not said to show somebody else, and those found by an address or a file were not found by distance.
func TestNothingFoundSaysOnlyWhatWasDecided(t *testing.T) {
	looked := func(key engine.FaceID, d matter.Decision) matter.SubjectCandidate {
		return matter.SubjectCandidate{Face: key, Photo: engine.PhotoID(strings.TrimSuffix(string(key), "-0")), Compared: true, Distance: .8,
			Reviews: []matter.Review{{By: "a", Decision: d}, {By: "b", Decision: d}}}
	}
	r := matter.Request{Ref: "2026-REQ-0001", Candidates: []matter.SubjectCandidate{looked("A-0", matter.DecidedNo), looked("B-0", matter.DecidedUnsure)},
		Search: &matter.SubjectSearch{At: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), Distance: .62, Held: 2, Photos: 2, Compared: 1, Faces: 1, Portraits: 1, Collections: 1, URLs: 1}}
	for lang, want := range map[string][]string{
		"en": {"1 face or photo was found in these ways. People looked at it and decided that it does not show you.", "For 1 further picture nobody could say", "1 address that you named", "1 of them was compared with 1 face on 1 photo that you sent"},
		"fr": {"1 visage ou photo a été trouvé ainsi. Des personnes l’ont regardé et ont décidé qu’il ne vous montre pas.", "Pour 1 autre image", "1 d’entre eux a été comparé à 1 visage sur 1 photo que vous avez envoyée"},
	} {
		r.Lang = lang
		text := flat(subject.NothingFound(r, matter.Answering{}, subject.Nearness{}, r.Search.At))
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s: no %q in\n%s", lang, w, text)
			}
		}
		if strings.Contains(text, "within that distance") || strings.Contains(text, "dans cette distance") {
			t.Errorf("%s: %s", lang, text)
		}
	}
}

func TestTheCertificateTellsHowLongTheLogStays(t *testing.T) {
	at := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	r := matter.Request{Ref: "2026-REQ-0001", Received: at, Erasure: &matter.SubjectErasure{At: at, Finished: true, Portraits: 3, Counts: engine.ErasureCounts{Photos: 1, Crops: 1, Templates: 1, Partly: 1}}, PortraitsDeleted: at}
	for lang, want := range map[string][]string{
		"en": {"we erased 1 image, 1 face crop and 0 thumbnails, 1 biometric template and 1 index entry", "with the portraits you supplied returned no result. Those portraits were deleted on", "1 photo shows other people too: it stays", "Its title and address stay, too, and may name you",
			"Kept: entries of the log that name erased records by number (5). Why: to be able to show who searched, and that it was erased. Legal basis: GDPR 5(2), 15. As long as the log"},
		"fr": {"nous avons effacé 1 image, 1 recadrage et 0 vignette, 1 gabarit biométrique et 1 entrée d’index", "avec les portraits fournis n’a donné aucun résultat. Ces portraits ont été supprimés", "1 photo montre aussi d’autres personnes : elle reste", "Son titre et son adresse restent aussi et peuvent vous nommer",
			"0 clé détruite est revenue", "Base juridique : RGPD 5(2), 15. Aussi longtemps que le journal"},
	} {
		r.Lang = lang
		c, err := subject.NewCertificate(r, subject.Certified{Issued: at, LogUses: 5})
		must(t, err)
		text := flat(subject.CertificateLetter(r, c, matter.Answering{}))
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s: no %q in\n%s", lang, w, text)
			}
		}
	}
}

func TestAnswersGreetAndClose(t *testing.T) {
	for lang, want := range map[string][]string{"en": {"Dear Sir or Madam,", "Yours faithfully,"}, "fr": {"Madame, Monsieur,", "l’expression de nos salutations distinguées."}} {
		d := dossier()
		d.Request.Lang = lang
		body := subject.Answer(d, nil, "print").Body
		if body[0].Text != want[0] || !strings.HasSuffix(body[len(body)-1].Text, want[1]) {
			t.Errorf("%s: %q ... %q", lang, body[0].Text, body[len(body)-1].Text)
		}
	}
}
