package faces

import (
	"image"
	"image/color"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine"
	"gabarit/ui/kit"
)

// Photo shows a photo, as large as fits, with a numbered box on each face. A box can be chosen with the
// pointer, or with Tab and Space.
type Photo struct {
	widget.BaseWidget
	img      *canvas.Image
	width    int // of the photo in whose pixels the boxes are
	height   int
	boxes    []*faceBox
	minSide  float32
	env      *kit.Env
	onChoose func(n int)
	pen      *Pen // nil: nothing can be drawn
}

// NewPhoto gives an empty photo at least minSide wide and high. onChoose gets the number of a box, from 0; nil: boxes
// are for looking only.
func NewPhoto(e *kit.Env, minSide float32, onChoose func(n int)) *Photo {
	p := &Photo{img: &canvas.Image{FillMode: canvas.ImageFillContain, ScaleMode: canvas.ImageScaleSmooth},
		minSide: minSide, env: e, onChoose: onChoose}
	p.img.CornerRadius = 4
	p.ExtendBaseWidget(p)
	return p
}

// Set shows a photo of width x height pixels, given in any resolution, with boxes in those pixels.
func (p *Photo) Set(img image.Image, width, height int, boxes []engine.Box) {
	p.img.Image, p.width, p.height = img, width, height
	p.boxes = p.boxes[:0]
	for i, b := range boxes {
		p.boxes = append(p.boxes, newFaceBox(p, i, b, len(boxes) > 1))
	}
	if p.pen != nil {
		p.pen.Refresh()
	}
	p.Refresh()
}

// Choose marks the chosen boxes.
func (p *Photo) Choose(chosen func(n int) bool) {
	for i, b := range p.boxes {
		if on := chosen(i); b.chosen != on {
			b.chosen = on
			b.Refresh()
		}
	}
}

// Box gives the n-th box, for tests and the keyboard; nil if there is none.
func (p *Photo) Box(n int) fyne.CanvasObject {
	if n < 0 || n >= len(p.boxes) {
		return nil
	}
	return p.boxes[n]
}

// CreateRenderer is called by Fyne.
func (p *Photo) CreateRenderer() fyne.WidgetRenderer {
	p.ExtendBaseWidget(p)
	return &photoRenderer{p}
}

type photoRenderer struct{ p *Photo }

func (r *photoRenderer) Layout(size fyne.Size) {
	p := r.p
	p.img.Resize(size)
	p.img.Move(fyne.Position{})
	if p.pen != nil {
		p.pen.Resize(size)
		p.pen.Move(fyne.Position{})
	}
	scale, at := p.fit(size)
	if scale == 0 {
		return
	}
	for _, b := range p.boxes {
		b.Resize(fyne.NewSize(float32(b.at.W)*scale, float32(b.at.H)*scale))
		b.Move(at.AddXY(float32(b.at.X)*scale, float32(b.at.Y)*scale))
	}
}

// fit tells how a photo fills a size: the size of one of its pixels, 0 without a photo, and where its top-left corner lies.
func (p *Photo) fit(size fyne.Size) (scale float32, at fyne.Position) {
	if p.width <= 0 || p.height <= 0 {
		return 0, at
	}
	scale = min(size.Width/float32(p.width), size.Height/float32(p.height))
	return scale, fyne.NewPos((size.Width-float32(p.width)*scale)/2, (size.Height-float32(p.height)*scale)/2)
}

func (r *photoRenderer) MinSize() fyne.Size { return fyne.NewSquareSize(r.p.minSide) }

func (r *photoRenderer) Refresh() {
	r.Layout(r.p.Size())
	r.p.img.Refresh()
	canvas.Refresh(r.p)
}

func (r *photoRenderer) Objects() []fyne.CanvasObject {
	out := []fyne.CanvasObject{r.p.img}
	for _, b := range r.p.boxes {
		out = append(out, b)
	}
	if r.p.pen != nil {
		out = append(out, r.p.pen)
	}
	return out
}

func (r *photoRenderer) Destroy() {}

// passOn offers a key to the window.
func passOn(e *kit.Env, ev *fyne.KeyEvent) {
	if e.Keys != nil {
		e.Keys(ev)
	}
}

