package collect

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

// Wizard asks one step after the other. All methods are for the window's thread.
type Wizard struct {
	env     *kit.Env
	svc     Service
	form    *Form
	slot    *kit.Slot
	started func(collection string)

	site    siteStep
	choice  *kit.Select
	name    *kit.Entry
	purpose *kit.Entry
	basis   *kit.Select
	why     *widget.Label
	cond    *kit.Select
	when    *widget.Label
	local   *kit.Select
	scope   *kit.Entry
	days    *kit.Entry

	detector *kit.Select
	smallest *kit.Entry

	title, note, hint, count *widget.Label
	steps                    map[Step]fyne.CanvasObject
	first                    map[Step]fyne.Focusable // what has the keyboard when a step begins
	back, start              *kit.Button
	d                        *dialog.CustomDialog
}

// Show opens the wizard for a form. started is told the name of the collection once it is made and reading has begun.
func Show(env *kit.Env, svc Service, form *Form, started func(collection string)) {
	w := &Wizard{env: env, svc: svc, form: form, slot: env.Slots.NewSlot(), started: started, why: kit.NewNote(""), when: kit.NewNote(""),
		title: kit.NewTitle(""), note: kit.NewText(""), hint: kit.NewText(""), count: widget.NewLabel("")}
	w.hint.Importance, w.count.Importance = widget.WarningImportance, widget.LowImportance
	w.build()
	w.back = env.NewButton(kit.T("Back"), theme.NavigateBackIcon(), func() {
		if w.form.Back() {
			w.turn()
		}
	})
	w.start = env.NewMainButton("", theme.ConfirmIcon(), w.onNext)
	cancel := env.NewButton(kit.T("Cancel"), theme.CancelIcon(), func() { w.d.Hide() })
	title := kit.T("Add to the library")
	if !form.reads() {
		title = kit.T("New collection")
	}
	w.d = env.NewDialog(title, w.layout())
	w.d.SetButtons([]fyne.CanvasObject{cancel, w.back, w.start})
	w.nameAll()
	env.Modal(w.d, w.slot.Stop)
	w.turn()
}

func (w *Wizard) nameAll() {
	for name, o := range map[string]fyne.CanvasObject{"form.name": w.name, "form.purpose": w.purpose, "form.basis": w.basis, "form.condition": w.cond, "form.scope": w.local,
		"form.detector": w.detector, "form.start": w.start, "form.hint": w.hint, "form.back": w.back, "form.title": w.title, "form.choice": w.choice,
		"form.address": w.site.address, "form.contact": w.site.contact} {
		w.env.Dump.Name(name, o)
	}
}

func (w *Wizard) build() {
	form := w.form
	w.choice = w.env.NewSelect(nil, func(i int) {
		form.New = i == len(form.Existing)
		form.Name = w.name.Text
		if !form.New {
			form.Name = form.Existing[i]
		}
		w.turn()
	})
	at := len(form.Existing)
	if i := slices.Index(form.Existing, form.Name); i >= 0 && !form.New {
		at = i
	}
	w.choice.Fill(append(slices.Clone(form.Existing), kit.T("New collection…")), at)
	w.name = w.entry(kit.T("Short, for example “Local press 2024”"), func(t string) { form.Name = t })
	w.purpose = w.entry(kit.T("What these photos are searched for"), func(t string) { form.Purpose = t })
	w.buildGrounds()
	w.buildScope()
	w.days = w.entry("", func(t string) { form.Days = t })
	w.days.SetText(form.Days)
	w.detector = faces.NewDetectorChoice(w.env, form.Detector, func(kind engine.DetectorKind) { form.Detector = kind })
	w.smallest = w.entry(kit.T("smallest in pixels (optional)"), func(t string) { form.Smallest = t })
	w.site.build(w)
}

func (w *Wizard) buildGrounds() {
	form := w.form
	var bases, conditions []string
	for _, b := range engine.LegalBases() {
		bases = append(bases, BasisWords(b))
	}
	for _, c := range engine.Conditions() {
		conditions = append(conditions, ConditionWords(c))
	}
	w.cond = w.env.NewSelect(conditions, func(i int) {
		form.Condition = engine.Conditions()[i]
		w.refresh()
	})
	w.basis = w.env.NewSelect(bases, func(i int) {
		form.SetBasis(engine.LegalBases()[i])
		w.refresh()
	})
	w.basis.PlaceHolder, w.cond.PlaceHolder = kit.T("Choose one"), kit.T("Choose one")
}

// buildScope offers the usual scope, or words for another one; a site's must name hosts.
func (w *Wizard) buildScope() {
	w.scope = w.entry(kit.T("Hosts, or which material is meant: press.example, archive.example"), func(t string) { w.form.Scope = t })
	w.scope.Hide()
	w.local = w.env.NewSelect(nil, func(i int) {
		w.form.Scope = engine.ScopeLocal
		if i > 0 {
			w.form.Scope = w.scope.Text
		}
		kit.Show(i > 0, w.scope)
		w.refresh()
	})
	w.local.Fill([]string{ScopeWords(engine.ScopeLocal), kit.T("Something else…")}, 0)
	if w.form.Site {
		w.local.Hide()
		w.scope.Show()
	}
}

