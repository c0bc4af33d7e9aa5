package kit

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Question is a dialog with fields and one button that does what it is for.
type Question struct {
	Slot   *Slot // of what it does
	Notice *Notice
	OK     *Button
	Cancel *Button
	Closed func() // when the dialog goes; nil: not needed
	env    *Env
	d      *dialog.CustomDialog
}

// NewQuestion gives a dialog that is not shown yet; size is the least it takes.
func (e *Env) NewQuestion(title, confirm string, size fyne.Size, body fyne.CanvasObject) *Question {
	q := &Question{env: e, Slot: e.Slots.NewSlot(), Notice: e.NewNotice()}
	q.Cancel = e.NewButton(T("Cancel"), theme.CancelIcon(), func() { q.d.Hide() })
	q.OK = e.NewMainButton(confirm, theme.ConfirmIcon(), nil)
	whole := container.NewBorder(nil, q.Notice.Object(), nil, nil, body)
	q.d = e.NewDialog(title, Sized(size.Width, size.Height, whole))
	q.d.SetButtons([]fyne.CanvasObject{q.Cancel, q.OK})
	e.Dump.Name("question.ok", q.OK)
	return q
}

// Ask opens the dialog. do runs in the background when the button is pressed, made from the fields as they are then; its error is shown and the dialog stays. done
// is called after it, once the dialog is closed.
func Ask[V any](q *Question, focus fyne.Focusable, fields func() (do func(context.Context) (V, error), err error), done func(V)) {
	q.OK.OnTapped = func() {
		do, err := fields()
		if err != nil {
			q.Notice.Error(err)
			return
		}
		q.OK.SetEnabled(false)
		q.Notice.Say(T("One moment…"))
		Run(q.Slot, do, func(v V, err error) {
			q.OK.SetEnabled(true)
			if err != nil {
				q.Notice.Error(err)
				return
			}
			q.d.Hide()
			done(v)
		})
	}
	q.Open(focus)
}

// Open shows the dialog with the keyboard in a field. What its button does is up to OK.OnTapped.
func (q *Question) Open(focus fyne.Focusable) {
	q.env.Modal(q.d, func() {
		q.Slot.Stop()
		if q.Closed != nil {
			q.Closed()
		}
	})
	if focus != nil {
		q.env.Focus(focus)
	}
}

// Hide closes the dialog.
func (q *Question) Hide() { q.d.Hide() }

// Fields builds forms: each field writes what is typed to its place.
type Fields struct {
	env  *Env
	form *widget.Form
}

// NewFields gives an empty form.
func (e *Env) NewFields() *Fields { return &Fields{env: e, form: widget.NewForm()} }

// Line adds a text field with one line.
func (f *Fields) Line(label, hint string, to *string) *Entry {
	return f.Add(label, f.env.NewEntry(hint), to)
}

// Area adds a text field with several lines.
func (f *Fields) Area(label, hint string, rows int, to *string) *Entry {
	return f.Add(label, f.env.NewTextArea(hint, rows), to)
}

// Add adds a text field made elsewhere, as one that hides what is typed.
func (f *Fields) Add(label string, e *Entry, to *string) *Entry {
	e.SetText(*to)
	e.OnChanged = func(s string) { *to = s }
	f.form.Append(label, e)
	return e
}

// Check adds a box to tick.
func (f *Fields) Check(label, text string, to *bool) *Check {
	c := f.env.NewCheck(text, func(on bool) { *to = on })
	c.Set(*to)
	f.form.Append(label, c)
	return c
}

// Choice adds a list to choose one of; at is the index chosen, -1 for none.
func (f *Fields) Choice(label string, options []string, at int, chosen func(int)) *Select {
	s := f.env.NewSelect(nil, chosen)
	s.Fill(options, at)
	f.form.Append(label, s)
	return s
}

// Note adds quiet text.
func (f *Fields) Note(text string) { f.form.Append("", NewNote(text)) }

// Append adds anything else.
func (f *Fields) Append(label string, o fyne.CanvasObject) { f.form.Append(label, o) }

// Object is the form.
func (f *Fields) Object() fyne.CanvasObject { return Spaced(5, 4, f.form) }

// NoAdvice is the line that stands wherever rights are dealt with.
func NoAdvice() fyne.CanvasObject { return NewNote(T("The program gives no legal advice.")) }
