package matter_test

import (
	"testing"
	"time"

	"gabarit/engine"
	"gabarit/engine/matter"
)

func TestTheClockOfARequestStopsWhenEverythingAskedForIsDealtWith(t *testing.T) {
	due := time.Date(2026, 12, 28, 23, 59, 59, 0, time.UTC)
	late := due.Add(time.Hour)
	erased := &matter.SubjectErasure{}
	for _, x := range []struct {
		name   string
		rights []engine.Right
		done   func(*matter.Request)
		want   bool // answered
	}{
		{"nothing was done", []engine.Right{matter.RightAccess}, func(*matter.Request) {}, false},
		{"access was answered", []engine.Right{matter.RightAccess}, func(r *matter.Request) { r.AnsweredAt = due }, true},
		{"access was answered, the objection was not decided", []engine.Right{matter.RightAccess, matter.RightObjection}, func(r *matter.Request) { r.AnsweredAt = due }, false},
		{"access was answered, the restriction was not decided", []engine.Right{matter.RightAccess, matter.RightRestriction}, func(r *matter.Request) { r.AnsweredAt = due }, false},
		{"access was answered and the objection decided", []engine.Right{matter.RightAccess, matter.RightObjection}, func(r *matter.Request) { r.AnsweredAt, r.Decided = due, "accepted" }, true},
		{"the objection was decided, access not answered", []engine.Right{matter.RightAccess, matter.RightObjection}, func(r *matter.Request) { r.Decided = "accepted" }, false},
		{"an erasure ends an objection", []engine.Right{matter.RightObjection, matter.RightErasure}, func(r *matter.Request) { r.Erasure = erased }, true},
		{"access was answered, nothing erased", []engine.Right{matter.RightAccess, matter.RightErasure}, func(r *matter.Request) { r.AnsweredAt = due }, false},
		{"it was refused", []engine.Right{matter.RightAccess, matter.RightObjection}, func(r *matter.Request) { r.Refusal = &matter.RequestRefusal{} }, true},
		{"it is closed", []engine.Right{matter.RightAccess}, func(r *matter.Request) { r.ClosedAt = due }, true},
	} {
		r := matter.Request{Rights: x.rights, Due: due}
		x.done(&r)
		if r.Answered() != x.want || r.Overdue(late) == x.want || r.Overdue(due) {
			t.Errorf("%s: answered %v, overdue after the last day %v, on it %v", x.name, r.Answered(), r.Overdue(late), r.Overdue(due))
		}
	}
}
