package papers

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"gabarit/engine/matter"
	"gabarit/ui/kit"
)

// editProfile opens the controller's profile.
func (v *View) editProfile() {
	form := NewProfileForm(v.p.Profile)
	f := v.env.NewFields()
	name := f.Line(kit.T("Controller"), kit.T("who answers for the vault"), &form.Name)
	v.env.Dump.Name("profile.name", name)
	f.Area(kit.T("Address"), "", 2, &form.Address)
	f.Line(kit.T("E-mail"), "", &form.Email)
	f.Line(kit.T("Country of establishment"), "FR", &form.Country)
	all := matter.Territories()
	var words []string
	for _, t := range all {
		words = append(words, territoryWords(t))
	}
	f.Choice(kit.T("GDPR article 3"), words, slices.Index(all, form.Territory), func(i int) { form.Territory = all[i] })
	f.Area(kit.T("Reasons"), "", 2, &form.Reasons)
	v.repFields(f, kit.T("Representative in the Union"), &form.EU)
	f.Note(kit.T("Required under article 3(2), with an address and a mandate: nothing can be collected before."))
	f.Line(kit.T("Data protection officer"), "", &form.DPO)
	f.Line(kit.T("Officer’s e-mail"), "", &form.DPOEmail)
	f.Line(kit.T("Authority"), kit.T("that people can complain to"), &form.Authority)
	v.repFields(f, kit.T("Representative in the United Kingdom"), &form.UK)
	v.repFields(f, kit.T("Representative in Switzerland"), &form.CH)
	f.Area(kit.T("Security measures"), kit.T("beside those of the program"), 2, &form.Measures)
	f.Line(kit.T("Impact assessment"), kit.T("its reference"), &form.DPIA)
	f.Line(kit.T("Last reviewed"), "2026-12-31", &form.DPIAOfDay)
	q := v.env.NewQuestion(kit.T("Who answers for the vault"), kit.T("Store"), fyne.NewSize(640, 460), container.NewVScroll(container.NewPadded(f.Object())))
	kit.Ask(q, name, func() (func(context.Context) (struct{}, error), error) {
		p, err := form.Profile()
		return func(ctx context.Context) (struct{}, error) { return struct{}{}, v.svc.SetProfile(ctx, p) }, err
	}, func(struct{}) { v.changed(kit.T("Stored.")) })
}

func (v *View) repFields(f *kit.Fields, label string, r *RepForm) {
	f.Line(label, kit.T("name"), &r.Name)
	f.Line("", kit.T("postal address"), &r.Address)
	f.Line("", kit.T("e-mail"), &r.Email)
	f.Line("", kit.T("country, as FR"), &r.Country)
	f.Line("", kit.T("day of the mandate, as 2026-12-31"), &r.Mandate)
}

func (v *View) addRecipient() {
	form := &RecipientForm{}
	f := v.env.NewFields()
	name := f.Line(kit.T("Name"), "", &form.Name)
	f.Line(kit.T("Address"), "", &form.Address)
	f.Line(kit.T("E-mail"), "", &form.Email)
	f.Line(kit.T("Country"), "FR", &form.Country)
	f.Area(kit.T("Data"), kit.T("which data"), 2, &form.What)
	f.Area(kit.T("Purpose"), "", 2, &form.Purpose)
	f.Area(kit.T("Safeguards"), kit.T("outside the Union: standard clauses, adequacy…"), 2, &form.Safeguards)
	f.Line(kit.T("First disclosure"), kit.T("2026-12-31; empty: nothing yet"), &form.Since)
	f.Check("", kit.T("Processes the data for you (article 28)"), &form.Processor)
	q := v.env.NewQuestion(kit.T("Who gets data"), kit.T("Store"), fyne.NewSize(560, 0), f.Object())
	kit.Ask(q, name, func() (func(context.Context) (matter.Recipient, error), error) {
		r, err := form.Recipient()
		return func(ctx context.Context) (matter.Recipient, error) { return v.svc.AddRecipient(ctx, r) }, err
	}, func(matter.Recipient) { v.changed(kit.T("Stored.")) })
}

func (v *View) removeRecipient(r matter.Recipient) {
	body := container.NewVBox(kit.NewText(kit.T("{{.V}} gets nothing any more from now on. It stays on record: people may ask who got their data.", kit.Field(r.Name))))
	q := v.env.NewQuestion(kit.T("Who gets data"), kit.T("Gets nothing any more"), fyne.NewSize(480, 0), body)
	kit.Ask(q, q.Cancel, func() (func(context.Context) (struct{}, error), error) {
		return func(ctx context.Context) (struct{}, error) { return struct{}{}, v.svc.RemoveRecipient(ctx, r.ID) }, nil
	}, func(struct{}) { v.changed("") })
}

func (v *View) addOrder() {
	form := &OrderForm{Currency: "EUR"}
	f := v.env.NewFields()
	name := f.Line(kit.T("Authority"), "", &form.Authority)
	f.Line(kit.T("Reference"), "", &form.Reference)
	f.Area(kit.T("Ordered"), kit.T("what is to be done"), 3, &form.Ordered)
	f.Line(kit.T("Received"), "2026-12-31", &form.Received)
	f.Line(kit.T("Due"), "2026-12-31", &form.Due)
	f.Line(kit.T("Penalty a day"), kit.T("optional"), &form.Penalty)
	f.Line(kit.T("Currency"), "EUR", &form.Currency)
	f.Note(kit.T("It is overdue from the day after. It can't be closed without proof."))
	q := v.env.NewQuestion(kit.T("Order of an authority"), kit.T("Store"), fyne.NewSize(560, 0), f.Object())
	kit.Ask(q, name, func() (func(context.Context) (matter.Order, error), error) {
		o, err := form.Order()
		return func(ctx context.Context) (matter.Order, error) { return v.svc.AddOrder(ctx, o) }, err
	}, func(matter.Order) { v.changed(kit.T("Stored.")) })
}

// attach asks for a file that proves that an order was complied with.
func (v *View) attach(o matter.Order) {
	v.env.ChooseFile([]string{".pdf", ".txt", ".json", ".csv", ".html", ".png", ".jpg", ".jpeg", ".eml", ".odt", ".docx", ".zip"}, func(path string, err error) {
		if err != nil {
			v.notice.Error(err)
			return
		}
		kit.Run(v.writing, func(ctx context.Context) (matter.Order, error) { return v.svc.AttachProof(ctx, o.ID, path) }, func(_ matter.Order, err error) {
			if err != nil {
				v.notice.Error(err)
				return
			}
			v.changed(kit.T("A sealed copy of the file is kept as proof."))
		})
	})
}

func (v *View) closeOrder(o matter.Order) {
	var note string
	f := v.env.NewFields()
	area := f.Area(kit.T("How it was complied with"), "", 3, &note)
	q := v.env.NewQuestion(kit.T("Close the order"), kit.T("Close the order"), fyne.NewSize(520, 0), f.Object())
	kit.Ask(q, area, func() (func(context.Context) (matter.Order, error), error) {
		said := note
		return func(ctx context.Context) (matter.Order, error) { return v.svc.CloseOrder(ctx, o.ID, said) }, nil
	}, func(matter.Order) { v.changed("") })
}
