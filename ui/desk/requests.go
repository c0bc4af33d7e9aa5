package desk

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// Requests is the list of requests. All methods are for one goroutine.
type Requests struct {
	all    []matter.Request
	Closed bool // closed ones are listed, too
	chosen matter.RequestID
}

// Set takes the requests as they are now; the choice stays where it can.
func (r *Requests) Set(all []matter.Request) { r.all = all }

// Replace takes one request as it is after a change.
func (r *Requests) Replace(q matter.Request) {
	i := slices.IndexFunc(r.all, func(o matter.Request) bool { return o.ID == q.ID })
	if i < 0 {
		r.all = append(r.all, q)
		return
	}
	r.all[i] = q
}

// Rows lists the requests: unanswered ones by the last day to answer, then those that are answered, then closed ones.
func (r *Requests) Rows() []matter.Request {
	var rows []matter.Request
	for _, q := range r.all {
		if q.Open() || r.Closed {
			rows = append(rows, q)
		}
	}
	rank := func(q matter.Request) int {
		switch {
		case !q.Open():
			return 2
		case q.Answered():
			return 1
		}
		return 0
	}
	slices.SortStableFunc(rows, func(a, b matter.Request) int {
		return cmp.Or(rank(a)-rank(b), a.Until().Compare(b.Until()), strings.Compare(a.Ref, b.Ref))
	})
	return rows
}

// Choose chooses a request of the list by its place in it.
func (r *Requests) Choose(i int) {
	if rows := r.Rows(); i >= 0 && i < len(rows) {
		r.chosen = rows[i].ID
	}
}

// ChooseID chooses a request by its ID.
func (r *Requests) ChooseID(id matter.RequestID) { r.chosen = id }

// Chosen gives the chosen request and its place in the list, -1 where it is not listed; ok is false where none is chosen.
func (r *Requests) Chosen() (q matter.Request, at int, ok bool) {
	at = slices.IndexFunc(r.Rows(), func(o matter.Request) bool { return o.ID == r.chosen })
	i := slices.IndexFunc(r.all, func(o matter.Request) bool { return o.ID == r.chosen })
	if i < 0 {
		return q, -1, false
	}
	return r.all[i], at, true
}

// Late counts the overdue requests.
func (r *Requests) Late(now time.Time) (n int) {
	for _, q := range r.all {
		if q.Overdue(now) {
			n++
		}
	}
	return n
}

// Can tells which steps make sense for a request. The application decides in the end.
type Can struct {
	Search, Review, Access, Sent, Nothing, Restrict, Lift, Erase, Certificate, Extend, Refuse, Decide, Doubts, Notices, Close bool
}

// WhatCan looks at a request.
func WhatCan(r matter.Request) Can {
	can := Can{Lift: len(r.Frozen) > 0 && r.Erasure == nil, Certificate: r.Erasure != nil, Notices: mustTell(r), Close: r.Open()}
	if !r.Open() || r.Refusal != nil {
		return can
	}
	reviewed := r.Search != nil && r.Undecided() == 0
	can.Search = r.Erasure == nil
	can.Review = len(r.Candidates) > 0
	can.Access = reviewed && r.Asks(matter.RightAccess)
	can.Sent = len(r.Packages) > 0 && r.AnsweredAt.IsZero()
	can.Nothing = reviewed && len(r.Confirmed()) == 0
	can.Restrict = can.Search && can.Review && !can.Lift
	can.Erase = can.Search && r.Asks(matter.RightErasure) && len(r.Confirmed()) > 0
	can.Refuse = !r.Answered()
	can.Doubts = can.Refuse
	can.Extend = can.Refuse && r.Extension == nil
	can.Decide = r.Decided == "" && (r.Asks(matter.RightRestriction) || r.Asks(matter.RightObjection))
	return can
}

// mustTell reports whether recipients may have to be told (art. 19): of an erasure, where there are notices, or of a restriction that stands, of which the
// application knows who has to.
func mustTell(r matter.Request) bool {
	if r.Erasure != nil {
		return len(r.Erasure.Notices) > 0
	}
	return r.Asks(matter.RightRestriction) && !r.FrozenAt.IsZero()
}

// noticesOf are those that are recorded with a request.
func noticesOf(r matter.Request) []matter.Notice {
	if r.Erasure != nil {
		return r.Erasure.Notices
	}
	return r.Told
}

// RegisterForm is a request as it is typed in. Nothing but a right is required: whatever came, the clock runs. No country, nationality or age is asked.
type RegisterForm struct {
	Rights                     map[engine.Right]bool
	Received                   string // "": now
	Estimated                  bool
	Channel, Lang, Name, Reply string
	Note, URLs                 string // URLs one a line
	Photos                     []string
}

