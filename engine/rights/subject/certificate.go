package subject

import (
	"fmt"
	"strings"
	"time"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// How long things stay after an erasure (facts 5.6).
const (
	KeepRequest = 3 * 365 * 24 * time.Hour
	KeepBackups = 35 * 24 * time.Hour
)

// Certified is what a certificate is made of beside the request.
type Certified struct {
	Answering matter.Answering
	Issued    time.Time
	Software  string
	Model     string
	Key       string
	KeyPrint  string
	LogUses   int // entries of the log that name erased records
}

// NewCertificate makes the certificate of a request's erasure (facts 5.3). CodeConflict: nothing was erased, or it is not proved that nothing is left.
func NewCertificate(r matter.Request, c Certified) (matter.Certificate, error) {
	e := r.Erasure
	switch {
	case e == nil:
		return matter.Certificate{}, engine.E(engine.CodeConflict, "subject.NewCertificate", "nothing was erased for this request", nil)
	case !e.Finished || e.Hits+e.Scan > 0 || !e.Check.Clean():
		return matter.Certificate{}, engine.E(engine.CodeConflict, "subject.NewCertificate", "the erasure is not finished: bytes of it may still be in the vault's files", nil)
	}
	w := speak(r.Lang)
	until := e.At.Add(KeepRequest)
	n := e.Counts
	const (
		method   = "records deleted, their keys destroyed, their bytes removed from the database's files, all of it read through afterwards"
		methodTh = "as above; of photos that stay, made anew without the face"
	)
	systems := []matter.SystemErased{
		{System: "records of photos and where they were found", Count: n.Photos + n.Finds + n.Items, Method: method},
		{System: "pictures of faces", Count: n.Crops, Method: method},
		{System: "small pictures of photos", Count: n.Thumbnails, Method: methodTh},
		{System: "templates", Count: n.Templates, Method: method},
		{System: "index in memory and on disk", Count: n.Templates, Method: "rows removed; what is saved written anew without them, the old files' keys destroyed"},
		{System: "groups of faces by person", Count: 0, Method: "computed from the index, which no longer has the faces; decisions about them deleted with them"},
		{System: "keys", Count: n.Keys, Method: "overwritten in place"},
	}
	law := w.say("GDPR")
	kept := []matter.KeptThing{
		{What: w.say("kept-request"), Count: 1, Why: w.say("kept-request-why"), Basis: law + " 5(2), 17(3)(e)", Until: until},
		{What: w.say("kept-suppressions"), Count: n.Suppressions, Why: w.say("kept-suppressions-why"), Basis: law + " 6(1)(c), 17, 21", Until: e.At.Add(engine.SuppressFor)},
		{What: w.say("kept-log"), Count: c.LogUses, Why: w.say("kept-log-why"), Basis: law + " 5(2), 15"}, // no end: nothing can be taken out of the log
	}
	cert := matter.Certificate{
		Format: "gabarit-erasure", Version: 1, Ref: r.Ref, Requested: r.Received, Completed: e.At, Issued: c.Issued,
		Controller: some(c.Answering.Controller), Representative: some(c.Answering.Representative), Gaps: some(c.Answering.Gaps),
		Erased: n, Systems: systems, Software: c.Software, Model: c.Model,
		Backups: "copies of the vault that the operator made", BackupsEnd: e.At.Add(KeepBackups), Recipients: some(e.Notices), Kept: kept,
		Verified: matter.Verification{At: e.At, Portraits: e.Portraits, Distance: e.Distance, Compared: e.Searched, Hits: e.Hits, Rejected: e.Rejected, ScanLeft: e.Scan,
			Records: e.Check.Records, LiveKeys: e.Check.Live, LeftFiles: e.Check.Left, LeftIndex: e.Check.Indexed, Pending: e.Check.Pending, PortraitsDeleted: r.PortraitsDeleted},
		Limits: []string{w.say("cert-limits")}, Remedies: []string{w.say("cert-remedies")}, Key: c.Key, KeyPrint: c.KeyPrint,
	}
	return cert, nil
}

// CertificateLetter says in words what a certificate says.
func CertificateLetter(r matter.Request, c matter.Certificate, from matter.Answering) matter.LetterDoc {
	w := write(r, from, c.Issued, "cert-subject")
	at := func(t time.Time) time.Time { return Local(r, t) }
	e, v := *r.Erasure, c.Verified
	search := w.say("cert-search-none", "portraits", v.Portraits)
	switch {
	case e.Unsearched:
		search = w.say("cert-search-no")
	case v.Rejected > 0:
		search = w.say("cert-search-rest", "rejected", v.Rejected, "portraits", v.Portraits)
	}
	if !r.PortraitsDeleted.IsZero() {
		search += " " + w.say("cert-deleted", "deleted", at(r.PortraitsDeleted), "portraits", max(1, v.Portraits))
	}
	w.put("cert-received", "received", at(c.Requested), "at", at(c.Completed), "issued", at(c.Issued))
	w.put("cert-model", "at", at(c.Completed), "photos", c.Erased.Photos, "crops", c.Erased.Crops, "thumbnails", c.Erased.Thumbnails, "templates", c.Erased.Templates,
		"backups", at(c.BackupsEnd), "search", search, "until", at(c.Kept[0].Until), "suppressions", c.Erased.Suppressions)
	if c.Erased.Partly > 0 {
		w.put("cert-partly", "partly", c.Erased.Partly)
	}
	w.put("cert-counts", "counts", w.counted(c.Erased))
	for _, s := range c.Systems {
		w.item("cert-systems", "system", w.say(s.System), "count", s.Count, "method", w.say(s.Method))
	}
	w.put("cert-verified", "verified", at(v.At), "portraits", v.Portraits, "distance", v.Distance, "compared", v.Compared, "hits", v.Hits, "scan", v.ScanLeft, "records", v.Records,
		"left", v.LeftFiles, "keys", v.LiveKeys, "index", v.LeftIndex, "pending", v.Pending)
	w.recipients(c.Recipients, at)
	w.put("cert-public")
	if e.Cases > 0 {
		w.put("cert-cases", "cases", e.Cases)
	}
	for _, k := range c.Kept {
		key := "cert-kept"
		if k.Until.IsZero() {
			key = "cert-kept-log"
		}
		w.item(key, "what", k.What, "count", k.Count, "why", k.Why, "basis", k.Basis, "until", at(k.Until))
	}
	if e.Choice.Looks {
		w.put("cert-looks", "chosen", e.Choice.Chosen)
	}
	for _, l := range c.Limits {
		w.plain(l)
	}
	w.lacks(from)
	for _, l := range c.Remedies {
		w.plain(l)
	}
	w.put("cert-signed", "print", c.KeyPrint)
	w.doc.AnnexHead, w.doc.AnnexNote = w.say("annex-cert"), w.say("annex-cert-note")
	return w.doc
}

// recipients tells who was informed, and who was not and why (art. 19).
func (w *writer) recipients(notices []matter.Notice, at func(time.Time) time.Time) {
	if len(notices) == 0 {
		w.put("cert-no-recipients")
		return
	}
	var names []string
	for _, n := range notices {
		told := w.say("cert-not-sent")
		switch {
		case !n.Sent.IsZero():
			told = w.date(at(n.Sent))
		case n.Needless != "":
			told = w.say("cert-needless", "reason", n.Needless)
		}
		names = append(names, fmt.Sprintf("%s (%s)", n.Name, told))
	}
	w.put("cert-recipients", "recipients", strings.Join(names, w.say("semicolon")))
}

// counted lists all counts of an erasure, zeros too.
func (s speech) counted(c engine.ErasureCounts) string {
	var all []string
	for _, x := range []struct {
		what string
		n    int
	}{
		{"whole photos", c.Photos}, {"photos that stay without a face", c.Partly}, {"thumbnails removed or made anew", c.Thumbnails}, {"face crops", c.Crops},
		{"templates, and rows of the index", c.Templates}, {"places where they were found", c.Finds}, {"records of items", c.Items}, {"records of runs", c.Runs},
		{"collections", c.Collections}, {"finds taken out of cases", c.CaseItems}, {"keys destroyed", c.Keys}, {"entries against collecting again", c.Suppressions},
	} {
		all = append(all, fmt.Sprintf("%s %d", s.say(x.what), x.n))
	}
	return strings.Join(all, ", ")
}

// article names the article of a legal basis or condition.
func article(key string, basis bool) string {
	grounds := engine.ConditionGrounds()
	if basis {
		grounds = engine.Bases()
	}
	for _, g := range grounds {
		if g.Key == key {
			return g.Article
		}
	}
	return key
}
