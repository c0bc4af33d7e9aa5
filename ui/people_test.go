package ui

import (
	"fmt"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"gabarit/engine"
)

// person gives n faces, each of a photo of its own, all named after somebody.
func person(name string, n int) (faces []engine.FaceID) {
	for i := range n {
		faces = append(faces, engine.NewFaceID(engine.PhotoID(fmt.Sprintf("%s%04d", name, i)), 0))
	}
	return faces
}

// peopleRig shows the groups of three people, of whom one has a single face.
func peopleRig(t *testing.T) *rig {
	t.Helper()
	r := openRig(t, &fakeService{people: fakePeople{groups: [][]engine.FaceID{person("X", 1), person("B", 3), person("A", 5)}}})
	r.ctrl(fyne.KeyP)
	r.until("the groups", func() bool { return r.has("5 faces") && r.said("Press · site.example") })
	return r
}

func (r *rig) decided() []engine.GroupDecision {
	defer r.svc.lock()()
	return slices.Clone(r.svc.people.decided)
}

func TestPeopleAreShownLargestFirst(t *testing.T) {
	r := openRig(t, &fakeService{})
	r.settle()
	if len(r.svc.people.asked) != 0 {
		t.Error("faces are grouped although nobody looks")
	}
	r = peopleRig(t)
	if !r.has("2 groups · 9 faces · 1 single face") || !r.has("2020-01-02 – 2020-01-07") {
		t.Errorf("the window says %v", r.words())
	}
	if a, b := slices.Index(r.words(), "5 faces"), slices.Index(r.words(), "3 faces"); a < 0 || b < a {
		t.Errorf("the groups come in another order: %v", r.words())
	}
	r.until("a picture", func() bool { _, n := r.everything(); return n > 0 })
}

func TestGroupsArePutTogetherAndTakenApartAgain(t *testing.T) {
	r := peopleRig(t)
	if !r.button("Same person").Disabled() {
		t.Error("nothing is ticked and can be put together")
	}
	r.press(fyne.KeySpace)
	if !r.button("Same person").Disabled() {
		t.Error("one group can be put together")
	}
	r.press(fyne.KeyRight)
	r.press(fyne.KeySpace)
	if !r.said("2 ticked") {
		t.Errorf("the window says %v", r.words())
	}
	test.Tap(r.button("Same person"))
	r.until("the merged group", func() bool { return r.has("8 faces") && r.has("2 groups are one person from now on.") })
	want := engine.GroupDecision{Same: []engine.FaceID{"A0000-0", "B0000-0"}}
	if got := r.decided(); len(got) != 1 || !slices.Equal(got[0].Same, want.Same) {
		t.Errorf("decided %+v", got)
	}
	if r.said("ticked") {
		t.Error("the merged groups are still ticked")
	}
	test.Tap(r.button("Undo"))
	r.until("the groups as they were", func() bool { return r.has("5 faces") && r.has("3 faces") && r.has("Taken back.") })
	if got := r.decided(); len(got) != 2 || !slices.Equal(got[1].Out, person("B", 3)) {
		t.Errorf("decided %+v", got)
	}
}

func TestAFaceIsTakenOutOfItsGroup(t *testing.T) {
	r := peopleRig(t)
	r.press(fyne.KeyReturn)
	r.until("the faces", func() bool { return r.has("Story A0004") && r.has("site.example") })
	if !r.button("Not this person").Disabled() || !slices.Equal(r.svc.people.looked[0], person("A", 5)) {
		t.Errorf("looked up %v", r.svc.people.looked)
	}
	r.press(fyne.KeySpace) // the cover, by which the group is known
	r.press(fyne.KeyRight)
	r.press(fyne.KeySpace)
	test.Tap(r.button("Not this person"))
	r.until("the group without them", func() bool { return r.has("3 faces") && r.has("2 faces were taken out of the group.") })
	if r.said("Story A0000") || !r.said("Story A0002") || !r.has("All groups") {
		t.Errorf("the window says %v", r.words())
	}
	if got := r.decided(); len(got) != 1 || !slices.Equal(got[0].Out, person("A", 2)) {
		t.Errorf("decided %+v", got)
	}
	test.Tap(r.button("Undo"))
	r.until("the whole group", func() bool { return r.has("5 faces") && r.said("Story A0000") })
	if got := r.decided(); !slices.Equal(got[1].Same, []engine.FaceID{"A0000-0", "A0002-0"}) {
		t.Errorf("decided %+v", got)
	}
	test.Tap(r.button("All groups"))
	if !r.said("2 groups") {
		t.Errorf("the window says %v", r.words())
	}
}

func TestAllFacesOfAGroupCantBeSomebodyElse(t *testing.T) {
	r := peopleRig(t)
	r.press(fyne.KeyEnd)
	r.press(fyne.KeyReturn)
	r.until("the faces", func() bool { return r.said("Story B0002") })
	for range 3 {
		r.press(fyne.KeySpace)
		r.press(fyne.KeyRight)
	}
	if !r.said("3 ticked") || !r.button("Not this person").Disabled() {
		t.Errorf("the window says %v", r.words())
	}
}

