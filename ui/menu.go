package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"gabarit/ui/kit"
)

// menu is the main menu. Its shortcuts work whatever has the keyboard.
func (s *Shell) menu() *fyne.MainMenu {
	names := screenNames()
	file := fyne.NewMenu(kit.T("File"),
		s.item(kit.T("Choose photo…"), fyne.KeyO, s.choosePhoto),
		fyne.NewMenuItemSeparator(),
		s.item(kit.T("Add folder…"), "", func() { s.onLibrary(s.library.AddFolder) }),
		s.item(kit.T("Add file…"), "", func() { s.onLibrary(s.library.AddFile) }),
		s.item(kit.T("New collection…"), "", func() { s.onLibrary(func() { s.library.Add(nil) }) }),
		fyne.NewMenuItemSeparator(),
		&fyne.MenuItem{Label: kit.T("Lock now"), Action: s.lock, Shortcut: control(fyne.KeyL)}, // also while a dialog is open
		&fyne.MenuItem{Label: kit.T("Quit"), IsQuit: true, Action: s.app.Quit, Shortcut: control(fyne.KeyQ)})
	view := fyne.NewMenu(kit.T("View"), s.item(kit.T("People"), fyne.KeyP, func() { s.onLibrary(s.library.ShowPeople) }), fyne.NewMenuItemSeparator())
	digits := [screenCount]fyne.KeyName{fyne.Key1, fyne.Key2, fyne.Key3, fyne.Key4, fyne.Key5, fyne.Key6}
	for i, name := range names {
		view.Items = append(view.Items, s.item(name, digits[i], func() { s.goTo(screen(i)) }))
	}
	results := fyne.NewMenu(kit.T("Results"),
		s.item(kit.T("Go to the results"), fyne.KeyF, s.focusResults),
		s.item(kit.T("Draw a face"), fyne.KeyD, func() { s.onSearch(s.search.ToggleDrawing) }),
		s.item(kit.T("Compare"), "", func() { s.onSearch(s.search.OpenCompare) }),
		s.item(kit.T("Ask for erasure…"), fyne.KeyE, func() { s.onSearch(s.search.AskErasure) }),
		s.item(kit.T("Erase from this vault…"), "", func() { s.onSearch(s.search.EraseTargets) }))
	help := fyne.NewMenu(kit.T("Help"),
		fyne.NewMenuItem(kit.T("Keys (F1)"), s.showHelp),
		fyne.NewMenuItem(kit.T("About Gabarit"), s.showAbout))
	return fyne.NewMainMenu(file, view, results, help)
}

func control(key fyne.KeyName) *desktop.CustomShortcut {
	return &desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault}
}

func (s *Shell) item(label string, key fyne.KeyName, do func()) *fyne.MenuItem {
	m := fyne.NewMenuItem(label, func() {
		s.onActive()
		if s.open && !s.env.Busy() {
			do()
		}
	})
	if key != "" {
		m.Shortcut = control(key)
	}
	return m
}

func (s *Shell) onSearch(do func()) {
	s.goTo(screenSearch)
	do()
}

func (s *Shell) onLibrary(do func()) {
	s.goTo(screenLibrary)
	do()
}

func (s *Shell) choosePhoto() { s.onSearch(s.search.ChoosePhoto) }

func (s *Shell) focusResults() { s.onSearch(s.search.FocusResults) }

// keyHelp is one line of the help page.
type keyHelp struct{ Keys, What string }

