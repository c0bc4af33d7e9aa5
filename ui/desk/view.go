package desk

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"gabarit/ui/kit"
)

// View is the screen. Its methods are for the window's thread.
type View struct {
	env      *kit.Env
	tabs     [2]*kit.Button
	requests *requestsPane
	papers   Tab
	pages    [2]fyne.CanvasObject
	at       int
	root     fyne.CanvasObject
}

// Tab is a part of the screen that another package brings.
type Tab interface {
	Content() fyne.CanvasObject
	Shown()
}

// New builds the screen; papers is the tab of the operator's papers, now the clock.
func New(env *kit.Env, svc Service, papers Tab, now func() time.Time) *View {
	v := &View{env: env, requests: newRequestsPane(env, svc, now), papers: papers}
	v.tabs[0] = env.NewQuietButton(kit.T("Requests"), theme.MailReplyIcon(), func() { v.show(0) })
	v.tabs[1] = env.NewQuietButton(kit.T("Papers"), theme.DocumentIcon(), func() { v.show(1) })
	env.Dump.Name("desk.requests", v.tabs[0])
	env.Dump.Name("desk.papers", v.tabs[1])
	v.pages = [2]fyne.CanvasObject{v.requests.root, papers.Content()}
	head := container.NewVBox(container.NewBorder(nil, nil, kit.NewTitle(kit.T("Desk")), container.NewHBox(v.tabs[0], v.tabs[1])), widget.NewSeparator())
	v.root = container.NewPadded(container.NewBorder(head, nil, nil, nil, container.NewStack(v.pages[0], v.pages[1])))
	v.mark()
	return v
}

// Content is the screen.
func (v *View) Content() fyne.CanvasObject { return v.root }

// Shown re-reads what is shown.
func (v *View) Shown() {
	if v.at == 0 {
		v.requests.shown()
	} else {
		v.papers.Shown()
	}
}

// Dropped takes photos dropped on the screen: into the form of a request if it is open, else into a new one. It reports whether it took them.
func (v *View) Dropped(paths []string) bool { return v.requests.dropped(paths) }

// Forget drops the pictures kept of the open vault.
func (v *View) Forget() { v.requests.images.Forget() }

func (v *View) show(at int) {
	v.at = at
	v.mark()
	v.Shown()
}

func (v *View) mark() {
	for i, b := range v.tabs {
		kit.Show(i == v.at, v.pages[i])
		b.Importance = widget.LowImportance
		if i == v.at {
			b.Importance = widget.HighImportance
		}
		b.Refresh()
	}
}
