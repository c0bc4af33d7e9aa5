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
)

// Why an erasure can't be done yet. Each is a key of the translations.
const (
	blockedAccess    = "access was asked for and is not answered yet: it is answered first; until then no search finds the faces"
	blockedElsewhere = "another subject request about the same faces asks for access and is not answered yet: it is answered first; until then no search finds the faces"
	blockedSearch    = "the vault was not searched for the subject request yet"
	blockedReview    = "candidates are not decided yet"
	blockedNothing   = "nothing was found that shows the person"
	blockedRight     = "the subject request does not ask for erasure"
	blockedChoice    = "refusing files that look alike is the person's choice: say how they chose it"
)

// PlanSubjectErasure tells what erasing the person's data would do. Blocked says why it can't be done yet; while access is open the faces are hidden from all
// searches instead (B-06). Address and file are refused when they are collected again (A, B), looks by the person's choice (C); a template as a block list (D) is not
// offered: to compare with it, a template of everybody collected would have to be made first.
func (q *Requests) PlanSubjectErasure(ctx context.Context, name string, choice matter.ErasureChoice) (matter.SubjectPlan, error) {
	plan := matter.SubjectPlan{Choice: choice}
	_, err := q.on(ctx, "subjects.PlanSubjectErasure", name, func(ctx context.Context, v opened.Vault, r matter.Request) (matter.Request, error) {
		var err error
		if plan.Blocked, err = q.blocked(ctx, v, r, choice); err != nil {
			return r, err
		}
		for _, c := range r.Candidates {
			if c.Verdict() == matter.VerdictUnsure {
				plan.Unsure++
			}
		}
		if plan.Blocked == blockedAccess || plan.Blocked == blockedElsewhere {
			if r.FrozenAt.IsZero() && r.Search != nil {
				return q.restrict(ctx, v, r, true, "")
			}
			return r, nil
		}
		if plan.Blocked != "" {
			return r, nil
		}
		req, err := erasureOf(ctx, v.Store, r, choice)
		if err != nil {
			return r, err
		}
		plan.Plan, err = q.counter.Eraser.PlanErasure(ctx, req)
		return r, err
	})
	return plan, err
}

// blocked tells why the person's data can't be erased yet; "" if they can.
func (q *Requests) blocked(ctx context.Context, v opened.Vault, r matter.Request, choice matter.ErasureChoice) (string, error) {
	if err := checkText(choice.Chosen); err != nil {
		return "", err
	}
	switch {
	case r.AccessOpen():
		return blockedAccess, nil
	case !r.Asks(matter.RightErasure):
		return blockedRight, nil
	case r.Search == nil:
		return blockedSearch, nil
	case r.Undecided() > 0:
		return blockedReview, nil
	case len(r.Confirmed()) == 0:
		return blockedNothing, nil
	case choice.Looks && !said(choice.Chosen):
		return blockedChoice, nil
	}
	waits, err := elsewhere(ctx, v.Store, r)
	if waits {
		return blockedElsewhere, err
	}
	return "", err
}

// elsewhere reports whether another request about one of the confirmed faces waits for its answer to access.
func elsewhere(ctx context.Context, store engine.Store, r matter.Request) (bool, error) {
	others, err := all(ctx, store)
	own := r.ConfirmedFaces()
	about := func(c matter.SubjectCandidate) bool {
		verdict := c.Verdict()
		return c.Face != "" && (verdict == matter.VerdictYes || verdict == matter.VerdictOpen) && slices.Contains(own, c.Face)
	}
	for _, o := range others {
		if o.ID != r.ID && o.AccessOpen() && slices.ContainsFunc(o.Candidates, about) {
			return true, err
		}
	}
	return false, err
}

// Waiting names a request about a face or photo of a plan that asks for access and is not answered yet: nothing is erased before it was shown. It is "" where
// there is none, and for what goes by itself, as its time is over or its source took it back.
func Waiting(ctx context.Context, store engine.Store, plan engine.ErasurePlan) (ref string, err error) {
	if plan.Request.Reason == engine.EraseRetention || plan.Request.Reason == engine.EraseSource {
		return "", nil
	}
	requests, err := all(ctx, store)
	faces, whole := plan.Faces(), map[engine.PhotoID]bool{}
	for _, p := range plan.Photos {
		whole[p.Photo] = p.Whole
	}
	about := func(c matter.SubjectCandidate) bool {
		verdict := c.Verdict()
		return (verdict == matter.VerdictYes || verdict == matter.VerdictOpen) && (c.Face != "" && slices.Contains(faces, c.Face) || whole[c.Photo] && c.Face == "")
	}
	for _, r := range requests {
		if r.AccessOpen() && slices.ContainsFunc(r.Candidates, about) {
			return r.Ref, err
		}
	}
	return "", err
}

