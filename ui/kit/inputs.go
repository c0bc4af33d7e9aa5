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
	keys func(*fyne.KeyEvent) bool
}

// NewButton gives a button.
func (e *Env) NewButton(label string, icon fyne.Resource, tapped func()) *Button {
	b := &Button{keys: e.Keys}
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
	b.keys = func(ev *fyne.KeyEvent) bool { return handle(ev) || (window != nil && window(ev)) }
	return b
}

// TypedKey presses the button with Space and Return.
func (b *Button) TypedKey(ev *fyne.KeyEvent) {
	if ev.Name == fyne.KeyReturn || ev.Name == fyne.KeyEnter {
		if !b.Disabled() {
			b.Tapped(nil)
		}
		return
	}
	if ev.Name != fyne.KeySpace && b.keys != nil && b.keys(ev) {
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
	keys func(*fyne.KeyEvent) bool
}

// NewEntry gives a text field with one line.
func (e *Env) NewEntry(placeholder string) *Entry {
	en := &Entry{keys: e.Keys}
	en.PlaceHolder = placeholder
	en.Wrapping = fyne.TextWrap(fyne.TextTruncateClip)
	en.ExtendBaseWidget(en)
	return en
}

// NewTextArea gives a text field with several lines.
func (e *Env) NewTextArea(placeholder string, rows int) *Entry {
	en := &Entry{keys: e.Keys}
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
	if windowKey(ev) && e.keys != nil && e.keys(ev) {
		return
	}
	e.Entry.TypedKey(ev)
}

// windowKey tells whether a key never means anything to a text field.
func windowKey(ev *fyne.KeyEvent) bool {
	return ev.Name == fyne.KeyF1 || ev.Name == fyne.KeyEscape
}

// Select is a list to choose one text from.
type Select struct {
	widget.Select
	keys func(*fyne.KeyEvent) bool
}

// NewSelect gives a list of options.
func (e *Env) NewSelect(options []string, changed func(index int)) *Select {
	s := &Select{keys: e.Keys}
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
	if windowKey(ev) && s.keys != nil && s.keys(ev) {
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

// Slider chooses a number.
type Slider struct {
	widget.Slider
	keys func(*fyne.KeyEvent) bool
}

// NewSlider gives a slider.
func (e *Env) NewSlider(low, high, step, value float64, changed func(float64)) *Slider {
	s := &Slider{keys: e.Keys}
	s.Min, s.Max, s.Step, s.Value = low, high, step, value
	s.OnChanged = changed
	s.ExtendBaseWidget(s)
	return s
}

// TypedKey offers the key to the window if the slider has no use for it.
func (s *Slider) TypedKey(ev *fyne.KeyEvent) {
	if windowKey(ev) && s.keys != nil && s.keys(ev) {
		return
	}
	s.Slider.TypedKey(ev)
}

// Check is a box to tick.
type Check struct {
	widget.Check
	keys func(*fyne.KeyEvent) bool
}

// NewCheck gives a box to tick.
func (e *Env) NewCheck(label string, changed func(bool)) *Check {
	c := &Check{keys: e.Keys}
	c.Text, c.OnChanged = label, changed
	c.ExtendBaseWidget(c)
	return c
}

// TypedKey offers the key to the window; Space comes as a rune.
func (c *Check) TypedKey(ev *fyne.KeyEvent) {
	if c.keys != nil && ev.Name != fyne.KeySpace {
		c.keys(ev)
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
