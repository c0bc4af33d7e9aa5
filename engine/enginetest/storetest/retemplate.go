package storetest

import (
	"context"
	"slices"
	"testing"
	"time"

	"gabarit/engine"
	"gabarit/engine/enginetest"
)

// TestRetemplate checks what the contract of engine.Store says of faces found anew. open is as for TestErasure. That a store's files
// hold nothing of what was replaced is for the tests of that store.
func TestRetemplate(t *testing.T, open func(t *testing.T, now func() time.Time) engine.Store) {
	t.Helper()
	tests := []struct {
		name string
		test func(s *storeCase)
	}{
		{"a photo keeps its place and gets new faces under new numbers", testRetemplate},
		{"a face found anew tells which it was, and one that is not found is gone", testSuccession},
		{"a photo may have no face any more, or its first one", testRetemplateNoFace},
		{"a photo of which a face was erased keeps the others and their pictures", testRetemplateCut},
		{"a photo read from another place is found there too", testRetemplateFind},
		{"what does not fit changes nothing", testRetemplateMisfit},
		{"an erasure planned before the faces were found anew does not fit", testRetemplateErase},
		{"templates of two models live beside each other", testTwoModels},
		{"a run counts the photos it did anew when it is continued", testRetemplateCounts},
		{"the log tells counts, and the purge ends it", testRetemplateLog},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := &clock{at: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)}
			tt.test(&storeCase{t: t, store: open(t, c.now), ctx: t.Context()})
		})
	}
}

// retemplate stores renewals and gives what replaced was called with, in which the store must know the new faces already.
func (s *storeCase) retemplate(c engine.Collection, batch ...engine.Renewal) (done []engine.Renewed) {
	s.t.Helper()
	s.ok(s.store.Retemplate(s.ctx, c.ID, batch, func(some []engine.Renewed) error {
		for _, r := range some {
			p, err := s.store.Photo(s.ctx, r.Photo.ID)
			s.ok(err)
			s.equal("model when told", p.Model, r.Photo.Model)
		}
		done = append(done, some...)
		return nil
	}))
	if len(done) != len(batch) {
		s.t.Fatalf("%d photos were told of, want %d", len(done), len(batch))
	}
	return done
}

// renewed gives the ingest that would have stored what a renewal made of the photo, its faces numbered from first.
func renewed(in engine.Ingest, r engine.Renewal, first int, was ...[]engine.FaceID) engine.Ingest {
	p := *in.Photo
	p.Model, p.Look, p.Faces = r.Model, r.Look, slices.Clone(r.Faces)
	for i := range p.Faces {
		p.Faces[i].ID = engine.NewFaceID(p.ID, first+i)
		if i < len(was) {
			p.Faces[i].Was = was[i]
		}
	}
	in.Photo, in.Record, in.Crops, in.Thumbnail = &p, r.Record, r.Crops, r.Thumbnail
	return in
}

// entries gives what Templates gives of a photo.
func (s *storeCase) entries(p engine.PhotoID) (all []engine.IndexEntry) {
	s.t.Helper()
	for _, e := range s.templates() {
		if photo, _, _ := e.Face.Photo(); photo == p {
			all = append(all, e)
		}
	}
	return all
}

func ids(p engine.PhotoID, numbers ...int) (all []engine.FaceID) {
	for _, n := range numbers {
		all = append(all, engine.NewFaceID(p, n))
	}
	return all
}

