package cases

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/ui/kit"
)

// fieldsPane holds the fields of the letters.
type fieldsPane struct {
	d                                   *Dialog
	sender, replyTo, place, date        *kit.Entry
	name, address, email, reasons       *kit.Entry
	represented, names, country         *kit.Entry
	lang, regime, choice, found         *kit.Select
	represent, restriction              *kit.Select
	dpo, biometric, thumbnails, noItems *kit.Check
	marketing                           *kit.Check
	formats                             map[string]*kit.Check
	proof, portrait, book               *kit.Button
	source                              *widget.Label
	items                               []*widget.FormItem // those that are shown
	stage                               *fyne.Container    // holds the form
	rows                                map[string]*widget.FormItem
	root                                fyne.CanvasObject
	filling                             bool
}

// langWords names a language of letters in itself; outlines say so.
func langWords(lang string) string {
	switch lang {
	case "fr":
		return "Français"
	case "de":
		return "Deutsch (" + kit.T("outline") + ")"
	case "it":
		return "Italiano (" + kit.T("outline") + ")"
	}
	return "English"
}

// regimes are those with letters.
func regimes() []matter.Regime {
	return []matter.Regime{matter.RegimeEU, matter.RegimeUK, matter.RegimeCH}
}

func regimeWords() []string {
	return []string{kit.T("European Union (GDPR)"), kit.T("United Kingdom (UK GDPR)"), kit.T("Switzerland (FADP)")}
}

func choiceWords() []string {
	return []string{kit.T("Erasure"), kit.T("Access"), kit.T("Access, then erasure (two letters)"), kit.T("Objection"), kit.T("Restriction"), kit.T("Removal of search results")}
}

func rightWords(r engine.Right) string {
	for i, c := range Choices() {
		if len(c) == 1 && c[0] == r {
			return choiceWords()[i]
		}
	}
	return string(r)
}

func restrictionWords() []string {
	return []string{kit.T("(a) I contest that it is accurate"), kit.T("(b) unlawful, but not to be erased for now"), kit.T("(c) I need it for legal claims"), kit.T("(d) my objection is being examined")}
}

func newFieldsPane(d *Dialog) *fieldsPane {
	f := &fieldsPane{d: d}
	p, env := d.p, d.env
	f.sender = f.entry("", func(t string) { p.Sender = t })
	f.replyTo = f.area(kit.T("Where the answer is to go"), 2, func(t string) { p.ReplyTo = t })
	f.place = f.entry("", func(t string) { p.Place = t })
	f.date = f.entry("2026-12-31", func(t string) { p.Date = t })
	f.name = f.entry("", p.SetName)
	f.address = f.area(kit.T("Optional"), 2, p.SetAddress)
	f.reasons = f.area(kit.T("Reasons from your own situation; an erasure then also objects"), 2, func(t string) { p.Reasons = t })
	f.email = f.entry(kit.T("Optional"), p.SetEmail)
	f.represented = f.entry(kit.T("Only if you write for somebody else"), func(t string) { p.For = t; f.show() })
	f.names = f.entry("", func(t string) { p.Names = t })
	f.country = f.entry("google.fr", func(t string) { p.Country = t })
	f.lang = env.NewSelect(nil, func(i int) { f.pick(i, func() { p.SetLang(p.Langs()[i]) }) })
	f.regime = env.NewSelect(regimeWords(), func(i int) { f.pick(i, func() { p.SetRegime(regimes()[i]) }) })
	f.choice = env.NewSelect(choiceWords(), func(i int) { f.pick(i, func() { p.SetChoice(i); d.sites.Refresh() }) })
	f.found = env.NewSelect(nil, func(i int) { f.pick(i, func() { p.Choose(i) }) })
	f.represent = env.NewSelect([]string{kit.T("I hold a written mandate"), kit.T("it is my child")}, func(i int) { f.pick(i, func() { p.Parent = i == 1 }) })
	f.restriction = env.NewSelect(restrictionWords(), func(i int) { f.pick(i, func() { p.Restriction = "abcd"[i : i+1] }) })
	f.dpo = f.check(kit.T("For the data protection officer"), p.SetForDPO)
	f.biometric = f.check(kit.T("The addressee runs a face search"), func(on bool) { p.SetBiometric(on); f.show() })
	f.marketing = f.check(kit.T("The data are used for advertising too"), func(on bool) { p.Marketing = on })
	f.thumbnails = f.check(kit.T("Show the face (others blurred)"), func(on bool) { p.Thumbnails = on })
	f.noItems = f.check(kit.T("Leave the list of finds out"), func(on bool) { p.NoItems = on })
	f.proof = f.file([]string{".pdf", ".jpg", ".jpeg", ".png"}, func(path string) { p.Proof = path })
	f.portrait = f.file([]string{".jpg", ".jpeg", ".png", ".webp", ".heic"}, func(path string) { p.Portrait = path })
	f.book = env.NewButton(kit.T("Address book…"), theme.AccountIcon(), f.openBook)
	f.source = kit.NewText("")
	f.source.SizeName = theme.SizeNameCaptionText
	f.lay()
	env.Dump.Name("letter.sender", f.sender)
	env.Dump.Name("letter.reply", f.replyTo)
	env.Dump.Name("letter.place", f.place)
	env.Dump.Name("letter.book", f.book)
	env.Dump.Name("letter.email", f.email)
	env.Dump.Name("letter.noitems", f.noItems)
	f.fill()
	return f
}

