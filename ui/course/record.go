package course

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine/matter"
	"gabarit/ui/kit"
)

// recordDialog notes what happened in a case.
type recordDialog struct {
	s      *Screen
	v      matter.CaseView
	f      *Form
	box    *fyne.Container
	notice *kit.Notice
	ok     *kit.Button
	d      *dialog.CustomDialog
}

// record opens the dialog for a form.
func (s *Screen) record(v matter.CaseView, f *Form) {
	d := &recordDialog{s: s, v: v, f: f, box: container.NewVBox(), notice: s.env.NewNotice()}
	if rights := RightsFor(v, f.Kind); f.Right == "" && len(rights) > 0 {
		f.Right = rights[0]
	}
	d.ok = s.env.NewMainButton(kit.T("Note it"), theme.ConfirmIcon(), d.save)
	cancel := s.env.NewButton(kit.T("Cancel"), theme.CancelIcon(), func() { d.d.Hide() })
	title := kit.T("What happened")
	if f.Corrects != 0 {
		title = kit.T("Correct an entry")
	}
	d.d = s.env.NewDialog(title, container.NewBorder(nil, d.notice.Object(), nil, nil, kit.Sized(560, 420, container.NewVScroll(d.box))))
	d.d.SetButtons([]fyne.CanvasObject{cancel, d.ok})
	s.env.Dump.Name("record.save", d.ok)
	d.build()
	s.env.Modal(d.d, nil)
}

// build makes the fields that the kind of event has.
func (d *recordDialog) build() {
	d.box.RemoveAll()
	form := widget.NewForm()
	add := func(label string, o fyne.CanvasObject) { form.AppendItem(widget.NewFormItem(label, o)) }
	if d.f.Corrects == 0 {
		add(kit.T("What"), d.kinds())
	} else {
		add(kit.T("What"), kit.NewLine(EventWords(d.f.Kind)))
		void := d.s.env.NewCheck(kit.T("This never happened"), func(on bool) { d.f.Void = on })
		void.Set(d.f.Void)
		add("", void)
	}
	if rights := RightsFor(d.v, d.f.Kind); len(rights) > 1 && d.f.Corrects == 0 {
		add(kit.T("Request"), d.choice(len(rights), func(i int) string { return regimeRight(d.v, rights[i]) }, slices.Index(rights, d.f.Right), func(i int) { d.f.Right = rights[i] }))
	}
	date := d.entry(d.f.Date, func(t string) { d.f.Date = t })
	d.s.env.Dump.Name("record.date", date)
	add(kit.T("Day"), date)
	d.details(add)
	note := d.s.env.NewTextArea(kit.T("Optional"), 2)
	note.SetText(d.f.Note)
	note.OnChanged = func(t string) { d.f.Note = t }
	add(kit.T("Note"), note)
	if d.f.Corrects == 0 {
		add(kit.T("Files"), d.files())
	}
	d.box.Add(kit.Spaced(5, 4, form))
}

func (d *recordDialog) kinds() fyne.CanvasObject {
	kinds := Recordable(d.v)
	if !slices.Contains(kinds, d.f.Kind) {
		kinds = append([]matter.EventKind{d.f.Kind}, kinds...)
	}
	return d.choice(len(kinds), func(i int) string { return EventWords(kinds[i]) }, slices.Index(kinds, d.f.Kind), func(i int) {
		if kinds[i] == d.f.Kind {
			return
		}
		d.f.Kind, d.f.Right = kinds[i], ""
		if rights := RightsFor(d.v, d.f.Kind); len(rights) > 0 {
			d.f.Right = rights[0]
		}
		d.build()
	})
}

// choice is a list to choose from.
func (d *recordDialog) choice(n int, words func(int) string, at int, chosen func(int)) fyne.CanvasObject {
	options := make([]string, n)
	for i := range options {
		options[i] = words(i)
	}
	list := d.s.env.NewSelect(nil, chosen)
	list.Fill(options, at)
	return list
}

func (d *recordDialog) entry(text string, changed func(string)) *kit.Entry {
	e := d.s.env.NewEntry("2026-12-31")
	e.SetText(text)
	e.OnChanged = changed
	return e
}

func (d *recordDialog) words(text string, changed func(string)) *kit.Entry {
	e := d.s.env.NewEntry(kit.T("Optional"))
	e.SetText(text)
	e.OnChanged = changed
	return e
}

// details are the fields that only some kinds of event have.
func (d *recordDialog) details(add func(string, fyne.CanvasObject)) {
	f := d.f
	switch f.Kind {
	case matter.EventSent:
		all := matter.Channels()
		add(kit.T("Sent by"), d.choice(len(all), func(i int) string { return channelWords(all[i]) }, slices.Index(all, f.Channel), func(i int) { f.Channel = all[i] }))
		add(kit.T("Proof"), d.words(f.Proof, func(t string) { f.Proof = t }))
	case matter.EventReceived:
		estimated := d.s.env.NewCheck(kit.T("This day is an estimate"), func(on bool) { f.Estimated = on })
		estimated.Set(f.Estimated)
		add("", estimated)
		add("", kit.NewNote(kit.T("The day is the local one where the controller is.")))
		add(kit.T("Proof"), d.words(f.Proof, func(t string) { f.Proof = t }))
	case matter.EventExtended:
		add(kit.T("Reasons given"), d.words(f.Reasons, func(t string) { f.Reasons = t }))
		add(kit.T("Until, if it says so"), d.entry(f.Until, func(t string) { f.Until = t }))
	case matter.EventAnswered:
		d.answer(add)
	case matter.EventReminded:
		add(kit.T("Answer asked for by"), d.entry(f.Until, func(t string) { f.Until = t }))
	case matter.EventComplained:
		d.authority(add)
	case matter.EventAuthority:
		add(kit.T("Reference"), d.words(f.Reference, func(t string) { f.Reference = t }))
	}
}

