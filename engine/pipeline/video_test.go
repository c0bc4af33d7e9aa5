package pipeline_test

import (
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gabarit/engine"
	"gabarit/engine/enginetest"
)

// camera is a detector that sees a person a little differently in every frame: the template moves by .15, the quality is what the frame's remark
// says ("q80 ..."), or follows from the remark.
type camera struct{ *enginetest.FakeDetector }

func (c camera) Detect(ctx context.Context, p *engine.Picture, look engine.Look) ([]engine.Detection, error) {
	found, err := c.FakeDetector.Detect(ctx, p, look)
	for i := range found {
		h := fnv.New64a()
		fmt.Fprint(h, enginetest.FakeRemark(p), i)
		rng := rand.New(rand.NewPCG(h.Sum64(), 1))
		found[i].Quality = rng.Float64()
		var q int
		if n, _ := fmt.Sscanf(enginetest.FakeRemark(p), "q%d", &q); n == 1 {
			found[i].Quality = float64(q) / 100
		}
		if _, pose, ok := strings.Cut(enginetest.FakeRemark(p), "pose "); ok { // a turned head: half a step moves the template by .25
			found[i].Template[0] += 0.25 * float32(len(pose))
		}
		for d := range found[i].Template {
			found[i].Template[d] += float32(rng.NormFloat64() * 0.15 / 11.3)
		}
	}
	return found, err
}

// take is a frame of a fake film: its time, its shot and who is seen.
type take struct {
	ms     int64
	shot   int
	remark string
	people []uint64
}

// filmed is the item of a fake film; opened counts how often it was decoded.
func filmed(key string, opened *atomic.Int64, end error, takes ...take) engine.Item {
	return engine.Item{Key: key, Version: "1", Source: engine.Provenance{File: key}, Size: -1,
		Frames: func(_ context.Context, offer func(engine.Item) bool) (string, string, error) {
			if opened != nil {
				opened.Add(1)
			}
			for _, f := range takes {
				h := fnv.New64a()
				fmt.Fprint(h, f.remark)
				data := looks(enginetest.FakePhoto(f.remark, f.people...), h.Sum64()>>1|1<<62)
				it := enginetest.FakeItem(fmt.Sprintf("%s#%d.%03ds", key, f.ms/1000, f.ms%1000), data)
				it.Version, it.Source = "1", engine.Provenance{File: key, Video: "ab", FrameMS: f.ms, Part: engine.Clock(f.ms)}
				it.Frame = engine.Frame{Video: key, Shot: f.shot, UntilMS: f.ms + 400}
				if !offer(it) {
					return "", "", nil
				}
			}
			return "", "", end
		}}
}

// movie makes a film of some shots of eight frames with two or three of six people in each, and every 4th shot empty.
func movie(key string, shots int) engine.Item {
	var takes []take
	for s := range shots {
		for f := range 8 {
			t := take{ms: int64(s*8+f) * 1000, shot: s + 1, remark: fmt.Sprint(key, " ", s, " ", f)}
			if s%4 != 3 {
				t.people = []uint64{uint64(s % 6), uint64((s + 1) % 6)}
			}
			if s%4 == 1 && f > 3 {
				t.people = append(t.people, uint64((s+2)%6))
			}
			takes = append(takes, t)
		}
	}
	return filmed(key, nil, nil, takes...)
}

func movieCounts(shots int) engine.CollectCounts {
	c := engine.CollectCounts{Videos: 1}
	for s := range shots {
		if s%4 != 3 {
			c.Faces += 2
		}
		if s%4 == 1 {
			c.Faces++
		}
	}
	return c
}

