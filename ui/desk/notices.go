package desk

import (
	"context"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/ui/kit"
)

// SentDay reads the day on which something was sent; "" is now. A day that is today is now, so that it is never still to come. CodeInvalid.
func SentDay(text string, now time.Time) (time.Time, error) {
	text = strings.TrimSpace(text)
	if text == "" || text == now.Format(time.DateOnly) {
		return now, nil
	}
	day, err := time.ParseInLocation(time.DateOnly, text, now.Location())
	switch {
	case err != nil:
		return day, engine.E(engine.CodeInvalid, "desk.SentDay", "a date is written year-month-day", err)
	case day.After(now):
		return day, engine.E(engine.CodeInvalid, "desk.SentDay", "this day is still to come", nil)
	}
	return day, nil
}

// noticesDialog shows the notices that tell recipients of an erasure or restriction (art. 19), and records which of them were sent.
type noticesDialog struct {
	v       *requestsPane
	request matter.Request
	all     []matter.NoticeText
	at      int
	slot    *kit.Slot

	list   *kit.List
	text   *widget.Label
	sent   *kit.Button
	not    *kit.Button
	notice *kit.Notice
	d      *dialog.CustomDialog
}

// notices opens the dialog with the texts as they are now.
func (v *requestsPane) notices(r matter.Request) {
	kit.Run(v.working, func(ctx context.Context) ([]matter.NoticeText, error) { return v.svc.NoticesOf(ctx, string(r.ID)) }, func(all []matter.NoticeText, err error) {
		switch {
		case err != nil:
			v.notice.Error(err)
		case len(all) == 0:
			v.notice.Say(kit.T("No recipient is left to be told."))
		case !v.env.Busy():
			v.openNotices(r, all)
		}
	})
}

func (v *requestsPane) openNotices(r matter.Request, all []matter.NoticeText) {
	d := &noticesDialog{v: v, request: r, all: all, slot: v.env.Slots.NewSlot(), text: kit.NewText(""), notice: v.env.NewNotice()}
	d.text.Selectable = true
	d.list = v.env.NewList(func() int { return len(d.all) }, func() fyne.CanvasObject {
		name, state := kit.NewLine(""), kit.NewLine("")
		name.TextStyle.Bold, state.SizeName = true, theme.SizeNameCaptionText
		return kit.Compact(container.NewVBox(name, state))
	}, d.draw)
	d.list.OnSelected = func(i int) {
		d.at = i
		d.show()
	}
	d.sent = v.env.NewMainButton(kit.T("It was sent…"), theme.MailSendIcon(), d.askSent)
	d.not = v.env.NewButton(kit.T("Not told…"), theme.CancelIcon(), d.askNeedless)
	copied := v.env.NewButton(kit.T("Copy the text"), theme.ContentCopyIcon(), func() {
		v.env.Copy(d.all[d.at].Text)
		d.notice.Say(kit.T("Copied. Sending it is up to you."))
	})
	done := v.env.NewButton(kit.T("Close"), theme.CancelIcon(), func() { d.d.Hide() })
	left := container.NewBorder(nil, nil, nil, widget.NewSeparator(), kit.Fixed(260, d.list))
	note := kit.NewNote(kit.T("Whoever was given the data is told of the erasure or restriction, unless that is impossible or takes a disproportionate effort (article 19). The request can be closed once each was told, or it is said why not."))
	right := container.NewVScroll(container.NewPadded(container.NewVBox(note, widget.NewSeparator(), d.text)))
	d.d = v.env.NewDialog(kit.T("Notices to recipients"), container.NewBorder(nil, d.notice.Object(), left, nil, right))
	d.d.SetButtons([]fyne.CanvasObject{done, copied, d.not, d.sent})
	d.d.Resize(v.env.Win.Canvas().Size().SubtractWidthHeight(120, 100))
	v.env.Dump.Name("notices.list", d.list)
	v.env.Dump.Name("notices.text", d.text)
	v.env.Dump.Name("notices.sent", d.sent)
	v.env.Dump.Name("notices.not", d.not)
	d.notice.Name("notices.notice", "notices.notice.action")
	v.env.Modal(d.d, func() {
		d.slot.Stop()
		v.shown()
	})
	d.list.Select(0)
	v.env.Focus(d.list)
}

func (d *noticesDialog) draw(i int, o fyne.CanvasObject) {
	if i >= len(d.all) {
		return
	}
	box := o.(*container.ThemeOverride).Content.(*fyne.Container)
	kit.SetText(box.Objects[0].(*widget.Label), d.all[i].Name)
	state := box.Objects[1].(*widget.Label)
	want := widget.WarningImportance
	if !d.all[i].Open() {
		want = widget.SuccessImportance
	}
	if state.Importance != want {
		state.Importance = want
		state.Refresh()
	}
	kit.SetText(state, noticeWords(d.all[i].Notice))
}

