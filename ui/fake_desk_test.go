package ui

import (
	"context"
	"slices"
	"time"

	"gabarit/engine/matter"
	"gabarit/ui/desk"
	"gabarit/ui/papers"
)

// fakeDesk is the part of fakeService that the desk needs; what a test does not use is not there.
type fakeDesk struct {
	desk.Service
	papersService
	requests   []matter.Request
	registered []matter.NewRequest
}

type papersService struct{ papers.Service }

func (f *fakeService) SubjectRequests(context.Context) ([]matter.Request, error) {
	defer f.lock()()
	return f.requests, nil
}

func (f *fakeService) RegisterRequest(_ context.Context, n matter.NewRequest) (matter.Request, []matter.PhotoProblem, error) {
	defer f.lock()()
	f.registered = append(f.registered, n)
	r := matter.Request{ID: "R1", Ref: "2026-REQ-0001", Rights: n.Rights, Received: n.Received, Due: n.Received.AddDate(0, 1, 0), URLs: n.URLs}
	f.requests = append(f.requests, r)
	return r, nil, nil
}

func (*fakeService) Profile(context.Context) (matter.Profile, error) {
	return matter.Profile{Party: matter.Party{Name: "Archive", Country: "US"}, Territory: matter.TerritoryMonitoring}, nil
}
func (*fakeService) Recipients(context.Context) ([]matter.Recipient, error) { return nil, nil }
func (*fakeService) Orders(context.Context) ([]matter.Order, error) {
	return []matter.Order{{ID: "O1", Authority: "CNIL", Ordered: "erase", Due: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)}}, nil
}
func (*fakeService) NoticesDue(context.Context) ([]matter.NoticeDue, error) { return nil, nil }

func (f *fakeService) NoteDoubts(_ context.Context, _, doubts string) (matter.Request, error) {
	defer f.lock()()
	f.requests[0].Doubts = doubts
	return f.requests[0], nil
}

func (f *fakeService) NoticesOf(context.Context, string) (out []matter.NoticeText, err error) {
	defer f.lock()()
	all := f.requests[0].Told
	if e := f.requests[0].Erasure; e != nil {
		all = e.Notices
	}
	for _, n := range all {
		out = append(out, matter.NoticeText{Notice: n, Text: "Notice to " + n.Name})
	}
	return out, nil
}

func (f *fakeService) NoticeNeedless(_ context.Context, _, recipient, reason string) (matter.Request, error) {
	return f.changeNotice(recipient, func(n *matter.Notice) { n.Sent, n.Needless = time.Time{}, reason })
}

func (f *fakeService) NoticeSent(_ context.Context, _, recipient string, sent time.Time) (matter.Request, error) {
	return f.changeNotice(recipient, func(n *matter.Notice) { n.Sent, n.Needless = sent, "" })
}

func (f *fakeService) changeNotice(recipient string, change func(*matter.Notice)) (matter.Request, error) {
	defer f.lock()()
	erasure := *f.requests[0].Erasure
	erasure.Notices = slices.Clone(erasure.Notices)
	for i := range erasure.Notices {
		if erasure.Notices[i].Recipient == recipient {
			change(&erasure.Notices[i])
		}
	}
	f.requests[0].Erasure = &erasure
	return f.requests[0], nil
}
