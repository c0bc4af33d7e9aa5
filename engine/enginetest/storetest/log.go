package storetest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gabarit/engine"
	"gabarit/engine/enginetest"
)

func testRecordSearch(_ *testing.T, s *storeCase) {
	c := s.collection("c")
	probe := sha256.Sum256([]byte("probe"))
	search := engine.SearchRecord{Purpose: "my own photos", ProbeHash: probe, ProbeFaces: 1, Searched: 9, Matches: 3, Strong: 2,
		Collections: []engine.CollectionID{c.ID}, Returned: []engine.FaceID{"P-1", "P-0"}}
	s.ok(s.store.RecordSearch(s.ctx, search))
	first := s.lastEntry()
	s.equal("action", first.Action, engine.ActionSearch)
	s.equal("purpose", first.Purpose, "my own photos")
	s.equal("objects", first.Objects, []string{string(c.ID)})
	s.equal("faces shown", first.Returned, search.Returned)
	s.equal("counts", first.Counts, map[string]int{"probe_faces": 1, "searched": 9, "matches": 3, "strong": 2})
	keyed := first.Detail["probe"]
	if len(keyed) != 64 || keyed == hex.EncodeToString(probe[:]) {
		s.t.Errorf("probe = %q, want a keyed hash in hex", keyed)
	}
	s.ok(s.store.RecordSearch(s.ctx, search))
	s.equal("probe of the same photo", s.lastEntry().Detail["probe"], keyed)
	search.ProbeHash[0]++
	s.ok(s.store.RecordSearch(s.ctx, search))
	if s.lastEntry().Detail["probe"] == keyed {
		s.t.Error("two probes have the same hash")
	}
	search.Purpose = " "
	s.code(s.store.RecordSearch(s.ctx, search), engine.CodeInvalid)
}

func newCase(site string, items int) engine.Case {
	c := engine.Case{Site: site}
	for i := range items {
		c.Items = append(c.Items, engine.CaseItem{Face: "P-0", Photo: "P", SHA256: sha256.Sum256([]byte(site)),
			Source:  engine.Provenance{URL: fmt.Sprintf("https://%s/%d", site, i), PageTitle: "title"},
			FoundAt: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), CollectedAt: time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC)})
	}
	return c
}

func testCases(_ *testing.T, s *storeCase) {
	added, err := s.store.AddCases(s.ctx, []engine.Case{newCase("a.example", 2), newCase("", 1)})
	s.ok(err)
	e := s.lastEntry()
	s.equal("action", e.Action, engine.ActionCaseOpened)
	s.equal("counts", e.Counts, map[string]int{"cases": 2, "items": 3})
	more, err := s.store.AddCases(s.ctx, []engine.Case{newCase("b.example", 1)})
	s.ok(err)
	added = append(added, more...)
	for i, c := range added {
		s.equal("reference", c.Ref, fmt.Sprintf("%04d-CAS-%04d", c.CreatedAt.Year(), i+1))
		if c.ID == "" || c.State != engine.CaseDraft || c.CreatedAt.IsZero() {
			s.t.Errorf("case = %+v", c)
		}
	}
	s.is("cases", added)(s.store.Cases(s.ctx))

	letter := engine.LetterRecord{Right: engine.RightErasure, Lang: "fr", Formats: []string{"pdf", "txt"}, At: time.Date(2026, 5, 6, 7, 8, 9, 0, time.UTC)}
	s.ok(s.store.RecordLetter(s.ctx, added[0].ID, letter))
	added[0].State, added[0].Letters = engine.CaseExported, []engine.LetterRecord{letter}
	s.is("case with its letter", added[0])(s.store.Case(s.ctx, added[0].ID))
	e = s.lastEntry()
	s.equal("action", e.Action, engine.ActionLetterExported)
	s.equal("objects", e.Objects, []string{string(added[0].ID)})
	s.equal("detail", e.Detail, map[string]string{"right": "erasure", "language": "fr", "formats": "pdf,txt"})

	s.fails(engine.CodeInvalid)(s.store.AddCases(s.ctx, []engine.Case{newCase("c.example", 1), {Site: "empty.example"}}))
	s.is("no cases", []engine.Case(nil))(s.store.AddCases(s.ctx, nil))
	s.is("cases", added)(s.store.Cases(s.ctx))
}

func testAuditLog(_ *testing.T, s *storeCase) {
	c := s.collection("Name of Collection")
	r := s.run(c, "/secret/folder")
	in := enginetest.NewIngest(s.store, c.ID, r.ID, "/secret/folder/1", "seed-1", 1)
	s.commit(c, in, enginetest.NewFailure(r.ID, "/secret/folder/2"))
	s.ok(s.store.FinishRun(s.ctx, r.ID, engine.CollectCounts{Photos: 1}))
	cases, err := s.store.AddCases(s.ctx, []engine.Case{newCase("site.example", 1)})
	s.ok(err)
	s.ok(s.store.RecordLetter(s.ctx, cases[0].ID, engine.LetterRecord{Right: engine.RightErasure, Lang: "en"}))
	checkSequence(s)
	var actions []engine.AuditAction
	for _, e := range s.audit() {
		actions = append(actions, e.Action)
		text, err := json.Marshal(e)
		s.ok(err)
		for _, secret := range []string{"Name of Collection", "secret", "seed-1", "example", "page"} {
			if strings.Contains(string(text), secret) {
				s.t.Errorf("the log holds %q: %s", secret, text)
			}
		}
	}
	s.equal("actions", actions, []engine.AuditAction{engine.ActionVaultCreated, engine.ActionCollectionAdded, engine.ActionRunStarted,
		engine.ActionIngest, engine.ActionRunFinished, engine.ActionCaseOpened, engine.ActionLetterExported})
	err = s.store.AuditLog(s.ctx, func(engine.AuditEntry) error { return errStop })
	if err != errStop { //nolint:errorlint // it must come back as it is
		s.t.Errorf("AuditLog = %v, want the callback's error", err)
	}
	if i := slices.IndexFunc(s.audit(), func(e engine.AuditEntry) bool { return e.Action == engine.ActionIngest }); i >= 0 {
		s.equal("objects", s.audit()[i].Objects, []string{string(c.ID), string(r.ID)})
	}
}