// lay puts the fields under each other. Those that only some letters need are shown with them.
func (f *fieldsPane) lay() {
	f.rows = map[string]*widget.FormItem{}
	item := func(key, label string, o fyne.CanvasObject) { f.rows[key] = widget.NewFormItem(label, o) }
	item("choice", kit.T("Ask for"), f.choice)
	item("regime", kit.T("Law"), f.regime)
	item("lang", kit.T("Letter in"), f.lang)
	item("sender", kit.T("Your name"), f.sender)
	item("reply", kit.T("Address or e-mail"), f.replyTo)
	item("for", kit.T("On behalf of"), f.represented)
	item("represent", "", container.NewVBox(f.represent, f.proof))
	item("found", kit.T("Found"), container.NewVBox(f.found, f.source))
	item("book", "", container.NewHBox(f.book))
	item("name", kit.T("Addressee"), f.name)
	item("address", kit.T("Addressee’s address"), f.address)
	item("email", kit.T("Addressee’s e-mail"), f.email)
	item("dpo", "", f.dpo)
	item("biometric", "", f.biometric)
	item("portrait", kit.T("Portrait"), f.portrait)
	item("place", kit.T("Place"), f.place)
	item("date", kit.T("Date"), f.date)
	item("grounds", kit.T("Grounds (art. 17(1))"), f.grounds())
	item("restriction", kit.T("Because"), f.restriction)
	item("names", kit.T("Searches"), f.names)
	item("country", kit.T("Search engine"), f.country)
	item("reasons", kit.T("Your reasons"), f.reasons)
	item("marketing", "", f.marketing)
	item("annex", kit.T("Annex"), container.NewVBox(f.thumbnails, f.noItems))
	f.formats = map[string]*kit.Check{}
	box := container.NewGridWithColumns(3)
	for _, format := range []struct{ name, label string }{{"pdf", "PDF"}, {"docx", "DOCX"}, {"odt", "ODT"}, {"txt", kit.T("Text")}, {"eml", kit.T("E-mail")}} {
		f.formats[format.name] = f.check(format.label, func(on bool) { f.d.p.SetFormat(format.name, on) })
		box.Add(f.formats[format.name])
	}
	item("formats", kit.T("Formats"), box)
	f.stage = container.NewStack()
	f.root = kit.Spaced(5, 4, container.New(layout.NewCustomPaddedLayout(0, 0, 4, 14), f.stage))
}

