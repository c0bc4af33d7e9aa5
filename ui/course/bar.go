package course

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"gabarit/ui/kit"
)

// Bar tells above every screen what is due in the cases, and leads to them. It is hidden when nothing is.
type Bar struct {
	notice *kit.Notice
	show   func()
	root   *fyne.Container
}

// NewBar builds the bar; show leads to the cases.
func NewBar(env *kit.Env, show func()) *Bar {
	b := &Bar{notice: env.NewNotice(), show: show}
	b.root = container.NewPadded(b.notice.Object())
	b.notice.Name("duty.text", "duty.show")
	b.root.Hide()
	return b
}

// Object is the bar's place in the window.
func (b *Bar) Object() fyne.CanvasObject { return b.root }

// Tell shows what is due.
func (b *Bar) Tell(d Duty) {
	text := dutyWords(d)
	kit.Show(text != "", b.root)
	if text == "" {
		return
	}
	if d.Overdue > 0 {
		b.notice.Warn(text)
	} else {
		b.notice.Say(text)
	}
	b.notice.Offer(kit.T("Show cases"), b.show)
}
