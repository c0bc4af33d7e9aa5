package storetest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"gabarit/engine"
	"gabarit/engine/enginetest"
)

func testRuns(_ *testing.T, s *storeCase) {
	c, other := s.collection("c"), s.collection("other")
	first := s.run(c, "/a", "/b")
	if first.ID == "" || first.StartedAt.IsZero() || !first.FinishedAt.IsZero() {
		s.t.Errorf("run = %+v", first)
	}
	s.equal("entry", s.lastEntry().Action, engine.ActionRunStarted)
	if again := s.run(c, "/b", "/a"); again.ID != first.ID {
		s.t.Error("the unfinished run over the same sources was not continued")
	}
	s.equal("entry", s.lastEntry().Action, engine.ActionRunContinued)
	if s.run(c, "/a").ID == first.ID || s.run(other, "/a", "/b").ID == first.ID {
		s.t.Error("a run over other sources or into another collection was continued")
	}
	thorough, _, err := s.store.BeginRun(s.ctx, engine.Run{Collection: c.ID, Sources: []string{"/a", "/b"}, Look: engine.Look{Detector: engine.DetectorThorough}}, true)
	s.ok(err)
	if thorough.ID == first.ID {
		s.t.Error("a run with another detector was continued")
	}

	site := engine.Run{Collection: other.ID, Sources: []string{"https://example.org/"}, Look: engine.Look{Detector: engine.DetectorFast}, Web: engine.WebOptions{Contact: "a@b.org", Pages: 3}}
	_, _, err = s.store.BeginRun(s.ctx, site, false)
	s.ok(err)
	site.Web.Pages = 4
	walked, _, err := s.store.BeginRun(s.ctx, site, false)
	s.ok(err)
	unfinished, err := s.store.UnfinishedRuns(s.ctx)
	s.ok(err)
	s.equal("unfinished", len(unfinished), 5)
	s.equal("the last of them", unfinished[4], walked)
	s.equal("its limits", walked.Web, site.Web)

	s.ok(s.store.FinishRun(s.ctx, first.ID, engine.CollectCounts{Photos: 3, Faces: 4, NoFace: 1, Duplicates: 1, Failed: 2, Unchanged: 5}))
	e := s.lastEntry()
	s.equal("action", e.Action, engine.ActionRunFinished)
	s.equal("counts", e.Counts, map[string]int{"photos": 3, "faces": 4, "no_face": 1, "duplicates": 1, "failed": 2, "suppressed": 0, "unchanged": 5})
	unfinished, err = s.store.UnfinishedRuns(s.ctx)
	s.ok(err)
	s.equal("unfinished, one having ended", len(unfinished), 4)
	resumed, _, err := s.store.BeginRun(s.ctx, engine.Run{Collection: c.ID, Sources: []string{"/a", "/b"}, Look: engine.Look{Detector: engine.DetectorFast}}, true)
	s.ok(err)
	if resumed.ID != first.ID || !resumed.FinishedAt.IsZero() {
		s.t.Errorf("resume gave %+v, want the finished run, open again", resumed)
	}
	s.ok(s.store.FinishRun(s.ctx, first.ID, engine.CollectCounts{}))
	if s.run(c, "/a", "/b").ID == first.ID {
		s.t.Error("a finished run was continued without being asked")
	}
	_, _, err = s.store.BeginRun(s.ctx, engine.Run{Collection: c.ID}, false)
	s.code(err, engine.CodeInvalid)
}

func testRunCounts(_ *testing.T, s *storeCase) {
	c := s.collection("c")
	r := s.run(c, "/a")
	two := enginetest.NewIngest(s.store, c.ID, r.ID, "/a/1", "1", 2)
	s.commit(c, two, enginetest.NewIngest(s.store, c.ID, r.ID, "/a/2", "2", 0), enginetest.NewFailure(r.ID, "/a/3"),
		enginetest.NewDuplicate(r.ID, "/a/4", two.Photo.ID, engine.Provenance{File: "/a/4"}))
	s.commit(c, enginetest.NewFailure(s.run(c, "/b").ID, "/b/1"))
	_, counts, err := s.store.BeginRun(s.ctx, engine.Run{Collection: c.ID, Sources: []string{"/a"}, Look: engine.Look{Detector: engine.DetectorFast}}, false)
	s.ok(err)
	s.equal("counts", counts, engine.CollectCounts{Photos: 2, Faces: 2, NoFace: 1, Duplicates: 1, Failed: 1})
}

