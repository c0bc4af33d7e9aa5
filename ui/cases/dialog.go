package cases

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

// Dialog writes letters about ticked matches. Its methods are for the window's thread.
type Dialog struct {
	env *kit.Env
	svc Service
	p   *Presenter

	grouping, composing, exporting, finding *kit.Slot

	sites   *kit.List
	fields  *fieldsPane
	preview *preview
	editor  *editor
	finds   *finds
	middle  *fyne.Container // the fields, or the editor
	missing *widget.Label
	notice  *kit.Notice
	one     *kit.Button
	all     *kit.Button
	mail    *kit.Button
	draft   matter.LetterDraft // of the current letter as it was composed last
	d       *dialog.CustomDialog
	exits   Exits
}

// Open shows the dialog for items.
func Open(env *kit.Env, svc Service, items []engine.CaseItem, today time.Time, exits Exits) *Dialog {
	d := open(env, svc, today, exits)
	kit.Run(d.grouping, func(ctx context.Context) ([]engine.Case, error) { return svc.DraftCases(ctx, items) },
		func(drafts []engine.Case, err error) {
			if err != nil {
				d.notice.Error(err)
				return
			}
			d.p.SetDrafts(drafts)
			d.show()
		})
	return d
}

// OpenCase shows the dialog for a letter of a case that is there already.
func OpenCase(env *kit.Env, svc Service, v matter.CaseView, right engine.Right, today time.Time, exits Exits) *Dialog {
	d := open(env, svc, today, exits)
	d.p.SetCase(v.Case, v.Course.To, right)
	d.show()
	return d
}

// Ask asks for something else, by its place in Choices.
func (d *Dialog) Ask(choice int) { d.fields.choice.SetSelectedIndex(choice) }

// show fills the dialog with the letters that there are.
func (d *Dialog) show() {
	d.sites.Refresh()
	d.sites.Select(0)
	d.fields.fill()
	d.finds.fill()
	d.refresh()
	d.find()
}

func open(env *kit.Env, svc Service, today time.Time, exits Exits) *Dialog {
	d := &Dialog{env: env, svc: svc, p: NewPresenter(today, kit.Language(), svc), exits: exits, grouping: env.Slots.NewSlot(),
		composing: env.Slots.NewSlot(), exporting: env.Slots.NewSlot(), finding: env.Slots.NewSlot(),
		preview: newPreview(), missing: kit.NewText(""), notice: env.NewNotice()}
	d.missing.Importance = widget.WarningImportance
	d.fields = newFieldsPane(d)
	d.editor = newEditor(d)
	d.finds = newFinds(d)
	d.sites = d.newSites()
	d.one = env.NewMainButton(kit.T("Export this letter…"), theme.DocumentSaveIcon(), func() { d.chooseFolder([]*Letter{d.p.Letter()}) })
	d.all = env.NewButton(kit.T("Export all…"), theme.DocumentSaveIcon(), func() { d.chooseFolder(d.p.Ready()) })
	d.mail = env.NewButton(kit.T("E-mail draft…"), theme.MailComposeIcon(), d.mailDraft)
	done := env.NewButton(kit.T("Close"), theme.CancelIcon(), func() { d.d.Hide() })
	d.d = env.NewDialog(kit.T("Write letters"), d.layout())
	d.d.SetButtons([]fyne.CanvasObject{done, d.all, d.mail, d.one})
	env.Dump.Name("letter.export", d.one)
	env.Dump.Name("letter.mail", d.mail)
	d.notice.Name("letter.notice", "letter.notice.action")
	env.Dump.Name("letter.preview", d.preview.head)
	env.Dump.Name("letter.missing", d.missing)
	d.d.Resize(env.Win.Canvas().Size().SubtractWidthHeight(40, 40))
	env.Modal(d.d, d.leave)
	d.refresh()
	env.Focus(d.fields.sender)
	return d
}