// erasureOf says what goes: the person's faces, and photos that show them without a face. A face goes with its whole photo unless others are on it.
func erasureOf(ctx context.Context, store engine.Store, r matter.Request, choice matter.ErasureChoice) (engine.ErasureRequest, error) {
	req := engine.ErasureRequest{Reason: engine.EraseRequest, Ref: r.Ref, Suppress: true, Similar: choice.Looks, Cases: choice.Cases}
	for _, c := range r.Confirmed() {
		p, err := store.Photo(ctx, c.Photo)
		if engine.CodeOf(err) == engine.CodeNotFound {
			continue
		}
		if err != nil {
			return req, err
		}
		i := slices.IndexFunc(p.Faces, func(f engine.Face) bool { return c.Face != "" && f.Is(c.Face) })
		switch {
		case c.Face != "" && i < 0:
		case c.Face == "" && slices.ContainsFunc(r.Confirmed(), func(o matter.SubjectCandidate) bool { return o.Face != "" && o.Photo == c.Photo }) && !choice.Whole:
		case c.Face == "" || choice.Whole:
			req.Photos = append(req.Photos, p.ID)
		default:
			req.Faces = append(req.Faces, p.Faces[i].ID)
		}
	}
	slices.Sort(req.Photos)
	req.Photos = slices.Compact(req.Photos)
	return req, nil
}

// EraseSubject carries out a plan: the faces are hidden, erased and their bytes purged; then every store is searched again with every portrait, the portraits are
// deleted, and notices to recipients are made. The request tells what was done (Request.Erasure). CodeConflict: it is blocked, or the vault has changed since the
// plan. Where purging fails, what was erased is out of reach all the same, and Erasure.Finished is false; it goes on in the background.
func (q *Requests) EraseSubject(ctx context.Context, name string, plan matter.SubjectPlan, progress func(engine.ErasureStep)) (matter.Request, error) {
	return q.on(ctx, "subjects.EraseSubject", name, func(ctx context.Context, v opened.Vault, r matter.Request) (matter.Request, error) {
		why, err := q.blocked(ctx, v, r, plan.Choice)
		if err != nil {
			return r, err
		}
		if why != "" {
			return r, engine.E(engine.CodeConflict, "subjects.EraseSubject", "the person's data can't be erased yet", errors.New(why))
		}
		if r.Erasure != nil && r.Erasure.Finished {
			return r, conflict("the person's data are erased already", nil)
		}
		if r, err = q.restrict(ctx, v, r, true, ""); err != nil { // first of all nobody finds them any more
			return r, err
		}
		since, err := heldSince(ctx, v.Store, r)
		if err != nil {
			return r, err
		}
		report, failed := q.counter.Eraser.Erase(ctx, plan.Plan, progress)
		if report.ID == "" {
			return r, failed
		}
		done := matter.SubjectErasure{ID: report.ID, At: report.At, Counts: report.Counts, Check: report.Check, Choice: plan.Choice, Cases: len(report.Cases), Finished: failed == nil, Since: since}
		if before := r.Erasure; before != nil { // which was broken off
			done.Counts.Add(before.Counts)
			done.Since, done.Notices = before.Since, before.Notices
		}
		if err := q.prove(ctx, v, r, &done); err != nil {
			failed = errors.Join(failed, err)
			done.Finished = false
		}
		r, err = q.erased(context.WithoutCancel(ctx), v, r, done) // it is done: that must be recorded
		return r, errors.Join(failed, err)
	})
}

// heldSince is when the first of the photos that show the person was collected; zero: none is held.
func heldSince(ctx context.Context, store engine.Store, r matter.Request) (first time.Time, err error) {
	for _, id := range r.ConfirmedPhotos() {
		p, err := store.Photo(ctx, id)
		if engine.CodeOf(err) == engine.CodeNotFound {
			continue
		}
		if err != nil {
			return first, err
		}
		first = earlier(first, p.CollectedAt)
	}
	return first, nil
}

// earlier gives the earlier of two instants; zero is none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

