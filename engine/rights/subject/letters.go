package subject

import (
	"cmp"
	"strings"
	"time"

	"gabarit/engine/matter"
)

// writer puts a letter together.
type writer struct {
	speech
	doc matter.LetterDoc
}

func write(r matter.Request, from matter.Answering, at time.Time, subject string, pairs ...any) *writer {
	w := &writer{speech: speak(r.Lang)}
	to := []string{}
	for _, l := range []string{r.Name, r.Reply} {
		if l != "" {
			to = append(to, l)
		}
	}
	at = Local(r, at)
	title := w.say(subject, append([]any{"ref", r.Ref}, pairs...)...)
	w.doc = matter.LetterDoc{Lang: w.lang, Date: at, Title: title, Sender: from.Controller, Addressee: to, PlaceDate: w.date(at), Reference: w.say("ref", "ref", r.Ref), Subject: title,
		Signature: w.say("closing")}
	return w
}

// letter is write with a greeting; end closes it.
func letter(r matter.Request, from matter.Answering, at time.Time, subject string, pairs ...any) *writer {
	w := write(r, from, at, subject, pairs...)
	w.put("greeting")
	return w
}

func (w *writer) end() matter.LetterDoc {
	w.put("regards")
	return w.doc
}

// put adds paragraphs; "" adds none.
func (w *writer) put(key string, pairs ...any) {
	w.plain(w.say(key, pairs...))
}

func (w *writer) plain(text string) {
	for p := range strings.SplitSeq(text, "\n") {
		if strings.TrimSpace(p) != "" {
			w.doc.Body = append(w.doc.Body, matter.LetterBlock{Text: p})
		}
	}
}

// item adds an entry of a list.
func (w *writer) item(key string, pairs ...any) {
	w.doc.Body = append(w.doc.Body, matter.LetterBlock{Kind: matter.BlockListItem, Marker: "–", Text: w.say(key, pairs...)})
}

// lacks adds what the controller's own records lack: every outgoing answer carries it.
func (w *writer) lacks(from matter.Answering) {
	for _, g := range from.Gaps {
		w.put("answer-lack", "gap", w.say(g))
	}
}

// Acknowledgement tells the person that the request came in, and by when it is answered.
func Acknowledgement(r matter.Request, from matter.Answering, at time.Time) matter.LetterDoc {
	received := Local(r, r.Received)
	w := letter(r, from, at, "ack-subject", "received", received)
	w.put("ack-1", "rights", w.rights(r), "received", received, "ref", r.Ref)
	w.put("ack-2", "due", Local(r, r.Due))
	w.put("ack-3")
	if r.Estimated {
		w.put("ack-estimated")
	}
	w.lacks(from)
	return w.end()
}

// Answer is the letter on top of an access package. keyPrint is the fingerprint of the key that signs it.
func Answer(d Dossier, gaps []matter.AccessGap, keyPrint string) matter.LetterDoc {
	if d.Empty() {
		return nothing(d, keyPrint)
	}
	w := letter(d.Request, d.Answering, d.At, "answer-subject")
	finds := 0
	for _, p := range d.Photos {
		finds += 1 + len(p.Also)
	}
	w.put("answer-yes", "at", Local(d.Request, d.At), "photos", len(d.Photos), "faces", d.faceCount(), "templates", len(d.Templates), "finds", finds)
	if d.Described && len(d.Templates) > 0 {
		w.put("answer-rest")
	} else {
		w.put("answer-all")
	}
	w.put("answer-copy")
	if d.Described {
		w.put("answer-described")
	} else if len(d.Templates) > 0 {
		w.put("answer-template")
	}
	if d.Unsure > 0 {
		w.put("answer-unsure", "unsure", d.Unsure)
	}
	w.put("answer-contents")
	for _, g := range gaps {
		if g.Reason != Scanned {
			w.item("answer-gap", "key", g.Key, "why", w.say(cmp.Or(g.Reason, g.Why)))
		}
	}
	if d.Request.Asks(matter.RightErasure) {
		w.put("answer-erase")
	}
	w.lacks(d.Answering)
	w.put("answer-check", "print", keyPrint)
	w.doc.AnnexHead, w.doc.AnnexNote = w.say("annex"), w.say("annex-note")
	return w.end()
}

// NothingFound is the answer to somebody of whom nothing is held: it says what was searched, how, how far and when.
func NothingFound(r matter.Request, from matter.Answering, near Nearness, at time.Time) matter.LetterDoc {
	d := Dossier{Request: r, Answering: from, Near: near, At: at}
	for _, c := range r.Candidates {
		if c.Verdict() == matter.VerdictUnsure {
			d.Unsure++
		}
	}
	return nothing(d, "")
}

