package papers

import (
	"context"
	"net/url"
	"path/filepath"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine/matter"
	"gabarit/ui/kit"
)

// View is the tab. Its methods are for the window's thread.
type View struct {
	env              *kit.Env
	svc              Service
	now              func() time.Time
	reading, writing *kit.Slot
	p                Papers
	lang             string

	notice, gaps                *kit.Notice
	profile                     *widget.Label
	recipients, orders, notices *fyne.Container
	root                        fyne.CanvasObject
}

func New(env *kit.Env, svc Service, now func() time.Time) *View {
	v := &View{env: env, svc: svc, now: now, reading: env.Slots.NewSlot(), writing: env.Slots.NewSlot(), lang: kit.Language(), notice: env.NewNotice(), gaps: env.NewNotice(),
		profile: kit.NewText(""), recipients: container.NewVBox(), orders: container.NewVBox(), notices: container.NewVBox()}
	if !slices.Contains(langs(), v.lang) {
		v.lang = "en"
	}
	edit := env.NewButton(kit.T("Edit…"), theme.DocumentCreateIcon(), v.editProfile)
	recipient := env.NewButton(kit.T("Add a recipient…"), theme.ContentAddIcon(), v.addRecipient)
	order := env.NewButton(kit.T("Record an order…"), theme.ContentAddIcon(), v.addOrder)
	records := env.NewButton(kit.T("Records of processing…"), theme.DocumentSaveIcon(), func() { v.write(v.svc.WriteRecords) })
	dpia := env.NewButton(kit.T("Impact assessment…"), theme.DocumentSaveIcon(), func() { v.write(v.svc.WriteDPIA) })
	authority := env.NewMainButton(kit.T("File for the authority…"), theme.FolderNewIcon(), func() { v.write(v.svc.WriteAuthorityFile) })
	lang := env.NewSelect(nil, func(i int) { v.lang = langs()[i] })
	lang.Fill([]string{"English", "Français"}, slices.Index(langs(), v.lang))
	env.Dump.Name("papers.edit", edit)
	env.Dump.Name("papers.profile", v.profile)
	env.Dump.Name("papers.recipient", recipient)
	env.Dump.Name("papers.order", order)
	body := container.NewVBox(
		section(kit.T("Who answers for the vault"), edit), v.profile, v.gaps.Object(),
		section(kit.T("Papers"), lang), container.NewHBox(records, dpia, authority),
		section(kit.T("Notices for the people shown (article 14)"), nil), v.notices,
		section(kit.T("Recipients and processors"), recipient), v.recipients,
		section(kit.T("Orders of authorities"), order), v.orders)
	v.root = container.NewBorder(nil, container.NewVBox(v.notice.Object(), kit.NoAdvice()), nil, nil, container.NewVScroll(kit.Spaced(5, 4, container.NewPadded(body))))
	return v
}

// Content is the tab.
func (v *View) Content() fyne.CanvasObject { return v.root }

func langs() []string { return []string{"en", "fr"} }

// section is a heading with something at its right.
func section(title string, right fyne.CanvasObject) fyne.CanvasObject {
	l := kit.NewLine(title)
	l.TextStyle.Bold = true
	return container.NewVBox(widget.NewSeparator(), container.NewBorder(nil, nil, nil, right, l))
}

// Shown re-reads the papers.
func (v *View) Shown() {
	now := v.now()
	kit.Run(v.reading, func(ctx context.Context) (Papers, error) { return ReadPapers(ctx, v.svc, now) }, func(p Papers, err error) {
		if err != nil {
			v.notice.Error(err)
			return
		}
		v.p = p
		v.refresh()
	})
}

