package kit

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine"
)

// Eraser is what the erasure dialog needs of the application. Both methods may take long.
type Eraser interface {
	// PlanErasure tells what a request would erase; nothing is done.
	PlanErasure(ctx context.Context, req engine.ErasureRequest) (engine.ErasurePlan, error)
	// Erase carries a plan out and proves it; progress is called at the beginning of each step, from any goroutine.
	// CodeConflict: the vault has changed since the plan was made, or a collection is being read.
	Erase(ctx context.Context, p engine.ErasurePlan, progress func(engine.ErasureStep)) (engine.ErasureReport, error)
}

// Erasure is what the dialog is about and what it tells.
type Erasure struct {
	Title   string
	Subject fyne.CanvasObject // what goes, in words or pictures
	Confirm string            // of the button; names what goes
	Form    *EraseForm
	// Hidden is called once no search finds the plan's faces any more. The subject is hidden by then.
	Hidden func(engine.ErasurePlan)
	// Told gets the result where the dialog was closed before; failed tells that it is an error.
	Told func(text string, failed bool)
	// Closed is called when the dialog goes; nil: not needed.
	Closed func()
}

// eraseDialog shows a plan, carries it out and shows the report.
type eraseDialog struct {
	env             *Env
	svc             Eraser
	what            Erasure
	form            *EraseForm
	planning, doing *Slot
	steps           *Hints[engine.ErasureStep]

	plan    engine.ErasurePlan
	planned bool
	hidden  bool // the step after hiding has begun
	closed  bool

	goes, mention, step *widget.Label
	whole, keep, alike  *Check
	cases               *Check
	aboutCases          *fyne.Container
	choices             *fyne.Container
	busy                *widget.ProgressBarInfinite
	notice              *Notice
	cancel, ok          *Button
	d                   *dialog.CustomDialog
}

// ShowErasure opens the dialog: nothing is erased before the plan was shown and confirmed.
func (e *Env) ShowErasure(svc Eraser, what Erasure) {
	d := &eraseDialog{env: e, svc: svc, what: what, form: what.Form, planning: e.Slots.NewSlot(), doing: e.Slots.NewSlot(),
		goes: NewText(""), mention: NewText(""), step: NewText(""), busy: widget.NewProgressBarInfinite(), notice: e.NewNotice()}
	d.steps = NewHints(e.Slots, 0, d.stepped)
	d.goes.TextStyle.Bold = true
	d.cancel = e.NewButton(T("Cancel"), theme.CancelIcon(), func() { d.d.Hide() })
	d.ok = e.NewButton(what.Confirm, theme.DeleteIcon(), d.erase)
	d.ok.Importance = widget.DangerImportance
	d.ok.Disable()
	d.d = e.NewDialog(what.Title, d.layout())
	d.d.SetButtons([]fyne.CanvasObject{d.cancel, d.ok})
	e.Dump.Name("erase.plan", d.goes)
	e.Dump.Name("erase.ok", d.ok)
	e.Dump.Name("erase.cancel", d.cancel)
	e.Dump.Name("erase.report", d.notice.text)
	e.Modal(d.d, d.leave)
	e.Focus(d.cancel)
	d.replan()
}

func (d *eraseDialog) layout() fyne.CanvasObject {
	e, f := d.env, d.form
	d.whole = d.check(T("The whole photo, with everybody in it"), &f.Whole)
	d.cases = d.check(T("Take it out of these cases too"), &f.Cases)
	d.keep = e.NewCheck(T("Refuse it when it is collected again"), func(on bool) {
		f.SetSuppress(on)
		d.replan()
	})
	d.keep.Set(f.Suppress)
	d.alike = d.check(T("Refuse look-alikes too: only if the person chose it"), &f.Similar)
	var reasons []string
	for _, r := range engine.EraseReasons() {
		reasons = append(reasons, ReasonWords(r))
	}
	reason := e.NewSelect(nil, func(i int) { f.Reason = engine.EraseReasons()[i] })
	reason.Fill(reasons, slices.Index(engine.EraseReasons(), f.Reason))
	ref := e.NewEntry(T("Optional: number of the request; no name, it goes to the log"))
	ref.OnChanged = func(text string) { f.Ref = text }
	d.aboutCases = container.NewVBox(d.mention, d.cases)
	form := widget.NewForm(widget.NewFormItem(T("Why"), reason), widget.NewFormItem(T("Reference"), ref))
	d.choices = container.NewVBox(widget.NewSeparator(), d.whole, form, d.keep,
		NewNote(T("The same address and the same file are then recognised by keyed hashes, for three years. Another photo, or a cropped or resized copy of this one, is not recognised.")),
		d.alike,
		NewNote(T("Files that look alike are then recognised by a rough fingerprint of the picture. It finds resized copies, misses cropped ones, and may refuse a picture that only looks similar.")),
		d.aboutCases, d.warning())
	d.busy.Stop()
	d.busy.Hide()
	d.step.Hide()
	Show(false, d.whole, d.aboutCases)
	return Sized(600, 0, Spaced(5, 3, container.NewVBox(d.what.Subject, d.goes, d.choices, d.step, d.busy, d.notice.Object())))
}

