package pipeline_test

import (
	"context"
	"fmt"
	"io"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gabarit/engine"
	"gabarit/engine/enginetest"
	"gabarit/engine/pipeline"
)

// looks appends a perceptual hash to a fake photo.
func looks(data []byte, hash uint64) []byte { return fmt.Appendf(data, "looks: %d\n", hash) }

// withURL gives an item the address its image was found at.
func withURL(it engine.Item, url string) engine.Item {
	it.Source.URL = url
	return it
}

// erased is a bench whose store held one photo, which was erased and is refused by address, bytes and looks.
func erased(t *testing.T) (b *bench, gone engine.Item) {
	t.Helper()
	b = newBench(t)
	gone = withURL(enginetest.FakeItem("/gone/1", looks(enginetest.FakePhoto("gone", 1, 2), 0xff00)), "https://example.org/gone.jpg")
	b.collect(false, enginetest.FakeSource{gone})
	b.erase(gone.Key)
	return b, gone
}

// erase takes out the photo of an item, whole or the given faces, and refuses it from now on.
func (b *bench) erase(key string, faces ...int) {
	b.t.Helper()
	it, err := b.store.Item(b.t.Context(), b.collection, key)
	if err != nil {
		b.t.Fatal(err)
	}
	e := engine.PhotoErasure{Photo: it.Photo, Collection: b.collection, Whole: len(faces) == 0, Thumbnail: []byte("blurred")}
	for _, n := range faces {
		e.Faces = append(e.Faces, engine.NewFaceID(it.Photo, n))
	}
	plan := engine.ErasurePlan{Photos: []engine.PhotoErasure{e},
		Request: engine.ErasureRequest{Reason: engine.EraseRequest, Suppress: true, Similar: true}}
	if _, _, err := b.store.Erase(b.t.Context(), plan); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) hits() int {
	b.t.Helper()
	list, err := b.store.Suppressions(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	return list.Hits
}

func TestWhatWasErasedIsRefusedAsEarlyAsItIsKnown(t *testing.T) {
	copied := looks(enginetest.FakePhoto("recompressed", 1, 2), 0xff01)
	tests := []struct {
		name                    string
		item                    func(gone engine.Item) engine.Item
		opens, decodes, detects int
	}{
		{"by its address, before it is opened", func(gone engine.Item) engine.Item {
			return withURL(enginetest.FakeItem(key(0), enginetest.FakePhoto("other", 3)), "HTTPS://Example.org/gone.jpg#x")
		}, 0, 0, 0},
		{"by its address, before an error of its source is recorded", func(gone engine.Item) engine.Item {
			return engine.Item{Key: key(0), Source: gone.Source, Err: engine.E(engine.CodeUnavailable, "test", "not there", nil)}
		}, 0, 0, 0},
		{"by its bytes, before they are decoded", func(gone engine.Item) engine.Item {
			gone.Key, gone.Source = key(0), engine.Provenance{File: key(0)}
			return gone
		}, 1, 0, 0},
		{"by its looks, before faces are searched", func(engine.Item) engine.Item {
			return withURL(enginetest.FakeItem(key(0), copied), "https://elsewhere.example/gone.jpg")
		}, 1, 1, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b, gone := erased(t)
			item := tt.item(gone)
			var opens atomic.Int64
			if open := item.Open; open != nil {
				item.Open = func(ctx context.Context) (io.ReadCloser, error) { opens.Add(1); return open(ctx) }
			}
			decoded, _ := b.photos.Decodes()
			detected, _ := b.faces.Detects()
			var last engine.CollectProgress
			report, err := b.run(t.Context(), false, func(p engine.CollectProgress) { last = p },
				enginetest.FakeSource{item, enginetest.FakeItem(key(1), looks(enginetest.FakePhoto("fine", 9), 0x0f))})
			if err != nil {
				t.Fatal(err)
			}
			want := engine.CollectCounts{Photos: 1, Faces: 1, Suppressed: 1}
			if report.Counts != want || last.Counts != want || last.Total != 2 || want.Done() != 2 || len(report.Failed) != 0 {
				t.Errorf("report %+v, progress %+v", report, last)
			}
			decodes, _ := b.photos.Decodes()
			detects, _ := b.faces.Detects()
			got := [...]int{int(opens.Load()), decodes - decoded - 1, detects - detected - 1} // without those of the other item
			if got != [...]int{tt.opens, tt.decodes, tt.detects} {
				t.Errorf("opened, decoded, searched %v times, want %d, %d, %d", got, tt.opens, tt.decodes, tt.detects)
			}
			if b.hits() != 1 {
				t.Errorf("%d hits", b.hits())
			}
			if d := cmp.Diff([]string{"/test/00001 1"}, b.stored()); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestARefusedItemIsAskedAboutAgain(t *testing.T) {
	b, gone := erased(t)
	gone.Key = key(0)
	src := enginetest.FakeSource{gone, enginetest.FakeItem(key(1), looks(enginetest.FakePhoto("fine", 9), 0x0f))}
	b.collect(false, src)
	if got, want := b.collect(false, src).Counts, (engine.CollectCounts{Suppressed: 1, Unchanged: 1}); got != want {
		t.Errorf("a later run counts %+v", got)
	}
	if got, want := b.collect(true, src).Counts, (engine.CollectCounts{Suppressed: 1, Unchanged: 1}); got != want {
		t.Errorf("the run continued counts %+v", got)
	}
	if b.hits() != 2 {
		t.Errorf("%d hits, want 2: a continued run does not ask again", b.hits())
	}
	later := time.Now().Add(engine.SuppressFor + time.Hour)
	b.store.Now = func() time.Time { return later }
	if got, want := b.collect(false, src).Counts, (engine.CollectCounts{Photos: 1, Faces: 2, Unchanged: 1}); got != want {
		t.Errorf("after the entry has ended: %+v", got)
	}
}

func TestARefusedItemTakesThePlaceOfItsEarlierRecord(t *testing.T) {
	b, gone := erased(t)
	src := enginetest.FakeSource{enginetest.FakeItem(key(0), looks(enginetest.FakePhoto("first", 3, 4), 0x0f)),
		enginetest.FakeItem(key(1), append(enginetest.FakePhoto("bad"), "broken: x\n"...))}
	b.collect(false, src)
	for i := range src {
		data := gone
		data.Key = src[i].Key
		src[i] = data
	}
	report := b.collect(true, src)
	if want := (engine.CollectCounts{Suppressed: 2}); report.Counts != want || len(report.Failed) != 0 {
		t.Errorf("report = %+v", report)
	}
	src[0] = enginetest.FakeItem(key(0), looks(enginetest.FakePhoto("changed again", 5), 0x0f))
	if got, want := b.collect(true, src).Counts, (engine.CollectCounts{Suppressed: 2}); got != want {
		t.Errorf("continued: %+v", got)
	}
	if got, want := b.collect(false, src).Counts, (engine.CollectCounts{Photos: 1, Faces: 1, Suppressed: 1}); got != want {
		t.Errorf("the next run: %+v", got)
	}
}

func TestBytesOfAPhotoThatStaysAreAFurtherFind(t *testing.T) {
	b := newBench(t)
	group := looks(enginetest.FakePhoto("group", 1, 2), 0xff00)
	b.collect(false, enginetest.FakeSource{enginetest.FakeItem(key(0), group)})
	b.erase(key(0), 0)
	src := enginetest.FakeSource{enginetest.FakeItem(key(0), group), enginetest.FakeItem(key(1), group),
		enginetest.FakeItem(key(2), looks(enginetest.FakePhoto("recompressed", 1, 2), 0xff01))}
	if got, want := b.collect(false, src).Counts, (engine.CollectCounts{Unchanged: 1, Duplicates: 1, Suppressed: 1}); got != want {
		t.Errorf("counts = %+v", got)
	}
	if d := cmp.Diff([]string{"/test/00000 1 +/test/00001"}, b.stored()); d != "" {
		t.Error(d)
	}
}

func TestAnInterruptedRunRefusesWhatAnUndisturbedOneDoes(t *testing.T) {
	source := func(gone engine.Item) enginetest.FakeSource {
		src := mixed(60)
		for i := range src {
			if i%6 == 0 {
				src[i] = gone
				src[i].Key = key(i)
			}
			if i%6 == 1 {
				src[i] = withURL(src[i], gone.Source.URL)
			}
		}
		return src
	}
	b, gone := erased(t)
	want := b.collect(false, source(gone)).Counts
	hits := b.hits()
	if want.Suppressed != 20 || hits != 20 || want.Done() != 60 {
		t.Fatalf("counts = %+v, %d hits", want, hits)
	}
	b, gone = erased(t)
	ctx, cancel := context.WithCancel(t.Context())
	var n atomic.Int64
	b.faces.OnDetect = func(context.Context, *engine.Picture) error {
		if n.Add(1) == 12 {
			cancel()
		}
		return nil
	}
	if _, err := b.run(ctx, false, nil, source(gone)); engine.CodeOf(err) != engine.CodeCanceled {
		t.Fatal(err)
	}
	b.faces.OnDetect = nil
	if got := b.collect(false, source(gone)).Counts; got != want {
		t.Errorf("continued: %+v, undisturbed: %+v", got, want)
	}
	if b.hits() != hits {
		t.Errorf("%d hits, undisturbed %d", b.hits(), hits)
	}
}

// unsure is a store that can't say whether something was erased.
type unsure struct{ *store }

func (unsure) Suppressed(context.Context, engine.Suspect) (engine.SuppressionID, bool, error) {
	return "", false, engine.E(engine.CodeUnavailable, "test", "the disk is gone", nil)
}

func TestARunStopsWhenNobodyCanSayWhatWasErased(t *testing.T) {
	b := newBench(t)
	parts := pipeline.Parts{Store: unsure{b.store}, Index: b.index, Photos: b.photos, Faces: b.faces}
	report, err := pipeline.Collect(t.Context(), parts, engine.Run{Collection: b.collection, Sources: []string{"/test"}},
		[]engine.Source{enginetest.FakeSource{enginetest.FakeItem(key(0), enginetest.FakePhoto("x", 1))}}, false, nil)
	if engine.CodeOf(err) != engine.CodeUnavailable || report.Counts.Done() != 0 {
		t.Errorf("counts %+v, error %v", report.Counts, err)
	}
}
