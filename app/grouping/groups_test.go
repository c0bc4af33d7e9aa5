package grouping_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gabarit/app/grouping"
	"gabarit/engine"
	"gabarit/engine/calibration"
	"gabarit/engine/enginetest"
	"gabarit/engine/match"
)

const model = "synthetic"

// house is an open vault: a store, and what is kept of it in memory.
type house struct {
	t      *testing.T
	store  *enginetest.Store
	rows   *rows
	groups *grouping.Groups
	photos int
}

func newHouse(t *testing.T) *house {
	h := &house{t: t, store: enginetest.NewStore()}
	h.unlock()
	return h
}

// unlock makes what is in memory anew from the store.
func (h *house) unlock() {
	h.rows = &rows{Index: match.NewFlat()}
	h.groups = grouping.New(h.store, h.rows, calibration.Default())
	h.rows.groups = h.groups
	must(h.t, h.store.Templates(h.t.Context(), func(e engine.IndexEntry) error { return h.rows.Add(e) }))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (h *house) collection(name string) engine.CollectionID {
	h.t.Helper()
	info, err := h.store.CollectionByName(h.t.Context(), name)
	if engine.CodeOf(err) == engine.CodeNotFound {
		info.Collection, err = h.store.AddCollection(h.t.Context(), enginetest.ValidCollection(name))
	}
	must(h.t, err)
	return info.ID
}

// arrive stores one photo with the faces of those templates, and puts them into the index, as collecting does.
func (h *house) arrive(collection string, faces ...engine.Template) engine.Ingest {
	h.t.Helper()
	in := h.commit(collection, faces...)
	must(h.t, h.rows.Add(in.Photo.Entries()...))
	return in
}

func (h *house) commit(collection string, faces ...engine.Template) engine.Ingest {
	h.t.Helper()
	h.photos++
	name := fmt.Sprint("photo-", h.photos)
	in := enginetest.NewIngest(h.store, h.collection(collection), "run", "/"+name, name, len(faces))
	in.Photo.Source.CapturedAt = time.Date(2000+h.photos%20, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range faces {
		in.Photo.Faces[i].Template = faces[i]
	}
	must(h.t, h.store.Commit(h.t.Context(), in.Photo.Collection, []engine.Ingest{in}))
	return in
}

// leave erases photos as app does: first from the index, then from the store.
func (h *house) leave(photos ...engine.Ingest) {
	h.t.Helper()
	var p engine.ErasurePlan
	for _, in := range photos {
		e := engine.PhotoErasure{Photo: in.Photo.ID, Collection: in.Photo.Collection, Whole: true, Finds: 1}
		for _, f := range in.Photo.Faces {
			e.Faces = append(e.Faces, f.ID)
		}
		p.Photos = append(p.Photos, e)
	}
	h.rows.Remove(p.Faces()...)
	_, _, err := h.store.Erase(h.t.Context(), p)
	must(h.t, err)
}

func (h *house) list(q engine.GroupQuery) engine.Grouping {
	h.t.Helper()
	out, err := h.groups.List(h.t.Context(), q, nil)
	must(h.t, err)
	return out
}

// sizes gives how many faces the groups have.
func sizes(g engine.Grouping) (n []int) {
	for _, group := range g.Groups {
		n = append(n, len(group.Faces))
	}
	return n
}

func (h *house) want(what string, n ...int) engine.Grouping {
	h.t.Helper()
	got := h.list(engine.GroupQuery{})
	if diff := cmp.Diff(n, sizes(got)); diff != "" {
		h.t.Errorf("%s, sizes of groups:\n%s", what, diff)
	}
	return got
}

func face(in engine.Ingest) engine.FaceID { return in.Photo.Faces[0].ID }

// faces gives n templates of each of so many people, those of one person one after the other and all far nearer to each other than to
// others.
func faces(people, n int) (all []engine.Template) {
	for p := range people {
		one := enginetest.FakeTemplate(uint64(p + 1))
		for i := range n {
			one[i%len(one)] += .01
			all = append(all, one)
		}
	}
	return all
}

func TestGroupsFollowWhatArrivesAndLeaves(t *testing.T) {
	h := newHouse(t)
	h.want("nothing held")
	all := faces(3, 4)
	var photos []engine.Ingest
	for _, f := range all[:8] {
		photos = append(photos, h.arrive("c", f))
	}
	h.want("two people", 4, 4)
	two := h.arrive("c", all[0], all[8])
	h.want("a photo of two people", 5, 4, 1)
	h.leave(photos[0], two)
	h.want("two photos erased", 4, 3)
	h.leave(photos[1:]...)
	h.want("all erased")
}

func TestFacesThatAreInTheStoreAlreadyAreGroupedWhenSomebodyAsks(t *testing.T) {
	h := newHouse(t)
	for _, f := range faces(2, 3) {
		h.arrive("c", f)
	}
	other := faces(3, 1)[2]
	in := h.commit("c", other)
	entries := in.Photo.Entries()
	entries[0].Model = "older" // as the store tells it
	must(t, h.rows.Add(entries...))
	h.unlock()
	var told [][2]int
	out, err := h.groups.List(t.Context(), engine.GroupQuery{Min: 2}, func(done, total int) { told = append(told, [2]int{done, total}) })
	must(t, err)
	if diff := cmp.Diff([]int{3, 3}, sizes(out)); diff != "" || out.Faces != 7 || out.Smaller != 1 {
		t.Errorf("%+v, sizes of groups:\n%s", out, diff)
	}
	if want := [2]int{7, 7}; len(told) == 0 || told[len(told)-1] != want {
		t.Errorf("progress %v", told)
	}
}

func TestFacesOfAnotherModelAreNotGrouped(t *testing.T) {
	h := newHouse(t)
	a := h.arrive("c", faces(1, 1)...)
	re := enginetest.NewRenewal(h.arrive("c", faces(2, 1)[1]), "again", "anew", 1) // its model is "next"
	must(t, h.store.Retemplate(t.Context(), a.Photo.Collection, []engine.Renewal{re}, func(done []engine.Renewed) error {
		return h.rows.Exchange(done[0].Gone, done[0].Photo.Entries())
	}))
	if got := h.want("one is of another model", 1); got.Groups[0].ID() != face(a) {
		t.Errorf("%+v", got)
	}
	h.unlock()
	h.want("one is of another model, from the store", 1)
}

func TestManyThatArriveAtOnceAreGrouped(t *testing.T) {
	h := newHouse(t)
	h.arrive("c", faces(1, 1)...)
	h.want("one", 1)
	const many = 2300 // more than are kept in memory until somebody asks
	for _, f := range faces(100, many/100) {
		h.arrive("c", f)
	}
	got := h.list(engine.GroupQuery{})
	if got.Faces != many+1 || len(got.Groups) != 100 {
		t.Errorf("%d faces in %d groups", got.Faces, len(got.Groups))
	}
	last := h.arrive("c", faces(100, 1)[50])
	for _, g := range h.list(engine.GroupQuery{}).Groups {
		if slices.Contains(g.Faces, face(last)) && len(g.Faces) != many/100+1 {
			t.Errorf("the last face came into a group of %d", len(g.Faces))
		}
	}
}

func TestDecisionsHoldAndAreStored(t *testing.T) {
	h := newHouse(t)
	var photos []engine.Ingest
	for _, f := range faces(3, 4) {
		photos = append(photos, h.arrive("c", f))
	}
	ctx := t.Context()
	must(t, h.groups.Merge(ctx, face(photos[0]), face(photos[5]), face(photos[9])))
	h.want("merged", 12)
	must(t, h.groups.Split(ctx, face(photos[1]), face(photos[2])))
	h.want("split", 10, 2)
	h.unlock()
	h.want("unlocked anew", 10, 2)
	h.arrive("c", faces(1, 1)...)
	h.want("another photo of the one who stayed", 11, 2)
	h.leave(photos[0], photos[1])
	h.list(engine.GroupQuery{})
	again := h.list(engine.GroupQuery{})
	h.unlock()
	if diff := cmp.Diff(h.list(engine.GroupQuery{}), again); diff != "" {
		t.Errorf("groups are others after they were made anew:\n%s", diff)
	}
	if err := h.groups.Split(ctx, face(photos[0])); engine.CodeOf(err) != engine.CodeNotFound {
		t.Errorf("split of an erased face: %v", err)
	}
	if err := h.groups.Merge(ctx, face(photos[3])); engine.CodeOf(err) != "" {
		t.Errorf("a group is confirmed: %v", err)
	}
}

func TestAFaceFoundAnewKeepsWhatWasDecided(t *testing.T) {
	h := newHouse(t)
	all := faces(2, 1)
	a, b := h.arrive("c", all[0]), h.arrive("c", all[1])
	must(t, h.groups.Merge(t.Context(), face(a), face(b)))
	re := enginetest.NewRenewal(b, "again", "anew", 1)
	re.Model, re.Faces[0].Model, re.Faces[0].Template = model, model, faces(3, 1)[2]
	must(t, h.store.Retemplate(t.Context(), b.Photo.Collection, []engine.Renewal{re}, func(done []engine.Renewed) error {
		return h.rows.Exchange(done[0].Gone, done[0].Photo.Entries())
	}))
	h.want("found anew", 2)
}

func TestAStoppedCallHasLostNothing(t *testing.T) {
	h := newHouse(t)
	for _, f := range faces(120, 5) {
		h.arrive("c", f)
	}
	ctx, stop := context.WithCancel(t.Context())
	held := 0
	_, err := h.groups.List(ctx, engine.GroupQuery{}, func(done, _ int) { held = done; stop() })
	if engine.CodeOf(err) != engine.CodeCanceled || held == 0 || held == 600 {
		t.Fatalf("%v with %d faces", err, held)
	}
	first := 0
	out, err := h.groups.List(t.Context(), engine.GroupQuery{}, func(done, _ int) {
		if first == 0 {
			first = done
		}
	})
	must(t, err)
	if first <= held || len(out.Groups) != 120 || out.Faces != 600 {
		t.Errorf("gone on with from %d after %d: %d faces in %d groups", first, held, out.Faces, len(out.Groups))
	}
}

func TestGroupsTellWhatTheirFacesTell(t *testing.T) {
	h := newHouse(t)
	all := faces(2, 3)
	one, two := h.collection("one"), h.collection("two")
	a := h.arrive("one", all[0])
	h.arrive("two", all[1])
	h.arrive("two", all[2])
	h.arrive("two", all[3])
	got := h.want("all", 3, 1)
	g := got.Groups[0]
	if diff := cmp.Diff([]engine.CollectionID{one, two}, g.Collections); diff != "" {
		t.Error(diff)
	}
	if g.First.Year() != 2001 || g.Last.Year() != 2003 || !slices.Equal(g.Hosts, []string{"img.example.org", "www.example.org"}) || !slices.Contains(g.Faces, g.Cover) {
		t.Errorf("%+v", g)
	}
	only := h.list(engine.GroupQuery{Collection: one})
	if diff := cmp.Diff([]engine.FaceID{face(a)}, only.Groups[0].Faces); diff != "" || len(only.Groups) != 1 || only.Groups[0].Cover != face(a) {
		t.Errorf("of one collection: %+v\n%s", only, diff)
	}
	if got := h.list(engine.GroupQuery{Collection: two, Min: 2}); got.Faces != 3 || got.Smaller != 1 || len(got.Groups) != 1 {
		t.Errorf("of the other: %+v", got)
	}
}

func TestNothingIsKeptAfterTheIndexWasCleared(t *testing.T) {
	h := newHouse(t)
	in := h.arrive("c", faces(1, 1)...)
	h.want("one", 1)
	h.leave(in)
	h.rows.Clear()
	h.want("none")
}

// TestGroupsWhileOthersAddAndErase is for the race detector, and looks whether something that was erased is in a group.
func TestGroupsWhileOthersAddAndErase(t *testing.T) {
	h := newHouse(t)
	var mu sync.Mutex // of the house's own methods
	var photos []engine.Ingest
	all := faces(20, 30)
	for _, f := range all[:200] {
		photos = append(photos, h.arrive("c", f))
	}
	var wg sync.WaitGroup
	erased := map[engine.FaceID]bool{}
	wg.Go(func() {
		for _, f := range all[200:] {
			mu.Lock()
			h.arrive("c", f)
			mu.Unlock()
		}
	})
	wg.Go(func() {
		for _, in := range photos[:100] {
			mu.Lock()
			h.leave(in)
			erased[face(in)] = true
			mu.Unlock()
		}
	})
	for range 2 {
		wg.Go(func() {
			for range 10 {
				mu.Lock()
				before := make(map[engine.FaceID]bool, len(erased))
				for f := range erased {
					before[f] = true
				}
				mu.Unlock()
				got, err := h.groups.List(t.Context(), engine.GroupQuery{}, nil)
				if err != nil {
					t.Error(err)
				}
				for _, g := range got.Groups {
					for _, f := range g.Faces {
						if before[f] {
							t.Errorf("%s was erased and is in a group", f)
						}
					}
				}
			}
		})
	}
	wg.Wait()
	got := h.list(engine.GroupQuery{})
	h.unlock()
	want := h.list(engine.GroupQuery{})
	if diff := cmp.Diff(want, got); diff != "" || got.Faces != 500 {
		t.Errorf("groups are not those of the store (%d faces):\n%s", got.Faces, diff)
	}
}

// walks counts how often the templates of a store are read.
type walks struct {
	grouping.Store
	n int
}

func (w *walks) Templates(ctx context.Context, fn func(engine.IndexEntry) error) error {
	w.n++
	return w.Store.Templates(ctx, fn)
}

// Faces come and go while all are entered for the first time, which is stopped once: the groups are those of somebody who asks for the first time then.
func TestTheFirstGroupsAreRightWhateverHappensMeanwhile(t *testing.T) {
	h := newHouse(t)
	counted := &walks{Store: h.store}
	h.groups = grouping.New(counted, h.rows, calibration.Default())
	h.rows.groups = h.groups
	var photos []engine.Ingest
	all := faces(150, 6)
	for _, f := range all[:800] {
		photos = append(photos, h.arrive("c", f))
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	calls := 0
	meanwhile := func(int, int) {
		switch calls++; calls {
		case 1:
			for _, f := range all[800:850] {
				photos = append(photos, h.arrive("c", f))
			}
			h.leave(photos[3], photos[10], photos[795])
		case 2:
			stop()
		case 3:
			for _, f := range all[850:] {
				photos = append(photos, h.arrive("c", f))
			}
			h.leave(photos[100], photos[820], photos[860])
		}
	}
	if _, err := h.groups.List(ctx, engine.GroupQuery{}, meanwhile); engine.CodeOf(err) != engine.CodeCanceled {
		t.Fatalf("%v, want that it was stopped", err)
	}
	got, err := h.groups.List(t.Context(), engine.GroupQuery{}, meanwhile)
	must(t, err)
	if counted.n > 4 {
		t.Errorf("the templates of the store were read %d times", counted.n)
	}
	h.unlock()
	if diff := cmp.Diff(h.list(engine.GroupQuery{}), got); diff != "" || got.Faces != len(all)-6 {
		t.Errorf("%d faces, want %d; groups:\n%s", got.Faces, len(all)-6, diff)
	}
}