// answer asks how complete an answer is, item by item.
func (d *recordDialog) answer(add func(string, fyne.CanvasObject)) {
	f := d.f
	all := []matter.AnswerKind{matter.AnswerFull, matter.AnswerPartial, matter.AnswerRefused}
	add(kit.T("Answer"), d.choice(len(all), func(i int) string { return answerWords(all[i]) }, slices.Index(all, f.Answer), func(i int) {
		if f.Answer != all[i] {
			f.Answer = all[i]
			d.build()
		}
	}))
	switch f.Answer {
	case matter.AnswerPartial:
		list := container.NewVBox()
		for _, m := range matter.AnswerParts() {
			c := d.s.env.NewCheck(partWords(m), func(on bool) { f.SetMissing(m, on) })
			c.Set(f.Missing(m))
			list.Add(c)
		}
		add(kit.T("Missing"), kit.Compact(list))
	case matter.AnswerRefused:
		grounds := matter.Refusals()
		add(kit.T("Ground"), d.choice(len(grounds), func(i int) string { return groundWords(grounds[i]) }, slices.Index(grounds, f.Ground), func(i int) { f.Ground = grounds[i] }))
	}
}

// authority asks where a complaint went, the proposed one first, and shows what is known of it.
func (d *recordDialog) authority(add func(string, fyne.CanvasObject)) {
	all, choice := authorityList(d.s.svc, d.v.Course)
	if d.f.Authority == "" && choice.Default.ID != "" {
		d.f.Authority = choice.Default.ID
	}
	about := kit.NewNote("")
	tell := func() {
		i := slices.IndexFunc(all, func(a matter.Authority) bool { return a.ID == d.f.Authority })
		if i >= 0 {
			kit.SetText(about, authorityWords(all[i], findings(d.s.svc, d.v, all[i])))
		}
	}
	at := slices.IndexFunc(all, func(a matter.Authority) bool { return a.ID == d.f.Authority })
	add(kit.T("Authority"), d.choice(len(all), func(i int) string { return all[i].ID + " · " + all[i].Name }, at, func(i int) {
		d.f.Authority = all[i].ID
		tell()
	}))
	if choice.AskLand && d.v.Course.Land == "" {
		add("", kit.NewNote(kit.T("Private controllers in Germany are supervised by the Länder: choose the one that is concerned.")))
	}
	tell()
	add("", about)
	add(kit.T("Reference"), d.words(d.f.Reference, func(t string) { d.f.Reference = t }))
}

// authorityList has those of the case first, then all others.
func authorityList(svc Service, c matter.Course) ([]matter.Authority, matter.AuthorityChoice) {
	choice, err := svc.AuthorityChoice(c)
	if err != nil {
		return nil, choice
	}
	var first []matter.Authority
	if choice.Default.ID != "" {
		first = append(first, choice.Default)
	}
	first = append(first, choice.Others...)
	all, err := svc.Authorities()
	if err != nil {
		return first, choice
	}
	for _, a := range all {
		if !slices.ContainsFunc(first, func(b matter.Authority) bool { return a.ID == b.ID }) {
			first = append(first, a)
		}
	}
	return first, choice
}

// findings are what is known to stand against a complaint, without those that only the person can know.
func findings(svc Service, v matter.CaseView, a matter.Authority) []matter.Finding {
	f := matter.Filing{Lang: kit.Language(), Signed: true, Address: true, Proof: true}
	if len(v.Standing.Threads) > 0 {
		f.PriorRequest = v.Standing.Threads[0].Sent
	}
	found, err := svc.Preflight(a.ID, f)
	if err != nil {
		return nil
	}
	return found
}

// authorityWords tells what is known of an authority, and how sure that is.
func authorityWords(a matter.Authority, found []matter.Finding) string {
	lines := filled(a.Complaint, a.Email, kit.T("How sure the address is: {{.V}}.", kit.Field(confidenceWords(a.Confidence))), a.Note)
	for _, f := range found {
		line := kit.Message(f.Text)
		if f.Detail != "" {
			line += " (" + f.Detail + ")"
		}
		if f.Stops {
			line = "! " + line
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// files are the files to keep with the event.
func (d *recordDialog) files() fyne.CanvasObject {
	names := kit.NewText("")
	show := func() {
		var list []string
		for _, f := range d.f.Files {
			list = append(list, filepath.Base(f))
		}
		kit.SetText(names, strings.Join(list, "\n"))
	}
	show()
	add := d.s.env.NewButton(kit.T("Add a file…"), theme.ContentAddIcon(), func() {
		d.s.env.ChooseFile([]string{".pdf", ".eml", ".txt", ".png", ".jpg", ".jpeg", ".html", ".csv", ".json", ".zip", ".docx", ".odt"}, func(path string, err error) {
			if err != nil {
				d.notice.Error(err)
				return
			}
			d.f.Files = append(d.f.Files, path)
			show()
		})
	})
	return container.NewVBox(container.NewHBox(add), names)
}

// save notes the event in the background; what stands against it is said in the dialog.
func (d *recordDialog) save() {
	e, err := d.f.Event()
	if err != nil {
		d.notice.Error(err)
		return
	}
	d.ok.SetEnabled(false)
	id, files := d.v.Case.ID, slices.Clone(d.f.Files)
	kit.Run(d.s.asking, func(ctx context.Context) (matter.CaseView, error) { return d.s.svc.RecordFiles(ctx, id, e, files) }, func(v matter.CaseView, err error) {
		d.ok.SetEnabled(true)
		if err != nil {
			d.notice.Error(err)
			return
		}
		d.d.Hide()
		d.s.changed(v)
	})
}