func (w *Wizard) entry(placeholder string, changed func(string)) *kit.Entry {
	e := w.env.NewEntry(placeholder)
	e.OnChanged = func(t string) {
		changed(t)
		w.refresh()
	}
	e.OnSubmitted = func(string) { w.onNext() }
	return e
}

func (w *Wizard) layout() fyne.CanvasObject {
	item := func(label string, o fyne.CanvasObject) *widget.FormItem { return widget.NewFormItem(label, o) }
	target := container.NewVBox()
	if len(w.form.Sources) > 0 {
		what := kit.NewText(strings.Join(w.form.Sources, "\n"))
		what.Wrapping = fyne.TextWrapBreak
		target.Add(container.NewBorder(nil, nil, container.NewPadded(widget.NewIcon(theme.FolderIcon())), nil, what))
	}
	how := widget.NewForm()
	if len(w.form.Existing) > 0 {
		how.Append(kit.T("Into collection"), w.choice)
	}
	how.Append(kit.T("Look for faces"), container.NewVBox(container.NewGridWithColumns(2, w.detector, w.smallest), kit.NewNote(faces.DetectorNote())))
	target.Add(how)
	w.steps = map[Step]fyne.CanvasObject{
		StepSite:    w.site.layout(w),
		StepTarget:  target,
		StepPurpose: widget.NewForm(item(kit.T("Name"), w.name), item(kit.T("Purpose"), w.purpose)),
		StepGrounds: widget.NewForm(item(kit.T("Legal basis (GDPR art. 6)"), container.NewVBox(w.basis, w.why)), item(kit.T("Condition (art. 9(2))"), container.NewVBox(w.cond, w.when))),
		StepKeep:    widget.NewForm(item(kit.T("Sources"), container.NewVBox(w.local, w.scope)), item(kit.T("Keep for (days)"), w.days)),
	}
	w.first = map[Step]fyne.Focusable{StepSite: w.site.address, StepPurpose: w.name, StepGrounds: w.basis, StepKeep: w.days}
	all := container.NewStack()
	for _, o := range w.steps {
		all.Add(container.NewVBox(o))
	}
	head := container.NewVBox(container.NewBorder(nil, nil, nil, container.NewCenter(w.count), w.title), w.note, widget.NewSeparator())
	return kit.Sized(640, 400, container.NewBorder(head, w.hint, nil, nil, all))
}

// turn shows the present step, with the keyboard on it.
func (w *Wizard) turn() {
	if w.start == nil || w.steps == nil {
		return
	}
	step, n, of := w.form.At()
	for s, o := range w.steps {
		kit.Show(s == step, o)
	}
	title, why := stepWords(step, w.form.Site)
	kit.SetText(w.title, title)
	kit.SetText(w.note, why)
	kit.SetText(w.count, "")
	if of > 1 {
		kit.SetText(w.count, kit.T("Step {{.N}} of {{.Of}}", map[string]any{"N": n, "Of": of}))
	}
	kit.Show(n > 1, w.back)
	w.start.SetText(kit.T("Continue"))
	w.start.SetIcon(theme.NavigateNextIcon())
	if w.form.Last() {
		w.start.SetText(kit.T("Collect"))
		if !w.form.reads() {
			w.start.SetText(kit.T("Create"))
		}
		w.start.SetIcon(theme.ConfirmIcon())
	}
	if w.form.Site && w.scope.Text != w.form.Scope {
		w.scope.SetText(w.form.Scope)
	}
	w.refresh()
	if f := w.first[step]; f != nil {
		w.env.Focus(f)
	}
}

func (w *Wizard) refresh() {
	if w.start == nil {
		return
	}
	kit.SetText(w.why, sentence(engine.Bases(), w.form.Basis))
	kit.SetText(w.when, sentence(engine.ConditionGrounds(), w.form.Condition))
	if at := slices.Index(engine.Conditions(), w.form.Condition); w.cond.SelectedIndex() != at {
		w.cond.Fill(w.cond.Options, at)
	}
	err := w.form.CheckStep()
	kit.SetText(w.hint, kit.Explain(err).What)
	w.start.SetEnabled(err == nil)
}

// onNext goes on to the next step, or makes the collection if it is new and starts reading.
func (w *Wizard) onNext() {
	if w.form.Next() {
		w.turn()
		return
	}
	if !w.form.Last() || w.form.Check() != nil || w.start.Disabled() {
		return
	}
	fresh, c := w.form.New, w.form.Collection()
	req, collect := w.form.Request()
	w.start.Disable()
	kit.Run(w.slot, func(ctx context.Context) (created bool, err error) {
		if fresh {
			if _, err := w.svc.AddCollection(ctx, c); err != nil {
				return false, err
			}
		}
		if collect {
			_, err = w.svc.StartCollect(req)
		}
		return fresh, err
	}, func(created bool, err error) {
		if err != nil {
			if created { // a second try must not make it again
				w.form.Created()
				w.turn()
			}
			kit.SetText(w.hint, kit.Explain(err).String())
			w.start.SetEnabled(true)
			return
		}
		w.d.Hide()
		w.started(req.Collection)
	})
}
