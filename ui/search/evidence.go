package search

import (
	"image"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine"
	"gabarit/ui/faces"
	"gabarit/ui/kit"
)

const evidenceWidth = 270

// evidencePanel tells all that is known of the selected row, with links that can be opened and copied.
type evidencePanel struct {
	view  *View
	slot  *kit.Slot
	photo *faces.Photo
	badge *kit.Badge
	score *widget.Label
	good  *widget.Label // the quality of the two faces
	tick  *kit.Check
	list  *fyne.Container
	root  fyne.CanvasObject
	shown RowID
}

func newEvidencePanel(v *View) *evidencePanel {
	s := &evidencePanel{view: v, slot: v.env.Slots.NewSlot(), badge: kit.NewBadge(), score: kit.NewText(""), good: kit.NewText("")}
	s.photo = faces.NewPhoto(v.env, 190, nil)
	s.list = container.NewVBox()
	s.tick = v.env.NewCheck(kit.T("Ask for its erasure"), func(on bool) { v.tick(s.shown, on) })
	compare := v.env.NewButton(kit.T("Compare"), theme.ViewFullScreenIcon(), v.OpenCompare)
	erase := v.env.NewButton(kit.T("Erase from this vault…"), theme.DeleteIcon(), v.eraseMarked)
	v.env.Dump.Name("evidence.compare", compare)
	v.env.Dump.Name("evidence.erase", erase)
	v.env.Dump.Name("evidence.score", s.score)
	v.env.Dump.Name("evidence.quality", s.good)
	body := container.NewVBox(s.photo, container.NewHBox(s.badge), s.score, s.good,
		s.tick, container.NewHBox(compare), container.NewHBox(erase), widget.NewSeparator(), s.list)
	scroll := container.NewVScroll(kit.Compact(container.New(layout.NewCustomPaddedLayout(6, 6, 6, 14), body)))
	s.root = kit.Fixed(evidenceWidth, scroll)
	s.root.Hide()
	return s
}

func (s *evidencePanel) refresh() {
	row, _, ok := s.view.p.Selected()
	if ok != s.root.Visible() {
		kit.Show(ok, s.root)
		s.view.work.Refresh() // the cards take or leave its room
	}
	if !ok {
		if s.shown != (RowID{}) {
			s.clear()
		}
		return
	}
	s.tick.Set(s.view.p.Ticked(row.ID))
	if s.shown == row.ID {
		return
	}
	s.shown = row.ID
	m := row.Match
	s.view.looked(m.Face)
	s.badge.Set(m.Band)
	kit.SetText(s.score, scoreWords(row))
	kit.SetText(s.good, s.view.p.QualityWords(row))
	s.list.Objects = s.fields(m)
	s.list.Refresh()
	s.photo.Set(nil, 0, 0, nil)
	s.view.images.Show(s.slot, photoKey(m.Photo), func(img image.Image, err error) {
		if s.shown == row.ID && err == nil {
			s.photo.Set(img, m.PhotoWidth, m.PhotoHeight, []engine.Box{m.Box})
			s.photo.Choose(func(int) bool { return true })
		}
	})
}

// clear forgets the row and its picture.
func (s *evidencePanel) clear() {
	s.slot.Stop()
	s.shown = RowID{}
	s.photo.Set(nil, 0, 0, nil)
	s.list.Objects = nil
	s.list.Refresh()
	kit.SetText(s.score, "")
	kit.SetText(s.good, "")
}

// fields lists what is known.
func (s *evidencePanel) fields(m engine.Match) (out []fyne.CanvasObject) {
	for _, f := range faces.Facts(m) {
		out = append(out, s.field(f.Name, f.Value, f.Copied))
	}
	return out
}

// field is one name with its value: a link where the value is a web address.
func (s *evidencePanel) field(name, value string, copied bool) fyne.CanvasObject {
	label := widget.NewLabel(name)
	label.SizeName = theme.SizeNameCaptionText
	label.Importance = widget.LowImportance
	var head fyne.CanvasObject = label
	if copied {
		head = container.NewBorder(nil, nil, nil,
			s.view.env.NewQuietButton("", theme.ContentCopyIcon(), func() { s.view.env.Copy(value) }), label)
	}
	u, web := kit.IsWeb(value)
	if !web {
		text := widget.NewLabel(value)
		text.Wrapping = fyne.TextWrapWord
		if !strings.Contains(value, " ") {
			text.Wrapping = fyne.TextWrapBreak
		}
		text.Selectable = true
		return container.NewVBox(head, text)
	}
	link := widget.NewHyperlink(value, u)
	link.Wrapping = fyne.TextWrapBreak
	link.OnTapped = func() {
		if err := s.view.env.OpenURL(u); err != nil {
			s.view.notice.Error(err)
		}
	}
	if name == kit.T("Page") {
		s.view.env.Dump.Name("evidence.page", link)
	}
	return container.NewVBox(head, link)
}
