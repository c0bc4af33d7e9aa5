package storetest

import (
	"sync"
	"testing"
	"time"

	"gabarit/engine"
	"gabarit/engine/enginetest"
)

// TestErasure checks what the contract of engine.Store says of erasing: that Erase takes what the plan names from every
// method at once and nothing else, that Suppressed knows it again, that Purge and CheckErased tell the truth, and what the
// log says of it all. open gives a new, empty store that takes the time from now, and closes it by t.Cleanup; now is safe
// for concurrent use. What is left in a store's files is for the tests of that store.
func TestErasure(t *testing.T, open func(t *testing.T, now func() time.Time) engine.Store) {
	t.Helper()
	tests := []struct {
		name string
		test func(s *storeCase, clock *clock)
	}{
		{"a whole photo goes with everything held of it", testEraseWhole},
		{"an item that is another photo by now stays", testEraseChangedItem},
		{"a face goes and the others stay on their photo", testErasePart},
		{"a collection goes with its runs, failures and name", testEraseCollection},
		{"cases keep their finds unless the plan takes them", testEraseCases},
		{"a plan that does not fit changes nothing", testEraseMisfit},
		{"what was erased is refused by address, file and looks", testSuppress},
		{"a photo that stays without a face is refused elsewhere", testSuppressPart},
		{"nothing is refused unless asked", testSuppressNothing},
		{"a refused item is counted and leaves no trace", testSuppressedItem},
		{"a suppression ends after its time and can be renewed", testSuppressionEnds},
		{"the check tells of what is pending, the purge of nothing left", testPurge},
		{"the log tells counts and IDs of what went, no content", testEraseLog},
		{"an ended context stops each call", testEraseEnded},
		{"a store is used while it erases", testEraseConcurrently},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := &clock{at: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)}
			tt.test(&storeCase{t: t, store: open(t, c.now), ctx: t.Context()}, c)
		})
	}
}

// clock stands still until it is moved.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.at }

func (c *clock) pass(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.at = c.at.Add(d) }

// whole takes a photo out, part some faces of it.
func whole(in engine.Ingest) engine.PhotoErasure {
	e := engine.PhotoErasure{Photo: in.Photo.ID, Collection: in.Photo.Collection, Whole: true, Finds: 1}
	for _, f := range in.Photo.Faces {
		e.Faces = append(e.Faces, f.ID)
	}
	return e
}

func part(in engine.Ingest, faces ...int) engine.PhotoErasure {
	e := engine.PhotoErasure{Photo: in.Photo.ID, Collection: in.Photo.Collection, Finds: 1, Thumbnail: []byte("thumbnail without them")}
	for _, n := range faces {
		e.Faces = append(e.Faces, in.Photo.Faces[n].ID)
	}
	return e
}

func plan(photos ...engine.PhotoErasure) engine.ErasurePlan {
	return engine.ErasurePlan{Request: engine.ErasureRequest{Reason: engine.EraseRequest, Ref: "2026-ERA-0001"}, Photos: photos}
}

func (s *storeCase) erase(p engine.ErasurePlan) engine.ErasureCounts {
	s.t.Helper()
	id, counts, err := s.store.Erase(s.ctx, p)
	s.ok(err)
	if id == "" {
		s.t.Error("the erasure has no ID")
	}
	return counts
}

// gone checks that nothing gives anything of a photo.
func (s *storeCase) gone(in engine.Ingest) {
	s.t.Helper()
	p := in.Photo
	s.fails(engine.CodeNotFound)(s.store.Photo(s.ctx, p.ID))
	s.fails(engine.CodeNotFound)(s.store.Thumbnail(s.ctx, p.ID))
	s.fails(engine.CodeNotFound)(s.store.PhotoByHash(s.ctx, p.Collection, p.SHA256))
	s.fails(engine.CodeNotFound)(s.store.Item(s.ctx, p.Collection, in.Record.Key))
	s.faceless(p.Faces...)
	s.ok(s.store.Photos(s.ctx, p.Collection, func(held engine.Photo) error {
		if held.ID == p.ID {
			s.t.Error("the erased photo is listed")
		}
		return nil
	}))
}

