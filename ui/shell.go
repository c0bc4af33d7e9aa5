package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/ui/cases"
	"gabarit/ui/course"
	"gabarit/ui/desk"
	"gabarit/ui/kit"
	"gabarit/ui/library"
	"gabarit/ui/papers"
	"gabarit/ui/search"
	"gabarit/ui/upkeep"
)

// screen is one of the window's screens, in the order of the rail.
type screen int

const (
	screenSearch screen = iota
	screenLibrary
	screenCases
	screenDesk
	screenLog
	screenSettings
	screenCount
)

// Shell is the window's frame. All its methods are for the window's thread and return at once.
type Shell struct {
	app   fyne.App
	win   fyne.Window
	env   *kit.Env
	svc   Service
	now   func() time.Time
	slots *kit.Slots // the window's; the screens have a part of them that ends when the vault is locked
	part  *kit.Slots
	drop  *kit.Slot
	touch *kit.Slot

	search   *search.View
	library  *library.View
	cases    *course.Screen
	desk     *desk.View
	log      *logView
	settings *settingsView

	gate    *gate
	status  *statusBar
	rail    *rail
	banner  *banner
	duty    *course.Bar
	pages   [screenCount]fyne.CanvasObject
	stage   *fyne.Container
	frame   *fyne.Container
	current screen
	open    bool
	help    bool
	touched time.Time // when the application was last told that somebody uses the window
	photo   string    // to search with once the vault is open
	cancel  func()    // ends the subscription
}

// newShell builds the frame in win, before the vault is open.
func newShell(a fyne.App, win fyne.Window, slots *kit.Slots, svc Service, now func() time.Time) *Shell {
	s := &Shell{app: a, win: win, svc: svc, now: now, slots: slots, drop: slots.NewSlot(), touch: slots.NewSlot()}
	s.env = &kit.Env{Win: win, Slots: slots, Keys: s.onKey, Active: s.onActive, OpenURL: a.OpenURL,
		Copy: func(text string) { a.Clipboard().SetContent(text) }, Dump: kit.NewDump(slots)}
	s.gate = newGate(s.env, svc, s.onOpened)
	s.status = newStatusBar(s.env, svc, s.onStatus)
	s.rail = newRail(s.env, s.goTo, s.lock)
	s.banner = newBanner(s.env, func() { s.goTo(screenLog) })
	s.duty = course.NewBar(s.env, func() { s.goTo(screenCases) })
	s.stage = container.NewStack()
	s.build()
	side := container.NewBorder(nil, nil, nil, widget.NewSeparator(), s.rail.root)
	s.frame = container.NewBorder(nil, s.status.root, side, nil, container.NewBorder(container.NewVBox(s.banner.root, s.duty.Object()), nil, nil, nil, s.stage))
	s.frame.Hide()
	win.SetPadded(false)
	win.SetContent(s.env.Watched(container.NewStack(s.frame, s.gate.root)))
	win.SetMainMenu(s.menu())
	win.Canvas().SetOnTypedKey(func(ev *fyne.KeyEvent) {
		s.onActive()
		s.onKey(ev)
	})
	win.SetOnDropped(func(_ fyne.Position, uris []fyne.URI) {
		paths := make([]string, len(uris))
		for i, u := range uris {
			paths[i] = u.Path()
		}
		s.OnDropped(paths...)
	})
	hints := kit.NewHints(slots, 250*time.Millisecond, s.onHints)
	s.cancel = svc.Subscribe(hints.Add)
	return s
}

// build makes the screens, empty, in the place of those there are: the work of the former ones is cancelled, and
// nothing that they showed or knew is kept.
func (s *Shell) build() {
	if s.part != nil {
		s.part.End()
	}
	s.part = s.slots.Part()
	s.env.Slots = s.part
	s.search = search.New(s.env, s.svc, s.now, search.Exits{Library: func() { s.goTo(screenLibrary) }, Erase: s.askErasure})
	s.library = library.New(s.env, s.svc)
	s.library.Upkeep = func(collection string) { upkeep.Show(s.env, s.svc, collection, s.library.Changed) }
	s.cases = course.NewScreen(s.env, s.svc, s.now, course.Exits{Write: s.writeLetter})
	s.cases.OnDuty(s.duty.Tell)
	s.desk = desk.New(s.env, s.svc, papers.New(s.env, s.svc, s.now), s.now)
	s.log = newLogView(s.env, s.svc)
	s.settings = newSettingsView(s.env, s.app, s.svc, s.status.read)
	s.pages = [screenCount]fyne.CanvasObject{s.search.Content(), s.library.Content(), s.cases.Content(), s.desk.Content(), s.log.Content(), s.settings.Content()}
	s.stage.RemoveAll()
	for _, p := range s.pages {
		p.Hide()
		s.stage.Add(p)
	}
}