// shoot runs with a camera.
func (b *bench) shoot(sources ...engine.Source) engine.CollectReport {
	b.t.Helper()
	r, err := b.runWith(b.t.Context(), camera{b.faces}, false, nil, sources...)
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

// kept lists the faces that are held: "FILE TIME: number, when seen, quality".
func (b *bench) kept() (out []string) {
	b.t.Helper()
	err := b.store.Photos(b.t.Context(), b.collection, func(p engine.Photo) error {
		for i, f := range p.Faces {
			out = append(out, fmt.Sprintf("%s %d: face %d at %d, seen %d-%d, %.2f", p.Source.File, p.Source.FrameMS, i, f.Box.X/40, f.Seen.FromMS, f.Seen.ToMS, f.Quality))
		}
		if _, err := b.store.Thumbnail(b.t.Context(), p.ID); err != nil {
			return err
		}
		for _, f := range p.Faces {
			if _, err := b.store.Crop(b.t.Context(), f.ID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

func TestOneFaceIsKeptOfEachPersonAndShot(t *testing.T) {
	tests := []struct {
		name  string
		takes []take
		want  []string
		count engine.CollectCounts
	}{
		{"the best of one person, with the time in which they were seen",
			[]take{{0, 1, "q40", []uint64{7}}, {1000, 1, "q80", []uint64{7}}, {2000, 1, "q60", []uint64{7}}},
			[]string{"/v 1000: face 0 at 0, seen 0-2400, 0.80"}, engine.CollectCounts{Videos: 1, Photos: 1, Faces: 1, LeftOut: 2}},
		{"another shot, another face",
			[]take{{0, 1, "q40", []uint64{7}}, {1000, 2, "q80", []uint64{7}}},
			[]string{"/v 0: face 0 at 0, seen 0-400, 0.40", "/v 1000: face 0 at 0, seen 1000-1400, 0.80"}, engine.CollectCounts{Videos: 1, Photos: 2, Faces: 2}},
		{"each person where they are best, and none twice",
			[]take{{0, 1, "q90", []uint64{7}}, {1000, 1, "q50", []uint64{8, 7}}, {2000, 1, "q70", []uint64{9, 8}}},
			[]string{"/v 0: face 0 at 0, seen 0-1400, 0.90", "/v 2000: face 0 at 0, seen 2000-2400, 0.70", "/v 2000: face 1 at 1, seen 1000-2400, 0.70"},
			engine.CollectCounts{Videos: 1, Photos: 2, Faces: 3, LeftOut: 1}},
		{"two who look alike stand side by side: both are kept",
			[]take{{0, 1, "q50 a", []uint64{7, 7}}, {1000, 1, "q51 b", []uint64{7, 7}}, {2000, 1, "q52 c", []uint64{7, 7}}, {3000, 1, "q53 d", []uint64{7, 7}}, {4000, 1, "q54 e", []uint64{7, 7}}},
			[]string{"/v 4000: face 0 at 0, seen 0-4400, 0.54", "/v 4000: face 1 at 1, seen 0-4400, 0.54"}, engine.CollectCounts{Videos: 1, Photos: 1, Faces: 2, LeftOut: 4}},
		{"two poses that one in between joins",
			[]take{{0, 1, "q50 pose ", []uint64{7}}, {5000, 1, "q60 pose xx", []uint64{7}}, {10000, 1, "q40 pose x", []uint64{7}}},
			[]string{"/v 5000: face 0 at 0, seen 0-10400, 0.60"}, engine.CollectCounts{Videos: 1, Photos: 1, Faces: 1, LeftOut: 2}},
		{"two poses far from each other may be two people",
			[]take{{0, 1, "q50 pose ", []uint64{7}}, {5000, 1, "q60 pose xx", []uint64{7}}},
			[]string{"/v 0: face 0 at 0, seen 0-400, 0.50", "/v 5000: face 0 at 0, seen 5000-5400, 0.60"}, engine.CollectCounts{Videos: 1, Photos: 2, Faces: 2}},
		{"two poses far from each other, in one place, are one",
			[]take{{0, 1, "q50 pose ", []uint64{7}}, {1000, 1, "q60 pose xx", []uint64{7}}},
			[]string{"/v 1000: face 0 at 0, seen 0-1400, 0.60"}, engine.CollectCounts{Videos: 1, Photos: 1, Faces: 1, LeftOut: 1}},
		{"somebody else is nobody's double",
			[]take{{0, 1, "q50", []uint64{7}}, {1000, 1, "q60", []uint64{8}}},
			[]string{"/v 0: face 0 at 0, seen 0-400, 0.50", "/v 1000: face 0 at 0, seen 1000-1400, 0.60"}, engine.CollectCounts{Videos: 1, Photos: 2, Faces: 2}},
		{"frames without a face are not kept",
			[]take{{0, 1, "q50", nil}, {1000, 1, "q60", nil}, {2000, 2, "q60", []uint64{8}}},
			[]string{"/v 2000: face 0 at 0, seen 2000-2400, 0.60"}, engine.CollectCounts{Videos: 1, Photos: 1, Faces: 1, LeftOut: 2}},
		{"a film that shows nobody", []take{{0, 1, "x", nil}}, nil, engine.CollectCounts{Videos: 1, LeftOut: 1}},
		{"the same picture again in another shot is a further find",
			[]take{{0, 1, "q50", []uint64{7}}, {1000, 2, "q60", []uint64{8}}, {2000, 3, "q50", []uint64{7}}},
			[]string{"/v 0: face 0 at 0, seen 0-400, 0.50", "/v 1000: face 0 at 0, seen 1000-1400, 0.60"}, engine.CollectCounts{Videos: 1, Photos: 2, Faces: 2, Duplicates: 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t)
			report := b.shoot(enginetest.FakeSource{filmed("/v", nil, nil, tt.takes...)})
			if d := cmp.Diff(tt.count, report.Counts); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(tt.want, b.kept()); d != "" {
				t.Error(d)
			}
			if b.index.Len() != tt.count.Faces {
				t.Errorf("%d faces in the index", b.index.Len())
			}
		})
	}
}

func TestALongShotIsTakenForSeveral(t *testing.T) {
	b := newBench(t)
	var takes []take
	for i := range 600 {
		takes = append(takes, take{int64(i) * 1000, 1, fmt.Sprint(i), []uint64{7}})
	}
	report := b.shoot(enginetest.FakeSource{filmed("/v", nil, nil, takes...)})
	if want := (engine.CollectCounts{Videos: 1, Photos: 3, Faces: 3, LeftOut: 597}); report.Counts != want {
		t.Errorf("counts %+v", report.Counts)
	}
}

func TestAFilmIsOpenedOnce(t *testing.T) {
	b := newBench(t)
	var opened atomic.Int64
	src := enginetest.FakeSource{filmed("/v", &opened, nil, take{0, 1, "a", []uint64{7}}, take{1000, 1, "b", []uint64{8}})}
	b.shoot(src)
	if opened.Load() != 1 {
		t.Errorf("opened %d times: the pass that counts must not", opened.Load())
	}
	if got := b.shoot(src).Counts; got != (engine.CollectCounts{Unchanged: 1}) || opened.Load() != 1 {
		t.Errorf("a later run: %+v, opened %d times", got, opened.Load())
	}
	src[0].Version = "2"
	b.shoot(src)
	if opened.Load() != 2 {
		t.Errorf("opened %d times after a change", opened.Load())
	}
}

func TestWhatIsWrongWithAFilmIsItsOwn(t *testing.T) {
	corrupt := engine.E(engine.CodeCorrupt, "test", "parts of the film are damaged", fmt.Errorf("here"))
	missing := engine.E(engine.CodeUnavailable, "test", "the program is missing", nil)
	one := take{0, 1, "a", []uint64{7}}
	tests := map[string]struct {
		item    engine.Item
		want    engine.CollectCounts
		partial bool
		again   engine.CollectCounts // a later run
	}{
		"nothing came":             {filmed("/v", nil, corrupt), engine.CollectCounts{Failed: 1}, false, engine.CollectCounts{Failed: 1}},
		"it is damaged":            {filmed("/v", nil, corrupt, one), engine.CollectCounts{Videos: 1, Photos: 1, Faces: 1}, true, engine.CollectCounts{Unchanged: 1}},
		"it may go better another": {filmed("/v", nil, missing, one), engine.CollectCounts{Failed: 1, Photos: 1, Faces: 1}, false, engine.CollectCounts{Failed: 1, Unchanged: 1}},
		"a defect": {engine.Item{Key: "/v", Version: "1", Frames: func(context.Context, func(engine.Item) bool) (string, string, error) { panic("film") }},
			engine.CollectCounts{Failed: 1}, false, engine.CollectCounts{Failed: 1}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			other := enginetest.FakeItem("/w", enginetest.FakePhoto("w", 3))
			report := b.shoot(enginetest.FakeSource{tt.item, other})
			want := tt.want
			want.Photos, want.Faces = want.Photos+1, want.Faces+1
			if d := cmp.Diff(want, report.Counts); d != "" {
				t.Error(d)
			}
			if len(report.Failed) != 1 || report.Failed[0].Item != "/v" || report.Failed[0].Partial != tt.partial || report.Failed[0].Reason == "" {
				t.Errorf("failed %+v", report.Failed)
			}
			again := tt.again
			again.Unchanged++
			if d := cmp.Diff(again, b.shoot(enginetest.FakeSource{tt.item, other}).Counts); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestFramesThatFailAreToldOneByOne(t *testing.T) {
	b := newBench(t)
	report := b.shoot(enginetest.FakeSource{filmed("/v", nil, nil, take{0, 1, "a", []uint64{7}}, take{1000, 1, "b\nbroken: on purpose", nil}, take{2000, 1, "c", []uint64{7}})})
	if c := report.Counts; c.Failed != 1 || c.Faces != 1 || c.LeftOut != 1 || c.Videos != 1 || report.Failed[0].Item != "/v#1.000s" {
		t.Errorf("%+v", report)
	}
}

func TestAnInterruptedFilmEndsAsAnUndisturbedOne(t *testing.T) {
	source := func() enginetest.FakeSource {
		return enginetest.FakeSource{enginetest.FakeItem("/a", enginetest.FakePhoto("a", 1)), movie("/v", 12), enginetest.FakeItem("/b", enginetest.FakePhoto("b", 2)), movie("/w", 5)}
	}
	whole := newBench(t)
	want, kept := whole.shoot(source()), whole.kept()
	counts := movieCounts(12)
	if more := movieCounts(5); want.Counts.Faces != counts.Faces+more.Faces+2 || want.Counts.Videos != 2 || want.Counts.Photos+want.Counts.LeftOut != 17*8+2 {
		t.Fatalf("undisturbed: %+v", want.Counts)
	}
	for stop := int64(3); stop < 110; stop += 9 {
		t.Run(fmt.Sprint(stop), func(t *testing.T) {
			b := newBench(t)
			b.faces.N = 1 + int(stop)%4
			ctx, cancel := context.WithCancel(t.Context())
			var n atomic.Int64
			b.faces.OnDetect = func(context.Context, *engine.Picture) error {
				if n.Add(1) == stop {
					cancel()
				}
				return nil
			}
			if _, err := b.runWith(ctx, camera{b.faces}, false, nil, source()); engine.CodeOf(err) != engine.CodeCanceled {
				t.Fatal(err)
			}
			b.faces.OnDetect = nil
			report := b.shoot(source())
			if d := cmp.Diff(want.Counts, report.Counts); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(kept, b.kept()); d != "" {
				t.Error(d)
			}
		})
	}
}

// A copy of a film brings finds, and no face again.
func TestACopyOfAFilmIsAFurtherFind(t *testing.T) {
	b := newBench(t)
	takes := []take{{0, 1, "q40", []uint64{7}}, {1000, 1, "q80", []uint64{7}}, {2000, 2, "q60", []uint64{8}}}
	b.shoot(enginetest.FakeSource{filmed("/v", nil, nil, takes...)})
	before := b.kept()
	report := b.shoot(enginetest.FakeSource{filmed("/v", nil, nil, takes...), filmed("/copy", nil, nil, takes...)})
	if want := (engine.CollectCounts{Videos: 1, Duplicates: 2, LeftOut: 1, Unchanged: 1}); report.Counts != want {
		t.Errorf("counts %+v", report.Counts)
	}
	if d := cmp.Diff(before, b.kept()); d != "" {
		t.Error(d)
	}
	if p := b.photo("/v#1.000s"); len(p.Also) != 1 || p.Also[0].File != "/copy" || p.Also[0].FrameMS != 1000 {
		t.Errorf("also %+v", p.Also)
	}
}

// Another frame of the shot would bring back whom the erased one showed.
func TestAnErasedFaceOfAFilmDoesNotComeBackByAnotherFrame(t *testing.T) {
	takes := []take{{0, 1, "q90", []uint64{7, 6}}, {1000, 1, "q70", []uint64{7}}, {2000, 1, "q60", []uint64{6}}, {3000, 2, "q60", []uint64{9}}}
	for name, faces := range map[string][]int{"the whole photo": nil, "one face of it": {0}} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.shoot(enginetest.FakeSource{filmed("/v", nil, nil, takes...)})
			b.erase("/v#0.000s", faces...)
			held := b.kept()
			report := b.shoot(enginetest.FakeSource{filmed("/copy", nil, nil, takes...)})
			if d := cmp.Diff(held, b.kept()); d != "" {
				t.Errorf("faces came back: %s", d)
			}
			if c := report.Counts; c.Faces != 0 || c.Suppressed < 2 || c.Duplicates < 1 {
				t.Errorf("counts %+v", c)
			}
		})
	}
	t.Run("an erased address is not opened", func(t *testing.T) {
		b, gone := erased(t)
		var opened atomic.Int64
		report := b.shoot(enginetest.FakeSource{withURL(filmed("/v", &opened, nil, takes...), gone.Source.URL)})
		if opened.Load() != 0 || report.Counts != (engine.CollectCounts{Suppressed: 1}) {
			t.Errorf("opened %d times, %+v", opened.Load(), report.Counts)
		}
	})
}

func TestFacesOfAFilmAreFoundAnewWhereTheyAre(t *testing.T) {
	b := newBench(t)
	src := enginetest.FakeSource{filmed("/v", nil, nil, take{0, 1, "q40", []uint64{7, 8}}, take{1000, 1, "q80", []uint64{8}})}
	b.shoot(src)
	before := b.kept()
	report, err := b.again(t.Context(), next(), fast(), src)
	if err != nil {
		t.Fatal(err)
	}
	if c := report.Counts; c.Renewed != 2 || c.NewFaces != 2 || c.Unchanged != 0 || c.Videos != 1 || len(report.Left) != 0 {
		t.Errorf("counts %+v, left %v", c, report.Left)
	}
	strip := func(all []string) (out []string) {
		for _, s := range all {
			out = append(out, s[:strings.LastIndex(s, ",")])
		}
		return out
	}
	if d := cmp.Diff(strip(before), strip(b.kept())); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(map[engine.ModelID]int{"next": 2}, b.models()); d != "" {
		t.Error(d)
	}
	if report, err = b.again(t.Context(), next(), fast(), src); err != nil || report.Counts.Renewed != 0 {
		t.Errorf("once more: %+v, %v", report.Counts, err)
	}
}
