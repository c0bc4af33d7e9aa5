package storetest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"gabarit/engine"
	"gabarit/engine/enginetest"
	"gabarit/engine/entry"
)

// refused checks whether the store knows an item, and gives the entry.
func (s *storeCase) refused(what string, suspect engine.Suspect, want bool) engine.SuppressionID {
	s.t.Helper()
	id, found, err := s.store.Suppressed(s.ctx, suspect)
	s.ok(err)
	if found != want || (id != "") != want {
		s.t.Errorf("%s: refused %v by %q, want %v", what, found, id, want)
	}
	return id
}

func (s *storeCase) suppressions(want engine.SuppressionCounts) {
	s.t.Helper()
	s.is("suppressions", want)(s.store.Suppressions(s.ctx))
}

// suppressing is a plan that refuses what it takes.
func suppressing(similar bool, photos ...engine.PhotoErasure) engine.ErasurePlan {
	p := plan(photos...)
	p.Request.Suppress, p.Request.Similar = true, similar
	return p
}

func testSuppress(s *storeCase, _ *clock) {
	c := s.collection("c")
	r := s.run(c, "/a")
	a, b := enginetest.NewIngest(s.store, c.ID, r.ID, "/a/1", "1", 1), enginetest.NewIngest(s.store, c.ID, r.ID, "/a/2", "2", 1)
	a.Photo.PHash, b.Photo.PHash = 0xf0f0_f0f0_0f0f_0f0f, 0
	find := engine.Provenance{URL: "https://other.example:443/x?y=1", PageURL: "https://page.example/"}
	s.commit(c, a, b, enginetest.NewDuplicate(r.ID, "/a/3", a.Photo.ID, find), enginetest.NewDuplicate(r.ID, "/a/4", a.Photo.ID, engine.Provenance{File: "/a/4"}))
	s.equal("entries added", s.erase(suppressing(true, whole(a))).Suppressions, 4)
	s.suppressions(engine.SuppressionCounts{URLs: 2, Files: 1, Looks: 1})

	for what, suspect := range map[string]engine.Suspect{
		"its address":          {URL: a.Photo.Source.URL},
		"another spelling":     {URL: "HTTPS://img.EXAMPLE.org:8080/1#part"},
		"a further find":       {URL: "https://other.example/x?y=1"},
		"its bytes":            {SHA256: a.Photo.SHA256},
		"bytes elsewhere":      {URL: "https://new.example/", SHA256: a.Photo.SHA256},
		"its looks":            {PHash: a.Photo.PHash, Decoded: true},
		"looks six bits apart": {PHash: a.Photo.PHash ^ 0x8000_0000_0000_001f, Decoded: true},
	} {
		s.refused(what, suspect, true)
	}
	for what, suspect := range map[string]engine.Suspect{
		"nothing known":             {},
		"another path":              {URL: "https://img.example.org:8080/2"},
		"another port":              {URL: "https://img.example.org/1"},
		"a query less":              {URL: "https://other.example/x"},
		"the page, with all on it":  {URL: find.PageURL},
		"a photo that stays":        {URL: b.Photo.Source.URL, SHA256: b.Photo.SHA256, PHash: b.Photo.PHash, Decoded: true},
		"looks seven bits apart":    {PHash: a.Photo.PHash ^ 0x8000_0000_0000_003f, Decoded: true},
		"a number that is no looks": {PHash: a.Photo.PHash},
	} {
		s.refused(what, suspect, false)
	}
}

func testSuppressPart(s *storeCase, _ *clock) {
	c := s.collection("c")
	r := s.run(c, "/a")
	a := enginetest.NewIngest(s.store, c.ID, r.ID, "/a/1", "1", 2)
	s.commit(c, a)
	s.equal("entries added", s.erase(suppressing(false, part(a, 0))).Suppressions, 2)
	s.refused("its bytes", engine.Suspect{SHA256: a.Photo.SHA256}, true)
	s.refused("its address", engine.Suspect{URL: a.Photo.Source.URL}, true)
	again := enginetest.NewDuplicate(r.ID, "/a/2", a.Photo.ID, engine.Provenance{File: "/a/2"})
	s.commit(c, again) // it is held, so this is a further find of it
	rest := whole(a)
	rest.Faces = rest.Faces[1:]
	s.equal("entries added once more", s.erase(suppressing(false, rest)).Suppressions, 0)
	s.suppressions(engine.SuppressionCounts{URLs: 1, Files: 1})
}

func testSuppressNothing(s *storeCase, _ *clock) {
	c := s.collection("c")
	a := enginetest.NewIngest(s.store, c.ID, s.run(c, "/a").ID, "/a/1", "1", 1)
	s.commit(c, a)
	s.equal("entries added", s.erase(plan(whole(a))).Suppressions, 0)
	s.refused("everything", engine.Suspect{URL: a.Photo.Source.URL, SHA256: a.Photo.SHA256, PHash: a.Photo.PHash, Decoded: true}, false)
	s.suppressions(engine.SuppressionCounts{})
}

