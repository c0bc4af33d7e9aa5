package library

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine"
	"gabarit/ui/kit"
)

// grouped tells how many faces are grouped, of how many.
type grouped struct{ done, total int }

// peopleView shows the groups, or the one that is open. Nothing is grouped before somebody looks at it.
type peopleView struct {
	view   *View
	p      *People
	images *kit.Images

	reading, deciding, listing *kit.Slot
	steps                      *kit.Hints[grouped]
	busy                       bool // groups are being read
	again                      bool // something has changed meanwhile
	stopped                    bool // by the person: nothing goes on by itself
	keyboard                   bool // the groups get it once they are there

	notice  *kit.Notice
	coll    *kit.Select
	collIDs []engine.CollectionID
	single  *kit.Check
	merge   *kit.Button
	stop    *kit.Button
	count   *widget.Label
	bar     *widget.ProgressBar
	working *fyne.Container
	grid    *tiles
	list    *fyne.Container
	message *peopleMessage
	group   *groupPane
	root    fyne.CanvasObject
}

func newPeopleView(v *View) *peopleView {
	s := &peopleView{view: v, p: NewPeople(), reading: v.env.Slots.NewSlot(), deciding: v.env.Slots.NewSlot(), listing: v.env.Slots.NewSlot(),
		notice: v.env.NewNotice(), count: kit.NewLine(""), bar: widget.NewProgressBar()}
	s.images = kit.NewImages(func(ctx context.Context, key string) ([]byte, error) { return v.svc.Crop(ctx, engine.FaceID(key)) })
	s.steps = kit.NewHints(v.env.Slots, 0, s.stepped)
	s.coll = v.env.NewSelect(nil, func(i int) { s.setCollection(s.collIDs[i]) })
	s.single = v.env.NewCheck(kit.T("Single faces too"), s.setSingle)
	s.merge = v.env.NewMainButton(kit.T("Same person"), theme.ContentAddIcon(), s.mergeTicked)
	s.stop = v.env.NewButton(kit.T("Stop"), theme.MediaStopIcon(), s.stopReading)
	s.bar.TextFormatter = func() string { return "" } // the line beside it says it
	s.working = container.NewBorder(nil, nil, nil, s.stop, container.NewCenter(kit.Wide(260, s.bar)))
	s.grid = newTiles(v.env, s.images)
	s.grid.length = func() int { return len(s.p.Groups()) }
	s.grid.row = s.row
	s.grid.tick = func(id engine.FaceID, on bool) {
		s.p.Tick(id, on)
		s.refreshBar()
	}
	s.grid.open = s.openGroup
	s.message = newPeopleMessage(s)
	s.group = newGroupPane(s)
	filters := container.NewHBox(kit.Wide(220, s.coll), s.single)
	top := container.NewBorder(nil, nil, filters, container.NewHBox(s.working, s.merge), s.count)
	note := kit.NewNote(kit.T("A group is no identity and has no name: its faces look alike to the model, which errs more often on children and on groups of people that its training photos show rarely. Two faces of one photo are never one person. Dates are those on which photos were taken, else collected."))
	s.list = container.NewBorder(top, kit.Compact(note), nil, nil, container.NewStack(s.grid, s.message.root))
	s.root = container.NewBorder(s.notice.Object(), nil, nil, nil, container.NewStack(s.list, s.group.root))
	s.notice.Name("people.notice", "people.undo")
	v.env.Dump.Name("people.grid", s.grid)
	v.env.Dump.Name("people.count", s.count)
	v.env.Dump.Name("people.merge", s.merge)
	v.env.Dump.Name("people.collection", s.coll)
	v.env.Dump.Name("people.single", s.single)
	v.env.Dump.Find("people.tile.0", s.grid.firstPicture)
	s.fillCollections(nil)
	s.refresh()
	return s
}

// row is what a tile shows of a group.
func (s *peopleView) row(i int) row {
	g := s.p.Groups()[i]
	return row{id: g.Cover, face: g.Cover, ticked: s.p.Ticked(g.Cover),
		lines: [3]string{kit.N("{{.N}} faces", len(g.Faces)), spanWords(g), foundWords(g, s.view.collectionName)}}
}

// shown reads the groups when the person comes to look at them.
func (s *peopleView) shown() {
	s.readCollections()
	if !s.stopped {
		s.read()
	}
}

// changed reads the groups again after something came or went, if somebody looks at them.
func (s *peopleView) changed() {
	if s.root.Visible() && s.view.root.Visible() && !s.stopped {
		s.shown()
	}
}

// focus gives the keyboard to what is shown, or will be.
func (s *peopleView) focus() {
	switch {
	case s.p.IsOpen():
		s.view.env.Focus(s.group.grid)
	case s.grid.Visible():
		s.view.env.Focus(s.grid)
	default:
		s.keyboard = true
	}
}

func (s *peopleView) readCollections() {
	kit.Run(s.listing, s.view.svc.Collections, func(list []engine.CollectionInfo, err error) {
		if err != nil {
			s.notice.Error(err)
			return
		}
		s.fillCollections(list)
		s.grid.again() // they name collections
	})
}

func (s *peopleView) fillCollections(list []engine.CollectionInfo) {
	names, at := []string{kit.T("All collections")}, 0
	s.collIDs = []engine.CollectionID{""}
	s.view.names = map[engine.CollectionID]string{}
	for _, c := range list {
		if c.ID == s.p.Query().Collection {
			at = len(names)
		}
		names, s.collIDs = append(names, c.Name), append(s.collIDs, c.ID)
		s.view.names[c.ID] = c.Name
	}
	s.coll.Fill(names, at)
}

