package subjects

import (
	"context"
	"errors"
	"slices"
	"time"

	"gabarit/app/opened"
	"gabarit/engine"
	"gabarit/engine/entry"
	"gabarit/engine/matter"
	"gabarit/engine/rights/document"
	"gabarit/engine/rights/subject"
)

// restricted reports whether the person asked for a restriction that stands: recipients are told of it, unless they are told of an erasure.
func restricted(r matter.Request) bool {
	return r.Asks(matter.RightRestriction) && !r.FrozenAt.IsZero() && r.Erasure == nil
}

// notices lists the notices of a request (art. 19): those made when it was erased, or else one for each recipient that a restriction has to be told to.
func notices(ctx context.Context, v opened.Vault, r matter.Request, from matter.Answering) ([]matter.Notice, error) {
	if r.Erasure != nil {
		return slices.Clone(r.Erasure.Notices), nil
	}
	if !restricted(r) {
		return nil, nil
	}
	out := slices.Clone(r.Told)
	since, err := heldSince(ctx, v.Store, r)
	if err != nil || since.IsZero() {
		return out, err
	}
	for _, to := range from.Recipients {
		if to.Had(since) && !slices.ContainsFunc(out, func(n matter.Notice) bool { return n.Recipient == to.ID }) {
			out = append(out, matter.Notice{Recipient: to.ID, Name: to.Name, At: r.FrozenAt})
		}
	}
	return out, nil
}

// told refuses to close a request whose recipients are not told yet.
func (q *Requests) told(ctx context.Context, v opened.Vault, r matter.Request) error {
	if r.Refusal != nil {
		return nil
	}
	from, err := q.counter.Answering(ctx, v.Store)
	if err != nil {
		return err
	}
	all, err := notices(ctx, v, r, from)
	for _, n := range all {
		switch {
		case !n.Open():
		case r.Erasure != nil:
			return conflict("a recipient was not told of the erasure yet", errors.New(n.Recipient))
		default:
			return conflict("a recipient was not told of the restriction yet", errors.New(n.Recipient))
		}
	}
	return err
}

// NoticesOf gives the texts that tell recipients of an erasure or restriction (art. 19), one for each. CodeConflict: nothing was erased or restricted.
func (q *Requests) NoticesOf(ctx context.Context, name string) ([]matter.NoticeText, error) {
	return opened.Use(ctx, q.counter.Door, "subjects.NoticesOf", func(ctx context.Context, v opened.Vault) ([]matter.NoticeText, error) {
		r, err := find(ctx, v.Store, name)
		if err != nil {
			return nil, err
		}
		if r.Erasure == nil && !restricted(r) {
			return nil, conflict("nothing was erased or restricted for this request", nil)
		}
		from, err := q.counter.Answering(ctx, v.Store)
		if err != nil {
			return nil, err
		}
		all, err := notices(ctx, v, r, from)
		if err != nil {
			return nil, err
		}
		var photos []string
		for _, p := range r.ConfirmedPhotos() {
			photos = append(photos, string(p))
		}
		var out []matter.NoticeText
		for _, n := range all {
			to := matter.Disclosure{ID: n.Recipient, Name: n.Name}
			if i := slices.IndexFunc(from.Recipients, func(d matter.Disclosure) bool { return d.ID == n.Recipient }); i >= 0 {
				to = from.Recipients[i]
			}
			out = append(out, matter.NoticeText{Notice: n, Text: document.Text(subject.RecipientNotice(r, from, to, photos))})
		}
		return out, nil
	})
}

// farthestZone is the largest offset of a time zone from UTC.
const farthestZone = 14 * time.Hour

// NoticeSent records that a recipient was told. sent zero: now. CodeInvalid: that is still to come, or was before what it tells of. Told again: the day is
// corrected.
func (q *Requests) NoticeSent(ctx context.Context, name, recipient string, sent time.Time) (matter.Request, error) {
	return q.noticeChanged(ctx, name, recipient, "Recipient told", func(x engine.DocumentTx, r *matter.Request, n *matter.Notice) (engine.AuditEntry, error) {
		if n.Sent, n.Needless = sent, ""; sent.IsZero() {
			n.Sent = x.Now()
		}
		since := n.At
		if r.Erasure != nil {
			since = r.Erasure.At
		}
		switch { // a day is all that people know, and it may be another one here than there
		case n.Sent.After(x.Now().Add(farthestZone)):
			return engine.AuditEntry{}, invalid("this day is still to come")
		case n.Sent.Before(since.Add(-24*time.Hour - farthestZone)):
			return engine.AuditEntry{}, invalid("a recipient is told after the erasure or restriction, not before it")
		}
		return entry.RecipientNotified(*r, recipient), nil
	})
}

// NoticeNeedless records why a recipient is not told: art. 19 wants those told to whom the person's data were disclosed, unless that is impossible or takes a
// disproportionate effort. CodeInvalid: without a reason.
func (q *Requests) NoticeNeedless(ctx context.Context, name, recipient, reason string) (matter.Request, error) {
	if !said(reason) {
		return matter.Request{}, invalid("a reason is needed")
	}
	if err := checkText(reason); err != nil {
		return matter.Request{}, err
	}
	return q.noticeChanged(ctx, name, recipient, "Recipient not told", func(_ engine.DocumentTx, r *matter.Request, n *matter.Notice) (engine.AuditEntry, error) {
		n.Sent, n.Needless = time.Time{}, reason
		e := entry.RequestChanged(*r, "notice-needless")
		e.Objects = append(e.Objects, recipient)
		return e, nil
	})
}

// noticeChanged changes a notice of a request; CodeNotFound.
func (q *Requests) noticeChanged(ctx context.Context, name, recipient, what string, change func(engine.DocumentTx, *matter.Request, *matter.Notice) (engine.AuditEntry, error)) (matter.Request, error) {
	return q.on(ctx, "subjects.NoticeSent", name, func(ctx context.Context, v opened.Vault, r matter.Request) (matter.Request, error) {
		from, err := q.counter.Answering(ctx, v.Store)
		if err != nil {
			return r, err
		}
		all, err := notices(ctx, v, r, from)
		if err != nil {
			return r, err
		}
		i := slices.IndexFunc(all, func(n matter.Notice) bool { return n.Recipient == recipient })
		if i < 0 {
			return r, engine.E(engine.CodeNotFound, "subjects.NoticeSent", "there is no notice to this recipient", errors.New(recipient))
		}
		return q.change(ctx, v, r.ID, what, func(x engine.DocumentTx, r *matter.Request) (engine.AuditEntry, error) {
			e, err := change(x, r, &all[i])
			if err != nil {
				return e, err
			}
			if r.Erasure != nil {
				r.Erasure.Notices = all
				return e, nil
			}
			r.Told = slices.DeleteFunc(all, func(n matter.Notice) bool { return n.Open() })
			return e, nil
		})
	})
}
