package faces

import (
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine"
)

// Pen lies over a Photo while a box is drawn on it: with the pointer, from corner to corner, or with keys.
type Pen struct {
	widget.BaseWidget
	photo        *Photo
	box          engine.Box // in pixels of the photo
	start        fyne.Position
	pressed      bool
	focused      bool
	drawn        func(engine.Box)
	keys         func(fyne.KeyName) bool
	outer, inner *canvas.Rectangle
}

// NewPen gives the photo a pen, hidden. drawn gets each box that the pointer draws, also unfinished and partly outside; keys is asked
// first for every key, "+" and "-" among them.
func (p *Photo) NewPen(drawn func(engine.Box), keys func(fyne.KeyName) bool) *Pen {
	n := &Pen{photo: p, drawn: drawn, keys: keys, outer: canvas.NewRectangle(color.Transparent), inner: canvas.NewRectangle(color.Transparent)}
	n.outer.StrokeColor, n.outer.CornerRadius = color.NRGBA{0, 0, 0, 0xc0}, 4
	n.inner.StrokeColor, n.inner.CornerRadius = color.NRGBA{0x5c, 0xd6, 0xe8, 0xff}, 3
	n.ExtendBaseWidget(n)
	n.Hide()
	p.pen = n
	return n
}

// Set shows a box in pixels of the photo.
func (n *Pen) Set(b engine.Box) {
	if n.box != b {
		n.box = b
		n.Refresh()
	}
}

// MouseDown begins a box.
func (n *Pen) MouseDown(ev *desktop.MouseEvent) {
	n.photo.env.Touch()
	n.start, n.pressed = ev.Position, true
	n.photo.env.Focus(n)
}

// MouseUp ends it.
func (n *Pen) MouseUp(*desktop.MouseEvent) { n.pressed = false }

// Dragged draws the box from where the pointer was pressed to where it is.
func (n *Pen) Dragged(ev *fyne.DragEvent) {
	n.photo.env.Touch()
	if !n.pressed { // a driver that tells no press
		n.start, n.pressed = ev.Position.SubtractXY(ev.Dragged.DX, ev.Dragged.DY), true
	}
	scale, at := n.photo.fit(n.Size())
	if scale == 0 || n.drawn == nil {
		return
	}
	pixel := func(v, from float32) int { return int(math.Round(float64((v - from) / scale))) }
	x0, x1 := pixel(min(n.start.X, ev.Position.X), at.X), pixel(max(n.start.X, ev.Position.X), at.X)
	y0, y1 := pixel(min(n.start.Y, ev.Position.Y), at.Y), pixel(max(n.start.Y, ev.Position.Y), at.Y)
	n.drawn(engine.Box{X: x0, Y: y0, W: x1 - x0, H: y1 - y0})
}

// DragEnd ends the box.
func (n *Pen) DragEnd() { n.pressed = false }

// Cursor shows that a box can be drawn.
func (n *Pen) Cursor() desktop.Cursor { return desktop.CrosshairCursor }

// FocusGained thickens the frame.
func (n *Pen) FocusGained() { n.focused = true; n.Refresh() }

// FocusLost thins it.
func (n *Pen) FocusLost() { n.focused = false; n.Refresh() }

// TypedRune hands + and - on as keys.
func (n *Pen) TypedRune(r rune) {
	n.photo.env.Touch()
	switch r {
	case '+':
		n.keys(fyne.KeyPlus)
	case '-', '−':
		n.keys(fyne.KeyMinus)
	}
}

// TypedKey asks keys, then the window. + and - come as runes.
func (n *Pen) TypedKey(ev *fyne.KeyEvent) {
	n.photo.env.Touch()
	if ev.Name == fyne.KeyPlus || ev.Name == fyne.KeyMinus || n.keys(ev.Name) {
		return
	}
	passOn(n.photo.env, ev)
}

// CreateRenderer is called by Fyne.
func (n *Pen) CreateRenderer() fyne.WidgetRenderer {
	n.ExtendBaseWidget(n)
	return &penRenderer{n}
}

type penRenderer struct{ n *Pen }

func (r *penRenderer) Layout(size fyne.Size) {
	scale, at := r.n.photo.fit(size)
	b := r.n.box
	pos := fyne.NewPos(at.X+float32(b.X)*scale, at.Y+float32(b.Y)*scale)
	whole := fyne.NewSize(float32(b.W)*scale, float32(b.H)*scale)
	r.n.outer.Move(pos)
	r.n.outer.Resize(whole)
	r.n.inner.Move(pos.AddXY(1, 1))
	r.n.inner.Resize(whole.SubtractWidthHeight(2, 2))
}

func (r *penRenderer) MinSize() fyne.Size { return fyne.Size{} }

func (r *penRenderer) Refresh() {
	width := float32(2)
	if r.n.focused {
		width = 4
	}
	r.n.outer.StrokeWidth, r.n.inner.StrokeWidth = width+2, width
	r.Layout(r.n.Size())
	canvas.Refresh(r.n)
}

func (r *penRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.n.outer, r.n.inner} }

func (r *penRenderer) Destroy() {}
