package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine"
)

// BandWord names a band in the window's language.
func BandWord(b engine.Band) string {
	switch b {
	case engine.BandStrong:
		return T("Strong")
	case engine.BandLikely:
		return T("Likely")
	case engine.BandPossible:
		return T("Possible")
	}
	return T("Unlikely")
}

// Badge shows a band as a word and as rising bars, of which three, two, one or none are filled. The
// colour only repeats what word and bars say.
type Badge struct {
	widget.BaseWidget
	band engine.Band
	bars [3]*canvas.Rectangle
	word *canvas.Text
}

// NewBadge gives a badge.
func NewBadge() *Badge {
	b := &Badge{word: canvas.NewText("", color.Black)}
	b.word.TextStyle.Bold = true
	for i := range b.bars {
		b.bars[i] = canvas.NewRectangle(color.Transparent)
		b.bars[i].CornerRadius = 1.5
		b.bars[i].StrokeWidth = 1
	}
	b.ExtendBaseWidget(b)
	return b
}

// Set shows a band.
func (b *Badge) Set(band engine.Band) {
	if b.band == band && b.word.Text != "" {
		return
	}
	b.band = band
	b.Refresh()
}

// CreateRenderer is called by Fyne.
func (b *Badge) CreateRenderer() fyne.WidgetRenderer {
	b.ExtendBaseWidget(b)
	r := &badgeRenderer{b}
	r.Refresh()
	return r
}

type badgeRenderer struct{ b *Badge }

const (
	barWidth  = 4
	barGap    = 2
	barHeight = 13
)

func (r *badgeRenderer) Layout(size fyne.Size) {
	bottom := (size.Height + barHeight) / 2
	for i, bar := range r.b.bars {
		h := float32(barHeight) * float32(i+1) / 3
		bar.Resize(fyne.NewSize(barWidth, h))
		bar.Move(fyne.NewPos(float32(i)*(barWidth+barGap), bottom-h))
	}
	text := r.b.word.MinSize()
	r.b.word.Resize(text)
	r.b.word.Move(fyne.NewPos(3*(barWidth+barGap)+4, (size.Height-text.Height)/2))
}

func (r *badgeRenderer) MinSize() fyne.Size {
	text := r.b.word.MinSize()
	return fyne.NewSize(3*(barWidth+barGap)+4+text.Width, max(text.Height, barHeight))
}

func (r *badgeRenderer) Refresh() {
	b := r.b
	variant := fyne.CurrentApp().Settings().ThemeVariant()
	fg := b.Theme().Color(theme.ColorNameForeground, variant)
	colour, filled := fg, 0
	switch b.band {
	case engine.BandStrong:
		colour, filled = b.Theme().Color(theme.ColorNameSuccess, variant), 3
	case engine.BandLikely:
		colour, filled = b.Theme().Color(theme.ColorNamePrimary, variant), 2
	case engine.BandPossible:
		colour, filled = b.Theme().Color(theme.ColorNameWarning, variant), 1
	}
	for i, bar := range b.bars {
		bar.StrokeColor = colour
		bar.FillColor = color.Transparent
		if i < filled {
			bar.FillColor = colour
		}
		bar.Refresh()
	}
	b.word.Text = BandWord(b.band)
	b.word.Color = fg
	b.word.TextSize = b.Theme().Size(theme.SizeNameText)
	b.word.Refresh()
	r.Layout(b.Size())
}

func (r *badgeRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.b.bars[0], r.b.bars[1], r.b.bars[2], r.b.word}
}

func (r *badgeRenderer) Destroy() {}