func testSuppressedItem(s *storeCase, _ *clock) {
	c := s.collection("c")
	r := s.run(c, "/a")
	a := enginetest.NewIngest(s.store, c.ID, r.ID, "/a/1", "1", 1)
	s.commit(c, a, enginetest.NewFailure(r.ID, "/a/2"))
	s.erase(suppressing(false, whole(a)))
	id := s.refused("its bytes", engine.Suspect{SHA256: a.Photo.SHA256}, true)
	refused := func(key string) engine.Ingest {
		return engine.Ingest{Suppression: id, Record: engine.ItemRecord{Key: key, Version: "1:1", Run: r.ID, Outcome: engine.OutcomeSuppressed, At: a.Record.At}}
	}
	s.commit(c, refused("/a/1"), refused("/a/2"))
	s.commit(c, refused("/a/3"))
	s.suppressions(engine.SuppressionCounts{URLs: 1, Files: 1, Hits: 3})
	s.equal("entry", s.lastEntry().Counts["suppressed"], 1)
	item, err := s.store.Item(s.ctx, c.ID, "/a/1")
	s.ok(err)
	item.Key = "" // it may repeat the question
	s.equal("item", item, engine.ItemRecord{Run: r.ID, Outcome: engine.OutcomeSuppressed, At: a.Record.At})
	s.info("c", engine.CollectionInfo{Collection: c})
	_, counts, err := s.store.BeginRun(s.ctx, r, false)
	s.ok(err)
	s.equal("counts of the run", counts, engine.CollectCounts{Suppressed: 3})
	bare := refused("/a/4")
	bare.Suppression = ""
	s.code(s.store.Commit(s.ctx, c.ID, []engine.Ingest{bare}), engine.CodeInvalid)
}

func testSuppressionEnds(s *storeCase, clock *clock) {
	c := s.collection("c")
	r := s.run(c, "/a")
	a, b := enginetest.NewIngest(s.store, c.ID, r.ID, "/a/1", "1", 1), enginetest.NewIngest(s.store, c.ID, r.ID, "/a/2", "2", 1)
	b.Photo.PHash = 7
	s.commit(c, a, b)
	known := func(want bool) {
		s.t.Helper()
		s.refused("its address", engine.Suspect{URL: a.Photo.Source.URL}, want)
		s.refused("its bytes", engine.Suspect{SHA256: a.Photo.SHA256}, want)
		s.refused("its looks", engine.Suspect{PHash: a.Photo.PHash, Decoded: true}, want)
	}
	s.erase(suppressing(true, whole(a)))
	clock.pass(engine.SuppressFor - time.Hour)
	known(true)
	clock.pass(2 * time.Hour)
	known(false)
	anew := enginetest.NewIngest(s.store, c.ID, r.ID, "/a/1", "1", 1)
	s.commit(c, anew)
	s.erase(suppressing(true, whole(anew)))
	known(true)
	clock.pass(engine.SuppressFor - time.Hour)
	known(true)
}

func testPurge(s *storeCase, _ *clock) {
	c := s.collection("c")
	r := s.run(c, "/a")
	a, b := enginetest.NewIngest(s.store, c.ID, r.ID, "/a/1", "1", 2), enginetest.NewIngest(s.store, c.ID, r.ID, "/a/2", "2", 2)
	s.commit(c, a, b)
	first, _, err := s.store.Erase(s.ctx, plan(whole(a)))
	s.ok(err)
	second, _, err := s.store.Erase(s.ctx, plan(part(b, 1)))
	s.ok(err)
	check, err := s.store.CheckErased(s.ctx)
	s.ok(err)
	if check.Clean() || check.Pending != 2 || check.Erasures != 2 || check.Keys != 2 {
		s.t.Errorf("check before the purge = %+v, want two erasures of two keys, pending", check)
	}
	_, purged, err := s.store.Purge(s.ctx)
	s.ok(err)
	check, err = s.store.CheckErased(s.ctx)
	s.ok(err)
	for _, got := range []engine.ErasedCheck{purged, check} {
		if !got.Clean() || got.Erasures != 2 || got.Keys != 2 || got.Records == 0 {
			s.t.Errorf("check after the purge = %+v, want two erasures of two keys, clean", got)
		}
	}
	e := s.lastEntry()
	s.equal("action", e.Action, engine.ActionErasureChecked)
	slices.Sort(e.Objects)
	s.equal("erasures", e.Objects, []string{string(first), string(second)})
	s.equal("counts", [...]int{e.Counts["keys"], e.Counts["live_keys"], e.Counts["left_records"]}, [...]int{2, 0, 0})
	s.gone(a)
	p, err := s.store.Photo(s.ctx, b.Photo.ID)
	s.ok(err)
	s.equal("faces left", len(p.Faces), 1)
}

