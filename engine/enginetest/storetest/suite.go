package storetest

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"gabarit/engine"
	"gabarit/engine/enginetest"
)

// TestStore checks that a store keeps the contract of engine.Store. open gives a new, empty store
// each time and closes it by t.Cleanup.
func TestStore(t *testing.T, open func(t *testing.T) engine.Store) {
	t.Helper()
	tests := []struct {
		name string
		test func(t *testing.T, s *storeCase)
	}{
		{"a new store is empty and its log begins with the vault", testEmptyStore},
		{"collections are validated, unique by name and sorted", testCollections},
		{"a run is continued while unfinished, or when asked", testRuns},
		{"a continued run tells what it holds", testRunCounts},
		{"a photo comes back as it was stored", testPhotoRoundTrip},
		{"a photo without a face is kept and counted", testNoFace},
		{"a duplicate adds its find once", testDuplicates},
		{"a duplicate may follow its photo in the same batch", testDuplicateInBatch},
		{"a failed item is listed until a later try succeeds", testFailures},
		{"a video and its frames are items", testVideos},
		{"a changed file is another photo", testChangedItem},
		{"a batch with one bad item stores nothing", testAtomicBatch},
		{"what is not there is not found", testNotFound},
		{"templates are walked with hosts and time", testTemplates},
		{"a search needs a purpose and leaves no content in the log", testRecordSearch},
		{"cases get references by year and keep their letters", testCases},
		{"a case is changed with its entry, or not at all", testChangeCase},
		{"documents come back by kind, in the order of their IDs", testDocuments},
		{"a change of documents that can't be is refused whole", testDocumentsRefused},
		{"a deleted document is gone, and others stay", testDocumentsDeleted},
		{"documents about a photo go with it", testDocumentsOfAPhoto},
		{"the largest document is put in the place of another", testLargestDocument},
		{"the log has no gaps and no names", testAuditLog},
		{"an ended context stops each call", testEndedContext},
		{"callers can't change what is stored through slices", testIsolation},
		{"concurrent use loses nothing", testConcurrentUse},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.test(t, &storeCase{t: t, store: open(t), ctx: t.Context()})
		})
	}
}

// storeCase carries what each test of the suite needs.
type storeCase struct {
	t     *testing.T
	store engine.Store
	ctx   context.Context //nolint:containedctx // of one test
}

func (s *storeCase) ok(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *storeCase) code(err error, want engine.Code) {
	s.t.Helper()
	if got := engine.CodeOf(err); got != want {
		s.t.Errorf("code = %q, want %q (%v)", got, want, err)
	}
}

// is checks what a call gives, fails how it fails.
func (s *storeCase) is(what string, want any) func(got any, err error) {
	return func(got any, err error) {
		s.t.Helper()
		s.ok(err)
		s.equal(what, got, want)
	}
}

func (s *storeCase) fails(want engine.Code) func(_ any, err error) {
	return func(_ any, err error) { s.t.Helper(); s.code(err, want) }
}

