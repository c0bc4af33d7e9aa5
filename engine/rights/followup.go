package rights

import (
	"slices"
	"strings"
	"time"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// FollowUpOf fills what a reminder or complaint tells of the request before it from the course of a case; about is that request, "" for the
// first one that is not fully answered. What the given fields say already stays.
func FollowUpOf(v matter.CaseView, given matter.FollowUp, lang string) matter.FollowUp {
	f := given
	i := slices.IndexFunc(v.Standing.Threads, func(t matter.Thread) bool { return t.Right == f.Right || f.Right == "" && t.Open() })
	if i < 0 {
		return f
	}
	t := v.Standing.Threads[i]
	f.Right = t.Right
	day := func(to *time.Time, d matter.Day) {
		if to.IsZero() && !d.IsZero() {
			*to = d.Midnight(time.UTC).Add(12 * time.Hour) // the same date in every zone
		}
	}
	text := func(to *string, s string) {
		if *to == "" {
			*to = s
		}
	}
	day(&f.RequestDate, t.Sent)
	day(&f.ReceivedDate, t.Received)
	day(&f.DueDate, t.End)
	day(&f.GraceDate, t.Grace)
	f.ReceivedKnown = f.ReceivedKnown || !t.Received.IsZero() && !t.Estimated
	text(&f.Channel, courseWord(lang, string(t.Channel)))
	if t.Extended.Late {
		day(&f.ExtensionDate, t.Extended.Notice)
		f.NoReasons = f.NoReasons || t.Extended.NoReasons
	}
	answered(&f, t, lang, day, text)
	text(&f.Chronology, chronology(v.Course, lang))
	return f
}

// answered tells what came of the request.
func answered(f *matter.FollowUp, t matter.Thread, lang string, day func(*time.Time, matter.Day), text func(*string, string)) {
	switch t.Answer {
	case "":
		f.NoAnswer = f.NoAnswer || f.AnswerDate.IsZero()
	case matter.AnswerPartial:
		day(&f.AnswerDate, t.AnswerDay)
		var parts []string
		for _, p := range t.Missing {
			parts = append(parts, courseWord(lang, "part "+string(p)))
		}
		text(&f.MissingList, strings.Join(parts, ", "))
	case matter.AnswerRefused:
		day(&f.AnswerDate, t.AnswerDay)
		text(&f.RefusalReason, courseWord(lang, "ground "+string(t.Ground)))
	}
}

// chronology lists what happened, a line each: date – step – channel – proof.
func chronology(c matter.Course, lang string) string {
	var out []string
	for _, e := range c.Effective() {
		step := courseWord(lang, "step "+string(e.Kind))
		if step == "" || e.Day.IsZero() {
			continue
		}
		parts := []string{dateWords(lang, e.Day.Midnight(time.UTC)), step, courseWord(lang, string(e.Channel)), oneLine(e.Proof)}
		out = append(out, strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " – "))
	}
	return strings.Join(out, "\n")
}

// courseWord gives a word of a course in a letter's language, the English one where there is none.
func courseWord(lang, key string) string {
	words := courseWords()[key]
	if i := slices.Index(Langs(), lang); i >= 0 && words[i] != "" {
		return words[i]
	}
	return words[0]
}

