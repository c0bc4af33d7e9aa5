package cases_test

import (
	"os"
	"strings"
	"testing"

	"gabarit/engine"
	"gabarit/engine/matter"
)

func reminder(id engine.CaseID, dir string, d *door) matter.LetterRequest {
	return matter.LetterRequest{Case: id, Right: engine.RightReminder, Lang: "en", Formats: []string{"txt"}, Dir: dir,
		Fields: matter.LetterFields{SenderName: "Ada Example", SenderAddress: "ada@example.org", Place: "Lyon", Date: d.now}}
}

func TestAReminderSaysWhatTheCaseKnows(t *testing.T) {
	d, m, ids := open(t, "a.example")
	if _, err := m.SetCourse(t.Context(), ids[0], matter.CourseSettings{Regime: matter.RegimeEU, Residence: "FR", To: matter.Addressee{Name: "Exemple SA", Country: "FR"}}); err != nil {
		t.Fatal(err)
	}
	must(m.RecordEvent(t.Context(), ids[0], sent("2026-11-02"), nil))
	d.now = at("2026-12-02 12:00")
	if _, err := m.ExportLetter(t.Context(), reminder(ids[0], t.TempDir(), d)); engine.CodeOf(err) != engine.CodeConflict || !strings.Contains(err.Error(), "2026-12-03") {
		t.Errorf("a reminder on the last day: %v", err)
	}
	d.now = at("2026-12-05 12:00")
	must(m.RecordEvent(t.Context(), ids[0], matter.Event{Kind: matter.EventAnswered, Day: day("2026-12-04"), Answer: matter.AnswerPartial, Missing: []matter.AnswerPart{"g", "templates"}}, nil))
	files := must(m.ExportLetter(t.Context(), reminder(ids[0], t.TempDir(), d)))
	text := strings.Join(strings.Fields(string(must(os.ReadFile(files[0])))), " ")
	for _, want := range []string{"Exemple SA", "On 2 November 2026 I sent you a request under Article 15 GDPR by e-mail", "on or about 2 November 2026", "ended on 2 December 2026",
		"Your answer of 4 December 2026 is incomplete. Missing: source of the data, templates and derived data.", "by 19 December 2026"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

func TestAComplaintHasItsChronologyAndItsAuthority(t *testing.T) {
	d, m, ids := open(t, "a.example")
	must(m.SetCourse(t.Context(), ids[0], matter.CourseSettings{Regime: matter.RegimeEU, Residence: "FR", To: matter.Addressee{Name: "Exemple SA", Country: "FR"}}))
	must(m.RecordEvent(t.Context(), ids[0], sent("2026-11-02"), nil))
	d.now = at("2026-12-20 12:00")
	must(m.RecordEvent(t.Context(), ids[0], matter.Event{Kind: matter.EventReminded, Day: day("2026-12-05")}, nil))
	req := reminder(ids[0], t.TempDir(), d)
	req.Right, req.Lang = engine.RightComplaint, "fr"
	files := must(m.ExportLetter(t.Context(), req))
	text := strings.Join(strings.Fields(string(must(os.ReadFile(files[0])))), " ")
	for _, want := range []string{"Commission Nationale de l'Informatique et des Libertés", "2 novembre 2026 – lettre envoyée (accès) – courriel", "5 décembre 2026 – rappel envoyé (accès)", "Aucune réponse à ce jour"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

func TestOutcomesAreToldAsTheyWere(t *testing.T) {
	for _, x := range []struct {
		name  string
		event matter.Event
		want  string
	}{
		{"a late extension", matter.Event{Kind: matter.EventExtended, Day: day("2026-12-10"), Reasons: "many"}, "Your notice of extension of 10 December 2026 came after the first month."},
		{"one without reasons", matter.Event{Kind: matter.EventExtended, Day: day("2026-11-20")}, "Your notice of extension of 20 November 2026 gives no reasons."},
		{"a limit of time", matter.Event{Kind: matter.EventAnswered, Day: day("2026-11-20"), Answer: matter.AnswerRefused, Ground: matter.RefusalCap, Note: "the last twelve months"}, "Your answer is limited to the last twelve months."},
		{"a refusal", matter.Event{Kind: matter.EventAnswered, Day: day("2026-11-20"), Answer: matter.AnswerRefused, Ground: matter.RefusalUnfounded}, "You refused on 20 November 2026; reason given: manifestly unfounded. In my view this is not covered by Article 12(5)."},
	} {
		d, m, ids := open(t, "a.example")
		french(t, m, ids[0])
		must(m.RecordEvent(t.Context(), ids[0], sent("2026-11-02"), nil))
		d.now = at("2026-12-12 12:00")
		must(m.RecordEvent(t.Context(), ids[0], x.event, nil))
		files, err := m.ExportLetter(t.Context(), reminder(ids[0], t.TempDir(), d))
		if err != nil {
			t.Errorf("%s: %v", x.name, err)
			continue
		}
		text := strings.Join(strings.Fields(string(must(os.ReadFile(files[0])))), " ")
		if !strings.Contains(text, x.want) || strings.Contains(text, "I have not received an answer") != (x.event.Kind == matter.EventExtended) || strings.Contains(text, "nor a notice of extension") {
			t.Errorf("%s: no %q in\n%s", x.name, x.want, text)
		}
	}
}

func TestTheFirstLetterNamesTheControllerOfItsCase(t *testing.T) {
	d, m, ids := open(t, "a.example")
	req := reminder(ids[0], t.TempDir(), d)
	req.Right, req.Fields.ControllerName, req.Fields.ControllerEmail, req.Fields.Site = engine.RightErasure, "Photo Site", "x@a.example", true
	must(m.ExportLetter(t.Context(), req))
	v := must(m.CaseView(t.Context(), ids[0]))
	if v.Course.To.Name != "Photo Site" || v.Course.To.Email != "x@a.example" || v.Course.Regime != matter.RegimeEU || v.Standing.Next() != (matter.Step{Kind: matter.StepSend, Right: engine.RightErasure}) {
		t.Errorf("%+v, next %v", v.Course, v.Standing.Next())
	}
	req.Fields.ControllerName = "Another"
	must(m.ExportLetter(t.Context(), req))
	if v = must(m.CaseView(t.Context(), ids[0])); v.Course.To.Name != "Photo Site" {
		t.Errorf("a later letter readdressed the case to %s", v.Course.To.Name)
	}
}

func TestAFollowUpThatThePersonFilledInStands(t *testing.T) {
	d, m, ids := open(t, "a.example")
	d.now = at("2026-12-20 12:00")
	req := reminder(ids[0], t.TempDir(), d)
	req.Fields.ControllerName = "Photo Site"
	req.Fields.FollowUp = matter.FollowUp{Right: engine.RightErasure, RequestDate: at("2026-10-01 00:00"), Channel: "e-mail", ReceivedDate: at("2026-10-01 00:00"), DueDate: at("2026-11-02 00:00"),
		NoAnswer: true, GraceDate: at("2027-01-02 00:00")}
	if _, err := m.ExportLetter(t.Context(), req); err != nil {
		t.Error(err)
	}
	req.Fields.FollowUp.DueDate = at("2026-12-20 00:00")
	if _, err := m.ExportLetter(t.Context(), req); engine.CodeOf(err) != engine.CodeConflict {
		t.Errorf("a reminder before its day: %v", err)
	}
}

// The window shows a letter before anything is filled in: these are the gaps that it names.
func TestAFollowUpCanBeSeenBeforeItIsFilledIn(t *testing.T) {
	d, m, ids := open(t, "a.example")
	french(t, m, ids[0])
	must(m.RecordEvent(t.Context(), ids[0], sent("2026-11-02"), nil))
	d.now = at("2026-12-20 12:00")
	for _, right := range []engine.Right{engine.RightReminder, engine.RightComplaint} {
		for _, lang := range []string{"en", "fr"} {
			req := matter.LetterRequest{Case: ids[0], Right: right, Lang: lang, Gaps: map[string]string{}}
			for _, name := range []string{"sender_name", "sender_address", "reply_channel", "place", "date", "grace_date", "authority_name", "residence", "controller_name"} {
				req.Gaps[name] = "[" + name + "]"
			}
			req, err := m.PrepareLetter(t.Context(), req)
			if err == nil {
				_, err = m.PreviewLetter(t.Context(), nil, req)
			}
			if err != nil {
				t.Errorf("%s %s: %v", right, lang, err)
			}
		}
	}
}

// The period of a request of 2 February 2026 ends on 2 March, and 4 May after an extension that is valid: 2 May is a Saturday.
func TestAnExtensionThatWasValidIsToldAndItsSilenceToo(t *testing.T) {
	for _, x := range []struct {
		regime    matter.Regime
		right     engine.Right
		lang      string
		until     string
		want, not []string
	}{
		{matter.RegimeEU, engine.RightReminder, "en", "", []string{"The period of Article 12(3), which you extended on 20 February 2026, ended on 4 May 2026.", "I have not received an answer."}, []string{"one month", "nor a notice"}},
		{matter.RegimeEU, engine.RightReminder, "fr", "", []string{"que vous avez prolongé le 20 février 2026, a pris fin le 4 mai 2026.", "Je n’ai reçu aucune réponse."}, []string{"délai d’un mois", "ni avis"}},
		{matter.RegimeUK, engine.RightReminder, "en", "", []string{"which you extended on 20 February 2026, ended on", "I have not received an answer."}, []string{"one month", "nor a notice"}},
		{matter.RegimeUK, engine.RightReminder, "fr", "", []string{"que vous avez prolongé le 20 février 2026", "Je n’ai reçu aucune réponse."}, []string{"délai d’un mois", "ni avis"}},
		{matter.RegimeCH, engine.RightReminder, "en", "2026-05-04", []string{"On 20 February 2026 you told me that you would answer by 4 May 2026.", "I have not received an answer."}, []string{"30 days", "nor a notice"}},
		{matter.RegimeCH, engine.RightReminder, "fr", "2026-05-04", []string{"Le 20 février 2026, vous m’avez annoncé une réponse pour le 4 mai 2026.", "Je n’ai reçu aucune réponse."}, []string{"30 jours", "ni avis"}},
		{matter.RegimeCH, engine.RightReminder, "en", "", []string{"The 30 days of Article 25(7) FADP ended on 4 March 2026.", "Your notice of 20 February 2026 does not say when you will answer.", "I have not received an answer."}, []string{"nor a notice", "you would answer by"}},
		{matter.RegimeCH, engine.RightReminder, "fr", "", []string{"30 jours", "Votre avis du 20 février 2026 n’indique pas quand vous répondrez."}, []string{"ni avis"}},
		{matter.RegimeEU, engine.RightComplaint, "en", "", []string{"5. Result. No answer up to today. The controller extended the period on 20 February 2026; it ended on 4 May 2026."}, nil},
		{matter.RegimeEU, engine.RightComplaint, "fr", "", []string{"Aucune réponse à ce jour. Le responsable a prolongé le délai le 20 février 2026 ; il a pris fin le 4 mai 2026."}, nil},
		{matter.RegimeUK, engine.RightComplaint, "en", "", []string{"No answer up to today. The controller extended the period on 20 February 2026; it ended on"}, nil},
		{matter.RegimeUK, engine.RightComplaint, "fr", "", []string{"Aucune réponse à ce jour. Le responsable a prolongé le délai le 20 février 2026 ;"}, nil},
		{matter.RegimeCH, engine.RightComplaint, "en", "2026-05-04", []string{"No answer up to today. On 20 February 2026 the controller announced an answer by 4 May 2026."}, nil},
		{matter.RegimeCH, engine.RightComplaint, "fr", "2026-05-04", []string{"Aucune réponse à ce jour. Le 20 février 2026, le responsable a annoncé une réponse pour le 4 mai 2026."}, nil},
	} {
		d, m, ids := open(t, "a.example")
		must(m.SetCourse(t.Context(), ids[0], matter.CourseSettings{Regime: x.regime, Residence: "FR", To: matter.Addressee{Name: "Exemple SA", Country: map[matter.Regime]string{matter.RegimeEU: "FR", matter.RegimeUK: "GB", matter.RegimeCH: "CH"}[x.regime]}}))
		must(m.RecordEvent(t.Context(), ids[0], sent("2026-02-02"), nil))
		e := matter.Event{Kind: matter.EventExtended, Day: day("2026-02-20"), Reasons: "complexity"}
		if x.until != "" {
			e.Until = day(x.until)
		}
		must(m.RecordEvent(t.Context(), ids[0], e, nil))
		must(m.RecordEvent(t.Context(), ids[0], matter.Event{Kind: matter.EventToController, Day: day("2026-05-20")}, nil))
		req := reminder(ids[0], t.TempDir(), d)
		req.Right, req.Lang, req.Fields.FollowUp.AuthorityName = x.right, x.lang, "Authority"
		files, err := m.ExportLetter(t.Context(), req)
		if err != nil {
			t.Errorf("%s %s %s: %v", x.regime, x.right, x.lang, err)
			continue
		}
		text := strings.Join(strings.Fields(string(must(os.ReadFile(files[0])))), " ")
		for _, w := range x.want {
			if !strings.Contains(text, w) {
				t.Errorf("%s %s %s: no %q in\n%s", x.regime, x.right, x.lang, w, text)
			}
		}
		for _, n := range x.not {
			if strings.Contains(text, n) {
				t.Errorf("%s %s %s: %q in\n%s", x.regime, x.right, x.lang, n, text)
			}
		}
	}
}

func TestARefusalIsHeldAgainstTheRuleOfItsGround(t *testing.T) {
	for _, x := range []struct {
		regime matter.Regime
		right  engine.Right
		ground matter.Refusal
		lang   string
		want   string
	}{
		{matter.RegimeEU, engine.RightAccess, matter.RefusalNone, "en", "You refused on 20 November 2026; reason given: none. In my view this is not covered by Article 12(4) and (5)."},
		{matter.RegimeEU, engine.RightAccess, matter.RefusalNone, "fr", "raison donnée : aucune. À mon sens, l’article 12, paragraphes 4 et 5, ne le permet pas."},
		{matter.RegimeEU, engine.RightAccess, matter.RefusalIdentity, "fr", "À mon sens, l’article 12, paragraphes 2 et 6, ne le permet pas."},
		{matter.RegimeEU, engine.RightAccess, matter.RefusalNotBound, "fr", "À mon sens, l’article 3 ne le permet pas."},
		{matter.RegimeEU, engine.RightErasure, matter.RefusalException, "en", "not covered by Article 17(3)."},
		{matter.RegimeUK, engine.RightObjection, matter.RefusalException, "en", "not covered by Article 21(1)."},
		{matter.RegimeUK, engine.RightAccess, matter.RefusalSecret, "en", "not covered by Article 15(4)."},
		{matter.RegimeCH, engine.RightAccess, matter.RefusalExcessive, "fr", "À mon sens, l’article 26 LPD ne le permet pas."},
		{matter.RegimeCH, engine.RightErasure, matter.RefusalException, "fr", "À mon sens, l’article 31 LPD ne le permet pas."},
		{matter.RegimeCH, engine.RightErasure, matter.RefusalException, "en", "not covered by Article 31 FADP."},
	} {
		d, m, ids := open(t, "a.example")
		must(m.SetCourse(t.Context(), ids[0], matter.CourseSettings{Regime: x.regime, To: matter.Addressee{Name: "Exemple SA", Country: "FR"}}))
		e := sent("2026-11-02")
		e.Right = x.right
		must(m.RecordEvent(t.Context(), ids[0], e, nil))
		d.now = at("2026-12-12 12:00")
		must(m.RecordEvent(t.Context(), ids[0], matter.Event{Kind: matter.EventAnswered, Day: day("2026-11-20"), Answer: matter.AnswerRefused, Ground: x.ground}, nil))
		req := reminder(ids[0], t.TempDir(), d)
		req.Lang = x.lang
		text := strings.Join(strings.Fields(string(must(os.ReadFile(must(m.ExportLetter(t.Context(), req))[0])))), " ")
		if !strings.Contains(text, x.want) {
			t.Errorf("%s %s %s: no %q in\n%s", x.regime, x.right, x.ground, x.want, text)
		}
	}
}

func TestAComplaintSaysOnlyWhatHappenedAndInItsLanguage(t *testing.T) {
	for _, x := range []struct {
		regime    matter.Regime
		lang      string
		toThem    bool
		want, not []string
	}{
		{matter.RegimeEU, "fr", false, []string{"Résidence habituelle : Allemagne.", "2 novembre 2026 – lettre envoyée (accès) – courriel"}, []string{"2026-11-02", "– clos", "rouver"}},
		{matter.RegimeEU, "en", false, []string{"Habitual residence: Germany.", "2 November 2026 – letter sent (access) – e-mail"}, []string{"2026-11-02", "– closed", "opened again"}},
		{matter.RegimeUK, "en", true, []string{"including my complaint to the controller under section 164A", "5 December 2026 – complaint to the controller", "Enclosed: complaint to the controller"}, nil},
		{matter.RegimeUK, "en", false, []string{"4. What I did (date"}, []string{"164A", "Enclosed: complaint to the controller"}},
		{matter.RegimeUK, "fr", false, nil, []string{"164A", "réclamation auprès du responsable"}},
	} {
		d, m, ids := open(t, "a.example")
		must(m.SetCourse(t.Context(), ids[0], matter.CourseSettings{Regime: x.regime, Residence: "DE", Land: "BE", To: matter.Addressee{Name: "Exemple SA", Country: "FR"}}))
		must(m.RecordEvent(t.Context(), ids[0], sent("2026-11-02"), nil))
		d.now = at("2026-12-20 12:00")
		must(m.RecordEvent(t.Context(), ids[0], matter.Event{Kind: matter.EventClosed, Day: day("2026-12-05")}, nil))
		must(m.RecordEvent(t.Context(), ids[0], matter.Event{Kind: matter.EventReopened, Day: day("2026-12-05")}, nil))
		if x.toThem {
			must(m.RecordEvent(t.Context(), ids[0], matter.Event{Kind: matter.EventToController, Day: day("2026-12-05")}, nil))
		}
		req := reminder(ids[0], t.TempDir(), d)
		req.Right, req.Lang = engine.RightComplaint, x.lang
		text := strings.Join(strings.Fields(string(must(os.ReadFile(must(m.ExportLetter(t.Context(), req))[0])))), " ")
		for _, w := range x.want {
			if !strings.Contains(text, w) {
				t.Errorf("%s %s: no %q in\n%s", x.regime, x.lang, w, text)
			}
		}
		for _, n := range x.not {
			if strings.Contains(text, n) {
				t.Errorf("%s %s: %q in\n%s", x.regime, x.lang, n, text)
			}
		}
	}
}

func TestAComplaintEnclosesWhatThereIs(t *testing.T) {
	for _, x := range []struct {
		country   string
		reminded  bool
		want, not []string
	}{
		{"FR", true, []string{"Pièce jointe : demande et preuve d’envoi Pièce jointe : rappel", "Informatique et des Libertés – CNIL Lyon"}, []string{"Représentant dans l’Union", "s’il y en a", "French National"}},
		{"US", false, []string{"Représentant dans l’Union : aucun trouvé."}, []string{"rappel", "s’il y en a"}},
	} {
		d, m, ids := open(t, "a.example")
		must(m.SetCourse(t.Context(), ids[0], matter.CourseSettings{Regime: matter.RegimeEU, Residence: "FR", To: matter.Addressee{Name: "Exemple SA", Country: x.country}}))
		must(m.RecordEvent(t.Context(), ids[0], sent("2026-11-02"), nil))
		d.now = at("2026-12-20 12:00")
		if x.reminded {
			must(m.RecordEvent(t.Context(), ids[0], matter.Event{Kind: matter.EventReminded, Day: day("2026-12-05")}, nil))
		}
		req := reminder(ids[0], t.TempDir(), d)
		req.Right, req.Lang = engine.RightComplaint, "fr"
		text := strings.Join(strings.Fields(string(must(os.ReadFile(must(m.ExportLetter(t.Context(), req))[0])))), " ")
		for _, w := range x.want {
			if !strings.Contains(text, w) {
				t.Errorf("%s: no %q in\n%s", x.country, w, text)
			}
		}
		for _, n := range x.not {
			if strings.Contains(text, n) {
				t.Errorf("%s: %q in\n%s", x.country, n, text)
			}
		}
	}
}

func TestAComplaintTellsWhatHappenedInTheOrderOfItsDays(t *testing.T) {
	for lang, want := range map[string][]string{
		"fr": {"Préposé fédéral à la protection des données et à la transparence (PFPDT)", "2 juillet 2026 – lettre envoyée (accès) – courriel 10 juillet 2026 – lettre arrivée (accès) 20 juillet 2026 – avis de prolongation (accès)"},
		"en": {"Federal Data Protection and Information Commissioner (FDPIC)"},
	} {
		d, m, ids := open(t, "a.example")
		d.now = at("2026-12-20 12:00")
		must(m.SetCourse(t.Context(), ids[0], matter.CourseSettings{Regime: matter.RegimeCH, Residence: "CH", To: matter.Addressee{Name: "Exemple SA", Country: "CH"}}))
		must(m.RecordEvent(t.Context(), ids[0], sent("2026-07-02"), nil))
		must(m.RecordEvent(t.Context(), ids[0], matter.Event{Kind: matter.EventExtended, Day: day("2026-07-20"), Until: day("2026-09-15")}, nil))
		must(m.RecordEvent(t.Context(), ids[0], matter.Event{Kind: matter.EventReceived, Day: day("2026-07-10")}, nil))
		req := reminder(ids[0], t.TempDir(), d)
		req.Right, req.Lang = engine.RightComplaint, lang
		text := strings.Join(strings.Fields(string(must(os.ReadFile(must(m.ExportLetter(t.Context(), req))[0])))), " ")
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s: no %q in\n%s", lang, w, text)
			}
		}
	}
}
