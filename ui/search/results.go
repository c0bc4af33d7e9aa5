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

// resultsPanel is the middle: slider and filters, the cards or what stands in their place, and what was searched.
type resultsPanel struct {
	view    *View
	bar     *fyne.Container
	slider  *kit.Slider
	within  *widget.Label
	count   *widget.Label
	erase   *kit.Button // asks others for it
	remove  *kit.Button // from this vault
	said    *kit.Check  // shows what the user said no to
	coll    *kit.Select
	collIDs []engine.CollectionID
	host    *kit.Select
	hosts   []string

	grid    *grid
	first   *card
	message *message
	large   *faces.Photo // the photo while faces are drawn, or chosen among several: boxes must be large enough to press
	pen     *faces.Pen
	draw    *faces.DrawBar
	choose  *fyne.Container // large with the bar for drawing
	probe   *engine.Probe   // shown by large
	index   *widget.Label
	root    fyne.CanvasObject
}

func newResultsPanel(v *View) *resultsPanel {
	s := &resultsPanel{view: v, within: widget.NewLabel(""), count: kit.NewText(""), index: kit.NewText("")}
	s.slider = v.env.NewSlider(SliderLow, SliderHigh, SliderStep, SliderStart, v.setWithin)
	s.coll = v.env.NewSelect(nil, func(i int) { v.setCollection(s.collIDs[i]) })
	s.host = v.env.NewSelect(nil, func(i int) { v.setHost(s.hosts[i]) })
	s.erase = v.env.NewMainButton(kit.T("Ask for erasure…"), theme.MailComposeIcon(), v.AskErasure)
	s.remove = v.env.NewButton(kit.T("Erase ticked…"), theme.DeleteIcon(), v.EraseTargets)
	s.said = v.env.NewCheck("", func(on bool) { v.p.ShowRejected(on); v.refreshAll() })
	s.grid = newGrid(v)
	s.message = newMessage(v)
	s.large = faces.NewPhoto(v.env, 200, v.toggleFace)
	s.pen = s.large.NewPen(v.setDraft, v.drawKey)
	s.draw = faces.NewDrawBar(v.env, v.takeDraft, v.stopDrawing)
	s.choose = container.NewBorder(s.draw.Object(), nil, nil, nil, s.large)
	s.index.TextStyle.Bold = true
	s.count.SizeName = theme.SizeNameCaptionText
	near := container.NewBorder(nil, nil, widget.NewLabel(kit.T("Up to distance")), s.within, s.slider)
	filters := container.NewVBox(container.NewGridWithColumns(2, s.coll, s.host), faces.NewSpanFields(v.env, func(s faces.Span) { v.refiltered(v.p.SetSpan(s)) }))
	s.bar = container.NewVBox(near, filters, container.NewBorder(nil, nil, nil, container.NewHBox(s.said, s.remove, s.erase), s.count))
	weakness := kit.NewNote(kit.T("A near face is not an identity. The comparison errs more often on children and on groups of people that its training photos show rarely: look at every match yourself."))
	foot := container.NewVBox(widget.NewSeparator(), kit.Compact(container.NewVBox(s.index, weakness)))
	s.root = container.NewPadded(container.NewBorder(s.bar, foot, nil, nil, container.NewStack(s.grid, s.message.root, s.choose)))
	v.env.Dump.Name("search.grid", s.grid)
	v.env.Dump.Name("search.large", s.large)
	v.env.Dump.Name("search.count", s.count)
	v.env.Dump.Name("search.index", s.index)
	v.env.Dump.Name("search.slider", s.slider)
	v.env.Dump.Name("search.collection", s.coll)
	v.env.Dump.Name("search.erase", s.erase)
	v.env.Dump.Name("search.remove", s.remove)
	v.env.Dump.Name("search.message", s.message.title)
	v.env.Dump.Find("search.card.0", func() fyne.CanvasObject {
		if s.first == nil {
			return nil
		}
		return s.first.face
	})
	return s
}

