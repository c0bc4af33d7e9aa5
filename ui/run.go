package ui

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/theme"

	"gabarit/assets"
	"gabarit/engine"
	"gabarit/ui/kit"
)

// appID names the settings file of the window and matches FyneApp.toml.
const appID = "org.gabarit.Gabarit"

// Options are what the window is started with.
type Options struct {
	Photo string           // a photo to search with at once; "" for none
	Now   func() time.Time // nil: time.Now
}

// Run opens the window and returns when it is closed: its background work and the application have ended by
// then. ctx ends the background work early, as when the process is told to stop. Call it from main's goroutine.
func Run(ctx context.Context, svc Service, opts Options) error {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	a := app.NewWithID(appID)
	if err := forceLanguage(a.Preferences()); err != nil {
		return engine.E(engine.CodeInternal, "ui.Run", "the language could not be set", err)
	}
	if err := kit.LoadTranslations(assets.FS()); err != nil {
		return err
	}
	applyTheme(a)
	a.SetIcon(appIcon())
	win := a.NewWindow("Gabarit")
	win.SetMaster()
	slots := kit.NewSlots(ctx, nil)
	shell := newShell(a, win, slots, svc, opts.Now)
	shell.photo = opts.Photo
	win.Resize(fyne.NewSize(1200, 800))
	win.CenterOnScreen()
	shell.start()
	win.ShowAndRun()
	shell.close()
	slots.Close()
	if err := svc.Close(); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// appIcon is the program's icon.
func appIcon() fyne.Resource {
	data, err := fs.ReadFile(assets.FS(), "icons/gabarit.png")
	if err != nil {
		return theme.AccountIcon()
	}
	return fyne.NewStaticResource("gabarit.png", data)
}
