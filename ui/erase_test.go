package ui

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"gabarit/engine"
	"gabarit/ui/kit"
)

// tapCheck presses a box of a dialog by its label.
func (r *rig) tapCheck(label string) {
	r.t.Helper()
	r.tapCheckIn(r.shell.win.Canvas().Overlays().Top(), label)
}

func (r *rig) tapCheckIn(root fyne.CanvasObject, label string) {
	r.t.Helper()
	var found *kit.Check
	var walk func(o fyne.CanvasObject)
	walk = func(o fyne.CanvasObject) {
		if !o.Visible() {
			return
		}
		if c, ok := o.(*kit.Check); ok && c.Text == label {
			found = c
		}
		switch w := o.(type) {
		case *fyne.Container:
			for _, child := range w.Objects {
				walk(child)
			}
		case fyne.Widget:
			for _, child := range test.WidgetRenderer(w).Objects() {
				walk(child)
			}
		}
	}
	walk(root)
	if found == nil {
		r.t.Fatalf("no box %q; the window says: %s", label, strings.Join(r.words(), " | "))
	}
	found.SetChecked(!found.Checked)
}

// planned reports whether such a plan was asked for. Plans are made side by side, so the last one asked for may not be the
// last one made.
func (r *rig) planned(such func(engine.ErasureRequest) bool) bool {
	defer r.svc.lock()()
	return slices.ContainsFunc(r.svc.plans, such)
}

func (r *rig) said(part string) bool { return strings.Contains(strings.Join(r.words(), "\n"), part) }

func TestAMatchIsErasedAfterItsPlanWasShown(t *testing.T) {
	r := searchedRig(t)
	test.Tap(r.button("Erase from this vault…"))
	r.until("the plan", func() bool { return r.said("1 photo goes whole") })
	if !r.has("The face of 1 match:\nsite.example") || r.has("The whole photo, with everybody in it") {
		t.Errorf("the dialog says: %v", r.words())
	}
	if got := r.svc.plans[len(r.svc.plans)-1]; !got.Suppress || got.Similar || got.Cases || got.Reason != engine.EraseRequest || !slices.Equal(got.Faces, []engine.FaceID{engine.NewFaceID("A", 0)}) {
		t.Errorf("planned %+v", got)
	}
	if len(r.svc.erased) != 0 {
		t.Fatal("erased before it was confirmed")
	}
	test.Tap(r.button("Erase for good"))
	r.until("the report", func() bool { return r.said("321 stored records looked at afterwards, and nothing is left.") })
	if !r.said("Number of the erasure in the log: E1") || r.said("1 photo goes whole") || r.said("The face of 1 match") {
		t.Errorf("the dialog says: %v", r.words())
	}
	r.press(fyne.KeyEscape)
	if r.said("distance 0.31") || !r.has("1 of 2 shown") || r.shell.env.Busy() {
		t.Errorf("the card stays: %v", r.words())
	}
}

func TestWhereOthersAreInThePhotoOnlyTheFaceGoesUnlessChosen(t *testing.T) {
	r := openRig(t, &fakeService{faces: 1, result: threeMatches(), fakeVault: fakeVault{shared: map[engine.PhotoID]bool{"A": true},
		mentions: []engine.CaseMention{{Case: "K1", Ref: "2026-ERA-0007", Items: 2}}}})
	r.shell.OnDropped(photoFile(t, "me.jpg"))
	r.until("the face", func() bool { return r.has("1 face found, chosen.") })
	r.typeAll("mine")
	r.until("the matches", func() bool { return r.has("2 of 3 shown") })
	r.press(fyne.KeySpace)
	r.press(fyne.KeyRight)
	r.press(fyne.KeySpace)
	r.shell.search.EraseTargets()
	r.until("the plan", func() bool { return r.said("1 photo goes whole") && r.said("1 photo stays for the other people in it") })
	if !r.has("The faces of 2 matches:\nsite.example\nsite.example") ||
		!r.has("Listed in your cases: 2026-ERA-0007 (2 finds). They stay as they are unless you tick this.") {
		t.Errorf("the dialog says: %v", r.words())
	}
	for _, label := range []string{"The whole photo, with everybody in it", "Take it out of these cases too", "Refuse look-alikes too: only if the person chose it"} {
		r.tapCheck(label)
	}
	r.until("the new plan", func() bool { return r.said("2 photos go whole") })
	if !r.planned(func(q engine.ErasureRequest) bool {
		return slices.Equal(q.Photos, []engine.PhotoID{"A", "B"}) && len(q.Faces) == 0 && q.Cases && q.Similar && q.Suppress
	}) {
		t.Errorf("planned %+v", r.svc.plans)
	}
	r.tapCheck("Refuse it when it is collected again")
	r.until("the plan without refusal", func() bool {
		return r.planned(func(q engine.ErasureRequest) bool { return len(q.Photos) == 2 && !q.Suppress && !q.Similar })
	})
	r.press(fyne.KeyEscape)
	if len(r.svc.erased) != 0 || !r.has("2 of 3 shown · 2 ticked") {
		t.Error("leaving the dialog changed something")
	}
}

