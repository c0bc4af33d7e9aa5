package subjects

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"gabarit/app/opened"
	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/engine/rights/procedure"
)

// Counter is what the desk works with.
type Counter struct {
	Door   opened.Door
	Eraser opened.Eraser
	Prober opened.Prober
	// Deadline is the last instant of a period of months from an instant, in the zone of that (Regulation 1182/71); country has the controller's holidays.
	Deadline func(received time.Time, months int, country string) time.Time
	// Answering tells who answers for the vault, and to whom data were given.
	Answering func(ctx context.Context, store engine.Store) (matter.Answering, error)
	Software  string
}

// Requests are the subject requests of the open vault. Safe for concurrent use. A request is named by its ID or its reference. Errors: CodeNotFound; CodeInvalid: a
// field is missing or wrong; CodeConflict: it can't be done now, and the message says why; those of the store.
type Requests struct {
	counter Counter
	turn    sync.Mutex // held while a request is registered or worked on: a search takes long, and two would overwrite each other
}

// NewRequests gives the requests of the vault behind a door.
func NewRequests(c Counter) *Requests { return &Requests{counter: c} }

// Answers says how to find out who answers for the vault, in the place of Counter.Answering. To be called before anything else.
func (q *Requests) Answers(how func(ctx context.Context, store engine.Store) (matter.Answering, error)) {
	q.counter.Answering = how
}

// Deadline is the end of the last day of a period of months from a receipt, where it was received (Regulation 1182/71). Public holidays are those of the
// controller's country; where that is unknown weekends alone count, the earliest reading.
func Deadline(received time.Time, months int, country string) time.Time {
	last := procedure.Due(matter.DayOf(received, received.Location()), months, country)
	return last.AddDays(1).Midnight(received.Location()).Add(-time.Second)
}

func conflict(msg string, cause error) error {
	return engine.E(engine.CodeConflict, "subjects.Requests", msg, cause)
}

func invalid(msg string) error { return engine.E(engine.CodeInvalid, "subjects.Requests", msg, nil) }

// decode reads a request's document.
func decode(data []byte) (matter.Request, error) {
	var r matter.Request
	if err := json.Unmarshal(data, &r); err != nil {
		return r, engine.E(engine.CodeCorrupt, "subjects.decode", "a stored subject request is damaged", err)
	}
	if r.Version > matter.RequestFormat {
		return r, engine.E(engine.CodeUnsupported, "subjects.decode", "a subject request was written by a newer version of this program", nil)
	}
	return r, nil
}

// all reads every request, oldest first.
func all(ctx context.Context, store engine.Store) (out []matter.Request, err error) {
	err = store.Documents(ctx, engine.DocumentRequest, func(_ string, data []byte) error {
		r, err := decode(data)
		out = append(out, r)
		return err
	})
	return out, err
}

// find reads the request of an ID or reference.
func find(ctx context.Context, store engine.Store, name string) (matter.Request, error) {
	requests, err := all(ctx, store)
	if err != nil {
		return matter.Request{}, err
	}
	i := slices.IndexFunc(requests, func(r matter.Request) bool { return string(r.ID) == name || r.Ref == name })
	if i < 0 {
		return matter.Request{}, engine.E(engine.CodeNotFound, "subjects.find", "there is no such subject request", errors.New(name))
	}
	return requests[i], nil
}

// putRequest stores a request within a change.
func putRequest(x engine.DocumentTx, r matter.Request) error {
	data, err := json.Marshal(r)
	if err != nil {
		return engine.E(engine.CodeInternal, "subjects.putRequest", "a subject request can't be written down", err)
	}
	if len(data) > engine.MaxDocument {
		return engine.E(engine.CodeLimit, "subjects.putRequest", "the subject request has too many candidates: search at a smaller distance", fmt.Errorf("%d candidates", len(r.Candidates)))
	}
	return x.Put(engine.DocumentRequest, string(r.ID), data)
}

// change runs a change of a request with its entry in the log. what, if not "", is added to its history. fn must not call the store but through x.
func (q *Requests) change(ctx context.Context, v opened.Vault, id matter.RequestID, what string,
	fn func(x engine.DocumentTx, r *matter.Request) (engine.AuditEntry, error)) (matter.Request, error) {
	var r matter.Request
	err := v.Store.ChangeDocuments(ctx, func(x engine.DocumentTx) error {
		data, err := x.Get(engine.DocumentRequest, string(id))
		if err != nil {
			return err
		}
		if r, err = decode(data); err != nil {
			return err
		}
		e, err := fn(x, &r)
		if err != nil {
			return err
		}
		if what != "" {
			r.History = append(r.History, matter.RequestStep{At: x.Now(), What: what})
		}
		if err := putRequest(x, r); err != nil {
			return err
		}
		return x.Log(e)
	})
	if err == nil {
		q.counter.Door.Tell(engine.EventRequests, engine.EventAudit)
	}
	return r, err
}

// on works on an open request: closed ones are refused.
func (q *Requests) on(ctx context.Context, op, name string, fn func(context.Context, opened.Vault, matter.Request) (matter.Request, error)) (matter.Request, error) {
	q.turn.Lock()
	defer q.turn.Unlock()
	return opened.Use(ctx, q.counter.Door, op, func(ctx context.Context, v opened.Vault) (matter.Request, error) {
		r, err := find(ctx, v.Store, name)
		if err != nil {
			return r, err
		}
		if !r.Open() {
			return r, conflict("the subject request is closed", nil)
		}
		return fn(ctx, v, r)
	})
}

// SubjectRequests lists the subject requests, oldest first.
func (q *Requests) SubjectRequests(ctx context.Context) ([]matter.Request, error) {
	return opened.Use(ctx, q.counter.Door, "subjects.SubjectRequests", func(ctx context.Context, v opened.Vault) ([]matter.Request, error) { return all(ctx, v.Store) })
}

// SubjectRequest gives one; CodeNotFound.
func (q *Requests) SubjectRequest(ctx context.Context, name string) (matter.Request, error) {
	return opened.Use(ctx, q.counter.Door, "subjects.SubjectRequest", func(ctx context.Context, v opened.Vault) (matter.Request, error) { return find(ctx, v.Store, name) })
}

// checkText refuses text that is too long for a request, as it comes from outside.
func checkText(texts ...string) error {
	for _, t := range texts {
		if utf8.RuneCountInString(t) > matter.MaxRequestText || !utf8.ValidString(t) {
			return invalid("a text of the subject request is too long or damaged")
		}
	}
	return nil
}

// said reports whether something is said.
func said(s string) bool { return strings.TrimSpace(s) != "" }
