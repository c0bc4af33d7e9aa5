package desk

import (
	"context"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/ui/kit"
)

// access shows what an access package would hold, and writes it.
func (v *requestsPane) access(r matter.Request) {
	kit.Run(v.working, func(ctx context.Context) (matter.Access, error) { return v.svc.AccessOf(ctx, string(r.ID)) }, func(a matter.Access, err error) {
		switch {
		case err != nil:
			v.notice.Error(err)
		case !v.env.Busy():
			v.openAccess(r, a)
		}
	})
}

func (v *requestsPane) openAccess(r matter.Request, a matter.Access) {
	var pass, again, recipient string
	var describe bool
	f := v.env.NewFields()
	first := f.Add(kit.T("Passphrase"), v.env.NewPasswordEntry(kit.T("told to the person on another way")), &pass)
	f.Add(kit.T("The same again"), v.env.NewPasswordEntry(""), &again)
	f.Line(kit.T("or age recipient"), "age1…", &recipient)
	f.Check("", kit.T("Describe templates instead of delivering them: only if the person prefers it"), &describe)
	body := container.NewVBox(countsTable(a), v.gapRows(r, a), f.Object(),
		kit.NewNote(kit.T("Without a passphrase or recipient only the folder is written, unsealed. Templates are dangerous if they leak: seal what you send. Other people are blurred.")))
	q := v.env.NewQuestion(kit.T("Access package"), kit.T("Choose a folder and write…"), fyne.NewSize(680, 470), container.NewVScroll(container.NewPadded(body)))
	order := func() (matter.AccessOrder, error) {
		if pass != again {
			return matter.AccessOrder{}, engine.E(engine.CodeInvalid, "desk.access", "the two passphrases differ", nil)
		}
		return matter.AccessOrder{Passphrase: pass, Recipient: strings.TrimSpace(recipient), Describe: describe}, nil
	}
	q.Open(first)
	q.OK.OnTapped = func() {
		o, err := order()
		if err != nil {
			q.Notice.Error(err)
			return
		}
		v.env.ChooseFolder(kit.T("Choose the folder for the package"), kit.T("Write here"), func(dir string, err error) {
			if err != nil {
				q.Notice.Error(err)
				return
			}
			o.Dir = dir
			v.writeAccess(q, r, o)
		})
	}
}

// writeAccess writes the package; the dialog stays open until it is there.
func (v *requestsPane) writeAccess(q *kit.Question, r matter.Request, o matter.AccessOrder) {
	q.OK.SetEnabled(false)
	kit.Run(q.Slot, func(ctx context.Context) (matter.PackageRecord, error) {
		return v.svc.WriteAccess(ctx, string(r.ID), o)
	}, func(done matter.PackageRecord, err error) {
		q.OK.SetEnabled(true)
		if err != nil {
			q.Notice.Error(err)
			return
		}
		q.Hide()
		names := filepath.Base(done.Folder)
		if done.File != "" {
			names += ", " + filepath.Base(done.File)
		}
		v.notice.Say(kit.T("Written: {{.V}}", kit.Field(names)) + "\n" + kit.T("Sending it is up to you; then press “It was sent”."))
		v.shown()
	})
}

// countsTable sets what a full scan found beside what the package holds, zeros too.
func countsTable(a matter.Access) fyne.CanvasObject {
	grid := container.NewGridWithColumns(3)
	cell := func(text string, bold, alarm bool) {
		l := kit.NewLine(text)
		l.TextStyle.Bold = bold
		if alarm {
			l.Importance = widget.DangerImportance
		}
		grid.Add(l)
	}
	cell(kit.T("Store"), true, false)
	cell(kit.T("held"), true, false)
	cell(kit.T("in the package"), true, false)
	for _, s := range matter.Stores() {
		differ := a.Scan[s] != a.Package[s]
		cell(storeWords(s), false, differ)
		cell(kit.Int(a.Scan[s]), false, differ)
		cell(kit.Int(a.Package[s]), false, differ)
	}
	return kit.Dense(grid)
}

// gapRows lists what the answer lacks; a reason can be stated for each that has none.
func (v *requestsPane) gapRows(r matter.Request, a matter.Access) fyne.CanvasObject {
	box := container.NewVBox()
	for _, g := range a.Gaps {
		head := kit.NewText(g.Key + ": " + kit.Message(g.Why))
		if !g.Explained() {
			head.Importance = widget.WarningImportance
		}
		box.Add(head)
		if g.Fatal {
			continue
		}
		reason := v.env.NewEntry(kit.T("why it is empty, for the person"))
		reason.SetText(g.Reason)
		state := v.env.NewButton(kit.T("State the reason"), nil, func() {
			said := reason.Text
			v.act(func(ctx context.Context) (matter.Request, error) {
				return v.svc.StateReason(ctx, string(r.ID), g.Key, said)
			}, "")
			head.Importance = widget.MediumImportance
			head.Refresh()
		})
		box.Add(container.NewBorder(nil, nil, nil, state, reason))
	}
	if a.Unsure > 0 {
		box.Add(kit.NewText(kit.N("{{.N}} candidates that nobody could decide are not sent, but said.", a.Unsure)))
	}
	return box
}

func storeWords(s matter.StoreName) string {
	switch s {
	case matter.StorePhotos:
		return kit.T("photos")
	case matter.StoreFinds:
		return kit.T("places found at")
	case matter.StoreThumbnails:
		return kit.T("thumbnails")
	case matter.StoreFaces:
		return kit.T("faces")
	case matter.StoreCrops:
		return kit.T("face crops")
	case matter.StoreTemplates:
		return kit.T("templates")
	case matter.StoreGroups:
		return kit.T("links to a group")
	case matter.StoreDecisions:
		return kit.T("decisions about groups")
	case matter.StoreCases:
		return kit.T("items in cases")
	case matter.StoreChecks:
		return kit.T("checks of the source")
	case matter.StoreRequests:
		return kit.T("requests")
	case matter.StoreLog:
		return kit.T("searches and looks in the log")
	case matter.StoreSuppressions:
		return kit.T("suppression entries")
	}
	return string(s)
}
