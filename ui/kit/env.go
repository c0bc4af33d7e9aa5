package kit

import (
	"net/url"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
)

// Env is what every screen is given: the window, the owner of its background work, and the window-wide
// reactions that a widget can't know.
type Env struct {
	Win   fyne.Window
	Slots *Slots
	// Keys is asked first by every widget made here that has the keyboard; true means that the key was used.
	Keys func(*fyne.KeyEvent) bool
	// Active is told of every sign that somebody uses the window; nil: nobody wants to know.
	Active func()
	// OpenURL opens an address in the browser or folder viewer.
	OpenURL func(*url.URL) error
	// Copy puts text on the clipboard.
	Copy func(string)
	// Dump names widgets for tests of the real window; it does nothing in a normal build.
	Dump *Dump

	modals []*dialog.CustomDialog
}

// NewDialog gives a dialog without buttons, for Modal.
func (e *Env) NewDialog(title string, content fyne.CanvasObject) *dialog.CustomDialog {
	return dialog.NewCustomWithoutButtons(title, e.Watched(content), e.Win)
}

// Modal shows a dialog that Escape closes; closed is called when it goes, and may be nil.
func (e *Env) Modal(d *dialog.CustomDialog, closed func()) {
	e.modals = append(e.modals, d)
	d.SetOnClosed(func() {
		e.modals = slices.DeleteFunc(e.modals, func(m *dialog.CustomDialog) bool { return m == d })
		if closed != nil {
			closed()
		}
	})
	d.Show()
}

// CloseModal closes the newest dialog that Modal shows and reports whether there was one.
func (e *Env) CloseModal() bool {
	if len(e.modals) == 0 {
		return false
	}
	e.modals[len(e.modals)-1].Hide()
	return true
}

// CloseAll closes every dialog and menu that lies over the window's content, the newest first.
func (e *Env) CloseAll() {
	for e.CloseModal() {
	}
	overlays := e.Win.Canvas().Overlays()
	for top := overlays.Top(); top != nil; top = overlays.Top() {
		overlays.Remove(top)
	}
}

// Busy reports whether a dialog or menu lies over the window's content.
func (e *Env) Busy() bool { return e.Win.Canvas().Overlays().Top() != nil }

// Focus gives the keyboard to a widget if it is on the window.
func (e *Env) Focus(f fyne.Focusable) {
	if c := e.Win.Canvas(); c != nil {
		c.Focus(f)
	}
}

// IsWeb reports whether an address is one that the window may open: http or https with a host.
func IsWeb(address string) (*url.URL, bool) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, false
	}
	return u, true
}