func testRetemplate(s *storeCase) {
	c := s.collection("c")
	r := s.run(c, "/a")
	a, b := enginetest.NewIngest(s.store, c.ID, r.ID, "/a/1", "1", 2), enginetest.NewIngest(s.store, c.ID, r.ID, "/a/2", "2", 1)
	find := engine.Provenance{File: "/a/3", URL: "https://elsewhere.example/"}
	s.commit(c, a, b, enginetest.NewDuplicate(r.ID, "/a/3", a.Photo.ID, find))
	re := enginetest.NewRenewal(a, "again", "1 anew", 2)
	done := s.retemplate(c, re)
	p := a.Photo.ID
	s.equal("gone", done[0].Gone, ids(p, 0, 1))
	s.faceless(a.Photo.Faces...)
	now := renewed(a, re, 2, ids(p, 0), ids(p, 1))
	s.kept(now, find)
	s.kept(b)
	want := *now.Photo
	want.Also = []engine.Provenance{find}
	s.equal("told", done[0].Photo, want)
	s.equal("templates", s.entries(p), want.Entries())
	s.info("c", engine.CollectionInfo{Collection: c, Photos: 2, Faces: 3})

	again := enginetest.NewRenewal(a, "third", "1 again", 1)
	s.equal("gone the second time", s.retemplate(c, again)[0].Gone, ids(p, 2, 3))
	s.kept(renewed(a, again, 4, ids(p, 0, 2)), find)
	item, err := s.store.Item(s.ctx, c.ID, "/a/3")
	s.ok(err)
	s.equal("photo of the duplicate", item.Photo, p)
	s.info("c", engine.CollectionInfo{Collection: c, Photos: 2, Faces: 2})

	later := engine.Provenance{URL: "https://later.example/"}
	s.commit(c, enginetest.NewDuplicate(r.ID, "/a/4", p, later))
	s.kept(renewed(a, again, 4, ids(p, 0, 2)), find, later)
	s.equal("counts of erasing it", s.erase(plan(whole(renewed(a, again, 4)))),
		engine.ErasureCounts{Photos: 1, Thumbnails: 1, Crops: 1, Templates: 1, Finds: 3, Items: 3, Keys: 1})
	s.gone(renewed(a, again, 4))
}

func testSuccession(s *storeCase) {
	c := s.collection("c")
	a := enginetest.NewIngest(s.store, c.ID, s.run(c, "/a").ID, "/a/1", "1", 3)
	s.commit(c, a)
	re := enginetest.NewRenewal(a, "again", "anew", 3)
	re.Faces[0].Box, re.Faces[1].Box = re.Faces[1].Box, engine.Box{X: 400, Y: 400, W: 30, H: 30}
	p := s.retemplate(c, re)[0].Photo
	s.equal("a face that moved up in the list", p.Faces[0].Was, ids(p.ID, 1))
	s.equal("a face where none was", p.Faces[1].Was, []engine.FaceID(nil))
	s.equal("a face in its place", p.Faces[2].Was, ids(p.ID, 2))
	if !p.Faces[0].Is(engine.NewFaceID(p.ID, 1)) || p.Faces[0].Is(engine.NewFaceID(p.ID, 0)) {
		s.t.Errorf("face %+v", p.Faces[0])
	}
}

func testRetemplateNoFace(s *storeCase) {
	c := s.collection("c")
	r := s.run(c, "/a")
	a, b := enginetest.NewIngest(s.store, c.ID, r.ID, "/a/1", "1", 2), enginetest.NewIngest(s.store, c.ID, r.ID, "/a/2", "2", 0)
	s.commit(c, a, b)
	none, one := enginetest.NewRenewal(a, "again", "1 anew", 0), enginetest.NewRenewal(b, "again", "2 anew", 1)
	s.retemplate(c, none, one)
	s.faceless(a.Photo.Faces...)
	s.kept(renewed(a, none, 2))
	s.kept(renewed(b, one, 0))
	s.info("c", engine.CollectionInfo{Collection: c, Photos: 2, Faces: 1, NoFace: 1})
	p, err := s.store.Photo(s.ctx, b.Photo.ID)
	s.ok(err)
	s.equal("a photo that never had a face is not cut", p.Cut, false)

	back := enginetest.NewRenewal(a, "third", "1 again", 1)
	s.retemplate(c, back)
	s.kept(renewed(a, back, 2))
	s.info("c", engine.CollectionInfo{Collection: c, Photos: 2, Faces: 2})
}

func testRetemplateCut(s *storeCase) {
	c := s.collection("c")
	a := enginetest.NewIngest(s.store, c.ID, s.run(c, "/a").ID, "/a/1", "1", 3)
	s.commit(c, a)
	e := part(a, 1)
	s.erase(plan(e))
	p := a.Photo.ID
	full := enginetest.NewRenewal(a, "again", "anew", 3)
	s.code(s.store.Retemplate(s.ctx, c.ID, []engine.Renewal{full}, nil), engine.CodeInvalid) // it would bring the face back
	re := enginetest.NewRenewal(a, "again", "anew", 2)
	re.Crops, re.Thumbnail = nil, nil
	s.equal("gone", s.retemplate(c, re)[0].Gone, ids(p, 0, 2))
	now := renewed(a, re, 3, ids(p, 0), ids(p, 2))
	now.Crops, now.Thumbnail, now.Photo.Cut = [][]byte{a.Crops[0], a.Crops[2]}, e.Thumbnail, true
	s.kept(now)
	s.faceless(a.Photo.Faces...)
	s.info("c", engine.CollectionInfo{Collection: c, Photos: 1, Faces: 2})
	_, _, err := s.store.Erase(s.ctx, plan(e)) // its number may be that of a face found anew since
	s.code(err, engine.CodeConflict)
}

