package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// The widgets of this file are Fyne's, but none of them swallows a key that belongs to the window or the
// screen (F1, Escape, ...): each asks Env.Keys or its own Keys first.

// Button is a button that Return presses too.
type Button struct {
	widget.Button
	env  *Env
	keys func(*fyne.KeyEvent) bool
}

// NewButton gives a button.
func (e *Env) NewButton(label string, icon fyne.Resource, tapped func()) *Button {
	b := &Button{env: e, keys: e.key}
	b.Text, b.Icon, b.OnTapped = label, icon, tapped
	b.ExtendBaseWidget(b)
	return b
}

// NewMainButton gives the one button of a screen that does what the screen is for.
func (e *Env) NewMainButton(label string, icon fyne.Resource, tapped func()) *Button {
	b := e.NewButton(label, icon, tapped)
	b.Importance = widget.HighImportance
	return b
}

// NewQuietButton gives a button without a frame.
func (e *Env) NewQuietButton(label string, icon fyne.Resource, tapped func()) *Button {
	b := e.NewButton(label, icon, tapped)
	b.Importance = widget.LowImportance
	return b
}

// WithKeys makes the button offer keys to handle first.
func (b *Button) WithKeys(handle func(*fyne.KeyEvent) bool) *Button {
	window := b.keys
	b.keys = func(ev *fyne.KeyEvent) bool { return handle(ev) || window(ev) }
	return b
}

// TypedKey presses the button with Space and Return.
func (b *Button) TypedKey(ev *fyne.KeyEvent) {
	b.env.Touch()
	if ev.Name == fyne.KeyReturn || ev.Name == fyne.KeyEnter {
		if !b.Disabled() {
			b.Tapped(nil)
		}
		return
	}
	if ev.Name != fyne.KeySpace && b.keys(ev) {
		return
	}
	b.Button.TypedKey(ev)
}

// SetEnabled enables or disables.
func (b *Button) SetEnabled(on bool) {
	if on == !b.Disabled() {
		return
	}
	if on {
		b.Enable()
	} else {
		b.Disable()
	}
}

// Entry is a text field.
type Entry struct {
	widget.Entry
	env *Env
}

// NewEntry gives a text field with one line.
func (e *Env) NewEntry(placeholder string) *Entry {
	en := &Entry{env: e}
	en.PlaceHolder = placeholder
	en.Wrapping = fyne.TextWrap(fyne.TextTruncateClip)
	en.ExtendBaseWidget(en)
	return en
}

// NewTextArea gives a text field with several lines.
func (e *Env) NewTextArea(placeholder string, rows int) *Entry {
	en := &Entry{env: e}
	en.PlaceHolder = placeholder
	en.MultiLine = true
	en.Wrapping = fyne.TextWrapWord
	en.SetMinRowsVisible(rows)
	en.ExtendBaseWidget(en)
	return en
}

// NewPasswordEntry gives a text field that hides what is typed.
func (e *Env) NewPasswordEntry(placeholder string) *Entry {
	en := e.NewEntry(placeholder)
	en.Password = true
	return en
}

// TypedKey offers the key to the window before the field.
func (e *Entry) TypedKey(ev *fyne.KeyEvent) {
	e.env.Touch()
	if windowKey(ev) && e.env.key(ev) {
		return
	}
	e.Entry.TypedKey(ev)
}

// TypedRune tells the window that somebody types.
func (e *Entry) TypedRune(r rune) {
	e.env.Touch()
	e.Entry.TypedRune(r)
}

// windowKey tells whether a key never means anything to a text field.
func windowKey(ev *fyne.KeyEvent) bool {
	return ev.Name == fyne.KeyF1 || ev.Name == fyne.KeyEscape
}

// Select is a list to choose one text from.
type Select struct {
	widget.Select
	env *Env
}

// NewSelect gives a list of options.
func (e *Env) NewSelect(options []string, changed func(index int)) *Select {
	s := &Select{env: e}
	s.Options = options
	s.OnChanged = func(string) {
		if changed != nil {
			changed(s.SelectedIndex())
		}
	}
	s.ExtendBaseWidget(s)
	return s
}

// TypedKey offers the key to the window if the list has no use for it.
func (s *Select) TypedKey(ev *fyne.KeyEvent) {
	s.env.Touch()
	if windowKey(ev) && s.env.key(ev) {
		return
	}
	s.Select.TypedKey(ev)
}

// Fill replaces the options and the choice without calling the reaction.
func (s *Select) Fill(options []string, index int) {
	changed := s.OnChanged
	s.OnChanged = nil
	s.Options = options
	s.Refresh()
	if index >= 0 && index < len(options) {
		s.SetSelectedIndex(index)
	} else {
		s.ClearSelected()
	}
	s.OnChanged = changed
}

// List is a list of rows that can be chosen.
type List struct {
	widget.List
	env *Env
}

// NewList gives a list; length, create and update are Fyne's.
func (e *Env) NewList(length func() int, create func() fyne.CanvasObject, update func(int, fyne.CanvasObject)) *List {
	l := &List{env: e}
	l.Length, l.CreateItem, l.UpdateItem = length, create, update
	l.ExtendBaseWidget(l)
	return l
}

// TypedKey offers the key to the window if the list has no use for it.
func (l *List) TypedKey(ev *fyne.KeyEvent) {
	l.env.Touch()
	if windowKey(ev) && l.env.key(ev) {
		return
	}
	l.List.TypedKey(ev)
}

// Slider chooses a number.
type Slider struct {
	widget.Slider
	env *Env
}

// NewSlider gives a slider.
func (e *Env) NewSlider(low, high, step, value float64, changed func(float64)) *Slider {
	s := &Slider{env: e}
	s.Min, s.Max, s.Step, s.Value = low, high, step, value
	s.OnChanged = changed
	s.ExtendBaseWidget(s)
	return s
}

// TypedKey offers the key to the window if the slider has no use for it.
func (s *Slider) TypedKey(ev *fyne.KeyEvent) {
	s.env.Touch()
	if windowKey(ev) && s.env.key(ev) {
		return
	}
	s.Slider.TypedKey(ev)
}

// Check is a box to tick.
type Check struct {
	widget.Check
	env *Env
}

// NewCheck gives a box to tick.
func (e *Env) NewCheck(label string, changed func(bool)) *Check {
	c := &Check{env: e}
	c.Text, c.OnChanged = label, changed
	c.ExtendBaseWidget(c)
	return c
}

// TypedKey offers the key to the window; Space comes as a rune.
func (c *Check) TypedKey(ev *fyne.KeyEvent) {
	c.env.Touch()
	if ev.Name != fyne.KeySpace {
		c.env.key(ev)
	}
}

// Set ticks or clears without calling the reaction.
func (c *Check) Set(on bool) {
	if c.Checked == on {
		return
	}
	c.Checked = on
	c.Refresh()
}

var (
	_ desktop.Cursorable = (*Entry)(nil)
	_ fyne.Focusable     = (*Button)(nil)
)