func TestAGroupIsErasedAfterItsPlanWasShown(t *testing.T) {
	r := peopleRig(t)
	r.press(fyne.KeyReturn)
	r.until("the faces", func() bool { return r.said("Story A0004") })
	test.Tap(r.button("Erase the group…"))
	r.until("the plan", func() bool { return r.said("5 photos go whole") })
	unlock := r.svc.lock()
	if got := r.svc.plans[len(r.svc.plans)-1]; !slices.Equal(got.Faces, person("A", 5)) || len(r.svc.erased) != 0 {
		t.Errorf("planned %+v", got)
	}
	r.svc.people.groups = r.svc.people.groups[:2]
	unlock()
	test.Tap(r.button("Erase for good"))
	r.until("the report", func() bool { return r.said("nothing is left") })
	r.press(fyne.KeyEscape)
	r.until("the other groups", func() bool { return r.has("1 group · 4 faces · 1 single face") })
	if r.said("Story A") {
		t.Errorf("the window says %v", r.words())
	}
}

func TestGroupingIsStoppedAndGoneOnWith(t *testing.T) {
	hold := make(chan struct{})
	r := openRig(t, &fakeService{people: fakePeople{groups: [][]engine.FaceID{person("A", 2)}, hold: hold}})
	r.ctrl(fyne.KeyP)
	r.until("the progress", func() bool { return r.has("Grouping faces: 50 of 100") })
	test.Tap(r.button("Stop"))
	if !r.has("Stopped") || !r.has("What was grouped so far is kept; it goes on from there.") {
		t.Errorf("the window says %v", r.words())
	}
	r.svc.hint(engine.EventIndex) // something arrives: nothing goes on by itself
	r.settle()
	if len(r.svc.people.asked) != 1 {
		t.Errorf("asked %d times", len(r.svc.people.asked))
	}
	close(hold)
	test.Tap(r.button("Go on"))
	r.until("the group", func() bool { return r.has("2 faces") })
}

func TestGroupsFollowTheCollectionThatRuns(t *testing.T) {
	r := peopleRig(t)
	unlock := r.svc.lock()
	r.svc.people.groups = append(r.svc.people.groups, person("N", 7))
	unlock()
	r.svc.hint(engine.EventIndex)
	r.until("the new group", func() bool { return r.has("7 faces") })
}

func TestPeopleOfACollectionAndSingleFaces(t *testing.T) {
	r := peopleRig(t)
	test.Tap(r.button("Collections"))
	test.Tap(r.button("People"))
	r.until("the groups", func() bool { return r.has("5 faces") })
	if r.said("Add folder…") {
		t.Error("what belongs to collections is shown with people")
	}
	r.tapCheckIn(r.shell.win.Canvas().Content(), "Single faces too")
	r.until("the single face", func() bool { return r.has("1 face") && r.has("3 groups · 9 faces") })
}

func TestNothingToGroupIsSaid(t *testing.T) {
	r := openRig(t, &fakeService{})
	r.ctrl(fyne.KeyP)
	r.until("the message", func() bool { return r.has("No faces yet") })
	r = openRig(t, &fakeService{people: fakePeople{groups: [][]engine.FaceID{person("A", 1), person("B", 1)}}})
	r.ctrl(fyne.KeyP)
	r.until("the message", func() bool { return r.has("2 faces are like no other. Tick “Single faces too” to see them.") })
	r = openRig(t, &fakeService{people: fakePeople{err: engine.E(engine.CodeCorrupt, "fake", "a stored record is damaged", nil)}})
	r.ctrl(fyne.KeyP)
	r.until("the error", func() bool { return r.said("A stored record is damaged.") })
}

func TestWhatCantBePutTogetherIsSaid(t *testing.T) {
	r := peopleRig(t)
	r.press(fyne.KeySpace)
	r.press(fyne.KeyRight)
	r.press(fyne.KeySpace)
	unlock := r.svc.lock()
	r.svc.people.err = engine.E(engine.CodeConflict, "fake", "two faces of one photo can't be one person", nil)
	unlock()
	test.Tap(r.button("Same person"))
	r.until("the error", func() bool { return r.said("Two faces of one photo can't be one person.") })
	if !r.has("5 faces") {
		t.Errorf("the window says %v", r.words())
	}
}

func TestOnlyGroupsInSightHaveTiles(t *testing.T) {
	var groups [][]engine.FaceID
	for i := range 50_000 {
		groups = append(groups, person(fmt.Sprintf("P%05d", i), 2))
	}
	r := openRig(t, &fakeService{people: fakePeople{groups: groups}})
	r.ctrl(fyne.KeyP)
	r.until("the groups", func() bool { return r.said("50,000 groups · 100,000 faces") })
	r.press(fyne.KeyEnd)
	r.press(fyne.KeyReturn)
	r.until("the last group", func() bool { return r.said("Story P499990001") })
	if _, n := r.everything(); n > 100 {
		t.Errorf("%d pictures", n)
	}
}

func TestLockingLeavesNothingOfThePeople(t *testing.T) {
	r := peopleRig(t)
	r.svc.pass = "secret"
	r.press(fyne.KeyReturn)
	r.until("the pictures", func() bool { _, n := r.everything(); return n > 3 && r.said("Story A0004") })
	r.ctrl(fyne.KeyL)
	if left := r.personal(); len(left) > 0 {
		t.Errorf("left in the window the moment it is locked: %q", left)
	}
	r.until("the unlock screen", func() bool { return r.has("Unlock the vault") })
	if left := r.personal(); len(left) > 0 {
		t.Errorf("left in the window: %q", left)
	}
}
