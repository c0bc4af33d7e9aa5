package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"gabarit/engine"
	"gabarit/engine/source/web/rules"
)

// State keeps what a walk has seen, one record at a time, so that it can go on after an interruption. Keys are
// hashes; values hold addresses and titles and must be kept as safely as the photos. Used by one goroutine at a time.
type State interface {
	// Load gives the record of a key, nil if there is none.
	Load(ctx context.Context, key string) ([]byte, error)
	// Save stores a record durably.
	Save(ctx context.Context, key string, value []byte) error
}

// PageKey is the State key of a page. Whoever erases a photo drops the records of the pages it was found on
// (Provenance.PageURL), which hold the image's address and titles.
func PageKey(pageURL string) string { return "page-" + hash(engine.CanonicalURL(pageURL)) }

func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:16])
}

// Version of the records.
const stateVersion = 1

// walkRecord is the record of one walk.
type walkRecord struct {
	V        int    `json:"v"`
	Number   int64  `json:"number"` // counts walks; pages bear it
	Finished bool   `json:"finished"`
	Seeds    string `json:"seeds"` // hash of the addresses named and the scope: another question is another walk
}

// visit is the record of one page.
type visit struct {
	V          int              `json:"v"`
	Walk       int64            `json:"walk"`
	Validators validators       `json:"validators"`
	To         string           `json:"to,omitempty"`    // it redirects there
	Image      bool             `json:"image,omitempty"` // it is an image, not a page
	Title      string           `json:"title,omitempty"`
	Pictures   []Picture        `json:"pictures,omitempty"`
	Links      []string         `json:"links,omitempty"`
	Inline     int              `json:"inline,omitempty"`
	Films      int              `json:"films,omitempty"`
	More       int              `json:"more,omitempty"`
	Said       rules.Directives `json:"said,omitzero"`
	Err        *visitErr        `json:"err,omitempty"`
}

// visitErr is an engine.Error in a record.
type visitErr struct {
	Code   engine.Code `json:"code"`
	Msg    string      `json:"msg"`
	Detail string      `json:"detail,omitempty"`
}

func keepError(err error) *visitErr {
	return &visitErr{engine.CodeOf(err), engine.MessageOf(err), rules.Clip(engine.DetailOf(err), 500)}
}

// err gives the error back.
func (v *visitErr) err() error {
	e := &engine.Error{Code: v.Code, Op: "web.Page", Msg: v.Msg, Err: rules.Cause(v.Detail)}
	return e
}

// load reads a record; one that is missing, damaged or of another version gives false. Only an error of the store is one.
func load[T any](ctx context.Context, s State, key string, into *T, version func(T) int) (bool, error) {
	if s == nil {
		return false, nil
	}
	data, err := s.Load(ctx, key)
	if err != nil || data == nil {
		return false, err
	}
	var got T
	if json.Unmarshal(data, &got) != nil || version(got) != stateVersion {
		return false, nil
	}
	*into = got
	return true, nil
}

func save(ctx context.Context, s State, key string, v any) error {
	if s == nil {
		return nil
	}
	data, err := json.Marshal(v)
	if err != nil {
		return engine.E(engine.CodeInternal, "web.State", "a defect of the program showed up", fmt.Errorf("encode: %w", err))
	}
	return s.Save(ctx, key, data)
}