func testRetemplateFind(s *storeCase) {
	c := s.collection("c")
	r := s.run(c, "/a")
	a := enginetest.NewIngest(s.store, c.ID, r.ID, "/a/1", "1", 1)
	s.commit(c, a, enginetest.NewFailure(r.ID, "/a/2"))
	find := engine.Provenance{File: "/a/2", PageURL: "https://second.example/page"}
	re := enginetest.NewRenewal(a, "again", "anew", 1)
	re.Record.Key, re.Record.Outcome, re.Find = "/a/2", engine.OutcomeDuplicate, &find
	done := s.retemplate(c, re)
	s.equal("finds told", done[0].Photo.Also, []engine.Provenance{find})
	s.is("item", re.Record)(s.store.Item(s.ctx, c.ID, "/a/2"))
	first, err := s.store.Item(s.ctx, c.ID, "/a/1")
	s.ok(err)
	s.equal("item of the photo", first, a.Record)
	s.equal("hosts", s.entries(a.Photo.ID)[0].Hosts, []string{"img.example.org", "second.example", "www.example.org"})
	s.info("c", engine.CollectionInfo{Collection: c, Photos: 1, Faces: 1})
}

func testRetemplateMisfit(s *storeCase) {
	c, d := s.collection("c"), s.collection("d")
	a := enginetest.NewIngest(s.store, c.ID, s.run(c, "/a").ID, "/a/1", "1", 2)
	s.commit(c, a)
	entries := len(s.audit())
	good := func() engine.Renewal { return enginetest.NewRenewal(a, "again", "anew", 2) }
	missing, foreign, crops, mixed, unnamed := good(), good(), good(), good(), good()
	missing.Record.Photo = s.store.NewPhotoID()
	crops.Crops = crops.Crops[:1]
	mixed.Faces[1].Model = "other"
	unnamed.Model, unnamed.Faces[0].Model, unnamed.Faces[1].Model = "", "", ""
	tests := []struct {
		what string
		c    engine.Collection
		r    engine.Renewal
		want engine.Code
	}{
		{"no such photo", c, missing, engine.CodeNotFound}, {"a photo of another collection", d, foreign, engine.CodeNotFound},
		{"a crop missing", c, crops, engine.CodeInvalid}, {"two models", c, mixed, engine.CodeInvalid}, {"no model", c, unnamed, engine.CodeInvalid},
	}
	never := func([]engine.Renewed) error { s.t.Error("told of something"); return nil }
	for _, tt := range tests {
		if err := s.store.Retemplate(s.ctx, tt.c.ID, []engine.Renewal{tt.r}, never); engine.CodeOf(err) != tt.want {
			s.t.Errorf("%s: %v, want %s", tt.what, err, tt.want)
		}
	}
	ended, cancel := context.WithCancel(s.ctx)
	cancel()
	s.code(s.store.Retemplate(ended, c.ID, []engine.Renewal{good()}, never), engine.CodeCanceled)
	s.ok(s.store.Retemplate(s.ctx, c.ID, nil, never))
	s.kept(a)
	s.equal("entries", len(s.audit()), entries)
	err := s.store.Retemplate(s.ctx, c.ID, []engine.Renewal{good()}, func([]engine.Renewed) error { return errStop })
	if err == nil {
		s.t.Error("the callback's error is lost")
	}
	s.kept(renewed(a, good(), 2, ids(a.Photo.ID, 0), ids(a.Photo.ID, 1)))
}

