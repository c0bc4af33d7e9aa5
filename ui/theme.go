package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Appearance is the user's choice of theme.
type Appearance string

// The appearances.
const (
	AppearanceSystem Appearance = "system"
	AppearanceLight  Appearance = "light"
	AppearanceDark   Appearance = "dark"
)

// look is the window's theme: Fyne's, in the colours of the icon, with text contrast of at least 4.5 to 1.
type look struct{ appearance Appearance }

func (l look) variant(v fyne.ThemeVariant) fyne.ThemeVariant {
	switch l.appearance {
	case AppearanceLight:
		return theme.VariantLight
	case AppearanceDark:
		return theme.VariantDark
	}
	return v
}

// Color gives the window's own colour, else Fyne's.
func (l look) Color(name fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	v = l.variant(v)
	rgba, ok := lightColor(name)
	if v == theme.VariantDark {
		rgba, ok = darkColor(name)
	}
	if !ok {
		return theme.DefaultTheme().Color(name, v)
	}
	return color.NRGBA{uint8(rgba >> 24), uint8(rgba >> 16), uint8(rgba >> 8), uint8(rgba)}
}

func lightColor(name fyne.ThemeColorName) (rgba uint32, ok bool) {
	c, ok := map[fyne.ThemeColorName]uint32{
		theme.ColorNameBackground:          0xfbfaf7ff,
		theme.ColorNameForeground:          0x1d2527ff,
		theme.ColorNamePrimary:             0x14606eff,
		theme.ColorNameForegroundOnPrimary: 0xffffffff,
		theme.ColorNameButton:              0xe7e5deff,
		theme.ColorNameDisabledButton:      0xefede8ff,
		theme.ColorNameDisabled:            0x6c7274ff,
		theme.ColorNameInputBackground:     0xf1eee6ff,
		theme.ColorNameInputBorder:         0xb5b2a8ff,
		theme.ColorNamePlaceHolder:         0x676c6eff,
		theme.ColorNameSeparator:           0xdad7ceff,
		theme.ColorNameOverlayBackground:   0xffffffff,
		theme.ColorNameMenuBackground:      0xffffffff,
		theme.ColorNameHeaderBackground:    0xf1efe9ff,
		theme.ColorNameHover:               0x14606e14,
		theme.ColorNameSelection:           0x14606e33,
		theme.ColorNameFocus:               0x14606e77,
		theme.ColorNameHyperlink:           0x0b5a8cff,
		theme.ColorNameSuccess:             0x1d6b35ff,
		theme.ColorNameWarning:             0x8f5300ff,
		theme.ColorNameError:               0xb3261eff,
	}[name]
	return c, ok
}

func darkColor(name fyne.ThemeColorName) (rgba uint32, ok bool) {
	c, ok := map[fyne.ThemeColorName]uint32{
		theme.ColorNameBackground:          0x16191bff,
		theme.ColorNameForeground:          0xe8e6e1ff,
		theme.ColorNamePrimary:             0x5cb8c7ff,
		theme.ColorNameForegroundOnPrimary: 0x0c2226ff,
		theme.ColorNameButton:              0x2b3235ff,
		theme.ColorNameDisabledButton:      0x212628ff,
		theme.ColorNameDisabled:            0x8d9497ff,
		theme.ColorNameInputBackground:     0x1f2426ff,
		theme.ColorNameInputBorder:         0x4a5256ff,
		theme.ColorNamePlaceHolder:         0x9da3a5ff,
		theme.ColorNameSeparator:           0x353c3fff,
		theme.ColorNameOverlayBackground:   0x1d2224ff,
		theme.ColorNameMenuBackground:      0x1d2224ff,
		theme.ColorNameHeaderBackground:    0x1d2224ff,
		theme.ColorNameHover:               0x5cb8c71f,
		theme.ColorNameSelection:           0x5cb8c740,
		theme.ColorNameFocus:               0x5cb8c788,
		theme.ColorNameHyperlink:           0x7cc4ffff,
		theme.ColorNameSuccess:             0x6fce8bff,
		theme.ColorNameWarning:             0xe5a13cff,
		theme.ColorNameError:               0xff8a80ff,
	}[name]
	return c, ok
}

// Font is Fyne's.
func (l look) Font(s fyne.TextStyle) fyne.Resource { return theme.DefaultTheme().Font(s) }

// Icon is Fyne's.
func (l look) Icon(n fyne.ThemeIconName) fyne.Resource { return theme.DefaultTheme().Icon(n) }

// Size is Fyne's, with a little less padding in text.
func (l look) Size(n fyne.ThemeSizeName) float32 {
	switch n {
	case theme.SizeNameInnerPadding:
		return 7
	case theme.SizeNameSubHeadingText:
		return 17
	}
	return theme.DefaultTheme().Size(n)
}