func (d *noticesDialog) show() {
	kit.SetText(d.text, d.all[d.at].Text)
	label := kit.T("It was sent…")
	if !d.all[d.at].Sent.IsZero() {
		label = kit.T("Correct the day…")
	}
	d.sent.SetText(label)
	d.sent.SetEnabled(d.request.Open())
	d.not.SetEnabled(d.request.Open() && d.all[d.at].Sent.IsZero())
}

// askSent asks on which day the recipient was told.
func (d *noticesDialog) askSent() {
	n := d.all[d.at]
	day := kit.Date(d.v.now())
	if !n.Sent.IsZero() {
		day = kit.Date(n.Sent)
	}
	f := d.v.env.NewFields()
	entry := f.Line(kit.T("Day"), "2026-12-31", &day)
	d.v.env.Dump.Name("notices.day", entry)
	q := d.v.env.NewQuestion(kit.T("Told: {{.V}}", kit.Field(n.Name)), kit.T("Record"), fyne.NewSize(420, 0), f.Object())
	kit.Ask(q, entry, func() (func(context.Context) (matter.Request, error), error) {
		sent, err := SentDay(day, d.v.now())
		return func(ctx context.Context) (matter.Request, error) {
			return d.v.svc.NoticeSent(ctx, string(d.request.ID), n.Recipient, sent)
		}, err
	}, d.took)
}

// askNeedless asks why the recipient is not told.
func (d *noticesDialog) askNeedless() {
	n := d.all[d.at]
	reason := n.Needless
	f := d.v.env.NewFields()
	area := f.Area("", kit.T("why: nothing of theirs was disclosed to it, or telling it is impossible or takes a disproportionate effort"), 3, &reason)
	d.v.env.Dump.Name("notices.reason", area)
	q := d.v.env.NewQuestion(kit.T("Not told: {{.V}}", kit.Field(n.Name)), kit.T("Record"), fyne.NewSize(520, 0), container.NewVBox(f.Object(), kit.NewNote(kit.T("The certificate says so."))))
	kit.Ask(q, area, func() (func(context.Context) (matter.Request, error), error) {
		typed := strings.TrimSpace(reason)
		return func(ctx context.Context) (matter.Request, error) {
			return d.v.svc.NoticeNeedless(ctx, string(d.request.ID), n.Recipient, typed)
		}, nil
	}, d.took)
}

// took shows what was recorded.
func (d *noticesDialog) took(r matter.Request) {
	d.request = r
	d.v.p.Replace(r)
	left := 0
	for i := range d.all {
		for _, n := range noticesOf(r) {
			if n.Recipient == d.all[i].Recipient {
				d.all[i].Notice = n
			}
		}
		if d.all[i].Open() {
			left++
		}
	}
	d.list.Refresh()
	d.show()
	d.v.env.Focus(d.list)
	if left == 0 {
		d.notice.Say(kit.T("No recipient is left to be told."))
	} else {
		d.notice.Say(kit.N("{{.N}} recipients are still to be told.", left))
	}
}

// noticeWords tells whether a recipient was told.
func noticeWords(n matter.Notice) string {
	switch {
	case n.Open():
		return kit.T("to be told")
	case n.Needless != "":
		return kit.T("not told: {{.V}}", kit.Field(n.Needless))
	}
	return kit.T("told on {{.V}}", kit.Field(kit.Date(n.Sent)))
}

// toldWords counts the recipients that were told, and those of whom it is said why they are not.
func toldWords(all []matter.Notice) string {
	told, not := 0, 0
	for _, n := range all {
		switch {
		case n.Needless != "":
			not++
		case !n.Open():
			told++
		}
	}
	words := kit.T("told: {{.N}} of {{.Of}}", map[string]any{"N": kit.Int(told), "Of": kit.Int(len(all))})
	if not > 0 {
		words += ", " + kit.T("not told for a reason: {{.V}}", kit.Field(kit.Int(not)))
	}
	return words
}

// doubts notes doubts about who asks; an empty field takes them back.
func (v *requestsPane) doubts(r matter.Request) {
	if v.env.Busy() {
		return
	}
	words := r.Doubts
	f := v.env.NewFields()
	area := f.Area("", kit.T("what makes you doubt, and which further information you ask for; empty: no doubts"), 4, &words)
	v.env.Dump.Name("doubts.words", area)
	body := container.NewVBox(f.Object(), kit.NewNote(kit.T("Only with reasonable doubts may more than a portrait be asked for, and only what is needed to tell who it is (article 12(6)); as a rule no identity document. The clock runs on: whether it stops while you wait is disputed (to be checked by a lawyer).")), kit.NoAdvice())
	q := v.env.NewQuestion(kit.T("Doubts about who asks"), kit.T("Store"), fyne.NewSize(560, 0), body)
	kit.Ask(q, area, func() (func(context.Context) (matter.Request, error), error) {
		typed := strings.TrimSpace(words)
		return func(ctx context.Context) (matter.Request, error) { return v.svc.NoteDoubts(ctx, string(r.ID), typed) }, nil
	}, func(r matter.Request) { v.took(r, kit.T("Stored.")) })
}
