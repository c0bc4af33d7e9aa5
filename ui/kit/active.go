package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Watched gives an object under which Env.Active hears of every movement of the pointer. No event is taken from
// the object or what is in it.
//
// Fyne hands the movement itself to one widget only, the topmost that wants it. But it asks every object under
// the pointer for the cursor's shape, the lowest first, and the last answer counts: the watcher lies below and
// answers with the usual shape.
func (e *Env) Watched(o fyne.CanvasObject) fyne.CanvasObject {
	w := &watcher{env: e}
	w.ExtendBaseWidget(w)
	return container.NewStack(w, o)
}

type watcher struct {
	widget.BaseWidget
	env *Env
}

// Cursor is asked at every movement of the pointer.
func (w *watcher) Cursor() desktop.Cursor {
	w.env.Touch()
	return desktop.DefaultCursor
}

// CreateRenderer is called by Fyne.
func (w *watcher) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(canvas.NewRectangle(color.Transparent))
}

// Touch tells that somebody uses the window: widgets that have the keyboard call it for what is typed.
func (e *Env) Touch() {
	if e.Active != nil {
		e.Active()
	}
}

// key hands a key to the window and reports whether it used it.
func (e *Env) key(ev *fyne.KeyEvent) bool { return e.Keys != nil && e.Keys(ev) }
