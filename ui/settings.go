package ui

import (
	"os"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine"
	"gabarit/ui/kit"
)

// Keys of the preferences; they hold nothing about photos or people.
const (
	prefLanguage   = "language"
	prefAppearance = "appearance"
	prefLock       = "lock_minutes" // without use, after which the vault is locked; 0: never
)

// languages are the choices of language: the system's, or one by its code.
func languages() []string { return []string{"system", "en", "fr"} }

func appearances() []string {
	return []string{string(AppearanceSystem), string(AppearanceLight), string(AppearanceDark)}
}

// settingsView is the screen of the settings.
type settingsView struct {
	vault *vaultSettings
	root  fyne.CanvasObject
}

// newSettingsView builds the screen; changed is called after something of the vault's state was changed.
func newSettingsView(env *kit.Env, a fyne.App, svc Service, changed func()) *settingsView {
	s := &settingsView{vault: newVaultSettings(env, svc, a.Preferences(), changed)}
	prefs := a.Preferences()
	restart := kit.NewText(kit.T("The language changes when Gabarit is started again."))
	restart.Hide()
	language := env.NewSelect(nil, func(i int) {
		prefs.SetString(prefLanguage, languages()[i])
		restart.Show()
	})
	language.Fill([]string{kit.T("As the system"), "English", "Français"},
		max(slices.Index(languages(), prefs.StringWithFallback(prefLanguage, "system")), 0))
	look := env.NewSelect(nil, func(i int) {
		prefs.SetString(prefAppearance, appearances()[i])
		applyTheme(a)
	})
	look.Fill([]string{kit.T("As the system"), kit.T("Light"), kit.T("Dark")},
		max(slices.Index(appearances(), prefs.StringWithFallback(prefAppearance, "system")), 0))
	env.Dump.Name("settings.look", look)
	form := widget.NewForm(
		widget.NewFormItem(kit.T("Language"), container.NewVBox(language, restart)),
		widget.NewFormItem(kit.T("Appearance"), look))
	for _, item := range s.vault.items() {
		form.AppendItem(item)
	}
	box := container.NewVBox(kit.NewTitle(kit.T("Settings")), kit.Fixed(660, container.NewVBox(form, s.vault.notice.Object())))
	s.root = container.NewVScroll(container.NewPadded(container.NewBorder(nil, nil, box, nil)))
	return s
}

// Content is the screen.
func (s *settingsView) Content() fyne.CanvasObject { return s.root }

// Shown forgets the result of what was last done here.
func (s *settingsView) Shown() { s.vault.notice.Clear() }

func (s *settingsView) show(st engine.Status) { s.vault.show(st) }

// applyTheme puts the chosen appearance on the window.
func applyTheme(a fyne.App) {
	chosen := a.Preferences().StringWithFallback(prefAppearance, string(AppearanceSystem))
	if forced := os.Getenv("GABARIT_THEME"); forced != "" {
		chosen = forced
	}
	a.Settings().SetTheme(look{Appearance(chosen)})
}

// forceLanguage makes the process speak the language chosen in GABARIT_LANG or in the settings, before the
// translations are read. Only the language of messages is set: the keyboard's input method keeps the system's.
func forceLanguage(prefs fyne.Preferences) error {
	chosen := os.Getenv("GABARIT_LANG")
	if chosen == "" {
		chosen = prefs.StringWithFallback(prefLanguage, "system")
	}
	if chosen == "system" {
		return nil
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		switch os.Getenv(name) {
		case "C", "POSIX": // these switch translations off
			if err := os.Unsetenv(name); err != nil {
				return err
			}
		}
	}
	return os.Setenv("LANGUAGE", chosen)
}
