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

// addressDialog says who answers for a case, under which law, and where the person lives.
type addressDialog struct {
	s        *Screen
	v        matter.CaseView
	set      matter.CourseSettings
	sourceAt string // as it is typed
	form     *widget.Form
	notice   *kit.Notice
	fill     []func(to matter.Addressee) // shows an addressee in the fields
	d        *dialog.CustomDialog
}

// address opens the dialog.
func (s *Screen) address(v matter.CaseView) {
	d := &addressDialog{s: s, v: v, set: matter.CourseSettings{Regime: v.Course.Regime, Residence: v.Course.Residence, Land: v.Course.Land, To: v.Course.To}, form: widget.NewForm(), notice: s.env.NewNotice()}
	d.sourceAt = d.set.To.SourceAt.String()
	d.addressee()
	d.law()
	d.d = s.env.NewDialog(kit.T("Controller"), container.NewBorder(nil, d.notice.Object(), nil, nil, kit.Sized(560, 460, container.NewVScroll(kit.Spaced(5, 4, d.form)))))
	save := s.env.NewMainButton(kit.T("Save"), theme.ConfirmIcon(), d.save)
	s.env.Dump.Name("address.save", save)
	d.d.SetButtons([]fyne.CanvasObject{s.env.NewButton(kit.T("Cancel"), theme.CancelIcon(), func() { d.d.Hide() }), save})
	s.env.Modal(d.d, nil)
}

// row adds a field; of tells what it shows of an addressee, nil where it is not about one.
func (d *addressDialog) row(label string, e *kit.Entry, text string, changed func(string), of func(matter.Addressee) string) {
	e.SetText(text)
	e.OnChanged = func(t string) { changed(strings.TrimSpace(t)) }
	d.form.Append(label, e)
	if of != nil {
		d.fill = append(d.fill, func(to matter.Addressee) { e.SetText(of(to)) })
	}
}

// addressee has the fields of whoever answers.
func (d *addressDialog) addressee() {
	env, to := d.s.env, &d.set.To
	find := env.NewButton(kit.T("From the address book…"), theme.AccountIcon(), func() { OpenBook(env, d.s.svc, d.v.Case.Items, d.take) })
	d.form.Append("", container.NewHBox(find))
	name, email, country := env.NewEntry(""), env.NewEntry(""), env.NewEntry("FR")
	d.row(kit.T("Name"), name, to.Name, func(t string) { to.Name = t }, func(a matter.Addressee) string { return a.Name })
	d.row(kit.T("Postal address"), env.NewTextArea("", 3), to.Address, func(t string) { to.Address = t }, func(a matter.Addressee) string { return a.Address })
	d.row(kit.T("E-mail"), email, to.Email, func(t string) { to.Email = t }, func(a matter.Addressee) string { return a.Email })
	d.row(kit.T("Website"), env.NewEntry(""), to.Web, func(t string) { to.Web = t }, func(a matter.Addressee) string { return a.Web })
	d.row(kit.T("Country (two letters)"), country, to.Country, func(t string) { to.Country = strings.ToUpper(t) }, func(a matter.Addressee) string { return a.Country })
	d.row(kit.T("Time zone"), env.NewEntry(kit.T("that of the capital")), to.Zone, func(t string) { to.Zone = t }, func(a matter.Addressee) string { return a.Zone })
	d.row(kit.T("Address from"), env.NewEntry(""), to.Source, func(t string) { to.Source = t }, func(a matter.Addressee) string { return a.Source })
	d.row(kit.T("read there on"), env.NewEntry("2026-12-31"), d.sourceAt, func(t string) { d.sourceAt = t }, func(a matter.Addressee) string { return a.SourceAt.String() })
	env.Dump.Name("address.find", find)
	env.Dump.Name("address.name", name)
	env.Dump.Name("address.email", email)
	env.Dump.Name("address.country", country)
}

// take fills the fields with an entry of the address book.
func (d *addressDialog) take(c matter.Controller) {
	to := Addressed(d.set.To, c)
	for _, show := range d.fill {
		show(to)
	}
	if to.Country == "" {
		d.notice.Warn(kit.T("The address book does not tell where they are established: fill in the country, periods depend on it."))
	}
}

// law has the law, and where the person lives.
func (d *addressDialog) law() {
	regimes := matter.Regimes()
	law := d.s.env.NewSelect(nil, func(i int) { d.set.Regime = regimes[i] })
	var words []string
	for _, r := range regimes {
		words = append(words, regimeWords(r))
	}
	law.Fill(words, max(slices.Index(regimes, d.set.Regime), 0))
	d.form.Append(kit.T("Law"), law)
	d.row(kit.T("You live in (two letters)"), d.s.env.NewEntry("FR"), d.set.Residence, func(t string) { d.set.Residence = strings.ToUpper(t) }, nil)
	d.row(kit.T("German Land"), d.s.env.NewEntry("BE"), d.set.Land, func(t string) { d.set.Land = strings.ToUpper(t) }, nil)
	d.form.Append("", kit.NewNote(kit.T("The country decides which public holidays count and when a day is over. No nationality is asked for: it does not matter.")))
}

// save stores what was typed in the background.
func (d *addressDialog) save() {
	set := d.set
	var err error
	if set.To.SourceAt, err = matter.ParseDay(d.sourceAt); err != nil {
		d.notice.Error(err)
		return
	}
	id := d.v.Case.ID
	kit.Run(d.s.asking, func(ctx context.Context) (matter.CaseView, error) { return d.s.svc.SetCourse(ctx, id, set) }, func(v matter.CaseView, err error) {
		if err != nil {
			d.notice.Error(err)
			return
		}
		d.d.Hide()
		d.s.changed(v)
	})
}
