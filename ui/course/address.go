package course

import (
	"context"
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

// address opens the dialog that says who answers for a case, under which law, and where the person lives.
func (s *Screen) address(v matter.CaseView) {
	set := matter.CourseSettings{Regime: v.Course.Regime, Residence: v.Course.Residence, Land: v.Course.Land, To: v.Course.To}
	sourceAt := set.To.SourceAt.String()
	notice := s.env.NewNotice()
	form := widget.NewForm()
	entry := func(label, text, placeholder string, changed func(string)) *kit.Entry {
		e := s.env.NewEntry(placeholder)
		e.SetText(text)
		e.OnChanged = func(t string) { changed(strings.TrimSpace(t)) }
		form.AppendItem(widget.NewFormItem(label, e))
		return e
	}
	name := entry(kit.T("Name"), set.To.Name, "", func(t string) { set.To.Name = t })
	entry(kit.T("Postal address"), set.To.Address, "", func(t string) { set.To.Address = t })
	entry(kit.T("E-mail"), set.To.Email, "", func(t string) { set.To.Email = t })
	entry(kit.T("Website"), set.To.Web, "", func(t string) { set.To.Web = t })
	country := entry(kit.T("Country (two letters)"), set.To.Country, "FR", func(t string) { set.To.Country = strings.ToUpper(t) })
	entry(kit.T("Time zone"), set.To.Zone, kit.T("that of the capital"), func(t string) { set.To.Zone = t })
	entry(kit.T("Address from"), set.To.Source, "", func(t string) { set.To.Source = t })
	entry(kit.T("read there on"), sourceAt, "2026-12-31", func(t string) { sourceAt = t })
	regimes := matter.Regimes()
	law := s.env.NewSelect(nil, func(i int) { set.Regime = regimes[i] })
	var words []string
	for _, r := range regimes {
		words = append(words, regimeWords(r))
	}
	law.Fill(words, max(slices.Index(regimes, set.Regime), 0))
	form.AppendItem(widget.NewFormItem(kit.T("Law"), law))
	entry(kit.T("You live in (two letters)"), set.Residence, "FR", func(t string) { set.Residence = strings.ToUpper(t) })
	entry(kit.T("German Land"), set.Land, "BE", func(t string) { set.Land = strings.ToUpper(t) })
	form.AppendItem(widget.NewFormItem("", kit.NewNote(kit.T("The country decides which public holidays count and when a day is over. No nationality is asked for: it does not matter."))))
	s.env.Dump.Name("address.name", name)
	s.env.Dump.Name("address.country", country)
	d := s.env.NewDialog(kit.T("Controller"), container.NewBorder(nil, notice.Object(), nil, nil, kit.Sized(560, 420, container.NewVScroll(kit.Spaced(5, 4, form)))))
	s.saveAddress(d, notice, v, func() (matter.CourseSettings, error) {
		var err error
		set.To.SourceAt, err = matter.ParseDay(sourceAt)
		return set, err
	})
}

// saveAddress gives the dialog its buttons and shows it.
func (s *Screen) saveAddress(d *dialog.CustomDialog, notice *kit.Notice, v matter.CaseView, read func() (matter.CourseSettings, error)) {
	id := v.Case.ID
	save := s.env.NewMainButton(kit.T("Save"), theme.ConfirmIcon(), func() {
		set, err := read()
		if err != nil {
			notice.Error(err)
			return
		}
		kit.Run(s.asking, func(ctx context.Context) (matter.CaseView, error) { return s.svc.SetCourse(ctx, id, set) }, func(v matter.CaseView, err error) {
			if err != nil {
				notice.Error(err)
				return
			}
			d.Hide()
			s.changed(v)
		})
	})
	s.env.Dump.Name("address.save", save)
	d.SetButtons([]fyne.CanvasObject{s.env.NewButton(kit.T("Cancel"), theme.CancelIcon(), func() { d.Hide() }), save})
	s.env.Modal(d, nil)
}
