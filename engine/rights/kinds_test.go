package rights_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/engine/rights"
	"gabarit/engine/rights/document"
)

func TestEveryRightHasItsLetterInEachLanguage(t *testing.T) {
	l := letters(t)
	for regime, want := range map[matter.Regime][]string{
		matter.RegimeEU: {"en", "fr", "de", "it"}, matter.RegimeUK: {"en", "fr"}, matter.RegimeCH: {"en", "fr"},
		matter.RegimeIllinois: {}, matter.RegimeCalifornia: {},
	} {
		for _, right := range rights.Rights() {
			if got := l.Offered(regime, right); !slices.Equal(got, want) {
				t.Errorf("%s %s: %v, want %v", regime, right, got, want)
			}
		}
	}
}

func TestLettersUnderTheLawOfTheUnitedStatesAreNotOffered(t *testing.T) {
	for _, regime := range []matter.Regime{matter.RegimeIllinois, matter.RegimeCalifornia} {
		for _, right := range rights.Rights() {
			_, err := letters(t).Compose(aCase(), everything(regime, right, "en"), items(1))
			if engine.CodeOf(err) != engine.CodeUnsupported || !strings.Contains(engine.MessageOf(err), "not offered") {
				t.Errorf("%s %s: %v", regime, right, err)
			}
		}
	}
}

// The fields of a letter are those of facts.md: none is left over, none empty, whatever is chosen.
func TestEveryLetterIsWholeWithMuchAndWithLittle(t *testing.T) {
	offered(t, func(t *testing.T, regime matter.Regime, right engine.Right, lang string) {
		for name, req := range map[string]matter.LetterRequest{"much": everything(regime, right, lang), "little": least(regime, right, lang)} {
			doc := composed(t, req, items(3))
			text := document.Text(doc)
			if m := regexp.MustCompile(`\{\{|\}\}|\[\[|\]\]|  [^ ]|\(\)| ,|\.\.|\n\n\n`).FindString(doc.Subject + "\n" + rights.BodyText(doc.Body) + "\n" + strings.Join(doc.Enclosures, "\n")); m != "" {
				t.Errorf("%s: %q in\n%s", name, m, rights.BodyText(doc.Body))
			}
			for _, b := range doc.Body {
				if strings.HasSuffix(b.Text, ":") && b.Kind == matter.BlockListItem {
					t.Errorf("%s: an entry without end: %q", name, b.Text)
				}
			}
			if complete := lang == "en" || lang == "fr"; (doc.Outline == "") != complete || !complete && !strings.HasPrefix(text, doc.Outline[:20]) {
				t.Errorf("%s: outline line %q", name, doc.Outline)
			}
		}
	})
}

func TestA01ALetterWithAnUnfilledFieldIsNotExported(t *testing.T) {
	offered(t, func(t *testing.T, regime matter.Regime, right engine.Right, lang string) {
		req := matter.LetterRequest{Regime: regime, Right: right, Lang: lang}
		_, err := letters(t).Compose(aCase(), req, items(1))
		var missing *rights.MissingError
		if engine.CodeOf(err) != engine.CodeInvalid || !errors.As(err, &missing) {
			t.Fatalf("an empty letter: %v", err)
		}
		want := map[engine.Right][]string{
			engine.RightAccess: {}, engine.RightErasure: {}, engine.RightObjection: {"objection_reasons"}, engine.RightRestriction: {"restriction"},
			engine.RightDelisting: {"names", "country", "objection_reasons"},
			engine.RightReminder:  {"outcome", "request_date", "right_name", "channel", "received_date", "due_date", "grace_date"},
			engine.RightComplaint: {"outcome", "authority_name", "residence", "chronology", "infringed_list"},
		}[right]
		for _, name := range append([]string{"sender_name", "sender_address", "controller_name", "place", "date"}, want...) {
			if name != "country" && !slices.Contains(missing.Fields, name) { // the country stands in the annex
				t.Errorf("%s is not named in %v", name, missing.Fields)
			}
		}
		// Each field of a full letter alone: without it the letter is refused or does not speak of it.
		full := least(regime, right, lang)
		if got := letters(t).Missing(full); len(got) > 0 {
			t.Errorf("the least letter lacks %v", got)
		}
		full.Fields.SenderName = ""
		if got := letters(t).Missing(full); !slices.Equal(got, []string{"sender_name"}) {
			t.Errorf("without a sender: %v", got)
		}
	})
}

