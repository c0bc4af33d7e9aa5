package storage_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"gabarit/engine"
	"gabarit/engine/enginetest"
	"gabarit/storage"
)

func TestAPlanThatDoesNotFitDoesNothing(t *testing.T) {
	g := newGallery(t, newVault(t))
	photos := g.add("c", "a", 3, 3)
	unknown, all, blank := partly(photos[1], 0), partly(photos[1], 0, 1, 2), partly(photos[1], 0)
	unknown.Photos[0].Faces = append(unknown.Photos[0].Faces, engine.NewFaceID(photos[1].ID, 7))
	blank.Photos[0].Thumbnail = nil
	never := partly(photos[1], 0)
	never.Photos[0].Faces = []engine.FaceID{engine.NewFaceID(photos[1].ID, 3)}
	foreign := partly(photos[1], 0)
	foreign.Photos[0].Faces = []engine.FaceID{photos[2].Faces[0].ID}
	short := whole(photos[0], photos[1])
	short.Request.Collection = photos[0].Collection
	for name, p := range map[string]engine.ErasurePlan{"an unknown face": unknown, "a face that never was": never, "a face of another photo": foreign,
		"no face would stay": all, "no thumbnail": blank, "a photo of the collection is missing": short} {
		p.Photos = append(whole(photos[2]).Photos, p.Photos...)
		if name == "a photo of the collection is missing" {
			p.Photos = p.Photos[1:]
		}
		id, counts, err := g.s.Erase(t.Context(), p)
		if engine.CodeOf(err) != engine.CodeConflict || id != "" || counts != (engine.ErasureCounts{}) {
			t.Errorf("%s: %s, %+v, %v", name, id, counts, err)
		}
	}
	for _, p := range photos {
		if got, err := g.s.Photo(t.Context(), p.ID); err != nil || len(got.Faces) != 3 {
			t.Errorf("photo %s: %v", p.ID, err)
		}
	}
	if check, err := g.s.CheckErased(t.Context()); err != nil || !check.Clean() || check.Erasures != 0 {
		t.Errorf("check %+v, %v", check, err)
	}
	g.erase(partly(photos[1], 0))
	if counts := g.erase(partly(photos[1], 0)); counts != (engine.ErasureCounts{}) {
		t.Errorf("a face erased before: %+v", counts)
	}
	must(t, g.s.Verify(t.Context()))
}

// crowd stores many small photos of one collection.
func (g *gallery) crowd(n int) (photos []engine.Photo) {
	for i := 0; i < n; i += 100 {
		photos = append(photos, g.add("c", fmt.Sprint("crowd", i), 100, 1)...)
	}
	return photos
}

func TestALargeErasureIsDoneInPartsThatCanBeGoneOnWith(t *testing.T) {
	v := newVault(t)
	ticks := 1 << 20
	ctx, stop := context.WithCancel(t.Context())
	s, err := storage.Open(t.Context(), v, storage.Options{Now: func() time.Time { // asked some times for each part
		if ticks--; ticks == 0 {
			stop()
		}
		return time.Now()
	}})
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	g := &gallery{t: t, v: v, s: s, names: map[string]engine.Collection{}}
	photos := g.crowd(2500)
	p := whole(photos...)
	p.Request.Collection = photos[0].Collection
	ticks = 10
	id, counts, err := g.s.Erase(ctx, p)
	if engine.CodeOf(err) != engine.CodeCanceled || id == "" || counts.Items == 0 || counts.Collections != 0 {
		t.Fatalf("stopped: %s, %+v, %v", id, counts, err)
	}
	must(t, g.s.Verify(t.Context()))
	if check, err := g.s.CheckErased(t.Context()); err != nil || check.Live != 0 || check.Pending != 1 {
		t.Errorf("check %+v, %v", check, err)
	}
	rest := g.erase(p)
	counts.Add(rest)
	want := engine.ErasureCounts{Photos: 2500, Thumbnails: 2500, Crops: 2500, Templates: 2500, Finds: 2500, Items: 2500, Keys: 2500, Collections: 1}
	if counts != want {
		t.Errorf("counts %+v, want %+v", counts, want)
	}
	var told engine.ErasureCounts
	parts := 0
	must(t, g.s.AuditLog(t.Context(), func(e engine.AuditEntry) error {
		if e.Action == engine.ActionErased {
			parts++
			told.Add(engine.ErasureCounts{Photos: e.Counts["photos"], Items: e.Counts["items"], Keys: e.Counts["keys"]})
		}
		return nil
	}))
	if parts < 6 || told.Photos != 2500 || told.Items != 2500 || told.Keys != 2500 {
		t.Errorf("%d entries tell of %+v", parts, told)
	}
	g.purge()
}

