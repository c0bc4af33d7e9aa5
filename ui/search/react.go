package search

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine"
	"gabarit/ui/kit"
)

// refresh shows what the presenter holds, except the cards themselves.
func (v *View) refresh() {
	empty := v.p.Stage() == StageEmpty
	kit.Show(empty, v.empty.root)
	kit.Show(!empty, v.work)
	v.empty.refresh()
	v.probe.refresh()
	v.results.refresh()
	v.evidence.refresh()
	v.compare.refresh()
}

// refreshAll also draws the cards anew.
func (v *View) refreshAll() {
	v.refresh()
	v.results.refreshRows()
}

func (v *View) toggleFace(n int) {
	v.p.Toggle(n)
	v.refresh()
}

func (v *View) chooseAll() {
	v.p.ChooseAll()
	v.refresh()
}

func (v *View) setWithin(d float64) {
	v.p.SetWithin(d)
	v.refreshAll()
}

func (v *View) setCollection(id engine.CollectionID) { v.refiltered(v.p.SetCollection(id)) }

func (v *View) setHost(host string) { v.refiltered(v.p.SetHost(host)) }

// refiltered shows the narrower rows, or asks the index again where the fetched ones do not hold them all.
func (v *View) refiltered(again bool) {
	if again {
		v.StartSearch()
		return
	}
	v.refreshAll()
}

func (v *View) showNearest() {
	v.p.ShowNearest()
	v.refreshAll()
	v.FocusResults()
}

// selected is called by the grid.
func (v *View) selected(i int) {
	v.p.Select(i)
	v.evidence.refresh()
	v.compare.refresh()
}

// step moves the mark.
func (v *View) step(by int) {
	if i := v.p.Step(by); i >= 0 {
		v.results.grid.Select(i)
		v.selected(i)
	}
}

// tapped is a press on a card.
func (v *View) tapped(id RowID) {
	now := v.p.Now()
	twice := v.lastTap == id && now.Sub(v.lastTapAt) < doubleTap
	v.lastTap, v.lastTapAt = id, now
	if i, ok := v.p.indexOf(id); ok {
		v.p.Select(i)
		v.env.Focus(v.results.grid)
		v.results.grid.Select(i)
		v.selected(i)
	}
	if twice {
		v.lastTap = RowID{}
		v.OpenCompare()
	}
}

func (v *View) tick(id RowID, on bool) {
	v.p.Tick(id, on)
	v.results.grid.Refresh()
	v.refresh()
}

func (v *View) tickSelected() {
	if row, _, ok := v.p.Selected(); ok {
		v.tick(row.ID, !v.p.Ticked(row.ID))
	}
}

// drawn notes which card shows the first row, for tests of the real window.
func (v *View) drawn(i int, c *card) {
	if i == 0 {
		v.results.first = c
	}
}

// NearestDistance is the distance of the nearest fetched row that passes the filters.
func (p *Presenter) NearestDistance() float64 {
	for _, r := range p.rows {
		if p.passes(r.Match) {
			return r.Match.Distance
		}
	}
	return 0
}

func sizeWords(t engine.Totals) string {
	return kit.T("The index holds {{.Faces}} in {{.Photos}}.", map[string]any{
		"Faces": kit.N("{{.N}} faces", t.Faces), "Photos": kit.N("{{.N}} photos", t.Photos)})
}

func joinLines(lines ...string) string {
	var kept []string
	for _, l := range lines {
		if l != "" {
			kept = append(kept, l)
		}
	}
	return strings.Join(kept, "\n")
}

// emptyPane is what the screen shows before any photo.
type emptyPane struct {
	view    *View
	index   *widget.Label
	library *kit.Button
	root    *fyne.Container
}

func newEmptyPane(v *View) *emptyPane {
	s := &emptyPane{view: v, index: kit.NewText("")}
	s.index.Alignment = fyne.TextAlignCenter
	title := kit.NewTitle(kit.T("Drop a photo"))
	title.SizeName = theme.SizeNameHeadingText
	title.Alignment = fyne.TextAlignCenter
	choose := v.env.NewMainButton(kit.T("or choose one"), theme.FolderOpenIcon(), v.ChoosePhoto)
	s.library = v.env.NewButton(kit.T("Open the library"), theme.StorageIcon(), v.toLibrary)
	v.env.Dump.Name("search.choose", choose)
	v.env.Dump.Name("search.empty", title)
	note := kit.NewNote(kit.T("The photo stays on this computer, in memory only. Nothing is sent anywhere."))
	note.Alignment = fyne.TextAlignCenter
	box := container.NewVBox(container.NewCenter(kit.Sized(72, 72, widget.NewIcon(theme.NewPrimaryThemedResource(theme.FileImageIcon())))),
		title, container.NewCenter(choose), note, widget.NewSeparator(), s.index, container.NewCenter(s.library))
	s.root = container.NewCenter(kit.Fixed(420, box))
	return s
}

func (s *emptyPane) refresh() {
	p := s.view.p
	kit.Show(p.IndexEmpty(), s.library)
	switch {
	case p.IndexEmpty():
		kit.SetText(s.index, kit.T("The index is empty: there is nothing to search yet. Add a folder of photos first."))
	case p.known:
		kit.SetText(s.index, sizeWords(p.Totals()))
	}
}