func testPhotoRoundTrip(_ *testing.T, s *storeCase) {
	c := s.collection("c")
	r := s.run(c, "/a")
	in := enginetest.NewIngest(s.store, c.ID, r.ID, "/a/1", "1", 3)
	s.commit(c, in)

	want := *in.Photo
	want.Faces = slices.Clone(want.Faces)
	for i := range want.Faces {
		want.Faces[i].Template = engine.Template{}
	}
	s.is("photo", want)(s.store.Photo(s.ctx, in.Photo.ID))
	for i, f := range in.Photo.Faces {
		s.is("crop", in.Crops[i])(s.store.Crop(s.ctx, f.ID))
	}
	s.fails(engine.CodeNotFound)(s.store.Crop(s.ctx, engine.NewFaceID(in.Photo.ID, 3)))
	s.is("thumbnail", in.Thumbnail)(s.store.Thumbnail(s.ctx, in.Photo.ID))
	s.is("photo by hash", in.Photo.ID)(s.store.PhotoByHash(s.ctx, c.ID, in.Photo.SHA256))
	s.is("item", in.Record)(s.store.Item(s.ctx, c.ID, "/a/1"))
	e := s.lastEntry()
	s.equal("action", e.Action, engine.ActionIngest)
	s.equal("counts", e.Counts, map[string]int{"photos": 1, "faces": 3, "no_face": 0, "duplicates": 0, "failed": 0, "suppressed": 0})
}

func testNoFace(_ *testing.T, s *storeCase) {
	c := s.collection("c")
	in := enginetest.NewIngest(s.store, c.ID, s.run(c, "/a").ID, "/a/1", "1", 0)
	s.commit(c, in)
	s.is("info", engine.CollectionInfo{Collection: c, Photos: 1, NoFace: 1})(s.store.CollectionByName(s.ctx, "c"))
	s.is("photo", *in.Photo)(s.store.Photo(s.ctx, in.Photo.ID))
	s.equal("templates", len(s.templates()), 0)
}

func testDuplicates(_ *testing.T, s *storeCase) {
	c := s.collection("c")
	r := s.run(c, "/a")
	in := enginetest.NewIngest(s.store, c.ID, r.ID, "/a/1", "1", 1)
	s.commit(c, in)
	elsewhere := engine.Provenance{File: "/a/2", URL: "https://other.example/x.jpg", PageURL: "https://other.example/", PageTitle: "other"}
	copied := engine.Provenance{File: "/a/3"}
	for i, find := range []engine.Provenance{elsewhere, copied, elsewhere, in.Photo.Source, copied} {
		s.commit(c, enginetest.NewDuplicate(r.ID, fmt.Sprint("/dup/", i), in.Photo.ID, find))
	}
	p, err := s.store.Photo(s.ctx, in.Photo.ID)
	s.ok(err)
	s.equal("other finds", p.Also, []engine.Provenance{elsewhere, copied})
	s.equal("source", p.Source, in.Photo.Source)
	renamed, less, title := elsewhere, elsewhere, in.Photo.Source
	renamed.PageTitle, renamed.Author, less.PageTitle, title.ImageTitle = "another title", "Ann", "", "corrected"
	for i, find := range []engine.Provenance{renamed, less, title} {
		s.commit(c, enginetest.NewDuplicate(r.ID, fmt.Sprint("/again/", i), in.Photo.ID, find))
	}
	p, err = s.store.Photo(s.ctx, in.Photo.ID)
	s.ok(err)
	s.equal("other finds take the words that came last", p.Also, []engine.Provenance{renamed, copied})
	s.equal("so does the source", p.Source, title)
	s.equal("hosts", s.templates()[0].Hosts, []string{"img.example.org", "other.example", "www.example.org"})
	s.is("info", engine.CollectionInfo{Collection: c, Photos: 1, Faces: 1})(s.store.CollectionByName(s.ctx, "c"))
	s.is("crop", in.Crops[0])(s.store.Crop(s.ctx, in.Photo.Faces[0].ID))

	unknown := enginetest.NewDuplicate(r.ID, "/dup/x", s.store.NewPhotoID(), copied)
	s.code(s.store.Commit(s.ctx, c.ID, []engine.Ingest{unknown}), engine.CodeNotFound)
	d := s.collection("d")
	foreign := enginetest.NewDuplicate(s.run(d, "/a").ID, "/dup/y", in.Photo.ID, copied)
	s.code(s.store.Commit(s.ctx, d.ID, []engine.Ingest{foreign}), engine.CodeNotFound)
}