func (s *resultsPanel) refresh() {
	p := s.view.p
	stage := p.Stage()
	after := p.searched()
	drawing := p.Draft().On
	kit.Show(!drawing && after && (p.Fetched() > 0 || p.filtered()), s.bar)
	rows := p.Rows()
	cards := !drawing && stage == StageResults && len(rows) > 0
	kit.Show(cards, s.grid)
	choosing := drawing || p.choosing()
	kit.Show(!cards && !choosing, s.message.root)
	s.refreshLarge(choosing)
	kit.SetText(s.within, kit.Distance(p.Within()))
	if s.slider.Value != p.Within() {
		s.slider.Value = p.Within()
		s.slider.Refresh()
	}
	s.refreshCount()
	switch {
	case after:
		kit.SetText(s.index, faces.IndexWords(p.Searched(), p.Totals()))
	case p.known:
		kit.SetText(s.index, sizeWords(p.Totals()))
	}
	if !cards {
		s.message.refresh()
	}
}

// refreshCount tells how many rows are shown and ticked.
func (s *resultsPanel) refreshCount() {
	p := s.view.p
	all, hidden := p.TickedCount()
	shown := kit.T("{{.Shown}} of {{.All}} shown", map[string]any{"Shown": kit.Int(len(p.Rows())), "All": kit.Int(p.Fetched())})
	if all > 0 {
		shown += " · " + kit.N("{{.N}} ticked", all)
	}
	if hidden > 0 {
		shown += " " + kit.T("({{.V}} hidden by filters)", kit.Field(kit.Int(hidden)))
	}
	kit.SetText(s.count, shown)
	rejected := p.Rejected()
	s.said.SetText(kit.N("show {{.N}} that you said no to", rejected))
	kit.Show(rejected > 0, s.said)
	s.erase.SetEnabled(all > 0)
	s.remove.SetEnabled(all > 0)
}

// refreshLarge shows the photo large while faces are chosen.
func (s *resultsPanel) refreshLarge(choosing bool) {
	draft := s.view.p.Draft()
	s.draw.Show(draft)
	kit.Show(choosing, s.choose)
	kit.Show(draft.On, s.pen)
	s.pen.Set(draft.Box)
	if !choosing {
		return
	}
	if probe := s.view.p.Probe(); s.probe != probe {
		s.probe = probe
		showProbe(s.large, probe)
	}
	s.large.Choose(s.view.p.Chosen)
}

// refreshRows draws the cards anew after the rows changed, keeping the mark.
func (s *resultsPanel) refreshRows() {
	s.first = nil
	if _, i, ok := s.view.p.Selected(); ok {
		s.grid.UnselectAll()
		s.grid.Select(i)
	} else {
		s.grid.UnselectAll()
	}
	s.grid.Refresh()
}

func (s *resultsPanel) fillFilters(collections []engine.CollectionInfo) {
	names, at := []string{kit.T("All collections")}, 0
	s.collIDs = []engine.CollectionID{""}
	for i, c := range collections {
		names = append(names, c.Name)
		s.collIDs = append(s.collIDs, c.ID)
		if c.ID == s.view.p.Collection() {
			at = i + 1
		}
	}
	s.coll.Fill(names, at)
	s.fillHosts()
}

func (s *resultsPanel) fillHosts() {
	hosts, local := s.view.p.Hosts()
	names, at := []string{kit.T("All sites")}, 0
	s.hosts = []string{""}
	for _, h := range hosts {
		names, s.hosts = append(names, h), append(s.hosts, h)
	}
	if local {
		names, s.hosts = append(names, kit.T("Local files")), append(s.hosts, LocalHost)
	}
	for i, h := range s.hosts {
		if h == s.view.p.Host() {
			at = i
		}
	}
	s.host.Fill(names, at)
}

// message stands where the cards would be.
type message struct {
	view   *View
	icon   *widget.Icon
	title  *widget.Label
	text   *widget.Label
	busy   *widget.ProgressBarInfinite
	action *kit.Button
	draw   *kit.Button // where no face was found
	do     func()
	root   *fyne.Container
}