func (s *storeCase) equal(what string, got, want any) {
	s.t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.EquateApproxTime(0)); diff != "" {
		s.t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func (s *storeCase) collection(name string) engine.Collection {
	s.t.Helper()
	c, err := s.store.AddCollection(s.ctx, enginetest.ValidCollection(name))
	s.ok(err)
	return c
}

func (s *storeCase) run(c engine.Collection, sources ...string) engine.Run {
	s.t.Helper()
	r, _, err := s.store.BeginRun(s.ctx, engine.Run{Collection: c.ID, Sources: sources, Look: engine.Look{Detector: engine.DetectorFast}}, false)
	s.ok(err)
	return r
}

func (s *storeCase) commit(c engine.Collection, batch ...engine.Ingest) {
	s.t.Helper()
	s.ok(s.store.Commit(s.ctx, c.ID, batch))
}

func (s *storeCase) audit() []engine.AuditEntry {
	s.t.Helper()
	var log []engine.AuditEntry
	s.ok(s.store.AuditLog(s.ctx, func(e engine.AuditEntry) error { log = append(log, e); return nil }))
	return log
}

func (s *storeCase) lastEntry() engine.AuditEntry {
	log := s.audit()
	return log[len(log)-1]
}

func (s *storeCase) templates() []engine.IndexEntry {
	s.t.Helper()
	var all []engine.IndexEntry
	s.ok(s.store.Templates(s.ctx, func(e engine.IndexEntry) error { all = append(all, e); return nil }))
	return all
}

func testEmptyStore(_ *testing.T, s *storeCase) {
	s.is("totals", engine.Totals{})(s.store.Totals(s.ctx))
	s.equal("templates", s.templates(), []engine.IndexEntry(nil))
	s.is("collections", []engine.CollectionInfo(nil))(s.store.Collections(s.ctx))
	s.is("cases", []engine.Case(nil))(s.store.Cases(s.ctx))
	log := s.audit()
	if len(log) != 1 || log[0].Action != engine.ActionVaultCreated || log[0].Seq != 1 || log[0].At.IsZero() {
		s.t.Errorf("log = %+v, want one entry about the vault", log)
	}
}

func testCollections(_ *testing.T, s *storeCase) {
	b := s.collection("b")
	a := s.collection("a")
	if a.ID == "" || a.ID == b.ID || a.CreatedAt.IsZero() {
		s.t.Errorf("collections = %+v, %+v", a, b)
	}
	s.fails(engine.CodeConflict)(s.store.AddCollection(s.ctx, enginetest.ValidCollection("a")))
	bad := enginetest.ValidCollection("c")
	bad.Purpose = " "
	s.fails(engine.CodeInvalid)(s.store.AddCollection(s.ctx, bad))

	s.is("collections", []engine.CollectionInfo{{Collection: a}, {Collection: b}})(s.store.Collections(s.ctx))
	s.is("collection b", engine.CollectionInfo{Collection: b})(s.store.CollectionByName(s.ctx, "b"))
	s.fails(engine.CodeNotFound)(s.store.CollectionByName(s.ctx, "c"))

	e := s.lastEntry()
	if e.Action != engine.ActionCollectionAdded || e.Purpose != a.Purpose || !slices.Equal(e.Objects, []string{string(a.ID)}) || e.Detail["basis"] != "consent" {
		s.t.Errorf("entry = %+v", e)
	}
}

func testNotFound(_ *testing.T, s *storeCase) {
	c := s.collection("c")
	var errs []error
	add := func(err error) { errs = append(errs, err) }
	for _, unknown := range []string{"", "nonsense", string(s.store.NewPhotoID())} {
		photo, coll := engine.PhotoID(unknown), engine.CollectionID(unknown)
		_, err := s.store.Photo(s.ctx, photo)
		add(err)
		_, err = s.store.Thumbnail(s.ctx, photo)
		add(err)
		_, err = s.store.Crop(s.ctx, engine.NewFaceID(photo, 0))
		add(err)
		_, err = s.store.Case(s.ctx, engine.CaseID(unknown))
		add(err)
		_, err = s.store.RunFailures(s.ctx, engine.RunID(unknown))
		add(err)
		_, err = s.store.CollectionFailures(s.ctx, coll)
		add(err)
		_, err = s.store.Item(s.ctx, coll, "x")
		add(err)
		_, err = s.store.PhotoByHash(s.ctx, coll, engine.SHA256{})
		add(err)
		add(s.store.Commit(s.ctx, coll, nil))
		add(s.store.FinishRun(s.ctx, engine.RunID(unknown), engine.CollectCounts{}))
		add(s.store.RecordLetter(s.ctx, engine.CaseID(unknown), engine.LetterRecord{}))
	}
	_, err := s.store.Item(s.ctx, c.ID, "x")
	add(err)
	_, err = s.store.PhotoByHash(s.ctx, c.ID, engine.SHA256{})
	add(err)
	in := enginetest.NewIngest(s.store, c.ID, "run", "/a", "a", 1)
	s.commit(c, in)
	for _, n := range []string{"-1", "-00", "-4294967296", "-99999999999999999999", "-x", ""} {
		_, err := s.store.Crop(s.ctx, engine.FaceID(string(in.Photo.ID)+n))
		add(err)
	}
	_, _, err = s.store.BeginRun(s.ctx, engine.Run{Collection: "nonsense", Sources: []string{"x"}}, false)
	add(err)
	for i, err := range errs {
		if engine.CodeOf(err) != engine.CodeNotFound {
			s.t.Errorf("call %d: %v, want not found", i, err)
		}
	}
	if log := s.audit(); len(log) != 3 {
		s.t.Errorf("%d entries in the log, want 3: what was not found changed nothing", len(log))
	}
}

func testEndedContext(_ *testing.T, s *storeCase) {
	c := s.collection("c")
	r := s.run(c, "/a")
	in := enginetest.NewIngest(s.store, c.ID, r.ID, "/a/1", "1", 1)
	ctx, cancel := context.WithCancel(s.ctx)
	cancel()
	s.fails(engine.CodeCanceled)(s.store.AddCollection(ctx, enginetest.ValidCollection("d")))
	s.code(s.store.Commit(ctx, c.ID, []engine.Ingest{in}), engine.CodeCanceled)
	s.code(s.store.Templates(ctx, func(engine.IndexEntry) error { return nil }), engine.CodeCanceled)
	s.code(s.store.RecordSearch(ctx, engine.SearchRecord{Purpose: "p"}), engine.CodeCanceled)
	s.fails(engine.CodeCanceled)(s.store.Totals(ctx))
	s.fails(engine.CodeNotFound)(s.store.PhotoByHash(s.ctx, c.ID, in.Photo.SHA256))
}

// errStop is a callback's own error, which must come back as it is.
var errStop = errors.New("stop here")
