package subjects

import (
	"context"
	"errors"
	"os"
	"slices"
	"time"

	"gabarit/app/opened"
	"gabarit/engine"
	"gabarit/engine/entry"
	"gabarit/engine/matter"
	"gabarit/engine/photo"
	"gabarit/engine/photo/veil"
	"gabarit/engine/rights/document"
	"gabarit/engine/rights/subject"
	"gabarit/storage/parcel"
)

// AccessOf tells what an access package would hold, store by store, beside what a full scan finds, and what keeps it from being whole.
func (q *Requests) AccessOf(ctx context.Context, name string) (matter.Access, error) {
	return opened.Use(ctx, q.counter.Door, "subjects.AccessOf", func(ctx context.Context, v opened.Vault) (matter.Access, error) {
		r, err := find(ctx, v.Store, name)
		if err != nil {
			return matter.Access{}, err
		}
		return q.accessOf(ctx, v, r)
	})
}

func (q *Requests) accessOf(ctx context.Context, v opened.Vault, r matter.Request) (matter.Access, error) {
	var a matter.Access
	if r.Search == nil {
		return a, conflict("the vault was not searched for the subject request yet", nil)
	}
	d, err := q.gather(ctx, v, r)
	if err != nil {
		return a, err
	}
	var fresh int
	if a.Scan, fresh, err = q.scan(ctx, v, r); err != nil {
		return a, err
	}
	a.Package = matter.StoreCounts{matter.StorePhotos: len(d.Photos), matter.StoreFaces: len(d.Faces), matter.StoreTemplates: len(d.Templates), matter.StoreGroups: len(d.Groups),
		matter.StoreDecisions: len(d.Decisions) + len(d.Judgements), matter.StoreCases: len(d.Cases), matter.StoreChecks: len(d.Checks), matter.StoreRequests: len(d.Requests),
		matter.StoreLog: len(d.Log), matter.StoreSuppressions: d.Suppressed, matter.StoreThumbnails: 0, matter.StoreCrops: 0, matter.StoreFinds: 0}
	for _, p := range d.Photos {
		a.Package[matter.StoreFinds] += 1 + len(p.Also)
		a.Package[matter.StoreThumbnails]++
	}
	a.Package[matter.StoreCrops] = len(d.Faces)
	a.Unsure = d.Unsure
	a.Gaps = subject.Gaps(d, a.Scan, a.Package, r.Undecided(), fresh)
	return a, nil
}

// StateReason states why an item of art. 15(1) or a store is empty. key is a matter.AccessItem or matter.StoreName.
func (q *Requests) StateReason(ctx context.Context, name, key, reason string) (matter.Request, error) {
	known := slices.Contains(matter.AccessItems(), matter.AccessItem(key)) || slices.Contains(matter.Stores(), matter.StoreName(key))
	switch {
	case !known:
		return matter.Request{}, engine.E(engine.CodeInvalid, "subjects.StateReason", "there is no such point of an answer", errors.New(key))
	case !said(reason):
		return matter.Request{}, invalid("a reason is needed")
	}
	if err := checkText(reason); err != nil {
		return matter.Request{}, err
	}
	return q.on(ctx, "subjects.StateReason", name, func(ctx context.Context, v opened.Vault, r matter.Request) (matter.Request, error) {
		return q.change(ctx, v, r.ID, "", func(_ engine.DocumentTx, r *matter.Request) (engine.AuditEntry, error) {
			if r.Reasons == nil {
				r.Reasons = map[string]string{}
			}
			r.Reasons[key] = reason
			return entry.RequestChanged(*r, "reason"), nil
		})
	})
}

// WriteAccess writes the access package of a request: a folder, and beside it a sealed ZIP if a passphrase or a recipient's key is given. Nothing is overwritten. The
// package is recorded in the request and the log; without the record there is none. CodeConflict: candidates are undecided, or faces have come since.
func (q *Requests) WriteAccess(ctx context.Context, name string, o matter.AccessOrder) (matter.PackageRecord, error) {
	var rec matter.PackageRecord
	var seal *parcel.Sealer
	if o.Passphrase != "" || o.Recipient != "" {
		s, err := parcel.NewSealer(o.Passphrase, o.Recipient)
		if err != nil {
			return rec, err
		}
		seal = &s
	}
	_, err := q.on(ctx, "subjects.WriteAccess", name, func(ctx context.Context, v opened.Vault, r matter.Request) (matter.Request, error) {
		if r.Search == nil {
			return r, conflict("the vault was not searched for the subject request yet", nil)
		}
		if r.Undecided() > 0 {
			return r, conflict("candidates are not decided yet", nil)
		}
		var err error
		if rec, err = q.write(ctx, v, r, o, seal); err != nil {
			return r, err
		}
		r, err = q.change(ctx, v, r.ID, "Access package written", func(_ engine.DocumentTx, r *matter.Request) (engine.AuditEntry, error) {
			r.Packages = append(r.Packages, rec)
			return entry.PackageWritten(*r, rec), nil
		})
		if err != nil {
			err = errors.Join(err, os.RemoveAll(rec.Folder), removeFile(rec.File))
		}
		return r, err
	})
	return rec, err
}

func removeFile(path string) error {
	if path == "" {
		return nil
	}
	return os.Remove(path)
}

