package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"gabarit/engine"
	"gabarit/engine/enginetest"
	"gabarit/engine/pipeline"
)

func TestErrorsOfTheVaultStopTheRun(t *testing.T) {
	full := engine.E(engine.CodeUnavailable, "test", "the disk is full", nil)
	tests := []struct {
		name  string
		spoil func(b *bench)
		want  engine.Code
		done  int // at least this much stays
	}{
		{"a commit fails", func(b *bench) {
			n := 0
			b.store.onCommit = func([]engine.Ingest) error {
				if n++; n > 2 {
					return full
				}
				return nil
			}
		}, engine.CodeUnavailable, 2},
		{"a look-up fails", func(b *bench) {
			var n atomic.Int64
			b.store.onHash = func() error {
				if n.Add(1) > 50 {
					return full
				}
				return nil
			}
		}, engine.CodeUnavailable, 0},
		{"the index refuses", func(b *bench) { b.index.fail = errors.New("x") }, engine.CodeInternal, 1},
		{"the store panics", func(b *bench) { b.store.onCommit = func([]engine.Ingest) error { panic("x") } }, engine.CodeInternal, 0},
		{"a model is missing", func(b *bench) {
			b.faces.OnDetect = func(context.Context, *engine.Picture) error {
				return engine.E(engine.CodeNoModel, "test", "a face model is missing", nil)
			}
		}, engine.CodeNoModel, 0},
		{"the detector was closed", func(b *bench) {
			b.faces.OnDetect = func(context.Context, *engine.Picture) error { return engine.E(engine.CodeCanceled, "test", "", nil) }
		}, engine.CodeCanceled, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t)
			tt.spoil(b)
			report, err := b.run(t.Context(), false, nil, mixed(100))
			if engine.CodeOf(err) != tt.want {
				t.Fatalf("err = %v", err)
			}
			if done := report.Counts.Done(); done < tt.done || done >= 100 {
				t.Errorf("%d items stayed", done)
			}
			b.store.onCommit, b.store.onHash, b.index.fail, b.faces.OnDetect = nil, nil, nil, nil
			if d := cmp.Diff(mixedCounts(100), b.collect(false, mixed(100)).Counts); d != "" {
				t.Errorf("continued: %s", d)
			}
		})
	}
}

func TestASourceThatPanicsStopsTheRun(t *testing.T) {
	b := newBench(t)
	_, err := b.run(t.Context(), false, nil, mixed(10), panicking{})
	if engine.CodeOf(err) != engine.CodeInternal || engine.MessageOf(err) == "" {
		t.Errorf("err = %v", err)
	}
}

type panicking struct{}

func (panicking) Items(context.Context) iter.Seq[engine.Item] {
	return func(func(engine.Item) bool) { panic("source") }
}

