package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine"
	"gabarit/ui/cases"
	"gabarit/ui/kit"
	"gabarit/ui/library"
	"gabarit/ui/search"
)

// screen is one of the window's screens, in the order of the rail.
type screen int

const (
	screenSearch screen = iota
	screenLibrary
	screenCases
	screenLog
	screenSettings
	screenCount
)

// Shell is the window's frame. All its methods are for the window's thread and return at once.
type Shell struct {
	app  fyne.App
	win  fyne.Window
	env  *kit.Env
	svc  Service
	now  func() time.Time
	drop *kit.Slot

	search   *search.View
	library  *library.View
	cases    *cases.List
	log      *logView
	settings *settingsView

	gate    *gate
	status  *statusBar
	rail    *rail
	pages   [screenCount]fyne.CanvasObject
	stage   *fyne.Container
	frame   *fyne.Container
	current screen
	open    bool
	help    bool
	photo   string // to search with once the vault is open
	cancel  func() // ends the subscription
}

// newShell builds the frame in win, before the vault is open.
func newShell(a fyne.App, win fyne.Window, slots *kit.Slots, svc Service, now func() time.Time) *Shell {
	s := &Shell{app: a, win: win, svc: svc, now: now}
	s.env = &kit.Env{Win: win, Slots: slots, Keys: s.onKey, OpenURL: a.OpenURL,
		Copy: func(text string) { a.Clipboard().SetContent(text) }, Dump: kit.NewDump(slots)}
	s.drop = slots.NewSlot()
	s.search = search.New(s.env, svc, now, search.Exits{Library: func() { s.goTo(screenLibrary) }, Erase: s.askErasure})
	s.library = library.New(s.env, svc)
	s.cases = cases.NewList(s.env, svc)
	s.log = newLogView(s.env, svc)
	s.settings = newSettingsView(s.env, a)
	s.gate = newGate(s.env, svc, s.onOpened)
	s.status = newStatusBar(s.env, svc, s.onStatus)
	s.rail = newRail(s.env, s.goTo)
	s.pages = [screenCount]fyne.CanvasObject{s.search.Content(), s.library.Content(), s.cases.Content(), s.log.Content(), s.settings.Content()}
	s.stage = container.NewStack()
	for _, p := range s.pages {
		p.Hide()
		s.stage.Add(p)
	}
	side := container.NewBorder(nil, nil, nil, widget.NewSeparator(), s.rail.root)
	s.frame = container.NewBorder(nil, s.status.root, side, nil, s.stage)
	s.frame.Hide()
	win.SetPadded(false)
	win.SetContent(container.NewStack(s.frame, s.gate.root))
	win.SetMainMenu(s.menu())
	win.Canvas().SetOnTypedKey(func(ev *fyne.KeyEvent) { s.onKey(ev) })
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

// start looks at the vault.
func (s *Shell) start() { s.gate.check() }

// close ends the subscription; the background work is closed by its owner.
func (s *Shell) close() { s.cancel() }

// onOpened is called once the vault is open.
func (s *Shell) onOpened() {
	s.open = true
	s.gate.root.Hide()
	s.frame.Show()
	s.status.read()
	s.goTo(screenSearch)
	if s.photo != "" {
		s.search.OpenPhoto(s.photo)
		s.photo = ""
	}
}

// onStatus keeps the window's title honest.
func (s *Shell) onStatus(st engine.Status) {
	title := "Gabarit"
	if st.Vault == engine.VaultOpen && !st.Passphrase {
		title += " – " + kit.T("no passphrase")
	}
	s.win.SetTitle(title)
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
	case screenLog:
		s.log.Shown()
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
		case engine.EventCollections, engine.EventIndex:
			s.search.Shown()
			s.library.ReadCollections()
		case engine.EventJobs:
			s.library.ReadJobs()
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
	cases.Open(s.env, s.svc, items, s.now(), func() { s.search.FocusResults() })
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