// faceless checks that there is no crop and no template of faces.
func (s *storeCase) faceless(faces ...engine.Face) {
	s.t.Helper()
	for _, f := range faces {
		s.fails(engine.CodeNotFound)(s.store.Crop(s.ctx, f.ID))
		for _, e := range s.templates() {
			if e.Face == f.ID || e.Template == f.Template && len(faces) == 1 {
				s.t.Errorf("the template of the erased face %s is still given as %s", f.ID, e.Face)
			}
		}
	}
}

// kept checks that a photo is there in all its parts, with finds beside its source.
func (s *storeCase) kept(in engine.Ingest, also ...engine.Provenance) {
	s.t.Helper()
	want := *in.Photo
	want.Also, want.Faces = also, nil
	for i, f := range in.Photo.Faces {
		s.is("crop", in.Crops[i])(s.store.Crop(s.ctx, f.ID))
		f.Template = engine.Template{}
		want.Faces = append(want.Faces, f)
	}
	s.is("photo", want)(s.store.Photo(s.ctx, want.ID))
	s.is("thumbnail", in.Thumbnail)(s.store.Thumbnail(s.ctx, want.ID))
	s.is("photo by its bytes", want.ID)(s.store.PhotoByHash(s.ctx, want.Collection, want.SHA256))
	s.is("item", in.Record)(s.store.Item(s.ctx, want.Collection, in.Record.Key))
}

func (s *storeCase) info(name string, want engine.CollectionInfo) {
	s.t.Helper()
	s.is("counts of the collection", want)(s.store.CollectionByName(s.ctx, name))
}

func testEraseWhole(s *storeCase, _ *clock) {
	c, d := s.collection("c"), s.collection("d")
	r := s.run(c, "/a")
	a, b, n := enginetest.NewIngest(s.store, c.ID, r.ID, "/a/1", "1", 2), enginetest.NewIngest(s.store, c.ID, r.ID, "/a/2", "2", 1), enginetest.NewIngest(s.store, c.ID, r.ID, "/a/3", "3", 0)
	find := engine.Provenance{File: "/a/4"}
	s.commit(c, a, b, n, enginetest.NewDuplicate(r.ID, "/a/4", a.Photo.ID, find), enginetest.NewDuplicate(r.ID, "/a/5", b.Photo.ID, find), enginetest.NewFailure(r.ID, "/a/6"))
	same := enginetest.NewIngest(s.store, d.ID, s.run(d, "/a").ID, "/a/1", "1", 2)
	s.commit(d, same)

	s.equal("counts", s.erase(plan(whole(a))), engine.ErasureCounts{Photos: 1, Thumbnails: 1, Crops: 2, Templates: 2, Finds: 2, Items: 2, Keys: 1})
	s.gone(a)
	s.fails(engine.CodeNotFound)(s.store.Item(s.ctx, c.ID, "/a/4"))
	s.kept(b, find)
	s.kept(n)
	s.kept(same)
	s.info("c", engine.CollectionInfo{Collection: c, Photos: 2, Faces: 1, NoFace: 1, Failed: 1})
	s.info("d", engine.CollectionInfo{Collection: d, Photos: 1, Faces: 2})
	s.equal("templates", len(s.templates()), 3)

	again := s.erase(plan(whole(a), whole(n)))
	s.equal("counts with a photo that is gone already", again, engine.ErasureCounts{Photos: 1, Thumbnails: 1, Finds: 1, Items: 1, Keys: 1})
	s.is("totals", engine.Totals{Photos: 2, Faces: 3, Collections: 2})(s.store.Totals(s.ctx))
	anew := enginetest.NewIngest(s.store, c.ID, r.ID, "/a/1", "1", 2)
	s.commit(c, anew)
	s.kept(anew)
}

func testEraseChangedItem(s *storeCase, _ *clock) {
	c := s.collection("c")
	r := s.run(c, "/a")
	old, changed := enginetest.NewIngest(s.store, c.ID, r.ID, "/a/1", "1", 1), enginetest.NewIngest(s.store, c.ID, r.ID, "/a/1", "2", 1)
	s.commit(c, old)
	s.commit(c, changed)
	s.equal("items erased", s.erase(plan(whole(old))).Items, 0)
	s.kept(changed)
	s.fails(engine.CodeNotFound)(s.store.Photo(s.ctx, old.Photo.ID))
}