func TestA02OnlyConfirmedItemsEnterALetter(t *testing.T) {
	annex := items(3)
	annex[0].Confirmed, annex[2].Confirmed = engine.VerdictUnsure, engine.VerdictNo
	doc := composed(t, least(matter.RegimeEU, engine.RightAccess, "en"), annex)
	if len(doc.Annex) != 1 || doc.Annex[0].No != 1 || !strings.Contains(document.Text(doc), "https://www.example.org/people/2\n") {
		t.Errorf("annex: %+v", doc.Annex)
	}
	annex[1].Confirmed = engine.VerdictUnsure
	for _, right := range []engine.Right{engine.RightAccess, engine.RightErasure, engine.RightObjection} {
		req := least(matter.RegimeEU, right, "en")
		_, err := letters(t).Compose(aCase(), req, annex)
		var missing *rights.MissingError
		if !errors.As(err, &missing) || !slices.Equal(missing.Fields, []string{"items"}) {
			t.Errorf("%s with unsure items only: %v", right, err)
		}
		req.Fields.NoItems = true
		if doc := composed(t, req, annex); len(doc.Annex) != 0 || strings.Contains(strings.ToLower(document.Text(doc)), "annex") {
			t.Errorf("%s without the list still speaks of it:\n%s", right, document.Text(doc))
		}
	}
}

func TestA03ADefaultLetterToASiteHoldsNoPortraitNoSimilarityNoBirthDate(t *testing.T) {
	offered(t, func(t *testing.T, regime matter.Regime, right engine.Right, lang string) {
		text := strings.ToLower(document.Text(composed(t, least(regime, right, lang), items(3))))
		// "similarity threshold" is what the controller is asked for, not what the sender tells.
		text = regexp.MustCompile(`similarity threshold|seuil de similarité`).ReplaceAllString(text, "")
		for _, word := range []string{"portrait", "porträt", "ritratto", "similarity", "similarité", "distance", "birth", "date de naissance", "geburt", "nascita"} {
			if strings.Contains(text, word) {
				t.Errorf("%q in\n%s", word, text)
			}
		}
	})
	req := least(matter.RegimeEU, engine.RightAccess, "en")
	req.Fields.Portrait = "me.jpg"
	if _, err := letters(t).Compose(aCase(), req, items(1)); engine.CodeOf(err) != engine.CodeInvalid {
		t.Errorf("a portrait for an ordinary site: %v", err)
	}
	req.Fields.Biometric = true
	if text := document.Text(composed(t, req, items(1))); !strings.Contains(text, "portrait of me") || !strings.Contains(text, "Enclosed: a portrait") {
		t.Errorf("the portrait that was chosen is not in\n%s", text)
	}
	raw, err := json.Marshal(matter.LetterFields{})
	if err != nil || strings.Contains(strings.ToLower(string(raw)), "birth") || strings.Contains(strings.ToLower(string(raw)), "similar") {
		t.Errorf("letters have a field for what they must not hold: %s, %v", raw, err)
	}
}

