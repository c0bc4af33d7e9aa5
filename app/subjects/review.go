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

// ReviewCandidates keeps a reviewer's decision about candidates, with its reason. It never takes an earlier one away: of each reviewer the last counts.
// CodeInvalid: reviewer, reason or decision is missing; CodeNotFound: a key names no candidate.
func (q *Requests) ReviewCandidates(ctx context.Context, name string, d matter.Decide) (matter.Request, error) {
	switch {
	case !said(d.By):
		return matter.Request{}, invalid("a decision about a candidate is signed by whoever makes it")
	case !said(d.Reason):
		return matter.Request{}, invalid("a decision about a candidate needs a reason")
	case !slices.Contains(matter.Decisions(), d.Decision):
		return matter.Request{}, invalid("a candidate is decided yes, no or unsure")
	case len(d.Keys) == 0:
		return matter.Request{}, invalid("no candidate is named")
	}
	if err := checkText(d.By, d.Reason); err != nil {
		return matter.Request{}, err
	}
	return q.on(ctx, "subjects.ReviewCandidates", name, func(ctx context.Context, v opened.Vault, r matter.Request) (matter.Request, error) {
		r, err := q.change(ctx, v, r.ID, "", func(x engine.DocumentTx, r *matter.Request) (engine.AuditEntry, error) {
			at := map[string]int{}
			for i, c := range r.Candidates {
				at[c.Key()] = i
			}
			waiting := 0
			var faces []engine.FaceID
			for _, k := range d.Keys {
				i, ok := at[k]
				if !ok {
					return engine.AuditEntry{}, engine.E(engine.CodeNotFound, "subjects.ReviewCandidates", "the subject request has no such candidate", errors.New(k))
				}
				c := &r.Candidates[i]
				c.Reviews = append(slices.Clone(c.Reviews), matter.Review{By: d.By, Decision: d.Decision, Reason: d.Reason, At: x.Now()})
				if c.WaitsForSecond() {
					waiting++
				}
				if c.Face != "" {
					faces = append(faces, c.Face)
				}
			}
			refreeze(r)
			return entry.RequestReviewed(*r, d.Decision, len(d.Keys), waiting, faces), nil
		})
		if err == nil && !r.FrozenAt.IsZero() {
			err = q.withhold(ctx, v, r)
		}
		return r, err
	})
}

// frozenOf lists the faces that a restriction hides: those that show the person, and those that probably do as long as nobody has decided.
func frozenOf(r matter.Request) (out []engine.FaceID) {
	for _, c := range r.Candidates {
		if c.Face == "" {
			continue
		}
		switch c.Verdict() {
		case matter.VerdictYes:
			out = append(out, c.Face)
		case matter.VerdictOpen:
			if c.Found(matter.FoundURL) || c.Found(matter.FoundFile) || c.Compared && c.Distance <= matter.SecondBeyond {
				out = append(out, c.Face)
			}
		}
	}
	slices.Sort(out)
	return out
}

// refreeze brings a restriction up to date with the candidates. Faces that were hidden and are no candidates any more stay hidden.
func refreeze(r *matter.Request) {
	if r.FrozenAt.IsZero() {
		return
	}
	candidates := map[engine.FaceID]bool{}
	for _, c := range r.Candidates {
		candidates[c.Face] = true
	}
	frozen := frozenOf(*r)
	for _, f := range r.Frozen {
		if !candidates[f] {
			frozen = append(frozen, f)
		}
	}
	slices.Sort(frozen)
	r.Frozen = slices.Compact(frozen)
}

// RestrictSubject sets or lifts a restriction (art. 18): from then on no search finds the faces, also after the vault was closed and opened again; they stay
// stored. Before it is lifted the person has to be told (art. 18(3)), so that takes words that say how. CodeConflict: nothing is found yet that could be hidden.
func (q *Requests) RestrictSubject(ctx context.Context, name string, on bool, words string) (matter.Request, error) {
	if err := checkText(words); err != nil {
		return matter.Request{}, err
	}
	return q.on(ctx, "subjects.RestrictSubject", name, func(ctx context.Context, v opened.Vault, r matter.Request) (matter.Request, error) {
		switch {
		case on && r.Search == nil:
			return r, conflict("the vault was not searched for the subject request yet", nil)
		case !on && !said(words):
			return r, invalid("before a restriction is lifted the person is told: say how and when (GDPR article 18(3))")
		}
		return q.restrict(ctx, v, r, on, words)
	})
}

// restrict records a restriction and carries it out.
func (q *Requests) restrict(ctx context.Context, v opened.Vault, r matter.Request, on bool, words string) (matter.Request, error) {
	what, step := "on", "Restriction set"
	if !on {
		what, step = "off", "Restriction lifted"
	}
	r, err := q.change(ctx, v, r.ID, step, func(x engine.DocumentTx, r *matter.Request) (engine.AuditEntry, error) {
		n := len(r.Frozen)
		if on {
			if r.FrozenAt.IsZero() {
				r.FrozenAt = x.Now()
			}
			refreeze(r)
			n = len(r.Frozen)
		} else {
			r.Frozen, r.FrozenAt = nil, time.Time{}
		}
		if said(words) {
			r.Decided = words
		}
		return entry.Restricted(*r, what, n), nil
	})
	if err != nil {
		return r, err
	}
	return r, q.withhold(ctx, v, r)
}