func testErasePart(s *storeCase, _ *clock) {
	c := s.collection("c")
	r := s.run(c, "/a")
	a, b := enginetest.NewIngest(s.store, c.ID, r.ID, "/a/1", "1", 4), enginetest.NewIngest(s.store, c.ID, r.ID, "/a/2", "2", 2)
	find, later := engine.Provenance{File: "/a/3"}, engine.Provenance{URL: "https://later.example/"}
	s.commit(c, a, b, enginetest.NewDuplicate(r.ID, "/a/3", a.Photo.ID, find))
	var left []engine.IndexEntry
	for _, e := range s.templates() {
		if e.Face != a.Photo.Faces[0].ID && e.Face != a.Photo.Faces[2].ID {
			left = append(left, e)
		}
	}
	e := part(a, 0, 2)
	e.Crops = map[engine.FaceID][]byte{a.Photo.Faces[3].ID: []byte("crop 3 without its neighbour")}
	s.equal("counts", s.erase(plan(e)), engine.ErasureCounts{Partly: 1, Thumbnails: 1, Crops: 2, Templates: 2, Keys: 1})
	s.faceless(a.Photo.Faces[0], a.Photo.Faces[2])
	p := a.Photo
	p.Faces, p.Cut = []engine.Face{p.Faces[1], p.Faces[3]}, true // with the IDs they had
	a.Crops, a.Thumbnail, a.Record.Faces = [][]byte{a.Crops[1], e.Crops[p.Faces[1].ID]}, e.Thumbnail, 2
	s.kept(a, find)
	s.kept(b)
	s.equal("templates", s.templates(), left)
	s.info("c", engine.CollectionInfo{Collection: c, Photos: 2, Faces: 4})
	item, err := s.store.Item(s.ctx, c.ID, "/a/3")
	s.ok(err)
	s.equal("photo of the duplicate", item.Photo, p.ID)

	s.commit(c, enginetest.NewDuplicate(r.ID, "/a/4", p.ID, later))
	s.kept(a, find, later)
	s.equal("counts of the rest", s.erase(plan(e, whole(a))), engine.ErasureCounts{Photos: 1, Thumbnails: 1, Crops: 2, Templates: 2, Finds: 3, Items: 3, Keys: 1})
	s.gone(a)
}

func testEraseCollection(s *storeCase, _ *clock) {
	c, d := s.collection("c"), s.collection("d")
	r, foreign := s.run(c, "/a"), s.run(d, "/a")
	a, b := enginetest.NewIngest(s.store, c.ID, r.ID, "/a/1", "1", 2), enginetest.NewIngest(s.store, c.ID, r.ID, "/a/2", "2", 0)
	other := enginetest.NewIngest(s.store, d.ID, foreign.ID, "/a/1", "1", 2)
	s.commit(c, a, b, enginetest.NewFailure(r.ID, "/a/3"))
	s.commit(d, other, enginetest.NewFailure(foreign.ID, "/a/3"))
	_ = s.run(c, "/b")
	p := plan(whole(a), whole(b))
	p.Request.Collection = c.ID
	s.equal("counts", s.erase(p), engine.ErasureCounts{Photos: 2, Thumbnails: 2, Crops: 2, Templates: 2, Finds: 2, Items: 3, Runs: 2, Collections: 1, Keys: 2})
	s.gone(a)
	s.gone(b)
	s.kept(other)
	s.fails(engine.CodeNotFound)(s.store.CollectionByName(s.ctx, "c"))
	s.fails(engine.CodeNotFound)(s.store.RunFailures(s.ctx, r.ID))
	s.fails(engine.CodeNotFound)(s.store.CollectionFailures(s.ctx, c.ID))
	s.fails(engine.CodeNotFound)(s.store.Item(s.ctx, c.ID, "/a/3"))
	s.code(s.store.Commit(s.ctx, c.ID, []engine.Ingest{enginetest.NewFailure(r.ID, "/a/4")}), engine.CodeNotFound)
	s.is("collections", []engine.CollectionInfo{{Collection: d, Photos: 1, Faces: 2, Failed: 1}})(s.store.Collections(s.ctx))
	if s.collection("c").ID == c.ID {
		s.t.Error("a new collection of the same name has the old one's ID")
	}
	s.info("c", engine.CollectionInfo{Collection: s.named("c")})
}

