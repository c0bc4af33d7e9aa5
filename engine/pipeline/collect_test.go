package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gabarit/engine"
	"gabarit/engine/enginetest"
	"gabarit/engine/formats"
	"gabarit/engine/pipeline"
)

// index is an engine.Index that only remembers; nil entries never reach it.
type index struct {
	mu      sync.Mutex
	entries map[engine.FaceID]engine.IndexEntry
	fail    error
}

func (x *index) Add(entries ...engine.IndexEntry) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, e := range entries {
		x.entries[e.Face] = e
	}
	return x.fail
}

func (x *index) Remove(faces ...engine.FaceID) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, f := range faces {
		delete(x.entries, f)
	}
}
func (x *index) Clear()   { clear(x.entries) }
func (x *index) Len() int { return len(x.entries) }
func (x *index) SearchAll(context.Context, []engine.Query) ([]engine.Answer, error) {
	return nil, nil
}
func (x *index) Search(context.Context, engine.Query) ([]engine.Neighbour, int, error) {
	return nil, 0, nil
}

// store lets tests see and break what reaches the store.
type store struct {
	*enginetest.Store
	onCommit func(batch []engine.Ingest) error
	onHash   func() error
	mu       sync.Mutex
	batches  []int
}

func (s *store) Commit(ctx context.Context, c engine.CollectionID, batch []engine.Ingest) error {
	if s.onCommit != nil {
		if err := s.onCommit(batch); err != nil {
			return err
		}
	}
	s.mu.Lock()
	s.batches = append(s.batches, len(batch))
	s.mu.Unlock()
	return s.Store.Commit(ctx, c, batch)
}

func (s *store) PhotoByHash(ctx context.Context, c engine.CollectionID, h engine.SHA256) (engine.PhotoID, error) {
	if s.onHash != nil {
		if err := s.onHash(); err != nil {
			return "", err
		}
	}
	return s.Store.PhotoByHash(ctx, c, h)
}

// bench is a vault in memory with one collection.
type bench struct {
	t          *testing.T
	store      *store
	index      *index
	photos     *enginetest.FakePhotos
	faces      *enginetest.FakeDetector
	gate       *pipeline.Gate
	collection engine.CollectionID
}

func newBench(t *testing.T) *bench {
	t.Helper()
	checkGoroutines(t)
	s := enginetest.NewStore()
	c, err := s.AddCollection(t.Context(), engine.Collection{Name: "test", Purpose: "testing", Basis: "consent", Condition: "explicit-consent",
		Scope: engine.ScopeLocal, Retain: engine.DefaultRetain})
	if err != nil {
		t.Fatal(err)
	}
	return &bench{t: t, store: &store{Store: s}, index: &index{entries: map[engine.FaceID]engine.IndexEntry{}},
		photos: &enginetest.FakePhotos{}, faces: &enginetest.FakeDetector{N: 3}, gate: pipeline.NewGate(), collection: c.ID}
}