// prove searches once more with every portrait, and scans for the confirmed faces, and for photos that showed the person without one.
func (q *Requests) prove(ctx context.Context, v opened.Vault, r matter.Request, done *matter.SubjectErasure) error {
	confirmed := r.ConfirmedFaces()
	whole, faces := map[engine.PhotoID]bool{}, map[engine.FaceID]bool{}
	for _, f := range confirmed {
		faces[f] = true
	}
	for _, c := range r.Confirmed() {
		if c.Face == "" && !slices.ContainsFunc(confirmed, func(f engine.FaceID) bool { p, _, _ := f.Photo(); return p == c.Photo }) {
			whole[c.Photo] = true
		}
	}
	done.Scan, done.Hits, done.Rejected = 0, 0, 0
	w := walker{ctx: ctx, store: v.Store}
	err := w.photos(func(p engine.Photo) {
		if whole[p.ID] {
			done.Scan++
		}
		for _, f := range p.Faces {
			if slices.ContainsFunc(confirmed, f.Is) {
				done.Scan++
			}
		}
	})
	if err != nil {
		return err
	}
	err = v.Store.Templates(ctx, func(e engine.IndexEntry) error {
		if faces[e.Face] {
			done.Scan++
		}
		return nil
	})
	if err != nil {
		return err
	}
	if done.Suppressed, err = v.Store.Suppressions(ctx); err != nil {
		return err
	}
	return q.searchAgain(ctx, v, r, done)
}

// searchAgain searches at the distance of the request. What people had told apart from the person is no hit.
func (q *Requests) searchAgain(ctx context.Context, v opened.Vault, r matter.Request, done *matter.SubjectErasure) error {
	if len(r.Portraits)+len(r.URLs) == 0 {
		done.Unsearched = true
		return nil
	}
	found, s, err := q.sweep(ctx, v, r, r.Search.Distance, nil)
	if err != nil {
		return err
	}
	done.Distance, done.Searched, done.Portraits = s.Distance, s.Compared, s.Faces
	done.Unsearched = s.Faces == 0
	var returned []engine.FaceID
	for _, c := range found {
		if c.Face == "" {
			continue
		}
		returned = append(returned, c.Face)
		switch c.Verdict() {
		case matter.VerdictNo, matter.VerdictUnsure:
			done.Rejected++
		default:
			done.Hits++
		}
	}
	s.At = q.counter.Door.Now()
	if err := v.Store.Record(ctx, entry.RequestSearched(r, s, returned)); err != nil {
		return err
	}
	if done.Hits+done.Scan > 0 {
		return engine.E(engine.CodeInternal, "subjects.EraseSubject", "something of what was erased is left", nil)
	}
	return nil
}

// finish proves an erasure whose bytes could not be purged at once, and then deletes the portraits. CodeConflict: something is left.
func (q *Requests) finish(ctx context.Context, v opened.Vault, r matter.Request) (matter.Request, error) {
	if r.Erasure == nil || r.Erasure.Finished {
		return r, nil
	}
	done := *r.Erasure
	_, check, err := v.Store.Purge(ctx)
	if err != nil {
		return r, err
	}
	done.Check = check
	if err := q.prove(ctx, v, r, &done); err != nil {
		return r, conflict("the erasure is not finished: bytes of it may still be in the vault's files", err)
	}
	done.Finished = true
	return q.erased(context.WithoutCancel(ctx), v, r, done)
}

// erased records an erasure with the request, and makes the notices. Once it is proved the portraits are deleted, and their bytes leave the files.
func (q *Requests) erased(ctx context.Context, v opened.Vault, r matter.Request, done matter.SubjectErasure) (matter.Request, error) {
	from, err := q.counter.Answering(ctx, v.Store)
	if err != nil {
		return r, err
	}
	r, changed := q.change(ctx, v, r.ID, "Erased", func(x engine.DocumentTx, r *matter.Request) (engine.AuditEntry, error) {
		for _, to := range from.Recipients {
			if !to.Had(done.Since) || slices.ContainsFunc(done.Notices, func(n matter.Notice) bool { return n.Recipient == to.ID }) {
				continue
			}
			done.Notices = append(done.Notices, matter.Notice{Recipient: to.ID, Name: to.Name, At: x.Now()})
		}
		n := len(r.Portraits)
		r.Erasure = &done
		if done.Finished { // else what is left stays hidden, and the portraits are needed to search again
			r.Frozen = nil
			if err := dropPortraits(x, r); err != nil {
				return engine.AuditEntry{}, err
			}
		}
		e := entry.RequestChanged(*r, "erased")
		e.Objects = append(e.Objects, string(done.ID))
		e.Counts = map[string]int{"portraits": n, "scan_left": done.Scan, "hits": done.Hits}
		return e, nil
	})
	if changed != nil {
		return r, changed
	}
	_, _, purged := v.Store.Purge(ctx)
	return r, errors.Join(purged, q.withhold(ctx, v, r))
}

// dropPortraits deletes the portraits of a request.
func dropPortraits(x engine.DocumentTx, r *matter.Request) error {
	for _, id := range r.Portraits {
		if err := x.Delete(engine.DocumentPortrait, id); err != nil {
			return err
		}
	}
	if len(r.Portraits) > 0 {
		r.Portraits, r.PortraitsDeleted = nil, x.Now()
	}
	return nil
}
