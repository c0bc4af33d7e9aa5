package hidden_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"gabarit/app/hidden"
	"gabarit/engine"
	"gabarit/engine/enginetest"
	"gabarit/engine/matter"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// index is what is searched, by face.
type index struct {
	sync.Mutex
	faces map[engine.FaceID]bool
	kept  int
}

func (x *index) Hide(_ context.Context, faces []engine.FaceID) error {
	for _, f := range faces {
		delete(x.faces, f)
	}
	return nil
}

func (x *index) Show(_ context.Context, faces []engine.FaceID) error {
	for _, f := range faces {
		x.faces[f] = true
	}
	return nil
}

func (x *index) Kept(context.Context) error { x.kept++; return nil }

// world is a store with a collection of photos of three faces, its index and what is hidden.
type world struct {
	t       *testing.T
	store   *enginetest.Store
	index   *index
	set     *hidden.Set
	c       engine.CollectionID
	photos  []engine.Photo
	ingests []engine.Ingest
}

func newWorld(t *testing.T, photos int) *world {
	w := &world{t: t, store: enginetest.NewStore(), index: &index{faces: map[engine.FaceID]bool{}}}
	c, err := w.store.AddCollection(t.Context(), enginetest.ValidCollection("c"))
	must(t, err)
	w.c = c.ID
	for i := range photos {
		name := string(rune('a' + i))
		in := enginetest.NewIngest(w.store, c.ID, "run", "/"+name, name, 3)
		must(t, w.store.Commit(t.Context(), c.ID, []engine.Ingest{in}))
		w.photos, w.ingests = append(w.photos, *in.Photo), append(w.ingests, in)
		for _, f := range in.Photo.Faces {
			w.index.faces[f.ID] = true
		}
	}
	w.open()
	return w
}

func (w *world) open() {
	w.t.Helper()
	var err error
	w.set, err = hidden.Open(w.t.Context(), w.store)
	must(w.t, err)
	w.set.Follow(w.index, w.index)
}

// wantHidden checks which faces are kept out: by the set, in the index, and after opening again.
func (w *world) wantHidden(when string, want ...engine.FaceID) {
	w.t.Helper()
	slices.Sort(want)
	for _, again := range []string{"", ", opened again"} {
		got := slices.Sorted(slices.Values(w.set.Faces()))
		if !slices.Equal(got, want) || w.set.Len() != len(want) {
			w.t.Errorf("%s%s: hidden %v, want %v", when, again, got, want)
		}
		for _, p := range w.photos {
			p, err := w.store.Photo(w.t.Context(), p.ID)
			if err != nil {
				continue
			}
			for _, f := range p.Faces {
				if out := slices.Contains(want, f.ID); w.set.Hides(f.ID) != out || w.index.faces[f.ID] == out {
					w.t.Errorf("%s%s: %s: hides %v, in the index %v, want it out %v", when, again, f.ID, w.set.Hides(f.ID), w.index.faces[f.ID], out)
				}
			}
		}
		w.open()
	}
}

func (w *world) actions() (all []string) {
	must(w.t, w.store.AuditLog(w.t.Context(), func(e engine.AuditEntry) error {
		if e.Action == engine.ActionHidden || e.Action == engine.ActionShown {
			all = append(all, string(e.Action)+" "+e.Detail["why"]+e.Detail["ref"])
		}
		return nil
	}))
	return all
}

func when() time.Time { return time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC) }

func TestAHiddenFaceStaysHiddenUntilNothingHidesIt(t *testing.T) {
	w := newWorld(t, 3)
	ctx := t.Context()
	f := func(photo, n int) engine.FaceID { return w.photos[photo].Faces[n].ID }
	source := matter.Hold{Photo: w.photos[0].ID, Why: matter.HoldSource, Finding: "gone", Since: when()}
	person := matter.Hold{Photo: w.photos[0].ID, Faces: []engine.FaceID{f(0, 1)}, Why: matter.HoldRestriction, Ref: "R-1", Since: when().Add(time.Hour)}
	other := matter.Hold{Photo: w.photos[1].ID, Faces: []engine.FaceID{f(1, 2)}, Why: matter.HoldRestriction, Ref: "R-1", Since: when().Add(time.Hour)}
	must(t, w.set.Hide(ctx, source, person, other))
	w.wantHidden("hidden", f(0, 0), f(0, 1), f(0, 2), f(1, 2))
	if list := w.set.List(); len(list) != 3 || list[0].Finding != "gone" || list[0].Photo != w.photos[0].ID {
		t.Errorf("list %+v", list)
	}
	must(t, w.set.Hide(ctx, person)) // changes nothing
	more := other
	more.Faces = []engine.FaceID{f(1, 0)}
	must(t, w.set.Hide(ctx, more))
	w.wantHidden("one more face", f(0, 0), f(0, 1), f(0, 2), f(1, 0), f(1, 2))

	n, err := w.set.Release(ctx, matter.HoldSource, "", w.photos[0].ID)
	if must(t, err); n != 1 {
		t.Errorf("%d released", n)
	}
	w.wantHidden("the source is back, the person's wish stands", f(0, 1), f(1, 0), f(1, 2))
	if n, err = w.set.Release(ctx, matter.HoldRestriction, "R-2"); n != 0 || err != nil {
		t.Errorf("%d released of another request, %v", n, err)
	}
	if n, err = w.set.Release(ctx, matter.HoldRestriction, "R-1"); n != 2 || err != nil {
		t.Errorf("%d released, %v", n, err)
	}
	w.wantHidden("all released")
	want := []string{"hidden source", "hidden restrictionR-1", "hidden restrictionR-1", "shown source", "shown restrictionR-1"}
	if got := w.actions(); !slices.Equal(got, want) {
		t.Errorf("log %q", got)
	}
	if w.index.kept == 0 {
		t.Error("the saved index was not brought up to date")
	}
}