// NewRegisterForm gives the form for an access request that arrived now.
func NewRegisterForm(lang string, photos []string) *RegisterForm {
	return &RegisterForm{Rights: map[engine.Right]bool{matter.RightAccess: true}, Lang: lang, Photos: slices.Clone(photos)}
}

// AddPhotos adds photos, each once.
func (f *RegisterForm) AddPhotos(paths ...string) {
	for _, p := range paths {
		if !slices.Contains(f.Photos, p) {
			f.Photos = append(f.Photos, p)
		}
	}
}

// Request is what was typed; CodeInvalid where no right is chosen or the time is none. zone is the IANA name of the operator's place.
func (f *RegisterForm) Request(now time.Time, zone string) (matter.NewRequest, error) {
	const op = "desk.RegisterForm"
	n := matter.NewRequest{Zone: zone, Estimated: f.Estimated, Channel: strings.TrimSpace(f.Channel), Lang: f.Lang, Name: strings.TrimSpace(f.Name), Reply: strings.TrimSpace(f.Reply), Note: strings.TrimSpace(f.Note),
		URLs: strings.Fields(f.URLs), Photos: slices.Clone(f.Photos), Received: now}
	for _, right := range matter.RequestRights() {
		if f.Rights[right] {
			n.Rights = append(n.Rights, right)
		}
	}
	if len(n.Rights) == 0 {
		return n, engine.E(engine.CodeInvalid, op, "choose at least one right", nil)
	}
	s := strings.TrimSpace(f.Received)
	if s == "" {
		return n, nil
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", s, now.Location())
	if err != nil {
		if at, err = time.ParseInLocation(time.DateOnly, s, now.Location()); err == nil {
			at = at.Add(12 * time.Hour) // the day counts, and noon is that day in summer time, too
		}
	}
	switch {
	case err != nil:
		return n, engine.E(engine.CodeInvalid, op, "a time is written year-month-day, and hour:minute where it is known", err)
	case at.After(now) && at.Format(time.DateOnly) == now.Format(time.DateOnly):
		at = now // today, before noon
	case at.After(now):
		return n, engine.E(engine.CodeInvalid, op, "a request can't be received in the future", nil)
	}
	n.Received = at
	return n, nil
}

// Review goes through the candidates of a request. All methods are for one goroutine.
type Review struct {
	Views      []matter.CandidateView
	By, Reason string
	at         int
}

// NewReview begins at the first candidate without a verdict.
func NewReview(views []matter.CandidateView, by string) *Review {
	r := &Review{Views: views, By: by}
	r.next()
	return r
}

// Current is the candidate that is shown, and its place; ok is false where there is none.
func (r *Review) Current() (v matter.CandidateView, at int, ok bool) {
	if r.at < 0 || r.at >= len(r.Views) {
		return v, 0, false
	}
	return r.Views[r.at], r.at, true
}

// Step goes by so many, and stays within the list.
func (r *Review) Step(by int) { r.at = max(0, min(r.at+by, len(r.Views)-1)) }

// Decide gives the decision about the current candidate; CodeInvalid where nobody signs or no reason is given.
func (r *Review) Decide(d matter.Decision) (matter.Decide, error) {
	v, _, ok := r.Current()
	if !ok || strings.TrimSpace(r.By) == "" || strings.TrimSpace(r.Reason) == "" {
		return matter.Decide{}, engine.E(engine.CodeInvalid, "desk.Review", "a decision needs the reviewer's name and a reason", nil)
	}
	return matter.Decide{Keys: []string{v.Key()}, By: strings.TrimSpace(r.By), Decision: d, Reason: strings.TrimSpace(r.Reason)}, nil
}

// Decided takes the request after a decision and goes on to the next candidate without a verdict.
func (r *Review) Decided(q matter.Request) {
	byKey := map[string]matter.SubjectCandidate{}
	for _, c := range q.Candidates {
		byKey[c.Key()] = c
	}
	for i, v := range r.Views {
		if c, ok := byKey[v.Key()]; ok {
			r.Views[i].SubjectCandidate = c
		}
	}
	r.at++
	r.next()
}

// next goes on to a candidate that the reviewer has still to decide, from the present one on and round; it stays where there is none.
func (r *Review) next() {
	n := len(r.Views)
	for step := range n {
		i := (r.at + step) % n
		if v := r.Views[i]; v.Verdict() == matter.VerdictOpen && !r.said(v) {
			r.at = i
			return
		}
	}
	r.at = max(0, min(r.at, n-1))
}

// said reports whether the present reviewer has decided about a candidate.
func (r *Review) said(v matter.CandidateView) bool {
	return strings.TrimSpace(r.By) != "" && slices.ContainsFunc(v.Reviews, func(w matter.Review) bool { return w.By == strings.TrimSpace(r.By) })
}

// Left counts the candidates without a verdict.
func (r *Review) Left() (n int) {
	for _, v := range r.Views {
		if v.Verdict() == matter.VerdictOpen {
			n++
		}
	}
	return n
}