func TestA04AccessAndErasureTogetherAreTwoLettersAndErasureWaits(t *testing.T) {
	says := map[string][2]string{
		"en": {"I will write to you about", "completely first"}, "fr": {"je vous écrirai séparément", "répondre d’abord complètement"},
		"de": {"Löschungsantrag folgt gesondert", "vollständig beantworten, danach löschen"}, "it": {"seguirà a parte", "rispondere prima integralmente"},
	}
	l := letters(t)
	for _, regime := range []matter.Regime{matter.RegimeEU, matter.RegimeUK, matter.RegimeCH} {
		for _, lang := range l.Offered(regime, engine.RightAccess) {
			access, erasure := least(regime, engine.RightAccess, lang), least(regime, engine.RightErasure, lang)
			erasure.Fields.AccessDate = access.Fields.Date
			for i, req := range []matter.LetterRequest{access, erasure} {
				alone := strings.Join(strings.Fields(document.Text(composed(t, req, items(1)))), " ")
				req.Fields.AccessFirst = true
				together := strings.Join(strings.Fields(document.Text(composed(t, req, items(1)))), " ")
				if strings.Contains(alone, says[lang][i]) || !strings.Contains(together, says[lang][i]) {
					t.Errorf("%s %s %s: %q is to be in the letter exactly where both are asked:\n%s", regime, req.Right, lang, says[lang][i], together)
				}
			}
			erasure.Fields.AccessFirst, erasure.Fields.AccessDate = true, erasure.Fields.FollowUp.AnswerDate
			if got := l.Missing(erasure); !slices.Equal(got, []string{"access_date"}) {
				t.Errorf("%s %s: without the day of the access request %v is missing", regime, lang, got)
			}
		}
	}
}

func TestA11AParentWritesForAChild(t *testing.T) {
	for lang, says := range map[string][3]string{
		"en": {"Article 17(1)(f)", "I write on behalf of Ben Example, my child", "Enclosed: proof of authority"},
		"fr": {"point f", "J’agis pour Ben Example, mon enfant", "justificatif du pouvoir"},
		"de": {"Art. 17 Abs. 1 lit. f", "Ich schreibe für Ben Example, mein Kind", "Nachweis der Vertretungsmacht"},
		"it": {"lett. f", "Scrivo per conto di Ben Example", "prova del potere di rappresentanza"},
	} {
		req := least(matter.RegimeEU, engine.RightErasure, lang)
		req.Fields.Represented, req.Fields.Parent = "Ben Example", true
		var missing *rights.MissingError
		if _, err := letters(t).Compose(aCase(), req, items(1)); !errors.As(err, &missing) || !slices.Equal(missing.Fields, []string{"authority_proof"}) {
			t.Errorf("%s: without the attachment: %v", lang, err)
		}
		req.Fields.AuthorityProof = "birth.pdf"
		text := strings.Join(strings.Fields(document.Text(composed(t, req, items(1)))), " ")
		for _, s := range says {
			if !strings.Contains(text, s) {
				t.Errorf("%s: %q is not in\n%s", lang, s, text)
			}
		}
		req.Fields.Parent = false
		if text := document.Text(composed(t, req, items(1))); strings.Contains(text, says[0]) && lang != "fr" {
			t.Errorf("%s: the ground of a child stands for somebody represented by mandate", lang)
		}
	}
	offered(t, func(t *testing.T, regime matter.Regime, right engine.Right, lang string) {
		if text := document.Text(composed(t, everything(regime, right, lang), items(1))); !strings.Contains(text, "Ben Example") {
			t.Errorf("nothing says for whom it is written:\n%s", text)
		}
	})
}

