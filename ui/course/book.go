package course

import (
	"context"
	"slices"
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

// book is the dialog of the address book: the entries at the left, one of them at the right. An import tells there what it brought.
type book struct {
	env   *kit.Env
	svc   Service
	p     *Entries
	items []engine.CaseItem       // of the case that somebody is looked for; nil: the book is only looked at
	take  func(matter.Controller) // nil: nobody is looked for

	reading, writing *kit.Slot

	search             *kit.Entry
	list               *kit.List
	about              *widget.Label
	box                *fyne.Container
	notice             *kit.Notice
	ok, change, remove *kit.Button
	d                  *dialog.CustomDialog
	filling            bool
}

// OpenBook shows the address book. With take, somebody is looked for who answers for items: those who may are listed first, and take gets the entry that the person
// chooses; nobody is chosen otherwise.
func OpenBook(env *kit.Env, svc Service, items []engine.CaseItem, take func(matter.Controller)) {
	b := &book{env: env, svc: svc, p: NewEntries(), items: items, take: take, reading: env.Slots.NewSlot(), writing: env.Slots.NewSlot(),
		about: kit.NewNote(""), box: container.NewVBox(), notice: env.NewNotice()}
	b.search = env.NewEntry(kit.T("Name, domain or e-mail"))
	b.search.OnChanged = func(text string) {
		b.p.Filter(text)
		b.refresh()
	}
	b.search.OnSubmitted = func(string) { env.Focus(b.list) }
	b.list = env.NewList(func() int { return len(b.p.Rows()) }, func() fyne.CanvasObject {
		head, about := kit.NewLine(""), kit.NewLine("")
		head.TextStyle.Bold = true
		about.SizeName = theme.SizeNameCaptionText
		return kit.Compact(container.NewVBox(head, about))
	}, b.draw)
	b.list.OnSelected = func(i int) {
		if !b.filling {
			b.p.Select(i)
			b.show()
		}
	}
	b.d = env.NewDialog(kit.T("Address book"), b.layout())
	b.d.SetButtons(b.buttons())
	b.d.Resize(env.Win.Canvas().Size().SubtractWidthHeight(60, 60))
	for name, o := range map[string]fyne.CanvasObject{"search": b.search, "list": b.list, "about": b.about, "take": b.ok, "change": b.change, "remove": b.remove} {
		env.Dump.Name("book."+name, o)
	}
	b.notice.Name("book.notice", "book.notice.action")
	env.Modal(b.d, func() {
		b.reading.Stop()
		b.writing.Stop()
	})
	env.Focus(b.search)
	b.refresh()
	b.read()
}

func (b *book) layout() fyne.CanvasObject {
	file := b.env.NewButton(kit.T("Import a file…"), theme.FileIcon(), func() {
		b.env.ChooseFile([]string{".zip", ".json"}, b.imported)
	})
	folder := b.env.NewButton(kit.T("Import a folder…"), theme.FolderOpenIcon(), func() {
		b.env.ChooseFolder(kit.T("Choose the folder of the directory"), kit.T("Import"), b.imported)
	})
	add := b.env.NewButton(kit.T("New entry…"), theme.ContentAddIcon(), func() { b.edit(matter.Controller{}) })
	b.change = b.env.NewButton(kit.T("Change…"), theme.DocumentCreateIcon(), func() {
		if r, ok := b.p.Current(); ok {
			b.edit(r.Controller)
		}
	})
	b.remove = b.env.NewButton(kit.T("Remove…"), theme.DeleteIcon(), func() {
		if r, ok := b.p.Current(); ok {
			b.askRemove(r.Controller)
		}
	})
	for name, o := range map[string]fyne.CanvasObject{"import": file, "folder": folder, "add": add} {
		b.env.Dump.Name("book."+name, o)
	}
	tools := kit.Spaced(6, 4, container.NewHBox(add, b.change, b.remove, file, folder))
	left := container.NewBorder(b.search, b.about, nil, nil, b.list)
	right := container.NewBorder(tools, nil, widget.NewSeparator(), nil, container.NewVScroll(kit.Compact(container.NewPadded(b.box))))
	return container.NewBorder(nil, b.notice.Object(), kit.Fixed(330, left), nil, right)
}

func (b *book) buttons() []fyne.CanvasObject {
	b.ok = b.env.NewMainButton(kit.T("Take this entry"), theme.ConfirmIcon(), func() {
		if r, ok := b.p.Current(); ok {
			b.d.Hide()
			b.take(r.Controller)
		}
	})
	done := b.env.NewButton(kit.T("Close"), theme.CancelIcon(), func() { b.d.Hide() })
	if b.take == nil {
		return []fyne.CanvasObject{done}
	}
	return []fyne.CanvasObject{done, b.ok}
}

// contents is what the book is read from.
type contents struct {
	all        []matter.Controller
	directory  matter.DirectoryReport
	at         time.Time
	candidates []matter.Candidate
}

// read reads the entries anew.
func (b *book) read() {
	items := b.items
	kit.Run(b.reading, func(ctx context.Context) (c contents, err error) {
		if c.all, c.directory, c.at, err = b.svc.AddressBook(ctx); err == nil && len(items) > 0 {
			pages, images := Places(items)
			c.candidates, err = b.svc.FindControllers(ctx, pages, images, "")
		}
		return c, err
	}, func(c contents, err error) {
		if err != nil {
			b.notice.Error(err)
			return
		}
		kit.SetText(b.about, bookWords(c, len(b.items) > 0))
		b.p.Set(c.all, c.candidates)
		b.refresh()
	})
}

// refresh shows the entries and the chosen one.
func (b *book) refresh() {
	b.list.Refresh()
	b.filling = true
	if i := b.p.Selected(); i >= 0 {
		b.list.Select(i)
	} else {
		b.list.UnselectAll()
	}
	b.filling = false
	b.show()
}

func (b *book) draw(i int, o fyne.CanvasObject) {
	rows := b.p.Rows()
	if i >= len(rows) {
		return
	}
	box := o.(*container.ThemeOverride).Content.(*fyne.Container)
	kit.SetText(box.Objects[0].(*widget.Label), rows[i].Name)
	kit.SetText(box.Objects[1].(*widget.Label), rowWords(rows[i]))
}

// show shows the chosen entry.
func (b *book) show() {
	b.box.RemoveAll()
	r, ok := b.p.Current()
	b.ok.SetEnabled(ok)
	b.change.SetEnabled(ok)
	b.remove.SetEnabled(ok && r.Origin == matter.OriginOwn)
	if !ok {
		b.box.Add(kit.NewNote(kit.T("Nothing is fetched: get the file of a directory yourself, as github.com/datenanfragen/data (CC0). Your own entries stay as they are. Check an address before you write to it.")))
		return
	}
	title := kit.NewTitle(r.Name)
	title.Wrapping = fyne.TextWrapWord
	b.env.Dump.Name("book.name", title)
	b.box.Add(title)
	for _, w := range slices.Concat(filled(r.Why), r.Warnings) {
		note := kit.NewText(kit.Message(w))
		note.Importance = widget.WarningImportance
		if w == r.Why {
			note.Importance = widget.HighImportance
		}
		b.box.Add(note)
	}
	for _, l := range entryLines(r.Controller) {
		name, text := kit.NewLine(l[0]), kit.NewText(l[1])
		name.Importance, text.Selectable = widget.LowImportance, true
		b.box.Add(container.NewBorder(nil, nil, kit.Fixed(labelWidth, name), nil, text))
	}
	b.box.Refresh()
}

// imported takes a directory in the background and shows what it brought, odd things too.
func (b *book) imported(path string, err error) {
	if err != nil {
		b.notice.Error(err)
		return
	}
	b.notice.Say(kit.T("Importing {{.V}}…", kit.Field(kit.Names([]string{path}))))
	kit.Run(b.writing, func(ctx context.Context) (matter.DirectoryReport, error) { return b.svc.ImportControllers(ctx, path) }, func(r matter.DirectoryReport, err error) {
		if err != nil {
			b.notice.Error(err)
			return
		}
		if len(r.Failed)+len(r.Warnings) > 0 {
			b.notice.Warn(importWords(r))
			b.notice.Offer(kit.T("What is odd…"), func() { b.openRemarks(r) })
		} else {
			b.notice.Say(importWords(r))
		}
		b.read()
	})
}

// openRemarks lists what an import left out, and what is odd in what it took.
func (b *book) openRemarks(r matter.DirectoryReport) {
	lines := remarkLines(r)
	list := b.env.NewList(func() int { return len(lines) }, func() fyne.CanvasObject { return kit.NewLine("") }, func(i int, o fyne.CanvasObject) {
		if i < len(lines) {
			kit.SetText(o.(*widget.Label), lines[i])
		}
	})
	b.env.Dump.Name("book.remarks", list)
	d := b.env.NewDialog(kit.T("What is odd in the directory"), kit.Sized(860, 460, list))
	done := b.env.NewButton(kit.T("Close"), theme.CancelIcon(), func() { d.Hide() })
	d.SetButtons([]fyne.CanvasObject{done})
	b.env.Modal(d, nil)
	b.env.Focus(list)
}