func (s *storeCase) named(name string) engine.Collection {
	s.t.Helper()
	c, err := s.store.CollectionByName(s.ctx, name)
	s.ok(err)
	return c.Collection
}

func testEraseCases(s *storeCase, _ *clock) {
	c := s.collection("c")
	r := s.run(c, "/a")
	a, b := enginetest.NewIngest(s.store, c.ID, r.ID, "/a/1", "1", 2), enginetest.NewIngest(s.store, c.ID, r.ID, "/a/2", "2", 2)
	s.commit(c, a, b)
	item := func(in engine.Ingest, n int) engine.CaseItem {
		return engine.CaseItem{Face: in.Photo.Faces[n].ID, Photo: in.Photo.ID, Source: in.Photo.Source}
	}
	cases, err := s.store.AddCases(s.ctx, []engine.Case{
		{Site: "a.example", Items: []engine.CaseItem{item(a, 0), item(b, 0), item(b, 1)}},
		{Site: "b.example", Items: []engine.CaseItem{item(a, 1)}},
		{Site: "c.example", Items: []engine.CaseItem{item(b, 1)}},
	})
	s.ok(err)
	letter := engine.LetterRecord{Right: engine.RightErasure, Lang: "fr", Formats: []string{"pdf"}, At: time.Date(2026, 5, 6, 7, 8, 9, 0, time.UTC)}
	s.ok(s.store.RecordLetter(s.ctx, cases[0].ID, letter))
	cases[0].State, cases[0].Letters = engine.CaseExported, []engine.LetterRecord{letter}

	p := plan(whole(a))
	p.Cases = []engine.CaseMention{{Case: cases[0].ID, Items: 1, Kept: true}, {Case: cases[1].ID, Items: 1, Kept: true}}
	s.equal("finds taken out of cases", s.erase(p).CaseItems, 0)
	s.is("cases", cases)(s.store.Cases(s.ctx))

	p = plan(whole(a), part(b, 0)) // the first is gone, its finds in the cases are not
	p.Request.Cases = true
	p.Cases = []engine.CaseMention{{Case: cases[0].ID, Items: 2}, {Case: cases[1].ID, Items: 1}}
	s.equal("counts", s.erase(p), engine.ErasureCounts{Partly: 1, Thumbnails: 1, Crops: 1, Templates: 1, CaseItems: 3, Keys: 3})
	cases[0].Items, cases[1].Items = cases[0].Items[2:], nil
	s.is("cases without the finds", cases)(s.store.Cases(s.ctx))
	s.is("a case left empty", cases[1])(s.store.Case(s.ctx, cases[1].ID))
}

func testEraseMisfit(s *storeCase, _ *clock) {
	c := s.collection("c")
	r := s.run(c, "/a")
	a, b := enginetest.NewIngest(s.store, c.ID, r.ID, "/a/1", "1", 2), enginetest.NewIngest(s.store, c.ID, r.ID, "/a/2", "2", 3)
	s.commit(c, a, b)
	entries := len(s.audit())
	foreign, bare, collection, staying := part(b, 0), part(b, 0), plan(whole(a)), plan(whole(a), part(b, 0))
	foreign.Faces = append(foreign.Faces, engine.NewFaceID(b.Photo.ID, 9))
	bare.Thumbnail = nil
	collection.Request.Collection, staying.Request.Collection = c.ID, c.ID
	for what, p := range map[string]engine.ErasurePlan{
		"a face that is not there": plan(whole(a), foreign), "no new thumbnail": plan(whole(a), bare), "a photo not listed": collection,
		"a photo that would stay in no collection": staying,
	} {
		p.Request.Suppress = true
		if _, _, err := s.store.Erase(s.ctx, p); engine.CodeOf(err) != engine.CodeConflict {
			s.t.Errorf("%s: %v, want a conflict", what, err)
		}
	}
	s.kept(a)
	s.kept(b)
	s.equal("entries", len(s.audit()), entries)
	s.is("suppressions", engine.SuppressionCounts{})(s.store.Suppressions(s.ctx))
	check, err := s.store.CheckErased(s.ctx)
	s.ok(err)
	if !check.Clean() || check.Erasures != 0 {
		s.t.Errorf("check = %+v, want no erasure", check)
	}
}
