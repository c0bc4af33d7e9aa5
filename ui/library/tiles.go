package library

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine"
	"gabarit/ui/kit"
)

// Sizes of a tile.
const (
	tileWidth = 148
	tileSide  = 120
)

// row is what a tile shows.
type row struct {
	id     engine.FaceID // of what is ticked
	face   engine.FaceID // whose picture is shown; "": not yet
	lines  [3]string
	ticked bool
}

// tiles is a grid of faces with lines below them, of which only those in sight exist. It has a mark that the arrow keys move.
type tiles struct {
	widget.GridWrap
	env    *kit.Env
	images *kit.Images
	made   []*tile
	first  *tile // that shows the first row
	at     int   // the marked one; -1: none
	tapped struct {
		at   int
		when time.Time
	}

	length func() int
	row    func(int) row
	tick   func(engine.FaceID, bool)
	open   func(int) // nil: nothing opens
	back   func()    // Escape; nil: nothing
}

func newTiles(env *kit.Env, images *kit.Images) *tiles {
	g := &tiles{env: env, images: images, at: -1}
	g.Length = func() int { return g.length() }
	g.CreateItem = func() fyne.CanvasObject {
		t := newTile(g)
		g.made = append(g.made, t)
		return t
	}
	g.UpdateItem = func(i int, o fyne.CanvasObject) {
		if i < g.length() {
			if i == 0 {
				g.first = o.(*tile)
			}
			o.(*tile).show(i, g.row(i))
		}
	}
	g.ExtendBaseWidget(g)
	return g
}

// firstPicture is the picture of the first row, once it is there; for tests of the real window.
func (g *tiles) firstPicture() fyne.CanvasObject {
	if g.first == nil || g.first.face.Image == nil {
		return nil
	}
	return g.first.face
}

// mark marks a tile and brings it into sight.
func (g *tiles) mark(i int) {
	if n := g.length(); n == 0 {
		g.at = -1
		g.UnselectAll()
		return
	} else if i = min(max(i, 0), n-1); i == g.at {
		return
	}
	g.at = i
	g.UnselectAll()
	g.Select(i)
}

// again draws the tiles anew after what they show has changed.
func (g *tiles) again() {
	if g.at >= g.length() {
		at := g.length() - 1
		g.at = -1
		if at >= 0 {
			g.mark(at)
		} else {
			g.UnselectAll()
		}
	}
	g.Refresh()
}

// reset goes back to the beginning, without a mark.
func (g *tiles) reset() {
	g.at = -1
	g.UnselectAll()
	g.ScrollToTop()
	g.Refresh()
}

// forget takes pictures off the tiles: all, or those of some faces.
func (g *tiles) forget(gone func(engine.FaceID) bool) {
	for _, t := range g.made {
		if gone == nil || gone(t.of.face) {
			t.clear()
		}
	}
}

// FocusGained marks the first tile if none is. Fyne's own focus mark, which is separate from the selection, is not used.
func (g *tiles) FocusGained() {
	if g.at < 0 {
		g.mark(0)
	}
}

// FocusLost leaves the mark where it is.
func (g *tiles) FocusLost() {}

// step gives the tile that a key moves the mark to.
func (g *tiles) step(key fyne.KeyName) (to int, moves bool) {
	columns := max(g.ColumnCount(), 1)
	switch key {
	case fyne.KeyLeft:
		return g.at - 1, true
	case fyne.KeyRight:
		return g.at + 1, true
	case fyne.KeyUp:
		return g.at - columns, g.at >= columns
	case fyne.KeyDown:
		return g.at + columns, true
	case fyne.KeyPageUp:
		return g.at - 3*columns, true
	case fyne.KeyPageDown:
		return g.at + 3*columns, true
	case fyne.KeyHome:
		return 0, true
	case fyne.KeyEnd:
		return g.length() - 1, true
	}
	return 0, false
}

