package search

import (
	"cmp"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine"
	"gabarit/ui/faces"
	"gabarit/ui/kit"
)

// Sizes of a card.
const (
	cardWidth = 160
	cropSide  = 132
)

// card shows one row. Cards are recycled: show gives a card a new row.
type card struct {
	widget.BaseWidget
	view *View
	row  Row
	slot *kit.Slot

	face  *canvas.Image
	state *widget.Label // stands where the picture will be, or says that it can't be shown
	badge *kit.Badge
	tick  *kit.Check

	distance, chance, quality, origin, title, when, collection *widget.Label
}

func newCard(v *View) *card {
	c := &card{view: v, slot: v.env.Slots.NewSlot(), badge: kit.NewBadge(),
		face: &canvas.Image{FillMode: canvas.ImageFillContain, ScaleMode: canvas.ImageScaleSmooth}}
	c.face.CornerRadius = 6
	c.tick = v.env.NewCheck("", func(on bool) { v.tick(c.row.ID, on) })
	c.state = widget.NewLabelWithStyle("", fyne.TextAlignCenter, fyne.TextStyle{})
	c.state.Wrapping = fyne.TextWrapWord
	c.state.Importance = widget.LowImportance
	for _, l := range []**widget.Label{&c.distance, &c.chance, &c.quality, &c.origin, &c.title, &c.when, &c.collection} {
		*l = kit.NewLine("")
		(*l).SizeName = theme.SizeNameCaptionText
	}
	c.origin.SizeName = theme.SizeNameText
	c.origin.TextStyle.Bold = true
	c.collection.Importance = widget.LowImportance
	c.ExtendBaseWidget(c)
	return c
}

// CreateRenderer is called by Fyne.
func (c *card) CreateRenderer() fyne.WidgetRenderer {
	c.ExtendBaseWidget(c)
	picture := kit.Sized(cropSide, cropSide, container.NewStack(container.NewCenter(kit.Fixed(cropSide, c.state)), c.face))
	body := container.NewVBox(
		container.NewCenter(picture),
		container.NewBorder(nil, nil, c.badge, c.tick),
		c.distance, c.chance, c.quality, c.origin, c.title, c.when, c.collection)
	return widget.NewSimpleRenderer(kit.Dense(kit.Fixed(cardWidth, container.NewPadded(container.NewPadded(container.NewPadded(body))))))
}

// show gives the card a row.
func (c *card) show(r Row, ticked bool) {
	c.tick.Set(ticked)
	kit.SetText(c.collection, cmp.Or(faces.VerdictWords(r.Match.Verdict), r.Match.Collection))
	if c.row.ID == r.ID && c.row.Match.Distance == r.Match.Distance && c.row.Match.Face != "" {
		return
	}
	c.row = r
	m := r.Match
	c.badge.Set(m.Band)
	distance := kit.T("distance {{.V}}", kit.Field(kit.Distance(m.Distance)))
	if c.view.p.SeveralFaces() {
		distance += " · " + kit.T("your face {{.V}}", kit.Field(r.ID.Probe+1))
	}
	kit.SetText(c.distance, distance)
	kit.SetText(c.chance, faces.ShortChance(m.ExpectedFalse))
	c.showQuality(m.Quality)
	kit.SetText(c.origin, faces.Origin(m.Source))
	kit.SetText(c.title, faces.Title(m.Source))
	kit.SetText(c.when, faces.WhenWords(m))
	c.load(m.Face)
}

// showQuality says how good the picture of the face is, and that a poor one asks for a close look.
func (c *card) showQuality(quality float64) {
	words, importance := faces.QualityWord(quality), widget.MediumImportance
	if engine.GradeOf(quality) == engine.GradePoor {
		words, importance = kit.T("{{.V}}: look closely", kit.Field(words)), widget.WarningImportance
	}
	if c.quality.Importance != importance {
		c.quality.Importance = importance
		c.quality.Refresh()
	}
	kit.SetText(c.quality, words)
}

// load shows the face when it is there; the row may have changed by then.
func (c *card) load(id engine.FaceID) {
	c.view.images.ShowIn(c.slot, cropKey(id), c.face, c.state, func() bool { return c.row.Match.Face == id })
}

// clear forgets the row and its picture.
func (c *card) clear() {
	c.slot.Stop()
	c.row = Row{}
	c.face.Image = nil
	c.face.Hide()
	c.face.Refresh()
	for _, l := range []*widget.Label{c.distance, c.chance, c.quality, c.origin, c.title, c.when, c.collection} {
		kit.SetText(l, "")
	}
}

// Tapped selects the row; a second tap soon after opens the comparison. Fyne's own double tap would
// delay every selection.
func (c *card) Tapped(*fyne.PointEvent) { c.view.tapped(c.row.ID) }

const doubleTap = 400 * time.Millisecond

// grid is the list of cards with the keys of this screen.
type grid struct {
	widget.GridWrap
	view *View
}

func newGrid(v *View) *grid {
	g := &grid{view: v}
	g.Length = func() int { return len(v.p.Rows()) }
	g.CreateItem = func() fyne.CanvasObject {
		c := newCard(v)
		v.cards = append(v.cards, c)
		return c
	}
	g.UpdateItem = func(i int, o fyne.CanvasObject) {
		if rows := v.p.Rows(); i < len(rows) {
			o.(*card).show(rows[i], v.p.Ticked(rows[i].ID))
			v.drawn(i, o.(*card))
		}
	}
	g.OnSelected = v.selected
	g.ExtendBaseWidget(g)
	return g
}

// FocusGained marks the first row if none is marked. Fyne's own focus mark, which is separate from the
// selection, is not used.
func (g *grid) FocusGained() {
	if _, _, ok := g.view.p.Selected(); !ok {
		g.view.step(0)
	}
}

// FocusLost leaves the mark where it is.
func (g *grid) FocusLost() {}

// TypedKey is the keyboard of the results.
func (g *grid) TypedKey(ev *fyne.KeyEvent) {
	g.view.env.Touch()
	columns := g.ColumnCount()
	switch ev.Name {
	case fyne.KeyLeft:
		g.view.step(-1)
	case fyne.KeyRight:
		g.view.step(1)
	case fyne.KeyUp:
		g.view.step(-columns)
	case fyne.KeyDown:
		g.view.step(columns)
	case fyne.KeyPageUp:
		g.view.step(-3 * columns)
	case fyne.KeyPageDown:
		g.view.step(3 * columns)
	case fyne.KeyHome:
		g.view.step(-len(g.view.p.Rows()))
	case fyne.KeyEnd:
		g.view.step(len(g.view.p.Rows()))
	case fyne.KeySpace:
		g.view.tickSelected()
	case fyne.KeyReturn, fyne.KeyEnter:
		g.view.OpenCompare()
	default:
		if g.view.env.Keys != nil {
			g.view.env.Keys(ev)
		}
	}
}
