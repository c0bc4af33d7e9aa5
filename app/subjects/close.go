package subjects

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"gabarit/app/files"
	"gabarit/app/opened"
	"gabarit/engine"
	"gabarit/engine/entry"
	"gabarit/engine/matter"
	"gabarit/engine/rights/document"
	"gabarit/engine/rights/subject"
)

// CertificateKind is what the signature of a certificate says is signed.
const CertificateKind = "certificate of erasure"

// WriteCertificate writes the certificate of an erasure into a folder: JSON with its signature, PDF and text, which say the same. It holds no image, template or hash
// of an image. CodeConflict: nothing was erased.
func (q *Requests) WriteCertificate(ctx context.Context, name, dir string) ([]string, error) {
	q.turn.Lock()
	defer q.turn.Unlock()
	var paths []string
	_, err := opened.Use(ctx, q.counter.Door, "subjects.WriteCertificate", func(ctx context.Context, v opened.Vault) (matter.Request, error) {
		r, err := find(ctx, v.Store, name)
		if err != nil {
			return r, err
		}
		if r, err = q.finish(ctx, v, r); err != nil {
			return r, err
		}
		c, letter, err := q.certificate(ctx, v, r)
		if err != nil {
			return r, err
		}
		data, err := json.MarshalIndent(c, "", "  ")
		if err != nil {
			return r, engine.E(engine.CodeInternal, "subjects.WriteCertificate", "the certificate can't be written down", err)
		}
		sum := sha256.Sum256(data)
		statement, err := v.Signer.Sign(CertificateKind, sum)
		if err != nil {
			return r, err
		}
		pdf, err := document.PDF(letter)
		if err != nil {
			return r, err
		}
		paths, err = files.WriteNew(dir, r.Ref+"-certificate", []files.New{{Ext: "json", Data: data}, {Ext: "json.sig", Data: []byte(statement)}, {Ext: "pdf", Data: pdf},
			{Ext: "txt", Data: []byte(document.Text(letter))}})
		if err != nil {
			return r, err
		}
		if err := v.Store.Record(ctx, entry.CertificateIssued(r, r.Erasure.ID, hex.EncodeToString(sum[:]))); err != nil {
			return r, errors.Join(err, files.RemoveAll(paths))
		}
		q.counter.Door.Tell(engine.EventAudit)
		return r, nil
	})
	return paths, err
}

func (q *Requests) certificate(ctx context.Context, v opened.Vault, r matter.Request) (matter.Certificate, matter.LetterDoc, error) {
	from, err := q.counter.Answering(ctx, v.Store)
	if err != nil {
		return matter.Certificate{}, matter.LetterDoc{}, err
	}
	with := subject.Certified{Answering: from, Issued: q.counter.Door.Now(), Software: q.counter.Software, Model: string(v.Model)}
	with.Key, with.KeyPrint = v.Signer.Key()
	faces := map[engine.FaceID]bool{}
	for _, f := range r.ConfirmedFaces() {
		faces[f] = true
	}
	err = v.Store.AuditLog(ctx, func(e engine.AuditEntry) error {
		if subject.Returns(e, faces) {
			with.LogUses++
		}
		return nil
	})
	if err != nil {
		return matter.Certificate{}, matter.LetterDoc{}, err
	}
	c, err := subject.NewCertificate(r, with)
	if err != nil {
		return c, matter.LetterDoc{}, err
	}
	return c, subject.CertificateLetter(r, c, from), nil
}

// ExtendRequest extends the time to answer to three months from receipt (art. 12(3)) and gives the notice to the person. CodeInvalid: without reasons; CodeConflict:
// the base date has passed, it was extended, or it is answered.
func (q *Requests) ExtendRequest(ctx context.Context, name, reasons string) (matter.Request, string, error) {
	if !said(reasons) {
		return matter.Request{}, "", invalid("an extension needs its reasons: complexity and number of the requests")
	}
	if err := checkText(reasons); err != nil {
		return matter.Request{}, "", err
	}
	var text string
	r, err := q.on(ctx, "subjects.ExtendRequest", name, func(ctx context.Context, v opened.Vault, r matter.Request) (matter.Request, error) {
		from, err := q.counter.Answering(ctx, v.Store)
		if err != nil {
			return r, err
		}
		until := q.counter.Deadline(subject.Local(r, r.Received), 3, from.Country)
		return q.change(ctx, v, r.ID, "Time extended", func(x engine.DocumentTx, r *matter.Request) (engine.AuditEntry, error) {
			switch {
			case r.Answered():
				return engine.AuditEntry{}, conflict("the subject request is answered", nil)
			case r.Extension != nil:
				return engine.AuditEntry{}, conflict("the time was extended already", nil)
			case x.Now().After(r.Due):
				return engine.AuditEntry{}, conflict("the notice of an extension has to arrive within the first month, which has passed", nil)
			}
			r.Extension = &matter.ExtensionNotice{At: x.Now(), Reasons: reasons, Until: until}
			text = document.Text(subject.ExtensionNotice(*r, from))
			return entry.RequestExtended(*r), nil
		})
	})
	return r, text, err
}

