package faces

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"gabarit/ui/kit"
)

// DrawBar stands above the photo while a face is drawn on it.
type DrawBar struct {
	say  *widget.Label
	take *kit.Button
	root *fyne.Container
}

// NewDrawBar gives a bar, hidden; take makes the box a face, leave ends the drawing.
func NewDrawBar(e *kit.Env, take, leave func()) *DrawBar {
	s := &DrawBar{say: kit.NewText("")}
	keys := func(ev *fyne.KeyEvent) bool {
		if ev.Name == fyne.KeyEscape {
			leave()
		}
		return ev.Name == fyne.KeyEscape
	}
	s.take = e.NewMainButton(kit.T("Use this box"), theme.ConfirmIcon(), take).WithKeys(keys)
	cancel := e.NewButton(kit.T("Cancel"), theme.CancelIcon(), leave).WithKeys(keys)
	e.Dump.Name("draw.take", s.take)
	e.Dump.Name("draw.say", s.say)
	s.root = container.NewVBox(
		container.NewBorder(nil, nil, nil, container.NewHBox(cancel, s.take), kit.NewTitle(kit.T("Draw a face"))), s.say)
	s.root.Hide()
	return s
}

// Object is the bar's place on the screen.
func (s *DrawBar) Object() fyne.CanvasObject { return s.root }

// Show tells how far the drawing is; the bar is hidden while nothing is drawn.
func (s *DrawBar) Show(d *Draft) {
	kit.Show(d.On, s.root)
	text, importance := kit.T("Draw a box from the brows to the chin with the mouse, or use the keys: arrows move the box, + and − size it, Return takes it, Escape leaves. A face on its side or upside down is set upright."), widget.MediumImportance
	switch {
	case d.Busy:
		text = kit.T("Describing the face…")
	case d.Err != nil:
		text, importance = kit.Explain(d.Err).String(), widget.WarningImportance
	}
	if s.say.Importance != importance {
		s.say.Importance = importance
		s.say.Refresh()
	}
	kit.SetText(s.say, text)
	s.take.SetEnabled(!d.Busy)
}
