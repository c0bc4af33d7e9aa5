package storage_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gabarit/engine"
)

func TestThePhotosOfACollectionAreWalked(t *testing.T) {
	g := newGallery(t, newVault(t))
	want := g.add("c", "a", 20, 2)
	g.add("other", "b", 3, 1)
	var got []engine.PhotoID
	must(t, g.s.Photos(t.Context(), g.collection("c").ID, func(p engine.Photo) error {
		same, err := g.s.Photo(t.Context(), p.ID) // the store may be called
		if err != nil || len(p.Faces) != 2 || p.Source.File != same.Source.File || !reflect.DeepEqual(p.Faces[1], same.Faces[1]) {
			t.Errorf("photo %s, %v", p.ID, err)
		}
		got = append(got, p.ID)
		return nil
	}))
	slices.Sort(got)
	if !slices.EqualFunc(got, want, func(id engine.PhotoID, p engine.Photo) bool { return id == p.ID }) {
		t.Errorf("%d photos, want %d", len(got), len(want))
	}
	stop := errors.New("enough")
	if err := g.s.Photos(t.Context(), g.collection("c").ID, func(engine.Photo) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("the walk ended with %v", err)
	}
	must(t, g.s.Photos(t.Context(), "nothing", func(engine.Photo) error { return stop }))
}

func TestWhatIsToBePurgedIsCounted(t *testing.T) {
	g := newGallery(t, newVault(t))
	photos := g.add("c", "a", 3, 1)
	pending := func() int {
		t.Helper()
		n, err := g.s.Pending(t.Context())
		must(t, err)
		return n
	}
	before := pending()
	g.erase(whole(photos[0]))
	g.erase(whole(photos[1]))
	after := pending()
	g.purge()
	if before != 0 || after != 2 || pending() != 0 {
		t.Errorf("%d, after two erasures %d, after the purge %d", before, after, pending())
	}
}

func TestCompactionIsRecordedAndKeepsEverything(t *testing.T) {
	g := newGallery(t, newVault(t))
	g.add("c", "a", 20, 2)
	records, damage, err := g.s.Check(t.Context())
	must(t, err)
	_, err = g.s.Compact(t.Context())
	must(t, err)
	again, damageAfter, err := g.s.Check(t.Context())
	must(t, err)
	if len(damage)+len(damageAfter) != 0 || again != records+1 { // the entry of the log
		t.Errorf("%d records, then %d; damage %v, %v", records, again, damage, damageAfter)
	}
	var last engine.AuditAction
	must(t, g.s.AuditLog(t.Context(), func(e engine.AuditEntry) error { last = e.Action; return nil }))
	if last != engine.ActionCompacted {
		t.Errorf("the log ends with %s", last)
	}
}

func TestACheckTellsOfEachDamagedRecord(t *testing.T) {
	g := newGallery(t, newVault(t))
	g.add("c", "a", 30, 1)
	sound, damage, err := g.s.Check(t.Context())
	must(t, err)
	if len(damage) != 0 {
		t.Fatal(damage)
	}
	must(t, g.s.Swap('p'))
	records, damage, err := g.s.Check(t.Context())
	must(t, err)
	if len(damage) == 0 || records >= sound || !slices.ContainsFunc(damage, func(s string) bool { return strings.Contains(s, "a stored record is damaged") }) {
		t.Errorf("%d of %d records are sound; damage %q", records, sound, damage)
	}
}