// RefuseRequest refuses a request under art. 12(5) and gives the notice to the person. It takes one of the two grounds, reasons, written evidence, and two people;
// how often somebody has asked is no ground by itself. CodeInvalid.
func (q *Requests) RefuseRequest(ctx context.Context, name string, f matter.RequestRefusal) (matter.Request, string, error) {
	switch {
	case !slices.Contains(matter.RefusalGrounds(), f.Ground):
		return matter.Request{}, "", invalid("a request is refused as manifestly unfounded or as excessive (GDPR article 12(5)); there is no other ground")
	case !said(f.Reasons):
		return matter.Request{}, "", invalid("a refusal needs its reasons, which are given to the person")
	case !said(f.Evidence):
		return matter.Request{}, "", invalid("a refusal needs evidence in writing: the burden of proof is the controller's")
	case !said(f.By) || !said(f.Second) || strings.EqualFold(strings.TrimSpace(f.By), strings.TrimSpace(f.Second)):
		return matter.Request{}, "", invalid("a refusal is signed by one person and confirmed by another")
	}
	if err := checkText(f.Reasons, f.Evidence, f.By, f.Second); err != nil {
		return matter.Request{}, "", err
	}
	var text string
	r, err := q.on(ctx, "subjects.RefuseRequest", name, func(ctx context.Context, v opened.Vault, r matter.Request) (matter.Request, error) {
		from, err := q.counter.Answering(ctx, v.Store)
		if err != nil {
			return r, err
		}
		return q.change(ctx, v, r.ID, "Refused", func(x engine.DocumentTx, r *matter.Request) (engine.AuditEntry, error) {
			f.At = x.Now()
			r.Refusal = &f
			text = document.Text(subject.RefusalNotice(*r, from))
			return entry.RequestRefused(*r, f.Ground), nil
		})
	})
	return r, text, err
}

// DecideRequest records what became of an objection or restriction, in words.
func (q *Requests) DecideRequest(ctx context.Context, name, words string) (matter.Request, error) {
	if !said(words) {
		return matter.Request{}, invalid("a reason is needed")
	}
	if err := checkText(words); err != nil {
		return matter.Request{}, err
	}
	return q.on(ctx, "subjects.DecideRequest", name, func(ctx context.Context, v opened.Vault, r matter.Request) (matter.Request, error) {
		return q.change(ctx, v, r.ID, "Decided", func(_ engine.DocumentTx, r *matter.Request) (engine.AuditEntry, error) {
			r.Decided = words
			return entry.RequestChanged(*r, "decision"), nil
		})
	})
}

// CloseRequest ends a request and deletes its portraits. CodeConflict: something is not answered, or a point of the answer or a store is empty without a stated reason.
func (q *Requests) CloseRequest(ctx context.Context, name string) (matter.Request, error) {
	return q.on(ctx, "subjects.CloseRequest", name, func(ctx context.Context, v opened.Vault, r matter.Request) (matter.Request, error) {
		r, err := q.finish(ctx, v, r)
		if err != nil {
			return r, err
		}
		if err := open(r); err != nil {
			return r, err
		}
		if err := q.told(ctx, v, r); err != nil {
			return r, err
		}
		r, err = q.change(ctx, v, r.ID, "Closed", func(x engine.DocumentTx, r *matter.Request) (engine.AuditEntry, error) {
			n := len(r.Portraits)
			if err := dropPortraits(x, r); err != nil {
				return engine.AuditEntry{}, err
			}
			r.ClosedAt = x.Now()
			return entry.RequestClosed(*r, n), nil
		})
		if err == nil {
			_, _, err = v.Store.Purge(ctx)
		}
		return r, err
	})
}

// open tells what keeps a request from being closed.
func open(r matter.Request) error {
	if r.Refusal != nil {
		return nil
	}
	if err := undone(r); err != nil {
		return err
	}
	return whole(r)
}

// undone tells which right that was asked for was not dealt with.
func undone(r matter.Request) error {
	nothing := r.Search != nil && r.Undecided() == 0 && len(r.Confirmed()) == 0
	decides := r.Asks(matter.RightObjection) || r.Asks(matter.RightRestriction)
	switch {
	case r.Asks(matter.RightAccess) && r.AnsweredAt.IsZero():
		return conflict("the subject request is not answered: the access package was not sent", nil)
	case r.Asks(matter.RightErasure) && r.Erasure == nil && !nothing:
		return conflict("the subject request is not answered: nothing was erased", nil)
	case decides && r.Decided == "" && r.Erasure == nil:
		return conflict("what became of the objection or restriction is not recorded", nil)
	case len(r.Frozen) > 0 && !r.Asks(matter.RightRestriction):
		return conflict("faces are still hidden from searches: lift the restriction or erase them", nil)
	}
	return nil
}

// whole tells what the last package lacks without a stated reason.
func whole(r matter.Request) error {
	if len(r.Packages) == 0 {
		return nil
	}
	for _, g := range r.Packages[len(r.Packages)-1].Gaps {
		if !g.Explained() {
			return conflict("the access package is not whole: state why something is lacking, and write it again", errors.New(g.Key))
		}
	}
	return nil
}