// helpKeys lists the keys; every one is tested.
func helpKeys() []keyHelp {
	return []keyHelp{
		{"Ctrl+O", kit.T("choose a photo")},
		{"Ctrl+1 … Ctrl+6", kit.T("go to a screen")},
		{"Ctrl+F", kit.T("go to the results")},
		{kit.T("Arrows, Page Up/Down, Home, End"), kit.T("move among the results, and to the previous and next match while comparing")},
		{kit.T("Space"), kit.T("tick the match, in the results and while comparing")},
		{kit.T("Return"), kit.T("compare; in the purpose: search; on a button: press it")},
		{"+  −  0", kit.T("zoom while comparing")},
		{"Y  N  U", kit.T("while comparing: it is the person, somebody else, unsure; once more takes it back")},
		{"W", kit.T("face or whole photo while comparing")},
		{"Ctrl+D", kit.T("draw a face on the photo, or stop drawing")},
		{kit.T("Arrows, + −, Return, Escape"), kit.T("while drawing: move the box, size it, use it, leave it")},
		{"Ctrl+E", kit.T("ask for erasure of the ticked matches")},
		{"Ctrl+P", kit.T("go to the people: arrows move, Space ticks, Return opens a group")},
		{kit.T("Escape"), kit.T("leave the comparison or a group, close a dialog")},
		{kit.T("Tab, Shift+Tab"), kit.T("next and previous field; Space chooses a face box")},
		{"Alt", kit.T("open the menu")},
		{"F1", kit.T("this page")},
		{"Ctrl+L", kit.T("lock the vault and clear the window")},
		{"Ctrl+Q", kit.T("quit")},
	}
}

// showHelp opens the page of keys, or closes it.
func (s *Shell) showHelp() {
	if s.help {
		s.env.CloseModal()
		return
	}
	if s.env.Busy() {
		return
	}
	grid := container.New(&twoColumns{})
	for _, k := range helpKeys() {
		key := widget.NewLabelWithStyle(k.Keys, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
		grid.Add(key)
		grid.Add(kit.NewText(k.What))
	}
	d := s.env.NewDialog(kit.T("Keys"), kit.Sized(600, 0, kit.Compact(grid)))
	s.modal(d)
	s.help = true
}

// modal shows a dialog with a Close button that has the keyboard.
func (s *Shell) modal(d *dialog.CustomDialog) {
	button := s.env.NewButton(kit.T("Close"), theme.CancelIcon(), d.Hide)
	d.SetButtons([]fyne.CanvasObject{button})
	s.env.Modal(d, func() { s.help = false })
	s.env.Focus(button)
}

func (s *Shell) showAbout() {
	if s.env.Busy() {
		return
	}
	version := s.app.Metadata().Version
	text := container.NewVBox(
		container.NewCenter(kit.Sized(72, 72, widget.NewIcon(appIcon()))),
		kit.NewText(kit.T("Gabarit finds where a face can be seen in photos you hold lawfully, and writes the letters that get it removed. Nothing leaves this computer.")),
		kit.NewText(kit.T("Version {{.V}}. Apache License 2.0.", kit.Field(version))))
	s.modal(s.env.NewDialog(kit.T("About Gabarit"), kit.Sized(420, 0, text)))
}

// twoColumns lays out pairs: the first as wide as the widest first, the second with the rest.
type twoColumns struct{}

// Layout places the pairs below each other.
func (l *twoColumns) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	first := l.first(objects)
	y := float32(0)
	for i := 0; i+1 < len(objects); i += 2 {
		rest := fyne.NewSize(size.Width-first, 0)
		objects[i+1].Resize(fyne.NewSize(rest.Width, objects[i+1].MinSize().Height))
		h := max(objects[i].MinSize().Height, objects[i+1].MinSize().Height)
		objects[i].Resize(fyne.NewSize(first, h))
		objects[i].Move(fyne.NewPos(0, y))
		objects[i+1].Resize(fyne.NewSize(rest.Width, h))
		objects[i+1].Move(fyne.NewPos(first, y))
		y += h
	}
}

func (l *twoColumns) first(objects []fyne.CanvasObject) float32 {
	w := float32(0)
	for i := 0; i < len(objects); i += 2 {
		w = max(w, objects[i].MinSize().Width)
	}
	return w + 12
}

// MinSize sums the heights.
func (l *twoColumns) MinSize(objects []fyne.CanvasObject) fyne.Size {
	h := float32(0)
	for i := 0; i+1 < len(objects); i += 2 {
		h += max(objects[i].MinSize().Height, objects[i+1].MinSize().Height)
	}
	return fyne.NewSize(l.first(objects)+200, h)
}
