package kit_test

import (
	"context"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
	"github.com/google/go-cmp/cmp"

	"gabarit/engine"
	"gabarit/ui/kit"
)

func TestEraseFormTakesOnlyTheFaceByDefault(t *testing.T) {
	a0, a1, b0 := engine.NewFaceID("A", 0), engine.NewFaceID("A", 1), engine.NewFaceID("B", 0)
	f := kit.NewEraseForm([]engine.FaceID{a0, a1, b0})
	want := engine.ErasureRequest{Faces: []engine.FaceID{a0, a1, b0}, Reason: engine.EraseRequest, Suppress: true}
	if got := f.Request(); !cmp.Equal(got, want) {
		t.Errorf("request %+v", got)
	}
	f.Whole, f.Similar, f.Cases, f.Ref = true, true, true, "R-1"
	want = engine.ErasureRequest{Photos: []engine.PhotoID{"A", "B"}, Reason: engine.EraseRequest, Ref: "R-1", Suppress: true, Similar: true, Cases: true}
	if got := f.Request(); !cmp.Equal(got, want) {
		t.Errorf("request %+v", got)
	}
	if f.SetSuppress(false); f.Request().Suppress || f.Request().Similar {
		t.Error("look-alikes are refused although the file itself is not")
	}
}

func TestTheChoiceOfTheWholePhotoStaysOnceOthersWereSeen(t *testing.T) {
	f := kit.NewEraseForm(nil)
	f.Planned(engine.ErasurePlan{Photos: []engine.PhotoErasure{{Whole: true}}})
	if f.Shared() {
		t.Error("a choice between the face and a photo of nobody else")
	}
	f.Planned(engine.ErasurePlan{Photos: []engine.PhotoErasure{{Whole: false}, {Whole: true}}})
	f.Planned(engine.ErasurePlan{Photos: []engine.PhotoErasure{{Whole: true}}}) // the whole photos were chosen
	if !f.Shared() {
		t.Error("the choice can't be taken back")
	}
}

func TestRemovingACollectionDoesNotForbidCollectingItAgain(t *testing.T) {
	want := engine.ErasureRequest{Collection: "C", Reason: engine.EraseCollection}
	if got := kit.NewRemovalForm("C").Request(); !cmp.Equal(got, want) {
		t.Errorf("request %+v", got)
	}
}

func TestAPartEndsWithoutTheWhole(t *testing.T) {
	th := newThread()
	whole := kit.NewSlots(t.Context(), th.deliver)
	part := whole.Part()
	started, ended := make(chan struct{}), make(chan struct{})
	kit.Run(part.NewSlot(), func(ctx context.Context) (int, error) {
		close(started)
		<-ctx.Done()
		close(ended)
		return 1, nil
	}, func(int, error) { t.Error("work of a part that ended was delivered") })
	<-started
	part.End()
	<-ended
	kit.Run(part.NewSlot(), func(context.Context) (int, error) { t.Error("work of a part that ended began"); return 1, nil },
		func(int, error) {})
	done := false
	kit.Run(whole.NewSlot(), func(context.Context) (int, error) { return 2, nil }, func(int, error) { done = true })
	for !done {
		th.next(t)
	}
	other := whole.Part()
	running := make(chan struct{})
	left := false
	kit.Run(other.NewSlot(), func(ctx context.Context) (int, error) {
		close(running)
		<-ctx.Done()
		left = true
		return 3, nil
	}, func(int, error) { t.Error("delivered after the window closed") })
	<-running
	whole.Close()
	if !left {
		t.Error("the whole did not wait for its part's work")
	}
}

func TestTheWatcherHearsThePointerAndTakesNothing(t *testing.T) {
	e := env(t, newThread())
	heard := 0
	e.Active = func() { heard++ }
	under := &hoverable{}
	under.ExtendBaseWidget(under)
	watched := e.Watched(under)
	e.Win.SetContent(watched)
	e.Win.Resize(fyne.NewSize(200, 200))
	test.MoveMouse(e.Win.Canvas(), fyne.NewPos(50, 50))
	if under.in != 1 {
		t.Errorf("what is watched heard the pointer %d times", under.in)
	}
	for _, o := range watched.(*fyne.Container).Objects {
		if c, ok := o.(desktop.Cursorable); ok && c.Cursor() != desktop.DefaultCursor {
			t.Error("the pointer's shape changes")
		}
	}
	if heard != 1 || watched.(*fyne.Container).Objects[1] != fyne.CanvasObject(under) {
		t.Errorf("heard %d movements; the watcher must lie below", heard)
	}
}

// hoverable counts the pointer's coming.
type hoverable struct {
	widget.BaseWidget
	in int
}

func (h *hoverable) MouseIn(*desktop.MouseEvent)    { h.in++ }
func (h *hoverable) MouseMoved(*desktop.MouseEvent) {}
func (h *hoverable) MouseOut()                      {}

// CreateRenderer is called by Fyne.
func (h *hoverable) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewStack())
}