// TestAPhotoFoundThousandsOfTimes is about finds and items that do not fit into one transaction.
func TestAPhotoFoundThousandsOfTimes(t *testing.T) {
	for _, part := range []bool{false, true} {
		g := newGallery(t, newVault(t))
		photo := g.add("c", "a", 1, 2)[0]
		const finds = 3000
		for i := 0; i < finds; i += 500 {
			var batch []engine.Ingest
			for n := range 500 {
				url := fmt.Sprintf("https://elsewhere.example/%d/%0200d.jpg", i+n, 0)
				batch = append(batch, enginetest.NewDuplicate("run", url, photo.ID, engine.Provenance{URL: url}))
			}
			must(t, g.s.Commit(t.Context(), photo.Collection, batch))
		}
		p := whole(photo)
		want := engine.ErasureCounts{Photos: 1, Thumbnails: 1, Crops: 2, Templates: 2, Finds: finds + 1, Items: finds + 1, Keys: 1, Suppressions: finds + 2}
		if part {
			p = partly(photo, 1)
			want = engine.ErasureCounts{Partly: 1, Thumbnails: 1, Crops: 1, Templates: 1, Keys: 1, Suppressions: finds + 2}
		}
		p.Request.Suppress = true
		if counts := g.erase(p); counts != want {
			t.Errorf("counts %+v, want %+v", counts, want)
		}
		must(t, g.s.Verify(t.Context()))
		got, err := g.s.Photo(t.Context(), photo.ID)
		if part && (err != nil || len(got.Also) != finds) || !part && engine.CodeOf(err) != engine.CodeNotFound {
			t.Errorf("%d finds, %v", len(got.Also), err)
		}
		g.purge()
	}
}

func TestKeysOfNoRecordAreDestroyed(t *testing.T) {
	v := newVault(t)
	g := newGallery(t, v)
	photos := g.add("c", "a", 2, 1)
	lost, err := v.NewKey() // as after a crash before the commit
	must(t, err)
	sealed, err := v.Seal(lost, "record p", nil, []byte("x"))
	must(t, err)
	g.purge()
	if _, err := v.Unseal("record p", nil, sealed); engine.CodeOf(err) != engine.CodeNotFound {
		t.Errorf("the key is still there: %v", err)
	}
	live, err := v.LiveKeys()
	must(t, err)
	if len(live) != len(photos) {
		t.Errorf("%d keys for %d photos", len(live), len(photos))
	}
}

func TestSuppression(t *testing.T) {
	v := newVault(t)
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	s, err := storage.Open(t.Context(), v, storage.Options{Now: func() time.Time { return now }})
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	g := &gallery{t: t, v: v, s: s, names: map[string]engine.Collection{}}
	photo := g.add("c", "a", 1, 1)[0]
	p := whole(photo)
	p.Request.Suppress, p.Request.Similar = true, true
	g.erase(p)
	find := func(what engine.Suspect) engine.SuppressionID {
		t.Helper()
		entry, found, err := s.Suppressed(t.Context(), what)
		must(t, err)
		if found != (entry != "") {
			t.Errorf("entry %q, found %v", entry, found)
		}
		return entry
	}
	known := map[string]engine.Suspect{"address": {URL: "HTTPS://IMG.example.org:8080/a-0.#x"}, "file": {SHA256: photo.SHA256},
		"looks": {PHash: photo.PHash ^ 0b111111, Decoded: true}}
	entries := map[engine.SuppressionID]bool{}
	for name, what := range known {
		entry := find(what)
		if entry == "" {
			t.Errorf("%s is not refused", name)
		}
		entries[entry] = true
	}
	for name, what := range map[string]engine.Suspect{"nothing": {}, "page": {URL: photo.Source.PageURL}, "path": {URL: "https://img.example.org:8080/A-0."},
		"looks of no picture": {PHash: photo.PHash}, "other looks": {PHash: photo.PHash ^ 0b1111111, Decoded: true}} {
		if find(what) != "" {
			t.Errorf("%s is refused", name)
		}
	}
	must(t, s.Verify(t.Context()))
	for entry := range entries {
		in := engine.Ingest{Suppression: entry, Record: engine.ItemRecord{Key: "/home/someone/" + string(entry), Version: "1:1", Run: "run",
			Outcome: engine.OutcomeSuppressed, Reason: "telling", At: now}}
		must(t, s.Commit(t.Context(), photo.Collection, []engine.Ingest{in}))
		r, err := s.Item(t.Context(), photo.Collection, in.Record.Key)
		if err != nil || r.Outcome != engine.OutcomeSuppressed || r.Version != "" || r.Reason != "" {
			t.Errorf("item %+v, %v", r, err)
		}
		in.Suppression = engine.SuppressionID(s.NewPhotoID())
		if err := s.Commit(t.Context(), photo.Collection, []engine.Ingest{in}); engine.CodeOf(err) != engine.CodeNotFound {
			t.Errorf("an unknown entry: %v", err)
		}
	}
	if c, err := s.Suppressions(t.Context()); err != nil || c != (engine.SuppressionCounts{URLs: 1, Files: 1, Looks: 1, Hits: 3}) {
		t.Errorf("counts %+v, %v", c, err)
	}
	now = now.Add(engine.SuppressFor)
	for name, what := range known {
		if find(what) != "" {
			t.Errorf("%s is refused after the entry expired", name)
		}
	}
	g.purge()
	if c, err := s.Suppressions(t.Context()); err != nil || c != (engine.SuppressionCounts{}) {
		t.Errorf("after the purge: %+v, %v", c, err)
	}
}
