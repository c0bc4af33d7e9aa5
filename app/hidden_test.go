package app_test

import (
	"slices"
	"testing"

	"gabarit/app"
	"gabarit/engine"
	"gabarit/engine/matter"
)

// hide keeps photos with a person's face, or those faces alone, out of every search.
func hide(t testing.TB, a *app.App, holds ...matter.Hold) {
	t.Helper()
	v, ctx, done, err := a.Enter(t.Context(), "test")
	must(t, err)
	defer done()
	must(t, v.Hidden.Hide(ctx, holds...))
}

func release(t testing.TB, a *app.App, why matter.HoldReason, ref string) {
	t.Helper()
	v, ctx, done, err := a.Enter(t.Context(), "test")
	must(t, err)
	defer done()
	_, err = v.Hidden.Release(ctx, why, ref)
	must(t, err)
}

func inGroups(t testing.TB, a *app.App) int {
	t.Helper()
	out, err := a.People(t.Context(), engine.GroupQuery{Min: 1}, nil)
	must(t, err)
	return out.Faces
}

func TestAHiddenFaceIsFoundByNoSearchUntilItIsShownAgain(t *testing.T) {
	a, _ := meet(t, secret)
	alices, bobs := find(t, a, alice()), find(t, a, bob())
	before := totals(t, a)
	if n := inGroups(t, a); n != before.Faces {
		t.Fatalf("%d faces in groups", n)
	}
	var holds []matter.Hold
	for _, m := range alices {
		holds = append(holds, matter.Hold{Photo: m.Photo, Faces: []engine.FaceID{m.Face}, Why: matter.HoldRestriction, Ref: "R-1", Since: clock()})
	}
	hide(t, a, holds...)
	gone := func(when string) {
		t.Helper()
		if left := find(t, a, alice()); len(left) != 0 {
			t.Errorf("%s: alice is found in %v", when, files(left))
		}
		likeBefore(t, bobs, find(t, a, bob()))
		if n := inGroups(t, a); n != before.Faces-len(alices) {
			t.Errorf("%s: %d faces in groups", when, n)
		}
		now := totals(t, a)
		if now.Hidden != len(alices) || now.Searchable() != before.Faces-len(alices) || now.Faces != before.Faces {
			t.Errorf("%s: %+v", when, now)
		}
		wantSound(t, a)
	}
	gone("hidden")
	for range 2 {
		must(t, a.Lock())
		must(t, a.Unlock(t.Context(), secret))
		gone("opened again")
	}
	v, ctx, done, err := a.Enter(t.Context(), "test")
	must(t, err)
	held := map[engine.FaceID]bool{}
	must(t, v.Store.Templates(ctx, func(e engine.IndexEntry) error { held[e.Face] = true; return nil }))
	done()
	for _, m := range alices {
		if !held[m.Face] {
			t.Error("a hidden face is not among what is held")
		}
		if _, err := a.Crop(t.Context(), m.Face); err != nil {
			t.Errorf("a hidden face can't be looked at by who answers for it: %v", err)
		}
	}
	release(t, a, matter.HoldRestriction, "R-1")
	likeBefore(t, alices, find(t, a, alice()))
	if now := totals(t, a); now != before {
		t.Errorf("shown again: %+v", now)
	}
	must(t, a.Lock())
	must(t, a.Unlock(t.Context(), secret))
	likeBefore(t, alices, find(t, a, alice()))
}

func TestAHiddenPhotoIsErasedLikeAnyOther(t *testing.T) {
	a, _ := meet(t, secret)
	var photos []engine.PhotoID
	for _, m := range find(t, a, alice()) {
		photos = append(photos, m.Photo)
		hide(t, a, matter.Hold{Photo: m.Photo, Why: matter.HoldSource, Finding: "gone", Since: clock()})
	}
	report := erase(t, a, engine.ErasureRequest{Photos: photos, Reason: engine.EraseSource, Suppress: true})
	if report.Counts.Photos != 3 || !report.Check.Clean() {
		t.Errorf("report %+v", report)
	}
	if now := totals(t, a); now.Hidden != 0 || now.Photos != 2 {
		t.Errorf("totals %+v", now)
	}
	if got := files(find(t, a, bob())); !slices.Equal(got, []string{"bob-carol.png", "bob.png"}) {
		t.Errorf("bob is in %v", got)
	}
	must(t, a.Lock())
	must(t, a.Unlock(t.Context(), secret))
	wantSound(t, a)
}
