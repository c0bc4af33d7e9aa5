//go:build uitest

package kit

import (
	"encoding/json"
	"os"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
)

// Dump writes the boxes of named widgets, in pixels of the window's content, to the file named by
// GABARIT_UI_DUMP, a few times a second, so that a test can drive the real window with real pointer events. It exists only in
// builds with the tag uitest.
type Dump struct {
	named map[string]func() fyne.CanvasObject
}

// DumpBox is one widget's box and text.
type DumpBox struct {
	X, Y, W, H int
	Text       string `json:",omitempty"`
	Off        bool   `json:",omitempty"` // disabled
}

// NewDump starts the writing if the environment asks for it.
func NewDump(slots *Slots) *Dump {
	d := &Dump{named: map[string]func() fyne.CanvasObject{}}
	d.Find("choose.ok", func() (found fyne.CanvasObject) { // the button of Fyne's file dialogs, which can't be named
		for _, w := range fyne.CurrentApp().Driver().AllWindows() {
			reach(w.Canvas().Overlays().Top(), func(o fyne.CanvasObject) bool {
				if b, ok := o.(*widget.Button); ok && b.Importance == widget.HighImportance {
					found = o
				}
				return found != nil
			})
		}
		return found
	})
	path := os.Getenv("GABARIT_UI_DUMP")
	if path == "" || !slots.enter() {
		return d
	}
	go func() {
		defer slots.leave()
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-slots.ctx.Done():
				return
			case <-tick.C:
			}
			boxes := make(chan map[string]DumpBox, 1)
			slots.deliver(func() { boxes <- d.boxes() })
			select {
			case <-slots.ctx.Done():
				return
			case b := <-boxes:
				write(path, b)
			}
		}
	}()
	return d
}

// Name registers a widget.
func (d *Dump) Name(name string, o fyne.CanvasObject) {
	d.named[name] = func() fyne.CanvasObject { return o }
}

// Find registers a widget that changes: find gives the present one or nil.
func (d *Dump) Find(name string, find func() fyne.CanvasObject) { d.named[name] = find }

func (d *Dump) boxes() map[string]DumpBox {
	out := map[string]DumpBox{}
	driver := fyne.CurrentApp().Driver()
	for name, find := range d.named {
		o := find()
		if o == nil {
			continue
		}
		c := driver.CanvasForObject(o)
		if c == nil || !shown(c, o) {
			continue
		}
		p, z, s := driver.AbsolutePositionForObject(o), o.Size(), c.Scale()
		off := false
		if dis, ok := o.(fyne.Disableable); ok {
			off = dis.Disabled()
		}
		out[name] = DumpBox{int(p.X * s), int(p.Y * s), int(z.Width * s), int(z.Height * s), text(o), off}
	}
	return out
}

func text(o fyne.CanvasObject) string {
	switch w := o.(type) {
	case *widget.Label:
		return w.Text
	case *Button:
		return w.Text
	case *Entry:
		return w.Text
	case *Select:
		return w.Selected
	}
	return ""
}

// shown walks the content and the overlays down to the widget and tells whether all on the way is visible.
func shown(c fyne.Canvas, o fyne.CanvasObject) bool {
	for _, root := range append([]fyne.CanvasObject{c.Content()}, c.Overlays().List()...) {
		if reach(root, func(at fyne.CanvasObject) bool { return at == o }) {
			return true
		}
	}
	return false
}

func reach(at fyne.CanvasObject, found func(fyne.CanvasObject) bool) bool {
	if at == nil || !at.Visible() {
		return false
	}
	if found(at) {
		return true
	}
	var inner []fyne.CanvasObject
	switch w := at.(type) {
	case *fyne.Container:
		inner = w.Objects
	case fyne.Widget:
		inner = test.WidgetRenderer(w).Objects()
	}
	for _, i := range inner {
		if reach(i, found) {
			return true
		}
	}
	return false
}

func write(path string, boxes map[string]DumpBox) {
	data, err := json.Marshal(boxes)
	if err != nil {
		return
	}
	if os.WriteFile(path+".tmp", data, 0o600) == nil {
		_ = os.Rename(path+".tmp", path)
	}
}