// find looks for who may answer for each site. The dialog shows them; it chooses nobody.
func (d *Dialog) find() {
	type search struct {
		to            *Addressee
		pages, images []string
	}
	var searches []search
	for _, to := range d.p.addressees() {
		s := search{to: to}
		for _, it := range to.Items {
			s.pages, s.images = append(s.pages, it.Source.PageURL), append(s.images, it.Source.URL)
		}
		searches = append(searches, s)
	}
	kit.Run(d.finding, func(ctx context.Context) ([][]matter.Candidate, error) {
		var out [][]matter.Candidate
		for _, s := range searches {
			found, err := d.svc.FindControllers(ctx, s.pages, s.images, "")
			if err != nil {
				return nil, err
			}
			out = append(out, found)
		}
		return out, nil
	}, func(found [][]matter.Candidate, err error) {
		if err != nil {
			d.notice.Error(err)
			return
		}
		for i, s := range searches {
			s.to.Found(found[i])
		}
		d.fields.fill()
	})
}

func (d *Dialog) newSites() *kit.List {
	l := d.env.NewList(func() int { return len(d.p.Letters()) },
		func() fyne.CanvasObject {
			site, about := kit.NewLine(""), kit.NewLine("")
			site.TextStyle.Bold = true
			about.SizeName = theme.SizeNameCaptionText
			return kit.Compact(container.NewVBox(site, about))
		},
		func(i int, o fyne.CanvasObject) {
			letters := d.p.Letters()
			if i >= len(letters) {
				return
			}
			box := o.(*container.ThemeOverride).Content.(*fyne.Container)
			kit.SetText(box.Objects[0].(*widget.Label), siteWords(letters[i].Site))
			about := kit.N("{{.N}} items", letters[i].Confirmed())
			if len(letters) > 1 {
				about = rightWords(letters[i].Right) + " · " + about
			}
			if n := len(letters[i].Items) - letters[i].Confirmed(); n > 0 {
				about += " · " + kit.N("{{.N}} not confirmed", n)
			}
			if letters[i].Exported() {
				about += " · " + kit.T("letter exported")
			}
			kit.SetText(box.Objects[1].(*widget.Label), about)
		})
	l.OnSelected = func(i int) {
		d.p.Select(i)
		d.draft = matter.LetterDraft{} // of another letter
		d.editor.reset()
		d.fields.fill()
		d.finds.at = 0
		d.finds.fill()
		d.refresh()
	}
	return l
}

func (d *Dialog) layout() fyne.CanvasObject {
	left := container.NewBorder(boldLabel(kit.T("One letter for each site")), nil, nil, nil, d.sites)
	preview := container.NewBorder(boldLabel(kit.T("Preview")), d.preview.notes, nil, nil, d.preview.root)
	d.middle = container.NewStack(container.NewVScroll(d.fields.root), d.editor.root, d.finds.root)
	kit.Show(false, d.editor.root, d.finds.root)
	middle := container.NewBorder(container.NewHBox(d.editor.switchB, d.finds.switchB), nil, nil, nil, d.middle)
	body := container.NewBorder(nil, nil, container.NewHBox(kit.Fixed(180, left), kit.Fixed(480, middle)), nil, preview)
	return container.NewBorder(nil, container.NewVBox(d.missing, d.notice.Object()), nil, nil, body)
}

// turn shows a part of the middle, or the fields where it is shown already.
func (d *Dialog) turn(part fyne.CanvasObject) {
	if part.Visible() {
		part = d.middle.Objects[0]
	}
	for _, o := range d.middle.Objects {
		kit.Show(o == part, o)
	}
	d.editor.turned(d.editor.root.Visible())
	d.finds.fill()
	d.changed()
}

func boldLabel(text string) *widget.Label {
	l := kit.NewLine(text)
	l.TextStyle.Bold = true
	return l
}

// changed is called when any field changes.
func (d *Dialog) changed() { d.refresh() }