// foreign lists what letters of a regime must not hold: the words of the others.
func foreign() map[matter.Regime]*regexp.Regexp {
	const states = `CCPA|CPRA|BIPA|California|Illinois|45 days|12-month|twelve months|business days|Civil Code`
	const swiss = `FADP|LPD\b|\bDSG\b|nLPD|Swiss|Schweiz|Suisse|fédérale sur la protection|FDPIC|Préposé|EDÖB|30 days|30 jours|alinéa|Commissioner`
	const british = `UK GDPR|RGPD du Royaume|Data Protection Act|Information Commissioner|164A|165|12A|15\(1A\)|relevant time|United Kingdom|Royaume-Uni`
	const union = `Regulation \(EU\)|règlement \(UE\)|in the Union|dans l’Union|European|européen|one month after receipt|un mois après la réception|supervisory authority|autorité de contrôle|DSGVO`
	return map[matter.Regime]*regexp.Regexp{
		matter.RegimeEU: regexp.MustCompile(states + "|" + swiss + "|" + british),
		matter.RegimeUK: regexp.MustCompile(states + "|" + union + `|FADP|LPD\b|Swiss|Suisse|Préposé|FDPIC|alinéa|[^K] GDPR|RGPD[^ ]|RGPD [^d]`),
		matter.RegimeCH: regexp.MustCompile(states + "|" + union + "|" + strings.ReplaceAll(british, "|Information Commissioner", "") +
			`|GDPR|RGPD|\b1?[0-9]{1,2}\([1-9]\)\([a-h]\) GDPR|Article(s)? (12|15|17|18|21|77|79)\b|articles? (12|15|17|18|21|77|79)\b|one month|un mois|paragraphe`),
	}
}

func TestRegimesNeverMix(t *testing.T) {
	found := map[matter.Regime]bool{}
	offered(t, func(t *testing.T, regime matter.Regime, right engine.Right, lang string) {
		for _, req := range []matter.LetterRequest{everything(regime, right, lang), least(regime, right, lang)} {
			req.Fields.ControllerAddress, req.Fields.SenderAddress, req.Fields.ControllerRep, req.Fields.FollowUp.Residence = "", "", "Rep", "there"
			req.Fields.FollowUp.RefusalRule = "that rule"
			text := strings.Join(strings.Fields(document.Text(composed(t, req, items(1)))), " ")
			if m := foreign()[regime].FindString(text); m != "" {
				t.Errorf("%q is of another regime:\n%s", m, text)
			}
			for other, words := range foreign() {
				found[other] = found[other] || other != regime && words.MatchString(text)
			}
		}
	})
	for _, regime := range []matter.Regime{matter.RegimeEU, matter.RegimeUK, matter.RegimeCH} {
		if !found[regime] {
			t.Errorf("the words looked for in letters of %s are in no letter at all", regime)
		}
	}
}

// What a template says beside its fields is compared too: conditions that no fixture sets must not hide a foreign word.
func TestTemplatesOfARegimeHoldNoWordsOfOthers(t *testing.T) {
	for regime, words := range foreign() {
		files, err := filepath.Glob(filepath.Join("..", "..", "assets", "letters", string(regime), "*.txt"))
		if err != nil || len(files) < 14 {
			t.Fatalf("%s: %d templates, %v", regime, len(files), err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if m := words.FindString(string(data)); m != "" {
				t.Errorf("%s holds %q", file, m)
			}
		}
	}
}

func TestAComplaintNamesTheProvisionsOfItsRegime(t *testing.T) {
	for regime, want := range map[matter.Regime][]string{
		matter.RegimeEU: {"12", "15", "17", "18", "19", "21", "14", "6", "9", "5", "27"},
		matter.RegimeUK: {"12", "15", "17", "18", "19", "21", "14", "6", "9", "5", "164A"},
		matter.RegimeCH: {"25", "19", "6", "30", "32", "16", "8"},
	} {
		for _, lang := range letters(t).Offered(regime, engine.RightComplaint) {
			keys, words := letters(t).Provisions(regime, lang)
			if diff := cmp.Diff(want, keys); diff != "" {
				t.Errorf("%s %s (-want +got):\n%s", regime, lang, diff)
			}
			req := least(regime, engine.RightComplaint, lang)
			req.Fields.FollowUp.Infringed = keys
			text := strings.Join(strings.Fields(document.Text(composed(t, req, nil))), " ")
			for _, k := range keys {
				if !strings.Contains(text, strings.Join(strings.Fields(words[k]), " ")) {
					t.Errorf("%s %s: %q is not in\n%s", regime, lang, words[k], text)
				}
			}
		}
	}
}

func TestADelistingListsPagesAndPreviewsAsResultsOfTheirOwn(t *testing.T) {
	doc := composed(t, least(matter.RegimeEU, engine.RightDelisting, "en"), items(3))
	var types []string
	for _, it := range doc.Annex {
		types = append(types, it.Rows[2].Value)
	}
	if diff := cmp.Diff([]string{"web page", "image preview", "web page"}, types); diff != "" {
		t.Errorf("types of results (-want +got):\n%s", diff)
	}
}

func TestGapsOfAPreviewStandWhereTheFieldsWill(t *testing.T) {
	req := matter.LetterRequest{Right: engine.RightReminder, Lang: "en"}
	req.Gaps = map[string]string{}
	for _, name := range letters(t).Missing(req) {
		req.Gaps[name] = "[" + name + "]"
	}
	text := document.Text(composed(t, req, items(1)))
	for _, want := range []string{"[sender_name]", "[due_date]", "[controller_name]", "[date]"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is not in\n%s", want, text)
		}
	}
}