// faceBox is one numbered box.
type faceBox struct {
	widget.BaseWidget
	photo           *Photo
	n               int
	at              engine.Box
	numbered        bool
	chosen, focused bool
}

func newFaceBox(p *Photo, n int, at engine.Box, numbered bool) *faceBox {
	b := &faceBox{photo: p, n: n, at: at, numbered: numbered}
	b.ExtendBaseWidget(b)
	return b
}

// Tapped chooses the box.
func (b *faceBox) Tapped(*fyne.PointEvent) { b.choose() }

func (b *faceBox) choose() {
	if b.photo.onChoose != nil {
		b.photo.onChoose(b.n)
	}
}

// Cursor shows that the box can be pressed.
func (b *faceBox) Cursor() desktop.Cursor {
	if b.photo.onChoose == nil {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

// FocusGained thickens the frame.
func (b *faceBox) FocusGained() { b.focused = true; b.Refresh() }

// FocusLost thins the frame.
func (b *faceBox) FocusLost() { b.focused = false; b.Refresh() }

// TypedRune is not used.
func (b *faceBox) TypedRune(rune) {}

// TypedKey chooses with Space or Return.
func (b *faceBox) TypedKey(ev *fyne.KeyEvent) {
	b.photo.env.Touch()
	switch ev.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		b.choose()
	default:
		passOn(b.photo.env, ev)
	}
}

// CreateRenderer is called by Fyne.
func (b *faceBox) CreateRenderer() fyne.WidgetRenderer {
	b.ExtendBaseWidget(b)
	r := &faceBoxRenderer{b: b, outer: canvas.NewRectangle(color.Transparent), inner: canvas.NewRectangle(color.Transparent),
		plate: canvas.NewRectangle(color.Transparent), number: canvas.NewText("", color.White)}
	r.number.TextStyle.Bold = true
	r.number.Alignment = fyne.TextAlignCenter
	r.Refresh()
	return r
}

// faceBoxRenderer draws a dark frame under a bright one, so that the box shows on any photo.
type faceBoxRenderer struct {
	b                   *faceBox
	outer, inner, plate *canvas.Rectangle
	number              *canvas.Text
}

func (r *faceBoxRenderer) Layout(size fyne.Size) {
	r.outer.Resize(size)
	r.inner.Resize(fyne.NewSize(size.Width-2, size.Height-2))
	r.inner.Move(fyne.NewPos(1, 1))
	text := r.number.MinSize()
	plate := fyne.NewSize(max(text.Width+8, text.Height), text.Height)
	r.plate.Resize(plate)
	r.plate.Move(fyne.NewPos(0, -plate.Height+2))
	r.number.Resize(plate)
	r.number.Move(r.plate.Position())
}

func (r *faceBoxRenderer) MinSize() fyne.Size { return fyne.NewSquareSize(8) }

func (r *faceBoxRenderer) Refresh() {
	b := r.b
	width := float32(2)
	colour := color.NRGBA{0xff, 0xff, 0xff, 0xff}
	ink := color.NRGBA{0x10, 0x10, 0x10, 0xff}
	if b.chosen {
		colour, width = color.NRGBA{0xf2, 0xb1, 0x4c, 0xff}, 3
	}
	if b.focused {
		width += 2
	}
	r.outer.StrokeColor, r.outer.StrokeWidth, r.outer.CornerRadius = color.NRGBA{0, 0, 0, 0xa0}, width+2, 4
	r.inner.StrokeColor, r.inner.StrokeWidth, r.inner.CornerRadius = colour, width, 3
	r.plate.FillColor, r.plate.CornerRadius = colour, 3
	r.number.Color, r.number.TextSize = ink, b.Theme().Size(theme.SizeNameCaptionText)
	r.number.Text = strconv.Itoa(b.n + 1)
	if b.chosen {
		r.number.Text += " ✓"
	}
	r.plate.Hidden, r.number.Hidden = !b.numbered, !b.numbered
	r.Layout(b.Size())
	canvas.Refresh(b)
}

func (r *faceBoxRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.outer, r.inner, r.plate, r.number}
}

func (r *faceBoxRenderer) Destroy() {}
