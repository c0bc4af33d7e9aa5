package collect

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"gabarit/ui/kit"
)

// siteStep asks for a site: its address, who asks, within which limit, and whether what it gives is also kept as a web archive.
type siteStep struct {
	address, contact, pages *kit.Entry
	keep                    *kit.Check
	folder                  *kit.Button
	where                   *widget.Label
}

func (s *siteStep) build(w *Wizard) {
	s.address = w.entry("https://press.example/", func(t string) { w.form.SetAddress(t) })
	s.address.SetText(w.form.Address)
	s.contact = w.entry(kit.T("Your e-mail address, or a page about you"), func(t string) { w.form.Contact = t })
	s.contact.SetText(w.form.Contact)
	s.pages = w.entry(kit.T("2,000 if empty"), func(t string) { w.form.Pages = t })
	s.where = kit.NewNote("")
	s.folder = w.env.NewButton(kit.T("Folder…"), theme.FolderOpenIcon(), func() {
		w.env.ChooseFolder(kit.T("Folder for the web archive"), "", func(path string, err error) {
			if err != nil {
				kit.SetText(w.hint, kit.Explain(err).String())
				return
			}
			w.form.Archive = path
			kit.SetText(s.where, path)
			w.refresh()
		})
	})
	kit.Show(false, s.folder, s.where)
	s.keep = w.env.NewCheck(kit.T("Also keep what the site gives as a web archive (WARC)"), func(on bool) {
		kit.Show(on, s.folder, s.where)
		w.form.Keep = on
		if w.form.Archive == "" {
			kit.SetText(s.where, kit.T("Choose a folder. An erasure does not reach these files."))
		}
		w.refresh()
	})
}

func (s *siteStep) layout(*Wizard) fyne.CanvasObject {
	return widget.NewForm(
		widget.NewFormItem(kit.T("Address"), s.address),
		widget.NewFormItem(kit.T("Contact"), container.NewVBox(s.contact, kit.NewNote(kit.T("It is sent with every request, so that the site's owner can reach you.")))),
		widget.NewFormItem(kit.T("Pages at most"), s.pages),
		widget.NewFormItem("", container.NewVBox(s.keep, container.NewBorder(nil, nil, s.folder, nil, s.where))))
}