func testDuplicateInBatch(_ *testing.T, s *storeCase) {
	c := s.collection("c")
	r := s.run(c, "/a")
	in := enginetest.NewIngest(s.store, c.ID, r.ID, "/a/1", "1", 2)
	find := engine.Provenance{File: "/a/2", URL: "https://other.example/x.jpg"}
	s.commit(c, in, enginetest.NewDuplicate(r.ID, "/a/2", in.Photo.ID, find), enginetest.NewDuplicate(r.ID, "/a/3", in.Photo.ID, find))
	p, err := s.store.Photo(s.ctx, in.Photo.ID)
	s.ok(err)
	s.equal("other finds", p.Also, []engine.Provenance{find})
	item, err := s.store.Item(s.ctx, c.ID, "/a/3")
	s.ok(err)
	s.equal("outcome", item.Outcome, engine.OutcomeDuplicate)
}

func testFailures(_ *testing.T, s *storeCase) {
	c := s.collection("c")
	first := s.run(c, "/a")
	b, a := enginetest.NewFailure(first.ID, "/a/b"), enginetest.NewFailure(first.ID, "/a/a")
	s.commit(c, b, a)
	want := func(r engine.ItemRecord) engine.FailedItem {
		return engine.FailedItem{Item: r.Key, Code: r.Code, Reason: r.Reason, Detail: r.Detail, At: r.At, Partial: r.Outcome != engine.OutcomeFailed}
	}
	s.is("failures of the run", []engine.FailedItem{want(a.Record), want(b.Record)})(s.store.RunFailures(s.ctx, first.ID))
	s.ok(s.store.FinishRun(s.ctx, first.ID, engine.CollectCounts{Failed: 2}))
	second := s.run(c, "/a")
	part := enginetest.NewIngest(s.store, c.ID, second.ID, "/a/a", "1", 1)
	part.Record.Reason, part.Record.Detail = "one of its pictures", "1/4"
	s.commit(c, part, enginetest.NewFailure(second.ID, "/a/b"))
	s.is("failures of the collection", []engine.FailedItem{want(part.Record), want(b.Record)})(s.store.CollectionFailures(s.ctx, c.ID))
	s.is("failures of the first run", []engine.FailedItem(nil))(s.store.RunFailures(s.ctx, first.ID))
	s.is("info", engine.CollectionInfo{Collection: c, Photos: 1, Faces: 1, Failed: 1})(s.store.CollectionByName(s.ctx, "c"))
	gone := engine.Ingest{Record: engine.ItemRecord{Key: "/a/b", Run: second.ID, Outcome: engine.OutcomeAbsent, At: b.Record.At}}
	s.commit(c, gone)
	s.is("failures that are there", []engine.FailedItem{want(part.Record)})(s.store.CollectionFailures(s.ctx, c.ID))
	s.is("info without it", engine.CollectionInfo{Collection: c, Photos: 1, Faces: 1})(s.store.CollectionByName(s.ctx, "c"))
	item, err := s.store.Item(s.ctx, c.ID, "/a/b")
	s.ok(err)
	item.Key = "" // it may repeat the question
	s.equal("item", item, engine.ItemRecord{Run: second.ID, Outcome: engine.OutcomeAbsent, At: b.Record.At})
	_, counts, err := s.store.BeginRun(s.ctx, second, false)
	s.ok(err)
	s.equal("counts of the run", counts, engine.CollectCounts{Photos: 1, Faces: 1})
	s.commit(c, enginetest.NewFailure(second.ID, "/a/b"))
}