func TestHidingWhatIsNotThereDoesNothing(t *testing.T) {
	w := newWorld(t, 1)
	must(t, w.set.Hide(t.Context(), matter.Hold{Photo: "01HZZZZZZZZZZZZZZZZZZZZZZZ", Why: matter.HoldSource},
		matter.Hold{Photo: w.photos[0].ID, Faces: []engine.FaceID{engine.NewFaceID(w.photos[0].ID, 9)}, Why: matter.HoldRestriction}))
	w.wantHidden("nothing")
	if got := w.actions(); len(got) != 0 {
		t.Errorf("log %q", got)
	}
}

func TestAnErasedPhotoIsNotHiddenAnyMore(t *testing.T) {
	w := newWorld(t, 2)
	must(t, w.set.Hide(t.Context(), matter.Hold{Photo: w.photos[0].ID, Why: matter.HoldSource}, matter.Hold{Photo: w.photos[1].ID, Why: matter.HoldSource}))
	e := engine.PhotoErasure{Photo: w.photos[0].ID, Collection: w.c, Whole: true}
	for _, f := range w.photos[0].Faces {
		e.Faces = append(e.Faces, f.ID)
	}
	_, _, err := w.store.Erase(t.Context(), engine.ErasurePlan{Request: engine.ErasureRequest{Reason: engine.EraseSource}, Photos: []engine.PhotoErasure{e}})
	must(t, err)
	w.index.Lock()
	must(t, w.set.Erased(t.Context(), w.photos[0].ID, w.photos[1].ID))
	w.index.Unlock()
	p := w.photos[1]
	w.wantHidden("erased", p.Faces[0].ID, p.Faces[1].ID, p.Faces[2].ID)
}

func TestFacesThatAreFoundAnewStayHidden(t *testing.T) {
	for name, tt := range map[string]struct {
		was    [][]int // numbers of the old faces that each new one continues
		hidden []int   // new ones that are kept out when it is settled; the old second face was
	}{
		"each is found again":            {[][]int{{0}, {1}, {2}}, []int{1}},
		"in another order":               {[][]int{{1}, {2}, {0}}, []int{0}},
		"and one more person":            {[][]int{{0}, {1}, {2}, nil}, []int{1}},
		"the hidden one is not found":    {[][]int{{0}, {2}}, nil},
		"it may be one of the newcomers": {[][]int{{0}, nil, {2}, nil}, []int{1, 3}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 1)
			p := w.photos[0]
			must(t, w.set.Hide(t.Context(), matter.Hold{Photo: p.ID, Faces: []engine.FaceID{p.Faces[1].ID}, Why: matter.HoldRestriction, Ref: "R-1"}))
			r := enginetest.NewRenewal(w.ingests[0], "run", "anew", len(tt.was))
			for i, was := range tt.was {
				r.Faces[i].Box = engine.Box{X: 300, Y: 100 * i, W: 50, H: 60}
				if was != nil {
					r.Faces[i].Box = p.Faces[was[0]].Box
				}
			}
			var now []engine.FaceID
			must(t, w.store.Retemplate(t.Context(), w.c, []engine.Renewal{r}, func(done []engine.Renewed) error {
				for _, f := range done[0].Photo.Faces {
					now = append(now, f.ID)
					if !w.set.Hides(f.ID) {
						t.Errorf("%s is found before it is known who it is", f.ID)
					}
				}
				return nil
			}))
			must(t, w.set.Settle(t.Context()))
			var want []engine.FaceID
			for _, n := range tt.hidden {
				want = append(want, now[n])
			}
			w.wantHidden("found anew", want...)
		})
	}
}