func testRetemplateErase(s *storeCase) {
	c := s.collection("c")
	a := enginetest.NewIngest(s.store, c.ID, s.run(c, "/a").ID, "/a/1", "1", 3)
	s.commit(c, a)
	re := enginetest.NewRenewal(a, "again", "anew", 3)
	s.retemplate(c, re)
	for what, e := range map[string]engine.PhotoErasure{"some faces": part(a, 1), "all faces": part(a, 0, 1, 2), "the photo": whole(a)} {
		if _, _, err := s.store.Erase(s.ctx, plan(e)); engine.CodeOf(err) != engine.CodeConflict {
			s.t.Errorf("%s: %v, want a conflict", what, err)
		}
	}
	now := renewed(a, re, 3, ids(a.Photo.ID, 0), ids(a.Photo.ID, 1), ids(a.Photo.ID, 2))
	s.kept(now)
	s.equal("counts", s.erase(plan(part(now, 1))), engine.ErasureCounts{Partly: 1, Thumbnails: 1, Crops: 1, Templates: 1, Keys: 1})
	s.faceless(now.Photo.Faces[1])
}

func testTwoModels(s *storeCase) {
	c := s.collection("c")
	r := s.run(c, "/a")
	a, b := enginetest.NewIngest(s.store, c.ID, r.ID, "/a/1", "1", 2), enginetest.NewIngest(s.store, c.ID, r.ID, "/a/2", "2", 1)
	s.commit(c, a, b)
	s.retemplate(c, enginetest.NewRenewal(a, "again", "anew", 2))
	models := map[engine.ModelID]int{}
	for _, e := range s.templates() {
		models[e.Model]++
	}
	s.equal("templates by model", models, map[engine.ModelID]int{"next": 2, "synthetic": 1})
}

func testRetemplateCounts(s *storeCase) {
	c := s.collection("c")
	first := s.run(c, "/a")
	a, b := enginetest.NewIngest(s.store, c.ID, first.ID, "/a/1", "1", 2), enginetest.NewIngest(s.store, c.ID, first.ID, "/a/2", "2", 1)
	s.commit(c, a, b)
	again := engine.Run{Collection: c.ID, Sources: []string{"/a"}, Look: engine.Look{Detector: engine.DetectorFast}, Retemplate: true}
	run, counts, err := s.store.BeginRun(s.ctx, again, false)
	s.ok(err)
	if run.ID == first.ID || !run.Retemplate || counts != (engine.CollectCounts{}) {
		s.t.Errorf("a run that was not begun to find faces anew is continued: %+v, %+v", run, counts)
	}
	s.retemplate(c, enginetest.NewRenewal(a, run.ID, "anew", 3))
	same, counts, err := s.store.BeginRun(s.ctx, again, false)
	s.ok(err)
	if same.ID != run.ID || counts != (engine.CollectCounts{Renewed: 1, NewFaces: 3}) {
		s.t.Errorf("continued run %s of %s with %+v", same.ID, run.ID, counts)
	}
	_, counts, err = s.store.BeginRun(s.ctx, engine.Run{Collection: c.ID, Sources: []string{"/a"}, Look: again.Look}, false)
	s.ok(err)
	s.equal("counts of the first run", counts, engine.CollectCounts{Photos: 1, Faces: 1})
}

func testRetemplateLog(s *storeCase) {
	c := s.collection("c")
	r := s.run(c, "/a")
	a, b := enginetest.NewIngest(s.store, c.ID, r.ID, "/a/1", "1", 2), enginetest.NewIngest(s.store, c.ID, r.ID, "/a/2", "2", 1)
	s.commit(c, a, b)
	s.retemplate(c, enginetest.NewRenewal(a, "again", "1 anew", 1), enginetest.NewRenewal(b, "again", "2 anew", 3))
	e := s.lastEntry()
	s.equal("action", e.Action, engine.ActionRetemplated)
	s.equal("objects", e.Objects, []string{string(c.ID), "again"})
	s.equal("counts", e.Counts, map[string]int{"photos": 2, "faces": 4, "templates": 3, "crops": 3, "keys": 2})
	check, err := s.store.CheckErased(s.ctx)
	s.ok(err)
	if check.Erasures != 0 || check.Pending != 1 || check.Live != 0 {
		s.t.Errorf("check = %+v, want one pending and no erasure", check)
	}
	_, check, err = s.store.Purge(s.ctx)
	s.ok(err)
	if !check.Clean() {
		s.t.Errorf("check after the purge = %+v", check)
	}
	s.equal("action", s.lastEntry().Action, engine.ActionErasureChecked)
	s.equal("objects", s.lastEntry().Objects, []string{"again"})
	checkSequence(s)
}