func TestAnEndedContextWritesNothing(t *testing.T) {
	b := newBench(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.run(ctx, false, nil, mixed(10)); engine.CodeOf(err) != engine.CodeCanceled {
		t.Errorf("err = %v", err)
	}
	if len(b.store.batches) != 0 {
		t.Errorf("batches = %v", b.store.batches)
	}
}

func TestATemplateThatIsNoNumberIsNeverStored(t *testing.T) {
	b := newBench(t)
	faces := nanDetector{b.faces}
	if got, err := faces.Detect(t.Context(), &engine.Picture{}, engine.Look{}); err != nil || len(got) != 1 {
		t.Fatal("the fake is broken")
	}
	report, err := b.runWith(t.Context(), faces, false, nil, mixed(1))
	if err != nil || report.Counts.Failed != 1 || b.index.Len() != 0 {
		t.Errorf("report = %+v", report)
	}
}

type nanDetector struct{ *enginetest.FakeDetector }

func (nanDetector) Detect(context.Context, *engine.Picture, engine.Look) ([]engine.Detection, error) {
	return []engine.Detection{{Template: engine.Template{5: float32(math.NaN())}}}, nil
}

func TestAPausedRunOpensNothing(t *testing.T) {
	b := newBench(t)
	b.gate.Pause()
	synctest.Test(t, func(t *testing.T) {
		gate := pipeline.NewGate() // channels belong to their bubble
		gate.Pause()
		b.gate = gate
		type ended struct {
			report engine.CollectReport
			err    error
		}
		done := make(chan ended, 1)
		go func() {
			r, err := b.run(t.Context(), false, nil, mixed(50))
			done <- ended{r, err}
		}()
		time.Sleep(time.Minute) // of the bubble's clock
		if n, _ := b.photos.Decodes(); n != 0 {
			t.Errorf("%d photos decoded while paused", n)
		}
		gate.Resume()
		if e := <-done; e.err != nil || e.report.Counts != mixedCounts(50) {
			t.Errorf("%+v", e)
		}
	})
}

func TestAPausedRunCanBeStopped(t *testing.T) {
	b := newBench(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	b.faces.OnDetect = func(context.Context, *engine.Picture) error {
		b.gate.Pause()
		time.AfterFunc(10*time.Millisecond, cancel)
		return nil
	}
	if _, err := b.run(ctx, false, nil, mixed(200)); engine.CodeOf(err) != engine.CodeCanceled {
		t.Errorf("err = %v", err)
	}
}

func TestFewPhotosAreOpenAtOnce(t *testing.T) {
	b := newBench(t)
	b.faces.N = 2
	b.slowly(2 * time.Millisecond)
	b.collect(false, mixed(200))
	if _, top := b.photos.Decodes(); top > 3 {
		t.Errorf("%d photos decoded at once with 2 workers", top)
	}
	if _, top := b.faces.Detects(); top != 2 {
		t.Errorf("%d photos searched for faces at once with 2 workers", top)
	}
}

// A slow first photo must not let results pile up behind it without bound.
func TestTheWindowIsBounded(t *testing.T) {
	b := newBench(t)
	b.faces.N = 1
	release := make(chan struct{})
	b.photos.OnDecode = func(_ context.Context, data []byte) error {
		if string(data) == string(enginetest.FakePhoto("slow")) {
			<-release
		}
		return nil
	}
	src := enginetest.FakeSource{enginetest.FakeItem(key(0), enginetest.FakePhoto("slow"))}
	for i := 1; i < 500; i++ {
		src = append(src, enginetest.FakeItem(key(i), enginetest.FakePhoto(fmt.Sprint(i), 1)))
	}
	time.AfterFunc(200*time.Millisecond, func() {
		if n, _ := b.photos.Decodes(); n > 40 {
			t.Errorf("%d photos decoded behind a slow one", n)
		}
		close(release)
	})
	if r := b.collect(false, src); r.Counts.Photos != 500 {
		t.Errorf("counts = %+v", r.Counts)
	}
}

func TestFilesInMemoryShareOneBudget(t *testing.T) {
	b := newBench(t)
	b.photos.Limit = 1000
	b.faces.N = 8
	b.photos.OnDecode = func(context.Context, []byte) error { time.Sleep(time.Millisecond); return nil }
	var src enginetest.FakeSource
	for i := range 40 {
		data := enginetest.FakePhoto(fmt.Sprint(i))
		data = append(data, make([]byte, 600-len(data))...)
		src = append(src, enginetest.FakeItem(key(i), data))
	}
	b.collect(false, src)
	if _, top := b.photos.Decodes(); top != 1 {
		t.Errorf("%d files of 600 bytes decoded at once under a budget of 1,000", top)
	}
}

func TestFilesOfUnknownSizeAreReadSideBySideWithinTheBudget(t *testing.T) {
	for name, c := range map[string]struct{ bytes, most, least int }{
		"small ones":                    {60, 16, 2},
		"those larger than their share": {600, 1, 1},
		"larger than any may be":        {1001, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.photos.Limit = 1000
			b.faces.N = 8
			b.photos.OnDecode = func(context.Context, []byte) error { time.Sleep(5 * time.Millisecond); return nil }
			var src enginetest.FakeSource
			for i := range 40 {
				data := enginetest.FakePhoto(fmt.Sprint(i))
				item := enginetest.FakeItem(key(i), append(data, make([]byte, c.bytes-len(data))...))
				item.Size = -1
				src = append(src, item)
			}
			r := b.collect(false, src)
			want := engine.CollectCounts{Photos: 40, NoFace: 40}
			if c.most == 0 {
				want = engine.CollectCounts{Failed: 40}
			}
			if r.Counts != want {
				t.Errorf("counts %+v", r.Counts)
			}
			if _, top := b.photos.Decodes(); top > c.most || top < c.least {
				t.Errorf("%d files of %d bytes decoded at once under a budget of 1,000, want %d to %d", top, c.bytes, c.least, c.most)
			}
		})
	}
}

func TestTenThousandEntriesWithFiftyBrokenOnes(t *testing.T) {
	b := newBench(t)
	var src enginetest.FakeSource
	for i := range 10_000 {
		data := enginetest.FakePhoto(fmt.Sprint(i))
		if i%200 == 7 {
			data = append(data, "broken: x\n"...)
		}
		src = append(src, enginetest.FakeItem(key(i), data))
	}
	var last engine.CollectProgress
	told := 0
	report, err := b.run(t.Context(), false, func(p engine.CollectProgress) {
		told++
		if p.Counts.Done() > p.Total || p.Counts.Done() < last.Counts.Done() {
			t.Errorf("progress went from %+v to %+v", last, p)
		}
		last = p
	}, src)
	if err != nil {
		t.Fatal(err)
	}
	want := engine.CollectCounts{Photos: 9_950, NoFace: 9_950, Failed: 50}
	if report.Counts != want || len(report.Failed) != 50 {
		t.Errorf("counts = %+v, %d failures", report.Counts, len(report.Failed))
	}
	if last.Counts != want || last.Total != 10_000 || !last.Listed || last.Current != key(9_999) {
		t.Errorf("last progress = %+v", last)
	}
	if most := int(report.Elapsed/(100*time.Millisecond)) + 2; told > most {
		t.Errorf("progress was told %d times in %v", told, report.Elapsed)
	}
	for _, n := range b.store.batches {
		if n < 1 || n > 16 {
			t.Fatalf("a batch of %d items", n)
		}
	}
}

func TestProgressOfAContinuedRunBeginsWithWhatIsThere(t *testing.T) {
	b := newBench(t)
	b.collect(false, mixed(100))
	var first *engine.CollectProgress
	if _, err := b.run(t.Context(), true, func(p engine.CollectProgress) {
		if first == nil {
			first = &p
		}
	}, mixed(110)); err != nil {
		t.Fatal(err)
	}
	if first == nil || first.Counts != mixedCounts(100) || first.Total < 100 {
		t.Errorf("first progress = %+v", first)
	}
}
