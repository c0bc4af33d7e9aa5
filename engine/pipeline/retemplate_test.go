package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"gabarit/engine"
	"gabarit/engine/enginetest"
	"gabarit/engine/pipeline"
)

// again runs with Retemplate and a detector.
func (b *bench) again(ctx context.Context, faces engine.FaceDetector, look engine.Look, sources ...engine.Source) (engine.CollectReport, error) {
	b.t.Helper()
	parts := pipeline.Parts{Store: b.store, Index: b.index, Photos: b.photos, Faces: faces, Gate: b.gate}
	run := engine.Run{Collection: b.collection, Sources: []string{"/test"}, Look: look, Retemplate: true}
	return pipeline.Collect(ctx, parts, run, sources, false, nil)
}

func fast() engine.Look { return engine.Look{Detector: engine.DetectorFast} }

// next is a detector of another model than a bench's own.
func next() *enginetest.FakeDetector { return &enginetest.FakeDetector{N: 3, Makes: "next"} }

// photo gives the photo that an item is.
func (b *bench) photo(key string) engine.Photo {
	b.t.Helper()
	it, err := b.store.Item(b.t.Context(), b.collection, key)
	if err != nil {
		b.t.Fatal(err)
	}
	p, err := b.store.Photo(b.t.Context(), it.Photo)
	if err != nil {
		b.t.Fatal(err)
	}
	return p
}

// models counts the stored faces by model, and fails if the index does not hold just these.
func (b *bench) models() map[engine.ModelID]int {
	b.t.Helper()
	models, held := map[engine.ModelID]int{}, map[engine.FaceID]engine.IndexEntry{}
	if err := b.store.Templates(b.t.Context(), func(e engine.IndexEntry) error {
		models[e.Model]++
		held[e.Face] = e
		return nil
	}); err != nil {
		b.t.Fatal(err)
	}
	if diff := cmp.Diff(held, b.index.entries, cmpopts.EquateEmpty()); diff != "" {
		b.t.Errorf("store and index differ:\n%s", diff)
	}
	return models
}

func (b *bench) counts(r engine.CollectReport, err error) engine.CollectCounts {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	return r.Counts
}

func TestFacesOfHeldPhotosAreFoundAnew(t *testing.T) {
	b := newBench(t)
	items := enginetest.FakeSource{
		enginetest.FakeItem(key(0), enginetest.FakePhoto("a", 1, 2)), enginetest.FakeItem(key(1), enginetest.FakePhoto("b")),
		enginetest.FakeItem(key(2), enginetest.FakePhoto("a", 1, 2)), enginetest.FakeItem(key(3), enginetest.FakePhoto("gone", 3)),
	}
	b.collect(false, items)
	before := b.photo(key(0))
	fresh := append(slices.Clone(items[:3]), withURL(enginetest.FakeItem(key(4), enginetest.FakePhoto("a", 1, 2)), "https://new.example/"),
		enginetest.FakeItem(key(5), enginetest.FakePhoto("c", 5)))

	report, err := b.again(t.Context(), next(), fast(), fresh)
	want := engine.CollectCounts{Photos: 1, Faces: 1, Duplicates: 1, Unchanged: 1, Renewed: 2, NewFaces: 2}
	if diff := cmp.Diff(want, b.counts(report, err)); diff != "" {
		t.Error(diff)
	}
	left := []engine.LeftPhoto{{Photo: b.photo(key(3)).ID, Source: engine.Provenance{File: key(3)}, Faces: 1}}
	if diff := cmp.Diff(left, report.Left); diff != "" {
		t.Errorf("the photo whose source is gone:\n%s", diff)
	}
	p := b.photo(key(0))
	if p.ID != before.ID || p.Model != "next" || p.Look != fast() || !p.CollectedAt.Equal(before.CollectedAt) || len(p.Also) != 2 ||
		p.Faces[0].ID != engine.NewFaceID(p.ID, 2) || !p.Faces[0].Is(before.Faces[0].ID) {
		t.Errorf("photo %+v", p)
	}
	if got := b.models(); !cmp.Equal(got, map[engine.ModelID]int{"next": 3, "fake": 1}) {
		t.Errorf("faces by model: %v", got)
	}

	detector := next()
	if got := b.counts(b.again(t.Context(), detector, fast(), fresh)); got != (engine.CollectCounts{Unchanged: 5}) {
		t.Errorf("done once more: %+v", got)
	}
	if calls, _ := detector.Detects(); calls != 0 {
		t.Errorf("%d photos were looked at again", calls)
	}
	if got := b.counts(b.again(t.Context(), next(), engine.Look{Detector: engine.DetectorThorough}, fresh)); got.Renewed != 3 {
		t.Errorf("with another look: %+v", got)
	}
	if got := b.collect(false, fresh).Counts; got.Unchanged != 5 || got.Renewed != 0 {
		t.Errorf("a run that is not to find faces anew: %+v", got)
	}
}

func TestAnErasedFaceIsNotFoundAnew(t *testing.T) {
	b := newBench(t)
	item := withURL(enginetest.FakeItem(key(0), looks(enginetest.FakePhoto("group", 1, 2, 3), 0xff00)), "https://example.org/group.jpg")
	b.collect(false, enginetest.FakeSource{item})
	b.erase(key(0), 1) // and refuse address, bytes and looks
	b.index.Remove(engine.NewFaceID(b.photo(key(0)).ID, 1))
	before := b.photo(key(0))
	if got := b.counts(b.again(t.Context(), next(), fast(), enginetest.FakeSource{item})); got != (engine.CollectCounts{Renewed: 1, NewFaces: 2}) {
		t.Errorf("counts %+v", got)
	}
	p := b.photo(key(0))
	if len(p.Faces) != 2 || p.Faces[0].Box != before.Faces[0].Box || p.Faces[1].Box != before.Faces[1].Box || !p.Cut || p.Model != "next" {
		t.Errorf("photo %+v", p)
	}
	if got := b.models(); got["next"] != 2 || len(got) != 1 {
		t.Errorf("faces by model: %v", got)
	}
	if thumbnail, err := b.store.Thumbnail(t.Context(), p.ID); err != nil || string(thumbnail) != "blurred" {
		t.Errorf("thumbnail %q, %v: the erased face may be in it", thumbnail, err)
	}
	if b.hits() != 0 {
		t.Error("a held photo was refused")
	}
}