func TestAnErasureThatIsRefusedKeepsTheCards(t *testing.T) {
	r := searchedRig(t)
	r.svc.erase = engine.E(engine.CodeConflict, "x", "the vault has changed since the plan was made", nil)
	test.Tap(r.button("Erase from this vault…"))
	r.until("the plan", func() bool { return !r.button("Erase for good").Disabled() })
	test.Tap(r.button("Erase for good"))
	r.until("the reason", func() bool { return r.said("changed since") })
	r.press(fyne.KeyEscape)
	if !r.has("2 of 3 shown") {
		t.Errorf("the window says: %v", r.words())
	}
}

func TestWhatIsLookedAtCloselyIsOnRecordOnce(t *testing.T) {
	r := searchedRig(t)
	r.press(fyne.KeyReturn)
	r.press(fyne.KeyRight)
	r.press(fyne.KeyLeft)
	r.until("the records", func() bool { defer r.svc.lock()(); return len(r.svc.viewed) == 2 })
	r.settle()
	slices.Sort(r.svc.viewed)
	if want := []engine.FaceID{engine.NewFaceID("A", 0), engine.NewFaceID("B", 0)}; !slices.Equal(r.svc.viewed, want) {
		t.Errorf("on record: %v", r.svc.viewed)
	}
}

func TestACollectionIsRemovedAfterItsPlanWasShown(t *testing.T) {
	r := openRig(t, &fakeService{})
	r.ctrl(fyne.Key2)
	r.until("the collection", func() bool { return r.has("Remove collection…") })
	test.Tap(r.button("Remove collection…"))
	r.until("the plan", func() bool { return r.said("The collection itself, with its purpose and its list of items.") })
	if !r.has("“Press”: 60 photos · 100 faces") {
		t.Errorf("the dialog does not name what goes: %v", r.words())
	}
	if got := r.svc.plans[0]; got.Collection != "C" || got.Reason != engine.EraseCollection || got.Suppress {
		t.Errorf("planned %+v", got)
	}
	test.Tap(r.button("Remove “Press” for good"))
	r.until("the report", func() bool { return r.said("nothing is left") })
	r.press(fyne.KeyEscape)
	r.until("the empty library", func() bool { return r.has("No collection yet") })
}

func TestWhatAJobRefusedIsCounted(t *testing.T) {
	job := engine.Job{ID: 1, State: engine.JobDone, Request: engine.CollectRequest{Collection: "Press"},
		Progress: engine.CollectProgress{Counts: engine.CollectCounts{Photos: 2, Faces: 2, Suppressed: 3}, Total: 5, Listed: true}}
	r := openRig(t, &fakeService{jobs: []engine.Job{job}})
	r.ctrl(fyne.Key2)
	r.until("the job", func() bool { return r.has("2 photos · 2 faces · 3 refused, as erased before") })
}

func TestTheReportOfAnErasureWhoseDialogWasClosedIsTold(t *testing.T) {
	r := searchedRig(t)
	test.Tap(r.button("Erase from this vault…"))
	r.until("the plan", func() bool { return r.said("1 photo goes whole") })
	test.Tap(r.button("Erase for good"))
	r.press(fyne.KeyEscape) // before its result was delivered
	r.until("the report", func() bool { return r.said("321 stored records looked at afterwards, and nothing is left.") })
	if r.shell.env.Busy() || r.said("distance 0.31") {
		t.Errorf("the window says: %v", r.words())
	}
}
