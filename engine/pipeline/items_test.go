package pipeline_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gabarit/engine"
	"gabarit/engine/enginetest"
)

func TestAChangedItemIsReadAgain(t *testing.T) {
	b := newBench(t)
	src := enginetest.FakeSource{enginetest.FakeItem(key(0), enginetest.FakePhoto("old", 1)),
		enginetest.FakeItem(key(1), append(enginetest.FakePhoto("bad"), "broken: x\n"...))}
	b.collect(false, src)
	src[0] = enginetest.FakeItem(key(0), enginetest.FakePhoto("new", 2, 3))
	src[1] = enginetest.FakeItem(key(1), enginetest.FakePhoto("good", 4))
	t.Run("in a continued run it takes the place of its earlier record", func(t *testing.T) {
		report := b.collect(true, src)
		if want := (engine.CollectCounts{Photos: 2, Faces: 3}); report.Counts != want || len(report.Failed) != 0 {
			t.Errorf("report = %+v", report)
		}
	})
	t.Run("with the same bytes it is a duplicate with a new find", func(t *testing.T) {
		src[0].Version, src[0].Source.PageURL = "touched", "https://example.org/page"
		report := b.collect(false, src)
		if want := (engine.CollectCounts{Duplicates: 1, Unchanged: 1}); report.Counts != want {
			t.Errorf("counts = %+v", report.Counts)
		}
		if got := b.index.hosts(t, 2); !slices.Equal(got, []string{"example.org"}) {
			t.Errorf("the index knows hosts %v: those of later finds count too", got)
		}
	})
}

// hosts gives the hosts the index knows for the face of this seed.
func (x *index) hosts(t *testing.T, seed uint64) []string {
	t.Helper()
	for _, e := range x.entries {
		if e.Template == enginetest.FakeTemplate(seed) {
			return e.Hosts
		}
	}
	t.Fatalf("face %d is not in the index", seed)
	return nil
}

func TestAnItemOfTwoSourcesCountsOnce(t *testing.T) {
	b := newBench(t)
	src := mixed(20)
	var last engine.CollectProgress
	report, err := b.run(t.Context(), false, func(p engine.CollectProgress) { last = p }, src, src[:7])
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(mixedCounts(20), report.Counts); d != "" || last.Total != 20 {
		t.Errorf("%s total %d", d, last.Total)
	}
}

func TestPhotoAndSourceAreMerged(t *testing.T) {
	b := newBench(t)
	meta := "title: From the file\ndescription: A gate\ntaken: 2020-01-02T03:04:05Z\nplace: 48.5 2.5\n"
	bare := enginetest.FakeItem(key(0), append(enginetest.FakePhoto("a", 1), meta...))
	told := enginetest.FakeItem(key(1), append(enginetest.FakePhoto("b", 2), meta...))
	told.Source.ImageTitle, told.Source.URL = "From the page", "https://IMG.example.org:8443/b.jpg"
	told.Source.CapturedAt, told.Source.Place = time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC), &engine.Place{Lat: 1, Lon: 2}
	b.collect(false, enginetest.FakeSource{bare, told})
	record, err := b.store.Item(t.Context(), b.collection, key(0))
	if err != nil {
		t.Fatal(err)
	}
	p, err := b.store.Photo(t.Context(), record.Photo)
	if err != nil {
		t.Fatal(err)
	}
	want := engine.Provenance{File: key(0), ImageTitle: "From the file", CapturedAt: time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC),
		Place: &engine.Place{Lat: 48.5, Lon: 2.5}}
	if d := cmp.Diff(want, p.Source); d != "" || p.Description != "A gate" || p.CollectedAt.IsZero() || p.Width != 160 {
		t.Errorf("%s %+v", d, p)
	}
	record, _ = b.store.Item(t.Context(), b.collection, key(1))
	p, _ = b.store.Photo(t.Context(), record.Photo)
	if d := cmp.Diff(told.Source, p.Source); d != "" {
		t.Errorf("what the source says wins: %s", d)
	}
	if e := b.index.entries[p.Faces[0].ID]; !slices.Equal(e.Hosts, []string{"img.example.org"}) || !e.When.Equal(told.Source.CapturedAt) {
		t.Errorf("entry = %+v", e)
	}
	if thumb, err := b.store.Thumbnail(t.Context(), p.ID); err != nil || len(thumb) == 0 {
		t.Errorf("thumbnail: %d bytes, %v", len(thumb), err)
	}
}
