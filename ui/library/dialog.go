package library

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine"
	"gabarit/ui/faces"
	"gabarit/ui/kit"
)

// formDialog asks for what a collection must have before anything is read into it.
type formDialog struct {
	view *View
	form *Form
	slot *kit.Slot

	choice    *kit.Select
	name      *kit.Entry
	purpose   *kit.Entry
	basis     *kit.Select
	why       *widget.Label
	condition *kit.Select
	when      *widget.Label
	local     *kit.Select
	scope     *kit.Entry
	days      *kit.Entry
	detector  *kit.Select
	smallest  *kit.Entry
	fresh     *fyne.Container
	hint      *widget.Label
	start     *kit.Button
	d         *dialog.CustomDialog
}

func newFormDialog(v *View, form *Form) *formDialog {
	f := &formDialog{view: v, form: form, slot: v.env.Slots.NewSlot(), why: kit.NewNote(""), when: kit.NewNote(""), hint: kit.NewText("")}
	f.hint.Importance = widget.WarningImportance
	f.build()
	label, title := kit.T("Collect"), kit.T("Add to the library")
	if len(form.Sources) == 0 {
		label, title = kit.T("Create"), kit.T("New collection")
	}
	f.start = v.env.NewMainButton(label, theme.ConfirmIcon(), f.submit)
	cancel := v.env.NewButton(kit.T("Cancel"), theme.CancelIcon(), func() { f.d.Hide() })
	f.d = v.env.NewDialog(title, f.layout())
	f.d.SetButtons([]fyne.CanvasObject{cancel, f.start})
	v.env.Dump.Name("form.name", f.name)
	v.env.Dump.Name("form.purpose", f.purpose)
	v.env.Dump.Name("form.basis", f.basis)
	v.env.Dump.Name("form.condition", f.condition)
	v.env.Dump.Name("form.scope", f.local)
	v.env.Dump.Name("form.detector", f.detector)
	v.env.Dump.Name("form.start", f.start)
	v.env.Dump.Name("form.hint", f.hint)
	f.refresh()
	return f
}

func (f *formDialog) build() {
	env, form := f.view.env, f.form
	f.choice = env.NewSelect(nil, func(i int) {
		form.New = i == len(form.Existing)
		form.Name = f.name.Text
		if !form.New {
			form.Name = form.Existing[i]
		}
		f.refresh()
	})
	options := append(append([]string{}, form.Existing...), kit.T("New collection…"))
	at := len(form.Existing)
	for i, name := range form.Existing {
		if !form.New && name == form.Name {
			at = i
		}
	}
	f.name = f.entry(kit.T("Short, for example “Local press 2024”"), func(t string) { form.Name = t })
	f.purpose = f.entry(kit.T("What these photos are searched for"), func(t string) { form.Purpose = t })
	f.buildGrounds()
	f.buildScope()
	f.days = f.entry("", func(t string) { form.Days = t })
	f.days.SetText(form.Days)
	f.detector = faces.NewDetectorChoice(env, form.Detector, func(kind engine.DetectorKind) { form.Detector = kind })
	f.smallest = f.entry(kit.T("smallest in pixels (optional)"), func(t string) { form.Smallest = t })
	f.choice.Fill(options, at)
}

func (f *formDialog) buildGrounds() {
	env, form := f.view.env, f.form
	var bases, conditions []string
	for _, b := range engine.LegalBases() {
		bases = append(bases, basisWords(b))
	}
	for _, c := range engine.Conditions() {
		conditions = append(conditions, conditionWords(c))
	}
	f.condition = env.NewSelect(conditions, func(i int) {
		form.Condition = engine.Conditions()[i]
		f.refresh()
	})
	f.basis = env.NewSelect(bases, func(i int) {
		form.SetBasis(engine.LegalBases()[i])
		f.refresh()
	})
	f.basis.PlaceHolder, f.condition.PlaceHolder = kit.T("Choose one"), kit.T("Choose one")
}

