package library

import (
	"cmp"
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine"
	"gabarit/ui/faces"
	"gabarit/ui/kit"
)

// groupPane shows the faces of the open group with where they come from. That they were looked at is recorded before they are shown.
type groupPane struct {
	people *peopleView
	title  *widget.Label
	about  *widget.Label
	split  *kit.Button
	erase  *kit.Button
	grid   *tiles
	pages  []*kit.Slot
	root   *fyne.Container
}

func newGroupPane(s *peopleView) *groupPane {
	env := s.view.env
	g := &groupPane{people: s, title: kit.NewTitle(""), about: kit.NewLine("")}
	back := env.NewButton(kit.T("All groups"), theme.NavigateBackIcon(), s.closeGroup)
	g.split = env.NewMainButton(kit.T("Not this person"), theme.ContentCutIcon(), s.splitPicked)
	g.erase = env.NewButton("", theme.DeleteIcon(), s.eraseGroup)
	g.grid = newTiles(env, s.images)
	g.grid.length = func() int { return len(s.p.Opened().Faces) }
	g.grid.row = g.row
	g.grid.back = s.closeGroup
	g.grid.tick = func(id engine.FaceID, on bool) {
		s.p.Pick(id, on)
		g.refresh()
	}
	head := container.NewBorder(nil, nil, container.NewHBox(container.NewCenter(back), g.title), container.NewHBox(container.NewCenter(g.split), container.NewCenter(g.erase)), g.about)
	note := kit.NewNote(kit.T("Tick the faces that show somebody else. They stay out of this group from now on, and never come back by themselves."))
	g.root = container.NewBorder(head, kit.Compact(note), nil, nil, g.grid)
	env.Dump.Name("group.title", g.title)
	env.Dump.Name("group.back", back)
	env.Dump.Name("group.split", g.split)
	env.Dump.Name("group.erase", g.erase)
	env.Dump.Name("group.grid", g.grid)
	env.Dump.Find("group.tile.0", g.grid.firstPicture)
	return g
}

// row is what a tile shows of a face, once it was looked up.
func (g *groupPane) row(i int) row {
	p := g.people.p
	id := p.Opened().Faces[i]
	d, known := p.Detail(id)
	if !known {
		g.look(i)
		return row{id: id, ticked: p.Picked(id)}
	}
	return row{id: id, face: id, ticked: p.Picked(id), lines: [3]string{faces.Origin(d.Source), cmp.Or(faces.Title(d.Source), d.Collection),
		faces.WhenWords(engine.Match{Source: d.Source, CollectedAt: d.CollectedAt})}}
}

// look looks up the faces around one that is to be shown.
func (g *groupPane) look(i int) {
	s := g.people
	ids := s.p.Page(i)
	if len(ids) == 0 {
		return
	}
	slot := s.view.env.Slots.NewSlot()
	g.pages = append(g.pages, slot)
	kit.Run(slot, func(ctx context.Context) ([]engine.GroupFace, error) { return s.view.svc.PeopleFaces(ctx, ids) },
		func(all []engine.GroupFace, err error) {
			if err != nil {
				s.notice.Error(err)
				return
			}
			s.p.SetDetails(all)
			g.grid.Refresh()
		})
}

// open begins with the first face of a group.
func (g *groupPane) open() {
	g.close()
	g.grid.reset()
}

// close stops what is looked up for a group.
func (g *groupPane) close() {
	for _, s := range g.pages {
		s.Stop()
	}
	g.pages = nil
	g.grid.forget(nil)
}

// again shows the group after it may have changed.
func (g *groupPane) again() {
	if g.people.p.IsOpen() {
		g.grid.again()
	}
}

func (g *groupPane) refresh() {
	p := g.people.p
	if !p.IsOpen() {
		return
	}
	open, picks := p.Opened(), p.Picks()
	kit.SetText(g.title, kit.N("{{.N}} faces", len(open.Faces)))
	about := spanWords(open)
	if len(picks) > 0 {
		about += " · " + kit.N("{{.N}} ticked", len(picks))
	}
	kit.SetText(g.about, about)
	g.split.SetEnabled(p.CanSplit())
	label := kit.T("Erase the group…")
	if len(picks) > 0 {
		label = kit.T("Erase ticked…")
	}
	if g.erase.Text != label {
		g.erase.SetText(label)
	}
}

