package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"gabarit/ui/kit"
)

// rail is the list of screens at the left, and what locks the vault.
type rail struct {
	buttons [screenCount]*kit.Button
	root    fyne.CanvasObject
}

func newRail(env *kit.Env, goTo func(screen), lock func()) *rail {
	r := &rail{}
	icons := [screenCount]fyne.Resource{theme.SearchIcon(), theme.StorageIcon(), theme.MailComposeIcon(), theme.AccountIcon(), theme.HistoryIcon(), theme.SettingsIcon()}
	names := screenNames()
	box := container.NewVBox()
	for i := range r.buttons {
		b := env.NewQuietButton(names[i], icons[i], func() { goTo(screen(i)) })
		b.Alignment = widget.ButtonAlignLeading
		r.buttons[i] = b
		box.Add(b)
		env.Dump.Name("rail."+string(rune('1'+i)), b)
	}
	locks := env.NewQuietButton(kit.T("Lock now"), theme.LogoutIcon(), lock)
	locks.Alignment = widget.ButtonAlignLeading
	env.Dump.Name("rail.lock", locks)
	r.root = kit.Wide(132, container.NewPadded(container.NewBorder(nil, locks, nil, nil, box)))
	return r
}

// screenNames are the screens' names in the order of the rail.
func screenNames() [screenCount]string {
	return [screenCount]string{kit.T("Search"), kit.T("Library"), kit.T("Cases"), kit.T("Desk"), kit.T("Log"), kit.T("Settings")}
}

func (r *rail) mark(to screen) {
	for i, b := range r.buttons {
		want := widget.LowImportance
		if screen(i) == to {
			want = widget.HighImportance
		}
		if b.Importance != want {
			b.Importance = want
			b.Refresh()
		}
	}
}
