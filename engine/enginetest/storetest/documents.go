package storetest

import (
	"bytes"
	"errors"
	"testing"

	"gabarit/engine"
)

func logged(x engine.DocumentTx) error {
	return x.Log(engine.AuditEntry{Action: engine.ActionViewed})
}

func testDocuments(t *testing.T, s *storeCase) {
	var first, second string
	s.ok(s.store.ChangeDocuments(s.ctx, func(x engine.DocumentTx) error {
		first, second = x.NewID(), x.NewID()
		return errors.Join(x.Put(engine.DocumentRequest, second, []byte("two")), x.Put(engine.DocumentRequest, first, []byte("one")),
			x.Put(engine.DocumentPortrait, first, bytes.Repeat([]byte("portrait"), 100_000)), logged(x))
	}))
	var got []string
	s.ok(s.store.Documents(s.ctx, engine.DocumentRequest, func(id string, data []byte) error {
		got = append(got, id+string(data))
		_, err := s.store.Document(s.ctx, engine.DocumentRequest, id) // fn may call the store
		return err
	}))
	if len(got) != 2 || got[0] != first+"one" || got[1] != second+"two" {
		t.Errorf("documents %q", got)
	}
	stop := errors.New("stop")
	if err := s.store.Documents(s.ctx, engine.DocumentRequest, func(string, []byte) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("the walk ended with %v", err)
	}
	s.ok(s.store.ChangeDocuments(s.ctx, func(x engine.DocumentTx) error {
		return errors.Join(x.Put(engine.DocumentRequest, first, []byte("one again")), logged(x))
	}))
	data, err := s.store.Document(s.ctx, engine.DocumentRequest, first)
	if s.ok(err); string(data) != "one again" {
		t.Errorf("changed to %q", data)
	}
}

func testDocumentsRefused(t *testing.T, s *storeCase) {
	own, entries := errors.New("own"), 0
	s.ok(s.store.AuditLog(s.ctx, func(engine.AuditEntry) error { entries++; return nil }))
	for name, c := range map[string]struct {
		change func(x engine.DocumentTx) error
		code   engine.Code
	}{
		"no entry in the log": {func(x engine.DocumentTx) error { return x.Put(engine.DocumentPaper, x.NewID(), []byte("x")) }, engine.CodeInvalid},
		"no ID":               {func(x engine.DocumentTx) error { return errors.Join(logged(x), x.Put(engine.DocumentPaper, "me", nil)) }, engine.CodeInvalid},
		"an unknown kind":     {func(x engine.DocumentTx) error { return errors.Join(logged(x), x.Put("diary", x.NewID(), nil)) }, engine.CodeInvalid},
		"too large": {func(x engine.DocumentTx) error {
			return errors.Join(logged(x), x.Put(engine.DocumentFile, x.NewID(), make([]byte, engine.MaxDocument+1)))
		}, engine.CodeInvalid},
		"the caller's error": {func(x engine.DocumentTx) error {
			return errors.Join(logged(x), x.Put(engine.DocumentPaper, x.NewID(), []byte("x")), own)
		}, engine.CodeOf(own)},
	} {
		if err := s.store.ChangeDocuments(s.ctx, c.change); engine.CodeOf(err) != c.code || err == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, k := range engine.DocumentKinds() {
		s.ok(s.store.Documents(s.ctx, k, func(id string, _ []byte) error { t.Errorf("%s %s was stored", k, id); return nil }))
	}
	s.ok(s.store.AuditLog(s.ctx, func(engine.AuditEntry) error { entries--; return nil }))
	if entries != 0 {
		t.Errorf("the log has %d entries more", -entries)
	}
}

func testDocumentsDeleted(t *testing.T, s *storeCase) {
	var id string
	s.ok(s.store.ChangeDocuments(s.ctx, func(x engine.DocumentTx) error {
		id = x.NewID()
		return errors.Join(x.Put(engine.DocumentPortrait, id, []byte("gone")), x.Put(engine.DocumentRequest, id, []byte("stays")), logged(x))
	}))
	s.ok(s.store.ChangeDocuments(s.ctx, func(x engine.DocumentTx) error {
		return errors.Join(x.Delete(engine.DocumentPortrait, id), x.Delete(engine.DocumentPortrait, x.NewID()), logged(x))
	}))
	if _, err := s.store.Document(s.ctx, engine.DocumentPortrait, id); engine.CodeOf(err) != engine.CodeNotFound {
		t.Errorf("a deleted document: %v", err)
	}
	data, err := s.store.Document(s.ctx, engine.DocumentRequest, id)
	if s.ok(err); string(data) != "stays" {
		t.Errorf("the other one: %q", data)
	}
	_, check, err := s.store.Purge(s.ctx)
	if s.ok(err); !check.Clean() {
		t.Errorf("after the purge: %+v", check)
	}
}

func testChangeCase(t *testing.T, s *storeCase) {
	all, err := s.store.AddCases(s.ctx, []engine.Case{{Site: "a.example", Items: []engine.CaseItem{{Face: "F-0"}}}})
	s.ok(err)
	was := all[0]
	s.ok(s.store.ChangeCase(s.ctx, was.ID, func(c *engine.Case) (engine.AuditEntry, error) {
		c.Course, c.Ref, c.State = []byte(`{"sent":"2026-11-05"}`), "mine", engine.CaseExported
		return engine.AuditEntry{Action: engine.ActionLetterExported, Objects: []string{string(c.ID)}}, nil
	}))
	now, err := s.store.Case(s.ctx, was.ID)
	if s.ok(err); string(now.Course) != `{"sent":"2026-11-05"}` || now.Ref != was.Ref || now.State != engine.CaseExported {
		t.Errorf("changed to %+v", now)
	}
	own := errors.New("own")
	if err := s.store.ChangeCase(s.ctx, was.ID, func(c *engine.Case) (engine.AuditEntry, error) { c.Course = nil; return engine.AuditEntry{}, own }); !errors.Is(err, own) {
		t.Errorf("the caller's error came back as %v", err)
	}
	if now, err = s.store.Case(s.ctx, was.ID); err != nil || now.Course == nil {
		t.Errorf("an error changed it: %+v %v", now, err)
	}
	if err := s.store.ChangeCase(s.ctx, "X", nil); engine.CodeOf(err) != engine.CodeNotFound {
		t.Errorf("an unknown case: %v", err)
	}
}
