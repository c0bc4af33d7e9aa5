package pipeline_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gabarit/engine"
	"gabarit/engine/enginetest"
)

func broken(key string) engine.Item {
	return engine.Item{Key: key, Source: engine.Provenance{File: key}, Size: -1, Err: engine.E(engine.CodeCorrupt, "test", "broken", errors.New("x"))}
}

func (b *bench) failing() (keys []string) {
	b.t.Helper()
	failed, err := b.store.CollectionFailures(b.t.Context(), b.collection)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, f := range failed {
		keys = append(keys, f.Item)
	}
	return keys
}

func TestWhatFailedAndIsNotThereAnyMoreLeavesTheList(t *testing.T) {
	b := newBench(t)
	frame := engine.Item{Key: "/test/v.mp4#1.000s", Size: -1, Err: errors.New("bad frame"), Frame: engine.Frame{Video: "/test/v.mp4", Shot: 1}}
	film := engine.Item{Key: "/test/v.mp4", Version: "1", Size: -1, Frames: func(_ context.Context, offer func(engine.Item) bool) (rest, detail string, err error) {
		offer(frame)
		return "", "", nil
	}}
	first := enginetest.FakeSource{broken("/test/a"), broken("/test/b#row3"), broken("/test"), broken("/elsewhere/c"), broken("/tests/d"), film}
	b.collect(false, first)
	all := []string{"/elsewhere/c", "/test", "/test/a", "/test/b#row3", "/test/v.mp4#1.000s", "/tests/d"}
	if d := cmp.Diff(all, b.failing()); d != "" {
		t.Fatal(d)
	}
	report := b.collect(true, enginetest.FakeSource{broken("/test/a"), film}) // the same run: it had counted them
	if d := cmp.Diff([]string{"/elsewhere/c", "/test/a", "/test/v.mp4#1.000s", "/tests/d"}, b.failing()); d != "" {
		t.Error(d)
	}
	if report.Counts.Failed != 4 || len(report.Failed) != 4 {
		t.Errorf("%+v, failed %+v", report.Counts, report.Failed)
	}
	report = b.collect(true, enginetest.FakeSource{broken("/test/a"), broken("/test"), film}) // it is back
	if report.Counts.Failed != 5 || len(b.failing()) != 5 {
		t.Errorf("%+v, failing %q", report.Counts, b.failing())
	}
}