// A video is an item, and so is each of its frames; only those that are kept are photos.
func testVideos(_ *testing.T, s *storeCase) {
	c := s.collection("c")
	r := s.run(c, "/a")
	record := func(key string, o engine.Outcome) engine.Ingest {
		in := enginetest.NewFailure(r.ID, key)
		in.Record.Outcome, in.Record.Code, in.Record.Reason, in.Record.Detail = o, "", "", ""
		return in
	}
	frame := enginetest.NewIngest(s.store, c.ID, r.ID, "/a/v.mp4#1.000s", "1", 1)
	frame.Photo.Source = engine.Provenance{File: "/a/v.mp4", Video: "ab12", FrameMS: 1000}
	again, same := frame.Photo.Source, frame.Photo.Source
	again.FrameMS = 5000
	film, passed := record("/a/v.mp4", engine.OutcomeVideo), record("/a/v.mp4#2.000s", engine.OutcomeLeftOut)
	film.Record.Reason = "only the beginning"
	s.commit(c, frame, passed, enginetest.NewDuplicate(r.ID, "/a/v.mp4#5.000s", frame.Photo.ID, again),
		enginetest.NewDuplicate(r.ID, "/a/v.mp4#6.000s", frame.Photo.ID, same), film)
	for _, in := range []engine.Ingest{film, passed} {
		s.is(in.Record.Key, in.Record)(s.store.Item(s.ctx, c.ID, in.Record.Key))
	}
	p, err := s.store.Photo(s.ctx, frame.Photo.ID)
	s.ok(err)
	s.equal("source", p.Source, frame.Photo.Source)
	s.equal("other finds: the same file at another time", p.Also, []engine.Provenance{again})
	s.equal("when it was seen", p.Faces[0].Seen, frame.Photo.Faces[0].Seen)
	failed, err := s.store.RunFailures(s.ctx, r.ID)
	s.ok(err)
	s.equal("read in part", len(failed) == 1 && failed[0].Partial && failed[0].Item == "/a/v.mp4", true)
	_, counts, err := s.store.BeginRun(s.ctx, r, true)
	s.ok(err)
	s.equal("counts", counts, engine.CollectCounts{Photos: 1, Faces: 1, Duplicates: 2, Videos: 1, LeftOut: 1})
	s.is("info", engine.CollectionInfo{Collection: c, Photos: 1, Faces: 1})(s.store.CollectionByName(s.ctx, "c"))
	bad := record("/a/w.mp4", engine.OutcomeVideo)
	bad.Record.Photo = frame.Photo.ID
	s.code(s.store.Commit(s.ctx, c.ID, []engine.Ingest{bad}), engine.CodeInvalid)
}

func testChangedItem(_ *testing.T, s *storeCase) {
	c := s.collection("c")
	r := s.run(c, "/a")
	old, changed := enginetest.NewIngest(s.store, c.ID, r.ID, "/a/1", "1", 1), enginetest.NewIngest(s.store, c.ID, r.ID, "/a/1", "2", 2)
	changed.Record.Version = "2:2"
	s.commit(c, old)
	s.commit(c, changed)
	s.is("item", changed.Record)(s.store.Item(s.ctx, c.ID, "/a/1"))
	s.is("totals", engine.Totals{Photos: 2, Faces: 3, Collections: 1})(s.store.Totals(s.ctx))
	_, err := s.store.Photo(s.ctx, old.Photo.ID)
	s.ok(err)
}

func testAtomicBatch(_ *testing.T, s *storeCase) {
	c := s.collection("c")
	r := s.run(c, "/a")
	held := enginetest.NewIngest(s.store, c.ID, r.ID, "/a/0", "0", 1)
	s.commit(c, held)
	before := len(s.audit())
	good := func() engine.Ingest { return enginetest.NewIngest(s.store, c.ID, r.ID, "/a/1", "1", 1) }
	bad := map[string]func() (engine.Ingest, engine.Code){
		"same bytes": func() (engine.Ingest, engine.Code) {
			return enginetest.NewIngest(s.store, c.ID, r.ID, "/a/2", "0", 1), engine.CodeConflict
		},
		"same photo": func() (engine.Ingest, engine.Code) { return held, engine.CodeConflict },
		"no such photo": func() (engine.Ingest, engine.Code) {
			return enginetest.NewDuplicate(r.ID, "/a/2", s.store.NewPhotoID(), engine.Provenance{}), engine.CodeNotFound
		},
		"crops missing": func() (engine.Ingest, engine.Code) {
			in := enginetest.NewIngest(s.store, c.ID, r.ID, "/a/2", "2", 2)
			in.Crops = in.Crops[:1]
			return in, engine.CodeInvalid
		},
		"unknown outcome": func() (engine.Ingest, engine.Code) {
			in := enginetest.NewFailure(r.ID, "/a/2")
			in.Record.Outcome = "lost"
			return in, engine.CodeInvalid
		},
	}
	for name, make := range bad {
		in, want := make()
		if err := s.store.Commit(s.ctx, c.ID, []engine.Ingest{good(), in}); engine.CodeOf(err) != want {
			s.t.Errorf("%s: %v, want %s", name, err, want)
		}
		if _, err := s.store.Item(s.ctx, c.ID, "/a/1"); engine.CodeOf(err) != engine.CodeNotFound {
			s.t.Errorf("%s: half of the batch was stored (%v)", name, err)
		}
	}
	s.equal("entries", len(s.audit()), before)
	s.is("totals", engine.Totals{Photos: 1, Faces: 1, Collections: 1})(s.store.Totals(s.ctx))
}

