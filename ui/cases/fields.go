package cases

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"gabarit/ui/kit"
)

// fieldsPane holds the fields of the letters.
type fieldsPane struct {
	d                                   *Dialog
	sender, replyTo, place, date        *kit.Entry
	name, address, reasons              *kit.Entry
	lang                                *kit.Select
	dpo, biometric, thumbnails, pdf, tx *kit.Check
	root                                fyne.CanvasObject
	filling                             bool
}

func langs() []string { return []string{"en", "fr"} }

func newFieldsPane(d *Dialog) *fieldsPane {
	f := &fieldsPane{d: d}
	p, env := d.p, d.env
	f.sender = f.entry("", func(t string) { p.Sender = t })
	f.replyTo = f.area(kit.T("Where the answer is to go"), 2, func(t string) { p.ReplyTo = t })
	f.place = f.entry("", func(t string) { p.Place = t })
	f.date = f.entry("2026-12-31", func(t string) { p.Date = t })
	f.name = f.entry("", p.SetName)
	f.address = f.area(kit.T("Optional"), 2, p.SetAddress)
	f.reasons = f.area(kit.T("Optional: reasons from your own situation; the letter then also objects (art. 21(1))"), 2, func(t string) { p.Reasons = t })
	f.lang = env.NewSelect([]string{"English", "Français"}, func(i int) { p.SetLang(langs()[i]); f.fill(); d.changed() })
	f.dpo = f.check(kit.T("For the data protection officer"), p.SetForDPO)
	f.biometric = f.check(kit.T("The addressee runs a face search"), p.SetBiometric)
	f.thumbnails = f.check(kit.T("Show the face (others blurred)"), func(on bool) { p.Thumbnails = on })
	f.pdf = f.check("PDF", func(on bool) { p.SetFormat("pdf", on) })
	f.tx = f.check(kit.T("Plain text"), func(on bool) { p.SetFormat("txt", on) })
	item := func(label string, o fyne.CanvasObject) *widget.FormItem { return widget.NewFormItem(label, o) }
	form := widget.NewForm(
		item(kit.T("Your name"), f.sender),
		item(kit.T("Address or e-mail"), f.replyTo),
		item(kit.T("Addressee"), f.name),
		item(kit.T("Addressee’s address"), f.address),
		item("", f.dpo),
		item("", f.biometric),
		item(kit.T("Place"), f.place),
		item(kit.T("Date"), f.date),
		item(kit.T("Letter in"), f.lang),
		item(kit.T("Grounds (art. 17(1))"), f.grounds()),
		item(kit.T("Objection"), f.reasons),
		item(kit.T("Annex"), f.thumbnails),
		item(kit.T("Formats"), container.NewHBox(f.pdf, f.tx)))
	f.root = kit.Spaced(5, 4, container.New(layout.NewCustomPaddedLayout(0, 0, 4, 14), form))
	env.Dump.Name("letter.sender", f.sender)
	env.Dump.Name("letter.reply", f.replyTo)
	env.Dump.Name("letter.place", f.place)
	f.fill()
	return f
}

func (f *fieldsPane) entry(placeholder string, changed func(string)) *kit.Entry {
	return f.react(f.d.env.NewEntry(placeholder), changed)
}

func (f *fieldsPane) area(placeholder string, rows int, changed func(string)) *kit.Entry {
	return f.react(f.d.env.NewTextArea(placeholder, rows), changed)
}

func (f *fieldsPane) react(e *kit.Entry, changed func(string)) *kit.Entry {
	e.OnChanged = func(t string) {
		if !f.filling {
			changed(t)
			f.d.changed()
		}
	}
	return e
}

func (f *fieldsPane) check(label string, changed func(bool)) *kit.Check {
	return f.d.env.NewCheck(label, func(on bool) {
		changed(on)
		f.d.changed()
	})
}

// grounds lists the points of art. 17(1) that a person can rely on.
func (f *fieldsPane) grounds() fyne.CanvasObject {
	box := container.NewVBox()
	for _, g := range []struct{ point, text string }{
		{"a", kit.T("(a) the photo is no longer necessary")},
		{"b", kit.T("(b) I withdraw my consent")},
		{"c", kit.T("(c) I object")},
		{"d", kit.T("(d) it is processed unlawfully")},
		{"f", kit.T("(f) it was collected from a child online")},
	} {
		c := f.check(g.text, func(on bool) { f.d.p.SetGround(g.point, on) })
		c.Set(slices.Contains(f.d.p.Grounds, g.point))
		box.Add(c)
	}
	return box
}

// fill shows the current letter's values.
func (f *fieldsPane) fill() {
	f.filling = true
	defer func() { f.filling = false }()
	p := f.d.p
	set := func(e *kit.Entry, text string) {
		if e.Text != text {
			e.SetText(text)
		}
	}
	set(f.sender, p.Sender)
	set(f.replyTo, p.ReplyTo)
	set(f.place, p.Place)
	set(f.date, p.Date)
	set(f.reasons, p.Reasons)
	f.lang.Fill(f.lang.Options, slices.Index(langs(), p.Lang))
	f.thumbnails.Set(p.Thumbnails)
	f.pdf.Set(slices.Contains(p.Formats, "pdf"))
	f.tx.Set(slices.Contains(p.Formats, "txt"))
	l := p.Letter()
	if l == nil {
		return
	}
	set(f.name, l.Name)
	set(f.address, l.Address)
	f.dpo.Set(l.ForDPO)
	f.biometric.Set(l.Biometric)
}
