package papers

import (
	"strings"
	"time"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// Times that the program keeps things for where nothing else is set. The legal periods are for a lawyer to check.
const (
	requestYears = 3  // a request's file, after it is closed
	logYears     = 3  // the log of consultations
	backupDays   = 35 // copies of the vault
)

// Activity is a row of the records of processing activities (art. 30(1)). Basis and Condition are not required there; they are kept beside it.
type Activity struct {
	Name           string `json:"name"`
	Controller     string `json:"controller"`
	Joint          string `json:"joint_controllers"`
	Representative string `json:"representative"`
	DPO            string `json:"data_protection_officer"`
	Purposes       string `json:"purposes"`
	Basis          string `json:"legal_basis"`
	Condition      string `json:"condition_biometric"`
	Subjects       string `json:"data_subjects"`
	Categories     string `json:"data_categories"`
	Biometric      bool   `json:"biometric"`
	Recipients     string `json:"recipients"`
	Transfers      string `json:"transfers"` // to third countries, with safeguards
	Retention      string `json:"time_limits"`
	Measures       string `json:"security_measures"`
	Processors     string `json:"processors"`
	DPIA           string `json:"impact_assessment"`
	Reviewed       string `json:"last_review"`
}

// Records is the whole of them.
type Records struct {
	Format     int        `json:"format"`
	At         string     `json:"at"` // day of the state of the data
	Software   string     `json:"software"`
	Gaps       []string   `json:"gaps"`
	Activities []Activity `json:"activities"`
}

// NewRecords fills the records in from what the vault knows: a row for each collection, and one for each thing the program does with all of them.
func NewRecords(k Known, say Say) Records {
	r := Records{Format: 1, At: dateText(k.At), Software: k.Software, Gaps: append([]string{}, gapWords(say, k.Profile)...)}
	base := common(k, say)
	add := func(name string, fill func(*Activity)) {
		a := base
		a.Name = name
		fill(&a)
		r.Activities = append(r.Activities, a)
	}
	shown := say("people who can be seen in photos, whoever and wherever they are; children among them can't be told apart")
	for _, c := range k.Collections {
		add(say("Collection “{{.Name}}”", "Name", oneLine(c.Name)), func(a *Activity) { collectionRow(a, c, say, shown) })
	}
	add(say("Computing templates of faces"), func(a *Activity) {
		a.Purposes = say("making faces comparable, for the purposes of the collections; model {{.Model}}", "Model", string(k.Model))
		a.Basis, a.Condition = grounds(k, say)
		a.Subjects, a.Biometric = shown, true
		a.Categories = say("biometric templates (128 numbers a face), face crops, boxes, quality")
		a.Retention = say("as long as the photo in its collection; erased with it, from the index too")
	})
	add(say("Search service"), func(a *Activity) {
		a.Purposes = say("finding photos of a person; a purpose is stated and logged for each search")
		a.Basis, a.Condition = grounds(k, say)
		a.Subjects, a.Biometric = say("the person of the portrait searched with; the people in the index"), true
		a.Categories = say("portrait and its template, in memory only; the faces returned, by number, in the log")
		a.Retention = say("the portrait: memory only; the log of searches: {{.N}} years", "N", logYears)
	})
	add(say("Answering requests of people concerned"), func(a *Activity) {
		a.Purposes = say("access, erasure, objection, restriction (GDPR chapter III)")
		a.Basis = say("compliance with a legal obligation (GDPR article 6(1)(c))")
		a.Condition = say("explicit consent of the requester, or legal claims (GDPR article 9(2)(a) or (f)), to be checked by a lawyer")
		a.Subjects, a.Biometric = say("people who make a request"), true
		a.Categories = say("the request, contact, portrait sent along, answer, certificate; no identity document unless doubts are noted; no nationality")
		a.Retention = say("the portrait: until the answer; the file: {{.N}} years after it is closed", "N", requestYears)
	})
	add(say("Suppression list"), func(a *Activity) {
		a.Purposes = say("refusing what was erased when it is met again")
		a.Basis = say("compliance with a legal obligation, with articles 17 and 21, or legitimate interests (GDPR article 6(1)(c) or (f)), to be checked by a lawyer")
		a.Subjects = say("people whose photos were erased")
		a.Categories = say("keyed hashes of addresses ({{.URLs}}) and files ({{.Files}}), rough fingerprints by the person's choice ({{.Looks}}); no templates, no names",
			"URLs", k.Suppressions.URLs, "Files", k.Suppressions.Files, "Looks", k.Suppressions.Looks)
		a.Retention = say("{{.N}} years", "N", int(engine.SuppressFor/(365*24*time.Hour)))
	})
	add(say("Audit log"), func(a *Activity) {
		a.Purposes = say("showing what was done and who looked at whose data (GDPR article 5(2))")
		a.Basis = say("compliance with a legal obligation (GDPR article 6(1)(c))")
		a.Subjects = say("users of the program; people whose faces were returned by a search, by number")
		a.Categories = say("time, action, purpose, numbers of records, keyed hash of the user's name; no names, addresses, images, templates")
		a.Retention = say("{{.N}} years", "N", logYears)
	})
	add(say("Backups"), func(a *Activity) {
		a.Purposes = say("restoring the vault after a loss; erasures are done again in a copy that is put back")
		a.Basis, a.Condition = grounds(k, say)
		a.Subjects, a.Biometric = shown, true
		a.Categories = say("copies of the sealed vault, made by the operator outside the program")
		a.Retention = say("to be set by the operator; proposed: {{.N}} days", "N", backupDays)
	})
	return r
}

func common(k Known, say Say) Activity {
	p := k.Profile
	a := Activity{Controller: partyLine(p.Party), DPO: partyLine(p.DPO), DPIA: oneLine(p.DPIA), Reviewed: dateText(p.DPIAReviewed)}
	a.Joint = parties(p.Joint)
	for _, r := range []struct {
		where string
		rep   matter.Representative
	}{{say("Union"), p.EU}, {say("United Kingdom"), p.UK}, {say("Switzerland"), p.CH}} {
		if !r.rep.Empty() {
			a.Representative = joined(a.Representative, r.where+": "+partyLine(r.rep.Party))
		}
	}
	if p.BlocksCollecting() {
		a.Representative = joined(say(string(matter.GapRepresentative)), a.Representative)
	}
	var recipients, processors []string
	for _, r := range k.present(false) {
		recipients = append(recipients, partyLine(matter.Party{Name: r.Name, Country: r.Country})+": "+oneLine(r.What))
	}
	for _, r := range k.present(true) {
		processors = append(processors, partyLine(matter.Party{Name: r.Name, Country: r.Country})+": "+oneLine(r.What))
	}
	a.Recipients, a.Processors = strings.Join(recipients, "; "), strings.Join(processors, "; ")
	for _, r := range k.Recipients {
		if r.Third() && !r.Gone() {
			a.Transfers = joined(a.Transfers, r.Country+" ("+oneLine(r.Name)+"): "+oneLine(r.Safeguards))
		}
	}
	none := say("none recorded")
	for _, s := range []*string{&a.Recipients, &a.Processors, &a.Transfers, &a.Joint} {
		if *s == "" {
			*s = none
		}
	}
	a.Measures = measures(k, say)
	return a
}

func measures(k Known, say Say) string {
	out := say("everything stays on one computer; sealed records with keys that can be destroyed one by one; purpose stated for each search; signed log that shows changes; faces computed in separate processes; erasure proved by a scan of the files")
	if k.Passphrase {
		out = joined(out, say("the vault is protected by a passphrase (Argon2id)"))
	} else {
		out = joined(out, say("the vault has NO passphrase: whoever can read its folder can open it"))
	}
	return joined(out, oneLine(k.Profile.Measures))
}

func collectionRow(a *Activity, c engine.CollectionInfo, say Say, shown string) {
	a.Purposes, a.Basis, a.Condition = oneLine(c.Purpose), basisWords(say, c.Basis), conditionWords(say, c.Condition)
	a.Subjects, a.Biometric = shown, true
	a.Categories = say("photos, addresses and titles of where they were found, dates, places; face crops and templates (biometric). Sources: {{.Scope}}. {{.Photos}} photos, {{.Faces}} faces",
		"Scope", scopeWords(say, c.Scope), "Photos", number(c.Photos), "Faces", number(c.Faces))
	a.Retention = daysText(say, c.Retain)
	if c.Controller != "" {
		a.Controller = joined(a.Controller, say("answers for this collection: {{.Name}}", "Name", oneLine(c.Controller)))
	}
}

// grounds lists the legal bases and conditions that the collections have, each once.
func grounds(k Known, say Say) (bases, conditions string) {
	var b, c []string
	seen := map[string]bool{}
	for _, col := range k.Collections {
		if !seen["b"+col.Basis] {
			b = append(b, basisWords(say, col.Basis))
		}
		if !seen["c"+col.Condition] {
			c = append(c, conditionWords(say, col.Condition))
		}
		seen["b"+col.Basis], seen["c"+col.Condition] = true, true
	}
	return strings.Join(b, "; "), strings.Join(c, "; ")
}

func parties(list []matter.Party) string {
	var out []string
	for _, p := range list {
		out = append(out, partyLine(p))
	}
	return strings.Join(out, "; ")
}

func joined(a, b string) string {
	switch {
	case a == "":
		return b
	case b == "":
		return a
	}
	return a + "; " + b
}