// show puts those fields into a form that the letters asked for need. It is made anew when they change: Fyne's form can grow at its end only, and would show
// labels beside the wrong fields.
func (f *fieldsPane) show() {
	p, l := f.d.p, f.d.p.Letter()
	erasure := p.Asks(engine.RightErasure)
	reasons := erasure || p.Asks(engine.RightObjection) || p.Asks(engine.RightDelisting)
	var items []*widget.FormItem
	add := func(when bool, keys ...string) {
		for _, k := range keys {
			if when {
				items = append(items, f.rows[k])
			}
		}
	}
	add(true, "choice", "regime", "lang", "sender", "reply", "for")
	add(strings.TrimSpace(p.For) != "", "represent")
	add(l != nil && len(l.Candidates) > 0, "found")
	add(f.d.exits.Book != nil, "book")
	add(true, "name", "address", "email", "dpo", "biometric")
	add(l != nil && l.Biometric, "portrait")
	add(true, "place", "date")
	add(erasure && p.Regime != matter.RegimeCH, "grounds")
	add(p.Asks(engine.RightRestriction), "restriction")
	add(p.Asks(engine.RightDelisting), "names", "country")
	add(reasons, "reasons")
	add(p.Asks(engine.RightObjection) && p.Regime != matter.RegimeCH, "marketing")
	add(true, "annex", "formats")
	if !slices.Equal(f.items, items) {
		f.items = items
		f.stage.Objects = []fyne.CanvasObject{widget.NewForm(items...)}
		f.stage.Refresh()
	}
}

// pick reacts to a choice of the user's.
func (f *fieldsPane) pick(i int, change func()) {
	if i < 0 || f.filling {
		return
	}
	change()
	f.fill()
	f.d.changed()
}

// openBook looks for the addressee in the address book.
func (f *fieldsPane) openBook() {
	l := f.d.p.Letter()
	if l == nil {
		return
	}
	f.d.exits.Book(l.Items, func(c matter.Controller) {
		f.d.p.Take(c)
		f.fill()
		f.d.changed()
	})
}

// file asks for a file; the button shows which one was taken.
func (f *fieldsPane) file(endings []string, take func(path string)) *kit.Button {
	var b *kit.Button
	b = f.d.env.NewButton(kit.T("Choose a file…"), theme.FileIcon(), func() {
		f.d.env.ChooseFile(endings, func(path string, err error) {
			if err != nil {
				f.d.notice.Error(err)
				return
			}
			take(path)
			b.SetText(filepath.Base(path))
			f.d.changed()
		})
	})
	return b
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
	set(f.represented, p.For)
	set(f.names, p.Names)
	set(f.country, p.Country)
	f.choice.Fill(f.choice.Options, p.Choice())
	f.regime.Fill(f.regime.Options, slices.Index(regimes(), p.Regime))
	var words []string
	for _, l := range p.Langs() {
		words = append(words, langWords(l))
	}
	f.lang.Fill(words, slices.Index(p.Langs(), p.Lang))
	parent := 0
	if p.Parent {
		parent = 1
	}
	f.represent.Fill(f.represent.Options, parent)
	f.restriction.Fill(f.restriction.Options, strings.Index("abcd", cmp.Or(p.Restriction, "-")))
	f.marketing.Set(p.Marketing)
	f.thumbnails.Set(p.Thumbnails)
	f.noItems.Set(p.NoItems)
	for name, c := range f.formats {
		c.Set(slices.Contains(p.Formats, name))
	}
	if l := p.Letter(); l != nil {
		set(f.name, l.Name)
		set(f.address, l.Address)
		set(f.email, l.Email)
		f.dpo.Set(l.ForDPO)
		f.biometric.Set(l.Biometric)
		f.candidates(l)
	}
	f.show()
}

// candidates shows who may answer for the site, and of the one chosen where its address is from.
func (f *fieldsPane) candidates(l *Letter) {
	var words []string
	for _, c := range l.Candidates {
		words = append(words, c.Controller.Name+" – "+strings.TrimSuffix(kit.Message(c.Why), "."))
	}
	f.found.PlaceHolder = kit.N("{{.N}} found: choose", len(words))
	f.found.Fill(words, l.Chosen)
	text := kit.T("Nothing is chosen for you: check who answers for the site.")
	if l.Chosen >= 0 {
		c := l.Candidates[l.Chosen]
		text = kit.T("Address from {{.V}}", kit.Field(cmp.Or(c.Controller.Source, kit.T("typed by hand"))+", "+kit.Date(c.Controller.At))) + "."
		for _, w := range c.Warnings {
			text += " " + kit.Message(w)
		}
	}
	kit.SetText(f.source, text)
}