func TestAPhotoThatCanNotBeReadAgainKeepsItsFaces(t *testing.T) {
	b := newBench(t)
	items := enginetest.FakeSource{enginetest.FakeItem(key(0), enginetest.FakePhoto("a", 1)), enginetest.FakeItem(key(1), enginetest.FakePhoto("b", 2)),
		enginetest.FakeItem(key(2), enginetest.FakePhoto("c", 3))}
	b.collect(false, items)
	id := b.photo(key(1)).ID
	broken := next()
	broken.OnDetect = func(_ context.Context, p *engine.Picture) error {
		if enginetest.FakeRemark(p) == "b" {
			return engine.E(engine.CodeUnavailable, "test", "the detector crashed", nil)
		}
		return nil
	}
	changed := append(slices.Clone(items[:2]), enginetest.FakeItem(key(2), enginetest.FakePhoto("c changed", 3)))
	report, err := b.again(t.Context(), broken, fast(), changed)
	want := engine.CollectCounts{Photos: 1, Faces: 1, Failed: 1, Renewed: 1, NewFaces: 1}
	if got := b.counts(report, err); got != want || len(report.Failed) != 1 || len(report.Left) != 2 {
		t.Errorf("%+v, left %+v", got, report.Left)
	}
	if p, err := b.store.Photo(t.Context(), id); err != nil || p.Model != "fake" {
		t.Errorf("photo %+v, %v", p, err)
	}
	if got := b.counts(b.again(t.Context(), next(), fast(), changed)); got != (engine.CollectCounts{Unchanged: 2, Renewed: 1, NewFaces: 1}) {
		t.Errorf("the next run: %+v", got)
	}
	if got := b.models(); got["fake"] != 1 { // the photo whose file was another one later
		t.Errorf("faces by model: %v", got)
	}
}

// TestAnInterruptedRetemplatingGoesOn: stopped at random items and gone on with, it leaves what an undisturbed run leaves.
func TestAnInterruptedRetemplatingGoesOn(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	rng := rand.New(rand.NewPCG(seed, 1))
	const n = 240
	whole, parts := newBench(t), newBench(t)
	whole.collect(false, mixed(n))
	parts.collect(false, mixed(n))
	want := whole.counts(whole.again(t.Context(), next(), fast(), mixed(n)))
	stops := 0
	for {
		ctx, cancel := context.WithCancel(t.Context())
		d := next()
		left := 1 + rng.IntN(100)
		d.OnDetect = func(context.Context, *engine.Picture) error {
			parts.index.mu.Lock() // any lock: workers call this
			defer parts.index.mu.Unlock()
			if left--; left == 0 {
				cancel()
			}
			return nil
		}
		report, err := parts.again(ctx, d, fast(), mixed(n))
		cancel()
		parts.models() // store and index agree
		if err == nil {
			if diff := cmp.Diff(want, report.Counts, cmpopts.IgnoreFields(engine.CollectCounts{}, "Unchanged")); diff != "" {
				t.Errorf("seed %d, %d stops: counts of the run\n%s", seed, stops, diff)
			}
			break
		}
		if engine.CodeOf(err) != engine.CodeCanceled {
			t.Fatal(err)
		}
		stops++
	}
	if diff := cmp.Diff(whole.facesHeld(), parts.facesHeld()); diff != "" {
		t.Errorf("seed %d, %d stops: faces\n%s", seed, stops, diff)
	}
	t.Logf("seed %d, stopped %d times", seed, stops)
}

// facesHeld lists all faces: where they are and what they were.
func (b *bench) facesHeld() (all []string) {
	b.t.Helper()
	err := b.store.Photos(b.t.Context(), b.collection, func(p engine.Photo) error {
		for _, f := range p.Faces {
			_, number, _ := f.ID.Photo()
			all = append(all, fmt.Sprintf("%s face %d at %v by %s, before %d", p.Source.File, number, f.Box, f.Model, len(f.Was)))
		}
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
	slices.Sort(all)
	return all
}

// brokenStore fails to find faces anew.
type brokenStore struct {
	*store
}

func (brokenStore) Retemplate(context.Context, engine.CollectionID, []engine.Renewal, func([]engine.Renewed) error) error {
	return engine.E(engine.CodeUnavailable, "test", "the disk is full", nil)
}

func TestAStoreThatCanNotReplaceFacesStopsTheRun(t *testing.T) {
	b := newBench(t)
	items := enginetest.FakeSource{enginetest.FakeItem(key(0), enginetest.FakePhoto("a", 1))}
	b.collect(false, items)
	parts := pipeline.Parts{Store: brokenStore{b.store}, Index: b.index, Photos: b.photos, Faces: next(), Gate: b.gate}
	run := engine.Run{Collection: b.collection, Sources: []string{"/test"}, Look: fast(), Retemplate: true}
	_, err := pipeline.Collect(t.Context(), parts, run, []engine.Source{items}, false, nil)
	if engine.CodeOf(err) != engine.CodeUnavailable || !strings.Contains(err.Error(), "disk") || errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if got := b.models(); got["fake"] != 1 {
		t.Errorf("faces by model: %v", got)
	}
}