func testTemplates(_ *testing.T, s *storeCase) {
	c, d := s.collection("c"), s.collection("d")
	a := enginetest.NewIngest(s.store, c.ID, s.run(c, "/a").ID, "/a/1", "1", 2)
	b := enginetest.NewIngest(s.store, d.ID, s.run(d, "/a").ID, "/a/1", "1", 1)
	a.Photo.Source.CapturedAt, a.Photo.Source.Place = a.Photo.Source.CapturedAt.UTC(), &engine.Place{Lat: -12.5, Lon: 130.75}
	b.Photo.Source = engine.Provenance{File: "/a/1"}
	s.commit(c, a)
	s.commit(d, b)
	got := map[engine.FaceID]engine.IndexEntry{}
	for _, e := range s.templates() {
		got[e.Face] = e
	}
	want := map[engine.FaceID]engine.IndexEntry{}
	for _, f := range a.Photo.Faces {
		want[f.ID] = engine.IndexEntry{Face: f.ID, Model: "synthetic", Collection: c.ID, Hosts: []string{"img.example.org", "www.example.org"},
			When: a.Photo.Source.CapturedAt, Place: a.Photo.Source.Place, Template: f.Template}
	}
	f := b.Photo.Faces[0]
	want[f.ID] = engine.IndexEntry{Face: f.ID, Model: "synthetic", Collection: d.ID, When: b.Photo.CollectedAt, Template: f.Template}
	s.equal("entries", got, want)

	calls := 0
	err := s.store.Templates(s.ctx, func(engine.IndexEntry) error { calls++; return errStop })
	if err != errStop || calls != 1 { //nolint:errorlint // it must come back as it is
		s.t.Errorf("after %d calls: %v, want the callback's error after one", calls, err)
	}
}

func testIsolation(_ *testing.T, s *storeCase) {
	c := s.collection("c")
	in := enginetest.NewIngest(s.store, c.ID, s.run(c, "/a").ID, "/a/1", "1", 1)
	s.commit(c, in)
	in.Crops[0][0], in.Thumbnail[0], in.Photo.Faces[0].Quality = 'X', 'X', 9
	for range 2 {
		crop, err := s.store.Crop(s.ctx, in.Photo.Faces[0].ID)
		s.ok(err)
		s.equal("crop", string(crop), "crop 0 of 1")
		p, err := s.store.Photo(s.ctx, in.Photo.ID)
		s.ok(err)
		s.equal("quality", p.Faces[0].Quality, 0.5)
		crop[0], p.Faces[0].Quality = 'Y', 8
	}
}

func testConcurrentUse(t *testing.T, s *storeCase) {
	c := s.collection("c")
	r := s.run(c, "/a")
	const writers, commits = 4, 5
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range commits {
				name := fmt.Sprintf("%d-%d", w, i)
				in := enginetest.NewIngest(s.store, c.ID, r.ID, "/a/"+name, name, 2)
				if err := s.store.Commit(s.ctx, c.ID, []engine.Ingest{in}); err != nil {
					t.Error(err)
				}
				if _, err := s.store.Photo(s.ctx, in.Photo.ID); err != nil {
					t.Error(err)
				}
				if err := s.store.Templates(s.ctx, func(e engine.IndexEntry) error {
					_, err := s.store.Crop(s.ctx, e.Face)
					return err
				}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	s.is("totals", engine.Totals{Photos: writers * commits, Faces: 2 * writers * commits, Collections: 1})(s.store.Totals(s.ctx))
	checkSequence(s)
}

func checkSequence(s *storeCase) {
	s.t.Helper()
	for i, e := range s.audit() {
		if e.Seq != uint64(i+1) || e.At.IsZero() || strings.TrimSpace(string(e.Action)) == "" {
			s.t.Errorf("entry %d = %+v", i+1, e)
		}
	}
}
