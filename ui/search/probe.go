package search

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine"
	"gabarit/ui/faces"
	"gabarit/ui/kit"
)

const probeWidth = 236

// probePanel is the left side: the photo, its faces and what starts the search.
type probePanel struct {
	view   *View
	photo  *faces.Photo
	name   *widget.Label
	faces  *widget.Label
	hint   *widget.Label
	list   *faces.List
	all    *kit.Button
	draw   *kit.Button
	search *kit.Button
	root   fyne.CanvasObject
	shown  *engine.Probe
}

func newProbePanel(v *View) *probePanel {
	s := &probePanel{view: v, name: kit.NewLine(""), faces: kit.NewText(""), hint: kit.NewText("")}
	s.photo = faces.NewPhoto(v.env, 164, v.toggleFace)
	s.name.SizeName = theme.SizeNameCaptionText
	s.hint.Importance = widget.WarningImportance
	s.all = v.env.NewButton(kit.T("All faces"), nil, v.chooseAll)
	s.search = v.env.NewMainButton(kit.T("Start the search"), theme.SearchIcon(), v.StartSearch)
	s.list = faces.NewList(v.env, v.toggleFace, v.removeFace)
	s.draw = v.env.NewButton(kit.T("Draw a face"), theme.ContentAddIcon(), v.ToggleDrawing)
	v.env.Dump.Name("search.draw", s.draw)
	v.env.Dump.Find("search.list.1", s.list.First)
	another := v.env.NewQuietButton(kit.T("Choose another photo…"), theme.FolderOpenIcon(), v.ChoosePhoto)
	note := kit.NewNote(kit.T("The photo is kept in memory only, and forgotten when another one or none is searched with."))
	top := container.NewVBox(s.photo, s.name, s.faces)
	foot := container.NewVBox(s.all, s.draw, s.hint, s.search, another, note) // stays in sight, however many faces there are
	s.root = kit.Fixed(probeWidth, container.NewPadded(container.NewBorder(top, foot, nil, nil, s.list.Object())))
	v.env.Dump.Name("search.photo", s.photo)
	v.env.Dump.Name("search.start", s.search)
	v.env.Dump.Name("search.faces", s.faces)
	for i := range 9 {
		v.env.Dump.Find("search.face."+string(rune('1'+i)), func() fyne.CanvasObject { return s.photo.Box(i) })
	}
	return s
}

func (s *probePanel) refresh() {
	p := s.view.p
	probe := p.Probe()
	if probe != s.shown {
		s.shown = probe
		s.show(probe)
	}
	s.photo.Choose(p.Chosen)
	s.list.Choose(p.Chosen)
	kit.Show(p.CanDraw(), s.draw)
	if label := drawLabel(p.Draft().On); s.draw.Text != label {
		s.draw.SetText(label)
	}
	several := probe != nil && len(probe.Faces) > 1
	kit.Show(several, s.all)
	missing := p.Missing()
	hint := missingWords(missing)
	kit.Show(hint != "" && p.Stage() == StageReady, s.hint)
	kit.SetText(s.hint, hint)
	s.search.SetEnabled(missing == MissingNothing && p.Stage() != StageSearching)
	kit.SetText(s.faces, facesWords(probe, len(p.ChosenFaces()))+picturesWords(probe))
}

func drawLabel(on bool) string {
	if on {
		return kit.T("Stop drawing")
	}
	return kit.T("Draw a face")
}

func (s *probePanel) show(probe *engine.Probe) {
	s.list.Show(probe)
	if probe == nil {
		s.photo.Set(nil, 0, 0, nil)
		kit.SetText(s.name, "")
		return
	}
	showProbe(s.photo, probe)
	kit.SetText(s.name, baseName(probe.File))
}

// showProbe puts a photo and the boxes of its faces on a widget.
func showProbe(on *faces.Photo, probe *engine.Probe) {
	boxes := make([]engine.Box, len(probe.Faces))
	for i, f := range probe.Faces {
		boxes[i] = f.Box
	}
	on.Set(probe.Preview, probe.Width, probe.Height, boxes)
}

// picturesWords says what of the file was not looked at.
func picturesWords(probe *engine.Probe) string {
	if probe == nil || probe.Frames < 2 {
		return ""
	}
	return " " + kit.N("The file holds {{.N}} pictures; only one was looked at.", probe.Frames)
}

func facesWords(probe *engine.Probe, chosen int) string {
	drawn := faces.Drawn(probe)
	switch {
	case probe == nil:
		return ""
	case len(probe.Faces) == 0:
		return kit.T("No face found.")
	case len(probe.Faces) == 1 && drawn == 0 && chosen == 1:
		return kit.T("1 face found, chosen.")
	}
	words := kit.T("No face found.")
	if found := len(probe.Faces) - drawn; found > 0 {
		words = kit.N("{{.N}} faces found.", found)
	}
	if drawn > 0 {
		words += " " + kit.N("{{.N}} drawn by hand.", drawn)
	}
	return words + " " + kit.N("{{.N}} chosen.", chosen)
}
