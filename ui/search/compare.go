package search

import (
	"context"
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine"
	"gabarit/ui/faces"
	"gabarit/ui/kit"
)

// compareView shows the face searched for and a match side by side.
type compareView struct {
	view        *View
	left, right *kit.Slot
	pair        *kit.Pair
	badge       *kit.Badge
	text        *widget.Label
	good        *widget.Label // the quality of the two faces
	count       *widget.Label
	yours       *widget.Label
	theirs      *widget.Label
	tick        *kit.Check
	said        *widget.Label // by the user
	whole       bool
	root        *fyne.Container
	shown       RowID
	shownWhole  bool
	probeFace   int
}

func newCompareView(v *View) *compareView {
	c := &compareView{view: v, left: v.env.Slots.NewSlot(), right: v.env.Slots.NewSlot(), badge: kit.NewBadge(),
		text: kit.NewLine(""), good: kit.NewText(""), count: widget.NewLabel(""), yours: kit.NewLine(""), theirs: kit.NewLine(""), probeFace: -1}
	c.pair = kit.NewPair(func(ev *fyne.KeyEvent) bool { return c.key(ev) })
	c.good.SizeName = theme.SizeNameCaptionText
	c.yours.TextStyle.Bold, c.theirs.TextStyle.Bold = true, true
	c.tick = v.env.NewCheck(kit.T("Ask for its erasure"), func(on bool) { v.tick(c.shown, on); c.focus() })
	c.said = widget.NewLabel("")
	yes := c.button(kit.T("It is the person"), theme.ConfirmIcon(), func() { v.judge(engine.VerdictYes) })
	no := c.button(kit.T("Somebody else"), theme.CancelIcon(), func() { v.judge(engine.VerdictNo) })
	unsure := c.button(kit.T("Unsure"), theme.QuestionIcon(), func() { v.judge(engine.VerdictUnsure) })
	v.env.Dump.Name("compare.yes", yes)
	v.env.Dump.Name("compare.no", no)
	v.env.Dump.Name("compare.said", c.said)
	back := c.button(kit.T("Back"), theme.NavigateBackIcon(), v.CloseCompare)
	previous := c.button(kit.T("Previous"), theme.MediaSkipPreviousIcon(), func() { v.step(-1) })
	next := c.button(kit.T("Next"), theme.MediaSkipNextIcon(), func() { v.step(1) })
	out := c.button("", theme.ZoomOutIcon(), c.pair.ZoomOut)
	in := c.button("", theme.ZoomInIcon(), c.pair.ZoomIn)
	fit := c.button(kit.T("Fit"), theme.ZoomFitIcon(), c.pair.Reset)
	whole := c.button(kit.T("Face / whole photo"), theme.FileImageIcon(), c.toggleWhole)
	erase := c.button(kit.T("Erase from this vault…"), theme.DeleteIcon(), v.eraseMarked)
	v.env.Dump.Name("compare.pair", c.pair)
	v.env.Dump.Name("compare.count", c.count)
	v.env.Dump.Name("compare.quality", c.good)
	head := container.NewBorder(nil, nil, back, container.NewHBox(previous, c.count, next))
	names := container.NewGridWithColumns(2, c.yours, c.theirs)
	foot := container.NewVBox(
		container.NewBorder(nil, nil, container.NewCenter(c.badge), c.tick, c.text),
		c.good,
		container.NewHBox(yes, no, unsure, c.said),
		container.NewBorder(nil, nil, container.NewHBox(out, in, fit, whole), erase,
			kit.NewNote(kit.T("Arrows: previous and next. Y, N, U: it is the person, somebody else, unsure. Space: tick. + − 0: zoom. W: whole photo. Escape: back."))))
	c.root = container.NewPadded(container.NewBorder(container.NewVBox(head, names), foot, nil, nil, c.pair))
	c.root.Hide()
	return c
}

// button gives a button after which the pictures have the keyboard again.
func (c *compareView) button(label string, icon fyne.Resource, do func()) *kit.Button {
	return c.view.env.NewButton(label, icon, func() {
		do()
		c.focus()
	}).WithKeys(c.key)
}