// courseWords are in the order of Langs.
func courseWords() map[string][4]string {
	return map[string][4]string{
		string(matter.ChannelEmail):   {"e-mail", "courriel", "E-Mail", "e-mail"},
		string(matter.ChannelForm):    {"web form", "formulaire en ligne", "Webformular", "modulo online"},
		string(matter.ChannelPost):    {"post", "courrier postal", "Post", "posta"},
		string(matter.ChannelTracked): {"tracked post", "courrier suivi", "Einschreiben", "posta tracciata"},
		string(matter.ChannelHand):    {"hand delivery", "remise en main propre", "persönliche Übergabe", "consegna a mano"},

		"step sent":               {"request sent", "demande envoyée", "Antrag versandt", "richiesta inviata"},
		"step received":           {"request received", "demande reçue", "Antrag eingegangen", "richiesta ricevuta"},
		"step identity_asked":     {"identity asked for", "identité demandée", "Identität erfragt", "identità richiesta"},
		"step identity_given":     {"identity shown", "identité justifiée", "Identität nachgewiesen", "identità provata"},
		"step extended":           {"notice of extension", "avis de prolongation", "Fristverlängerung", "proroga"},
		"step answered":           {"answer", "réponse", "Antwort", "risposta"},
		"step reminded":           {"reminder", "rappel", "Erinnerung", "sollecito"},
		"step complained":         {"complaint to an authority", "réclamation à une autorité", "Beschwerde bei einer Behörde", "reclamo a un’autorità"},
		"step complained_to_them": {"complaint to the controller", "réclamation auprès du responsable", "Beschwerde beim Verantwortlichen", "reclamo al titolare"},

		"part a":          {"the purposes", "les finalités", "die Zwecke", "le finalità"},
		"part b":          {"the categories of data", "les catégories de données", "die Kategorien", "le categorie"},
		"part c":          {"the recipients", "les destinataires", "die Empfänger", "i destinatari"},
		"part d":          {"the storage period", "la durée de conservation", "die Speicherdauer", "il periodo di conservazione"},
		"part e":          {"my rights", "mes droits", "meine Rechte", "i miei diritti"},
		"part f":          {"the right to complain", "le droit de réclamation", "das Beschwerderecht", "il diritto di reclamo"},
		"part g":          {"the source", "la source", "die Herkunft", "l’origine"},
		"part h":          {"automated decisions", "les décisions automatisées", "automatisierte Entscheidungen", "le decisioni automatizzate"},
		"part copy":       {"the copy of the data", "la copie des données", "die Kopie der Daten", "la copia dei dati"},
		"part templates":  {"templates and derived hashes", "les gabarits et empreintes dérivées", "Templates und abgeleitete Hashwerte", "template e hash derivati"},
		"part recipients": {"the recipients by name", "les destinataires nommés", "die Empfänger namentlich", "i destinatari per nome"},
		"part art14":      {"the information on source and legal basis", "les informations sur la source et la base juridique", "die Angaben zu Herkunft und Rechtsgrundlage", "le informazioni su origine e base giuridica"},

		"ground none":      {"no reason was given", "aucun motif n’a été donné", "ohne Begründung", "senza motivazione"},
		"ground identity":  {"I am said not to be identifiable", "je ne serais pas identifiable", "ich sei nicht identifizierbar", "non sarei identificabile"},
		"ground unfounded": {"the request is said to be manifestly unfounded", "la demande serait manifestement infondée", "der Antrag sei offenkundig unbegründet", "la richiesta sarebbe manifestamente infondata"},
		"ground excessive": {"the request is said to be excessive", "la demande serait excessive", "der Antrag sei exzessiv", "la richiesta sarebbe eccessiva"},
		"ground cap":       {"a limit of time or number is claimed", "une limite de durée ou de nombre est invoquée", "eine zeitliche oder zahlenmäßige Grenze wird behauptet", "si invoca un limite di tempo o di numero"},
		"ground exception": {"an exception of the law is claimed", "une exception légale est invoquée", "eine gesetzliche Ausnahme wird behauptet", "si invoca un’eccezione di legge"},
		"ground not_bound": {"you say that this law does not bind you", "vous dites ne pas être tenu par ce droit", "dieses Recht gelte nicht", "questo diritto non sarebbe applicabile"},
		"ground secret":    {"trade secrets or rights of others are claimed", "le secret des affaires ou les droits d’autrui sont invoqués", "Geschäftsgeheimnisse oder Rechte anderer werden behauptet", "si invocano segreti commerciali o diritti altrui"},
		"ground other":     {"of other reasons", "d’autres motifs", "aus anderen Gründen", "per altri motivi"},
	}
}

// grace is how long a reminder waits for an answer.
const grace = 14 * 24 * time.Hour

// Filled completes a request with what the course of the case tells: the addressee as it was named there, and of a reminder or
// complaint the request before.
func Filled(req matter.LetterRequest, v matter.CaseView) matter.LetterRequest {
	f, to := &req.Fields, v.Course.To
	if req.Regime == "" {
		req.Regime = v.Course.Regime
	}
	if f.ControllerName == "" || f.ControllerName == to.Name {
		f.ControllerName = to.Name
		for _, p := range []struct {
			field *string
			value string
		}{{&f.ControllerAddress, to.Address}, {&f.ControllerEmail, to.Email}, {&f.ControllerWeb, to.Web}} {
			if *p.field == "" {
				*p.field = p.value
			}
		}
	}
	if req.Right != engine.RightReminder && req.Right != engine.RightComplaint {
		return req
	}
	f.FollowUp = FollowUpOf(v, f.FollowUp, req.Lang)
	if f.FollowUp.GraceDate.IsZero() && !f.Date.IsZero() {
		f.FollowUp.GraceDate = f.Date.Add(grace)
	}
	if f.FollowUp.Residence == "" {
		f.FollowUp.Residence = v.Course.Residence
	}
	return req
}
