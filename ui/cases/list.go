package cases

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine"
	"gabarit/ui/kit"
)

// List is the screen of the cases that were opened. Its methods are for the window's thread.
type List struct {
	env   *kit.Env
	svc   Service
	slot  *kit.Slot
	cases []engine.Case // newest first

	notice *kit.Notice
	list   *kit.List
	empty  fyne.CanvasObject
	root   fyne.CanvasObject
}

// NewList builds the screen.
func NewList(env *kit.Env, svc Service) *List {
	l := &List{env: env, svc: svc, slot: env.Slots.NewSlot(), notice: env.NewNotice()}
	l.list = env.NewList(func() int { return len(l.cases) },
		func() fyne.CanvasObject {
			head, about := kit.NewLine(""), kit.NewLine("")
			head.TextStyle.Bold = true
			about.SizeName = theme.SizeNameCaptionText
			return kit.Compact(container.NewPadded(container.NewVBox(head, about)))
		}, l.draw)
	title := kit.NewTitle(kit.T("No case yet"))
	title.Alignment = fyne.TextAlignCenter
	text := kit.NewText(kit.T("A case opens when you export an erasure letter: search, tick matches, then “Ask for erasure…”."))
	text.Alignment = fyne.TextAlignCenter
	l.empty = container.NewCenter(kit.Fixed(420, container.NewVBox(title, text)))
	head := container.NewVBox(kit.NewTitle(kit.T("Cases")), l.notice.Object(), widget.NewSeparator())
	l.root = container.NewPadded(container.NewBorder(head, nil, nil, nil, container.NewStack(l.list, l.empty)))
	l.refresh()
	return l
}

// Content is the screen.
func (l *List) Content() fyne.CanvasObject { return l.root }

// Shown re-reads the cases.
func (l *List) Shown() {
	kit.Run(l.slot, l.svc.Cases, func(list []engine.Case, err error) {
		if err != nil {
			l.notice.Error(err)
			return
		}
		l.cases = l.cases[:0]
		for i := len(list) - 1; i >= 0; i-- {
			l.cases = append(l.cases, list[i])
		}
		l.refresh()
	})
}

func (l *List) refresh() {
	kit.Show(len(l.cases) == 0, l.empty)
	kit.Show(len(l.cases) > 0, l.list)
	l.list.Refresh()
}

func (l *List) draw(i int, o fyne.CanvasObject) {
	if i >= len(l.cases) {
		return
	}
	c := l.cases[i]
	box := o.(*container.ThemeOverride).Content.(*fyne.Container).Objects[0].(*fyne.Container)
	kit.SetText(box.Objects[0].(*widget.Label), c.Ref+" · "+siteWords(c.Site))
	words := []string{kit.N("{{.N}} items", len(c.Items)), stateWords(c.State), kit.T("opened {{.V}}", kit.Field(kit.Date(c.CreatedAt)))}
	for _, letter := range c.Letters {
		words = append(words, kit.T("letter of {{.V}}", kit.Field(kit.Date(letter.At)))+
			" ("+strings.Join(append([]string{letter.Lang}, letter.Formats...), ", ")+")")
	}
	kit.SetText(box.Objects[1].(*widget.Label), strings.Join(words, " · "))
}

func stateWords(s engine.CaseState) string {
	if s == engine.CaseExported {
		return kit.T("letter exported")
	}
	return kit.T("draft")
}