func (v *View) refresh() {
	now := v.now()
	kit.SetText(v.profile, profileWords(v.p.Profile))
	if gaps := v.p.Profile.Gaps(); len(gaps) > 0 {
		v.gaps.Warn(gapWords(gaps))
	} else {
		v.gaps.Clear()
	}
	v.recipients.RemoveAll()
	for _, r := range v.p.Recipients {
		var buttons []fyne.CanvasObject
		if !r.Gone() {
			buttons = append(buttons, v.env.NewButton(kit.T("Gets nothing any more…"), theme.ContentRemoveIcon(), func() { v.removeRecipient(r) }))
		}
		v.recipients.Add(row(r.Name, recipientWords(r), false, buttons...))
	}
	v.orders.RemoveAll()
	for _, o := range v.p.Orders {
		state := o.State(now)
		var buttons []fyne.CanvasObject
		if state != matter.OrderClosed {
			buttons = append(buttons, v.env.NewButton(kit.T("Attach proof…"), theme.MailAttachmentIcon(), func() { v.attach(o) }),
				v.env.NewButton(kit.T("Close…"), theme.ConfirmIcon(), func() { v.closeOrder(o) }))
		}
		v.orders.Add(row(o.Authority+" "+o.Reference, orderWords(o, now), state == matter.OrderOverdue, buttons...))
	}
	v.notices.RemoveAll()
	for _, n := range v.p.Notices {
		v.notices.Add(row(n.Name, noticeWords(n, now), n.Late(now), v.env.NewButton(kit.T("Write the page…"), theme.DocumentSaveIcon(), func() { v.writeNotice(n) })))
	}
	for box, empty := range map[*fyne.Container]string{v.recipients: kit.T("Nobody gets anything."), v.orders: kit.T("No order."), v.notices: kit.T("No collection yet.")} {
		if len(box.Objects) == 0 {
			box.Add(kit.NewNote(empty))
		}
	}
}

// row is a line of a list: a name, what there is to say of it (red when late), and buttons.
func row(name, about string, late bool, buttons ...fyne.CanvasObject) fyne.CanvasObject {
	head, text := kit.NewLine(name), kit.NewText(about)
	head.TextStyle.Bold = true
	text.SizeName = theme.SizeNameCaptionText
	if late {
		text.Importance = widget.DangerImportance
	}
	return container.NewBorder(nil, nil, nil, container.NewCenter(container.NewHBox(buttons...)), kit.Tight(head, text))
}

// changed says what was done and re-reads.
func (v *View) changed(said string) {
	if said != "" {
		v.notice.Say(said)
	}
	v.Shown()
}

// write asks for a folder and writes a paper into it.
func (v *View) write(paper func(context.Context, matter.PaperFiles) (matter.PaperWritten, error)) {
	v.toFolder(func(ctx context.Context, dir, lang string) (matter.PaperWritten, error) {
		return paper(ctx, matter.PaperFiles{Lang: lang, Dir: dir})
	})
}

func (v *View) writeNotice(n matter.NoticeDue) {
	v.toFolder(func(ctx context.Context, dir, _ string) (matter.PaperWritten, error) {
		done, _, err := v.svc.WriteNotice(ctx, n.Name, langs(), dir)
		return done, err
	})
}

func (v *View) toFolder(write func(ctx context.Context, dir, lang string) (matter.PaperWritten, error)) {
	v.env.ChooseFolder(kit.T("Choose the folder for the papers"), kit.T("Write here"), func(dir string, err error) {
		if err != nil {
			v.notice.Error(err)
			return
		}
		v.writeTo(dir, write)
	})
}

func (v *View) writeTo(dir string, write func(ctx context.Context, dir, lang string) (matter.PaperWritten, error)) {
	lang := v.lang
	v.notice.Say(kit.T("Writing…"))
	kit.Run(v.writing, func(ctx context.Context) (matter.PaperWritten, error) { return write(ctx, dir, lang) }, func(done matter.PaperWritten, err error) {
		if err != nil {
			v.notice.Error(err)
			return
		}
		v.changed(writtenWords(done))
		v.notice.Offer(kit.T("Open the folder"), func() {
			if err := v.env.OpenURL(&url.URL{Scheme: "file", Path: filepath.ToSlash(dir)}); err != nil {
				v.notice.Error(err)
			}
		})
	})
}