// checkGoroutines fails the test if it leaves goroutines behind.
func checkGoroutines(t *testing.T) {
	before := runtime.NumGoroutine()
	t.Cleanup(func() {
		for range 100 {
			if runtime.NumGoroutine() <= before {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
		buf := make([]byte, 1<<16)
		t.Errorf("%d goroutines before, %d after:\n%s", before, runtime.NumGoroutine(), buf[:runtime.Stack(buf, true)])
	})
}

func (b *bench) run(ctx context.Context, resume bool, progress func(engine.CollectProgress), sources ...engine.Source) (engine.CollectReport, error) {
	b.t.Helper()
	return b.runWith(ctx, b.faces, resume, progress, sources...)
}

func (b *bench) runWith(ctx context.Context, faces engine.FaceDetector, resume bool, progress func(engine.CollectProgress),
	sources ...engine.Source) (engine.CollectReport, error) {
	parts := pipeline.Parts{Store: b.store, Index: b.index, Photos: b.photos, Faces: faces, Gate: b.gate}
	run := engine.Run{Collection: b.collection, Sources: []string{"/test"}, Look: engine.Look{Detector: engine.DetectorFast}}
	return pipeline.Collect(ctx, parts, run, sources, resume, progress)
}

func (b *bench) collect(resume bool, sources ...engine.Source) engine.CollectReport {
	b.t.Helper()
	r, err := b.run(b.t.Context(), resume, nil, sources...)
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

// stored lists the photos held, in the order of their IDs, each with its finds and number of faces.
func (b *bench) stored() []string {
	b.t.Helper()
	var ids []engine.PhotoID
	seen := map[engine.PhotoID]bool{}
	for _, in := range b.records() {
		if in.Photo != "" && !seen[in.Photo] {
			seen[in.Photo] = true
			ids = append(ids, in.Photo)
		}
	}
	slices.Sort(ids)
	var out []string
	for _, id := range ids {
		p, err := b.store.Photo(b.t.Context(), id)
		if err != nil {
			b.t.Fatal(err)
		}
		line := fmt.Sprintf("%s %d", p.Source.File, len(p.Faces))
		for _, a := range p.Also {
			line += " +" + a.File
		}
		out = append(out, line)
	}
	return out
}

func (b *bench) records() []engine.ItemRecord {
	b.t.Helper()
	var out []engine.ItemRecord
	for i := range 20_000 {
		for _, key := range []string{key(i), fmt.Sprintf("/extra/%d", i)} {
			r, err := b.store.Item(b.t.Context(), b.collection, key)
			if err == nil {
				out = append(out, r)
			}
		}
		if i > 2000 && len(out) == 0 {
			break
		}
	}
	return out
}

func key(i int) string { return fmt.Sprintf("/test/%05d", i) }

// mixed gives n items of every kind: with faces, without, duplicates of earlier and later ones, broken ones, crashes.
func mixed(n int) enginetest.FakeSource {
	var s enginetest.FakeSource
	for i := range n {
		data := enginetest.FakePhoto(fmt.Sprint(i), uint64(i), uint64(i+1))
		switch i % 10 {
		case 3:
			data = enginetest.FakePhoto(fmt.Sprint(i))
		case 4:
			data = enginetest.FakePhoto(fmt.Sprint(i-4), uint64(i-4), uint64(i-3)) // same as four before
		case 5:
			data = append(data, "broken: on purpose\n"...)
		case 6:
			data = append(data, "crash: on purpose\n"...)
		case 7:
			data = enginetest.FakePhoto("same", 1)
		}
		s = append(s, enginetest.FakeItem(key(i), data))
		if i%10 == 8 {
			s[i] = engine.Item{Key: key(i), Err: engine.E(engine.CodeUnavailable, "test", "the folder may not be read", nil)}
		}
	}
	return s
}

// mixedCounts is what mixed(n) brings, for n a multiple of 10.
func mixedCounts(n int) engine.CollectCounts {
	tens := n / 10
	return engine.CollectCounts{Photos: 5*tens + 1, Faces: 8*tens + 1, NoFace: tens, Duplicates: 2*tens - 1, Failed: 3 * tens}
}

// slowly makes decoding and detection take random short times.
func (b *bench) slowly(most time.Duration) {
	wait := func() { time.Sleep(rand.N(most)) }
	b.photos.OnDecode = func(context.Context, []byte) error { wait(); return nil }
	b.faces.OnDetect = func(context.Context, *engine.Picture) error { wait(); return nil }
}

func TestResultsDoNotDependOnTiming(t *testing.T) {
	var want []string
	for round := range 4 {
		b := newBench(t)
		b.slowly(time.Millisecond)
		b.faces.N = 1 + 2*round
		report := b.collect(false, mixed(200))
		if d := cmp.Diff(mixedCounts(200), report.Counts); d != "" {
			t.Fatal(d)
		}
		got := b.stored()
		if round == 0 {
			want = got
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("round %d: %s", round, d)
		}
		if n := b.index.Len(); n != report.Counts.Faces {
			t.Errorf("%d faces in the index, %d reported", n, report.Counts.Faces)
		}
	}
	if want[0] != "/test/00000 2 +/test/00004" {
		t.Errorf("first photo = %q: the first of two equal files in source order is the photo", want[0])
	}
}

func TestEachFailureIsKeptWithItsReason(t *testing.T) {
	b := newBench(t)
	src := mixed(10)
	src = append(src,
		engine.Item{Key: key(10), Size: -1, Open: src[0].Open},
		engine.Item{Key: key(11), Size: 2 << 20, Open: src[0].Open},
		enginetest.FakeItem(key(12), make([]byte, 1<<20+1)),
		engine.Item{Key: key(13)},
		enginetest.FakeItem(key(14), []byte("text")),
		enginetest.FakeItem(key(15), nil),
	)
	src[12].Size = 3 // it has grown since
	report := b.collect(false, src)
	got := map[string]engine.FailedItem{}
	for _, f := range report.Failed {
		f.At = time.Time{}
		got[f.Item] = f
	}
	const fake = "this is no fake photo"
	want := map[string]engine.FailedItem{}
	for _, f := range []engine.FailedItem{
		{Item: key(5), Code: engine.CodeCorrupt, Reason: "the fake photo is broken", Detail: "on purpose"},
		{Item: key(6), Code: engine.CodeUnavailable, Reason: "the fake detector crashed", Detail: "on purpose"},
		{Item: key(8), Code: engine.CodeUnavailable, Reason: "the folder may not be read"},
		{Item: key(11), Code: engine.CodeLimit, Reason: "the file is larger than the limit", Detail: "limit 1048576 bytes"},
		{Item: key(12), Code: engine.CodeLimit, Reason: "the file is larger than the limit", Detail: "limit 1048576 bytes"},
		{Item: key(13), Code: engine.CodeInternal, Reason: "the item can't be opened"},
		{Item: key(14), Code: engine.CodeUnsupported, Reason: fake},
		{Item: key(15), Code: engine.CodeUnsupported, Reason: fake},
	} {
		want[f.Item] = f
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if report.Counts.Failed != 8 || report.Counts.Duplicates != 2 {
		t.Errorf("counts = %+v", report.Counts)
	}
}

func TestAFileOfSeveralPicturesIsSaidToBeReadInPart(t *testing.T) {
	b := newBench(t)
	report := b.collect(false, enginetest.FakeSource{
		enginetest.FakeItem(key(0), append(enginetest.FakePhoto("0", 1), "frames: 12\n"...)),
		enginetest.FakeItem(key(1), append(enginetest.FakePhoto("1"), "frames: 2\n"...)),
		enginetest.FakeItem(key(2), append(enginetest.FakePhoto("2", 2), "frames: 1\n"...)),
		enginetest.FakeItem(key(3), []byte("text")),
	})
	var got []string
	for _, f := range report.Failed {
		if f.Partial != (f.Reason == formats.MsgOnePicture) {
			t.Errorf("%+v", f)
		}
		got = append(got, strings.TrimSpace(fmt.Sprint(f.Item, " ", f.Partial, " ", f.Detail)))
	}
	if want := []string{key(0) + " true 1/12", key(1) + " true 1/2", key(3) + " false"}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
	if c := report.Counts; c.Photos != 3 || c.NoFace != 1 || c.Failed != 1 {
		t.Errorf("counts %+v", c)
	}
}

func TestPanicsAreTheItemsError(t *testing.T) {
	b := newBench(t)
	b.photos.OnDecode = func(_ context.Context, data []byte) error {
		if strings.Contains(string(data), "remark: 0\n") {
			panic("decoder")
		}
		return nil
	}
	b.faces.OnDetect = func(_ context.Context, p *engine.Picture) error {
		if enginetest.FakeRemark(p) == "1" {
			panic(errors.New("detector"))
		}
		return nil
	}
	report := b.collect(false, mixed(3))
	if report.Counts.Photos != 1 || len(report.Failed) != 2 {
		t.Fatalf("report = %+v", report)
	}
	for i, detail := range []string{"panic: decoder", "panic: detector"} {
		f := report.Failed[i]
		if f.Code != engine.CodeInternal || f.Detail != detail || f.Reason == "" {
			t.Errorf("failure = %+v", f)
		}
	}
}

func TestAnUndisturbedRunAndAContinuedOneBringTheSame(t *testing.T) {
	whole := newBench(t)
	want := whole.collect(false, mixed(200))
	for _, stopAt := range []int64{1, 17, 60, 120} {
		t.Run(fmt.Sprint(stopAt), func(t *testing.T) {
			b := newBench(t)
			b.slowly(200 * time.Microsecond)
			for _, at := range []int64{stopAt, 2 * stopAt} { // twice interrupted
				ctx, cancel := context.WithCancel(t.Context())
				var n atomic.Int64
				b.faces.OnDetect = func(context.Context, *engine.Picture) error {
					if n.Add(1) == at {
						cancel()
					}
					return nil
				}
				report, err := b.run(ctx, true, nil, mixed(200))
				cancel()
				if err == nil {
					continue // the second time there may be too little left
				}
				if engine.CodeOf(err) != engine.CodeCanceled {
					t.Fatal(err)
				}
				if done := report.Counts.Done(); done >= 200 || report.Counts.Faces != b.index.Len() {
					t.Fatalf("stopped after %d, %d faces, %d in the index", done, report.Counts.Faces, b.index.Len())
				}
			}
			b.faces.OnDetect = nil
			got := b.collect(true, mixed(200))
			if d := cmp.Diff(want.Counts, got.Counts); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(whole.stored(), b.stored()); d != "" {
				t.Error(d)
			}
			if len(got.Failed) != len(want.Failed) || b.index.Len() != want.Counts.Faces {
				t.Errorf("%d failures and %d faces", len(got.Failed), b.index.Len())
			}
		})
	}
}

func TestUnchangedItemsAreNotOpenedAgain(t *testing.T) {
	b := newBench(t)
	b.collect(false, mixed(100))
	decodes, _ := b.photos.Decodes()
	report := b.collect(false, mixed(100))
	again, _ := b.photos.Decodes()
	want := engine.CollectCounts{Unchanged: 70, Failed: 30}
	if d := cmp.Diff(want, report.Counts); d != "" {
		t.Error(d)
	}
	if again-decodes != 20 { // broken and crashing ones are tried again in a new run; ten have nothing to open
		t.Errorf("%d photos decoded again", again-decodes)
	}
	report = b.collect(true, mixed(100)) // continued: failures are not tried again
	if more, _ := b.photos.Decodes(); more != again || report.Counts != want {
		t.Errorf("%d photos decoded by the continued run, counts %+v", more-again, report.Counts)
	}
}