// read brings the groups up to date and shows them. What is under way goes on, and is done once more afterwards.
func (s *peopleView) read() {
	if s.busy {
		s.again = true
		return
	}
	s.busy, s.again, s.stopped = true, false, false
	s.bar.SetValue(0)
	s.refresh()
	q := s.p.Query()
	kit.Run(s.reading, func(ctx context.Context) (engine.Grouping, error) {
		return s.view.svc.People(ctx, q, func(done, total int) { s.steps.Add(grouped{done, total}) })
	}, func(found engine.Grouping, err error) {
		s.busy = false
		if err != nil {
			s.notice.Error(err)
			s.stopped = true
			s.refresh()
			return
		}
		s.p.Set(found)
		s.refresh()
		s.grid.again()
		s.group.again()
		if s.keyboard && s.grid.Visible() && !s.view.env.Busy() {
			s.keyboard = false
			s.focus()
		}
		if s.again {
			s.read()
		}
	})
}

// stepped follows the grouping.
func (s *peopleView) stepped(all []grouped) {
	if last := all[len(all)-1]; s.busy && last.total > 0 {
		s.bar.SetValue(float64(last.done) / float64(last.total))
		kit.SetText(s.count, kit.T("Grouping faces: {{.Done}} of {{.All}}", map[string]any{"Done": kit.Int(last.done), "All": kit.Int(last.total)}))
	}
}

// stopReading stops the grouping; what was done of it is kept.
func (s *peopleView) stopReading() {
	s.reading.Stop()
	s.busy, s.again, s.stopped = false, false, true
	s.refresh()
}

// anew reads again because something else is asked for.
func (s *peopleView) anew() {
	s.reading.Stop()
	s.busy = false
	s.grid.reset()
	s.read()
}

func (s *peopleView) setCollection(id engine.CollectionID) {
	s.p.SetCollection(id)
	s.anew()
}

func (s *peopleView) setSingle(on bool) {
	s.p.SetSingle(on)
	s.anew()
}

func (s *peopleView) refresh() {
	kit.Show(s.p.IsOpen(), s.group.root)
	kit.Show(!s.p.IsOpen(), s.list)
	kit.Show(len(s.p.Groups()) > 0, s.grid)
	s.refreshBar()
	s.message.refresh()
	s.group.refresh()
}

func (s *peopleView) refreshBar() {
	kit.Show(s.busy, s.working)
	kit.Show(!s.busy, s.merge)
	targets := s.p.Targets()
	s.merge.SetEnabled(len(targets) > 1)
	if s.busy && !s.p.Known() {
		kit.SetText(s.count, kit.T("Grouping faces…"))
		return
	}
	kit.SetText(s.count, peopleWords(s.p, len(targets)))
}

// openGroup shows the faces of a group.
func (s *peopleView) openGroup(i int) {
	s.p.Open(i)
	s.group.open()
	s.refresh()
	s.focus()
}

// closeGroup goes back to the groups.
func (s *peopleView) closeGroup() {
	s.group.close()
	s.p.Close()
	s.refresh()
	s.grid.again()
	s.focus()
}

// forget takes everything personal off the view.
func (s *peopleView) forget() {
	s.reading.Stop()
	s.busy, s.again = false, false
	s.images.Forget()
	s.grid.forget(nil)
	s.group.grid.forget(nil)
	s.p = NewPeople()
	s.refresh()
}

// peopleMessage stands where the groups would be.
type peopleMessage struct {
	view        *peopleView
	title, text *widget.Label
	more        *kit.Button
	root        *fyne.Container
}

func newPeopleMessage(s *peopleView) *peopleMessage {
	m := &peopleMessage{view: s, title: kit.NewTitle(""), text: kit.NewText("")}
	m.title.Alignment, m.text.Alignment = fyne.TextAlignCenter, fyne.TextAlignCenter
	m.more = s.view.env.NewMainButton(kit.T("Go on"), theme.MediaPlayIcon(), func() {
		s.notice.Clear()
		s.stopped = false
		s.read()
	})
	icon := widget.NewIcon(theme.NewPrimaryThemedResource(theme.AccountIcon()))
	m.root = container.NewCenter(kit.Fixed(420, container.NewVBox(container.NewCenter(kit.Sized(64, 64, icon)), m.title, m.text, container.NewCenter(m.more))))
	s.view.env.Dump.Name("people.message", m.title)
	s.view.env.Dump.Name("people.more", m.more)
	return m
}

func (m *peopleMessage) refresh() {
	s := m.view
	faces, smaller := s.p.Counts()
	var title, text string
	switch {
	case len(s.p.Groups()) > 0 && !s.stopped:
	case s.stopped:
		title, text = kit.T("Stopped"), kit.T("What was grouped so far is kept; it goes on from there.")
	case s.busy || !s.p.Known():
		title, text = kit.T("Grouping faces…"), kit.T("Each face is compared with all others. This is done once after the vault is opened; later only what is new.")
	case faces == 0:
		title, text = kit.T("No faces yet"), kit.T("Faces of the photos that you collect are grouped here by the person they probably show.")
	default:
		title, text = kit.T("No two faces alike"), kit.N("{{.N}} faces are like no other. Tick “Single faces too” to see them.", smaller)
	}
	kit.SetText(m.title, title)
	kit.SetText(m.text, text)
	kit.Show(title != "" && (len(s.p.Groups()) == 0), m.root)
	kit.Show(s.stopped, m.more)
}
