package pipeline_test

import (
	"bytes"
	"context"
	"io"
	"iter"
	"testing"

	"gabarit/engine"
	"gabarit/engine/enginetest"
)

// asked is an item whose version only its source can tell.
func asked(data *[]byte, version *string, known *[]string) engine.Item {
	it := enginetest.FakeItem(key(0), nil)
	it.Version, it.Size, it.Open = "", -1, nil
	it.Since = func(_ context.Context, v string) (io.ReadCloser, string, error) {
		*known = append(*known, v)
		if v == *version {
			return nil, v, nil
		}
		return io.NopCloser(bytes.NewReader(*data)), *version, nil
	}
	return it
}

func TestASourceTellsWhetherAnItemHasChanged(t *testing.T) {
	b := newBench(t)
	data, version := enginetest.FakePhoto("first", 1), "v1"
	var known []string
	for _, step := range []struct {
		name   string
		resume bool
		change func()
		want   engine.CollectCounts
		asked  string // the version it was asked with, "-": it was not asked
	}{
		{"at first it is read", false, func() {}, engine.CollectCounts{Photos: 1, Faces: 1}, ""},
		{"the same run leaves it alone", true, func() { version = "v2" }, engine.CollectCounts{Photos: 1, Faces: 1}, "-"},
		{"a new version of the same bytes is a duplicate", false, func() {}, engine.CollectCounts{Duplicates: 1}, "v1"},
		{"the same version is unchanged", false, func() {}, engine.CollectCounts{Unchanged: 1}, "v2"},
		{"other bytes are another photo", false, func() { data, version = enginetest.FakePhoto("second", 2, 3), "v3" }, engine.CollectCounts{Photos: 1, Faces: 2}, "v2"},
		{"what can't be read fails", false, func() { data, version = append(enginetest.FakePhoto("bad"), "broken: x\n"...), "v4" }, engine.CollectCounts{Failed: 1}, "v3"},
		{"what failed is asked for without a version", false, func() { data = enginetest.FakePhoto("good", 4) }, engine.CollectCounts{Photos: 1, Faces: 1}, ""},
	} {
		t.Run(step.name, func(t *testing.T) {
			step.change()
			known = nil
			report := b.collect(step.resume, enginetest.FakeSource{asked(&data, &version, &known)})
			if report.Counts != step.want {
				t.Errorf("counts %+v, want %+v", report.Counts, step.want)
			}
			if step.asked == "-" && len(known) > 0 || step.asked != "-" && (len(known) != 1 || known[0] != step.asked) {
				t.Errorf("asked with %q, want %q", known, step.asked)
			}
		})
	}
}

// once is a source that counts its walks.
type once struct {
	enginetest.FakeSource
	walks *int
}

func (o once) WalkedOnce() {}

func (o once) Items(ctx context.Context) iter.Seq[engine.Item] {
	*o.walks++
	return o.FakeSource.Items(ctx)
}

func TestASourceThatIsWalkedOnceIsNotCounted(t *testing.T) {
	b := newBench(t)
	walks := 0
	var last engine.CollectProgress
	src := once{enginetest.FakeSource{enginetest.FakeItem(key(0), enginetest.FakePhoto("a", 1)), enginetest.FakeItem(key(1), enginetest.FakePhoto("b", 2))}, &walks}
	report, err := b.run(t.Context(), false, func(p engine.CollectProgress) { last = p }, src)
	if err != nil || report.Counts.Photos != 2 || walks != 1 {
		t.Errorf("%+v, %v, %d walks", report.Counts, err, walks)
	}
	if last.Total != 2 || !last.Listed {
		t.Errorf("at the end: %+v", last)
	}
}