// write writes the files of a package.
func (q *Requests) write(ctx context.Context, v opened.Vault, r matter.Request, o matter.AccessOrder, seal *parcel.Sealer) (rec matter.PackageRecord, err error) {
	d, err := q.gather(ctx, v, r)
	if err != nil {
		return rec, err
	}
	d.Described = o.Describe
	scan, fresh, err := q.scan(ctx, v, r)
	if err != nil {
		return rec, err
	}
	if fresh > 0 {
		return rec, conflict("faces have come since the candidates were reviewed: search again", nil)
	}
	p, err := parcel.Create(o.Dir, r.Ref+"-access")
	if err != nil {
		return rec, err
	}
	defer func() { err = errors.Join(err, p.Abort()) }()
	if err := fill(ctx, v, p, d); err != nil {
		return rec, err
	}
	rec = matter.PackageRecord{At: d.At, Counts: p.Counts(), Scan: scan}
	rec.Gaps = subject.Gaps(d, scan, rec.Counts, 0, 0)
	key, fingerprint := v.Signer.Key()
	letter := subject.Answer(d, rec.Gaps, fingerprint)
	pdf, err := document.PDF(letter)
	if err != nil {
		return rec, err
	}
	if err := errors.Join(p.Add("answer.pdf", pdf, "", 0), p.Add("answer.txt", []byte(document.Text(letter)), "", 0)); err != nil {
		return rec, err
	}
	m := matter.Manifest{Ref: r.Ref, At: d.At, State: d.At, Software: d.Software, Key: key, KeyPrint: fingerprint, Scan: scan, Gaps: rec.Gaps, Templates: "delivered"}
	if d.Described {
		m.Templates = "described"
	}
	if rec.Folder, rec.Manifest, err = p.Finish(m, v.Signer.Sign); err != nil {
		return rec, err
	}
	if seal != nil {
		rec.Sealed = seal.Kind
		if rec.File, err = seal.Seal(rec.Folder); err != nil {
			return rec, errors.Join(err, os.RemoveAll(rec.Folder))
		}
	}
	return rec, nil
}

// fill adds all but the answer and the manifest.
func fill(ctx context.Context, v opened.Vault, p *parcel.Package, d subject.Dossier) error {
	if err := pictures(ctx, v, p, d); err != nil {
		return err
	}
	files, err := d.Files()
	if err != nil {
		return err
	}
	if rows := d.Rows(); len(rows) > 0 {
		files = append(files, subject.File{Path: "data/templates.npy", Data: parcel.NPY(rows)})
	}
	for _, f := range append(files, subject.TextFiles(d)...) {
		if err := p.Add(f.Path, f.Data, f.Store, f.Count); err != nil {
			return err
		}
	}
	return nil
}

// pictures writes the pictures of the person: what is held of each photo, all blurred but their own head.
func pictures(ctx context.Context, v opened.Vault, p *parcel.Package, d subject.Dossier) error {
	for _, ph := range d.Photos {
		var keep, hide []engine.Box
		for _, f := range ph.Faces {
			if !d.Faces[f.ID] {
				hide = append(hide, f.Box)
				continue
			}
			keep = append(keep, f.Box)
			crop, err := v.Store.Crop(ctx, f.ID)
			if err != nil {
				return err
			}
			if crop, err = photo.BlurOthers(crop); err != nil {
				return err
			}
			if err := p.Add(subject.CropFolder+string(f.ID)+".jpg", crop, matter.StoreCrops, 1); err != nil {
				return err
			}
		}
		small, err := v.Store.Thumbnail(ctx, ph.ID)
		if err != nil {
			return err
		}
		if small, err = veil.Others(small, keep, hide, ph.Width, ph.Height); err != nil {
			return err
		}
		if err := p.Add(subject.ThumbnailFolder+string(ph.ID)+".jpg", small, matter.StoreThumbnails, 1); err != nil {
			return err
		}
	}
	return nil
}

// RecordAnswer records that the access package was sent: access is answered then. sent zero: now. CodeConflict: none was written.
func (q *Requests) RecordAnswer(ctx context.Context, name string, sent time.Time) (matter.Request, error) {
	return q.on(ctx, "subjects.RecordAnswer", name, func(ctx context.Context, v opened.Vault, r matter.Request) (matter.Request, error) {
		switch {
		case !r.Asks(matter.RightAccess):
			return r, conflict("the subject request does not ask for access", nil)
		case len(r.Packages) == 0:
			return r, conflict("no access package was written yet", nil)
		}
		if err := whole(r); err != nil {
			return r, err
		}
		return q.change(ctx, v, r.ID, "Answer sent", func(x engine.DocumentTx, r *matter.Request) (engine.AuditEntry, error) {
			if r.AnsweredAt = sent; sent.IsZero() {
				r.AnsweredAt = x.Now()
			}
			return entry.RequestAnswered(*r), nil
		})
	})
}

// VerifyPackage checks an access package: a folder, a ZIP, or a sealed one. It needs no vault.
func (q *Requests) VerifyPackage(ctx context.Context, path string, key matter.PackageKey) (matter.PackageCheck, error) {
	return VerifyPackage(ctx, path, key)
}

// VerifyPackage is Requests.VerifyPackage.
func VerifyPackage(ctx context.Context, path string, key matter.PackageKey) (matter.PackageCheck, error) {
	return parcel.Check(ctx, path, key)
}