func (d *eraseDialog) warning() fyne.CanvasObject {
	warn := NewNote(T("This can't be undone. Copies of the vault made before still hold it until they are opened or overwritten."))
	warn.Importance = widget.WarningImportance
	return warn
}

// check is a box to tick that changes the plan.
func (d *eraseDialog) check(label string, field *bool) *Check {
	c := d.env.NewCheck(label, func(on bool) {
		*field = on
		d.replan()
	})
	c.Set(*field)
	return c
}

// replan asks what would be erased now.
func (d *eraseDialog) replan() {
	if d.d == nil {
		return
	}
	d.planned = false
	d.refresh()
	req := d.form.Request()
	Run(d.planning, func(ctx context.Context) (engine.ErasurePlan, error) { return d.svc.PlanErasure(ctx, req) },
		func(p engine.ErasurePlan, err error) {
			if err != nil {
				d.notice.Error(err)
				return
			}
			d.notice.Clear()
			d.form.Planned(p)
			d.plan, d.planned = p, true
			d.refresh()
		})
}

func (d *eraseDialog) refresh() {
	d.ok.SetEnabled(d.planned && !d.plan.Empty())
	if d.planned {
		SetText(d.goes, planWords(d.plan))
	} else if d.goes.Text == "" {
		SetText(d.goes, T("Looking what would go…"))
	}
	Show(d.form.Shared(), d.whole)
	d.alike.Set(d.form.Similar)
	if d.form.Suppress {
		d.alike.Enable()
	} else {
		d.alike.Disable()
	}
	text := mentionWords(d.plan.Cases)
	Show(text != "", d.aboutCases)
	SetText(d.mention, T("Listed in your cases: {{.V}}. They stay as they are unless you tick this.", Field(text)))
}

// erase carries out the plan that is shown.
func (d *eraseDialog) erase() {
	if !d.planned || d.ok.Disabled() {
		return
	}
	plan := d.plan
	plan.Request.Reason, plan.Request.Ref = d.form.Reason, d.form.Ref // the plan does not depend on them
	d.ok.Disable()
	d.cancel.SetText(T("Close"))
	d.notice.Clear()
	Show(false, d.choices)
	Show(true, d.step, d.busy)
	d.busy.Start()
	Run(d.doing, func(ctx context.Context) (engine.ErasureReport, error) { return d.svc.Erase(ctx, plan, d.steps.Add) },
		func(r engine.ErasureReport, err error) {
			d.busy.Stop()
			Show(false, d.step, d.busy)
			if err != nil {
				d.failed(r, err)
				return
			}
			d.hide()
			if d.closed {
				d.what.Told(erasedWords(r), false)
				return
			}
			Show(false, d.goes, d.ok)
			d.notice.Say(erasedWords(r))
			d.env.Focus(d.cancel)
		})
}

// stepped follows the erasure. Steps begin one after the other, so what came before the last one is done.
func (d *eraseDialog) stepped(steps []engine.ErasureStep) {
	last := steps[len(steps)-1]
	SetText(d.step, stepWords(last))
	if last != engine.EraseHide {
		d.hide()
	}
}

// hide tells once that the faces can't be found any more, and takes them off the dialog too.
func (d *eraseDialog) hide() {
	if !d.hidden {
		d.hidden = true
		Show(false, d.what.Subject)
		d.what.Hidden(d.plan)
	}
}

// failed says what happened. Unless something was erased already, the plan can be made and tried again.
func (d *eraseDialog) failed(r engine.ErasureReport, err error) {
	why := Explain(err).String()
	if engine.CodeOf(err) == engine.CodeConflict {
		why = Explain(err).What // what to do is to look at the plan, which is made anew
	}
	if d.hidden && r.ID != "" {
		why = T("It is out of reach: no search finds it, and it can't be opened any more. But its bytes may still be in the vault's files; they are removed at the next erasure, or when the vault is opened again.") + "\n" + why
	}
	if d.closed {
		d.what.Told(why, true)
		return
	}
	if d.hidden {
		Show(false, d.goes, d.ok)
	} else {
		Show(true, d.choices)
		d.cancel.SetText(T("Cancel"))
		d.replan()
	}
	d.notice.Warn(why)
}

// leave is called when the dialog goes. An erasure that has begun goes on.
func (d *eraseDialog) leave() {
	d.closed = true
	d.planning.Stop()
	if d.what.Closed != nil {
		d.what.Closed()
	}
}
