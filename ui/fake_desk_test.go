package ui

import (
	"context"
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
