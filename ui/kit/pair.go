package kit

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Limits of a pair's zoom.
const (
	zoomMin  = 1
	zoomMax  = 12
	zoomStep = 1.25
)

// Pair shows two pictures side by side that are zoomed and moved together. It has the keyboard while
// it is compared: + and - zoom, 0 resets, all else goes to keys. The zoom stays when a picture changes.
type Pair struct {
	widget.BaseWidget
	left, right *pane
	zoom        float32
	at          fyne.Position // what lies in the middle, in parts of the pane's size
	keys        func(*fyne.KeyEvent) bool
	frame       *canvas.Rectangle
}

// NewPair gives an empty pair; keys gets every key that it does not use itself.
func NewPair(keys func(*fyne.KeyEvent) bool) *Pair {
	p := &Pair{zoom: 1, keys: keys, frame: canvas.NewRectangle(color.Transparent)}
	p.left, p.right = newPane(p), newPane(p)
	p.ExtendBaseWidget(p)
	return p
}

// SetLeft shows the left picture; nil: none yet.
func (p *Pair) SetLeft(img image.Image) { p.left.set(img) }

// SetRight shows the right picture; nil: none yet.
func (p *Pair) SetRight(img image.Image) { p.right.set(img) }

// Zoom tells the magnification, 1 at the start.
func (p *Pair) Zoom() float32 { return p.zoom }

// Reset shows both pictures whole.
func (p *Pair) Reset() {
	p.zoom, p.at = 1, fyne.Position{}
	p.apply()
}

// ZoomIn magnifies one step; ZoomOut undoes it.
func (p *Pair) ZoomIn() { p.zoomBy(zoomStep) }

// ZoomOut makes the pictures smaller, down to their whole size.
func (p *Pair) ZoomOut() { p.zoomBy(1 / float32(zoomStep)) }

func (p *Pair) zoomBy(f float32) {
	p.zoom = min(max(p.zoom*f, zoomMin), zoomMax)
	p.apply()
}

// move shifts both pictures by parts of the pane's size.
func (p *Pair) move(dx, dy float32) {
	p.at = p.at.AddXY(dx, dy)
	p.apply()
}

func (p *Pair) apply() {
	room := (p.zoom - 1) / 2
	p.at.X = min(max(p.at.X, -room), room)
	p.at.Y = min(max(p.at.Y, -room), room)
	p.left.place()
	p.right.place()
}

// FocusGained shows the frame.
func (p *Pair) FocusGained() {
	p.frame.StrokeWidth = 2
	p.Refresh()
}

// FocusLost hides the frame.
func (p *Pair) FocusLost() {
	p.frame.StrokeWidth = 0
	p.Refresh()
}

// TypedRune zooms.
func (p *Pair) TypedRune(r rune) {
	switch r {
	case '+':
		p.ZoomIn()
	case '-':
		p.ZoomOut()
	case '0':
		p.Reset()
	}
}

// TypedKey hands the key to the screen.
func (p *Pair) TypedKey(ev *fyne.KeyEvent) {
	if p.keys != nil {
		p.keys(ev)
	}
}

// CreateRenderer is called by Fyne.
func (p *Pair) CreateRenderer() fyne.WidgetRenderer {
	p.ExtendBaseWidget(p)
	p.frame.CornerRadius = 6
	box := container.NewGridWithColumns(2, p.left, p.right)
	return &pairRenderer{p: p, box: box}
}

type pairRenderer struct {
	p   *Pair
	box *fyne.Container
}

func (r *pairRenderer) Layout(size fyne.Size) {
	r.frame(size)
	r.box.Resize(size.SubtractWidthHeight(8, 8))
	r.box.Move(fyne.NewPos(4, 4))
}

func (r *pairRenderer) frame(size fyne.Size) {
	r.p.frame.Resize(size)
	r.p.frame.StrokeColor = r.p.Theme().Color(theme.ColorNameFocus, fyne.CurrentApp().Settings().ThemeVariant())
}

func (r *pairRenderer) MinSize() fyne.Size { return r.box.MinSize().AddWidthHeight(8, 8) }

func (r *pairRenderer) Refresh() {
	r.frame(r.p.Size())
	r.p.frame.Refresh()
	r.box.Refresh()
}

func (r *pairRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.p.frame, r.box}
}

func (r *pairRenderer) Destroy() {}

// pane is one of the two pictures, clipped to its place.
type pane struct {
	widget.BaseWidget
	pair *Pair
	back *canvas.Rectangle
	img  *canvas.Image
	area *fyne.Container
}

func newPane(p *Pair) *pane {
	v := &pane{pair: p, back: canvas.NewRectangle(color.Transparent),
		img: &canvas.Image{FillMode: canvas.ImageFillContain, ScaleMode: canvas.ImageScaleSmooth}}
	v.area = container.NewWithoutLayout(v.img)
	v.ExtendBaseWidget(v)
	return v
}

func (v *pane) set(img image.Image) {
	v.img.Image = img
	v.img.Hidden = img == nil
	v.img.Refresh()
	v.place()
}

func (v *pane) place() {
	size := v.Size()
	v.img.Resize(fyne.NewSize(size.Width*v.pair.zoom, size.Height*v.pair.zoom))
	v.img.Move(fyne.NewPos(
		(size.Width-v.img.Size().Width)/2+v.pair.at.X*size.Width,
		(size.Height-v.img.Size().Height)/2+v.pair.at.Y*size.Height))
	canvas.Refresh(v.area)
}

// Scrolled zooms both pictures.
func (v *pane) Scrolled(ev *fyne.ScrollEvent) {
	if ev.Scrolled.DY > 0 {
		v.pair.ZoomIn()
	} else if ev.Scrolled.DY < 0 {
		v.pair.ZoomOut()
	}
}

// Dragged moves both pictures.
func (v *pane) Dragged(ev *fyne.DragEvent) {
	if s := v.Size(); s.Width > 0 && s.Height > 0 {
		v.pair.move(ev.Dragged.DX/s.Width, ev.Dragged.DY/s.Height)
	}
}

// DragEnd is not needed.
func (v *pane) DragEnd() {}

// Tapped gives the pair the keyboard back.
func (v *pane) Tapped(*fyne.PointEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(v); c != nil {
		c.Focus(v.pair)
	}
}

// Cursor shows that the picture can be moved.
func (v *pane) Cursor() desktop.Cursor {
	if v.pair.zoom > 1 {
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}

// CreateRenderer is called by Fyne.
func (v *pane) CreateRenderer() fyne.WidgetRenderer {
	v.ExtendBaseWidget(v)
	return &paneRenderer{v: v, clip: container.NewClip(v.area)}
}

type paneRenderer struct {
	v    *pane
	clip *container.Clip
}

func (r *paneRenderer) Layout(size fyne.Size) {
	r.v.back.CornerRadius = 4
	r.v.back.FillColor = r.v.Theme().Color(theme.ColorNameInputBackground, fyne.CurrentApp().Settings().ThemeVariant())
	r.v.back.Resize(size)
	r.clip.Resize(size)
	r.v.place()
}

func (r *paneRenderer) MinSize() fyne.Size { return fyne.NewSquareSize(160) }

func (r *paneRenderer) Refresh() {
	r.Layout(r.v.Size())
	r.v.back.Refresh()
	r.clip.Refresh()
}

func (r *paneRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.v.back, r.clip}
}

func (r *paneRenderer) Destroy() {}
