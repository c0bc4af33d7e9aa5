package storetest

import (
	"bytes"
	"errors"
	"testing"

	"gabarit/engine"
	"gabarit/engine/enginetest"
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

func testDocumentsOfAPhoto(t *testing.T, s *storeCase) {
	c := s.collection("c")
	var photos []engine.PhotoID
	for _, name := range []string{"a", "b"} {
		in := enginetest.NewIngest(s.store, c.ID, s.run(c, "/").ID, "/"+name, name, 1)
		s.commit(c, in)
		photos = append(photos, in.Photo.ID)
	}
	kinds := []engine.DocumentKind{engine.DocumentCheck, engine.DocumentHidden}
	for _, kind := range kinds {
		s.ok(s.store.ChangeDocuments(s.ctx, func(x engine.DocumentTx) error {
			return errors.Join(x.Put(kind, string(photos[0]), []byte("first")), x.Put(kind, string(photos[1]), []byte("second")), logged(x))
		}))
		err := s.store.ChangeDocuments(s.ctx, func(x engine.DocumentTx) error { return errors.Join(logged(x), x.Put(kind, x.NewID(), nil)) })
		if engine.CodeOf(err) != engine.CodeNotFound {
			t.Errorf("%s of a photo that is not there: %v", kind, err)
		}
	}
	p := engine.ErasurePlan{Request: engine.ErasureRequest{Photos: photos[:1], Reason: engine.EraseRequest},
		Photos: []engine.PhotoErasure{{Photo: photos[0], Collection: c.ID, Faces: []engine.FaceID{engine.NewFaceID(photos[0], 0)}, Whole: true}}}
	_, counts, err := s.store.Erase(s.ctx, p)
	if s.ok(err); counts.Keys != 3 {
		t.Errorf("%d keys of a photo and two documents", counts.Keys)
	}
	for _, kind := range kinds {
		if _, err := s.store.Document(s.ctx, kind, string(photos[0])); engine.CodeOf(err) != engine.CodeNotFound {
			t.Errorf("%s of an erased photo: %v", kind, err)
		}
		data, err := s.store.Document(s.ctx, kind, string(photos[1]))
		if s.ok(err); string(data) != "second" {
			t.Errorf("%s of the other: %q", kind, data)
		}
	}
}

func testLargestDocument(t *testing.T, s *storeCase) {
	var id string
	for _, fill := range []string{"one", "two"} {
		want := bytes.Repeat([]byte(fill), engine.MaxDocument/3)
		s.ok(s.store.ChangeDocuments(s.ctx, func(x engine.DocumentTx) error {
			if id == "" {
				id = x.NewID()
			}
			return errors.Join(x.Delete(engine.DocumentFile, id), x.Put(engine.DocumentFile, id, want), logged(x))
		}))
		got, err := s.store.Document(s.ctx, engine.DocumentFile, id)
		if s.ok(err); !bytes.Equal(got, want) {
			t.Errorf("%d bytes came back of %d", len(got), len(want))
		}
	}
	_, check, err := s.store.Purge(s.ctx) // of what was deleted and put again in one change
	if s.ok(err); !check.Clean() {
		t.Errorf("after the purge: %+v", check)
	}
	if _, err := s.store.Document(s.ctx, engine.DocumentFile, id); err != nil {
		t.Errorf("after the purge: %v", err)
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