func (d *Dialog) refresh() {
	l := d.p.Letter()
	if l == nil {
		d.one.SetEnabled(false)
		kit.Show(false, d.all, d.mail, d.missing)
		return
	}
	missing := d.p.Missing(l)
	waits := d.p.Waits(l)
	d.one.SetEnabled(len(missing) == 0 && !waits)
	kit.Show(len(d.p.Letters()) > 1, d.all)
	d.all.SetEnabled(len(d.p.Ready()) == len(d.p.Letters()))
	kit.Show(len(missing) > 0 || waits, d.missing)
	text := missingWords(missing)
	if waits && len(missing) == 0 {
		text = kit.T("The letter of access goes out first: export it, or all of them.")
	}
	kit.SetText(d.missing, text)
	d.refreshMail()
	req := d.p.Request(l, "", gapWord)
	items := l.Items
	kit.Run(d.composing, func(ctx context.Context) (matter.LetterDraft, error) { return d.svc.PreviewLetter(ctx, items, req) },
		func(draft matter.LetterDraft, err error) {
			if err != nil {
				d.draft = matter.LetterDraft{}
				d.refreshMail()
				d.preview.fail(kit.Explain(err).String())
				return
			}
			d.draft = draft
			d.refreshMail()
			d.preview.show(draft)
			d.editor.show(draft)
		})
}

// gapWord stands in a preview where a field is still empty.
func gapWord(f Field) string { return "[" + fieldWord(f) + "]" }

// chooseFolder asks where to write, then exports.
func (d *Dialog) chooseFolder(letters []*Letter) {
	d.env.ChooseFolder(kit.T("Choose the folder for the letters"), kit.T("Export here"), func(path string, err error) {
		if err != nil {
			d.notice.Error(err)
			return
		}
		d.Export(letters, path)
	})
}

// Export writes letters into a folder in the background and says which files were written.
func (d *Dialog) Export(letters []*Letter, dir string) {
	jobs := d.p.Jobs(letters, dir, gapWord)
	if len(jobs) == 0 {
		return
	}
	d.one.SetEnabled(false)
	d.all.SetEnabled(false)
	kit.Run(d.exporting, func(ctx context.Context) ([]Outcome, error) { return Export(ctx, d.svc, jobs) },
		func(outcomes []Outcome, err error) {
			files := d.exported(outcomes)
			if err != nil {
				d.notice.Error(err)
				return
			}
			d.notice.Say(writtenWords(files))
			d.offerFolder(dir)
		})
}

// exported shows what left the program, and gives the files.
func (d *Dialog) exported(outcomes []Outcome) []string {
	files := d.p.Exported(outcomes)
	d.sites.Refresh()
	d.refresh()
	return files
}

func (d *Dialog) offerFolder(dir string) {
	d.notice.Offer(kit.T("Open the folder"), func() {
		if err := d.env.OpenURL(kit.FileURL(dir)); err != nil {
			d.notice.Error(err)
		}
	})
}

func (d *Dialog) leave() {
	d.grouping.Stop()
	d.composing.Stop()
	d.finding.Stop()
	d.finds.loading.Stop()
	d.finds.images.Forget()
	if d.exits.Closed != nil {
		d.exits.Closed()
	}
}

func siteWords(site string) string {
	if site == "" {
		return kit.T("Local files")
	}
	return site
}

func fieldWord(f Field) string {
	switch f {
	case FieldSenderName:
		return kit.T("your name")
	case FieldSenderAddress:
		return kit.T("your address or e-mail")
	case FieldController:
		return kit.T("the addressee’s name")
	case FieldPlace:
		return kit.T("place")
	case FieldDate:
		return kit.T("date (year-month-day)")
	case FieldReasons:
		return kit.T("reasons from your situation")
	case FieldRestriction:
		return kit.T("why it is to be restricted")
	case FieldNames:
		return kit.T("the names searched for")
	case FieldCountry:
		return kit.T("version of the search engine")
	case FieldProof:
		return kit.T("proof that you may act for them (a file)")
	case FieldItems:
		return kit.T("a find that you confirm, or leave the list out")
	}
	return kit.T("a file format")
}

func missingWords(missing []Field) string {
	var words []string
	for _, f := range missing {
		words = append(words, fieldWord(f))
	}
	return kit.T("Before exporting, fill in: {{.V}}.", kit.Field(strings.Join(words, ", ")))
}

func writtenWords(files []string) string {
	names := slices.Clone(files)
	for i, f := range names {
		names[i] = filepath.Base(f)
	}
	return kit.N("{{.N}} files written:", len(files)) + " " + strings.Join(names, ", ") + "\n" +
		kit.T("Sending them is up to you: the program sends nothing.")
}