// TypedKey is the keyboard of the tiles.
func (g *tiles) TypedKey(ev *fyne.KeyEvent) {
	g.env.Touch()
	if to, moves := g.step(ev.Name); moves {
		g.mark(to)
		return
	}
	switch ev.Name {
	case fyne.KeySpace:
		if r := g.at; r >= 0 && r < g.length() {
			was := g.row(r)
			g.tick(was.id, !was.ticked)
			g.RefreshItem(r)
		}
	case fyne.KeyReturn, fyne.KeyEnter:
		if g.open != nil && g.at >= 0 {
			g.open(g.at)
		}
	default:
		if ev.Name == fyne.KeyEscape && g.back != nil {
			g.back()
		} else if g.env.Keys != nil {
			g.env.Keys(ev)
		}
	}
}

// doubleTap is the time within which a second tap opens. Fyne's own double tap would delay every selection.
const doubleTap = 400 * time.Millisecond

func (g *tiles) tap(i int) {
	again := g.tapped.at == i && time.Since(g.tapped.when) < doubleTap
	g.tapped.at, g.tapped.when = i, time.Now()
	g.mark(i)
	g.env.Focus(g)
	if again && g.open != nil {
		g.tapped.when = time.Time{}
		g.open(i)
	}
}

// tile shows one row. Tiles are recycled.
type tile struct {
	widget.BaseWidget
	grid  *tiles
	at    int
	of    row
	slot  *kit.Slot
	face  *canvas.Image
	state *widget.Label // stands where the picture will be, or says that it can't be shown
	tick  *kit.Check
	lines [3]*widget.Label
}

func newTile(g *tiles) *tile {
	t := &tile{grid: g, slot: g.env.Slots.NewSlot(), face: &canvas.Image{FillMode: canvas.ImageFillContain, ScaleMode: canvas.ImageScaleSmooth, CornerRadius: 6},
		state: widget.NewLabelWithStyle("", fyne.TextAlignCenter, fyne.TextStyle{})}
	t.state.Wrapping, t.state.Importance = fyne.TextWrapWord, widget.LowImportance
	t.tick = g.env.NewCheck("", func(on bool) {
		t.of.ticked = on
		g.tick(t.of.id, on)
	})
	for i := range t.lines {
		t.lines[i] = kit.NewLine("")
		t.lines[i].SizeName = theme.SizeNameCaptionText
	}
	t.lines[0].SizeName, t.lines[0].TextStyle.Bold = theme.SizeNameText, true
	t.ExtendBaseWidget(t)
	return t
}

// CreateRenderer is called by Fyne.
func (t *tile) CreateRenderer() fyne.WidgetRenderer {
	t.ExtendBaseWidget(t)
	picture := kit.Sized(tileSide, tileSide, container.NewStack(container.NewCenter(kit.Fixed(tileSide, t.state)), t.face))
	body := container.NewVBox(container.NewCenter(picture), container.NewBorder(nil, nil, nil, t.tick, t.lines[0]), t.lines[1], t.lines[2])
	return widget.NewSimpleRenderer(kit.Dense(kit.Fixed(tileWidth, container.NewPadded(container.NewPadded(container.NewPadded(body))))))
}

// show gives the tile a row.
func (t *tile) show(i int, r row) {
	t.at = i
	t.tick.Set(r.ticked)
	for n, line := range r.lines {
		kit.SetText(t.lines[n], line)
	}
	same := t.of.face == r.face && r.face != ""
	if t.of = r; same {
		return
	}
	t.slot.Stop()
	t.grid.images.ShowIn(t.slot, string(r.face), t.face, t.state, func() bool { return t.of.face == r.face })
}

// clear forgets the row and its picture.
func (t *tile) clear() {
	t.slot.Stop()
	t.of = row{}
	t.face.Image = nil
	t.face.Hide()
	t.face.Refresh()
	for _, l := range t.lines {
		kit.SetText(l, "")
	}
}

// Tapped marks the tile; a second tap soon after opens it.
func (t *tile) Tapped(*fyne.PointEvent) { t.grid.tap(t.at) }
