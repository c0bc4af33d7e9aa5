package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// NewTitle gives a heading.
func NewTitle(text string) *widget.Label {
	l := widget.NewLabelWithStyle(text, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	l.SizeName = theme.SizeNameSubHeadingText
	return l
}

// NewText gives running text that wraps.
func NewText(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.Wrapping = fyne.TextWrapWord
	return l
}

// NewNote gives small, quiet text that wraps.
func NewNote(text string) *widget.Label {
	l := NewText(text)
	l.SizeName = theme.SizeNameCaptionText
	l.Importance = widget.LowImportance
	return l
}

// NewLine gives one line that ends in … where it does not fit.
func NewLine(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.Truncation = fyne.TextTruncateEllipsis
	return l
}

// SetText changes a label only if its text differs, which spares a refresh.
func SetText(l *widget.Label, text string) {
	if l.Text != text {
		l.SetText(text)
	}
}

// Show shows or hides a widget.
func Show(on bool, objects ...fyne.CanvasObject) {
	for _, o := range objects {
		if on && !o.Visible() {
			o.Show()
		} else if !on && o.Visible() {
			o.Hide()
		}
	}
}

// NewNotice gives a place for an error or a result, hidden while it has nothing to say.
func (e *Env) NewNotice() *Notice {
	n := &Notice{text: NewText(""), icon: widget.NewIcon(nil), env: e}
	n.action = e.NewButton("", nil, nil)
	n.back = canvas.NewRectangle(color.Transparent)
	n.back.CornerRadius = 6
	n.back.StrokeWidth = 1
	body := container.NewBorder(nil, nil, container.NewPadded(n.icon), container.NewCenter(n.action), n.text)
	n.box = container.NewStack(n.back, container.NewPadded(body))
	n.box.Hide()
	return n
}

// Notice is a framed text with an icon and at most one button.
type Notice struct {
	env    *Env
	box    *fyne.Container
	back   *canvas.Rectangle
	icon   *widget.Icon
	text   *widget.Label
	action *Button
}

// Object is the notice's place on the screen.
func (n *Notice) Object() fyne.CanvasObject { return n.box }

// Name registers its text and its button for tests of the real window.
func (n *Notice) Name(text, action string) {
	n.env.Dump.Name(text, n.text)
	n.env.Dump.Name(action, n.action)
}

// Text is what it says now.
func (n *Notice) Text() string { return n.text.Text }

// Clear hides it.
func (n *Notice) Clear() { n.box.Hide() }

// Error explains an error.
func (n *Notice) Error(err error) {
	n.show(Explain(err).String(), theme.ErrorIcon(), theme.ColorNameError)
}

// Say tells something that is not an error.
func (n *Notice) Say(text string) { n.show(text, theme.InfoIcon(), theme.ColorNamePrimary) }

// Warn tells something to mind.
func (n *Notice) Warn(text string) { n.show(text, theme.WarningIcon(), theme.ColorNameWarning) }

// Offer adds a button to what is said.
func (n *Notice) Offer(label string, tapped func()) {
	n.action.OnTapped = tapped
	n.action.SetText(label)
	n.action.Show()
}

func (n *Notice) show(text string, icon fyne.Resource, name fyne.ThemeColorName) {
	n.text.SetText(text)
	n.icon.SetResource(icon)
	n.action.Hide()
	n.back.StrokeColor = theme.Color(name)
	n.back.Refresh()
	n.box.Show()
}

// Wide gives an object at least a width.
func Wide(width float32, o fyne.CanvasObject) fyne.CanvasObject {
	return container.New(&minLayout{fyne.NewSize(width, 0)}, o)
}

// Sized gives an object at least a size.
func Sized(width, height float32, o fyne.CanvasObject) fyne.CanvasObject {
	return container.New(&minLayout{fyne.NewSize(width, height)}, o)
}

type minLayout struct{ least fyne.Size }

// Layout gives the one object all the room.
func (l *minLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Resize(size)
		o.Move(fyne.Position{})
	}
}

// MinSize is the larger of the object's and the wanted one.
func (l *minLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := l.least
	for _, o := range objects {
		size = size.Max(o.MinSize())
	}
	return size
}

// Fixed gives an object exactly a width, whatever it would like.
func Fixed(width float32, o fyne.CanvasObject) fyne.CanvasObject {
	return container.New(&fixedLayout{width}, o)
}

type fixedLayout struct{ width float32 }

// Layout gives the one object all the room.
func (l *fixedLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Resize(size)
		o.Move(fyne.Position{})
	}
}

// MinSize has the wanted width.
func (l *fixedLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, o := range objects {
		size = size.Max(o.MinSize())
	}
	return fyne.NewSize(l.width, size.Height)
}

// Tight stacks objects without the padding between them that labels bring already.
func Tight(objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedVBoxLayout(-6), objects...)
}

// Compact gives an object less padding around text, for cards and lists of details.
func Compact(o fyne.CanvasObject) fyne.CanvasObject {
	return container.NewThemeOverride(o, compactTheme{text: 3, gap: 2})
}

// Spaced gives an object its own padding around text and gap between objects.
func Spaced(text, gap float32, o fyne.CanvasObject) fyne.CanvasObject {
	return container.NewThemeOverride(o, compactTheme{text: text, gap: gap})
}

// Dense is Compact with hardly any padding, for cards of many lines.
func Dense(o fyne.CanvasObject) fyne.CanvasObject {
	return container.NewThemeOverride(o, compactTheme{text: 1, gap: 1.5})
}

// compactTheme is the window's theme with its own padding around text and gap between objects.
type compactTheme struct{ text, gap float32 }

func (compactTheme) base() fyne.Theme { return fyne.CurrentApp().Settings().Theme() }

// Color is the window's.
func (t compactTheme) Color(n fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	return t.base().Color(n, v)
}

// Font is the window's.
func (t compactTheme) Font(s fyne.TextStyle) fyne.Resource { return t.base().Font(s) }

// Icon is the window's.
func (t compactTheme) Icon(n fyne.ThemeIconName) fyne.Resource { return t.base().Icon(n) }

// Size has small paddings.
func (t compactTheme) Size(n fyne.ThemeSizeName) float32 {
	switch n {
	case theme.SizeNameInnerPadding:
		return t.text
	case theme.SizeNamePadding:
		return t.gap
	}
	return t.base().Size(n)
}