func testEraseLog(s *storeCase, _ *clock) {
	c := s.collection("c")
	r := s.run(c, "/secret")
	a, b := enginetest.NewIngest(s.store, c.ID, r.ID, "/secret/1", "seed-1", 2), enginetest.NewIngest(s.store, c.ID, r.ID, "/secret/2", "seed-2", 0)
	s.commit(c, a, b)
	p := suppressing(true, whole(a), whole(b))
	p.Request.Collection = c.ID
	id, counts, err := s.store.Erase(s.ctx, p)
	s.ok(err)
	_, _, err = s.store.Purge(s.ctx)
	s.ok(err)
	s.ok(s.store.Record(s.ctx, entry.Viewed(a.Photo.Faces[0].ID)))
	checkSequence(s)

	told := map[string]int{}
	var objects []string
	var last engine.AuditAction
	for _, e := range s.audit() {
		text, err := json.Marshal(e)
		s.ok(err)
		for _, secret := range []string{"secret", "seed-1", "example", "page"} {
			if strings.Contains(string(text), secret) {
				s.t.Errorf("the log holds %q: %s", secret, text)
			}
		}
		if e.Action == engine.ActionErased {
			s.equal("detail", e.Detail, map[string]string{"reason": "request", "ref": "2026-ERA-0001"})
			objects = append(objects, e.Objects...)
			for what, n := range e.Counts {
				told[what] += n
			}
		}
		if e.Action == engine.ActionErasureChecked && last != engine.ActionErased {
			s.t.Errorf("an erasure was checked after %q", last)
		}
		last = e.Action
	}
	s.equal("counts told", told, entry.Erased(id, p.Request, nil, counts).Counts)
	for _, want := range []string{string(id), string(c.ID), string(a.Photo.ID), string(b.Photo.ID)} {
		if !slices.Contains(objects, want) {
			s.t.Errorf("the log does not name %s among %v", want, objects)
		}
	}
	s.equal("last action", last, engine.ActionViewed)
	s.equal("face viewed", s.lastEntry().Returned, []engine.FaceID{a.Photo.Faces[0].ID})
}

func testEraseEnded(s *storeCase, _ *clock) {
	c := s.collection("c")
	a := enginetest.NewIngest(s.store, c.ID, s.run(c, "/a").ID, "/a/1", "1", 1)
	s.commit(c, a)
	ctx, cancel := context.WithCancel(s.ctx)
	cancel()
	_, _, err := s.store.Erase(ctx, plan(whole(a)))
	s.code(err, engine.CodeCanceled)
	_, _, err = s.store.Purge(ctx)
	s.code(err, engine.CodeCanceled)
	s.fails(engine.CodeCanceled)(s.store.CheckErased(ctx))
	_, _, err = s.store.Suppressed(ctx, engine.Suspect{URL: "https://a.example/"})
	s.code(err, engine.CodeCanceled)
	s.fails(engine.CodeCanceled)(s.store.Suppressions(ctx))
	s.code(s.store.Record(ctx, entry.Compacted()), engine.CodeCanceled)
	s.kept(a)
}

// testEraseConcurrently erases and purges while others commit and read.
func testEraseConcurrently(s *storeCase, _ *clock) {
	c := s.collection("c")
	r := s.run(c, "/a")
	const rounds = 6
	var erased, added []engine.Ingest
	for i := range rounds {
		erased = append(erased, enginetest.NewIngest(s.store, c.ID, r.ID, fmt.Sprint("/a/", i), fmt.Sprint("old ", i), 2))
		added = append(added, enginetest.NewIngest(s.store, c.ID, r.ID, fmt.Sprint("/b/", i), fmt.Sprint("new ", i), 1))
	}
	s.commit(c, erased...)
	var wg sync.WaitGroup
	try := func(err error) {
		if err != nil {
			s.t.Error(err)
		}
	}
	wg.Go(func() {
		for _, in := range erased {
			_, _, err := s.store.Erase(s.ctx, suppressing(true, whole(in)))
			try(err)
			_, _, err = s.store.Purge(s.ctx)
			try(err)
		}
	})
	wg.Go(func() {
		for _, in := range added {
			try(s.store.Commit(s.ctx, c.ID, []engine.Ingest{in}))
		}
	})
	for range 2 {
		wg.Go(func() {
			for range rounds {
				try(s.store.Templates(s.ctx, func(e engine.IndexEntry) error {
					_, err := s.store.Crop(s.ctx, e.Face)
					if engine.CodeOf(err) == engine.CodeNotFound {
						return nil // erased since the walk met it
					}
					return err
				}))
			}
		})
	}
	wg.Wait()
	for _, in := range added {
		s.kept(in)
	}
	for _, in := range erased {
		s.gone(in)
	}
	s.info("c", engine.CollectionInfo{Collection: c, Photos: rounds, Faces: rounds})
	checkSequence(s)
}
