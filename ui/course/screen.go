package course

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/ui/kit"
)

// Screen is the list of cases and the one that is chosen. Its methods are for the window's thread.
type Screen struct {
	env   *kit.Env
	svc   Service
	p     *Presenter
	exits Exits

	reading, writing, asking *kit.Slot

	notice *kit.Notice
	list   *kit.List
	view   *view
	empty  fyne.CanvasObject
	body   fyne.CanvasObject
	tools  fyne.CanvasObject
	root   fyne.CanvasObject
	told   func(Duty) // what the bar shows
}

// NewScreen builds the screen.
func NewScreen(env *kit.Env, svc Service, now func() time.Time, exits Exits) *Screen {
	s := &Screen{env: env, svc: svc, p: NewPresenter(now), exits: exits, reading: env.Slots.NewSlot(), writing: env.Slots.NewSlot(), asking: env.Slots.NewSlot(), notice: env.NewNotice()}
	s.list = env.NewList(func() int { return len(s.p.Views()) },
		func() fyne.CanvasObject {
			head, state, about := kit.NewLine(""), widget.NewLabel(""), kit.NewLine("")
			head.TextStyle.Bold, state.TextStyle.Bold = true, true
			about.SizeName = theme.SizeNameCaptionText
			return kit.Compact(container.NewVBox(container.NewBorder(nil, nil, nil, state, head), about))
		}, s.draw)
	s.list.OnSelected = func(i int) {
		s.p.Select(i)
		s.view.show()
	}
	title := kit.NewTitle(kit.T("No case yet"))
	title.Alignment = fyne.TextAlignCenter
	text := kit.NewText(kit.T("A case opens when you export an erasure letter: search, tick matches, then “Ask for erasure…”."))
	text.Alignment = fyne.TextAlignCenter
	s.empty = container.NewCenter(kit.Fixed(420, container.NewVBox(title, text)))
	s.view = newView(s)
	s.body = container.NewBorder(nil, nil, kit.Fixed(300, s.list), nil, container.NewBorder(nil, nil, widget.NewSeparator(), nil, s.view.root))
	calendar := env.NewButton(kit.T("Calendar file…"), theme.HistoryIcon(), s.calendar)
	export := env.NewButton(kit.T("Export all…"), theme.DocumentSaveIcon(), s.export)
	s.tools = container.NewHBox(calendar, export)
	addresses := env.NewButton(kit.T("Address book…"), theme.AccountIcon(), func() {
		if !env.Busy() {
			OpenBook(env, svc, nil, nil)
		}
	})
	env.Dump.Name("cases.book", addresses)
	env.Dump.Name("cases.list", s.list)
	env.Dump.Name("cases.calendar", calendar)
	env.Dump.Name("cases.export", export)
	advice := kit.NewNote(kit.T("Gabarit counts and writes; it gives no legal advice. Points marked for a lawyer were not checked by one."))
	env.Dump.Name("cases.advice", advice)
	head := container.NewVBox(container.NewBorder(nil, nil, kit.NewTitle(kit.T("Cases")), container.NewHBox(s.tools, addresses)), s.notice.Object(), widget.NewSeparator())
	s.root = container.NewPadded(container.NewBorder(head, advice, nil, nil, container.NewStack(s.body, s.empty)))
	s.refresh()
	return s
}

// Content is the screen.
func (s *Screen) Content() fyne.CanvasObject { return s.root }

// OnDuty calls tell whenever it is known anew what is due.
func (s *Screen) OnDuty(tell func(Duty)) { s.told = tell }

// Shown re-reads the cases.
func (s *Screen) Shown() {
	kit.Run(s.reading, s.svc.CaseViews, func(views []matter.CaseView, err error) {
		if err != nil {
			s.notice.Error(err)
			return
		}
		s.p.SetViews(views)
		s.refresh()
	})
}

// Show shows a case that is in the list.
func (s *Screen) Show(id engine.CaseID) {
	if i := s.p.index(id); i >= 0 {
		s.list.Select(i)
	}
}

// Duty is what is due as it was read last.
func (s *Screen) Duty() Duty { return s.p.Duty() }

func (s *Screen) refresh() {
	some := len(s.p.Views()) > 0
	kit.Show(!some, s.empty)
	kit.Show(some, s.body, s.tools)
	s.list.Refresh()
	if i := s.p.Selected(); i >= 0 {
		s.list.Select(i)
	}
	s.view.show()
	if s.told != nil {
		s.told(s.p.Duty())
	}
}

func (s *Screen) draw(i int, o fyne.CanvasObject) {
	views := s.p.Views()
	if i >= len(views) {
		return
	}
	v := views[i]
	box := o.(*container.ThemeOverride).Content.(*fyne.Container)
	top := box.Objects[0].(*fyne.Container)
	kit.SetText(top.Objects[0].(*widget.Label), siteWords(v))
	state := top.Objects[1].(*widget.Label)
	state.Importance = importance(v.Standing.State)
	state.SetText(StateWords(v))
	about := v.Case.Ref
	if due := s.p.DueWords(v); due != "" {
		about = due + " · " + about
	}
	kit.SetText(box.Objects[1].(*widget.Label), about)
}

func siteWords(v matter.CaseView) string {
	if v.Case.Site == "" {
		return kit.T("Local files")
	}
	return v.Case.Site
}

// changed shows a case that was just changed; the list follows when the application says so.
func (s *Screen) changed(v matter.CaseView) {
	s.p.Replace(v)
	s.refresh()
}

// calendar writes the dates of all cases to a file.
func (s *Screen) calendar() {
	s.toFolder("gabarit-cases.ics", func(ctx context.Context, path string) (int, error) {
		return s.svc.WriteCalendar(ctx, nil, path, kit.Language())
	})
}

// export writes all cases as a table and as a document.
func (s *Screen) export() {
	s.toFolder("gabarit-cases-"+s.p.today().String(), func(ctx context.Context, path string) (int, error) {
		if n, err := s.svc.ExportCases(ctx, "csv", path+".csv"); err != nil {
			return n, err
		}
		return s.svc.ExportCases(ctx, "json", path+".json")
	})
}

// toFolder asks for a folder and writes a file of that name there, in the background.
func (s *Screen) toFolder(name string, write func(ctx context.Context, path string) (int, error)) {
	s.env.ChooseFolder(kit.T("Choose the folder for the file"), kit.T("Write here"), func(dir string, err error) {
		if err != nil {
			s.notice.Error(err)
			return
		}
		path := joined(dir, name)
		kit.Run(s.writing, func(ctx context.Context) (int, error) { return write(ctx, path) }, func(_ int, err error) {
			if err != nil {
				s.notice.Error(err)
				return
			}
			s.notice.Say(kit.T("Written: {{.V}}", kit.Field(path)))
		})
	})
}
