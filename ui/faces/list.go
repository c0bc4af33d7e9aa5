package faces

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine"
	"gabarit/ui/kit"
)

// listLeast is the least height of the list, in which it is scrolled.
const listLeast = 60

// List names the faces of the photo, each with its quality and a box to choose it. Drawn ones can be removed.
type List struct {
	env    *kit.Env
	toggle func(n int)
	remove func(n int)
	rows   *fyne.Container
	poor   *widget.Label
	scroll *container.Scroll
	checks []*kit.Check
	root   *fyne.Container
}

// NewList gives an empty list; toggle and remove get the number of a face, from 0.
func NewList(e *kit.Env, toggle, remove func(n int)) *List {
	s := &List{env: e, toggle: toggle, remove: remove, rows: container.NewVBox(), poor: kit.NewNote(PoorWords())}
	s.poor.Importance = widget.WarningImportance
	s.scroll = container.NewVScroll(s.rows)
	drawings := kit.NewNote(kit.T("Drawings and statues can be taken for faces."))
	s.scroll.SetMinSize(fyne.NewSize(0, listLeast))
	s.root = container.NewBorder(nil, kit.Compact(container.NewVBox(s.poor, drawings)), nil, nil, s.scroll)
	s.root.Hide()
	return s
}

// Object is the list's place on the screen.
func (s *List) Object() fyne.CanvasObject { return s.root }

// First is the box that chooses the first face, for tests; nil without faces.
func (s *List) First() fyne.CanvasObject {
	if len(s.checks) == 0 {
		return nil
	}
	return s.checks[0]
}

// Show lists the faces of another photo, or other faces of the same.
func (s *List) Show(probe *engine.Probe) {
	s.rows.RemoveAll()
	s.checks = nil
	poor := false
	if probe != nil {
		for i, f := range probe.Faces {
			poor = poor || engine.GradeOf(f.Quality) == engine.GradePoor
			s.rows.Add(s.row(i, f))
		}
	}
	kit.Show(poor, s.poor)
	kit.Show(len(s.checks) > 0, s.root)
	s.scroll.ScrollToTop()
}

func (s *List) row(n int, f engine.ProbeFace) fyne.CanvasObject {
	check := s.env.NewCheck(kit.Int(n+1), func(bool) { s.toggle(n) })
	s.checks = append(s.checks, check)
	quality := kit.NewLine(kit.T("quality: {{.V}}", kit.Field(probeWord(f))))
	if engine.GradeOf(f.Quality) == engine.GradePoor {
		quality.Importance = widget.WarningImportance
	}
	words := container.NewVBox(layout.NewSpacer(), quality, layout.NewSpacer())
	var remove fyne.CanvasObject
	if f.Drawn {
		drawn := kit.NewLine(kit.T("drawn by you"))
		drawn.SizeName = theme.SizeNameCaptionText
		words.Objects = slices.Insert(words.Objects, 1, fyne.CanvasObject(drawn))
		remove = s.env.NewQuietButton("", theme.DeleteIcon(), func() { s.remove(n) })
	}
	quality.SizeName = theme.SizeNameCaptionText
	return kit.Compact(container.NewBorder(nil, nil, check, remove, words))
}

// Choose ticks the chosen faces.
func (s *List) Choose(chosen func(n int) bool) {
	for i, c := range s.checks {
		c.Set(chosen(i))
	}
}