// start looks at the vault.
func (s *Shell) start() {
	s.svc.LockAfter(lockAfter(s.app.Preferences()))
	s.gate.check()
}

// close ends the subscription; the background work is closed by its owner.
func (s *Shell) close() { s.cancel() }

// onOpened is called once the vault is open.
func (s *Shell) onOpened() {
	s.open = true
	s.gate.root.Hide()
	s.frame.Show()
	s.status.read()
	s.cases.Shown() // for the bar
	s.goTo(screenSearch)
	if s.photo != "" {
		s.search.OpenPhoto(s.photo)
		s.photo = ""
	}
}

// lock closes the vault. What came out of it leaves the window before the vault is asked to close.
func (s *Shell) lock() {
	if s.open {
		s.forget()
		s.gate.lock()
	}
}

// forget takes everything personal off the window and out of its memory.
func (s *Shell) forget() {
	s.open, s.photo = false, ""
	s.drop.Stop()
	s.env.CloseAll()
	s.win.Canvas().Unfocus()
	s.search.Forget()
	s.library.Forget()
	s.desk.Forget()
	s.build()
	s.banner.show(nil)
	s.duty.Tell(course.Duty{})
	s.status.forget()
	s.win.SetTitle("Gabarit")
	s.frame.Hide()
	s.gate.root.Show()
}

// onActive tells the application that somebody uses the window, at most once a second.
func (s *Shell) onActive() {
	now := s.now()
	if !s.open || now.Sub(s.touched) < time.Second {
		return
	}
	s.touched = now
	kit.Run(s.touch, func(context.Context) (struct{}, error) {
		s.svc.Touch()
		return struct{}{}, nil
	}, func(struct{}, error) {})
}

// onStatus keeps the window's title honest, and follows a vault that locked itself.
func (s *Shell) onStatus(st engine.Status) {
	if !s.open {
		return
	}
	if st.Vault != engine.VaultOpen {
		s.forget()
		s.gate.locked()
		return
	}
	title := "Gabarit"
	if !st.Passphrase {
		title += " – " + kit.T("no passphrase")
	}
	s.win.SetTitle(title)
	s.banner.show(st.Warnings)
	s.settings.show(st)
}

// goTo shows a screen.
func (s *Shell) goTo(to screen) {
	if !s.open || s.env.Busy() {
		return
	}
	s.current = to
	for i, p := range s.pages {
		kit.Show(screen(i) == to, p)
	}
	s.rail.mark(to)
	s.win.Canvas().Unfocus()
	switch to {
	case screenSearch:
		s.search.Shown()
		s.search.FocusResults()
	case screenLibrary:
		s.library.Shown()
	case screenCases:
		s.cases.Shown()
	case screenDesk:
		s.desk.Shown()
	case screenLog:
		s.log.Shown()
	case screenSettings:
		s.settings.Shown()
	}
}

// onHints re-reads what changed.
func (s *Shell) onHints(hints []engine.Event) {
	if !s.open {
		return
	}
	s.status.read()
	for _, h := range hints {
		switch h {
		case engine.EventCollections, engine.EventIndex, engine.EventUpkeep:
			s.search.Shown()
			s.library.Changed()
		case engine.EventJobs:
			s.library.ReadJobs()
		case engine.EventRequests:
			s.desk.Shown()
		case engine.EventCases:
			s.cases.Shown()
		}
	}
	if s.current == screenLog {
		s.log.Shown()
	}
}

// askErasure opens the letters about items.
func (s *Shell) askErasure(items []engine.CaseItem) {
	if s.env.Busy() {
		return
	}
	cases.Open(s.env, s.svc, items, s.now(), cases.Exits{Closed: func() { s.search.FocusResults() }, Book: s.openBook})
}

// openBook shows the address book over the letters.
func (s *Shell) openBook(items []engine.CaseItem, take func(matter.Controller)) {
	course.OpenBook(s.env, s.svc, items, take)
}

// writeLetter opens the letter of a case.
func (s *Shell) writeLetter(v matter.CaseView, step matter.Step) {
	if !s.env.Busy() {
		cases.OpenCase(s.env, s.svc, v, step.Right, s.now(), cases.Exits{Book: s.openBook})
	}
}

// onKey handles the keys that belong to the window, whatever has the keyboard.
func (s *Shell) onKey(ev *fyne.KeyEvent) bool {
	switch ev.Name {
	case fyne.KeyF1:
		s.showHelp()
	case fyne.KeyEscape:
		return s.env.CloseModal()
	default:
		return false
	}
	return true
}