func TestAReminderAfterAnExtensionInTimeSpeaksOfIt(t *testing.T) {
	for _, lang := range []string{"en", "fr"} {
		for _, regime := range []matter.Regime{matter.RegimeEU, matter.RegimeUK} {
			req := everything(regime, engine.RightReminder, lang)
			req.Fields.FollowUp.ExtensionInTime, req.Fields.FollowUp.NoReasons, req.Fields.FollowUp.NoAnswer = true, false, true
			text := document.Text(composed(t, req, items(1)))
			month, extended := "The period of one month", "which you extended on"
			if lang == "fr" {
				month, extended = "Le délai d’un mois", "que vous avez prolongé le"
			}
			if text = strings.Join(strings.Fields(text), " "); strings.Contains(text, month) || !strings.Contains(text, extended) {
				t.Errorf("%s %s:\n%s", regime, lang, text)
			}
		}
	}
}

func TestAComplaintInTheUKIsToldThatTheControllerComesFirst(t *testing.T) {
	req := everything(matter.RegimeUK, engine.RightComplaint, "en")
	told := func() bool {
		return slices.ContainsFunc(rights.Notes(req), func(n string) bool { return strings.HasPrefix(n, "No complaint to the controller is recorded") })
	}
	if req.Fields.FollowUp.ToController = false; !told() {
		t.Error("it is not told")
	}
	if req.Fields.FollowUp.ToController = true; told() {
		t.Error("it is told although there was one")
	}
}

func TestEveryLetterBearsTheReferenceOfItsRight(t *testing.T) {
	codes := map[engine.Right]string{engine.RightAccess: "ACC", engine.RightErasure: "ERA", engine.RightObjection: "OBJ", engine.RightRestriction: "RES", engine.RightDelisting: "DEL",
		engine.RightReminder: "ACC", engine.RightComplaint: "ACC"} // those two are about the request for access
	c := aCase()
	c.Ref = "2026-CAS-0007"
	offered(t, func(t *testing.T, regime matter.Regime, right engine.Right, lang string) {
		doc, err := letters(t).Compose(c, everything(regime, right, lang), items(2))
		if err != nil {
			t.Fatal(err)
		}
		want := "2026-" + codes[right] + "-0007"
		text := document.Text(doc)
		if codes[right] == "" || !strings.Contains(doc.Reference, want) || strings.Contains(text, "-CAS-") {
			t.Errorf("%s %s %s: reference %q, want %s", regime, right, lang, doc.Reference, want)
		}
		if right == engine.RightErasure && lang == "en" && regime == matter.RegimeEU && !strings.Contains(text, "2026-ACC-0007") {
			t.Errorf("the letter of access is not named by its own reference:\n%s", text)
		}
	})
}