// buildScope offers the usual scope, or words for another one.
func (f *formDialog) buildScope() {
	f.scope = f.entry(kit.T("Hosts, or which material is meant: press.example, archive.example"), func(t string) { f.form.Scope = t })
	f.scope.Hide()
	f.local = f.view.env.NewSelect(nil, func(i int) {
		f.form.Scope = engine.ScopeLocal
		if i > 0 {
			f.form.Scope = f.scope.Text
		}
		kit.Show(i > 0, f.scope)
		f.refresh()
	})
	f.local.Fill([]string{scopeWords(engine.ScopeLocal), kit.T("Something else…")}, 0)
}

func (f *formDialog) entry(placeholder string, changed func(string)) *kit.Entry {
	e := f.view.env.NewEntry(placeholder)
	e.OnChanged = func(t string) {
		changed(t)
		f.refresh()
	}
	return e
}

func (f *formDialog) layout() fyne.CanvasObject {
	rows := container.NewVBox()
	if len(f.form.Sources) > 0 {
		what := kit.NewText(strings.Join(f.form.Sources, "\n"))
		what.Wrapping = fyne.TextWrapBreak
		source := container.NewBorder(nil, nil, container.NewPadded(widget.NewIcon(theme.FolderIcon())), nil, what)
		rows.Add(source)
		how := widget.NewForm()
		if len(f.form.Existing) > 0 {
			how.Append(kit.T("Into collection"), f.choice)
		}
		how.Append(kit.T("Look for faces"), container.NewVBox(container.NewGridWithColumns(2, f.detector, f.smallest), kit.NewNote(faces.DetectorNote())))
		rows.Add(how)
	}
	item := func(label string, o fyne.CanvasObject) *widget.FormItem { return widget.NewFormItem(label, o) }
	f.fresh = container.NewVBox(widget.NewForm(
		item(kit.T("Name"), f.name),
		item(kit.T("Purpose"), f.purpose),
		item(kit.T("Legal basis (GDPR art. 6)"), container.NewVBox(f.basis, f.why)),
		item(kit.T("Condition (art. 9(2))"), container.NewVBox(f.condition, f.when)),
		item(kit.T("Sources"), container.NewVBox(f.local, f.scope)),
		item(kit.T("Keep for (days)"), f.days)))
	rows.Add(f.fresh)
	rows.Add(f.hint)
	return kit.Sized(620, 0, rows)
}

func (f *formDialog) refresh() {
	if f.start == nil {
		return
	}
	kit.Show(f.form.New, f.fresh)
	kit.SetText(f.why, sentence(engine.Bases(), f.form.Basis))
	kit.SetText(f.when, sentence(engine.ConditionGrounds(), f.form.Condition))
	if at := slices.Index(engine.Conditions(), f.form.Condition); f.condition.SelectedIndex() != at {
		f.condition.Fill(f.condition.Options, at)
	}
	err := f.form.Check()
	kit.SetText(f.hint, kit.Explain(err).What)
	f.start.SetEnabled(err == nil)
}

func (f *formDialog) show() {
	f.view.env.Modal(f.d, f.slot.Stop)
	if f.form.New {
		f.view.env.Focus(f.name)
	}
}

// submit makes the collection if it is new, then starts reading the sources.
func (f *formDialog) submit() {
	if f.form.Check() != nil {
		return
	}
	fresh, c := f.form.New, f.form.Collection()
	req, collect := f.form.Request()
	f.start.Disable()
	kit.Run(f.slot, func(ctx context.Context) (created bool, err error) {
		if fresh {
			if _, err := f.view.svc.AddCollection(ctx, c); err != nil {
				return false, err
			}
		}
		if collect {
			_, err = f.view.svc.StartCollect(req)
		}
		return fresh, err
	}, func(created bool, err error) {
		if err != nil {
			if created { // a second try must not make it again
				f.form.New = false
			}
			kit.SetText(f.hint, kit.Explain(err).String())
			f.start.SetEnabled(true)
			return
		}
		f.d.Hide()
		f.view.notice.Clear()
		f.view.p.SelectName(req.Collection)
		f.view.Shown()
	})
}