func nothing(d Dossier, keyPrint string) matter.LetterDoc {
	w := letter(d.Request, d.Answering, d.At, "none-subject")
	w.put("none-1")
	if s := d.Request.Search; s != nil {
		w.put("none-2", "at", Local(d.Request, s.At), "held", s.Held, "photos", s.Photos, "collections", s.Collections, "compared", s.Compared, "faces", s.Faces,
			"portraits", s.Portraits, "distance", s.Distance, "model", s.Model, "possible", d.Near.Possible)
		if s.OtherModel > 0 {
			w.put("none-other", "other", s.OtherModel)
		}
		nearest := "–"
		if s.Nearest > 0 {
			nearest = w.value(s.Nearest)
		}
		w.put("none-3", "urls", s.URLs, "hashes", s.Hashes, "bits", s.LookAlike, "nearest", nearest)
		if n := len(d.Request.Candidates) - d.Unsure; n > 0 {
			w.put("none-looked", "candidates", n)
		}
	}
	w.put("none-better")
	if d.Unsure > 0 {
		w.put("answer-unsure", "unsure", d.Unsure)
	}
	w.lacks(d.Answering)
	if keyPrint != "" {
		w.put("answer-check", "print", keyPrint)
	}
	w.doc.AnnexHead, w.doc.AnnexNote = w.say("annex"), w.say("annex-note")
	return w.end()
}

// ExtensionNotice tells the person that the answer takes longer.
func ExtensionNotice(r matter.Request, from matter.Answering) matter.LetterDoc {
	e := *r.Extension
	w := letter(r, from, e.At, "ext-subject")
	w.put("ext-1", "received", Local(r, r.Received), "due", Local(r, r.Due), "until", Local(r, e.Until))
	w.plain(e.Reasons)
	w.put("ext-2")
	w.lacks(from)
	return w.end()
}

// RefusalNotice tells the person that the request is refused, why, and what can be done about it (art. 12(4)).
func RefusalNotice(r matter.Request, from matter.Answering) matter.LetterDoc {
	f := *r.Refusal
	w := letter(r, from, f.At, "refuse-subject")
	w.put("refuse-1", "received", Local(r, r.Received), "ground", w.say("refuse-"+string(f.Ground)))
	w.put("refuse-2")
	w.plain(f.Reasons)
	w.put("refuse-3")
	if len(from.Authority) > 0 {
		w.put("authority", "authority", strings.Join(from.Authority, ", "))
	}
	w.lacks(from)
	return w.end()
}

// RecipientNotice tells a recipient that data were erased, or else that their processing is restricted (art. 19). It names the records by number, and nobody.
func RecipientNotice(r matter.Request, from matter.Answering, to matter.Disclosure, photos []string) matter.LetterDoc {
	r.Name, r.Reply = to.Name, to.Address
	if r.Erasure == nil {
		w := letter(r, from, r.FrozenAt, "restricted-subject")
		w.put("restricted-1", "what", to.What, "at", Local(r, r.FrozenAt))
		w.put("restricted-2", "photos", strings.Join(photos, ", "))
		return w.end()
	}
	w := letter(r, from, r.Erasure.At, "notice-subject")
	w.put("notice-1", "what", to.What, "at", Local(r, r.Erasure.At))
	w.put("notice-2", "photos", strings.Join(photos, ", "))
	return w.end()
}

// TextFiles gives the texts of a package that say what art. 15(1) wants said.
func TextFiles(d Dossier) []File {
	w := speak(d.Request.Lang)
	var purposes, retention []string
	for _, c := range d.Collections {
		purposes = append(purposes, w.say("purposes", "name", c.Name, "purpose", c.Purpose, "basis", article(c.Basis, true), "condition", article(c.Condition, false), "scope", c.Scope))
		retention = append(retention, w.say("retention", "name", c.Name, "days", int(c.Retain/(24*time.Hour))))
	}
	if len(purposes) == 0 {
		purposes = append(purposes, w.say("purposes-none"))
	}
	retention = append(retention, w.say("retention-rest"))
	rights := []string{w.say("rights")}
	if len(d.Answering.Authority) > 0 {
		rights = append(rights, w.say("authority", "authority", strings.Join(d.Answering.Authority, ", ")))
	} else {
		rights = append(rights, w.say("authority", "authority", w.say("nobody")))
	}
	model := ""
	if d.Request.Search != nil {
		model = string(d.Request.Search.Model)
	}
	who := func(key string, lines []string) string {
		if len(lines) == 0 {
			lines = []string{w.say("nobody")}
		}
		return w.say(key, key, strings.Join(lines, ", "))
	}
	a := d.Answering
	controller := []string{who("controller", a.Controller), who("representative", a.Representative), who("dpo", a.DPO), who("joint", a.Joint)}
	for _, g := range a.Gaps {
		controller = append(controller, w.say(g))
	}
	text := func(lines ...string) []byte { return []byte(strings.Join(lines, "\n\n") + "\n") }
	return []File{
		{Path: "purposes.txt", Data: text(purposes...)}, {Path: "categories.txt", Data: text(w.say("categories"))}, {Path: "retention.txt", Data: text(retention...)},
		{Path: "rights.txt", Data: text(rights...)}, {Path: "controller.txt", Data: text(controller...)},
		{Path: "logic.txt", Data: text(w.say("logic", "model", model, "search", d.Near.Search, "possible", d.Near.Possible, "review", d.Near.Review))},
	}
}
