package entry

import (
	"slices"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// about is an entry about a subject request, which is named by its ID and reference.
func about(a engine.AuditAction, r matter.Request) engine.AuditEntry {
	return engine.AuditEntry{Action: a, Objects: []string{string(r.ID)}, Detail: map[string]string{"ref": r.Ref}}
}

// SearchRefused records that a search was refused, as it had no purpose.
func SearchRefused() engine.AuditEntry {
	return engine.AuditEntry{Action: engine.ActionSearchRefused, Detail: map[string]string{"why": "purpose"}}
}

// RequestRegistered records that a subject request came in, and by what date it is to be answered.
func RequestRegistered(r matter.Request) engine.AuditEntry {
	e := about(engine.ActionRequestRegistered, r)
	rights := slices.Clone(r.Rights)
	for _, right := range rights {
		e.Detail["right_"+string(right)] = "yes"
	}
	e.Detail["due"] = r.Due.UTC().Format("2006-01-02")
	e.Counts = map[string]int{"urls": len(r.URLs)}
	return e
}

// RequestChanged records that something was added to a request: "portrait", "faces", "doubts", "reason", "decision".
func RequestChanged(r matter.Request, what string) engine.AuditEntry {
	e := about(engine.ActionRequestChanged, r)
	e.Detail["what"] = what
	return e
}

// RequestSearched records the search of all stores for a request. It is a search like any other: the faces that it returned are told.
func RequestSearched(r matter.Request, s matter.SubjectSearch, returned []engine.FaceID) engine.AuditEntry {
	e := about(engine.ActionRequestSearched, r)
	e.Purpose = purpose(r)
	e.Counts = map[string]int{"probe_faces": s.Faces, "searched": s.Compared, "matches": len(returned), "photos": s.Photos, "urls": s.URLs}
	e.Returned = returned
	return e
}

// purpose is what faces are looked at for while a request is dealt with: people who ask are told why somebody saw them.
func purpose(r matter.Request) string { return "subject request " + r.Ref }

// CandidatesViewed records that the candidates of a request were shown.
func CandidatesViewed(r matter.Request, faces []engine.FaceID) engine.AuditEntry {
	e := about(engine.ActionViewed, r)
	e.Purpose, e.Returned = purpose(r), faces
	return e
}

// RequestReviewed records decisions about candidates: how many, which way, and how many wait for a second reviewer. Reviewers sign in the
// request; the log has the keyed hash of the user.
func RequestReviewed(r matter.Request, d matter.Decision, n, waiting int, faces []engine.FaceID) engine.AuditEntry {
	e := about(engine.ActionRequestReviewed, r)
	e.Purpose = purpose(r)
	e.Detail["decision"] = string(d)
	e.Counts = map[string]int{"candidates": n, "second": waiting}
	e.Returned = faces
	return e
}

// Restricted records that faces were hidden from searches ("on"), or are found again ("off").
func Restricted(r matter.Request, what string, faces int) engine.AuditEntry {
	e := about(engine.ActionRestricted, r)
	e.Detail["what"] = what
	e.Counts = map[string]int{"faces": faces}
	return e
}

// PackageWritten records that an access package was written, with its counts by store and the hash of its manifest.
func PackageWritten(r matter.Request, p matter.PackageRecord) engine.AuditEntry {
	e := about(engine.ActionPackageWritten, r)
	e.Detail["manifest"] = p.Manifest
	if p.Sealed != "" {
		e.Detail["sealed"] = p.Sealed
	}
	e.Counts = map[string]int{"gaps": len(p.Gaps)}
	for s, n := range p.Counts {
		e.Counts[string(s)] = n
	}
	return e
}

// RequestAnswered records that the answer was sent.
func RequestAnswered(r matter.Request) engine.AuditEntry {
	return about(engine.ActionRequestAnswered, r)
}

// RequestExtended records that the time to answer was extended, and until when.
func RequestExtended(r matter.Request) engine.AuditEntry {
	e := about(engine.ActionRequestExtended, r)
	e.Detail["until"] = r.Until().UTC().Format("2006-01-02")
	return e
}

// RequestRefused records a refusal and its ground.
func RequestRefused(r matter.Request, ground matter.RefusalGround) engine.AuditEntry {
	e := about(engine.ActionRequestRefused, r)
	e.Detail["ground"] = string(ground)
	return e
}

// CertificateIssued records that a certificate of erasure was written.
func CertificateIssued(r matter.Request, erasure engine.ErasureID, sum string) engine.AuditEntry {
	e := about(engine.ActionCertificate, r)
	e.Objects = append(e.Objects, string(erasure))
	e.Detail["sha256"] = sum
	return e
}

// RecipientNotified records that a recipient was told of an erasure. It is named by its ID.
func RecipientNotified(r matter.Request, recipient string) engine.AuditEntry {
	e := about(engine.ActionRecipientNotified, r)
	e.Objects = append(e.Objects, recipient)
	return e
}

// RequestClosed records the end of a request, and how many portraits went with it.
func RequestClosed(r matter.Request, portraits int) engine.AuditEntry {
	e := about(engine.ActionRequestClosed, r)
	e.Counts = map[string]int{"portraits": portraits}
	return e
}