// mergeTicked puts the ticked groups together.
func (s *peopleView) mergeTicked() {
	targets := s.p.Targets()
	if len(targets) < 2 || s.view.env.Busy() {
		return
	}
	var covers []engine.FaceID
	var others [][]engine.FaceID // to be taken out again
	for _, g := range targets {
		covers = append(covers, g.Cover)
		others = append(others, g.Faces)
	}
	undo := func(ctx context.Context) error {
		for _, faces := range others[1:] {
			if err := s.view.svc.SplitPeople(ctx, faces...); err != nil {
				return err
			}
		}
		return nil
	}
	if s.p.Query().Collection != "" { // the groups have other faces, which are not known here
		undo = nil
	}
	s.decide(func(ctx context.Context) error { return s.view.svc.MergePeople(ctx, covers...) },
		kit.N("{{.N}} groups are one person from now on.", len(targets)), undo)
	s.p.Untick()
}

// splitPicked takes the marked faces out of the open group.
func (s *peopleView) splitPicked() {
	if !s.p.CanSplit() || s.view.env.Busy() {
		return
	}
	picks := s.p.Picks()
	s.p.Stay()
	rest := slices.DeleteFunc(slices.Clone(s.p.Opened().Faces), s.p.Picked)
	var undo func(context.Context) error
	if len(rest) > 0 {
		undo = func(ctx context.Context) error { return s.view.svc.MergePeople(ctx, picks[0], rest[0]) }
	}
	s.decide(func(ctx context.Context) error { return s.view.svc.SplitPeople(ctx, picks...) },
		kit.N("{{.N}} faces were taken out of the group.", len(picks)), undo)
}

// decide does something to the groups, says so, and offers to take it back.
func (s *peopleView) decide(do func(context.Context) error, said string, undo func(context.Context) error) {
	s.notice.Clear()
	s.merge.Disable()
	s.group.split.Disable()
	kit.Run(s.deciding, func(ctx context.Context) (struct{}, error) { return struct{}{}, do(ctx) }, func(_ struct{}, err error) {
		if err != nil {
			s.notice.Error(err)
			s.refresh()
			return
		}
		s.notice.Say(said)
		if undo != nil {
			s.notice.Offer(kit.T("Undo"), func() { s.decide(undo, kit.T("Taken back."), nil) })
		}
		s.read()
	})
}

// eraseGroup opens the dialog that erases the marked faces of the open group, or all of it.
func (s *peopleView) eraseGroup() {
	ids := s.p.Picks()
	if len(ids) == 0 {
		ids = s.p.Opened().Faces
	}
	if len(ids) == 0 || s.view.env.Busy() {
		return
	}
	s.view.env.ShowErasure(s.view.svc, kit.Erasure{Title: kit.T("Erase from this vault"), Confirm: kit.T("Erase for good"),
		Subject: kit.NewText(kit.N("{{.N}} faces of one group. Look at each of them first: the group may hold somebody else, or miss photos of the person.", len(ids))),
		Form:    kit.NewEraseForm(ids), Closed: s.erased,
		Hidden: func(plan engine.ErasurePlan) { s.hidden(plan.Faces()) },
		Told: func(text string, failed bool) {
			if failed {
				s.notice.Warn(text)
			} else {
				s.notice.Say(text)
			}
		}})
}

// hidden takes faces off the screen and out of its memory.
func (s *peopleView) hidden(gone []engine.FaceID) {
	s.images.Forget()
	of := func(f engine.FaceID) bool { return slices.Contains(gone, f) }
	s.grid.forget(of)
	s.group.grid.forget(of)
	s.p.Erased(gone)
	s.refresh()
	s.grid.again()
	s.group.again()
}

// erased gives the keyboard back and reads what is left.
func (s *peopleView) erased() {
	s.read()
	s.focus()
}