func (c *compareView) focus() {
	if c.root.Visible() {
		c.view.env.Focus(c.pair)
	}
}

func (c *compareView) key(ev *fyne.KeyEvent) bool {
	c.view.env.Touch()
	switch ev.Name {
	case fyne.KeyEscape:
		c.view.CloseCompare()
	case fyne.KeyLeft, fyne.KeyUp:
		c.view.step(-1)
	case fyne.KeyRight, fyne.KeyDown:
		c.view.step(1)
	case fyne.KeyHome:
		c.view.step(-len(c.view.p.Rows()))
	case fyne.KeyEnd:
		c.view.step(len(c.view.p.Rows()))
	case fyne.KeySpace:
		c.view.tickSelected()
	case fyne.KeyY:
		c.view.judge(engine.VerdictYes)
	case fyne.KeyN:
		c.view.judge(engine.VerdictNo)
	case fyne.KeyU:
		c.view.judge(engine.VerdictUnsure)
	case fyne.KeyW:
		c.toggleWhole()
	default:
		return c.view.env.Keys != nil && c.view.env.Keys(ev)
	}
	return true
}

func (c *compareView) toggleWhole() {
	c.whole = !c.whole
	c.refresh()
}

func (c *compareView) refresh() {
	row, i, ok := c.view.p.Selected()
	if !ok || !c.root.Visible() {
		return
	}
	c.tick.Set(c.view.p.Ticked(row.ID))
	kit.SetText(c.said, faces.VerdictWords(row.Match.Verdict))
	kit.SetText(c.count, kit.T("{{.I}} of {{.Of}}", map[string]any{"I": kit.Int(i + 1), "Of": kit.Int(len(c.view.p.Rows()))}))
	if c.shown == row.ID && c.shownWhole == c.whole {
		return
	}
	changed := c.shownWhole != c.whole
	c.shown, c.shownWhole = row.ID, c.whole
	m := row.Match
	c.view.looked(m.Face)
	c.badge.Set(m.Band)
	kit.SetText(c.text, scoreWords(row))
	kit.SetText(c.good, c.view.p.QualityWords(row))
	yours := kit.T("Your photo")
	if c.whole {
		yours = kit.T("Your whole photo")
	}
	kit.SetText(c.yours, yours)
	theirs := faces.Origin(m.Source) + " · " + faces.WhenWords(m)
	if title := faces.Title(m.Source); title != "" {
		theirs += " · " + title
	}
	kit.SetText(c.theirs, theirs)
	c.showProbe(row.ID.Probe, changed)
	key := cropKey(m.Face)
	if c.whole {
		key = photoKey(m.Photo)
	}
	c.pair.SetRight(nil)
	c.view.images.Show(c.right, key, func(img image.Image, err error) {
		if c.shown == row.ID && err == nil {
			c.pair.SetRight(img)
		}
	})
}

// showProbe decodes the crop of the face searched for, once for each face.
func (c *compareView) showProbe(n int, changed bool) {
	probe := c.view.p.Probe()
	if probe == nil || n < 0 || n >= len(probe.Faces) || (c.probeFace == n && !changed) {
		return
	}
	c.probeFace = n
	if c.whole {
		c.left.Stop()
		c.pair.SetLeft(probe.Preview)
		return
	}
	crop := probe.Faces[n].Crop
	kit.Run(c.left, func(context.Context) (image.Image, error) { return kit.DecodeCrop(crop) },
		func(img image.Image, err error) {
			if err == nil {
				c.pair.SetLeft(img)
			}
		})
}

func (c *compareView) open() {
	c.shown, c.probeFace = RowID{}, -1
	c.root.Show()
	c.refresh()
	c.focus()
}

// clear forgets both pictures.
func (c *compareView) clear() {
	c.left.Stop()
	c.right.Stop()
	c.pair.SetLeft(nil)
	c.pair.SetRight(nil)
	for _, l := range []*widget.Label{c.text, c.good, c.theirs, c.said} {
		kit.SetText(l, "")
	}
	c.shown, c.probeFace = RowID{}, -1
}

func (c *compareView) close() {
	c.left.Stop()
	c.right.Stop()
	c.root.Hide()
}
