package course

import (
	"context"
	"path/filepath"
	"slices"
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

// letterDialog writes the reminder or the complaint of a case: what happened is filled in from the case, the person adds who writes and where.
type letterDialog struct {
	s     *Screen
	v     matter.CaseView
	step  matter.Step
	req   matter.LetterRequest
	date  string
	known []matter.Authority
	told  string // of the authority that is chosen

	form     *fyne.Container
	preview  *widget.Label
	about    *widget.Label
	notice   *kit.Notice
	ok, mail *kit.Button
	d        *dialog.CustomDialog
	composed *kit.Slot
}

// followUpLetter opens the dialog for the step of a reminder or complaint.
func (s *Screen) followUpLetter(v matter.CaseView, step matter.Step) {
	lang := kit.Language()
	if lang != "fr" {
		lang = "en"
	}
	d := &letterDialog{s: s, v: v, step: step, date: s.p.today().String(), preview: kit.NewText(""), about: kit.NewNote(""), notice: s.env.NewNotice(), composed: s.env.Slots.NewSlot()}
	d.req = matter.LetterRequest{Case: v.Case.ID, Right: engine.RightReminder, Regime: v.Course.Regime, Lang: lang, Formats: []string{"pdf", "eml"}}
	if step.Kind == matter.StepComplain {
		d.req.Right = engine.RightComplaint
	}
	d.req.Fields.FollowUp.Right = step.Right
	d.preview.SizeName = theme.SizeNameCaptionText
	d.preview.Wrapping = fyne.TextWrapOff // the letter brings its own lines
	d.form = container.NewVBox()
	d.ok = s.env.NewMainButton(kit.T("Write the files…"), theme.DocumentSaveIcon(), d.export)
	d.mail = s.env.NewButton(kit.T("E-mail draft…"), theme.MailComposeIcon(), d.mailDraft)
	d.mail.Hide()
	cancel := s.env.NewButton(kit.T("Close"), theme.CancelIcon(), func() { d.d.Hide() })
	left := kit.Fixed(470, container.NewVScroll(d.form))
	body := container.NewBorder(nil, nil, left, nil, container.NewScroll(kit.Compact(container.NewPadded(d.preview))))
	d.d = s.env.NewDialog(StepWords(v, step), container.NewBorder(nil, d.notice.Object(), nil, nil, body))
	d.d.SetButtons([]fyne.CanvasObject{cancel, d.mail, d.ok})
	s.env.Dump.Name("follow.preview", d.preview)
	s.env.Dump.Name("follow.export", d.ok)
	s.env.Dump.Name("follow.mail", d.mail)
	d.notice.Name("follow.notice", "follow.notice.action")
	d.d.Resize(s.env.Win.Canvas().Size().SubtractWidthHeight(40, 40))
	d.build()
	s.env.Modal(d.d, d.composed.Stop)
	d.compose()
}

func (d *letterDialog) build() {
	form := widget.NewForm()
	add := func(label string, o fyne.CanvasObject) { form.AppendItem(widget.NewFormItem(label, o)) }
	f := &d.req.Fields
	entry := func(name string, text string, placeholder string, changed func(string)) *kit.Entry {
		e := d.s.env.NewEntry(placeholder)
		e.SetText(text)
		e.OnChanged = func(t string) {
			changed(strings.TrimSpace(t))
			d.compose()
		}
		d.s.env.Dump.Name("follow."+name, e)
		return e
	}
	add(kit.T("Your name"), entry("sender", "", "", func(t string) { f.SenderName = t }))
	add(kit.T("Address or e-mail"), entry("reply", "", "", func(t string) { f.SenderAddress = t }))
	add(kit.T("Place"), entry("place", "", "", func(t string) { f.Place = t }))
	add(kit.T("Date"), entry("date", d.date, "2026-12-31", func(t string) { d.date = t }))
	langs := []string{"en", "fr"}
	lang := d.s.env.NewSelect(nil, func(i int) { d.req.Lang = langs[i]; d.compose() })
	lang.Fill([]string{"English", "Français"}, slices.Index(langs, d.req.Lang))
	add(kit.T("Letter in"), lang)
	if d.req.Right == engine.RightComplaint {
		d.complaint(add)
	}
	add(kit.T("Formats"), d.formats())
	add("", d.about)
	d.form.Add(kit.Spaced(5, 4, form))
}

func (d *letterDialog) formats() fyne.CanvasObject {
	row := container.NewGridWithColumns(3)
	for _, name := range []string{"pdf", "docx", "odt", "eml", "txt"} {
		c := d.s.env.NewCheck(strings.ToUpper(name), func(on bool) {
			d.req.Formats = slices.DeleteFunc(d.req.Formats, func(f string) bool { return f == name })
			if on {
				d.req.Formats = append(d.req.Formats, name)
			}
			d.compose()
		})
		c.Set(slices.Contains(d.req.Formats, name))
		row.Add(c)
	}
	return row
}

// complaint asks for the authority and the provisions.
func (d *letterDialog) complaint(add func(string, fyne.CanvasObject)) {
	u := &d.req.Fields.FollowUp
	var choice matter.AuthorityChoice
	d.known, choice = authorityList(d.s.svc, d.v.Course)
	names := make([]string, len(d.known))
	for i, a := range d.known {
		names[i] = a.ID + " · " + a.Name
	}
	chosen := func(i int) {
		u.AuthorityName, d.told = d.known[i].Name, d.known[i].ID
		kit.SetText(d.about, authorityWords(d.known[i], findings(d.s.svc, d.v, d.known[i])))
	}
	list := d.s.env.NewSelect(nil, func(i int) { chosen(i); d.compose() })
	at := slices.IndexFunc(d.known, func(a matter.Authority) bool { return a.ID == choice.Default.ID && a.ID != "" })
	list.Fill(names, at)
	if at >= 0 {
		chosen(at)
	}
	add(kit.T("Authority"), list)
	if choice.AskLand && d.v.Course.Land == "" {
		add("", kit.NewNote(kit.T("Private controllers in Germany are supervised by the Länder: choose the one that is concerned.")))
	}
	keys, words := d.s.svc.Provisions(d.req.Regime, d.req.Lang)
	box := container.NewVBox()
	for _, k := range keys {
		box.Add(d.s.env.NewCheck(words[k], func(on bool) {
			u.Infringed = slices.DeleteFunc(u.Infringed, func(x string) bool { return x == k })
			if on {
				u.Infringed = append(u.Infringed, k)
			}
			d.compose()
		}))
	}
	add(kit.T("Infringed"), kit.Compact(container.NewHScroll(box)))
	add("", kit.NewNote(kit.T("Ticking none proposes those that fit the request.")))
	add("", d.s.env.NewCheck(kit.T("Don’t tell the controller who I am"), func(on bool) { u.NoDisclosure = on; d.compose() }))
}

// filled gives the request with the date, and whether all that is needed is there, but for formats.
func (d *letterDialog) filled() (matter.LetterRequest, bool) {
	req := d.req
	req.Formats = slices.Clone(d.req.Formats)
	day, err := matter.ParseDay(d.date)
	if err == nil && !day.IsZero() {
		req.Fields.Date = day.Midnight(time.Local)
	}
	f := req.Fields
	return req, f.SenderName != "" && f.SenderAddress != "" && f.Place != "" && !f.Date.IsZero() && (req.Right == engine.RightReminder || f.FollowUp.AuthorityName != "")
}

// compose shows the letter as it is now, with marks where something is missing.
func (d *letterDialog) compose() {
	req, ok := d.filled()
	d.ok.SetEnabled(ok && len(req.Formats) > 0)
	d.mail.SetEnabled(ok)
	gap := func(words string) string { return "[" + words + "]" }
	req.Gaps = map[string]string{"sender_name": gap(kit.T("Your name")), "sender_address": gap(kit.T("Address or e-mail")), "reply_channel": gap(kit.T("Address or e-mail")), "place": gap(kit.T("Place")), "date": gap(kit.T("Date")),
		"grace_date": gap(kit.T("Date")), "authority_name": gap(kit.T("Authority")), "residence": gap(kit.T("Country")), "controller_name": gap(kit.T("Controller"))}
	svc := d.s.svc
	kit.Run(d.composed, func(ctx context.Context) (matter.LetterDraft, error) {
		req, err := svc.PrepareLetter(ctx, req)
		if err != nil {
			return matter.LetterDraft{}, err
		}
		return svc.PreviewLetter(ctx, nil, req)
	}, func(draft matter.LetterDraft, err error) {
		if err != nil {
			draft.Text = kit.Explain(err).String()
		}
		kit.Show(draft.To != "", d.mail)
		kit.SetText(d.preview, draft.Text)
	})
}

// export writes the files into a folder and offers to note that the letter was sent.
func (d *letterDialog) export() {
	d.s.env.ChooseFolder(kit.T("Choose the folder for the file"), kit.T("Write here"), func(dir string, err error) {
		if err != nil {
			d.notice.Error(err)
			return
		}
		req, _ := d.filled()
		req.Dir = dir
		d.write(req, d.written)
	})
}

// write writes the files of a letter in the background.
func (d *letterDialog) write(req matter.LetterRequest, done func([]string, error)) {
	d.ok.SetEnabled(false)
	d.mail.SetEnabled(false)
	kit.Run(d.s.asking, func(ctx context.Context) ([]string, error) {
		req, err := d.s.svc.PrepareLetter(ctx, req)
		if err != nil {
			return nil, err
		}
		return d.s.svc.ExportLetter(ctx, req)
	}, func(files []string, err error) {
		d.compose()
		done(files, err)
	})
}

// mailDraft hands the letter to the mail program: as a link where that holds it, else from a file. Which of the two is found out from the letter as it is now:
// the preview may be behind what was typed.
func (d *letterDialog) mailDraft() {
	req, ok := d.filled()
	if !ok {
		return
	}
	kit.Run(d.s.asking, func(ctx context.Context) (link string, err error) {
		if req, err = d.s.svc.PrepareLetter(ctx, req); err != nil {
			return "", err
		}
		draft, err := d.s.svc.PreviewLetter(ctx, nil, req)
		if err != nil || draft.Mail == "" {
			return "", err
		}
		return d.s.svc.MailLetter(ctx, req)
	}, func(link string, err error) {
		switch {
		case err != nil:
			d.notice.Error(err)
		case link == "":
			d.mailFile()
		default:
			d.s.env.OpenMail(d.notice, link, kit.MailLinkWords())
			d.offerSent()
		}
	})
}

// mailFile asks where to write the draft of an e-mail, and opens it.
func (d *letterDialog) mailFile() {
	d.s.env.ChooseFolder(kit.T("Choose the folder for the draft of the e-mail"), kit.T("Write here"), func(dir string, err error) {
		if err != nil {
			d.notice.Error(err)
			return
		}
		req, _ := d.filled()
		req.Dir, req.Formats = dir, []string{"eml"}
		d.write(req, func(files []string, err error) {
			if err != nil {
				d.notice.Error(err)
				return
			}
			d.s.env.OpenMail(d.notice, kit.FileURL(files[0]).String(), kit.MailFileWords(files))
			d.offerSent()
		})
	})
}

func (d *letterDialog) written(files []string, err error) {
	if err != nil {
		d.notice.Error(err)
		return
	}
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = filepath.Base(f)
	}
	d.notice.Say(kit.N("{{.N}} files written:", len(files)) + " " + strings.Join(names, ", ") + "\n" + kit.T("Sending them is up to you: the program sends nothing."))
	d.offerSent()
}

// offerSent leads to noting that the letter went out.
func (d *letterDialog) offerSent() {
	d.notice.Offer(kit.T("Note that it was sent…"), func() {
		d.d.Hide()
		f := d.s.p.NewForm(StepEvent(d.step.Kind), d.step.Right)
		f.Authority = d.told
		d.s.record(d.v, f)
	})
}