func newMessage(v *View) *message {
	m := &message{view: v, icon: widget.NewIcon(nil), title: kit.NewTitle(""), text: kit.NewText(""), busy: widget.NewProgressBarInfinite()}
	m.title.Alignment, m.text.Alignment = fyne.TextAlignCenter, fyne.TextAlignCenter
	m.title.Wrapping = fyne.TextWrapWord
	m.action = v.env.NewButton("", nil, func() { m.do() })
	m.busy.Stop()
	m.draw = v.env.NewMainButton(kit.T("Draw a face"), theme.ContentAddIcon(), v.ToggleDrawing)
	v.env.Dump.Name("search.message.action", m.action)
	v.env.Dump.Name("search.message.draw", m.draw)
	box := container.NewVBox(container.NewCenter(kit.Sized(48, 48, m.icon)), m.title, m.text, m.busy, container.NewCenter(m.action), container.NewCenter(m.draw))
	m.root = container.NewCenter(kit.Fixed(320, box))
	return m
}

func (m *message) set(icon fyne.Resource, title, text string) {
	m.icon.SetResource(icon)
	kit.SetText(m.title, title)
	kit.SetText(m.text, text)
	kit.Show(text != "", m.text)
}

func (m *message) offer(label string, do func()) {
	m.do = do
	m.action.SetText(label)
	m.action.Show()
}

func (m *message) refresh() {
	p := m.view.p
	m.action.Hide()
	m.draw.Hide()
	working := p.Stage() == StageOpening || p.Stage() == StageSearching
	if working != m.busy.Running() {
		if working {
			m.busy.Start()
		} else {
			m.busy.Stop()
		}
	}
	kit.Show(working, m.busy)
	switch p.Stage() {
	case StageOpening:
		text := ""
		if p.Detector() == engine.DetectorThorough {
			text = faces.DetectorNote()
		}
		m.set(theme.SearchIcon(), kit.T("Looking for faces…"), text)
	case StageFailed, StageBroken:
		why := kit.Explain(p.Err())
		m.set(theme.WarningIcon(), why.What, joinLines(why.Do, why.Detail))
		if p.Stage() == StageBroken {
			m.offer(kit.T("Retry"), m.view.StartSearch)
		} else if p.CanDraw() {
			m.noFace()
		}
	case StageReady:
		m.ready()
	case StageSearching:
		m.set(theme.SearchIcon(), kit.T("Searching…"), sizeWords(p.Totals()))
	case StageNoMatch:
		m.set(theme.QuestionIcon(), kit.T("No reliable match"),
			kit.T("The nearest face is at distance {{.V}}: at that distance other people's faces are expected too.", kit.Field(kit.Distance(p.NearestDistance()))))
		m.offer(kit.T("Show the nearest ones"), m.view.showNearest)
	case StageNothing, StageResults:
		m.nothing()
	}
}

// noFace leads on from a photo in which no face was found.
func (m *message) noFace() {
	if m.view.p.Detector() == engine.DetectorFast {
		m.offer(kit.T("Look thoroughly"), m.view.lookThoroughly)
	}
	m.draw.Show()
}

func (m *message) ready() {
	if m.view.p.IndexEmpty() {
		m.set(theme.FolderNewIcon(), kit.T("The index is empty"), kit.T("There is nothing to search yet. Add a folder of photos first."))
		m.offer(kit.T("Open the library"), m.view.toLibrary)
		return
	}
	if hint := missingWords(m.view.p.Missing()); hint != "" {
		m.set(theme.InfoIcon(), hint, "")
		return
	}
	m.set(theme.SearchIcon(), kit.T("Ready to search"), sizeWords(m.view.p.Totals()))
	m.offer(kit.T("Start the search"), m.view.StartSearch)
}

func (m *message) nothing() {
	p := m.view.p
	switch {
	case p.Totals().Faces == 0:
		m.ready()
	case p.Totals().Searchable() == 0:
		m.set(theme.WarningIcon(), kit.T("Nothing was searched"), faces.OtherModelWords(p.Totals()))
	case p.Stage() == StageResults:
		m.set(theme.SearchIcon(), kit.T("No match this near"), kit.T("Move the slider to the right to see faces that are farther away."))
	case p.Searched() == 0:
		m.set(theme.SearchIcon(), kit.T("Nothing was searched"), kit.T("The filters let no face of the index through."))
	case p.Fetched() > 0:
		m.set(theme.SearchIcon(), kit.T("No match passes the filters"), kit.N("{{.N}} faces are hidden by them.", p.Fetched()))
	default:
		m.set(theme.SearchIcon(), kit.T("Nothing found"),
			kit.T("No face of the index lies within distance {{.V}} of this one.", kit.Field(kit.Distance(engine.MaxDistance))))
	}
}
